//! Mistakes in a profile file, with line, column and caret.

use std::fmt;

/// One mistake in a profile file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileError {
    /// The file.
    pub file: String,
    /// Line, from 1; 0 when unknown.
    pub line: u64,
    /// Column, from 1; 0 when unknown.
    pub column: u64,
    /// What is wrong, one sentence without full stop.
    pub message: String,
    /// The line as it stands in the file.
    pub text: String,
}

impl ProfileError {
    pub(super) fn new(file: &str, source: &str, (line, column): (u64, u64), message: String) -> Self {
        let index = usize::try_from(line).ok().and_then(|line| line.checked_sub(1));
        let text = index.and_then(|index| source.lines().nth(index)).unwrap_or_default();
        Self { file: file.to_owned(), line, column, message, text: text.to_owned() }
    }
}

impl fmt::Display for ProfileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            return write!(f, "{}: {}", self.file, self.message);
        }
        let margin = " ".repeat(self.line.to_string().len());
        let before = usize::try_from(self.column.saturating_sub(1)).unwrap_or_default().min(self.text.chars().count());
        writeln!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
        writeln!(f, "{margin} |")?;
        writeln!(f, "{} | {}", self.line, self.text)?;
        write!(f, "{margin} | {}^", " ".repeat(before))
    }
}

impl std::error::Error for ProfileError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_at_the_place() {
        let error = ProfileError::new("p.yaml", "a: 1\nb: 2", (2, 4), "wrong".into());
        assert_eq!(error.to_string(), "p.yaml:2:4: wrong\n  |\n2 | b: 2\n  |    ^");
        assert_eq!(ProfileError::new("p.yaml", "", (0, 0), "empty".into()).to_string(), "p.yaml: empty");
    }
}
