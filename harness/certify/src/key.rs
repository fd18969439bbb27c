//! Ed25519 keys of issuers and registers: on disk as PKCS#8 behind a passphrase (RFC 5958, RFC 8018 with PBKDF2
//! and AES-256-CBC), which `openssl pkey` reads too; it does not read scrypt at a cost that is worth anything.

use crate::register::note::Signs;
use der::asn1::{BitStringRef, OctetStringRef};
use der::pem::LineEnding;
use der::{Decode as _, Encode as _, EncodePem as _};
use pkcs5::pbes2::Parameters;
use pkcs8::spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};
use pkcs8::{EncryptedPrivateKeyInfoRef, ObjectIdentifier, PrivateKeyInfoRef, SecretDocument};
use ring::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use std::fmt;
use thiserror::Error;

/// `id-Ed25519`, RFC 8410.
const ED25519_OID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
/// Rounds of PBKDF2 with HMAC-SHA256: OWASP's number.
const ROUNDS: u32 = 600_000;
/// Longest key file.
const FILE_MAX: usize = 16 * 1024;

/// Why a key cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyError {
    /// Not a key of this sort.
    #[error("it is no {0}")]
    Format(&'static str),
    /// It is a private key in clear.
    #[error("the private key is not encrypted; keys of issuers lie behind a passphrase")]
    InClear,
    /// The passphrase does not open it.
    #[error("the passphrase does not open the key")]
    Passphrase,
    /// The same key under two names.
    #[error("it is the key of `{0}` too, and nobody counts twice")]
    Twice(String),
    /// An empty passphrase is none.
    #[error("the passphrase is empty")]
    NoPassphrase,
}

/// A private key. It masks itself in `Debug`.
pub struct SecretKey {
    pair: Ed25519KeyPair,
    seed: [u8; 32],
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey of {}", self.public_key().id())
    }
}

impl SecretKey {
    /// The key of a seed, which must be drawn and told to nobody.
    ///
    /// # Panics
    /// Never: every 32 bytes are a seed.
    pub fn of_seed(seed: [u8; 32]) -> Self {
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed).expect("every 32 bytes are a seed (RFC 8032 5.1.5)");
        Self { pair, seed }
    }

    /// Its public half.
    ///
    /// # Panics
    /// Never: a public key has 32 bytes.
    pub fn public_key(&self) -> PublicKey {
        let bytes = self.pair.public_key().as_ref();
        PublicKey(bytes.try_into().expect("an Ed25519 public key has 32 bytes"))
    }

    /// The file: encrypted PKCS#8, PEM. Salt and vector must be drawn.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn to_pem(&self, passphrase: &str, salt: [u8; 16], vector: [u8; 16]) -> Result<String, KeyError> {
        if passphrase.is_empty() {
            return Err(KeyError::NoPassphrase);
        }
        let broken = |_| KeyError::Format("key that can be encrypted");
        let inner = OctetStringRef::new(&self.seed).and_then(|seed| seed.to_der());
        let inner = inner.map_err(|_| KeyError::Format("key that can be encrypted"))?;
        let algorithm = AlgorithmIdentifierRef { oid: ED25519_OID, parameters: None };
        let inner = OctetStringRef::new(&inner).map_err(|_| KeyError::Format("key that can be encrypted"))?;
        let info = PrivateKeyInfoRef::new(algorithm, inner);
        let scheme = Parameters::generate_pbkdf2_sha256_aes256cbc(ROUNDS, &salt, vector);
        let scheme = scheme.map_err(|_| KeyError::Format("key that can be encrypted"))?;
        let encrypted = info.encrypt_with_params(scheme, passphrase).map_err(broken)?;
        let pem = encrypted.to_pem("ENCRYPTED PRIVATE KEY", LineEnding::LF);
        pem.map(|pem| pem.to_string()).map_err(|_| KeyError::Format("key that can be encrypted"))
    }

    /// Opens the file.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_pem(pem: &str, passphrase: &str) -> Result<Self, KeyError> {
        let opened = opened(pem, passphrase)?;
        let info = PrivateKeyInfoRef::from_der(opened.as_bytes()).map_err(|_| KeyError::Passphrase)?;
        if info.algorithm.oid != ED25519_OID {
            return Err(KeyError::Format("Ed25519 key"));
        }
        let seed = <&OctetStringRef>::from_der(info.private_key.as_bytes()).ok();
        let seed = seed.and_then(|seed| <[u8; 32]>::try_from(seed.as_bytes()).ok());
        seed.map(Self::of_seed).ok_or(KeyError::Format("Ed25519 key"))
    }
}

