//! Digest and signature algorithms: their URIs, and RSA PKCS #1 v1.5 done with them.

use super::algorithm;
use crate::key::{PrivateKey, PublicKey};
use ring::signature as rs;
use sha1::{Digest, Sha1};
use sha2::{Sha256, Sha512};

/// A digest algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DigestMethod {
    /// SHA-1, the only one by the text (HITS 1172 rule 33).
    Sha1,
    /// SHA-256, today's practice.
    Sha256,
    /// SHA-512.
    Sha512,
}

impl DigestMethod {
    /// The algorithm that a URI names.
    pub fn of(uri: &str) -> Option<Self> {
        [Self::Sha1, Self::Sha256, Self::Sha512].into_iter().find(|method| method.uri() == uri)
    }

    /// The URI that names it.
    pub fn uri(self) -> &'static str {
        match self {
            Self::Sha1 => algorithm::SHA1,
            Self::Sha256 => algorithm::SHA256,
            Self::Sha512 => algorithm::SHA512,
        }
    }

    /// The digest of some octets.
    pub fn digest(self, octets: &[u8]) -> Vec<u8> {
        match self {
            Self::Sha1 => Sha1::digest(octets).to_vec(),
            Self::Sha256 => Sha256::digest(octets).to_vec(),
            Self::Sha512 => Sha512::digest(octets).to_vec(),
        }
    }
}

/// A signature algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SignatureMethod {
    /// RSA with SHA-1, recommended by the text (HITS 1172 rule 84).
    RsaSha1,
    /// RSA with SHA-256, today's practice.
    RsaSha256,
    /// RSA with SHA-512.
    RsaSha512,
}

impl SignatureMethod {
    /// The algorithm that a URI names.
    pub fn of(uri: &str) -> Option<Self> {
        let all = [Self::RsaSha1, Self::RsaSha256, Self::RsaSha512];
        all.into_iter().find(|method| method.uri() == uri)
    }

    /// The URI that names it.
    pub fn uri(self) -> &'static str {
        match self {
            Self::RsaSha1 => algorithm::RSA_SHA1,
            Self::RsaSha256 => algorithm::RSA_SHA256,
            Self::RsaSha512 => algorithm::RSA_SHA512,
        }
    }

    /// Whether `value` is the signature of `octets` by the owner of `key`.
    pub fn verifies(self, key: &PublicKey, octets: &[u8], value: &[u8]) -> bool {
        // Keys of 1,024 bits are still met in old messages; whether they may be used is another question.
        let parameters = match self {
            Self::RsaSha1 => &rs::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
            Self::RsaSha256 => &rs::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
            Self::RsaSha512 => &rs::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
        };
        key.ring().verify(parameters, octets, value).is_ok()
    }

    /// Signs; `None` when the key is too short for the digest or the operation fails.
    pub fn sign(self, key: &PrivateKey, octets: &[u8]) -> Option<Vec<u8>> {
        let fast: &dyn rs::RsaEncoding = match self {
            Self::RsaSha1 => return key.rsa().pkcs1v15_sign::<Sha1>(octets).ok(),
            Self::RsaSha256 => &rs::RSA_PKCS1_SHA256,
            Self::RsaSha512 => &rs::RSA_PKCS1_SHA512,
        };
        let Some(pair) = key.ring() else {
            return match self {
                Self::RsaSha512 => key.rsa().pkcs1v15_sign::<Sha512>(octets).ok(),
                _ => key.rsa().pkcs1v15_sign::<Sha256>(octets).ok(),
            };
        };
        // ring asks for randomness, but this padding uses none: the same octets give the same signature.
        let mut value = vec![0; pair.public().modulus_len()];
        pair.sign(fast, &ring::rand::SystemRandom::new(), octets, &mut value).ok()?;
        Some(value)
    }
}

/// With which algorithms to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Algorithms {
    /// Digest of every reference.
    pub digest: DigestMethod,
    /// Signature.
    pub method: SignatureMethod,
}

impl Algorithms {
    /// What HIS 1037 and HITS 1172 print.
    pub const SHA1: Self = Self { digest: DigestMethod::Sha1, method: SignatureMethod::RsaSha1 };
    /// What is sent today.
    pub const SHA256: Self = Self { digest: DigestMethod::Sha256, method: SignatureMethod::RsaSha256 };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_and_verifies_with_short_and_long_keys() {
        let long = PrivateKey::from_pem(include_str!("../../../../fixtures/pki/demo/hospital-sign.key.pem")).unwrap();
        let short = PrivateKey::generate(&mut rsa::rand_core::UnwrapErr(getrandom::SysRng), 1024).unwrap();
        for key in [long, short] {
            for method in [SignatureMethod::RsaSha1, SignatureMethod::RsaSha256, SignatureMethod::RsaSha512] {
                let value = method.sign(&key, b"octets").unwrap();
                assert!(method.verifies(&key.public(), b"octets", &value));
                assert!(!method.verifies(&key.public(), b"octetz", &value));
                assert!(!method.verifies(&key.public(), b"octets", &value[1..]));
                assert_eq!(SignatureMethod::of(method.uri()), Some(method));
            }
        }
    }

    #[test]
    fn knows_digests_by_uri() {
        assert_eq!(DigestMethod::of(algorithm::SHA1), Some(DigestMethod::Sha1));
        assert_eq!(DigestMethod::of("urn:md5"), None);
        assert_eq!(DigestMethod::Sha512.digest(b"").len(), 64);
    }
}
