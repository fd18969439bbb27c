//! Reads a stored log: every line checked against the chain, a torn tail recognised.

use crate::blob::{BlobError, BlobStore, Blobs as _};
use crate::digest::Digest;
use crate::event::{Event, Recorded};
use crate::format::{self, LineError};
use crate::log::LOG_FILE;
use std::io;
use std::path::{Path, PathBuf};
use thiserror::Error;

/// Why a log cannot be used as evidence.
#[derive(Debug, Error)]
pub enum ReadError {
    /// There is no log.
    #[error("there is no run at {0}: it holds no {LOG_FILE}")]
    NoLog(PathBuf),
    /// The disk.
    #[error("failed to read {path}")]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A complete line is not what was written.
    #[error("the evidence is broken: {path} line {line}: {reason}")]
    Broken {
        /// The log.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: LineError,
    },
    /// A blob that the log names is missing or altered.
    #[error("the evidence is broken: event {event}")]
    Blob {
        /// The event that names it.
        event: u64,
        /// Which, and how.
        #[source]
        source: BlobError,
    },
}

/// A log as read.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The folder of the run.
    pub folder: PathBuf,
    /// The events.
    pub events: Vec<Recorded>,
    /// Digest of the last whole line.
    pub head: Digest,
    /// Bytes up to and including the last newline.
    pub whole_bytes: u64,
    /// Bytes after the last newline: a line that was being written when the process died.
    pub torn: Option<Vec<u8>>,
}

impl Stored {
    /// Whether the run ended as planned.
    pub fn is_finished(&self) -> bool {
        self.events.iter().rev().any(|r| matches!(r.event, Event::RunEnded { .. }))
    }

    /// The blobs of this run.
    pub fn blobs(&self) -> BlobStore {
        BlobStore::of_run(&self.folder)
    }

    /// Checks every blob that the log names.
    ///
    /// # Errors
    /// [`ReadError::Blob`] for the first that is missing or altered.
    pub fn check_blobs(&self) -> Result<usize, ReadError> {
        let blobs = self.blobs();
        let mut count = 0;
        for recorded in &self.events {
            for digest in format::blobs_of(&recorded.event) {
                blobs.get(digest).map_err(|source| ReadError::Blob { event: recorded.seq, source })?;
                count += 1;
            }
        }
        Ok(count)
    }
}

/// Reads the log of the run in `folder`.
///
/// # Errors
/// [`ReadError`].
pub fn open(folder: &Path) -> Result<Stored, ReadError> {
    let path = folder.join(LOG_FILE);
    let bytes = match std::fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(ReadError::NoLog(folder.to_owned())),
        Err(source) => return Err(ReadError::Io { path, source }),
    };
    parse(&bytes, folder)
}

/// Reads log bytes; `folder` is where the blobs lie.
///
/// # Errors
/// [`ReadError::Broken`].
pub fn parse(bytes: &[u8], folder: &Path) -> Result<Stored, ReadError> {
    let whole = bytes.iter().rposition(|&b| b == b'\n').map_or(0, |last| last + 1);
    let broken = |line: usize, reason| ReadError::Broken { path: folder.join(LOG_FILE), line, reason };
    let (mut events, mut head) = (Vec::new(), Digest::ZERO);
    let lines = (whole > 0).then(|| bytes[..whole - 1].split(|&b| b == b'\n'));
    for (index, line) in lines.into_iter().flatten().enumerate() {
        let recorded = format::read_line(line, index as u64, head).map_err(|reason| broken(index + 1, reason))?;
        head = Digest::of(line);
        events.push(recorded);
    }
    // A tear leaves a part of a line. A whole line with another byte where its newline was is no tear.
    if let Some((_, line)) = bytes[whole..].split_last()
        && format::read_line(line, events.len() as u64, head).is_ok()
    {
        return Err(broken(events.len() + 1, LineError::LineEnd));
    }
    // `answer` and `collect` write behind the end of a run, and can be cut short there; nothing else writes there.
    let next = events.len() as u64;
    if let Some(Event::RunEnded { .. }) = events.last().map(|last| &last.event)
        && !format::begins_line(&bytes[whole..], next)
    {
        return Err(broken(events.len() + 1, LineError::Added(bytes.len() - whole)));
    }
    let torn = (whole < bytes.len()).then(|| bytes[whole..].to_vec());
    Ok(Stored { folder: folder.to_owned(), events, head, whole_bytes: whole as u64, torn })
}
