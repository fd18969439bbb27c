//! What is wrong in a roster, drawn with the line it stands on.

use std::fmt;

/// Mistakes that are shown; a file of another kind has one on every line.
const SHOWN_MAX: usize = 50;

/// Where something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1; 0: the whole line.
    pub column: usize,
}

/// A mistake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// Where.
    pub at: Place,
    /// How many characters the caret underlines.
    pub width: usize,
    /// What is wrong, and what would be right.
    pub message: String,
}

/// All mistakes of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistakes {
    /// The file's name.
    pub file: String,
    /// Its text.
    text: String,
    /// In the order of the file.
    pub list: Vec<Mistake>,
}

impl Mistakes {
    pub(super) fn new(file: &str, text: &str) -> Self {
        Self { file: file.to_owned(), text: text.to_owned(), list: Vec::new() }
    }

    pub(super) fn add(&mut self, at: Place, width: usize, message: impl Into<String>) {
        self.list.push(Mistake { at, width, message: message.into() });
    }

    pub(super) fn or<T>(mut self, value: T) -> Result<T, Self> {
        if self.list.is_empty() {
            return Ok(value);
        }
        self.list.sort_by_key(|mistake| mistake.at);
        Err(self)
    }
}

impl std::error::Error for Mistakes {}

impl fmt::Display for Mistakes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, mistake) in self.list.iter().take(SHOWN_MAX).enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            let Place { line, column } = mistake.at;
            writeln!(f, "error: {}", mistake.message)?;
            writeln!(f, "  --> {}:{line}{}", self.file, if column > 0 { format!(":{column}") } else { String::new() })?;
            let text = self.text.lines().nth(line.saturating_sub(1)).unwrap_or_default();
            let gutter = line.to_string();
            let blank = " ".repeat(gutter.len());
            writeln!(f, "{blank} |\n{gutter} | {text}")?;
            if column > 0 {
                writeln!(f, "{blank} | {}{}", " ".repeat(column - 1), "^".repeat(mistake.width.max(1)))?;
            }
        }
        match self.list.len() {
            n if n > SHOWN_MAX => writeln!(f, "\n… and {} more", n - SHOWN_MAX),
            _ => Ok(()),
        }
    }
}
