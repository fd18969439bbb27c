//! What a run can prove at most.

/// What a run can prove at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Assurance {
    /// Against the built-in reference: proves nothing about any vendor.
    Demo,
    /// Captured messages, imported.
    Inspection,
    /// The vendor's own run.
    SelfRun,
}

impl Assurance {
    /// The word in logs and reports.
    pub fn code(self) -> &'static str {
        match self {
            Self::Demo => "demo",
            Self::Inspection => "inspection",
            Self::SelfRun => "self-run",
        }
    }

    /// Reads the word.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Demo, Self::Inspection, Self::SelfRun].into_iter().find(|a| a.code() == code)
    }
}
