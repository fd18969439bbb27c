//! A whole run in memory: harness and reference, a simulated network between them, a simulated clock over all.
//! The same seed gives the same run, and ten seconds of silence take no time.

use provestein::carrier::http::{Answer, Arrival, Failure, FailureKind};
use provestein::carrier::port::{Outlet, Pending};
use provestein::carrier::simulated::{AnswerFate, Network, Weather};
use provestein::command::{demo, run};
use provestein::evidence::challenge::Challenge;
use provestein::evidence::event::{Assurance, Question};
use provestein::evidence::log::{Clock, Log};
use provestein::exchange::engine::{self, EngineError, Operator, Options, People, Quiet, Recorder, Reply};
use provestein::exchange::subject::{DEFAULT_TRIGGER, Inside, Pull, Trigger};
use provestein::reference::defect::Defect;
use provestein::reference::system::{Outgoing, Surroundings, System};
use provestein::run_folder::{self, Judged};
use provestein::{TOOL, embedded};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

/// A simulated run, judged; its folder lives as long as this.
pub struct Simulated {
    pub judged: Judged,
    pub folder: tempfile::TempDir,
}

impl Simulated {
    /// The ids with a violated observation, in order.
    pub fn violated(&self) -> Vec<String> {
        let is_violated = |row: &&provestein::checks::ledger::Row| row.violated > 0;
        let mut ids: Vec<String> =
            self.judged.judgement.ledger.rows().filter(is_violated).map(|row| row.requirement.to_string()).collect();
        ids.sort();
        ids
    }
}

/// How the subject takes our signals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Taking {
    /// As it takes everything else.
    Promptly,
    /// It answers the post only after this time.
    After(Duration),
    /// Our own side panics over it.
    Panics,
}

/// Runs scenarios (all of the profile when none is named) against the reference.
pub fn simulate(defects: &[Defect], weather: Weather, seed: u64, selection: &[&str]) -> Simulated {
    simulate_by("plo-receive-nhn", defects, weather, seed, selection)
}

/// The same by another profile.
pub fn simulate_by(profile: &str, defects: &[Defect], weather: Weather, seed: u64, selection: &[&str]) -> Simulated {
    let how = How { profile, taking: Taking::Promptly, assurance: Assurance::Demo };
    let (simulated, outcome) = simulated(how, defects, weather, seed, selection);
    outcome.unwrap();
    simulated
}

/// The whole of a profile as a supplier runs it, so that it can be certified.
pub fn simulate_to_certify(profile: &str, defects: &[Defect], seed: u64) -> Simulated {
    let how = How { profile, taking: Taking::Promptly, assurance: Assurance::SelfRun };
    let (simulated, outcome) = simulated(how, defects, Weather::FAIR, seed, &[]);
    outcome.unwrap();
    simulated
}

/// The challenge that such a run answers.
pub fn challenge() -> Challenge {
    let issued = "2026-01-01T00:00:00Z".parse().unwrap();
    Challenge::new([5; 32], issued, jiff::civil::date(2026, 12, 31), None)
}

/// The same, where signals are taken in another way; and how the engine ended.
pub fn simulate_taking(
    taking: Taking,
    defects: &[Defect],
    weather: Weather,
    seed: u64,
    selection: &[&str],
) -> (Simulated, Result<(), EngineError>) {
    let how = How { profile: "plo-receive-nhn", taking, assurance: Assurance::Demo };
    simulated(how, defects, weather, seed, selection)
}

struct How<'h> {
    profile: &'h str,
    taking: Taking,
    assurance: Assurance,
}

fn simulated(
    How { profile, taking, assurance }: How<'_>,
    defects: &[Defect],
    weather: Weather,
    seed: u64,
    selection: &[&str],
) -> (Simulated, Result<(), EngineError>) {
    let selection: Vec<String> = selection.iter().map(|s| (*s).to_owned()).collect();
    let profile = embedded::profile(profile).unwrap();
    let subject = demo::subject(&profile).unwrap();
    // A run with a subject file keeps its bytes; so does this one, for the tests that damage what is kept.
    let inputs = vec![("subject:simulated".to_owned(), b"supplier: simulated\n".to_vec())];
    let mut prepared = run::plan(subject, profile, &selection, inputs).unwrap();
    run::answering(&mut prepared.plan, (assurance == Assurance::SelfRun).then(challenge));
    let system = demo::system(defects.to_vec(), &prepared).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    let outcome = runtime.block_on(async {
        let clock: Arc<dyn Clock> = Arc::new(SimulatedClock { began: Instant::now() });
        let log = Log::create_inline(folder.path(), clock.clone()).unwrap();
        let (sender, arrivals) = mpsc::channel(64);
        let road = Arc::new(Road {
            system: Arc::new(Mutex::new(system)),
            network: Mutex::new(Network::new(seed, weather)),
            began: Instant::now(),
            sender,
            taking,
        });
        let triggers = &mut prepared.plan.subject.triggers;
        triggers.insert(DEFAULT_TRIGGER.to_owned(), Trigger::Inside(Inside(Arc::new(Outside(road.clone())))));
        let ticking = tokio::spawn(tick(road.clone()));
        let outlet = Box::new(Outside(road));
        let options = Options {
            run: format!("00000000-0000-4000-8000-{seed:012x}"),
            tool: TOOL.to_owned(),
            assurance,
            seed,
            resume: None,
            inbox: None,
            people: People(Arc::new(Agreeable)),
            collect: None,
        };
        let recorder = Recorder { log, clock };
        let outcome = Box::pin(engine::execute_over(prepared.plan, recorder, &options, &Quiet, outlet, arrivals)).await;
        ticking.abort();
        outcome
    });
    let judged = run_folder::judge(folder.path(), None).unwrap();
    (Simulated { judged, folder }, outcome)
}

