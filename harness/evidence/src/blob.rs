//! Content-addressed blobs: `blobs/sha256/ab/abcdef…`, written whole and durable before anything names them.

use crate::digest::Digest;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a blob cannot be had.
#[derive(Debug, Error)]
pub enum BlobError {
    /// It is not there.
    #[error("blob {0} is missing")]
    Missing(Digest),
    /// Its bytes are not what its name says.
    #[error("blob {0} has other bytes than its name says")]
    Altered(Digest),
    /// The disk.
    #[error("failed to read or write blob {digest} at {path}")]
    Io {
        /// Which blob.
        digest: Digest,
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Where blobs can be read from.
pub trait Blobs {
    /// The bytes of a blob, checked against its name.
    ///
    /// # Errors
    /// [`BlobError`].
    fn get(&self, digest: Digest) -> Result<Vec<u8>, BlobError>;
}

/// Blobs of a run folder.
#[derive(Debug, Clone)]
pub struct BlobStore {
    root: PathBuf,
}

impl BlobStore {
    /// The store of the run in `folder`.
    pub fn of_run(folder: &Path) -> Self {
        Self { root: folder.join("blobs").join("sha256") }
    }

    /// Where a blob lies or would lie.
    pub fn path(&self, digest: Digest) -> PathBuf {
        let name = digest.to_string();
        self.root.join(&name[..2]).join(&name)
    }

    /// Keeps some bytes, durable when this returns.
    ///
    /// # Errors
    /// [`BlobError::Io`].
    pub fn put(&self, bytes: &[u8]) -> Result<Digest, BlobError> {
        let mut folders = Folders::default();
        let digest = self.put_in(bytes, &mut folders)?;
        folders.sync().map_err(|source| BlobError::Io { digest, path: self.path(digest), source })?;
        Ok(digest)
    }

    /// Keeps some bytes. They are durable under their name once the folders that were noted are synced too: a group of
    /// blobs shares that.
    pub(crate) fn put_in(&self, bytes: &[u8], folders: &mut Folders) -> Result<Digest, BlobError> {
        let digest = Digest::of(bytes);
        let path = self.path(digest);
        self.write(&path, bytes, folders).map_err(|source| BlobError::Io { digest, path, source })?;
        Ok(digest)
    }

    fn write(&self, path: &Path, bytes: &[u8], folders: &mut Folders) -> io::Result<()> {
        let folder = path.parent().unwrap_or(&self.root);
        if path.metadata().is_ok_and(|m| m.len() == bytes.len() as u64) {
            // Whoever wrote it may have died before the folder was synced.
            folders.note(folder);
            return Ok(());
        }
        if !folder.is_dir() {
            // Each folder that is made is an entry in the one above, up to the run's own.
            folder.ancestors().skip(1).take(3).for_each(|above| folders.note(above));
        }
        fs::create_dir_all(folder)?;
        let part = path.with_extension("part");
        let mut file = File::create(&part)?;
        let written = file.write_all(bytes).and_then(|()| file.sync_data());
        if let Err(error) = written {
            // A half-written file must not take the space that the log's last line may need.
            let _ = fs::remove_file(&part);
            return Err(error);
        }
        fs::rename(&part, path)?;
        folders.note(folder);
        Ok(())
    }
}

/// Folders in which something new has a name, which a power failure takes away until the folder is synced.
#[derive(Debug, Default)]
pub(crate) struct Folders(BTreeSet<PathBuf>);

impl Folders {
    /// Notes that something in this folder is new.
    pub(crate) fn note(&mut self, folder: &Path) {
        // The parent of a relative path of one step is where the process stands.
        let here = folder.as_os_str().is_empty();
        self.0.insert(if here { PathBuf::from(".") } else { folder.to_owned() });
    }

    /// Makes the names in them durable.
    #[cfg(unix)]
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.0.iter().try_for_each(|folder| match File::open(folder)?.sync_all() {
            // Some network file systems have no such call; on them there is nothing more to do.
            Err(error) if matches!(error.kind(), io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported) => Ok(()),
            synced => synced,
        })
    }

    /// Elsewhere a folder cannot be opened to be synced; its file system journals names by itself.
    #[cfg(not(unix))]
    #[allow(clippy::unnecessary_wraps, reason = "the other systems can fail")]
    pub(crate) fn sync(&self) -> io::Result<()> {
        Ok(())
    }
}

impl Blobs for BlobStore {
    fn get(&self, digest: Digest) -> Result<Vec<u8>, BlobError> {
        let path = self.path(digest);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(BlobError::Missing(digest)),
            Err(source) => return Err(BlobError::Io { digest, path, source }),
        };
        if Digest::of(&bytes) == digest { Ok(bytes) } else { Err(BlobError::Altered(digest)) }
    }
}

/// Blobs in memory: for inspection and tests.
#[derive(Debug, Clone, Default)]
pub struct MemoryBlobs(BTreeMap<Digest, Vec<u8>>);

impl MemoryBlobs {
    /// Keeps some bytes.
    pub fn put(&mut self, bytes: Vec<u8>) -> Digest {
        let digest = Digest::of(&bytes);
        self.0.insert(digest, bytes);
        digest
    }
}

impl Blobs for MemoryBlobs {
    fn get(&self, digest: Digest) -> Result<Vec<u8>, BlobError> {
        self.0.get(&digest).cloned().ok_or(BlobError::Missing(digest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_missing_and_altered() {
        let folder = tempfile::tempdir().unwrap();
        let store = BlobStore::of_run(folder.path());
        let digest = store.put(b"hei").unwrap();
        assert_eq!(store.get(digest).unwrap(), b"hei");
        assert!(matches!(store.get(Digest::of(b"x")), Err(BlobError::Missing(_))));
        fs::write(store.path(digest), b"heI").unwrap();
        assert!(matches!(store.get(digest), Err(BlobError::Altered(_))));
    }

    #[test]
    fn every_folder_with_a_new_name_is_synced() {
        let run = tempfile::tempdir().unwrap();
        let store = BlobStore::of_run(run.path());
        let mut folders = Folders::default();
        let digest = store.put_in(b"hei", &mut folders).unwrap();
        let (blobs, sha256) = (run.path().join("blobs"), run.path().join("blobs/sha256"));
        let inner = sha256.join(&digest.to_string()[..2]);
        assert_eq!(folders.0, BTreeSet::from([run.path().to_owned(), blobs, sha256, inner.clone()]));
        folders.sync().unwrap();
        let mut again = Folders::default();
        store.put_in(b"hei", &mut again).unwrap();
        assert_eq!(again.0, BTreeSet::from([inner.clone()]), "its writer may have died in between");
        fs::remove_dir_all(&inner).unwrap();
        assert!(again.sync().is_err(), "what cannot be synced is not durable");
    }
}
