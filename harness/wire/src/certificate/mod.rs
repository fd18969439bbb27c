//! X.509 certificates: what the standards ask of them. Chains and revocation are another floor's question.

mod name;

use crate::key::{PublicKey, pem_block};
use der::{Decode, Encode};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::fmt;
use thiserror::Error;
use x509_cert::ext::pkix;

pub(crate) use name::name_text;

/// Bytes of one certificate: real ones have about 2,000.
pub const BYTES_MAX: usize = 64 * 1024;

/// Why some bytes or a text are no certificate.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CertificateDefect {
    /// No PEM block.
    #[error("no PEM block `CERTIFICATE`")]
    NoPem,
    /// The text between the PEM markers is not base64.
    #[error("the PEM block is not base64")]
    NotBase64,
    /// Larger than [`BYTES_MAX`].
    #[error("{bytes} bytes are too many for a certificate")]
    TooLarge {
        /// Size found.
        bytes: usize,
    },
    /// Not an X.509 certificate in DER.
    #[error("not an X.509 certificate in DER: {0}")]
    NotX509(String),
}

/// The key usages that matter here (HIS 1037 5.5: non-repudiation for signing; key encipherment, key agreement
/// or data encipherment for encryption).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeyUsage {
    /// nonRepudiation, also called contentCommitment.
    pub non_repudiation: bool,
    /// digitalSignature.
    pub digital_signature: bool,
    /// keyEncipherment.
    pub key_encipherment: bool,
    /// dataEncipherment.
    pub data_encipherment: bool,
    /// keyAgreement.
    pub key_agreement: bool,
}

/// An X.509 certificate, kept byte for byte.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: Vec<u8>,
    parsed: x509_cert::Certificate,
    not_before: Timestamp,
    not_after: Timestamp,
}

impl Certificate {
    /// Reads DER. Bytes after the certificate are refused.
    ///
    /// # Errors
    /// [`CertificateDefect`].
    pub fn from_der(bytes: &[u8]) -> Result<Self, CertificateDefect> {
        if bytes.len() > BYTES_MAX {
            return Err(CertificateDefect::TooLarge { bytes: bytes.len() });
        }
        let parsed =
            x509_cert::Certificate::from_der(bytes).map_err(|error| CertificateDefect::NotX509(error.to_string()))?;
        let validity = parsed.tbs_certificate().validity();
        Ok(Self {
            not_before: timestamp(validity.not_before)?,
            not_after: timestamp(validity.not_after)?,
            der: bytes.to_vec(),
            parsed,
        })
    }

    /// Reads the first certificate of a PEM text.
    ///
    /// # Errors
    /// [`CertificateDefect`].
    pub fn from_pem(text: &str) -> Result<Self, CertificateDefect> {
        let block = pem_block(text, "CERTIFICATE").ok_or(CertificateDefect::NoPem)?;
        let base64 =
            block.trim_start_matches("-----BEGIN CERTIFICATE-----").trim_end_matches("-----END CERTIFICATE-----");
        Self::from_base64(base64)
    }

    /// Reads the base64 text of a `ds:X509Certificate`, with or without line breaks.
    ///
    /// # Errors
    /// [`CertificateDefect`].
    pub fn from_base64(text: &str) -> Result<Self, CertificateDefect> {
        let bytes = crate::signature::base64_bytes(text).ok_or(CertificateDefect::NotBase64)?;
        Self::from_der(&bytes)
    }

    /// The certificate as it was read.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The certificate as PEM, 64 characters a line.
    pub fn to_pem(&self) -> String {
        use base64::Engine;
        let base64 = base64::engine::general_purpose::STANDARD.encode(&self.der);
        let mut text = String::from("-----BEGIN CERTIFICATE-----\n");
        for (index, character) in base64.chars().enumerate() {
            if index > 0 && index % 64 == 0 {
                text.push('\n');
            }
            text.push(character);
        }
        text.push_str("\n-----END CERTIFICATE-----\n");
        text
    }

    /// The subject's name in the order of RFC 4514: `CN=…,serialNumber=…,O=…,C=NO`.
    pub fn subject(&self) -> String {
        name_text(self.parsed.tbs_certificate().subject())
    }

    /// The issuer's name, written like the subject's.
    pub fn issuer(&self) -> String {
        name_text(self.parsed.tbs_certificate().issuer())
    }

    /// The serial number in lower-case hexadecimal, without the zero octets that DER may put in front.
    pub fn serial_hex(&self) -> String {
        hex(unpadded(self.parsed.tbs_certificate().serial_number().as_bytes()))
    }

    /// Start of validity.
    pub fn not_before(&self) -> Timestamp {
        self.not_before
    }

    /// End of validity.
    pub fn not_after(&self) -> Timestamp {
        self.not_after
    }

