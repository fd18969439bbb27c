//! Why a command could not do its work, and with which exit code it ends.

use checks::exit::Exit;
use std::error::Error;
use std::fmt;

/// A command that could not do its work.
#[derive(Debug)]
pub struct Failure {
    /// With which code it ends.
    pub exit: Exit,
    /// What was attempted and what happened.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
}

impl Failure {
    /// A failure with a sentence.
    pub fn new(exit: Exit, message: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hint: None }
    }

    /// A failure from an error and all that caused it.
    pub fn of(exit: Exit, error: &dyn Error) -> Self {
        let mut message = error.to_string();
        let mut source = error.source();
        while let Some(inner) = source {
            message.push_str(": ");
            message.push_str(&inner.to_string());
            source = inner.source();
        }
        Self::new(exit, message)
    }

    /// With a next step.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
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
        write!(f, "\nexit {}: {}", self.exit.code, self.exit.meaning)
    }
}
