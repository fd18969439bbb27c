//! Ids that the subject's acknowledgments carry, derived from a challenge: the ConversationIds of the conversations that we begin,
//! and the MessageIds of our AppRecs in those that the subject begins.

use super::run::Options;
use crate::plan::Plan;
use evidence::challenge::Challenge;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where they come from in a run that answers a challenge.
pub(super) struct ChallengedIds {
    challenge: Challenge,
    run: String,
    next: AtomicU64,
}

impl ChallengedIds {
    /// Those of a plan; `None` without a challenge: then they are drawn.
    pub fn of(plan: &Plan, options: &Options) -> Option<Self> {
        let challenge = plan.challenge.clone()?;
        // A run that goes on is named with the number of events so far: its count begins there, so that no id repeats.
        let (run, next) = options.run.split_once(' ').unwrap_or((&options.run, "0"));
        Some(Self { challenge, run: run.to_owned(), next: AtomicU64::new(next.parse().unwrap_or_default()) })
    }

    /// The id of the next one.
    pub fn next(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.challenge.derived_id(&self.run, number)
    }
}
