//! Why a command could not do its work, and with which exit code it ends.

use checks::exit::Exit;
use std::error::Error;
use std::fmt;
use std::io;

/// A command that could not do its work.
#[derive(Debug)]
pub struct Failure {
    /// With which code it ends.
    pub exit: Exit,
    /// What was attempted and what happened.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// What the code means here, where its general meaning would mislead.
    pub meaning: &'static str,
}

impl Failure {
    /// A failure with a sentence.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hint: None, meaning: exit.meaning }
    }

    /// A failure from an error and all that caused it.
    pub fn of(exit: Exit, error: &dyn Error) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(inner) = source {
            let cause = inner.to_string();
            // Some errors quote what caused them.
            if !message.contains(&cause) {
                message.push_str(": ");
                message.push_str(&cause);
            }
            source = inner.source();
        }
        Self::new(exit, message)
    }

    /// A failure of the machine's disk: 70, but no bug.
    pub fn of_disk(error: &dyn Error) -> Self {
        Self::of(Exit::HARNESS_BUG, error)
            .meaning("the disk refused; neither the tool nor the subject is at fault")
            .hint("make room, or choose another folder with --out")
    }

    /// With another meaning of the code than the general one.
    #[must_use]
    pub fn meaning(mut self, meaning: &'static str) -> Self {
        self.meaning = meaning;
        self
    }

    /// With a next step.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Why a text file cannot be read, in words for whoever named it.
pub fn unread(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::IsADirectory => "it is a folder; a file was expected".to_owned(),
        io::ErrorKind::InvalidData => "it is no UTF-8 text; save the file as UTF-8".to_owned(),
        _ => error.to_string(),
    }
}

impl Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let begins = self.message.starts_with("error");
        write!(f, "{}{}", if begins { "" } else { "error: " }, self.message.trim_end())?;
        if let Some(hint) = &self.hint {
            write!(f, "\nhint: {hint}")?;
        }
        write!(f, "\nexit {}: {}", self.exit.code, self.meaning)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_no_text_is_told_so() {
        let folder = tempfile::tempdir().unwrap();
        let of = |path: &std::path::Path| unread(&std::fs::read_to_string(path).unwrap_err());
        assert!(of(folder.path()).contains("is a folder"));
        let path = folder.path().join("subject.yaml");
        std::fs::write(&path, "supplier: Nordlys Bod\u{f8}".chars().map(|c| c as u8).collect::<Vec<_>>()).unwrap();
        assert!(of(&path).contains("save the file as UTF-8"));
        assert!(of(&path.with_extension("none")).contains("No such file"));
    }

    #[derive(Debug, thiserror::Error)]
    #[error("event 64: {source}")]
    struct Quoting {
        #[source]
        source: Inner,
    }

    #[derive(Debug, thiserror::Error)]
    #[error("blob 1234 is missing")]
    struct Inner(#[source] io::Error);

    #[test]
    fn a_cause_that_is_quoted_is_not_told_twice() {
        let error = Quoting { source: Inner(io::Error::other("no such file")) };
        let failure = Failure::of(Exit::EVIDENCE_BROKEN, &error);
        assert_eq!(failure.message, "event 64: blob 1234 is missing: no such file");
    }
}
