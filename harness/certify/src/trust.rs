//! Whom somebody believes: names and keys, and how many of them must have signed. There is no default.

use crate::key::{KeyError, PublicKey};
use crate::register::entry::Issuer;

/// Whom somebody believes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    keys: Vec<(String, PublicKey)>,
    signatures: u32,
}

impl Trust {
    /// These issuers, of whom so many must have signed.
    ///
    /// # Errors
    /// The issuer whose key cannot be read, and why.
    pub fn of(issuers: &[Issuer], signatures: u32) -> Result<Self, (String, KeyError)> {
        let key = |issuer: &Issuer| match PublicKey::from_pem(&issuer.key) {
            Ok(key) => Ok((issuer.name.clone(), key)),
            Err(error) => Err((issuer.name.clone(), error)),
        };
        Ok(Self { keys: issuers.iter().map(key).collect::<Result<_, _>>()?, signatures: signatures.max(1) })
    }

    /// How many must have signed.
    pub fn signatures(&self) -> u32 {
        self.signatures
    }

    /// Names and keys.
    pub fn keys(&self) -> impl Iterator<Item = (&str, &PublicKey)> {
        self.keys.iter().map(|(name, key)| (name.as_str(), key))
    }
}
