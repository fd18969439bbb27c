//! A run from its first event to its last.

use super::aside::Aside;
use super::challenged::ChallengedIds;
use super::collect::{self, Collecting};
use super::desk::Desk;
pub use super::error::EngineError;
use super::inbox;
use super::life::{self, Life};
use super::people::People;
use super::ports::{self, Listening, Sources};
use super::post::{self, Ends, PostOffice};
use super::registers;
use super::standing::Standing;
use crate::plan::Plan;
use crate::preflight::{Look, WITHIN, before_the_first_message};
use crate::scenario::Loaded;
use crate::subject::Way;
use carrier::http::{Arrival, Limits, Refusals};
use carrier::mail;
use carrier::port::{HttpOutlet, Outlet};
use chacha20::ChaCha20Rng;
use chacha20::rand_core::SeedableRng as _;
use evidence::digest::Digest;
use evidence::event::{Assurance, Event, Recorded, RunStarted, ScenarioOutcome, ScenarioStarted, Seq};
use evidence::log::{Clock, Log, LogError};
use jiff::Timestamp;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinSet;

/// How a run is carried out.
#[derive(Debug, Clone)]
pub struct Options {
    /// Run id (UUID); of a run that goes on with a space and the number of its events after it.
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
    /// Who answers for the people at the subject.
    pub people: People,
    /// The run has ended: only collect what is still due.
    pub collect: Option<Collecting>,
}

/// What an interrupted run has done.
#[derive(Debug, Clone, Default)]
pub struct Resumed {
    /// The scenarios it has finished.
    pub finished: Vec<String>,
    /// The slowest answer it has seen, in milliseconds.
    pub slowest_ms: u64,
    /// The question at which it stands.
    pub standing: Option<Standing>,
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
    /// The wiring was looked at.
    fn looked(&self, _looks: &[Look]) {}
    /// The subject was started, restarted or stopped, or is down.
    fn subject(&self, _what: &str) {}
    /// A scenario begins: number, of how many, which.
    fn scenario(&self, _number: usize, _of: usize, _scenario: &Loaded) {}
    /// The harness waits: for what, about which message, until when.
    fn waiting(&self, _what: &str, _label: &str, _until: Timestamp) {}
    /// A scenario has ended; `reason` when it was given up.
    fn ended(&self, _scenario: &Loaded, _reason: Option<&str>) {}
    /// Asked after each scenario: why the run is to end here, if it is. The engine itself finds nothing wrong.
    fn enough(&self, _scenario: &Loaded, _given_up: bool) -> Option<String> {
        None
    }
}

/// Tells nobody.
#[derive(Debug, Clone, Copy)]
pub struct Quiet;

impl Progress for Quiet {}

/// The probe that finds out whether somebody is there.
pub(super) const CONNECT: &str = "connect";
/// The probe that is let in, or is not.
pub(super) const LOGIN: &str = "login";

/// How messages get to the subject.
pub(super) enum Road {
    /// On a connection, which also brings the carrier's answer.
    Connection(Box<dyn Outlet>),
    /// By mail.
    Mail(Box<PostOffice>),
}

impl Road {
    /// Where mail is posted; `None` over a connection.
    pub fn office(&self) -> Option<&PostOffice> {
        match self {
            Self::Connection(_) => None,
            Self::Mail(office) => Some(office),
        }
    }
}

/// What all parts of a run share.
pub(super) struct Run {
    pub plan: Plan,
    pub log: Log,
    pub desk: Mutex<Desk>,
    pub news: Notify,
    pub ids: Mutex<ChaCha20Rng>,
    pub challenged: Option<ChallengedIds>,
    pub clock: Arc<dyn Clock>,
    pub road: Road,
    pub aside: Aside,
    pub refusals: Refusals,
    pub switched: registers::Switched,
    pub life: Life,
    pub people: People,
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

