//! The register of certificates: an append-only log in plain files, in the formats of C2SP (tlog-tiles, tlog-checkpoint,
//! signed-note, tlog-cosignature, tlog-proof). Whoever has its files and its verifier key can check all of it without us.
//!
//! ```text
//! checkpoint                     size and root of the tree, signed by the register and its witnesses
//! tile/entries/000[.p/N]         the entries, 256 in a bundle
//! tile/0/000[.p/N], tile/1/…     the hashes over them, 256 in a tile
//! certificates/<sha256>.json     the signed certificates
//! register.key                   the verifier key, for convenience; whoever checks has it from elsewhere
//! ```

pub mod approval;
pub mod entry;
mod examine;
mod grow;
pub mod note;
mod proof;
mod rules;
pub mod shelf;
pub mod tree;

pub use examine::{Broken, Examined, Reads, Trusted, examine};
pub use grow::{GrowError, admits, append, cosign, may_begin, open};
pub use proof::{Proof, ProofError, prove};
pub use rules::State;

/// Path of the checkpoint.
pub const CHECKPOINT: &str = "checkpoint";
/// Path of the verifier key.
pub const KEY: &str = "register.key";
/// Largest number of entries that is read: a hundred times what a country certifies in ten years.
pub const ENTRIES_MAX: u64 = 10_000_000;

/// Path of a certificate by the SHA-256 of its file.
pub fn certificate_path(digest: &str) -> String {
    format!("certificates/{digest}.json")
}

/// SHA-256 in hexadecimal digits.
pub fn digest(bytes: &[u8]) -> String {
    use sha2::{Digest as _, Sha256};
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
