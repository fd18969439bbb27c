//! Who a message service speaks for, and whom it speaks to.

use wire::certificate::Certificate;
use wire::ebxml::write::SoftwareDraft;
use wire::key::PrivateKey;
use wire::mime::TransferEncoding;
use wire::signature::Algorithms;

/// A communication party with its keys.
#[derive(Debug, Clone)]
pub struct Identity {
    /// HER-id of the communication party (level 2).
    pub her: u32,
    /// HER-id of the organisation (level 1).
    pub organisation_her: u32,
    /// Certificate whose key signs (key usage nonRepudiation).
    pub sign_certificate: Certificate,
    /// Its key.
    pub sign_key: PrivateKey,
    /// Certificate that others encrypt to.
    pub encrypt_certificate: Certificate,
    /// Its key.
    pub encrypt_key: PrivateKey,
    /// What HITS 1210 wants to know.
    pub software: SoftwareDraft,
    /// Digest and signature method.
    pub algorithms: Algorithms,
    /// How the envelope travels. An envelope has lines longer than 998 bytes, which no mail may have in 8bit
    /// (RFC 2045 2.8): over mail it is base64 (HITS 1172 rule 258 leaves the choice).
    pub envelope_encoding: TransferEncoding,
}

/// Another communication party, as the partner table knows it.
#[derive(Debug, Clone)]
pub struct Peer {
    /// HER-id of the communication party (level 2).
    pub her: u32,
    /// What payloads to it are encrypted to.
    pub encrypt_certificate: Certificate,
}