#[derive(Debug)]
struct SimulatedClock {
    began: Instant,
}

impl Clock for SimulatedClock {
    fn wall(&self) -> jiff::Timestamp {
        let base: jiff::Timestamp = "2026-01-15T09:30:00Z".parse().unwrap();
        base.checked_add(jiff::SignedDuration::from_millis(self.elapsed_ms().cast_signed())).unwrap()
    }

    fn elapsed_ms(&self) -> u64 {
        self.began.elapsed().as_millis() as u64
    }
}

/// The road between the two, both ways.
struct Road {
    system: Arc<Mutex<System>>,
    network: Mutex<Network<()>>,
    began: Instant,
    sender: mpsc::Sender<Arrival>,
    taking: Taking,
}

impl Road {
    /// When the copies of a sending arrive, if they do.
    fn arrivals(&self) -> Vec<Duration> {
        let now = self.began.elapsed().as_millis() as u64;
        let mut network = self.network.lock().unwrap();
        network.advance_to(now);
        network.send(&(), &(), &[]);
        let mut times = Vec::new();
        while network.deliver().is_some() {
            times.push(Duration::from_millis(network.now_ms().saturating_sub(now)));
        }
        times
    }

    fn around<T>(&self, work: impl FnOnce(&mut System, &mut Surroundings<'_>) -> T) -> T {
        let mut chance = rsa::rand_core::UnwrapErr(getrandom::SysRng);
        let elapsed_ms = self.began.elapsed().as_millis() as u64;
        let wall = SimulatedClock { began: self.began }.wall();
        let mut around = Surroundings { wall, elapsed_ms, chance: &mut chance };
        work(&mut self.system.lock().unwrap(), &mut around)
    }

    fn receive(&self, entity: &[u8]) -> Option<Vec<u8>> {
        let reaction = self.around(|system, around| system.receive(entity, around)).unwrap();
        self.send(reaction.outgoing);
        reaction.fault
    }

    fn send(&self, outgoing: Vec<Outgoing>) {
        for Outgoing { entity, .. } in outgoing {
            for delay in self.arrivals() {
                let (sender, entity) = (self.sender.clone(), entity.clone());
                tokio::spawn(async move {
                    tokio::time::sleep(delay).await;
                    let (reply, _) = oneshot::channel();
                    let from = "127.0.0.1:1".parse().unwrap();
                    // The run may be over when a late message comes.
                    let _ = sender.send(Arrival { from, entity, reply }).await;
                });
            }
        }
    }
}

/// Somebody who finds everything in order, and has a picture of it.
struct Agreeable;

impl Operator for Agreeable {
    fn ask<'a>(&'a self, question: &'a Question) -> Pending<'a, Reply> {
        Box::pin(async {
            Reply::Answered {
                answer: question.good.first().cloned().unwrap_or_else(|| "done".to_owned()),
                by: "Kari Tester".to_owned(),
                comment: String::new(),
                attachments: vec![("screen.png".to_owned(), b"a picture".to_vec())],
            }
        })
    }
}

/// Lets the subject look at its clock.
async fn tick(road: Arc<Road>) {
    loop {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let due = road.around(System::tick).unwrap();
        road.send(due);
    }
}

/// The subject, seen from outside.
struct Outside(Arc<Road>);

impl Pull for Outside {
    fn pull<'a>(&'a self, order: &'a serde_json::Value) -> Pending<'a, (bool, String, Vec<u8>)> {
        Box::pin(async move {
            let order = serde_json::from_value(order.clone()).unwrap();
            match self.0.around(|system, around| system.submit(&order, around)) {
                Ok(outgoing) => {
                    self.0.send(outgoing);
                    (true, "on its way".to_owned(), Vec::new())
                }
                Err(error) => (false, error.to_string(), Vec::new()),
            }
        })
    }
}

impl Outlet for Outside {
    fn post<'a>(&'a self, entity: &'a [u8]) -> Pending<'a, Result<Answer, Failure>> {
        Box::pin(async move {
            if String::from_utf8_lossy(entity).contains("<eb:Acknowledgment") {
                match self.0.taking {
                    Taking::Promptly => {}
                    Taking::After(delay) => tokio::time::sleep(delay).await,
                    Taking::Panics => panic!("a panic made for this test"),
                }
            }
            let arrivals = self.0.arrivals();
            if arrivals.is_empty() {
                let detail = "lost on the simulated road".to_owned();
                return Err(Failure { url: self.address(), kind: FailureKind::TimedOut, detail });
            }
            let mut fault = None;
            let mut before = Duration::ZERO;
            for at in arrivals {
                tokio::time::sleep(at.saturating_sub(before)).await;
                before = at;
                fault = self.0.receive(entity).or(fault);
            }
            let lost = |kind, detail: &str| Failure { url: self.address(), kind, detail: detail.to_owned() };
            let fate = self.0.network.lock().unwrap().answer_fate();
            match fate {
                AnswerFate::Seen => {}
                AnswerFate::TimedOut => return Err(lost(FailureKind::TimedOut, "the answer was lost")),
                AnswerFate::ClosedEarly => return Err(lost(FailureKind::ClosedEarly, "closed before the answer")),
            }
            let status = if fault.is_some() { 500 } else { 200 };
            Ok(Answer { status, is_empty: fault.is_none(), entity: fault.unwrap_or_default() })
        })
    }

    fn probe(&self) -> Pending<'_, Result<String, String>> {
        Box::pin(async { Ok("the simulated road is open".to_owned()) })
    }

    fn address(&self) -> String {
        "simulated://subject/".to_owned()
    }
}
