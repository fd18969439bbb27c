//! How the subject is started: it runs already, or the harness keeps it as a process or a container.

#[cfg(feature = "containers")]
mod container;
mod file;
mod output;
mod places;
#[cfg(unix)]
mod process;
mod ready;

pub use file::{ContainerFile, ProcessFile, ReadyFile, StartFile};
pub use places::Places;
#[cfg(unix)]
pub use process::ProcessKeeper;

use carrier::http::Url;
use carrier::port::Pending;
use evidence::event::StopReason;
use std::fmt::Debug;
use std::path::Path;
use std::sync::Arc;

/// Who starts the subject, stops it, and knows when it has ended by itself.
///
/// The engine calls `start` first, then at most one `stop`, and so on; `ended` is awaited in between.
pub trait Keeper: Debug + Send + Sync {
    /// Starts it and waits until it is ready.
    fn start(&self) -> Pending<'_, Result<Started, Stopped>>;

    /// Stops it: in order, or abruptly, as a power cut would.
    fn stop(&self, reason: StopReason, abruptly: bool) -> Pending<'_, Stopped>;

    /// Is there when it has ended by itself.
    fn ended(&self) -> Pending<'_, Stopped>;
}

/// A subject that is ready.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// `process` or `container`.
    pub how: &'static str,
    /// The command line or the image.
    pub what: String,
    /// What showed that it is ready.
    pub ready: String,
}

/// A subject that has stopped, or did not come up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stopped {
    /// Why.
    pub reason: StopReason,
    /// Its exit code.
    pub code: Option<i32>,
    /// What was seen, in one sentence.
    pub detail: String,
    /// What it printed.
    pub output: Vec<u8>,
    /// How many bytes in the middle of it were not kept.
    pub cut: u64,
}

impl Stopped {
    /// A subject that had ended before it was stopped.
    pub fn already() -> Self {
        Self { reason: StopReason::Ended, ..Self::never("it had ended already".to_owned()) }
    }

    /// A subject that could not be started at all.
    pub fn never(detail: String) -> Self {
        Self { reason: StopReason::NotStarted, code: None, detail, output: Vec::new(), cut: 0 }
    }
}

/// Who keeps the subject as its file says; `None` when it runs already.
///
/// # Errors
/// The sentence for the mistake.
pub(super) fn keeper(
    file: &StartFile,
    folder: &Path,
    places: &Places,
    url: Option<&Url>,
) -> Result<Option<Arc<dyn Keeper>>, String> {
    match file {
        StartFile::Running => Ok(None),
        StartFile::Process(process) => self::process(process, folder, places, url).map(Some),
        StartFile::Container(container) => self::container(container, folder, places, url).map(Some),
    }
}

#[cfg(unix)]
fn process(file: &ProcessFile, folder: &Path, places: &Places, url: Option<&Url>) -> Result<Arc<dyn Keeper>, String> {
    Ok(Arc::new(ProcessKeeper::new(file, folder, places, url)?))
}

#[cfg(not(unix))]
fn process(_: &ProcessFile, _: &Path, _: &Places, _: Option<&Url>) -> Result<Arc<dyn Keeper>, String> {
    Err("`start: process` needs Linux or macOS: process groups; start it yourself and write `start: running`"
        .to_owned())
}

#[cfg(feature = "containers")]
fn container(
    file: &ContainerFile,
    folder: &Path,
    places: &Places,
    url: Option<&Url>,
) -> Result<Arc<dyn Keeper>, String> {
    Ok(Arc::new(container::ContainerKeeper::new(file, folder, places, url)?))
}

#[cfg(not(feature = "containers"))]
fn container(_: &ContainerFile, _: &Path, _: &Places, _: Option<&Url>) -> Result<Arc<dyn Keeper>, String> {
    Err("`start: container` needs a Prøvestein that was built with containers: `cargo install --path . --features \
         containers`, or `cargo build --release --features containers`. Without it, start the container yourself \
         (`docker run`) and write `start: running`"
        .to_owned())
}
