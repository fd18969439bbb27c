//! How far a run can be trusted beyond its supplier's word: whether it answers a challenge, and who watched it. Computed from
//! the log, so whoever has the log computes it again. What each proves and does not is in docs/trust.md.

mod challenged;
mod witnessed;

pub use challenged::{Unanswered, answered};
pub use witnessed::{Unwatched, Watched, Witness, watched};

use crate::certificate::Assurance;
use evidence::challenge::Challenge;

/// What stands behind runs beside their supplier's word.
#[derive(Debug, Clone, Default)]
pub struct Backing {
    /// The challenge that they are said to answer.
    pub challenge: Option<Challenge>,
    /// Who watched them.
    pub witnesses: Vec<Witness>,
}

impl Backing {
    /// The strongest of what holds for every run.
    pub fn assurance(&self) -> Assurance {
        match (&self.challenge, self.witnesses.as_slice()) {
            (_, [_, ..]) => Assurance::Witnessed,
            (Some(_), []) => Assurance::Challenged,
            (None, []) => Assurance::SelfRun,
        }
    }
}
