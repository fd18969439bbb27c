//! The append-only log: one writer, group commit, durable before anything acts on it.
//!
//! One thread owns the file. It takes whatever has queued up, writes the blobs and lines of the whole
//! group, and syncs once; only then does each [`Log::append`] of the group return. A line that is
//! in the file is therefore whole, but for the last one when the process or the disk died under it.

use crate::blob::{BlobError, BlobStore, Folders};
use crate::digest::Digest;
use crate::event::{Event, Recorded, Seq};
use crate::format;
use crate::read::{self, ReadError};
use jiff::Timestamp;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError, mpsc};
use thiserror::Error;
use tokio::sync::oneshot;

/// Name of the log in a run folder.
pub const LOG_FILE: &str = "events.jsonl";

/// Why a log cannot be written.
#[derive(Debug, Error)]
pub enum LogError {
    /// The disk.
    #[error("failed to write the log {path}")]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A blob.
    #[error(transparent)]
    Blob(#[from] BlobError),
    /// An earlier write failed; nothing more is accepted, so that nothing is acted on unrecorded.
    #[error("the log was closed by an earlier failure: {0}")]
    Closed(String),
    /// Another process writes it.
    #[error("another process is writing this run: it holds the lock on {0}")]
    Locked(PathBuf),
    /// The log to go on with cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
}

/// Tells the time to a log; real or simulated.
pub trait Clock: std::fmt::Debug + Send + Sync + 'static {
    /// Wall clock.
    fn wall(&self) -> Timestamp;
    /// Milliseconds since this process (or simulation) began.
    fn elapsed_ms(&self) -> u64;
}

impl Clock for Box<dyn Clock> {
    fn wall(&self) -> Timestamp {
        (**self).wall()
    }

    fn elapsed_ms(&self) -> u64 {
        (**self).elapsed_ms()
    }
}

impl<C: Clock + ?Sized> Clock for std::sync::Arc<C> {
    fn wall(&self) -> Timestamp {
        (**self).wall()
    }

    fn elapsed_ms(&self) -> u64 {
        (**self).elapsed_ms()
    }
}

struct Order {
    event: Event,
    cause: Option<Seq>,
    blobs: Vec<Vec<u8>>,
    done: oneshot::Sender<Result<Recorded, LogError>>,
}

/// A log that is being written. Cheap to share behind an `Arc`.
#[derive(Debug)]
pub struct Log {
    orders: Option<mpsc::Sender<Order>>,
    writer: Option<std::thread::JoinHandle<()>>,
    inline: Option<Mutex<Inline>>,
    blobs: BlobStore,
}

/// A writer without a thread of its own.
#[derive(Debug)]
struct Inline {
    writer: Writer<Box<dyn Clock>>,
    failed: Option<String>,
}

