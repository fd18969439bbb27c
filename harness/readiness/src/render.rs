//! Answers as text: for people at a terminal, and for programs.

mod human;
mod json;
mod table;

pub use human::human;
pub use json::json;
pub use table::csv;
