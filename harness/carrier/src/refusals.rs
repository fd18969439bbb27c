//! What came to an inbox and never became an arrival: too large, no HTTP, no POST, no TLS.
//!
//! Without it, a subject that is turned away at the door looks like one that is silent.

use std::collections::VecDeque;
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many are kept; whoever knocks more often than that is still counted.
const KEPT: usize = 32;

/// Something that an inbox turned away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Who connected.
    pub from: SocketAddr,
    /// Why, and with which answer if any.
    pub reason: String,
    /// Whether it may have been a message: then nobody can say that none was sent.
    pub may_be_message: bool,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} from {}", self.reason, self.from)
    }
}

/// The refusals of an inbox. Clones see the same.
#[derive(Debug, Clone, Default)]
pub struct Refusals(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    count: u64,
    last: VecDeque<Refusal>,
}

impl Refusals {
    /// How many there have been.
    pub fn count(&self) -> u64 {
        self.kept().count
    }

    /// Those after the first `count`, as far as they are kept, the oldest first.
    pub fn since(&self, count: u64) -> Vec<Refusal> {
        let kept = self.kept();
        let new = usize::try_from(kept.count.saturating_sub(count)).unwrap_or(usize::MAX);
        kept.last.iter().skip(kept.last.len().saturating_sub(new)).cloned().collect()
    }

    /// Keeps one more.
    pub fn note(&self, refusal: Refusal) {
        let mut kept = self.kept();
        kept.count += 1;
        if kept.last.len() == KEPT {
            kept.last.pop_front();
        }
        kept.last.push_back(refusal);
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_last_and_counts_all() {
        let refusals = Refusals::default();
        let refusal = |number: usize| Refusal {
            from: ([127, 0, 0, 1], 1).into(),
            reason: number.to_string(),
            may_be_message: false,
        };
        assert_eq!(refusals.since(0), []);
        for number in 0..KEPT + 5 {
            refusals.clone().note(refusal(number));
        }
        assert_eq!(refusals.count(), KEPT as u64 + 5);
        assert_eq!(refusals.since(0).len(), KEPT);
        assert_eq!(refusals.since(KEPT as u64 + 3), [refusal(KEPT + 3), refusal(KEPT + 4)]);
        assert_eq!(refusals.since(KEPT as u64 + 5), []);
        assert_eq!(refusal(1).to_string(), "1 from 127.0.0.1:1");
    }
}