impl Log {
    /// Begins the log of a new run in `folder`, which must not hold one.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn create(folder: &Path, clock: impl Clock) -> Result<Self, LogError> {
        let path = folder.join(LOG_FILE);
        let file = begin(folder, &path).map_err(|source| LogError::Io { path: path.clone(), source })?;
        lock(&file, &path)?;
        Self::spawn(Writer {
            file,
            path,
            clock,
            next: 0,
            epoch: 0,
            prev: Digest::ZERO,
            blobs: BlobStore::of_run(folder),
        })
    }

    /// Goes on with the log in `folder`; a torn tail is set aside and recorded.
    ///
    /// # Errors
    /// [`LogError`]; a log whose chain is broken is not gone on with.
    pub fn resume(folder: &Path, clock: impl Clock) -> Result<Self, LogError> {
        let path = folder.join(LOG_FILE);
        let io = |source| LogError::Io { path: path.clone(), source };
        let mut file = match OpenOptions::new().read(true).write(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ReadError::NoLog(folder.to_owned()).into());
            }
            opened => opened.map_err(io)?,
        };
        // Locked before it is read: what looks like a torn tail may be the line that another process is writing.
        lock(&file, &path)?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(io)?;
        let stored = read::parse(&bytes, folder)?;
        let epoch = stored.events.last().map_or(0, |last| last.epoch + 1);
        // Set aside before it is cut off.
        let blobs = BlobStore::of_run(folder);
        let torn = stored.torn.map(|tail| blobs.put(&tail).map(|digest| (tail.len() as u64, digest))).transpose()?;
        file.set_len(stored.whole_bytes).map_err(io)?;
        file.seek(io::SeekFrom::End(0)).map_err(io)?;
        let next = stored.events.len() as Seq;
        let log = Self::spawn(Writer { file, path: path.clone(), clock, next, epoch, prev: stored.head, blobs })?;
        if let Some((bytes, tail)) = torn {
            log.append_blocking(Event::TailRecovered { bytes, tail }, None, Vec::new())?;
        }
        Ok(log)
    }

    fn spawn<C: Clock>(writer: Writer<C>) -> Result<Self, LogError> {
        let (orders, inbox) = mpsc::channel();
        let (path, blobs) = (writer.path.clone(), writer.blobs.clone());
        let thread = std::thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || writer.run(&inbox))
            .map_err(|source| LogError::Io { path, source })?;
        Ok(Self { orders: Some(orders), writer: Some(thread), inline: None, blobs })
    }

    /// Like [`Log::create`], but every append is written by the caller itself. For simulations, in which nothing
    /// may happen outside the simulated clock.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn create_inline(folder: &Path, clock: impl Clock) -> Result<Self, LogError> {
        let path = folder.join(LOG_FILE);
        let file = begin(folder, &path).map_err(|source| LogError::Io { path: path.clone(), source })?;
        let (clock, blobs): (Box<dyn Clock>, _) = (Box::new(clock), BlobStore::of_run(folder));
        let writer = Writer { file, path, clock, next: 0, epoch: 0, prev: Digest::ZERO, blobs: blobs.clone() };
        Ok(Self { orders: None, writer: None, inline: Some(Mutex::new(Inline { writer, failed: None })), blobs })
    }

    /// The blobs that were written so far.
    pub fn blobs(&self) -> &BlobStore {
        &self.blobs
    }

    /// Appends an event and the blobs it names; durable when this returns.
    ///
    /// # Errors
    /// [`LogError`]; after the first failure every further append fails.
    pub async fn append(&self, event: Event, cause: Option<Seq>, blobs: Vec<Vec<u8>>) -> Result<Recorded, LogError> {
        self.order(event, cause, blobs)?.await.unwrap_or_else(|_| Err(LogError::Closed("the writer is gone".into())))
    }

    /// [`Log::append`] for code that is not asynchronous.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn append_blocking(&self, event: Event, cause: Option<Seq>, blobs: Vec<Vec<u8>>) -> Result<Recorded, LogError> {
        let done = self.order(event, cause, blobs)?;
        done.blocking_recv().unwrap_or_else(|_| Err(LogError::Closed("the writer is gone".into())))
    }

    fn order(
        &self,
        event: Event,
        cause: Option<Seq>,
        blobs: Vec<Vec<u8>>,
    ) -> Result<oneshot::Receiver<Result<Recorded, LogError>>, LogError> {
        let (done, wait) = oneshot::channel();
        if let Some(inline) = &self.inline {
            let mut inline = inline.lock().unwrap_or_else(PoisonError::into_inner);
            let order = Order { event, cause, blobs, done };
            if let Some(reason) = &inline.failed {
                return Err(LogError::Closed(reason.clone()));
            }
            inline.failed = inline.writer.commit(vec![order]);
            return Ok(wait);
        }
        let gone = || LogError::Closed("the writer is gone".into());
        let orders = self.orders.as_ref().ok_or_else(gone)?;
        orders.send(Order { event, cause, blobs, done }).map_err(|_| gone())?;
        Ok(wait)
    }
}

