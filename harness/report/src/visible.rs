//! Foreign text, made safe and plain to see: hidden characters shown, identity numbers masked.
//!
//! A subject's value goes to a terminal and into files. What would move the cursor, hide itself or turn the reading
//! direction is written as a visible sign or by its code point, so that a report shows what stood there and nothing a
//! subject writes can change how the rest of it looks.

use std::fmt::Write as _;

/// Text with its hidden characters shown: `␠` for blanks side by side, at an end, or at an end of what stands in
/// backticks, `␍ ␊ ⇥` for line ends and tabs, the control pictures for other control characters, and the code point for everything else that has no width, has
/// another width than it seems, or turns the direction.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut before = None;
    let mut quoted = false;
    while let Some(c) = chars.next() {
        quoted ^= c == '`';
        let quote_beside = quoted && (before == Some('`') || chars.peek() == Some(&'`'));
        let at_end = before.is_none() || chars.peek().is_none() || quote_beside;
        let doubled = before == Some(' ') || chars.peek() == Some(&' ');
        match c {
            ' ' if at_end || doubled => out.push('␠'),
            '\t' => out.push('⇥'),
            '\u{0}'..='\u{1f}' => out.push(char::from_u32(0x2400 + c as u32).unwrap_or('␀')),
            '\u{7f}' => out.push('␡'),
            c if is_hidden(c) => {
                let _ = write!(out, "<U+{:04X}>", c as u32);
            }
            c => out.push(c),
        }
        before = Some(c);
    }
    out
}

/// Whether a character cannot be seen, or not for what it is.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{80}'..='\u{a0}' | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}'
        | '\u{3000}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Text in which eleven digits in a row that stand by themselves are masked: they may be somebody's identity number.
/// The last five go, the date stays, as [`wire::identifier`] prints identity numbers everywhere else.
pub fn masked(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let digits = rest[start..].bytes().take_while(u8::is_ascii_digit).count();
        let (before, run) = (&rest[..start], &rest[start..start + digits]);
        let after = &rest[start + digits..];
        let alone = !ends_in_word(before, &out) && !after.starts_with(|c: char| c.is_ascii_alphanumeric());
        out.push_str(before);
        if digits == 11 && alone {
            out.push_str(&run[..6]);
            out.push_str("*****");
        } else {
            out.push_str(run);
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn ends_in_word(before: &str, written: &str) -> bool {
    let last = before.chars().next_back().or_else(|| written.chars().next_back());
    last.is_some_and(|c| c.is_ascii_alphanumeric())
}

/// Both: the one function through which every foreign value goes on its way into a report for people.
pub fn clean(text: &str) -> String {
    visible(&masked(text))
}

/// At most `max` characters, with `…` where something was left out.
pub(crate) fn clipped(text: &str, max: usize) -> String {
    if text.chars().count() <= max {
        return text.to_owned();
    }
    let kept: String = text.chars().take(max.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_what_cannot_be_seen() {
        assert_eq!(visible("Acknowledgment"), "Acknowledgment");
        assert_eq!(visible("a b"), "a b");
        assert_eq!(visible(" a  b "), "␠a␠␠b␠");
        assert_eq!(visible("got ` a b ` or `c`"), "got `␠a b␠` or `c`");
        assert_eq!(visible("a\r\n\tb"), "a␍␊⇥b");
        assert_eq!(visible("a\u{200b}b\u{202e}c\u{a0}"), "a<U+200B>b<U+202E>c<U+00A0>");
        assert_eq!(visible("\u{1b}[2J"), "␛[2J");
        assert_eq!(visible("æøå ✓"), "æøå ✓");
        assert_eq!(visible(&visible(" a\u{7f}")), "␠a␡");
    }

    #[test]
    fn masks_identity_numbers_only() {
        assert_eq!(masked("13116900216"), "131169*****");
        assert_eq!(masked("id 13116900216, 990000020"), "id 131169*****, 990000020");
        assert_eq!(masked("3f2a13116900216"), "3f2a13116900216");
        assert_eq!(masked("131169002161"), "131169002161");
        assert_eq!(masked("a13116900216 x"), "a13116900216 x");
        assert_eq!(masked("13116900216-13116900216"), "131169*****-131169*****");
    }

    #[test]
    fn clips_by_characters() {
        assert_eq!(clipped("æøå", 3), "æøå");
        assert_eq!(clipped("æøåæ", 3), "æø…");
    }
}
