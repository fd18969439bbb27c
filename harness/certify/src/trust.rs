//! Whom somebody believes: names with keys or organisation certificates, and how many of them must have signed. There is no
//! default.

use crate::key::{KeyError, PublicKey};
use crate::organisation::Organisation;
use crate::register::entry::Issuer;

/// Whom somebody believes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    keys: Vec<(String, PublicKey)>,
    organisations: Vec<(String, Organisation)>,
    signatures: u32,
}

impl Trust {
    /// These issuers, of whom so many must have signed. A file with a certificate is an organisation's, or that of a CA whose
    /// every organisation is believed.
    ///
    /// # Errors
    /// The issuer whose key cannot be read, and why.
    pub fn of(issuers: &[Issuer], signatures: u32) -> Result<Self, (String, KeyError)> {
        let (mut keys, mut organisations) = (Vec::new(), Vec::new());
        for issuer in issuers {
            let named = |error| (issuer.name.clone(), error);
            if is_certificate(&issuer.key) {
                let organisation = Organisation::from_pem(&issuer.key);
                let organisation = organisation.map_err(|_| named(KeyError::Format("certificate in PEM")))?;
                organisations.push((issuer.name.clone(), organisation));
            } else {
                keys.push((issuer.name.clone(), PublicKey::from_pem(&issuer.key).map_err(named)?));
            }
        }
        Ok(Self { keys, organisations, signatures: signatures.max(1) })
    }

    /// How many must have signed.
    pub fn signatures(&self) -> u32 {
        self.signatures
    }

    /// Names and keys.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &PublicKey)> {
        self.keys.iter().map(|(name, key)| (name.as_str(), key))
    }

    /// Names and certificates.
    pub fn organisations(&self) -> impl Iterator<Item = (&str, &Organisation)> {
        self.organisations.iter().map(|(name, organisation)| (name.as_str(), organisation))
    }
}

/// Whether the file of an issuer holds a certificate, and not a bare key.
pub fn is_certificate(pem: &str) -> bool {
    pem.contains("-----BEGIN CERTIFICATE-----")
}
