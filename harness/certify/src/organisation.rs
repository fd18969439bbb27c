//! The second form of a certificate: CMS SignedData (RFC 5652) around the statement, signed with an organisation's
//! certificate (RSA or P-256), as `openssl cms -verify` reads it.
//!
//! Whether the organisation's certificate was revoked is not looked up: nothing here opens a connection.

mod key;
mod signed_data;

pub use key::OrganisationKey;
/// Where the chance in a signature comes from: an argument, never drawn in here.
pub use ring::rand::{SecureRandom, SystemRandom};
pub use signed_data::{CmsError, SignedFile, is_one, read, sign};

use der::{Decode as _, Encode as _};
use jiff::civil::Date;
use jiff::{Timestamp, tz};
use ring::signature::{ECDSA_P256_SHA256_ASN1, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm};
use rustls_pki_types::{CertificateDer, UnixTime};
use std::time::Duration;
use thiserror::Error;
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert, ring as algorithms};
use wire::certificate::Certificate;
use x509_cert::ext::pkix::BasicConstraints;

/// `id-kp-emailProtection` (RFC 5280 4.2.1.12), the content of the identifier: what signed content is for, and what
/// `openssl cms -verify` looks for.
const EMAIL_PROTECTION: &[u8] = &[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x04];
const RSA: &str = "1.2.840.113549.1.1.1";
const EC: &str = "1.2.840.10045.2.1";
const P256: &str = "1.2.840.10045.3.1.7";

/// Why an organisation's certificate does not stand for a signature.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NotFit {
    /// No certificate.
    #[error("it is no certificate in PEM: {0}")]
    Format(String),
    /// Another key.
    #[error("its key is neither RSA of 2048 bits or more nor P-256")]
    Key,
    /// The days.
    #[error("the certificate of {subject} was valid until {until}, and was to sign on {on}: it had expired")]
    Expired {
        /// Whose.
        subject: String,
        /// Its last moment.
        until: Timestamp,
        /// The day of signing.
        on: Date,
    },
    /// The days.
    #[error("the certificate of {subject} is valid from {from}, and was to sign on {on}: that is before")]
    NotYet {
        /// Whose.
        subject: String,
        /// Its first moment.
        from: Timestamp,
        /// The day of signing.
        on: Date,
    },
    /// What the certificate is for.
    #[error(
        "the certificate of {0} is not for signing: its key usage has neither digitalSignature nor nonRepudiation; \
         organisations have another one for that"
    )]
    Usage(String),
    /// Whoever vouches for it.
    #[error("the CA that you trust does not vouch for the certificate of {subject}: {reason}")]
    Path {
        /// Whose.
        subject: String,
        /// What the library said.
        reason: String,
    },
}

/// An organisation's certificate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    certificate: Certificate,
    parsed: x509_cert::Certificate,
}

impl Organisation {
    /// Reads PEM.
    ///
    /// # Errors
    /// [`NotFit::Format`].
    pub fn from_pem(pem: &str) -> Result<Self, NotFit> {
        Self::of(Certificate::from_pem(pem).map_err(|defect| NotFit::Format(defect.to_string()))?)
    }

    /// Reads DER.
    ///
    /// # Errors
    /// [`NotFit::Format`].
    pub fn from_der(der: &[u8]) -> Result<Self, NotFit> {
        Self::of(Certificate::from_der(der).map_err(|defect| NotFit::Format(defect.to_string()))?)
    }

    fn of(certificate: Certificate) -> Result<Self, NotFit> {
        let parsed = x509_cert::Certificate::from_der(certificate.der());
        let parsed = parsed.map_err(|error| NotFit::Format(error.to_string()))?;
        Ok(Self { certificate, parsed })
    }

    /// Whose it is, as the certificate says.
    pub fn subject(&self) -> String {
        self.certificate.subject()
    }

    /// SHA-256 over the certificate, in hexadecimal digits.
    pub fn fingerprint(&self) -> String {
        self.certificate.sha256_fingerprint()
    }

    /// Whether it is a CA's: it vouches for others and signs no statements.
    pub fn is_authority(&self) -> bool {
        let found = self.parsed.tbs_certificate().get_extension::<BasicConstraints>();
        found.ok().flatten().is_some_and(|(_, constraints)| constraints.ca)
    }

