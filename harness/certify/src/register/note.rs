//! Checkpoints: the size and root of the tree, signed by the register and by its witnesses (C2SP signed-note,
//! tlog-checkpoint and tlog-cosignature).

use signed_note::{Note, Signer, StandardVerifier, Verifier, VerifierList, key_id};
use thiserror::Error;
use tlog_tiles::{Checkpoint, Hash};

/// Type byte of an Ed25519 key that signs notes.
const ED25519: u8 = 0x01;
/// Type byte of an Ed25519 key that cosigns checkpoints as a witness.
const COSIGNATURE: u8 = 0x04;
/// Seconds since 1970 stand before a cosignature, big-endian.
const TIME_BYTES: usize = 8;

/// Why a checkpoint does not hold.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoteError {
    /// Not a note.
    #[error("the checkpoint is no signed note of C2SP")]
    Malformed,
    /// Not a verifier key.
    #[error("`{0}` is no verifier key: expected NAME+HEX+BASE64")]
    Key(String),
    /// The register did not sign it.
    #[error("the checkpoint has no signature of the register `{0}`")]
    Unsigned(String),
    /// A signature is wrong.
    #[error("a signature under the checkpoint does not fit it")]
    Wrong,
    /// A signature by somebody whom the register does not know.
    #[error("the checkpoint has a signature by `{0}`, whom the register does not name")]
    Stranger(String),
    /// It is another register's.
    #[error("the checkpoint is of `{found}`, not of `{expected}`")]
    Origin {
        /// Whose it should be.
        expected: String,
        /// Whose it is.
        found: String,
    },
    /// Our own key does not sign.
    #[error("the key did not sign")]
    Signing,
}

/// Something that signs with an Ed25519 key.
pub trait Signs {
    /// The public key.
    fn public(&self) -> [u8; 32];
    /// The signature, 64 bytes; `None` when the key fails.
    fn sign(&self, message: &[u8]) -> Option<[u8; 64]>;
}

/// Size and root of a tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Number of entries.
    pub size: u64,
    /// Root hash.
    pub hash: [u8; 32],
}

/// The verifier key of a register, as C2SP signed-note writes it.
pub fn verifier_key(origin: &str, public: &[u8; 32]) -> String {
    encoded(origin, ED25519, public)
}

/// The verifier key of a witness.
pub fn witness_key(name: &str, public: &[u8; 32]) -> String {
    encoded(name, COSIGNATURE, public)
}

fn encoded(name: &str, kind: u8, public: &[u8; 32]) -> String {
    use base64::Engine as _;
    let key = [&[kind], public.as_slice()].concat();
    format!("{name}+{:08x}+{}", key_id(name, &key), base64::engine::general_purpose::STANDARD.encode(&key))
}

/// Whose verifier key this is.
pub fn name_of(key: &str) -> &str {
    key.split('+').next().unwrap_or_default()
}

/// Whether two verifier keys are of the same key, under whatever names and for whatever use.
pub fn is_same_key(one: &str, other: &str) -> bool {
    use base64::Engine as _;
    let raw = |key: &str| {
        let (_, encoded) = key.split_once('+')?.1.split_once('+')?;
        Some(base64::engine::general_purpose::STANDARD.decode(encoded).ok()?.get(1..)?.to_vec())
    };
    raw(one).is_some_and(|one| raw(other) == Some(one))
}

/// A checkpoint that was signed.
pub fn sign(origin: &str, head: Head, key: &dyn Signs) -> Result<Vec<u8>, NoteError> {
    let checkpoint = Checkpoint::new(origin, head.size, Hash(head.hash), "").map_err(|_| NoteError::Malformed)?;
    let mut note = Note::new(&checkpoint.to_bytes(), &[]).map_err(|_| NoteError::Malformed)?;
    let id = key_id(origin, &[&[ED25519], key.public().as_slice()].concat());
    note.add_sigs(&[&Pen { name: origin, id, key, at: None }]).map_err(|_| NoteError::Signing)?;
    Ok(note.to_bytes())
}

/// The same checkpoint with the cosignature of a witness who saw it at `at`, in seconds since 1970.
pub fn cosign(checkpoint: &[u8], name: &str, at: u64, key: &dyn Signs) -> Result<Vec<u8>, NoteError> {
    let mut note = Note::from_bytes(checkpoint).map_err(|_| NoteError::Malformed)?;
    let id = key_id(name, &[&[COSIGNATURE], key.public().as_slice()].concat());
    note.add_sigs(&[&Pen { name, id, key, at: Some(at) }]).map_err(|_| NoteError::Signing)?;
    Ok(note.to_bytes())
}

type Signatures = Vec<signed_note::Signature>;

struct Pen<'k> {
    name: &'k str,
    id: u32,
    key: &'k dyn Signs,
    at: Option<u64>,
}

