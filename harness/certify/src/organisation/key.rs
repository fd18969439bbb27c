//! The private key of an organisation, from encrypted PKCS#8, as `openssl pkcs8 -topk8` writes it.

use super::{NotFit, Organisation, SecureRandom};
use crate::key::{KeyError, opened};
use pkcs8::PrivateKeyInfoRef;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair};
use std::fmt;

/// A private key. It masks itself in `Debug`.
pub struct OrganisationKey(Pair);

enum Pair {
    Rsa(Box<RsaKeyPair>),
    P256(Box<EcdsaKeyPair>),
}

impl fmt::Debug for OrganisationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Pair::Rsa(_) => "OrganisationKey (RSA)",
            Pair::P256(_) => "OrganisationKey (P-256)",
        })
    }
}

impl OrganisationKey {
    /// Opens the file.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn from_pem(pem: &str, passphrase: &str, chance: &dyn SecureRandom) -> Result<Self, KeyError> {
        const WHAT: &str = "RSA key of 2048 bits or more, or P-256 key, in encrypted PKCS#8";
        let opened = opened(pem, passphrase)?;
        let bytes = opened.as_bytes();
        let info = PrivateKeyInfoRef::try_from(bytes).map_err(|_| KeyError::Passphrase)?;
        let pair = if info.algorithm.oid.to_string() == super::RSA {
            RsaKeyPair::from_pkcs8(bytes).map(|pair| Pair::Rsa(Box::new(pair)))
        } else {
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, bytes, chance)
                .map(|pair| Pair::P256(Box::new(pair)))
        };
        pair.map(Self).map_err(|_| KeyError::Format(WHAT))
    }

    /// Whether it is the key of a certificate.
    pub fn belongs_to(&self, organisation: &Organisation) -> bool {
        let public = match &self.0 {
            Pair::Rsa(pair) => pair.public_key().as_ref(),
            Pair::P256(pair) => pair.public_key().as_ref(),
        };
        public == organisation.public_key()
    }

    pub(super) fn sign(&self, message: &[u8], chance: &dyn SecureRandom) -> Result<Vec<u8>, NotFit> {
        match &self.0 {
            Pair::Rsa(pair) => {
                let mut signature = vec![0; pair.public().modulus_len()];
                let signed = pair.sign(&RSA_PKCS1_SHA256, chance, message, &mut signature);
                signed.map(|()| signature).map_err(|_| NotFit::Key)
            }
            Pair::P256(pair) => {
                let signed = pair.sign(chance, message);
                signed.map(|signature| signature.as_ref().to_vec()).map_err(|_| NotFit::Key)
            }
        }
    }
}
