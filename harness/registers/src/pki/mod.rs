//! The kit's PKI. Two branches that trust nothing of each other:
//!
//! - **messages**: root → issuing CA → for each party one signing and one encryption certificate. The issuing CA may
//!   not issue for TLS servers. Its key is kept, because revocation is signed live.
//! - **TLS**: one CA, name-constrained to the hosts of this kit, and a server and a client certificate.
//!
//! The keys of the message root and of the TLS CA are gone when the kit is written: nobody can issue with them again.

pub mod crl;
mod extension;
mod issuer;
mod keys;
mod messages;
pub mod p12;
mod tls;

pub use extension::list_address;
pub use issuer::{IssuerName, LIST_PATHS};
pub use keys::RsaKeys;
pub use messages::{Issuing, MessageBranch, Owner};
pub use tls::{NATIONAL_TEST_HOSTS, TlsBranch, hosts_of};

use jiff::{SignedDuration, Timestamp};
use rcgen::{Certificate, KeyPair};
use thiserror::Error;
use time::OffsetDateTime;

/// What a kit's certificates are to be like.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Size of the RSA keys in bits.
    pub bits: usize,
    /// When the kit is made.
    pub now: Timestamp,
    /// How long its certificates are valid.
    pub days: u16,
    /// Where revocation is asked for: `http://host:port`, without a slash at its end.
    pub registers: String,
    /// Which profile of organisation certificates.
    pub seid: Seid,
    /// What the issuing CA is called.
    pub issuer: IssuerName,
}

/// The two generations of Norwegian organisation certificates. They write the organisation number in different places,
/// and only the older one has dataEncipherment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seid {
    /// serialNumber `310000019`; keyEncipherment and dataEncipherment.
    One,
    /// organizationIdentifier `NTRNO-310000019`; keyEncipherment only.
    Two,
}

/// A certificate with its key and the CAs above it.
#[derive(Debug)]
pub struct Issued {
    /// Name of its files in the kit, without ending.
    pub name: String,
    /// The certificate.
    pub certificate: Certificate,
    /// Its key.
    pub key: KeyPair,
    /// Serial number, big-endian.
    pub serial: Vec<u8>,
    /// Whether the issuer has revoked it.
    pub revoked: bool,
}

/// Why the PKI cannot be made.
#[derive(Debug, Error)]
pub enum PkiError {
    /// A key.
    #[error("failed to make an RSA key")]
    Key(#[from] wire::key::KeyDefect),
    /// A certificate or revocation list.
    #[error("failed to make a certificate or revocation list")]
    Certificate(#[from] rcgen::Error),
    /// DER.
    #[error("failed to write DER")]
    Der(#[from] der::Error),
    /// PKCS#12.
    #[error("failed to write PKCS#12: {0}")]
    Pkcs12(String),
}

/// Clocks of test machines differ: certificates are valid from a day before they are made.
const BEFORE: SignedDuration = SignedDuration::from_hours(24);

/// A time as rcgen takes it.
fn time_of(at: Timestamp) -> OffsetDateTime {
    // In range: a timestamp of jiff ends with the year 9999, as does an OffsetDateTime.
    OffsetDateTime::from_unix_timestamp(at.as_second()).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

impl Terms {
    /// From when what is issued is valid.
    pub(crate) fn start(&self) -> Timestamp {
        self.now.saturating_sub(BEFORE).unwrap_or(self.now)
    }

    /// Until when.
    pub(crate) fn end(&self) -> Timestamp {
        let days = SignedDuration::from_hours(24 * i64::from(self.days));
        self.now.saturating_add(days).unwrap_or(self.now)
    }
}

impl Issued {
    /// The certificate as [`wire`] reads it.
    ///
    /// # Errors
    /// Never in practice: it was just written.
    pub fn read(&self) -> Result<wire::certificate::Certificate, wire::certificate::CertificateDefect> {
        wire::certificate::Certificate::from_der(self.certificate.der())
    }
}
