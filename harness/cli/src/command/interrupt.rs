//! Ctrl-C and SIGTERM while a run goes on: the first ends it in order, the second at once.

use super::terminal::{runtime, say};
use crate::failure::Failure;
use checks::exit::Exit;
use exchange::engine::EngineError;
use std::io;
use std::path::Path;
use tokio::sync::oneshot;

/// How the engine's work ended.
pub enum Ended {
    /// By itself.
    ByItself(Result<(), EngineError>),
    /// Somebody interrupted it. What was recorded stays.
    Interrupted,
}

/// Carries out the engine's work until it ends or somebody interrupts it. Afterwards nothing writes to the log any more.
///
/// # Errors
/// 70 when the machine refuses a runtime.
pub fn until_interrupted(engine: impl Future<Output = Result<(), EngineError>>) -> Result<Ended, Failure> {
    let runtime = runtime()?;
    let interrupted = watch();
    // When this returns the runtime goes, and with it the inbox and the log's writer.
    Ok(runtime.block_on(async {
        tokio::select! {
            outcome = engine => Ended::ByItself(outcome),
            () = interrupted => Ended::Interrupted,
        }
    }))
}

/// Says how to go on.
pub fn tell(folder: &Path) {
    say("");
    say(format!("interrupted: the run is not finished; `provestein resume {}` goes on", folder.display()));
}

/// Ready at the first signal. It has a thread of its own, so that a second one ends the process whatever it does then.
async fn watch() {
    let (told, first) = oneshot::channel();
    let thread = std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            if signal().await.is_ok() {
                let _ = told.send(());
            }
            if signal().await.is_ok() {
                std::process::exit(i32::from(Exit::NOT_ESTABLISHED.code));
            }
        });
    });
    // A machine that tells of no signals ends the process by itself, as before.
    if thread.is_err() || first.await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
async fn signal() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupt = tokio::signal::ctrl_c() => interrupt,
        _ = terminate.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn signal() -> io::Result<()> {
    tokio::signal::ctrl_c().await
}
