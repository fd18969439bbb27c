//! What the system keeps over a restart: everything that came in, in order, with the moment and the chance it was
//! handled with. Handled again the same way, it leads to the very same answers, so that a duplicate is recognised and
//! gets the answer of before (ebMS 2.0 6.5.2: an acknowledgment says that the message is kept safely).

use crate::system::{Surroundings, System, SystemError};
use chacha20::ChaCha20Rng;
use chacha20::rand_core::SeedableRng as _;
use jiff::Timestamp;
use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use thiserror::Error;
use wire::CryptoRng;

/// Longest arrival in the file: what the inbox takes, and room for header fields.
const ENTITY_MAX: usize = 64 * 1024 * 1024;
/// Before each arrival: its length, the moment in microseconds, the seed.
const HEAD: usize = 4 + 8 + 32;

/// A file that remembers; without one, a restart forgets everything.
#[derive(Debug, Default)]
pub struct Memory(Option<File>);

/// Why a file cannot be remembered from.
#[derive(Debug, Error)]
pub enum MemoryError {
    /// The file.
    #[error("failed to read or write the file that remembers")]
    Io(#[from] io::Error),
    /// What stands in it cannot be handled again.
    #[error("what the file remembers cannot be handled again")]
    System(#[from] SystemError),
}

/// The moment and the chance that an arrival is handled with.
pub(crate) struct Moment {
    wall: Timestamp,
    seed: [u8; 32],
}

impl Moment {
    /// Now, with new chance.
    pub fn now(chance: &mut dyn CryptoRng) -> Self {
        let mut seed = [0; 32];
        chance.fill_bytes(&mut seed);
        // Whole microseconds, as they are kept.
        let now = Timestamp::now();
        Self { wall: Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now), seed }
    }
}

/// Hands an arrival to the system.
pub(crate) fn handle(
    system: &mut System,
    entity: &[u8],
    moment: &Moment,
    elapsed_ms: u64,
) -> Result<crate::system::Reaction, SystemError> {
    let mut chance = ChaCha20Rng::from_seed(moment.seed);
    system.receive(entity, &mut Surroundings { wall: moment.wall, elapsed_ms, chance: &mut chance })
}

impl Memory {
    /// Opens the file, and has the system handle again what it remembers. A half-written last arrival was never
    /// answered; it is cut off.
    ///
    /// # Errors
    /// [`MemoryError`].
    pub fn recall(path: &Path, system: &mut System) -> Result<Self, MemoryError> {
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        let mut rest = bytes.as_slice();
        while let Some((moment, entity, after)) = next(rest) {
            handle(system, entity, &moment, 0)?;
            rest = after;
        }
        file.set_len((bytes.len() - rest.len()) as u64)?;
        Ok(Self(Some(file)))
    }

    /// Keeps an arrival, durably.
    pub(crate) fn keep(&mut self, moment: &Moment, entity: &[u8]) -> io::Result<()> {
        let Some(file) = &mut self.0 else { return Ok(()) };
        let mut record = Vec::with_capacity(HEAD + entity.len());
        record.extend_from_slice(&(entity.len() as u32).to_be_bytes());
        record.extend_from_slice(&moment.wall.as_microsecond().to_be_bytes());
        record.extend_from_slice(&moment.seed);
        record.extend_from_slice(entity);
        file.write_all(&record)?;
        file.sync_data()
    }
}

fn next(bytes: &[u8]) -> Option<(Moment, &[u8], &[u8])> {
    let (head, rest) = bytes.split_at_checked(HEAD)?;
    let length = u32::from_be_bytes(head[..4].try_into().ok()?) as usize;
    let wall = Timestamp::from_microsecond(i64::from_be_bytes(head[4..12].try_into().ok()?)).ok()?;
    let seed = head[12..].try_into().ok()?;
    let (entity, after) = rest.split_at_checked(length).filter(|_| length <= ENTITY_MAX)?;
    Some((Moment { wall, seed }, entity, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_read_and_a_torn_end_is_not() {
        let moment = Moment { wall: "2026-01-15T09:30:00.000001Z".parse().unwrap(), seed: [7; 32] };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let mut memory = Memory(Some(File::create(&path).unwrap()));
        memory.keep(&moment, b"one").unwrap();
        memory.keep(&moment, b"").unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let (first, entity, rest) = next(&bytes).unwrap();
        assert_eq!((first.wall, first.seed, entity), (moment.wall, moment.seed, &b"one"[..]));
        assert!(next(rest).is_some_and(|(_, entity, after)| entity.is_empty() && after.is_empty()));
        assert!(next(&bytes[..HEAD + 2]).is_none());
        assert!(next(&[255; HEAD + 9]).is_none());
    }
}
