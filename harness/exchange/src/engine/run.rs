//! A run from its first event to its last.

use super::aside::Aside;
use super::desk::Desk;
use super::inbox;
use crate::plan::Plan;
use crate::scenario::Loaded;
use carrier::http::{Arrival, Inbox, Limits, Refusals};
use carrier::port::{HttpOutlet, Outlet};
use chacha20::ChaCha20Rng;
use chacha20::rand_core::SeedableRng as _;
use evidence::digest::Digest;
use evidence::event::{Assurance, Event, Recorded, RunStarted, ScenarioOutcome, ScenarioStarted, Seq};
use evidence::log::{Clock, Log, LogError};
use jiff::Timestamp;
use msh::compose::ComposeError;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use thiserror::Error;
use tokio::sync::{Notify, mpsc};

/// Why a run could not go on. Never the subject's fault.
#[derive(Debug, Error)]
pub enum EngineError {
    /// The log cannot be written: the run stops, because nothing is acted on unrecorded.
    #[error("the run stops because it cannot be recorded")]
    Log(#[from] LogError),
    /// The inbox port cannot be had.
    #[error(
        "failed to listen at {address} for the subject's messages; choose another port under `inbox`, or stop what uses it"
    )]
    Inbox {
        /// Where.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A task beside the steps panicked: a mistake of the harness.
    #[error("the harness made a mistake while it handled a message, please report it: {0}")]
    Panicked(String),
    /// A message of a scenario cannot be made.
    #[error("{file}:{line}: failed to compose the message")]
    Compose {
        /// The scenario's file.
        file: String,
        /// The step's line.
        line: u32,
        /// Why.
        #[source]
        source: ComposeError,
    },
    /// A template cannot be filled.
    #[error("{file}:{line}: failed to fill the message")]
    Fill {
        /// The scenario's file.
        file: String,
        /// The step's line.
        line: u32,
        /// Why.
        #[source]
        source: crate::message::MessageError,
    },
}

/// How a run is carried out.
#[derive(Debug, Clone)]
pub struct Options {
    /// Run id (UUID).
    pub run: String,
    /// The tool and its version.
    pub tool: String,
    /// What the run can prove at most.
    pub assurance: Assurance,
    /// Seed of the ids.
    pub seed: u64,
    /// What an interrupted run has done already; `None` for a new run.
    pub resume: Option<Resumed>,
    /// Where to listen instead of the subject's inbox: port 0 for `demo`.
    pub inbox: Option<SocketAddr>,
}

/// What an interrupted run has done.
#[derive(Debug, Clone, Default)]
pub struct Resumed {
    /// The scenarios it has finished.
    pub finished: Vec<String>,
    /// The slowest answer it has seen, in milliseconds.
    pub slowest_ms: u64,
}

impl Options {
    /// The first event of a run of `plan`.
    pub fn started(&self, plan: &Plan) -> RunStarted {
        RunStarted {
            run: self.run.clone(),
            tool: self.tool.clone(),
            suite: plan.suite,
            profile: plan.subject.profile.clone(),
            assurance: self.assurance,
            seed: self.seed,
            inputs: plan.inputs.iter().map(|(name, bytes)| (name.clone(), Digest::of(bytes))).collect(),
        }
    }
}

/// Who is told what happens. Nothing of it is evidence.
pub trait Progress: Send + Sync {
    /// The inbox is open here.
    fn listening(&self, _address: SocketAddr) {}
    /// A probe was carried out.
    fn preflight(&self, _probe: &str, _ok: bool, _detail: &str) {}
    /// A scenario begins: number, of how many, which.
    fn scenario(&self, _number: usize, _of: usize, _scenario: &Loaded) {}
    /// The harness waits: for what, about which message, until when.
    fn waiting(&self, _what: &str, _label: &str, _until: Timestamp) {}
    /// A scenario has ended; `reason` when it was given up.
    fn ended(&self, _scenario: &Loaded, _reason: Option<&str>) {}
}

/// Tells nobody.
#[derive(Debug, Clone, Copy)]
pub struct Quiet;

impl Progress for Quiet {}

/// What all parts of a run share.
pub(super) struct Run {
    pub plan: Plan,
    pub log: Log,
    pub desk: Mutex<Desk>,
    pub news: Notify,
    pub ids: Mutex<ChaCha20Rng>,
    pub clock: Arc<dyn Clock>,
    pub outlet: Box<dyn Outlet>,
    pub aside: Aside,
    pub refusals: Refusals,
}

