//! Floor 1: what happened. Events, the append-only log, the blobs, and the history folded from them.
//!
//! The log is the evidence; everything else is derived from it. Only [`log`], [`read`] and [`blob`] touch
//! files. Nothing in here concludes: an event says what was observed, never what it means.

pub mod blob;
pub mod challenge;
pub mod digest;
pub mod event;
pub mod format;
pub mod history;
pub mod log;
pub mod read;
pub mod register;
