//! What was looked at before the first message of a run.

/// How a look at the wiring ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LookOutcome {
    /// What was found is what the subject file leads to expect.
    AsExpected,
    /// Something else was found.
    Otherwise,
    /// It could not be told from here.
    Unknown,
}

impl LookOutcome {
    /// Every outcome there is.
    pub const ALL: [Self; 3] = [Self::AsExpected, Self::Otherwise, Self::Unknown];

    /// The word in logs.
    pub fn code(self) -> &'static str {
        match self {
            Self::AsExpected => "as-expected",
            Self::Otherwise => "otherwise",
            Self::Unknown => "unknown",
        }
    }

    /// Reads the word.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.code() == code)
    }
}

/// A look at the wiring.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Looked {
    /// What was looked at.
    pub what: String,
    /// How it ended.
    pub outcome: LookOutcome,
    /// What was found, in words.
    pub found: String,
}
