//! Floor 5: may this municipality switch this message on, with this system, on that day?
//!
//! Pure: certificates, roster, question and day are arguments. An answer is `yes`, `no` or `not established`, with its
//! reasons; empty evidence is never `yes`. The rules, and why they are so, are in `docs/ready.md`.

pub mod answer;
pub mod because;
pub mod cite;
pub mod evidence;
pub mod letter;
pub mod matrix;
pub mod message;
pub mod national;
mod plain;
pub mod question;
pub mod render;
pub mod roster;
pub mod sheet;
pub mod site;
mod weigh;
mod words;

pub use cite::Cite;
pub use plain::Norwegian;
