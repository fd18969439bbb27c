//! The ConversationIds of the conversations that we begin: drawn, or derived from a challenge.

use super::run::Options;
use crate::plan::Plan;
use evidence::challenge::Challenge;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where ConversationIds come from in a run that answers a challenge.
pub(super) struct Conversations {
    challenge: Challenge,
    run: String,
    next: AtomicU64,
}

impl Conversations {
    /// Those of a plan; `None` without a challenge: they are drawn.
    pub fn of(plan: &Plan, options: &Options) -> Option<Self> {
        let challenge = plan.challenge.clone()?;
        // A run that goes on is named with the number of events so far: its count begins there, so that no id repeats.
        let (run, next) = options.run.split_once(' ').unwrap_or((&options.run, "0"));
        Some(Self { challenge, run: run.to_owned(), next: AtomicU64::new(next.parse().unwrap_or_default()) })
    }

    /// The id of the next one.
    pub fn next(&self) -> String {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        self.challenge.conversation_id(&self.run, number)
    }
}
