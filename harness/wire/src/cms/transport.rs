//! Key transport: how the content key is encrypted to the recipient's RSA key.

use super::ber::{self, Element, OBJECT_IDENTIFIER, SEQUENCE};
use super::names::oid_text;
use crate::key::{PrivateKey, PublicKey};
use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode, Encode};
use rsa::Oaep;
use rsa::rand_core::CryptoRng;
use rsa::traits::PublicKeyParts;
use sha1::Sha1;
use sha2::Sha256;
use x509_cert::spki::{AlgorithmIdentifier, AlgorithmIdentifierOwned};

const OAEP: &str = "1.2.840.113549.1.1.7";
const MGF1: &str = "1.2.840.113549.1.1.8";
const SHA1_OID: &str = "1.3.14.3.2.26";
const SHA256_OID: &str = "2.16.840.1.101.3.4.2.1";

/// A key transport algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyTransport {
    /// RSAES-PKCS1-v1_5 (rsaEncryption), what the samples use.
    Pkcs1v15,
    /// RSAES-OAEP with SHA-1 and MGF1 with SHA-1, the defaults of RFC 8017.
    OaepSha1,
    /// RSAES-OAEP with SHA-256 and MGF1 with SHA-256.
    OaepSha256,
    /// RSAES-OAEP with SHA-256 and MGF1 with SHA-1: what Java calls `OAEPWithSHA-256AndMGF1Padding`.
    OaepSha256MgfSha1,
}

impl KeyTransport {
    /// Every key transport that is known here.
    pub const ALL: [Self; 4] = [Self::Pkcs1v15, Self::OaepSha1, Self::OaepSha256, Self::OaepSha256MgfSha1];

    /// The usual name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pkcs1v15 => "RSA PKCS#1 v1.5",
            Self::OaepSha1 => "RSA OAEP (SHA-1)",
            Self::OaepSha256 => "RSA OAEP (SHA-256)",
            Self::OaepSha256MgfSha1 => "RSA OAEP (SHA-256, MGF1 with SHA-1)",
        }
    }

    /// Reads an `AlgorithmIdentifier`; `None` when the combination is not one of ours.
    pub(super) fn of(oid: &str, parameters: Option<Element<'_>>) -> Option<Self> {
        if oid == pkcs1::ALGORITHM_OID.to_string() {
            return Some(Self::Pkcs1v15);
        }
        if oid != OAEP {
            return None;
        }
        let (mut hash, mut mask) = (SHA1_OID.to_owned(), SHA1_OID.to_owned());
        for field in ber::all(parameters?.expect(SEQUENCE)?)? {
            let (algorithm, argument) = algorithm(ber::first(field.contents)?.0)?;
            match field.tag {
                0xa0 => hash = algorithm,
                0xa1 if algorithm == MGF1 => mask = argument.and_then(self::algorithm)?.0,
                // A label that is not empty has never been seen.
                0xa2 if argument.is_some_and(|label| label.contents.is_empty()) => {}
                _ => return None,
            }
        }
        match (hash.as_str(), mask.as_str()) {
            (SHA1_OID, SHA1_OID) => Some(Self::OaepSha1),
            (SHA256_OID, SHA256_OID) => Some(Self::OaepSha256),
            (SHA256_OID, SHA1_OID) => Some(Self::OaepSha256MgfSha1),
            _ => None,
        }
    }

    /// Decrypts the content key. `None`: the octets were encrypted to another key. For PKCS #1 v1.5 a wrong key gives
    /// octets of a random length instead, so the caller checks the length (and later the content).
    pub(super) fn unwrap(self, key: &PrivateKey, octets: &[u8]) -> Option<Vec<u8>> {
        let key = key.rsa();
        if octets.len() != key.size() {
            return None;
        }
        let opened = match self {
            Self::Pkcs1v15 => key.pkcs1v15_decrypt(octets),
            Self::OaepSha1 => key.oaep_decrypt::<Sha1>(octets),
            Self::OaepSha256 => key.oaep_decrypt::<Sha256>(octets),
            Self::OaepSha256MgfSha1 => key.decrypt(mixed(), octets),
        };
        opened.ok()
    }

    /// Encrypts the content key.
    pub(super) fn wrap<R: CryptoRng + ?Sized>(
        self,
        key: &PublicKey,
        content_key: &[u8],
        rng: &mut R,
    ) -> Option<Vec<u8>> {
        let key = key.rsa();
        let wrapped = match self {
            Self::Pkcs1v15 => key.pkcs1v15_encrypt_with_rng(rng, content_key),
            Self::OaepSha1 => key.oaep_encrypt_with_rng::<Sha1, R>(rng, content_key),
            Self::OaepSha256 => key.oaep_encrypt_with_rng::<Sha256, R>(rng, content_key),
            Self::OaepSha256MgfSha1 => key.encrypt(rng, mixed(), content_key),
        };
        wrapped.ok()
    }

    /// The `AlgorithmIdentifier` that names it.
    pub(super) fn identifier(self) -> der::Result<AlgorithmIdentifierOwned> {
        let sha = |oid: &str| -> der::Result<AlgorithmIdentifier<AnyRef<'static>>> {
            Ok(AlgorithmIdentifier {
                oid: ObjectIdentifier::new(oid).map_err(der::Error::from)?,
                parameters: Some(AnyRef::NULL),
            })
        };
        let parameters = match self {
            Self::Pkcs1v15 => {
                return Ok(AlgorithmIdentifierOwned {
                    oid: pkcs1::ALGORITHM_OID,
                    parameters: Some(AnyRef::NULL.into()),
                });
            }
            // Both fields have their default, so DER leaves them out.
            Self::OaepSha1 => vec![0x30, 0x00],
            Self::OaepSha256 | Self::OaepSha256MgfSha1 => {
                let hash = tagged(0xa0, &sha(SHA256_OID)?.to_der()?);
                let mask = AlgorithmIdentifier {
                    oid: ObjectIdentifier::new(MGF1).map_err(der::Error::from)?,
                    parameters: Some(sha(SHA256_OID)?),
                };
                let mask = tagged(0xa1, &mask.to_der()?);
                let mask = if self == Self::OaepSha256 { mask } else { Vec::new() };
                tagged(SEQUENCE, &[hash, mask].concat())
            }
        };
        Ok(AlgorithmIdentifierOwned {
            oid: ObjectIdentifier::new(OAEP).map_err(der::Error::from)?,
            parameters: Some(der::Any::from_der(&parameters)?),
        })
    }
}

/// OID and parameters of an `AlgorithmIdentifier`.
pub(super) fn algorithm(element: Element<'_>) -> Option<(String, Option<Element<'_>>)> {
    if element.tag == SEQUENCE {
        let parts = ber::all(element.contents)?;
        let oid = parts.first()?.expect(OBJECT_IDENTIFIER)?;
        return Some((oid_text(oid), parts.get(1).copied()));
    }
    None
}

fn mixed() -> Oaep<Sha256, Sha1> {
    Oaep { digest: Sha256::default(), mgf_digest: Sha1::default(), label: None }
}

/// A short element; the parameters here have fewer than 128 octets.
fn tagged(tag: u8, contents: &[u8]) -> Vec<u8> {
    let mut bytes = vec![tag, contents.len() as u8];
    bytes.extend_from_slice(contents);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_identifiers_it_writes() {
        for transport in KeyTransport::ALL {
            let der = transport.identifier().unwrap().to_der().unwrap();
            let (oid, parameters) = algorithm(ber::first(&der).unwrap().0).unwrap();
            assert_eq!(KeyTransport::of(&oid, parameters), Some(transport));
        }
    }
}
