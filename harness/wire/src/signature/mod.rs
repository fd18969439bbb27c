//! XML signatures of the envelope: structure, canonical form, verifying, signing.

mod algorithms;
pub mod canonical;
mod model;
mod resolve;
mod sign;
mod structure;
#[cfg(test)]
mod tests;
mod verify;
mod xpath;

pub use algorithms::{Algorithms, DigestMethod, SignatureMethod};
pub use model::{KeyInfo, Reference, SignatureBlock, SignedInfo, Transform, X509Data, algorithm};
pub use sign::{SignError, sign, write_reference};
pub use structure::{read_block, read_reference};
pub(crate) use verify::verify_tree;
pub use verify::{OCTETS_MAX, REFERENCES_MAX, ReferenceOutcome, ValueOutcome, Verdict, Verification, verify};

/// The bytes of a base64 text, whatever white space stands in it: both wrapped and unwrapped values occur.
pub(crate) fn base64_bytes(text: &str) -> Option<Vec<u8>> {
    use base64::Engine;
    let dense: String = text.chars().filter(|c| !matches!(c, ' ' | '\t' | '\r' | '\n')).collect();
    base64::engine::general_purpose::STANDARD.decode(dense).ok()
}
