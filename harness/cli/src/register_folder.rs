//! A register in a folder.

use crate::failure::Failure;
use certify::register::shelf::{FILE_MAX, Shelf, ShelfError};
use certify::register::{Broken, Examined, Trusted, examine};
use certify::signed::SignedFiles;
use checks::exit::Exit;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Deepest folder of a register: tiles of a tree with a million million entries lie there.
const DEPTH_MAX: usize = 8;

/// The folder.
#[derive(Debug, Clone)]
pub struct Folder(pub PathBuf);

impl Folder {
    /// Holds the register for whoever writes, as long as what is given lives: another one waits. Two who write at once would
    /// each sign a tree that lacks what the other wrote.
    ///
    /// # Errors
    /// 20 when the system does not give it.
    pub fn held(&self) -> Result<Option<fs::File>, Failure> {
        // Without this file it is no register, which whoever writes finds out.
        let Ok(file) = fs::File::open(self.0.join(certify::register::KEY)) else { return Ok(None) };
        file.lock()
            .map_err(|e| Failure::new(Exit::USAGE, format!("failed to lock the register {}: {e}", self.0.display())))?;
        Ok(Some(file))
    }

    fn failed(doing: &'static str, path: &str, reason: &dyn std::fmt::Display) -> ShelfError {
        ShelfError { doing, path: path.to_owned(), reason: reason.to_string() }
    }
}

impl Shelf for Folder {
    fn get(&self, path: &str) -> Result<Option<Vec<u8>>, ShelfError> {
        let file = self.0.join(path);
        let length = match fs::metadata(&file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Self::failed("read", path, &error)),
            // A link to a device or a pipe has no end.
            Ok(about) if !about.is_file() => return Err(Self::failed("read", path, &"it is no file")),
            Ok(about) => about.len(),
        };
        // A bundle holds 256 entries of 64 kB at most.
        if length > 256 * FILE_MAX as u64 {
            return Err(Self::failed("read", path, &format!("it has {length} bytes")));
        }
        fs::read(&file).map(Some).map_err(|error| Self::failed("read", path, &error))
    }

    fn put(&mut self, path: &str, bytes: &[u8]) -> Result<(), ShelfError> {
        let file = self.0.join(path);
        let part = file.with_extension("part");
        let write = || {
            fs::create_dir_all(file.parent().unwrap_or(&self.0))?;
            let mut out = fs::File::create(&part)?;
            out.write_all(bytes)?;
            out.sync_data()?;
            fs::rename(&part, &file)
        };
        write().map_err(|error| Self::failed("write", path, &error))
    }

    fn remove(&mut self, path: &str) -> Result<(), ShelfError> {
        let file = self.0.join(path);
        match fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Self::failed("remove", path, &error)),
            _ => {
                // The folder of half-filled files goes with its last one.
                let _ = file.parent().filter(|folder| *folder != self.0).map(fs::remove_dir);
                Ok(())
            }
        }
    }

    fn list(&self) -> Result<Vec<String>, ShelfError> {
        let mut found = Vec::new();
        walk(&self.0, "", 0, &mut found).map_err(|error| Self::failed("list", ".", &error))?;
        Ok(found)
    }
}

fn walk(folder: &Path, above: &str, depth: usize, found: &mut Vec<String>) -> io::Result<()> {
    if depth > DEPTH_MAX {
        return Err(io::Error::other("folders in folders in folders: no register is that deep"));
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = format!("{above}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &format!("{name}/"), depth + 1, found)?;
        } else {
            found.push(name);
        }
    }
    Ok(())
}

/// The verifier key in a file.
///
/// # Errors
/// 20.
pub fn verifier_key(path: &Path) -> Result<String, Failure> {
    let text = fs::read_to_string(path)
        .map_err(|e| Failure::new(Exit::USAGE, format!("failed to read the verifier key {}: {e}", path.display())))?;
    let key = text.trim().to_owned();
    certify::register::note::check_key(&key).map_err(|error| {
        Failure::new(Exit::USAGE, format!("{}: {error}", path.display())).hint(
            "`register init` prints the verifier key; whoever runs the register publishes it, for instance on paper",
        )
    })?;
    Ok(key)
}

/// Examines the register in a folder.
///
/// # Errors
/// 30 when anything in it does not hold, 20 when there is none.
pub fn examined(folder: &Path, key: &str, seen: Option<&[u8]>) -> Result<Examined, Failure> {
    if !folder.is_dir() {
        return Err(Failure::new(Exit::USAGE, format!("there is no folder {}", folder.display())));
    }
    let trusted = Trusted { key, seen, reads: &SignedFiles };
    examine(&Folder(folder.to_owned()), trusted).map_err(|broken| broken_at(folder, &broken))
}

/// Something in a register does not hold.
pub fn broken_at(folder: &Path, broken: &Broken) -> Failure {
    Failure::new(Exit::EVIDENCE_BROKEN, format!("the register in {} does not hold: {broken}", folder.display()))
        .hint("believe nothing in it; get it from where it is published, and tell whoever runs it")
}
