//! That one entry is in the register, for whoever does not have all of it (C2SP tlog-proof).

use super::CHECKPOINT;
use super::entry::Entry;
use super::note::{self, Head, NoteError};
use super::shelf::Shelf;
use super::tree::{self, BUNDLE, Shelved};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use thiserror::Error;
use tlog_tiles::{Hash, TileHashReader, check_record, prove_record, record_hash};

/// First line of a proof.
const HEADER: &str = "c2sp.org/tlog-proof@v1";
/// Hashes in a proof: as many as a tree of 2^64 entries needs.
const HASHES_MAX: usize = 64;

/// An entry with its proof. In the file the entry stands in the line `extra`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// The entry's bytes.
    pub entry: Vec<u8>,
    /// Its number, from 0.
    pub index: u64,
    /// The hashes beside its way to the root.
    pub hashes: Vec<[u8; 32]>,
    /// The checkpoint whose root it leads to.
    pub checkpoint: Vec<u8>,
}

/// Why something is not proven.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ProofError {
    /// Not a proof.
    #[error("it is no proof of C2SP tlog-proof: {0}")]
    Format(&'static str),
    /// The checkpoint.
    #[error(transparent)]
    Note(#[from] NoteError),
    /// The entry does not lead to the root.
    #[error("the entry does not lead to the root of the signed checkpoint: it is not in that register, or was changed")]
    Wrong,
    /// The register cannot be read.
    #[error("{0}")]
    Register(String),
}

/// Proves that the entry with a number is in the register.
///
/// # Errors
/// [`ProofError::Register`].
pub fn prove(shelf: &dyn Shelf, verifier: &str, witnesses: &[String], index: u64) -> Result<Proof, ProofError> {
    let register = |error: &dyn std::error::Error| ProofError::Register(error.to_string());
    let checkpoint = shelf.get(CHECKPOINT).map_err(|e| register(&e))?.unwrap_or_default();
    let (head, _) = note::open(&checkpoint, verifier, witnesses)?;
    if index >= head.size {
        return Err(ProofError::Register(format!("there are {} entries, numbered from 0", head.size)));
    }
    let shelved = Shelved(shelf);
    let reader = TileHashReader::new(head.size, Hash(head.hash), &shelved);
    let hashes = prove_record(head.size, index, &reader).map_err(|e| register(&e))?;
    let (number, at) = (index / BUNDLE, (index % BUNDLE) as usize);
    let width = BUNDLE.min(head.size - number * BUNDLE);
    let bundle = tree::bundle_of(shelf, number, width).map_err(|e| register(&e))?;
    let entry = tree::read_bundle(&bundle).and_then(|entries| entries.into_iter().nth(at));
    let entry = entry.ok_or_else(|| ProofError::Register(format!("bundle {number} does not hold entry {index}")))?;
    let proof = Proof { entry, index, hashes: hashes.iter().map(|hash| hash.0).collect(), checkpoint };
    proof.check(verifier, witnesses).map(|_| proof)
}

impl Proof {
    /// The file.
    pub fn to_text(&self) -> Vec<u8> {
        let mut text = format!("{HEADER}\nextra {}\nindex {}\n", STANDARD.encode(&self.entry), self.index);
        for hash in &self.hashes {
            text.push_str(&STANDARD.encode(hash));
            text.push('\n');
        }
        text.push('\n');
        [text.as_bytes(), &self.checkpoint].concat()
    }

    /// Reads the file.
    ///
    /// # Errors
    /// [`ProofError::Format`].
    pub fn read(bytes: &[u8]) -> Result<Self, ProofError> {
        let text = std::str::from_utf8(bytes).map_err(|_| ProofError::Format("it is no text"))?;
        let (head, checkpoint) = text.split_once("\n\n").ok_or(ProofError::Format("it has no checkpoint"))?;
        let mut lines = head.lines();
        if lines.next() != Some(HEADER) {
            return Err(ProofError::Format("the first line is another"));
        }
        let mut field =
            |name: &str, or| lines.next().and_then(|line| line.strip_prefix(name)).ok_or(ProofError::Format(or));
        let entry = field("extra ", "it has no line `extra`")?;
        let index = field("index ", "it has no line `index`")?;
        let entry = STANDARD.decode(entry).map_err(|_| ProofError::Format("`extra` is no base64"))?;
        let index = index.parse().map_err(|_| ProofError::Format("`index` is no number"))?;
        let hash = |line: &str| STANDARD.decode(line).ok().and_then(|hash| <[u8; 32]>::try_from(hash).ok());
        let hashes: Option<Vec<[u8; 32]>> = lines.take(HASHES_MAX + 1).map(hash).collect();
        let hashes = hashes.filter(|hashes| hashes.len() <= HASHES_MAX).ok_or(ProofError::Format("a hash is none"))?;
        let proof = Self { entry, index, hashes, checkpoint: checkpoint.as_bytes().to_vec() };
        if proof.to_text() == bytes { Ok(proof) } else { Err(ProofError::Format("it is written in another way")) }
    }

    /// That the entry is in the register whose key this is. Gives the entry and the head that it is proven under.
    ///
    /// # Errors
    /// [`ProofError`].
    pub fn check(&self, verifier: &str, witnesses: &[String]) -> Result<(Entry, Head), ProofError> {
        let (head, _) = note::open(&self.checkpoint, verifier, witnesses)?;
        let hashes = self.hashes.iter().copied().map(Hash).collect();
        if self.index >= head.size {
            return Err(ProofError::Wrong);
        }
        check_record(&hashes, head.size, Hash(head.hash), self.index, record_hash(&self.entry))
            .map_err(|_| ProofError::Wrong)?;
        let entry = Entry::read(&self.entry).map_err(|_| ProofError::Format("the entry is none"))?;
        Ok((entry, head))
    }
}