    /// Whether it may sign on a day: its days and what it is for.
    ///
    /// # Errors
    /// [`NotFit`].
    pub fn may_sign(&self, on: Date) -> Result<(), NotFit> {
        self.algorithm()?;
        let (subject, moment) = (self.subject(), noon(on));
        if self.certificate.not_after() < moment {
            return Err(NotFit::Expired { subject, until: self.certificate.not_after(), on });
        }
        if moment < self.certificate.not_before() {
            return Err(NotFit::NotYet { subject, from: self.certificate.not_before(), on });
        }
        let usage = self.certificate.key_usage();
        let signs = usage.is_none_or(|usage| usage.digital_signature || usage.non_repudiation);
        if signs { Ok(()) } else { Err(NotFit::Usage(subject)) }
    }

    /// Whether a CA, whose certificate this is, issued another one that may sign on a day.
    ///
    /// # Errors
    /// [`NotFit`].
    pub fn vouches_for(&self, other: &Self, on: Date) -> Result<(), NotFit> {
        other.may_sign(on)?;
        let refused = |error: webpki::Error| NotFit::Path { subject: other.subject(), reason: error.to_string() };
        let (own, leaf) = (CertificateDer::from(self.certificate.der()), CertificateDer::from(other.certificate.der()));
        let anchor = anchor_from_trusted_cert(&own).map_err(refused)?;
        let leaf = EndEntityCert::try_from(&leaf).map_err(refused)?;
        let seconds = u64::try_from(noon(on).as_second()).unwrap_or_default();
        let time = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
        let usage = KeyUsage::required_if_present(EMAIL_PROTECTION);
        let anchors = [anchor];
        let path = leaf.verify_for_usage(ALGORITHMS, &anchors, &[], time, usage, None, None);
        path.map(drop).map_err(refused)
    }

    /// Whether a signature is over a message by its key.
    fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        let Ok(algorithm) = self.algorithm() else { return false };
        UnparsedPublicKey::new(algorithm, self.public_key()).verify(message, signature).is_ok()
    }

    fn public_key(&self) -> &[u8] {
        let info = self.parsed.tbs_certificate().subject_public_key_info();
        info.subject_public_key.as_bytes().unwrap_or_default()
    }

    fn is_rsa(&self) -> bool {
        self.parsed.tbs_certificate().subject_public_key_info().algorithm.oid.to_string() == RSA
    }

    fn algorithm(&self) -> Result<&'static dyn VerificationAlgorithm, NotFit> {
        let algorithm = &self.parsed.tbs_certificate().subject_public_key_info().algorithm;
        let curve = algorithm.parameters.as_ref().and_then(|any| any.decode_as::<der::asn1::ObjectIdentifier>().ok());
        match algorithm.oid.to_string().as_str() {
            RSA => Ok(&RSA_PKCS1_2048_8192_SHA256),
            EC if curve.is_some_and(|curve| curve.to_string() == P256) => Ok(&ECDSA_P256_SHA256_ASN1),
            _ => Err(NotFit::Key),
        }
    }

    /// Whether writing it gives the bytes that were read, so that it can stand in a file of canonical form.
    fn is_canonical(&self) -> bool {
        self.parsed.to_der().is_ok_and(|der| der == self.certificate.der())
    }
}

/// How a CA may have signed.
const ALGORITHMS: &[&dyn rustls_pki_types::SignatureVerificationAlgorithm] = &[
    algorithms::RSA_PKCS1_2048_8192_SHA256,
    algorithms::RSA_PKCS1_2048_8192_SHA384,
    algorithms::RSA_PKCS1_2048_8192_SHA512,
    algorithms::ECDSA_P256_SHA256,
    algorithms::ECDSA_P256_SHA384,
    algorithms::ECDSA_P384_SHA256,
    algorithms::ECDSA_P384_SHA384,
    algorithms::ED25519,
];

/// A moment of a day: a certificate states days, not moments.
fn noon(day: Date) -> Timestamp {
    tz::Offset::UTC.to_timestamp(day.at(12, 0, 0, 0)).unwrap_or(Timestamp::MAX)
}
