//! What goes on beside the steps: arrivals being read and answers being sent.

use super::run::EngineError;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// How many tasks are under way, and the first thing that went wrong in one.
#[derive(Debug, Default)]
pub(super) struct Aside {
    tasks: Arc<AtomicUsize>,
    fatal: Mutex<Option<EngineError>>,
}

/// A task under way; dropped, it has ended, however it did.
#[derive(Debug)]
pub(super) struct UnderWay(Arc<AtomicUsize>);

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Aside {
    /// Counts a task.
    pub fn begin(&self) -> UnderWay {
        self.tasks.fetch_add(1, Ordering::SeqCst);
        UnderWay(self.tasks.clone())
    }

    /// Whether nothing is under way.
    pub fn is_idle(&self) -> bool {
        self.tasks.load(Ordering::SeqCst) == 0
    }

    /// Keeps the first failure.
    pub fn fail(&self, error: EngineError) {
        self.fatal.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    /// Gives the failure, once.
    pub fn check(&self) -> Result<(), EngineError> {
        self.fatal.lock().unwrap_or_else(PoisonError::into_inner).take().map_or(Ok(()), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_is_under_way_and_keeps_the_first_failure() {
        let aside = Aside::default();
        let (first, second) = (aside.begin(), aside.begin());
        drop(first);
        assert!(!aside.is_idle());
        drop(second);
        assert!(aside.is_idle());
        aside.fail(EngineError::Panicked("one".into()));
        aside.fail(EngineError::Panicked("two".into()));
        assert!(matches!(aside.check(), Err(EngineError::Panicked(what)) if what == "one"));
        assert!(aside.check().is_ok());
    }
}