impl Signs for SecretKey {
    fn public(&self) -> [u8; 32] {
        self.public_key().0
    }

    fn sign(&self, message: &[u8]) -> Option<[u8; 64]> {
        self.pair.sign(message).as_ref().try_into().ok()
    }
}

/// A public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey(pub [u8; 32]);

impl PublicKey {
    /// Whether a signature is over a message by this key.
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(message, signature).is_ok()
    }

    /// SHA-256 of its SubjectPublicKeyInfo, in hexadecimal digits: the `keyid` of signatures.
    pub fn id(&self) -> String {
        crate::register::digest(&self.spki())
    }

    fn spki(&self) -> Vec<u8> {
        // The only form that such a key has: RFC 8410 4.
        const HEAD: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
        [HEAD.as_slice(), &self.0].concat()
    }

    /// The file: SubjectPublicKeyInfo, PEM.
    ///
    /// # Panics
    /// Never: the bytes are DER.
    pub fn to_pem(&self) -> String {
        let key = BitStringRef::from_bytes(&self.0).expect("32 bytes are a bit string");
        let algorithm = AlgorithmIdentifierRef { oid: ED25519_OID, parameters: None };
        SubjectPublicKeyInfoRef { algorithm, subject_public_key: key }.to_pem(LineEnding::LF).expect("it is DER")
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`KeyError::Format`].
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        const WHAT: &str = "public Ed25519 key in PEM (BEGIN PUBLIC KEY)";
        let (label, bytes) = decoded(pem, WHAT)?;
        let key = SubjectPublicKeyInfoRef::from_der(&bytes).ok().filter(|_| label == "PUBLIC KEY");
        let key = key.filter(|key| key.algorithm.oid == ED25519_OID && key.algorithm.parameters.is_none());
        let bytes = key.and_then(|key| <[u8; 32]>::try_from(key.subject_public_key.as_bytes()?).ok());
        bytes.map(Self).ok_or(KeyError::Format(WHAT))
    }
}

/// The content of an encrypted private key in PEM: PKCS#8 in clear.
pub(crate) fn opened(pem: &str, passphrase: &str) -> Result<SecretDocument, KeyError> {
    let (label, bytes) = decoded(pem, "encrypted private key in PEM")?;
    match label.as_str() {
        "ENCRYPTED PRIVATE KEY" => {}
        "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY" => return Err(KeyError::InClear),
        _ => return Err(KeyError::Format("encrypted private key in PEM")),
    }
    let info = EncryptedPrivateKeyInfoRef::from_der(&bytes).map_err(|_| KeyError::Format("encrypted PKCS#8 key"))?;
    info.decrypt(passphrase).map_err(|_| KeyError::Passphrase)
}

fn decoded(pem: &str, what: &'static str) -> Result<(String, Vec<u8>), KeyError> {
    if pem.len() > FILE_MAX {
        return Err(KeyError::Format(what));
    }
    let (label, bytes) = der::pem::decode_vec(pem.trim().as_bytes()).map_err(|_| KeyError::Format(what))?;
    Ok((label.to_owned(), bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_opens_with_its_passphrase_only() {
        let key = SecretKey::of_seed([7; 32]);
        let pem = key.to_pem("riktig hest", [1; 16], [2; 16]).unwrap();
        assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----\n"));
        assert_eq!(SecretKey::from_pem(&pem, "riktig hest").unwrap().public_key(), key.public_key());
        assert_eq!(SecretKey::from_pem(&pem, "gal hest").unwrap_err(), KeyError::Passphrase);
        assert_eq!(key.to_pem("", [1; 16], [2; 16]), Err(KeyError::NoPassphrase));
        let public = key.public_key().to_pem();
        assert_eq!(PublicKey::from_pem(&public), Ok(key.public_key()));
        assert!(SecretKey::from_pem(&public, "x").is_err() && PublicKey::from_pem(&pem).is_err());
        assert!(!format!("{key:?}").contains("7, 7"));
    }

    #[test]
    fn a_signature_is_over_its_message() {
        let key = SecretKey::of_seed([9; 32]);
        let signed = key.sign(b"melding").unwrap();
        assert!(key.public_key().verifies(b"melding", &signed));
        assert!(!key.public_key().verifies(b"Melding", &signed));
        assert!(!SecretKey::of_seed([8; 32]).public_key().verifies(b"melding", &signed));
    }
}
