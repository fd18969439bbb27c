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
        let (mut keys, mut organisations) = (Vec::<(String, PublicKey)>::new(), Vec::<(String, Organisation)>::new());
        for issuer in issuers {
            let refused = |error| (issuer.name.clone(), error);
            if is_certificate(&issuer.key) {
                let organisation = Organisation::from_pem(&issuer.key);
                let organisation = organisation.map_err(|_| refused(KeyError::Format("certificate in PEM")))?;
                organisations.push((issuer.name.clone(), organisation));
                continue;
            }
            let key = PublicKey::from_pem(&issuer.key).map_err(refused)?;
            if let Some((known, _)) = keys.iter().find(|(_, known)| *known == key) {
                return Err(refused(KeyError::Twice(known.clone())));
            }
            keys.push((issuer.name.clone(), key));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SecretKey;

    #[test]
    fn nobody_counts_twice() {
        let key = SecretKey::of_seed([1; 32]).public_key().to_pem();
        let issuer = |name: &str, key: &str| Issuer { name: name.to_owned(), key: key.to_owned() };
        let (one, again) = (issuer("a", &key), issuer("b", &format!("{key}\n")));
        assert_eq!(Trust::of(&[one.clone(), again], 2), Err(("b".to_owned(), KeyError::Twice("a".to_owned()))));
        assert!(Trust::of(&[one], 1).is_ok());
    }
}
