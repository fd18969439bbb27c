//! Where the files of a register stand: a folder, a web server's folder, or memory.

use std::collections::BTreeMap;
use thiserror::Error;

/// Largest file of a register that is read: a certificate with all requirements there are is a tenth of it.
pub const FILE_MAX: usize = 1 << 20;

/// Why a file cannot be had or put.
#[derive(Debug, Error)]
#[error("failed to {doing} {path}: {reason}")]
pub struct ShelfError {
    /// `read`, `write`, …
    pub doing: &'static str,
    /// Path in the register.
    pub path: String,
    /// Why.
    pub reason: String,
}

/// The files of a register, by path with `/`.
pub trait Shelf {
    /// A file's bytes; `None` when there is none.
    ///
    /// # Errors
    /// [`ShelfError`], also for a file larger than [`FILE_MAX`].
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, ShelfError>;

    /// Writes a file, whole or not at all.
    ///
    /// # Errors
    /// [`ShelfError`].
    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), ShelfError>;

    /// Removes a file, if it is there.
    ///
    /// # Errors
    /// [`ShelfError`].
    fn remove(&mut self, path: &str) -> Result<(), ShelfError>;

    /// The paths of all files.
    ///
    /// # Errors
    /// [`ShelfError`].
    fn list(&self) -> Result<Vec<String>, ShelfError>;
}

/// In memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InMemory(pub BTreeMap<String, Vec<u8>>);

impl Shelf for InMemory {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, ShelfError> {
        Ok(self.0.get(path).cloned())
    }

    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), ShelfError> {
        self.0.insert(path.to_owned(), bytes.to_owned());
        Ok(())
    }

    fn remove(&mut self, path: &str) -> Result<(), ShelfError> {
        self.0.remove(path);
        Ok(())
    }

    fn list(&self) -> Result<Vec<String>, ShelfError> {
        Ok(self.0.keys().cloned().collect())
    }
}
