//! Revocation lists (RFC 5280 5).

use super::{PkiError, time_of};
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    CertificateRevocationListParams, Issuer, KeyIdMethod, KeyPair, RevocationReason, RevokedCertParams, SerialNumber,
};

/// A certificate that its issuer has revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// Serial number, big-endian.
    pub serial: Vec<u8>,
    /// Since when.
    pub since: Timestamp,
}

/// A list in DER, valid from a minute ago (clocks differ) until `next`.
///
/// # Errors
/// [`PkiError::Certificate`].
pub fn write(
    issuer: &Issuer<'_, KeyPair>,
    revoked: &[Revoked],
    now: Timestamp,
    next: Timestamp,
) -> Result<Vec<u8>, PkiError> {
    let earlier = now.saturating_sub(SignedDuration::from_mins(1)).unwrap_or(now);
    let entry = |revoked: &Revoked| RevokedCertParams {
        serial_number: SerialNumber::from_slice(&revoked.serial),
        revocation_time: time_of(revoked.since),
        reason_code: Some(RevocationReason::KeyCompromise),
        invalidity_date: None,
    };
    let list = CertificateRevocationListParams {
        this_update: time_of(earlier),
        next_update: time_of(next),
        // Increases with time, as it has to, and needs no memory.
        crl_number: SerialNumber::from(now.as_second().unsigned_abs()),
        issuing_distribution_point: None,
        revoked_certs: revoked.iter().map(entry).collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    Ok(list.signed_by(issuer)?.der().to_vec())
}
