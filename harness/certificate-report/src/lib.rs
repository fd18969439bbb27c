//! Floor 6: the certification report. What a certificate says, how far that can be believed and how to find out oneself,
//! in bokmål and English.
//!
//! Pure: the certificate, what was verified of it, the catalogue and the day are arguments. [`compose`] makes a
//! [`Document`](document::Document) of blocks; `html` and `pdf` write it, and so they cannot differ in what they say.

pub mod compose;
pub mod document;
pub mod html;
mod lang;
#[cfg(feature = "pdf")]
pub mod pdf;
pub mod stated;

pub use lang::Lang;
