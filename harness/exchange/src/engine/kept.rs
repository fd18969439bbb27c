//! The bytes of an answer that may have to be given again: in memory until the log has them, and then read from there.
//! Ten thousand answered messages must not fill the memory of the harness.

use evidence::blob::{BlobError, BlobStore, Blobs as _};
use evidence::digest::Digest;
use std::sync::{Arc, Mutex, PoisonError};

/// The bytes, wherever they are. Copies share the place.
#[derive(Debug, Clone)]
pub(super) struct Kept(Arc<Mutex<Place>>);

#[derive(Debug)]
enum Place {
    Here(Vec<u8>),
    Stored { blob: Digest, length: usize },
}

impl Kept {
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Mutex::new(Place::Here(bytes))))
    }

    /// The bytes.
    ///
    /// # Errors
    /// When the blob of the log cannot be read any more.
    pub fn bytes(&self, blobs: &BlobStore) -> Result<Vec<u8>, BlobError> {
        match &*self.0.lock().unwrap_or_else(PoisonError::into_inner) {
            Place::Here(bytes) => Ok(bytes.clone()),
            Place::Stored { blob, length } => {
                let mut bytes = blobs.get(*blob)?;
                // A mail begins with fields of its own.
                Ok(bytes.split_off(bytes.len().saturating_sub(*length)))
            }
        }
    }

    /// The log has them now: `sent` is what was recorded, and holds them.
    pub fn is_recorded(&self, blob: Digest, sent: &[u8]) {
        let mut place = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Place::Here(bytes) = &*place
            && sent.ends_with(bytes)
        {
            *place = Place::Stored { blob, length: bytes.len() };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_recorded_is_read_from_the_log() {
        let folder = tempfile::tempdir().unwrap();
        let blobs = BlobStore::of_run(folder.path());
        let kept = Kept::new(b"answer\r\n".to_vec());
        let again = kept.clone();
        let mail = b"From: a\r\nanswer\r\n";
        // Not the answer: it stays where it is.
        kept.is_recorded(Digest::of(b"other"), b"other");
        assert_eq!(kept.bytes(&blobs).unwrap(), b"answer\r\n");
        kept.is_recorded(blobs.put(mail).unwrap(), mail);
        assert_eq!(again.bytes(&blobs).unwrap(), b"answer\r\n");
        std::fs::remove_dir_all(folder.path().join("blobs")).unwrap();
        assert!(matches!(again.bytes(&blobs), Err(BlobError::Missing(_))));
    }
}
