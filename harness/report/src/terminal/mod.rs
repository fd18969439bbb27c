//! What a person sees: the first screen says what is tested, the last one suffices.
//!
//! Every function is pure and gives whole lines. Colour is only in what [`crate::Style`] asks for, and says nothing that the
//! words do not say.

mod closing;
mod opening;
mod progress;

pub use closing::{Paths, closing};
pub use opening::{Opening, opening};
pub use progress::{findings, scenario_line, scenarios};

pub(crate) use closing::{requirements, to_do, verdict_counts};
pub(crate) use opening::{assurance, subject_name};