    /// The public key, if it is RSA of at least 1,024 bits.
    pub fn public_key(&self) -> Option<PublicKey> {
        let info = self.parsed.tbs_certificate().subject_public_key_info();
        if info.algorithm.oid != pkcs1::ALGORITHM_OID {
            return None;
        }
        PublicKey::from_pkcs1_der(info.subject_public_key.as_bytes()?)
    }

    /// The KeyUsage extension; `None` when it is absent or unreadable.
    pub fn key_usage(&self) -> Option<KeyUsage> {
        let found = self.parsed.tbs_certificate().get_extension::<pkix::KeyUsage>();
        let (_, usage) = found.ok()??;
        Some(KeyUsage {
            non_repudiation: usage.non_repudiation(),
            digital_signature: usage.digital_signature(),
            key_encipherment: usage.key_encipherment(),
            data_encipherment: usage.data_encipherment(),
            key_agreement: usage.key_agreement(),
        })
    }

    /// SHA-256 over the DER form, in lower-case hexadecimal.
    pub fn sha256_fingerprint(&self) -> String {
        hex(&Sha256::digest(&self.der))
    }

    /// The issuer's name in DER and the serial number's bytes, by which CMS names a recipient.
    pub(crate) fn issuer_and_serial(&self) -> (Vec<u8>, &[u8]) {
        let certificate = self.parsed.tbs_certificate();
        (certificate.issuer().to_der().unwrap_or_default(), certificate.serial_number().as_bytes())
    }

    /// The SubjectKeyIdentifier extension, the other way by which CMS names a recipient.
    pub(crate) fn subject_key_identifier(&self) -> Option<Vec<u8>> {
        let found = self.parsed.tbs_certificate().get_extension::<pkix::SubjectKeyIdentifier>();
        found.ok()?.map(|(_, id)| id.0.as_bytes().to_vec())
    }

    pub(crate) fn x509(&self) -> &x509_cert::TbsCertificate {
        self.parsed.tbs_certificate()
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({}, serial {})", self.subject(), self.serial_hex())
    }
}

fn timestamp(time: x509_cert::time::Time) -> Result<Timestamp, CertificateDefect> {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).map_err(|error| CertificateDefect::NotX509(error.to_string()))
}

/// An unsigned integer without leading zero octets.
pub(crate) fn unpadded(integer: &[u8]) -> &[u8] {
    let zeros = integer.iter().take_while(|octet| **octet == 0).count();
    &integer[zeros.min(integer.len().saturating_sub(1))..]
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SIGN: &str = include_str!("../../../../fixtures/pki/demo/hospital-sign.pem");
    const ENCRYPT: &str = include_str!("../../../../fixtures/pki/demo/hospital-encrypt.pem");

    #[test]
    fn reads_what_the_standards_ask_about() {
        let certificate = Certificate::from_pem(SIGN).unwrap();
        let name = "Fjordbyen sykehus HF (syntetisk)";
        assert_eq!(certificate.subject(), format!("CN={name},serialNumber=310000019,O={name},C=NO"));
        assert!(certificate.issuer().contains("demo CA"));
        assert_eq!(certificate.not_before(), "2020-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(certificate.not_after(), "2049-12-31T23:59:59Z".parse().unwrap());
        assert_eq!(certificate.public_key().unwrap().bits(), 2048);
        assert_eq!(certificate.serial_hex().len(), 32);
        assert_eq!(certificate.sha256_fingerprint().len(), 64);
        assert_eq!(certificate.to_pem(), SIGN);
        let usage = certificate.key_usage().unwrap();
        assert!(usage.non_repudiation && !usage.digital_signature && !usage.key_encipherment);
        let usage = Certificate::from_pem(ENCRYPT).unwrap().key_usage().unwrap();
        assert!(usage.key_encipherment && usage.data_encipherment && !usage.non_repudiation);
    }

    #[test]
    fn says_what_is_no_certificate() {
        assert_eq!(Certificate::from_pem("x").unwrap_err(), CertificateDefect::NoPem);
        assert_eq!(Certificate::from_base64("%").unwrap_err(), CertificateDefect::NotBase64);
        assert!(matches!(Certificate::from_base64("AAAA"), Err(CertificateDefect::NotX509(_))));
        let large = vec![0; BYTES_MAX + 1];
        assert!(matches!(Certificate::from_der(&large), Err(CertificateDefect::TooLarge { .. })));
    }

    proptest! {
        #[test]
        fn never_panics(at in 0usize..900, byte: u8, cut in 0usize..1000) {
            let mut der = Certificate::from_pem(SIGN).unwrap().der().to_vec();
            let at = at % der.len();
            der[at] = byte;
            der.truncate(cut.max(at + 1));
            if let Ok(certificate) = Certificate::from_der(&der) {
                let _ = (certificate.subject(), certificate.key_usage(), certificate.public_key());
            }
        }
    }
}
