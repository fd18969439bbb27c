//! How text is put on a terminal: colour or none, and how wide.

use anstyle::{AnsiColor, Effects, Style as Ansi};

/// How to write for a terminal. Colour never carries a meaning that the words do not carry too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether escape sequences for colour are wanted.
    pub color: bool,
    /// Characters in a line before text is wrapped.
    pub width: usize,
}

/// No colour, for files.
pub(crate) const PLAIN: Style = Style { color: false, width: 120 };

/// What a piece of text is; the colour follows from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Good,
    Bad,
    Doubt,
    Strong,
    Quiet,
}

impl Style {
    /// The text in the role's colour.
    pub(crate) fn paint(self, role: Role, text: &str) -> String {
        if !self.color || text.is_empty() {
            return text.to_owned();
        }
        let style = match role {
            Role::Good => AnsiColor::Green.on_default(),
            Role::Bad => AnsiColor::Red.on_default().effects(Effects::BOLD),
            Role::Doubt => AnsiColor::Yellow.on_default(),
            Role::Strong => Ansi::new().effects(Effects::BOLD),
            Role::Quiet => Ansi::new().effects(Effects::DIMMED),
        };
        format!("{style}{text}{style:#}")
    }

    /// The text in lines of at most `width` characters, the first after `indent` columns that are written already,
    /// the others after `indent` blanks. A word longer than a line stays whole: ids and paths are copied from here.
    pub(crate) fn wrap(self, text: &str, indent: usize) -> String {
        let room = self.width.max(indent + 20) - indent;
        let mut out = String::with_capacity(text.len());
        let mut used = 0;
        for word in text.split(' ') {
            let length = word.chars().count();
            if used > 0 && used + 1 + length > room {
                out.push('\n');
                out.extend(std::iter::repeat_n(' ', indent));
                used = 0;
            } else if used > 0 {
                out.push(' ');
                used += 1;
            }
            out.push_str(word);
            used += length;
        }
        out
    }

    /// A label in its column and the text beside it, wrapped; ends with a line end.
    pub(crate) fn field(self, label: &str, text: &str) -> String {
        const COLUMN: usize = 14;
        format!("{}{}\n", self.paint(Role::Quiet, &format!("{label:<COLUMN$}")), self.wrap(text, COLUMN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_at_blanks() {
        let style = Style { color: false, width: 30 };
        assert_eq!(style.wrap("one two three four five six", 10), "one two three four\n          five six");
        assert_eq!(
            style.wrap("a-word-that-is-longer-than-the-line b", 10),
            "a-word-that-is-longer-than-the-line\n          b"
        );
        assert_eq!(style.field("log", "x"), "log           x\n");
    }

    #[test]
    fn colours_only_when_asked() {
        assert_eq!(Style { color: false, width: 80 }.paint(Role::Bad, "x"), "x");
        assert_eq!(Style { color: true, width: 80 }.paint(Role::Good, "x"), "\u{1b}[32mx\u{1b}[0m");
    }
}
