//! A subject that the harness starts: up before the first message, down after the last, and what happens in between.

use super::run::{EngineError, Progress, Run};
use crate::scenario::Restart;
use crate::subject::start::Stopped;
use evidence::digest::Digest;
use evidence::event::{Event, Seq, StopReason, SubjectStart, SubjectStop};
use evidence::log::LogError;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::task::JoinHandle;

/// What is known of the subject's life. Without a keeper it never changes.
#[derive(Debug, Default)]
pub(super) struct Life(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    /// The last start.
    started: Option<Seq>,
    /// Why it is down, when it ought to be up.
    down: Option<String>,
    /// Waits for an end that nobody asked for.
    watching: Option<JoinHandle<()>>,
}

impl Life {
    /// Why the subject is down, if it is known to be.
    pub fn down(&self) -> Option<String> {
        self.lock().down.clone()
    }

    /// Watches no more, so that nothing holds the subject when the run is over, however it ended.
    pub fn let_go(&self) {
        if let Some(watching) = self.lock().watching.take() {
            watching.abort();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts the subject, where that is ours to do; gives the reason when it does not come up.
pub(super) async fn start(run: &Arc<Run>, progress: &dyn Progress) -> Result<Option<String>, EngineError> {
    let Some(keeper) = run.plan.subject.start.clone() else { return Ok(None) };
    progress.subject("starting");
    match keeper.start().await {
        Ok(started) => {
            progress.subject(&format!("started: {} ({})", started.what, started.ready));
            let event = SubjectStart { how: started.how.to_owned(), what: started.what, ready: started.ready };
            let seq = run.record(Event::SubjectStarted(event), None, Vec::new()).await?.seq;
            let of_task = run.clone();
            let watching = tokio::spawn(async move {
                let stopped = keeper.ended().await;
                if let Err(error) = lost(&of_task, stopped, Some(seq)).await {
                    of_task.aside.fail(error.into());
                }
                of_task.news.notify_waiters();
            });
            let mut life = run.life.lock();
            (life.started, life.watching) = (Some(seq), Some(watching));
            Ok(None)
        }
        Err(stopped) => {
            let reason = lost(run, stopped, None).await?;
            progress.subject(&reason);
            Ok(Some(reason))
        }
    }
}

/// Records an end that nobody asked for.
async fn lost(run: &Arc<Run>, stopped: Stopped, cause: Option<Seq>) -> Result<String, LogError> {
    let reason = format!("the subject is down: {}", stopped.detail);
    record(run, stopped, cause).await?;
    run.life.lock().down = Some(reason.clone());
    Ok(reason)
}

async fn record(run: &Arc<Run>, stopped: Stopped, cause: Option<Seq>) -> Result<(), LogError> {
    let Stopped { reason, code, detail, output, cut } = stopped;
    let digest = (!output.is_empty()).then(|| Digest::of(&output));
    let blobs = if output.is_empty() { Vec::new() } else { vec![output] };
    run.record(Event::SubjectStopped(SubjectStop { reason, code, detail, output: digest, cut }), cause, blobs).await?;
    Ok(())
}

/// Stops the subject when the run is over.
pub(super) async fn stop(run: &Arc<Run>, progress: &dyn Progress) -> Result<(), EngineError> {
    if let Some(detail) = halt(run, StopReason::RunOver, false).await? {
        progress.subject(&format!("stopped ({detail})"));
    }
    Ok(())
}

/// Stops the subject and starts it again; gives the reason when it does not come up again.
pub(super) async fn restart(
    run: &Arc<Run>,
    how: Restart,
    progress: &dyn Progress,
) -> Result<Option<String>, EngineError> {
    // An acknowledgment of ours that is still under way would be lost by our own doing.
    run.settle().await?;
    if run.plan.subject.start.is_none() {
        return Ok(Some("the harness did not start the subject, so it cannot restart it".to_owned()));
    }
    match halt(run, StopReason::Restart, how == Restart::Abruptly).await? {
        Some(_) => start(run, progress).await,
        None => Ok(run.life.down()),
    }
}

/// Stops the subject unless it is down already; says how it ended.
async fn halt(run: &Arc<Run>, reason: StopReason, abruptly: bool) -> Result<Option<String>, EngineError> {
    let Some(keeper) = run.plan.subject.start.clone() else { return Ok(None) };
    let (started, watching) = {
        let mut life = run.life.lock();
        (life.started, life.watching.take())
    };
    let Some(watching) = watching else { return Ok(None) };
    if run.life.down().is_some() {
        return Ok(None);
    }
    if watching.is_finished() {
        return Ok(None);
    }
    watching.abort();
    let stopped = keeper.stop(reason, abruptly).await;
    let detail = stopped.detail.clone();
    record(run, stopped, started).await?;
    Ok(Some(detail))
}
