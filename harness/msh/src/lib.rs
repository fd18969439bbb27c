//! Floor 1: one pure message service: `(state, input, now)` to actions, no socket, no clock, no files.
//!
//! The harness's own parties and the built-in reference both run it. What the reference does wrong on
//! purpose and what a scenario alters are the same kind of thing: an [`Overrides`] of a rule, or a change to
//! one layer of a message while it is composed ([`compose::Alter`]).
//!
//! It knows nothing of AppRec: what is delivered is the application's business.

pub mod assess;
pub mod compose;
pub mod identity;
mod overrides;
pub mod state;

pub use overrides::{Overrides, SignalShape};
