//! The life of a subject that the harness starts itself: a process or a container.

use crate::digest::Digest;

/// The subject was started and became ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectStart {
    /// `process` or `container`.
    pub how: String,
    /// The command line or the image. Environment variables are never recorded.
    pub what: String,
    /// What showed that it was ready, in one sentence.
    pub ready: String,
}

/// The subject stopped, or never came up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectStop {
    /// Why.
    pub reason: StopReason,
    /// Its exit code, where it had one.
    pub code: Option<i32>,
    /// What was seen, in one sentence.
    pub detail: String,
    /// What it printed, its beginning and its end when that was much.
    pub output: Option<Digest>,
    /// How many bytes between the two were not kept.
    pub cut: u64,
}

/// Why a subject stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StopReason {
    /// The run was over, and the harness stopped it.
    RunOver,
    /// A scenario restarts it.
    Restart,
    /// It ended by itself while it was needed.
    Ended,
    /// It was started, but did not become ready.
    NotReady,
    /// It could not be started at all: no such program, no such image.
    NotStarted,
}

impl StopReason {
    /// Every reason there is.
    pub const ALL: [Self; 5] = [Self::RunOver, Self::Restart, Self::Ended, Self::NotReady, Self::NotStarted];

    /// The word in logs.
    pub fn code(self) -> &'static str {
        match self {
            Self::RunOver => "run-over",
            Self::Restart => "restart",
            Self::Ended => "ended",
            Self::NotReady => "not-ready",
            Self::NotStarted => "not-started",
        }
    }

    /// Reads the word.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.code() == code)
    }

    /// Whether the harness did it on purpose.
    pub fn is_planned(self) -> bool {
        matches!(self, Self::RunOver | Self::Restart)
    }
}
