//! What a check can say, and why it may be unable to.

use std::fmt;

/// What an observation says about its requirement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The subject did what is demanded.
    Satisfied,
    /// It cannot be told, and why. Never a pass, never a failure.
    CannotTell(Cause),
    /// The subject did something else. Can only mean the subject's conformance.
    Violated,
}

/// Why it cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cause {
    /// Patience ran out, or the run ended too soon; `collect` can settle it later.
    TimedOut,
    /// Addresses, partners or certificates do not fit together.
    Configuration,
    /// The subject or the network between could not be reached or understood.
    Environment,
    /// The harness itself failed.
    Harness,
    /// A scenario, profile or check is wrong.
    Suite,
    /// A person did not do or answer what was asked.
    Operator,
}

impl Cause {
    /// Every cause there is.
    pub const ALL: [Self; 6] =
        [Self::TimedOut, Self::Configuration, Self::Environment, Self::Harness, Self::Suite, Self::Operator];

    /// The word in reports.
    pub fn code(self) -> &'static str {
        match self {
            Self::TimedOut => "time-out",
            Self::Configuration => "configuration",
            Self::Environment => "environment",
            Self::Harness => "harness",
            Self::Suite => "suite",
            Self::Operator => "operator",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Verdict {
    /// The word in reports, without the cause.
    pub fn code(self) -> &'static str {
        match self {
            Self::Satisfied => "satisfied",
            Self::CannotTell(_) => "cannot-tell",
            Self::Violated => "violated",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CannotTell(cause) => write!(f, "cannot tell ({cause})"),
            other => f.write_str(other.code()),
        }
    }
}
