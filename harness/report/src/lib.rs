//! Floor 3: what people and programs read. Every format is made from the same [`View`], so that the same facts stand
//! in all of them; nothing in here decides anything or reads a file.

pub mod json;
mod view;

pub use view::View;
