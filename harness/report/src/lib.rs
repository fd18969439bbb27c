//! Floor 3: what people and programs read. Every format is made from the same [`View`], so that the same facts stand
//! in all of them; nothing in here decides anything or reads a file.
//!
//! Findings are drawn by one renderer ([`diagnostic`]): terminal, JUnit, Markdown and HTML show what it says.

pub mod annotation;
pub mod behaviour;
mod cases;
pub mod diagnostic;
mod envelope;
pub mod html;
mod index;
pub mod json;
pub mod junit;
pub mod markdown;
mod registers;
mod style;
pub mod terminal;
mod view;
mod visible;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use cases::{Case, CaseResult};
pub use style::Style;
pub use view::{SHARD_INPUT, View};
pub use visible::{clean, masked, visible};
