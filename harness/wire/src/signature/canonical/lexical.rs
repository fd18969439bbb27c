//! What canonical form takes from the source text, and how it writes text.

use roxmltree::Node;

/// The start tag as it stands in the source: prefixes are not in the tree.
pub(super) fn start_tag<'a>(node: Node<'a, '_>) -> &'a str {
    let source = &node.document().input_text()[node.range()];
    let mut quote = None;
    let close = source.bytes().position(|byte| {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            (None, b'>') => return true,
            _ => {}
        }
        false
    });
    &source[..close.map_or(source.len(), |close| close + 1)]
}

pub(super) fn qname(start_tag: &str) -> &str {
    let name = start_tag.strip_prefix('<').unwrap_or(start_tag);
    let end = name.find([' ', '\t', '\r', '\n', '/', '>']);
    &name[..end.unwrap_or(name.len())]
}

pub(super) fn prefix_of(name: &str) -> Option<&str> {
    name.split_once(':').map(|(prefix, _)| prefix)
}

/// Escapes as Canonical XML 1.0 section 2.3 says.
pub(super) fn escape(out: &mut String, text: &str, is_attribute: bool) {
    let mut from = 0;
    for (index, byte) in text.bytes().enumerate() {
        let replacement = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'\r' => "&#xD;",
            b'>' if !is_attribute => "&gt;",
            b'"' if is_attribute => "&quot;",
            b'\t' if is_attribute => "&#x9;",
            b'\n' if is_attribute => "&#xA;",
            _ => continue,
        };
        out.push_str(&text[from..index]);
        out.push_str(replacement);
        from = index + 1;
    }
    out.push_str(&text[from..]);
}

/// The parser leaves line ends in comments and instructions as they were (XML 1.0 section 2.11).
pub(super) fn push_unix(out: &mut String, text: &str) {
    if text.contains('\r') {
        out.push_str(&text.replace("\r\n", "\n").replace('\r', "\n"));
    } else {
        out.push_str(text);
    }
}
