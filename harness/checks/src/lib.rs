//! Floor 2: what the standards demand, and whether it was done.
//!
//! [`judge()`] is a pure function of a history, a profile and the requirement catalogue. It opens no file and
//! no socket, asks no clock and draws nothing at random, so a verdict is the same whoever computes it, and
//! whenever. A check returns nothing when its precondition is not met; otherwise it returns what it saw, with
//! the event that shows it. *Violated* can only mean the subject.
//!
//! ```
//! use evidence::history::History;
//! use provestein_checks::{catalogue::Catalogue, judge, profile};
//!
//! let profile = profile::find("plo-receive-nhn").expect("it ships with the tool");
//! let judgement = judge(&History::default(), &profile, &Catalogue::embedded());
//! assert_eq!(judgement.exit.code, 11, "no pass without evidence");
//! ```

mod address;
pub mod catalogue;
mod check;
mod date_time;
pub mod exit;
pub mod explain;
mod facts;
mod his80415;
mod hisd1209;
mod hits1168;
mod hits1171;
mod hits1172;
mod judge;
pub mod ledger;
pub mod observation;
pub mod profile;
mod registry;
mod sending;
pub mod verdict;

pub use judge::{Condition, Judgement, Outcome, ScenarioVerdict, Totals, judge, register_diagnosis};
pub use registry::checked_ids;

/// How long the subject took for its slowest answer to a message of ours in a run, in milliseconds.
pub fn slowest_answer_ms(history: &evidence::history::History) -> u64 {
    facts::Facts::of(history).slowest_ms()
}
