//! A certificate as a file: who signed it, and what it states.

use crate::certificate::Certificate;
use crate::dsse::{Envelope, EnvelopeError};
use crate::key::SecretKey;
use crate::register::Reads;
use crate::register::entry::Issuer;
use crate::statement::{self, StatementError};
use crate::trust::Trust;
use thiserror::Error;

/// Why a certificate does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unsound {
    /// The envelope.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// The statement.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// A key that is believed is named by a signature that it did not make.
    #[error("the signature of {0} does not fit the statement: one of them was changed")]
    Forged(String),
    /// Too few signatures by those who are believed.
    #[error("{found} of those you trust signed it, and {demanded} must have")]
    TooFew {
        /// How many did.
        found: u32,
        /// How many must have.
        demanded: u32,
    },
}

/// A certificate and who of those that are believed signed it.
#[derive(Debug, Clone, PartialEq)]
pub struct Verified {
    /// What it states.
    pub certificate: Certificate,
    /// Names of the keys.
    pub signers: Vec<String>,
}

/// Signs a certificate.
pub fn sign(certificate: &Certificate, keys: &[&SecretKey]) -> Vec<u8> {
    let mut envelope = Envelope::around(statement::write(certificate));
    for key in keys {
        envelope.sign(key);
    }
    envelope.to_file()
}

/// Adds a signature to a certificate: the second person's.
///
/// # Errors
/// When it is no certificate.
pub fn countersign(file: &[u8], key: &SecretKey) -> Result<Vec<u8>, Unsound> {
    let mut envelope = Envelope::read(file)?;
    statement::read(&envelope.payload)?;
    envelope.sign(key);
    Ok(envelope.to_file())
}

/// What a certificate states, whoever signed it: to be shown, never to be believed.
///
/// # Errors
/// When it is no certificate.
pub fn unverified(file: &[u8]) -> Result<Certificate, Unsound> {
    Ok(statement::read(&Envelope::read(file)?.payload)?)
}

/// What a certificate states, when enough of those that are believed signed it.
///
/// # Errors
/// [`Unsound`].
pub fn verify(file: &[u8], trust: &Trust) -> Result<Verified, Unsound> {
    let envelope = Envelope::read(file)?;
    let mut signers = Vec::new();
    for (name, key) in trust.keys() {
        let id = key.id();
        if envelope.is_signed_by(key) {
            signers.push(name.to_owned());
        } else if envelope.signatures.iter().any(|signature| signature.key == id) {
            return Err(Unsound::Forged(name.to_owned()));
        }
    }
    // Only now: what nobody signed is not worth reading.
    let found = u32::try_from(signers.len()).unwrap_or(u32::MAX);
    let certificate = statement::read(&envelope.payload)?;
    if found < trust.signatures() {
        return Err(Unsound::TooFew { found, demanded: trust.signatures() });
    }
    Ok(Verified { certificate, signers })
}

/// Reads the certificates of a register.
#[derive(Debug, Clone, Copy)]
pub struct SignedFiles;

impl Reads for SignedFiles {
    fn certificate(&self, file: &[u8], issuers: &[Issuer], signatures: u32) -> Result<Certificate, String> {
        let trust = Trust::of(issuers, signatures)
            .map_err(|(name, error)| format!("the key of `{name}` in the register cannot be used: {error}"))?;
        verify(file, &trust).map(|verified| verified.certificate).map_err(|unsound| unsound.to_string())
    }
}
