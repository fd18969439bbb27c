//! PKCS#12 (RFC 7292), for systems that take keys and trust in no other form.

use super::{Issued, PkiError};
use p12_keystore::{Certificate, EncryptionAlgorithm, KeyStore, KeyStoreEntry, MacAlgorithm, PrivateKeyChain};
use sha1::{Digest as _, Sha1};

/// The password of every file. It protects nothing: it lies beside the file, because import screens ask for one.
pub const PASSWORD: &str = "provestein";

/// How a file is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protection {
    /// PBES2 with AES-256 and HMAC-SHA-256: what today's software writes and reads.
    Modern,
    /// 3DES and HMAC-SHA-1: what Windows before Server 2019 and Java before 8u301 read.
    Legacy,
}

/// A key with its certificate and the CAs above it, issuer first.
///
/// # Errors
/// [`PkiError::Pkcs12`].
pub fn keys(issued: &Issued, above: &[&[u8]], protection: Protection) -> Result<Vec<u8>, PkiError> {
    let own = issued.certificate.der();
    let chain: Result<Vec<_>, _> = std::iter::once(&own[..]).chain(above.iter().copied()).map(certificate).collect();
    let key = issued.key.serialize_der();
    // By it a reader finds the certificate that belongs to the key.
    let id = Sha1::digest(&own[..]).to_vec();
    let mut store = KeyStore::new();
    store.add_entry(&issued.name, KeyStoreEntry::PrivateKeyChain(PrivateKeyChain::new(key, id, chain?)));
    write(&store, protection)
}

/// Certificates to trust, by name.
///
/// # Errors
/// [`PkiError::Pkcs12`].
pub fn trust(certificates: &[(&str, &[u8])], protection: Protection) -> Result<Vec<u8>, PkiError> {
    let mut store = KeyStore::new();
    for (name, der) in certificates {
        store.add_entry(name, KeyStoreEntry::Certificate(certificate(der)?));
    }
    write(&store, protection)
}

fn write(store: &KeyStore, protection: Protection) -> Result<Vec<u8>, PkiError> {
    let writer = store.writer(PASSWORD);
    let writer = match protection {
        Protection::Modern => writer
            .encryption_algorithm(EncryptionAlgorithm::PbeWithHmacSha256AndAes256)
            .mac_algorithm(MacAlgorithm::HmacSha256),
        Protection::Legacy => writer
            .encryption_algorithm(EncryptionAlgorithm::PbeWithShaAnd3KeyTripleDesCbc)
            .mac_algorithm(MacAlgorithm::HmacSha1),
    };
    // As many as the readers of old: the password is no secret.
    writer.encryption_iterations(2048).mac_iterations(2048).write().map_err(wrong)
}

fn certificate(der: &[u8]) -> Result<Certificate, PkiError> {
    Certificate::from_der(der).map_err(wrong)
}

fn wrong(error: impl std::fmt::Display) -> PkiError {
    PkiError::Pkcs12(error.to_string())
}