/// Makes a new log in a folder that may be new itself, each durable under its name.
fn begin(folder: &Path, path: &Path) -> io::Result<File> {
    let mut folders = Folders::default();
    folders.note(folder);
    let made = folder.ancestors().take_while(|made| !made.as_os_str().is_empty() && !made.is_dir());
    made.filter_map(Path::parent).for_each(|above| folders.note(above));
    fs::create_dir_all(folder)?;
    let file = OpenOptions::new().append(true).create_new(true).open(path)?;
    folders.sync()?;
    Ok(file)
}

/// The one writer holds this lock for as long as it has the file open.
fn lock(file: &File, path: &Path) -> Result<(), LogError> {
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => LogError::Locked(path.to_owned()),
        TryLockError::Error(source) => LogError::Io { path: path.to_owned(), source },
    })
}

impl Drop for Log {
    fn drop(&mut self) {
        self.orders = None;
        if let Some(writer) = self.writer.take() {
            // A writer that panicked has already failed every append.
            let _ = writer.join();
        }
    }
}

#[derive(Debug)]
struct Writer<C> {
    file: File,
    path: PathBuf,
    clock: C,
    next: Seq,
    epoch: u32,
    prev: Digest,
    blobs: BlobStore,
}

/// How many events one sync covers at most; bounds the memory of a group.
const GROUP_MAX: usize = 512;

impl<C: Clock> Writer<C> {
    fn run(mut self, inbox: &mpsc::Receiver<Order>) {
        let mut failed: Option<String> = None;
        while let Ok(first) = inbox.recv() {
            let mut group = vec![first];
            while group.len() < GROUP_MAX
                && let Ok(order) = inbox.try_recv()
            {
                group.push(order);
            }
            if let Some(reason) = &failed {
                for order in group {
                    let _ = order.done.send(Err(LogError::Closed(reason.clone())));
                }
                continue;
            }
            failed = self.commit(group);
        }
    }

    /// Writes a group; returns the reason when the log has to close.
    fn commit(&mut self, group: Vec<Order>) -> Option<String> {
        let mut written = Vec::with_capacity(group.len());
        let mut text = String::new();
        let (next, prev) = (self.next, self.prev);
        let mut outcome = Ok(());
        let mut folders = Folders::default();
        for order in group {
            if outcome.is_ok() {
                let mut blobs = order.blobs.iter();
                outcome = blobs.try_for_each(|blob| self.blobs.put_in(blob, &mut folders).map(drop));
            }
            let recorded = Recorded {
                seq: self.next,
                at: self.clock.wall(),
                epoch: self.epoch,
                elapsed_ms: self.clock.elapsed_ms(),
                cause: order.cause,
                event: order.event,
            };
            let line = format::write_line(&recorded, self.prev);
            self.prev = Digest::of(line.as_bytes());
            self.next += 1;
            text.push_str(&line);
            text.push('\n');
            written.push((order.done, recorded));
        }
        let outcome = outcome.map_err(LogError::Blob).and_then(|()| {
            let io = |source| LogError::Io { path: self.path.clone(), source };
            // What the lines name is durable under its name before the lines are.
            folders.sync().map_err(io)?;
            self.file.write_all(text.as_bytes()).map_err(io)?;
            self.file.sync_data().map_err(io)
        });
        match outcome {
            Ok(()) => {
                for (done, recorded) in written {
                    let _ = done.send(Ok(recorded));
                }
                None
            }
            Err(error) => {
                (self.next, self.prev) = (next, prev);
                let reason = chain(&error);
                let mut first = Some(error);
                for (done, _) in written {
                    let error = first.take().unwrap_or_else(|| LogError::Closed(reason.clone()));
                    let _ = done.send(Err(error));
                }
                Some(reason)
            }
        }
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(": ");
        text.push_str(&inner.to_string());
        source = inner.source();
    }
    text
}
