//! An envelope on several lines, as it stood: prefixes, quotes and order are the sender's.

use crate::visible::clean;

/// Characters of a text without blanks (base64 of certificates and signatures) before it is cut.
const UNBROKEN_MAX: usize = 72;
/// Characters of any one tag or text.
const PIECE_MAX: usize = 2000;

/// The text, one element a line, indented. The text is known to be well-formed; if it were not, nothing worse than odd
/// indentation would come of it.
pub(super) fn xml(text: &str) -> String {
    let pieces = pieces(text);
    let mut out = String::with_capacity(text.len() * 2);
    let mut depth = 0_usize;
    let mut index = 0;
    while let Some(piece) = pieces.get(index) {
        let closes = piece.starts_with("</");
        if closes {
            depth = depth.saturating_sub(1);
        }
        out.extend(std::iter::repeat_n(' ', 2 * depth.min(40)));
        out.push_str(&shortened(piece));
        // An element with nothing but text stays on its line.
        let mut rest = &pieces[index + 1..];
        let text = rest.first().filter(|next| !next.starts_with('<') && opens(piece));
        if text.is_some() {
            rest = &rest[1..];
        }
        if opens(piece) && rest.first().is_some_and(|next| next.starts_with("</")) {
            out.push_str(&text.map(|text| shortened(text)).unwrap_or_default());
            out.push_str(rest[0]);
            index += 2 + usize::from(text.is_some());
        } else {
            depth += usize::from(opens(piece));
            index += 1;
        }
        out.push('\n');
    }
    out.truncate(out.trim_end().len());
    out
}

fn opens(piece: &str) -> bool {
    piece.starts_with('<')
        && !piece.starts_with("</")
        && !piece.starts_with("<!")
        && !piece.starts_with("<?")
        && !piece.ends_with("/>")
}

/// Tags, comments, instructions and texts, without the blanks between tags.
fn pieces(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let length = if rest.starts_with('<') { tag_length(rest) } else { rest.find('<').unwrap_or(rest.len()) };
        let (piece, after) = rest.split_at(length);
        rest = after;
        if piece.starts_with('<') {
            pieces.push(piece);
        } else if !piece.trim().is_empty() {
            pieces.push(piece.trim());
        }
    }
    pieces
}

fn tag_length(text: &str) -> usize {
    let until = |end: &str| text.find(end).map_or(text.len(), |at| at + end.len());
    if text.starts_with("<!--") {
        return until("-->");
    }
    if text.starts_with("<![CDATA[") {
        return until("]]>");
    }
    if text.starts_with("<?") {
        return until("?>");
    }
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '"' | '\'') => quote = Some(c),
            (None, '>') => return at + 1,
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    text.len()
}

fn shortened(piece: &str) -> String {
    let count = piece.chars().count();
    let unbroken = !piece.starts_with('<') && !piece.contains(' ');
    let max = if unbroken { UNBROKEN_MAX } else { PIECE_MAX };
    if count <= max {
        return clean(piece).replace('␠', " ").replace("␊", " ").replace("␍", "");
    }
    let kept: String = piece.chars().take(max / 2).filter(|c| !matches!(c, '\r' | '\n')).collect();
    format!("{}… ({count} characters)", clean(&kept).replace('␠', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_element_a_line() {
        let text = "<?xml version='1.0'?><a x='1>2'><!-- c --><b>t</b><c/><d></d>\n<e><f>g</f></e></a>";
        assert_eq!(
            xml(text),
            "<?xml version='1.0'?>\n<a x='1>2'>\n  <!-- c -->\n  <b>t</b>\n  <c/>\n  <d></d>\n  <e>\n    <f>g</f>\n  </e>\n</a>"
        );
    }

    #[test]
    fn long_base64_is_cut_and_nothing_panics() {
        let shown = xml(&format!("<a>{}</a>", "Q".repeat(500)));
        assert!(shown.contains("… (500 characters)</a>"), "{shown}");
        for odd in ["", "<", "<a", "a", "</a>", "<a>", "<!--", "<a b='", "<a>t"] {
            let _ = xml(odd);
        }
    }
}