    /// An id that the subject's acknowledgment will carry: the ConversationId of a conversation that begins, the MessageId of an
    /// AppRec in one of the subject's.
    pub fn answered_id(&self) -> String {
        self.challenged.as_ref().map_or_else(|| self.uuid(), ChallengedIds::next)
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

    /// Waits until something is so, looking whenever there is news; whether it was in time.
    pub async fn until(&self, patience: Duration, is_so: impl Fn() -> bool) -> bool {
        let deadline = tokio::time::Instant::now() + patience;
        loop {
            let news = self.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            if is_so() {
                return true;
            }
            if tokio::time::timeout_at(deadline, news).await.is_err() {
                return is_so();
            }
        }
    }

    /// The mail addresses of one of our parties and one of the subject's, by role.
    pub fn ends(&self, ours: &str, theirs: &str) -> Ends {
        let subject = &self.plan.subject;
        let address = |edi: Option<&str>| edi.unwrap_or_default().to_owned();
        Ends {
            from: address(subject.partners.get(ours).map(|party| party.cast.edi.as_str())),
            to: address(subject.parties.get(theirs).map(|party| party.cast.edi.as_str())),
        }
    }

    /// The same by HER-id.
    pub fn ends_of(&self, ours: Option<u32>, theirs: Option<u32>) -> Ends {
        let subject = &self.plan.subject;
        let from = subject.partners.values().find(|party| Some(party.identity.her) == ours);
        let to = subject.parties.values().find(|party| Some(party.cast.service.her) == theirs);
        let to = to.or_else(|| subject.parties.values().next());
        Ends {
            from: from.map(|party| party.cast.edi.clone()).unwrap_or_default(),
            to: to.map(|party| party.cast.edi.clone()).unwrap_or_default(),
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
        let mut last = self.desk().sent.values().map(|sent| sent.at_ms).max().unwrap_or_default();
        if let Some(office) = self.road.office() {
            // Over mail our last receipt is with the subject when it has been fetched.
            office.emptied(self).await;
            last = last.max(office.last_fetched());
        }
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

/// Carries out a plan over the carrier that the subject file names.
///
/// `on_open` is called with the open ports before anything is sent.
///
/// # Errors
/// [`EngineError`]; whatever was recorded before stays.
pub async fn execute(
    mut plan: Plan,
    recorder: Recorder,
    options: &Options,
    progress: &dyn Progress,
    on_open: impl AsyncFnOnce(Listening, &mut Plan),
) -> Result<(), EngineError> {
    begin(&plan, &recorder.log, options).await?;
    let limits = Limits { read: plan.subject.patience.transport, ..Limits::default() };
    let mail_limits = mail::Limits::default();
    let (open, sources) = ports::open(&plan.subject, options.inbox, &options.run, (limits, mail_limits)).await?;
    let registers = registers::open(&plan, &recorder.log).await?;
    let listening = open.listening;
    [listening.http, listening.smtp, listening.pop3].into_iter().flatten().for_each(|at| progress.listening(at));
    on_open(listening, &mut plan).await;
    let road = match (PostOffice::of(&plan.subject.way, &open.mailbox, mail_limits), &plan.subject.way) {
        (Some(office), _) => Road::Mail(Box::new(office)),
        (None, Way::Http { url, tls }) => {
            Road::Connection(Box::new(HttpOutlet { url: url.clone(), tls: tls.clone(), limits }))
        }
        (None, _) => return Ok(()),
    };
    let sources = Sources { asked: registers.asked, ..sources };
    let outcome = go_on(plan, recorder, options, progress, road, sources).await;
    drop((open, registers.ports));
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
    let sources = Sources { arrivals: Some(arrivals), ..Sources::default() };
    go_on(plan, recorder, options, progress, Road::Connection(outlet), sources).await
}

async fn go_on(
    plan: Plan,
    recorder: Recorder,
    options: &Options,
    progress: &dyn Progress,
    road: Road,
    sources: Sources,
) -> Result<(), EngineError> {
    let Sources { arrivals, posted, notices, asked, refusals } = sources;
    // Ids must differ from run to run even with the same seed: a subject remembers what it has received.
    let seed = format!("{} {}", options.run, options.seed);
    let run = Arc::new(Run {
        desk: Mutex::new(Desk::new(plan.subject.partners.values())),
        ids: Mutex::new(ChaCha20Rng::from_seed(Digest::of(seed.as_bytes()).bytes())),
        challenged: ChallengedIds::of(&plan, options),
        news: Notify::new(),
        aside: Aside::default(),
        refusals,
        switched: registers::Switched::default(),
        life: Life::default(),
        people: options.people.clone(),
        clock: recorder.clock,
        log: recorder.log,
        road,
        plan,
    });
    // Dropped, and so stopped, when the scenarios have ended.
    let mut beside = JoinSet::new();
    if let Some(arrivals) = arrivals {
        beside.spawn(inbox::listen(run.clone(), arrivals));
    }
    if let Some(posted) = posted {
        beside.spawn(inbox::listen_mail(run.clone(), posted));
    }
    if let Some(notices) = notices {
        beside.spawn(post::watch(run.clone(), notices));
    }
    if let Some(asked) = asked {
        beside.spawn(registers::listen(run.clone(), asked));
    }
    beside.spawn(post::visit(run.clone()));
    let outcome = match &options.collect {
        Some(collecting) => collect::wait(&run, collecting).await,
        None => scenarios(&run, options, progress).await,
    };
    run.life.let_go();
    outcome
}

async fn begin(plan: &Plan, log: &Log, options: &Options) -> Result<(), EngineError> {
    if let Some(collecting) = &options.collect {
        log.append(Event::InboxReopened { until: collecting.until }, None, Vec::new()).await?;
        return Ok(());
    }
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
    let down = life::start(run, progress).await?;
    let reachable = down.is_some() || preflight(run, progress).await?;
    let resumed = options.resume.clone().unwrap_or_default();
    run.desk().slowest_ms = resumed.slowest_ms;
    let finished = resumed.finished;
    let left: Vec<Loaded> =
        run.plan.scenarios.iter().filter(|loaded| !finished.contains(&loaded.id)).cloned().collect();
    let mut given_up = down.or_else(|| (!reachable).then(|| "the subject cannot be reached".to_owned()));
    let mut ended = "finished".to_owned();
    for (index, loaded) in left.iter().enumerate() {
        progress.scenario(index + 1, left.len(), loaded);
        let standing = resumed.standing.as_ref().filter(|standing| standing.is_within(loaded));
        let started = ScenarioStarted {
            scenario: loaded.id.clone(),
            title: loaded.scenario.title.en.clone(),
            source: loaded.scenario.source.clone(),
            file: loaded.file.clone(),
            digest: loaded.digest,
            expectations: loaded.expectations(),
        };
        let began = match standing {
            Some(standing) => standing.started,
            None => run.record(Event::ScenarioStarted(started), None, Vec::new()).await?.seq,
        };
        let abandoned = match &given_up {
            Some(reason) => Some(reason.clone()),
            None => super::step::carry_out(run, loaded, (began, standing), progress).await?,
        };
        registers::reset(run);
        // Our last answers belong to this scenario, and the run must not end before they are sent.
        run.settle().await?;
        if given_up.is_none() {
            given_up = run.life.down();
        }
        if let Some(reason) = &abandoned
            && given_up.is_none()
            && connects(run).await.is_err()
        {
            given_up = Some(format!("the subject can no longer be reached ({reason})"));
        }
        progress.ended(loaded, abandoned.as_deref());
        let gave_up = abandoned.is_some();
        let outcome = abandoned.map_or(ScenarioOutcome::Finished, |reason| ScenarioOutcome::Abandoned { reason });
        run.record(Event::ScenarioEnded { scenario: loaded.id.clone(), outcome }, Some(began), Vec::new()).await?;
        if let Some(reason) = progress.enough(loaded, gave_up) {
            ended = reason;
            break;
        }
    }
    if given_up.is_none() {
        run.watch_to_the_end().await?;
    }
    life::stop(run, progress).await?;
    run.record(Event::RunEnded { reason: ended }, None, Vec::new()).await?;
    Ok(())
}

/// Whether something listens where the subject should be, and what else can be seen beforehand. Nothing is sent, and only
/// the first decides whether the run goes on: whatever else is wrong, its messages show what the subject makes of it.
async fn preflight(run: &Run, progress: &dyn Progress) -> Result<bool, EngineError> {
    let (ok, probe, detail) = match connects(run).await {
        Ok(detail) => (true, CONNECT, detail),
        Err((probe, detail)) => (false, probe, detail),
    };
    progress.preflight(probe, ok, &detail);
    run.record(Event::PreflightObserved { probe: probe.to_owned(), ok, detail }, None, Vec::new()).await?;
    let looks = before_the_first_message(&run.plan.subject, ok, WITHIN, run.wall()).await;
    for look in &looks {
        run.record(Event::Looked(look.observed()), None, Vec::new()).await?;
    }
    progress.looked(&looks);
    Ok(ok)
}

async fn connects(run: &Run) -> Result<String, (&'static str, String)> {
    match &run.road {
        Road::Connection(outlet) => outlet.probe().await.map_err(|detail| (CONNECT, detail)),
        Road::Mail(office) => office.probe(run).await,
    }
}
