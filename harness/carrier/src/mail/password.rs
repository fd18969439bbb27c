//! A password masks itself wherever it could be shown.

use std::fmt;

/// A password.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// Keeps a password.
    pub fn new(password: impl Into<String>) -> Self {
        Self(password.into())
    }

    /// Whether somebody has shown this password.
    pub fn is(&self, given: &[u8]) -> bool {
        self.0.as_bytes() == given
    }

    /// The password itself, for the wire only.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(masked)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn does_not_show_itself() {
        let shown = format!("{:?} {:#?}", Password::new("hemmelig"), Some(Password::new("hemmelig")));
        assert!(!shown.contains("hemmelig"), "{shown}");
    }
}
