//! The one renderer of findings. A finding is a plain value ([`Finding`]); [`render`] draws it as a compiler draws its
//! diagnostics, and JUnit, Markdown and HTML take their facts from the same value.
//!
//! Findings about the same requirement are one [`Finding`]: the first is shown in full, the others by their events.

mod excerpt;
mod group;
mod model;
mod render;

pub use excerpt::Excerpt;
pub use group::findings;
pub use model::{Class, Finding, ScenarioPlace};
pub use render::{one_line, render};

pub(crate) use group::{from_index, quoted, remarks};
pub(crate) use render::events_in_words;
