//! RSA keys. A private key never shows itself: its `Debug` is masked and it has no `Display`.

use pkcs1::{DecodeRsaPrivateKey, DecodeRsaPublicKey};
use pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding};
use rsa::traits::PublicKeyParts;
use std::fmt;
use std::sync::Arc;
use thiserror::Error;

/// Why a text or some bytes are no usable private key.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum KeyDefect {
    /// No PEM block of a private key.
    #[error("no PEM block `PRIVATE KEY` or `RSA PRIVATE KEY`")]
    NoPem,
    /// The PEM block is protected by a passphrase.
    #[error("the private key is protected by a passphrase; write it without one (`openssl pkey -in FILE`)")]
    Encrypted,
    /// The bytes are not an RSA private key of 1,024 to 8,192 bits.
    #[error("not an RSA private key: {0}")]
    NotRsa(String),
    /// The key could not be made or written.
    #[error("the private key cannot be made or written: {0}")]
    Failed(String),
}

/// An RSA private key. Cloning is cheap.
#[derive(Clone)]
pub struct PrivateKey(Arc<Inner>);

struct Inner {
    slow: rsa::PrivateKey,
    /// The same key where ring takes it (2,048 to 4,096 bits): it signs several times faster.
    fast: Option<ring::signature::RsaKeyPair>,
}

impl PrivateKey {
    /// Reads the first private key of a PEM text, PKCS#8 or PKCS#1.
    ///
    /// # Errors
    /// [`KeyDefect`].
    pub fn from_pem(text: &str) -> Result<Self, KeyDefect> {
        if text.contains("-----BEGIN ENCRYPTED PRIVATE KEY-----") || text.contains("Proc-Type: 4,ENCRYPTED") {
            return Err(KeyDefect::Encrypted);
        }
        if let Some(block) = pem_block(text, "PRIVATE KEY") {
            let key = rsa::PrivateKey::from_pkcs8_pem(block);
            return key.map(Self::of).map_err(|error| KeyDefect::NotRsa(error.to_string()));
        }
        let block = pem_block(text, "RSA PRIVATE KEY").ok_or(KeyDefect::NoPem)?;
        let key = rsa::PrivateKey::from_pkcs1_pem(block);
        key.map(Self::of).map_err(|error| KeyDefect::NotRsa(error.to_string()))
    }

    /// Reads PKCS#8 DER.
    ///
    /// # Errors
    /// [`KeyDefect::NotRsa`].
    pub fn from_pkcs8_der(bytes: &[u8]) -> Result<Self, KeyDefect> {
        let key = rsa::PrivateKey::from_pkcs8_der(bytes);
        key.map(Self::of).map_err(|error| KeyDefect::NotRsa(error.to_string()))
    }

    /// Makes a new key of `bits` bits.
    ///
    /// # Errors
    /// [`KeyDefect::Failed`], for instance below 1,024 bits.
    pub fn generate<R: rsa::rand_core::CryptoRng + ?Sized>(rng: &mut R, bits: usize) -> Result<Self, KeyDefect> {
        let key = rsa::PrivateKey::new(rng, bits);
        key.map(Self::of).map_err(|error| KeyDefect::Failed(error.to_string()))
    }

    /// Writes the key as PKCS#8 PEM, in the clear.
    ///
    /// # Errors
    /// [`KeyDefect::Failed`].
    pub fn to_pkcs8_pem(&self) -> Result<String, KeyDefect> {
        let text = self.0.slow.to_pkcs8_pem(LineEnding::LF);
        text.map(|text| text.to_string()).map_err(|error| KeyDefect::Failed(error.to_string()))
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.slow.to_public_key())
    }

    pub(crate) fn rsa(&self) -> &rsa::PrivateKey {
        &self.0.slow
    }

    pub(crate) fn ring(&self) -> Option<&ring::signature::RsaKeyPair> {
        self.0.fast.as_ref()
    }

    fn of(slow: rsa::PrivateKey) -> Self {
        let fast =
            slow.to_pkcs8_der().ok().and_then(|der| ring::signature::RsaKeyPair::from_pkcs8(der.as_bytes()).ok());
        Self(Arc::new(Inner { slow, fast }))
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PrivateKey(***)")
    }
}

/// An RSA public key of 1,024 to 8,192 bits.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey(rsa::PublicKey);

impl PublicKey {
    /// Length of the modulus in bits.
    pub fn bits(&self) -> usize {
        self.0.n().bit_width() as usize
    }

    /// Reads the `RSAPublicKey` of PKCS#1.
    pub(crate) fn from_pkcs1_der(bytes: &[u8]) -> Option<Self> {
        rsa::PublicKey::from_pkcs1_der(bytes).ok().map(Self)
    }

    pub(crate) fn rsa(&self) -> &rsa::PublicKey {
        &self.0
    }

    /// Modulus and exponent, big-endian without leading zeros, as ring takes them.
    pub(crate) fn ring(&self) -> ring::signature::RsaPublicKeyComponents<Box<[u8]>> {
        ring::signature::RsaPublicKeyComponents { n: self.0.n_bytes(), e: self.0.e_bytes() }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey(RSA, {} bits)", self.bits())
    }
}

/// The first PEM block with this label, markers included, whatever stands around it.
pub(crate) fn pem_block<'t>(text: &'t str, label: &str) -> Option<&'t str> {
    let start = text.find(&format!("-----BEGIN {label}-----"))?;
    let end_marker = format!("-----END {label}-----");
    let end = start + text[start..].find(&end_marker)? + end_marker.len();
    Some(&text[start..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    const PEM: &str = include_str!("../../../fixtures/pki/demo/hospital-sign.key.pem");

    #[test]
    fn reads_pkcs8_with_text_around_it_and_writes_it_back() {
        let key = PrivateKey::from_pem(&format!("Bag Attributes\n{PEM}\nmore")).unwrap();
        assert_eq!(key.public().bits(), 2048);
        assert!(key.ring().is_some());
        assert_eq!(key.to_pkcs8_pem().unwrap(), PEM);
    }

    #[test]
    fn never_shows_itself() {
        let key = PrivateKey::from_pem(PEM).unwrap();
        assert_eq!(format!("{key:?}"), "PrivateKey(***)");
        assert_eq!(format!("{:?}", key.public()), "PublicKey(RSA, 2048 bits)");
    }

    #[test]
    fn reads_pkcs1() {
        use pkcs1::EncodeRsaPrivateKey;
        let key = PrivateKey::from_pem(PEM).unwrap();
        let pkcs1 = key.rsa().to_pkcs1_pem(LineEnding::LF).unwrap();
        assert!(pkcs1.starts_with("-----BEGIN RSA PRIVATE KEY-----"));
        assert_eq!(PrivateKey::from_pem(&pkcs1).unwrap().public(), key.public());
    }

    #[test]
    fn says_what_is_wrong_with_a_key() {
        assert_eq!(PrivateKey::from_pem("hello").unwrap_err(), KeyDefect::NoPem);
        let locked = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII=\n-----END ENCRYPTED PRIVATE KEY-----";
        assert_eq!(PrivateKey::from_pem(locked).unwrap_err(), KeyDefect::Encrypted);
        let broken = PEM.replacen("MII", "MIA", 1);
        assert!(matches!(PrivateKey::from_pem(&broken), Err(KeyDefect::NotRsa(_))));
    }
}
