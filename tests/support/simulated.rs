//! A whole run in memory: harness and reference, a simulated network between them, a simulated clock over all.
//! The same seed gives the same run, and ten seconds of silence take no time.

use provestein::carrier::http::{Answer, Arrival, Failure, FailureKind};
use provestein::carrier::port::{Outlet, Pending};
use provestein::carrier::simulated::{Network, Weather};
use provestein::command::{demo, run};
use provestein::evidence::event::Assurance;
use provestein::evidence::log::{Clock, Log};
use provestein::exchange::engine::{self, Options, Quiet, Recorder};
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

/// Runs scenarios (all of the profile when none is named) against the reference.
pub fn simulate(defects: &[Defect], weather: Weather, seed: u64, selection: &[&str]) -> Simulated {
    let selection: Vec<String> = selection.iter().map(|s| (*s).to_owned()).collect();
    let profile = embedded::profile("plo-receive-nhn").unwrap();
    let subject = demo::subject(&profile).unwrap();
    // A run with a subject file keeps its bytes; so does this one, for the tests that damage what is kept.
    let inputs = vec![("subject:simulated".to_owned(), b"supplier: simulated\n".to_vec())];
    let prepared = run::plan(subject, profile, &selection, inputs).unwrap();
    let system = demo::system(defects.to_vec(), &prepared).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
    runtime.block_on(async {
        let clock: Arc<dyn Clock> = Arc::new(SimulatedClock { began: Instant::now() });
        let log = Log::create_inline(folder.path(), clock.clone()).unwrap();
        let (sender, arrivals) = mpsc::channel(64);
        let outlet = Box::new(Road {
            system: Arc::new(Mutex::new(system)),
            network: Mutex::new(Network::new(seed, weather)),
            began: Instant::now(),
            sender,
        });
        let options = Options {
            run: format!("00000000-0000-4000-8000-{seed:012x}"),
            tool: TOOL.to_owned(),
            assurance: Assurance::Demo,
            seed,
            resume: None,
            inbox: None,
        };
        engine::execute_over(prepared.plan, Recorder { log, clock }, &options, &Quiet, outlet, arrivals).await.unwrap();
    });
    let judged = run_folder::judge(folder.path(), None).unwrap();
    Simulated { judged, folder }
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

    fn receive(&self, entity: &[u8]) -> Option<Vec<u8>> {
        let mut chance = rsa::rand_core::UnwrapErr(getrandom::SysRng);
        let elapsed_ms = self.began.elapsed().as_millis() as u64;
        let wall = SimulatedClock { began: self.began }.wall();
        let mut around = Surroundings { wall, elapsed_ms, chance: &mut chance };
        let reaction = self.system.lock().unwrap().receive(entity, &mut around).unwrap();
        for Outgoing { entity, .. } in reaction.outgoing {
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
        reaction.fault
    }
}

impl Outlet for Road {
    fn post<'a>(&'a self, entity: &'a [u8]) -> Pending<'a, Result<Answer, Failure>> {
        Box::pin(async move {
            let arrivals = self.arrivals();
            if arrivals.is_empty() {
                let detail = "lost on the simulated road".to_owned();
                return Err(Failure { url: self.address(), kind: FailureKind::TimedOut, detail });
            }
            let mut fault = None;
            let mut before = Duration::ZERO;
            for at in arrivals {
                tokio::time::sleep(at.saturating_sub(before)).await;
                before = at;
                fault = self.receive(entity).or(fault);
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
