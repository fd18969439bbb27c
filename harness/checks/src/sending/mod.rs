//! What a system writes when it sends: the hodemelding, its codes, its parties, and the body that belongs to it.
//!
//! Two sources demand much the same: the standards (HIS 80601 hodemelding, HIS 1153 addressing, HISD 1165 use of XML,
//! and the profile of each message) and the official acceptance test (`PLOAT`, criteria of the PLO acceptance tests
//! for senders). A check serves both, each under its own id.
//!
//! What is quoted of a payload are codes, times and element names, never what is said about a patient.

mod codes;
mod head;
mod message;
mod parties;
mod resending;
mod walk;

use crate::check::{MessageCheck, RunCheck};

/// Checks of what was written, by subject.
pub(crate) const MESSAGE_CHECKS: &[&[MessageCheck]] = &[head::CHECKS, codes::CHECKS, parties::CHECKS, message::CHECKS];

/// Checks of a run as a whole.
pub(crate) const RUN_CHECKS: &[&[RunCheck]] = &[resending::CHECKS];
