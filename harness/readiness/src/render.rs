//! Answers as text: for people at a terminal, and for programs.

mod human;
mod json;
mod matrix;
mod national;
mod table;

pub use human::human;
pub use json::json;
pub use matrix::{matrix_csv, matrix_human, matrix_json};
pub(crate) use national::percent;
pub use national::{national_csv, national_human, national_json};
pub use table::csv;
