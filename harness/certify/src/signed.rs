//! A certificate as a file: who signed it, and what it states.

use crate::certificate::Certificate;
use crate::dsse::{Envelope, EnvelopeError};
use crate::key::SecretKey;
use crate::organisation::{self, CmsError, NotFit, Organisation, OrganisationKey, SecureRandom};
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
    /// The other form.
    #[error(transparent)]
    Cms(#[from] CmsError),
    /// The signature fits, and the organisation's certificate may not stand for it.
    #[error(transparent)]
    Organisation(#[from] NotFit),
    /// A second signature is asked of a form that has one.
    #[error("a CMS file has one signature; two people sign the other form (DSSE)")]
    OneSignature,
    /// Whoever issues it does not watch for it too.
    #[error(
        "{0} is a witness of it with this key; who watches signs with a key of their own, and who issues with another"
    )]
    OwnWitness(String),
    /// A signature by a key that is believed bears the id of another.
    #[error("the signature of {0} bears the id of another key: its `keyid` was changed")]
    Misnamed(String),
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
    /// The organisation that signed, where the file is CMS.
    pub organisation: Option<Organisation>,
}

/// Signs a certificate.
pub fn sign(certificate: &Certificate, keys: &[&SecretKey]) -> Vec<u8> {
    let mut envelope = Envelope::around(statement::write(certificate));
    for key in keys {
        envelope.sign(key);
    }
    envelope.to_file()
}

/// Signs a certificate in the other form, CMS, with an organisation's certificate that may sign on that day.
///
/// # Errors
/// [`Unsound`].
pub fn sign_as(
    certificate: &Certificate,
    organisation: &Organisation,
    key: &OrganisationKey,
    chance: &dyn SecureRandom,
) -> Result<Vec<u8>, Unsound> {
    organisation.may_sign(certificate.issued)?;
    Ok(organisation::sign(&statement::write(certificate), organisation, key, chance)?)
}

/// Adds a signature to a certificate: the second person's.
///
/// # Errors
/// When it is no certificate.
pub fn countersign(file: &[u8], key: &SecretKey) -> Result<Vec<u8>, Unsound> {
    if organisation::is_one(file) {
        return Err(Unsound::OneSignature);
    }
    let mut envelope = Envelope::read(file)?;
    let (certificate, own) = (statement::read(&envelope.payload)?, key.public_key().id());
    if let Some(witness) = certificate.witnesses.into_iter().find(|witness| witness.key == own) {
        return Err(Unsound::OwnWitness(witness.name));
    }
    envelope.sign(key);
    Ok(envelope.to_file())
}

/// What a certificate states, whoever signed it: to be shown, never to be believed.
///
/// # Errors
/// When it is no certificate.
pub fn unverified(file: &[u8]) -> Result<Certificate, Unsound> {
    if organisation::is_one(file) {
        return Ok(statement::read(&organisation::read(file)?.statement)?);
    }
    Ok(statement::read(&Envelope::read(file)?.payload)?)
}

/// What a certificate states, when enough of those that are believed signed it.
///
/// # Errors
/// [`Unsound`].
pub fn verify(file: &[u8], trust: &Trust) -> Result<Verified, Unsound> {
    if organisation::is_one(file) {
        return verify_organisation(file, trust);
    }
    let envelope = Envelope::read(file)?;
    let mut signers = Vec::new();
    for (name, key) in trust.keys() {
        let id = key.id();
        if envelope.is_signed_by(key) {
            signers.push(name.to_owned());
        } else if envelope.signatures.iter().any(|signature| signature.key == id) {
            return Err(Unsound::Forged(name.to_owned()));
        } else if envelope.bears_signature_of(key) {
            return Err(Unsound::Misnamed(name.to_owned()));
        }
    }
    // Only now: what nobody signed is not worth reading.
    let found = u32::try_from(signers.len()).unwrap_or(u32::MAX);
    let certificate = statement::read(&envelope.payload)?;
    if found < trust.signatures() {
        return Err(Unsound::TooFew { found, demanded: trust.signatures() });
    }
    Ok(Verified { certificate, signers, organisation: None })
}

/// An organisation is believed by its own certificate, or by that of a CA which vouches for it. Its certificate must have been
/// good on the day that the statement names as that of its signing; it may have expired since.
fn verify_organisation(file: &[u8], trust: &Trust) -> Result<Verified, Unsound> {
    let read = organisation::read(file)?;
    let certificate = statement::read(&read.statement)?;
    let too_few = |found| Unsound::TooFew { found, demanded: trust.signatures() };
    let mut refused = None;
    let signers: Vec<String> = trust
        .organisations()
        .filter_map(|(name, believed)| {
            let (known, signer) = if *believed == read.signer {
                (read.signer.may_sign(certificate.issued), name.to_owned())
            } else if believed.is_authority() {
                let signer = format!("{} (vouched for by {name})", read.signer.subject());
                (believed.vouches_for(&read.signer, certificate.issued), signer)
            } else {
                return None;
            };
            known.map(|()| signer).map_err(|not_fit| refused = Some(not_fit)).ok()
        })
        .collect();
    match (signers.is_empty(), refused) {
        (true, Some(not_fit)) => Err(not_fit.into()),
        (true, None) => Err(too_few(0)),
        // Whoever vouches, it is one signature.
        (false, _) if trust.signatures() > 1 => Err(too_few(1)),
        (false, _) => Ok(Verified { certificate, signers, organisation: Some(read.signer) }),
    }
}

/// Reads the certificates of a register.
#[derive(Debug, Clone, Copy)]
pub struct SignedFiles;

impl Reads for SignedFiles {
    fn certificate(&self, file: &[u8], issuers: &[Issuer], signatures: u32) -> Result<Certificate, String> {
        let trust = Trust::of(issuers, signatures)
            .map_err(|(name, error)| format!("the key of `{name}` in the register cannot be used: {error}"))?;
        // Whoever a CA certifies would be an issuer.
        if let Some((name, _)) = trust.organisations().find(|(_, organisation)| organisation.is_authority()) {
            return Err(format!("the certificate of `{name}` in the register is a CA's, and no issuer's"));
        }
        verify(file, &trust).map(|verified| verified.certificate).map_err(|unsound| unsound.to_string())
    }
}
