//! Writing into a register: entries, then tiles, and the checkpoint last. What was written before a power failure
//! counts only once the checkpoint says so.

use super::entry::{Entry, EntryError, Issuer};
use super::examine::{self, Broken, Reads};
use super::note::{self, Head, NoteError, Signs};
use super::rules::{self, State};
use super::shelf::{Shelf, ShelfError};
use super::tree::{self, TreeError};
use super::{CHECKPOINT, KEY, certificate_path, digest};
use thiserror::Error;
use tlog_tiles::EMPTY_HASH;

/// Why nothing was written.
#[derive(Debug, Error)]
pub enum GrowError {
    /// There is something already.
    #[error("there is a register already: {0} exists")]
    Exists(&'static str),
    /// What is there does not hold, so nothing is built on it.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// The entry may not follow.
    #[error("{0}")]
    Refused(String),
    /// The entry is too long.
    #[error(transparent)]
    Entry(#[from] EntryError),
    /// Tiles.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// Files.
    #[error(transparent)]
    Shelf(#[from] ShelfError),
    /// The key, or the checkpoint.
    #[error(transparent)]
    Note(#[from] NoteError),
}

/// Begins a register on an empty shelf. Gives its verifier key, which everybody must get by another way than the register
/// itself.
///
/// # Errors
/// [`GrowError`].
pub fn open(shelf: &mut dyn Shelf, opened: &Entry, key: &dyn Signs) -> Result<String, GrowError> {
    if shelf.get(CHECKPOINT)?.is_some() {
        return Err(GrowError::Exists(CHECKPOINT));
    }
    let mut state = State::default();
    state.take(opened).map_err(GrowError::Refused)?;
    let verifier = note::verifier_key(&state.origin, &key.public());
    note::check_key(&verifier)?;
    let (head, _) = tree::grow(shelf, Head { size: 0, hash: EMPTY_HASH.0 }, &[opened.to_bytes()?])?;
    shelf.put(KEY, format!("{verifier}\n").as_bytes())?;
    shelf.put(CHECKPOINT, &note::sign(&state.origin, head, key)?)?;
    Ok(verifier)
}

/// Whether a register may begin with some entries, before anything is written.
///
/// # Errors
/// [`GrowError::Refused`].
pub fn may_begin(entries: &[Entry], key: &dyn Signs) -> Result<(), GrowError> {
    let mut state = State::default();
    entries.iter().try_for_each(|entry| state.take(entry)).map_err(GrowError::Refused)?;
    state.is_watched_by_others(&note::verifier_key(&state.origin, &key.public())).map_err(GrowError::Refused)
}

/// Adds entries and the files of the certificates that they name. The key must be the register's own, and what is there
/// must hold. Cosignatures of witnesses are over the checkpoint before, so the new one has none.
///
/// # Errors
/// [`GrowError`]; then nothing counts of it.
pub fn append(
    shelf: &mut dyn Shelf,
    key: &dyn Signs,
    entries: &[Entry],
    certificates: &[Vec<u8>],
) -> Result<Head, GrowError> {
    let verifier = own_key(shelf, key)?;
    let (head, _, mut state) = examine::entries(shelf, &verifier)?;
    let mut bytes = Vec::with_capacity(entries.len());
    for entry in entries {
        state.take(entry).map_err(GrowError::Refused)?;
        bytes.push(entry.to_bytes()?);
    }
    state.is_watched_by_others(&verifier).map_err(GrowError::Refused)?;
    for certificate in certificates {
        shelf.put(&certificate_path(&digest(certificate)), certificate)?;
    }
    let (grown, replaced) = tree::grow(shelf, head, &bytes)?;
    shelf.put(CHECKPOINT, &note::sign(&state.origin, grown, key)?)?;
    for path in replaced {
        shelf.remove(&path)?;
    }
    Ok(grown)
}

/// Whether each of some files is a certificate that the register's issuers signed, and whether what some entries say about a
/// certificate fits what it states.
///
/// # Errors
/// [`GrowError`] with the first that is not, or does not.
pub fn admits(
    shelf: &dyn Shelf,
    key: &dyn Signs,
    (entries, files): (&[Entry], &[Vec<u8>]),
    reads: &dyn Reads,
) -> Result<(), GrowError> {
    let (_, before, state) = examine::entries(shelf, &own_key(shelf, key)?)?;
    for file in files {
        let read = reads.certificate(file, &state.issuers, state.signatures);
        read.map_err(|why| GrowError::Refused(format!("the register does not take the certificate: {why}")))?;
    }
    let stated = |number: &str| {
        let Some((digest, index)) = state.certificates.get(number) else { return Ok(None) };
        let path = certificate_path(digest);
        let file = shelf.get(&path)?.ok_or_else(|| Broken::new(format!("{path} is missing")))?;
        // Whoever signed it may have been retired since, and whoever was named since says nothing about it.
        let then = before.iter().take(usize::try_from(*index).unwrap_or(usize::MAX));
        let read = reads.certificate(&file, &issuers_after(then)?, state.signatures);
        read.map(Some).map_err(|why| GrowError::Broken(Broken::new(format!("{path} does not hold: {why}"))))
    };
    for (entry, number) in entries.iter().filter_map(|entry| Some((entry, entry.number()?))) {
        let Some(certificate) = stated(number)? else { continue };
        rules::fits(entry, &certificate).map_err(GrowError::Refused)?;
        if let Entry::Superseded { by, .. } = entry
            && let Some(successor) = stated(by)?
        {
            rules::succeeds(&successor, &certificate).map_err(GrowError::Refused)?;
        }
    }
    Ok(())
}

/// Who may issue after some entries.
fn issuers_after<'e>(entries: impl Iterator<Item = &'e Vec<u8>>) -> Result<Vec<Issuer>, GrowError> {
    let mut state = State::default();
    for bytes in entries {
        state.take(&Entry::read(bytes)?).map_err(Broken::new)?;
    }
    Ok(state.issuers)
}

/// The verifier key of the register, if `key` is the register's.
fn own_key(shelf: &dyn Shelf, key: &dyn Signs) -> Result<String, GrowError> {
    let missing = || Broken::new(format!("{KEY} is missing: this is no register, or not a whole one"));
    let stated = shelf.get(KEY)?.ok_or_else(missing)?;
    let stated = String::from_utf8_lossy(&stated).trim_end().to_owned();
    if note::verifier_key(note::name_of(&stated), &key.public()) == stated {
        Ok(stated)
    } else {
        Err(GrowError::Refused(format!("the key is not the one of the register `{}`", note::name_of(&stated))))
    }
}

/// Adds the cosignature of a witness, who has examined the register and compared it with what they saw before.
///
/// # Errors
/// [`GrowError`].
pub fn cosign(shelf: &mut dyn Shelf, verifier: &str, name: &str, at: u64, key: &dyn Signs) -> Result<(), GrowError> {
    let checkpoint = shelf.get(CHECKPOINT)?.ok_or_else(|| Broken::new(format!("{CHECKPOINT} is missing")))?;
    let (_, _, state) = examine::entries(shelf, verifier)?;
    let own = note::witness_key(name, &key.public());
    if !state.witnesses.contains(&own) {
        return Err(GrowError::Refused(format!("the register does not name the witness {own}")));
    }
    let signed = note::cosign(&checkpoint, name, at, key)?;
    note::open(&signed, verifier, &state.witnesses)?;
    Ok(shelf.put(CHECKPOINT, &signed)?)
}
