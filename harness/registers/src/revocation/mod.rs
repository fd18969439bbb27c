//! Revocation asked for live: OCSP (RFC 6960) and lists, signed by the kit's issuing CA.

#[allow(clippy::unnested_or_patterns, reason = "what the derive of `Choice` writes")]
mod asn1;
mod ocsp;

pub use ocsp::{Asked, State, Status, answer, read, refusal};
