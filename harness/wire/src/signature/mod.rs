//! XML signatures of the envelope: structure, canonical form, verifying, signing.

mod model;
mod structure;

pub use model::{KeyInfo, Reference, SignatureBlock, SignedInfo, Transform, X509Data, algorithm};
pub use structure::{read_block, read_reference};
