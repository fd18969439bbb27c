//! Floor 4: what a certificate states, who signed it, and whether it holds.
//!
//! Pure: the bytes of runs, keys and certificates are arguments, and so are today's date and every random number. A
//! certificate says no more than the logs beneath it, and whoever holds the logs can compute its verdicts again.

pub mod assurance;
pub mod certificate;
pub mod dsse;
pub mod issue;
pub mod key;
pub mod organisation;
pub mod register;
pub mod signed;
pub mod standing;
pub mod statement;
pub mod treatment;
pub mod trust;