impl Run {
    pub async fn record(&self, event: Event, cause: Option<Seq>, blobs: Vec<Vec<u8>>) -> Result<Recorded, LogError> {
        self.log.append(event, cause, blobs).await
    }

    pub fn desk(&self) -> MutexGuard<'_, Desk> {
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn elapsed_ms(&self) -> u64 {
        self.clock.elapsed_ms()
    }

    pub fn wall(&self) -> Timestamp {
        self.clock.wall()
    }

    /// A UUID of version 4 from the run's own seed.
    pub fn uuid(&self) -> String {
        use chacha20::rand_core::Rng as _;
        let mut bytes = [0; 16];
        self.ids.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
    }

    /// Does something beside the steps. What goes wrong there, a panic included, stops the run at its next step.
    pub fn aside(self: &Arc<Self>, work: impl Future<Output = Result<(), LogError>> + Send + 'static) {
        let run = self.clone();
        let under_way = self.aside.begin();
        tokio::spawn(async move {
            match tokio::spawn(work).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => run.aside.fail(error.into()),
                Err(stopped) => run.aside.fail(EngineError::Panicked(stopped.to_string())),
            }
            drop(under_way);
            run.news.notify_waiters();
        });
    }

    /// Waits until nothing is done beside the steps: every answer of ours has been taken, or has failed.
    pub async fn settle(&self) -> Result<(), EngineError> {
        loop {
            let news = self.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            self.check()?;
            if self.aside.is_idle() {
                return Ok(());
            }
            news.await;
        }
    }

    /// How long nothing must come until that says something: as long as the profile says, and ten times the
    /// slowest answer seen.
    pub fn quiet(&self) -> Duration {
        let slowest = Duration::from_millis(self.desk().slowest_ms.saturating_mul(10));
        self.plan.subject.patience.quiet.max(self.plan.quiet).max(slowest)
    }

    /// "Only one answer", "no answer": such things count when the run went on long enough after the last message.
    async fn watch_to_the_end(&self) -> Result<(), EngineError> {
        let last = self.desk().sent.values().map(|sent| sent.at_ms).max().unwrap_or_default();
        let since = Duration::from_millis(self.elapsed_ms().saturating_sub(last));
        tokio::time::sleep(self.quiet().saturating_sub(since)).await;
        self.settle().await
    }

    pub fn check(&self) -> Result<(), EngineError> {
        self.aside.check()
    }
}

/// A log and the clock that it and the engine tell the time by.
pub struct Recorder {
    /// The log.
    pub log: Log,
    /// The clock.
    pub clock: Arc<dyn Clock>,
}

/// Carries out a plan over HTTP.
///
/// `on_open` is called with the inbox's address before anything is sent.
///
/// # Errors
/// [`EngineError`]; whatever was recorded before stays.
pub async fn execute(
    mut plan: Plan,
    recorder: Recorder,
    options: &Options,
    progress: &dyn Progress,
    on_open: impl AsyncFnOnce(SocketAddr, &mut Plan),
) -> Result<(), EngineError> {
    begin(&plan, &recorder.log, options).await?;
    let address = options.inbox.unwrap_or(plan.subject.inbox);
    let limits = Limits { read: plan.subject.patience.transport, ..Limits::default() };
    let opened = Inbox::open(address, plan.subject.server_tls.clone(), limits).await;
    let (inbox, arrivals) = opened.map_err(|source| EngineError::Inbox { address, source })?;
    progress.listening(inbox.address());
    on_open(inbox.address(), &mut plan).await;
    let outlet = HttpOutlet { url: plan.subject.url.clone(), tls: plan.subject.client_tls.clone(), limits };
    let outcome = go_on(plan, recorder, options, progress, Box::new(outlet), (arrivals, inbox.refusals())).await;
    drop(inbox);
    outcome
}

/// Carries out a plan over any carrier: `outlet` leads to the subject, `arrivals` come from it.
///
/// # Errors
/// [`EngineError`]; whatever was recorded before stays.
pub async fn execute_over(
    plan: Plan,
    recorder: Recorder,
    options: &Options,
    progress: &dyn Progress,
    outlet: Box<dyn Outlet>,
    arrivals: mpsc::Receiver<Arrival>,
) -> Result<(), EngineError> {
    begin(&plan, &recorder.log, options).await?;
    go_on(plan, recorder, options, progress, outlet, (arrivals, Refusals::default())).await
}