impl Signer for Pen<'_> {
    fn name(&self) -> &str {
        self.name
    }

    fn key_id(&self) -> u32 {
        self.id
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, signature::Error> {
        let failed = signature::Error::new;
        let Some(at) = self.at else { return self.key.sign(message).map(Vec::from).ok_or_else(failed) };
        let signed = self.key.sign(&cosigned(at, message)).ok_or_else(failed)?;
        Ok([at.to_be_bytes().as_slice(), &signed].concat())
    }
}

fn cosigned(at: u64, message: &[u8]) -> Vec<u8> {
    [format!("cosignature/v1\ntime {at}\n").as_bytes(), message].concat()
}

/// The key of a witness, for verifying: an Ed25519 key that is over the time as well.
struct Witness {
    name: String,
    id: u32,
    plain: StandardVerifier,
}

impl Verifier for Witness {
    fn name(&self) -> &str {
        &self.name
    }

    fn key_id(&self) -> u32 {
        self.id
    }

    fn verify(&self, message: &[u8], signed: &[u8]) -> bool {
        let Some((at, signed)) = signed.split_first_chunk::<TIME_BYTES>() else { return false };
        self.plain.verify(&cosigned(u64::from_be_bytes(*at), message), signed)
    }
}

fn verifier(key: &str) -> Result<Box<dyn Verifier>, NoteError> {
    use base64::Engine as _;
    let wrong = || NoteError::Key(key.to_owned());
    let (name, rest) = key.split_once('+').ok_or_else(wrong)?;
    let bytes = rest.split_once('+').map(|(_, key)| base64::engine::general_purpose::STANDARD.decode(key));
    let bytes = bytes.and_then(Result::ok).ok_or_else(wrong)?;
    let (kind, public) = bytes.split_first().ok_or_else(wrong)?;
    let public: [u8; 32] = public.try_into().map_err(|_| wrong())?;
    if encoded(name, *kind, &public) != key {
        return Err(wrong());
    }
    let plain = StandardVerifier::new(&verifier_key(name, &public)).map_err(|_| wrong())?;
    match *kind {
        ED25519 => Ok(Box::new(plain)),
        COSIGNATURE => Ok(Box::new(Witness { name: name.to_owned(), id: key_id(name, &bytes), plain })),
        _ => Err(wrong()),
    }
}

/// Whether this is a verifier key.
///
/// # Errors
/// [`NoteError::Key`].
pub fn check_key(key: &str) -> Result<(), NoteError> {
    verifier(key).map(drop)
}

/// Whether the register's own key signed a checkpoint: looked at before anything else, when its witnesses are not known yet.
///
/// # Errors
/// [`NoteError`].
pub fn signed_by(checkpoint: &[u8], key: &str) -> Result<(), NoteError> {
    let note = Note::from_bytes(checkpoint).map_err(|_| NoteError::Malformed)?;
    verified(&note, key, &[]).map(drop)
}

/// The signatures of those who are known, and those of strangers.
fn verified(note: &Note, key: &str, witnesses: &[String]) -> Result<(Signatures, Signatures), NoteError> {
    let known: Result<Vec<_>, _> =
        std::iter::once(key).chain(witnesses.iter().map(String::as_str)).map(verifier).collect();
    match note.verify(&VerifierList::new(known?)) {
        Ok(both) => Ok(both),
        Err(signed_note::NoteError::UnverifiedNote) => Err(NoteError::Unsigned(name_of(key).to_owned())),
        Err(_) => Err(NoteError::Wrong),
    }
}

/// The head that a checkpoint states, and the witnesses that signed it. The register's key must have signed; nobody may
/// have whom neither `key` nor `witnesses` names: a changed signature line must not look like a stranger's.
///
/// # Errors
/// [`NoteError`].
pub fn open(checkpoint: &[u8], key: &str, witnesses: &[String]) -> Result<(Head, Vec<String>), NoteError> {
    let note = Note::from_bytes(checkpoint).map_err(|_| NoteError::Malformed)?;
    if note.to_bytes() != checkpoint {
        return Err(NoteError::Malformed);
    }
    let (verified, strangers) = verified(&note, key, witnesses)?;
    if let Some(stranger) = strangers.first() {
        return Err(NoteError::Stranger(stranger.name().to_owned()));
    }
    let text = Checkpoint::from_bytes(note.text()).map_err(|_| NoteError::Malformed)?;
    let origin = name_of(key);
    if text.origin() != origin {
        return Err(NoteError::Origin { expected: origin.to_owned(), found: text.origin().to_owned() });
    }
    if text.to_bytes() != note.text() || !text.extension().is_empty() {
        return Err(NoteError::Malformed);
    }
    let ours = verifier(key)?;
    if !verified.iter().any(|s| s.name() == ours.name() && s.id() == ours.key_id()) {
        return Err(NoteError::Unsigned(origin.to_owned()));
    }
    let names = verified.iter().filter(|s| s.id() != ours.key_id()).map(|s| s.name().to_owned()).collect();
    Ok((Head { size: text.size(), hash: text.hash().0 }, names))
}