async fn go_on(
    plan: Plan,
    recorder: Recorder,
    options: &Options,
    progress: &dyn Progress,
    outlet: Box<dyn Outlet>,
    (arrivals, refusals): (mpsc::Receiver<Arrival>, Refusals),
) -> Result<(), EngineError> {
    // Ids must differ from run to run even with the same seed: a subject remembers what it has received.
    let seed = format!("{} {}", options.run, options.seed);
    let run = Arc::new(Run {
        desk: Mutex::new(Desk::new(plan.subject.partners.values())),
        ids: Mutex::new(ChaCha20Rng::from_seed(Digest::of(seed.as_bytes()).bytes())),
        news: Notify::new(),
        aside: Aside::default(),
        refusals,
        clock: recorder.clock,
        log: recorder.log,
        outlet,
        plan,
    });
    let listening = tokio::spawn(inbox::listen(run.clone(), arrivals));
    let outcome = scenarios(&run, options, progress).await;
    listening.abort();
    outcome
}

async fn begin(plan: &Plan, log: &Log, options: &Options) -> Result<(), EngineError> {
    if options.resume.is_some() {
        log.append(Event::RunResumed { tool: options.tool.clone() }, None, Vec::new()).await?;
        return Ok(());
    }
    let started = options.started(plan);
    let blobs = plan.inputs.iter().map(|(_, bytes)| bytes.clone()).collect();
    log.append(Event::RunStarted(started), None, blobs).await?;
    log.append(Event::SubjectDescribed(plan.subject.description.clone()), None, Vec::new()).await?;
    Ok(())
}

async fn scenarios(run: &Arc<Run>, options: &Options, progress: &dyn Progress) -> Result<(), EngineError> {
    let reachable = preflight(run, progress).await?;
    let resumed = options.resume.clone().unwrap_or_default();
    run.desk().slowest_ms = resumed.slowest_ms;
    let finished = resumed.finished;
    let left: Vec<Loaded> =
        run.plan.scenarios.iter().filter(|loaded| !finished.contains(&loaded.id)).cloned().collect();
    let mut given_up = (!reachable).then(|| "the subject cannot be reached".to_owned());
    for (index, loaded) in left.iter().enumerate() {
        progress.scenario(index + 1, left.len(), loaded);
        let started = ScenarioStarted {
            scenario: loaded.id.clone(),
            title: loaded.scenario.title.en.clone(),
            source: loaded.scenario.source.clone(),
            file: loaded.file.clone(),
            digest: loaded.digest,
            expectations: loaded.expectations(),
        };
        let started = run.record(Event::ScenarioStarted(started), None, Vec::new()).await?;
        let abandoned = match &given_up {
            Some(reason) => Some(reason.clone()),
            None => super::step::carry_out(run, loaded, started.seq, progress).await?,
        };
        // Our last answers belong to this scenario, and the run must not end before they are sent.
        run.settle().await?;
        if let Some(reason) = &abandoned
            && given_up.is_none()
            && !connects(run).await.0
        {
            given_up = Some(format!("the subject can no longer be reached ({reason})"));
        }
        progress.ended(loaded, abandoned.as_deref());
        let outcome = abandoned.map_or(ScenarioOutcome::Finished, |reason| ScenarioOutcome::Abandoned { reason });
        run.record(Event::ScenarioEnded { scenario: loaded.id.clone(), outcome }, Some(started.seq), Vec::new())
            .await?;
    }
    if given_up.is_none() {
        run.watch_to_the_end().await?;
    }
    run.record(Event::RunEnded { reason: "finished".to_owned() }, None, Vec::new()).await?;
    Ok(())
}

/// Whether something listens where the subject should be. Nothing is sent.
async fn preflight(run: &Run, progress: &dyn Progress) -> Result<bool, EngineError> {
    let (ok, detail) = connects(run).await;
    progress.preflight("connect", ok, &detail);
    run.record(Event::PreflightObserved { probe: "connect".to_owned(), ok, detail }, None, Vec::new()).await?;
    Ok(ok)
}

async fn connects(run: &Run) -> (bool, String) {
    match run.outlet.probe().await {
        Ok(detail) => (true, detail),
        Err(detail) => (false, detail),
    }
}
