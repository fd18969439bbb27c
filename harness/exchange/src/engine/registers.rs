//! Registers during a run: every request is recorded before it is answered, and a scenario can have them answer wrongly.

use super::run::{EngineError, Run};
use crate::plan::Plan;
use crate::scenario::ModeStep;
use crate::subject;
use carrier::stand_in::{Asked, Fault, OpenPorts};
use evidence::digest::Digest;
use evidence::event::{Event, Seq};
use evidence::log::Log;
use evidence::register::{ModeSet, RegisterAsked};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::mpsc;

/// Requests that wait to be recorded.
const WAITING: usize = 64;

/// The faults that the scenario under way has switched on, in words.
#[derive(Debug, Default)]
pub(super) struct Switched(Mutex<Vec<String>>);

impl Switched {
    /// In words, for the messages that are composed meanwhile: a correct message meets a wrong register, so what is due
    /// to a correct message is not due to it.
    pub fn words(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether any is on.
    pub fn any(&self) -> bool {
        !self.0.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    fn add(&self, set: &ModeSet) {
        let call = set.call.as_ref().map(|call| format!(" to {call}")).unwrap_or_default();
        let about = set.about.map(|her| format!(" about {her}")).unwrap_or_default();
        let words = format!("register: `{}` answers {}{call}{about}", set.register, set.mode);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(words);
    }

    fn clear(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// Registers that are open, and what they are asked.
#[derive(Default)]
pub(super) struct Opened {
    pub ports: Option<Box<dyn OpenPorts>>,
    pub asked: Option<mpsc::Receiver<Asked>>,
}

/// Opens what the plan has.
pub(super) async fn open(plan: &Plan, log: &Log) -> Result<Opened, EngineError> {
    let Some(registers) = &plan.registers else { return Ok(Opened::default()) };
    let (book, asked) = mpsc::channel(WAITING);
    let places: Vec<String> = registers.places().iter().map(SocketAddr::to_string).collect();
    let ports =
        registers.open(book).await.map_err(|source| EngineError::Registers { places: places.join(" and "), source })?;
    let detail = format!("address register and revocation at {}", places.join(" and "));
    log.append(Event::PreflightObserved { probe: "registers".to_owned(), ok: true, detail }, None, Vec::new()).await?;
    Ok(Opened { ports: Some(ports), asked: Some(asked) })
}

/// Records what is asked, until the ports close. What goes wrong stops the run at its next step.
pub(super) async fn listen(run: Arc<Run>, mut asked: mpsc::Receiver<Asked>) {
    while let Some(asked) = asked.recv().await {
        let Asked { register, operation, about, from, mode, status, request, response, defect, recorded } = asked;
        let event = Event::RegisterAsked(RegisterAsked {
            register: register.to_owned(),
            operation,
            about,
            from: from.to_string(),
            mode,
            status,
            request: Digest::of(&request),
            response: Digest::of(&response),
        });
        match run.record(event, None, vec![request, response]).await {
            // Whoever asked may have hung up.
            Ok(_) => drop(recorded.send(())),
            Err(error) => run.aside.fail(error.into()),
        }
        if let Some(what) = defect {
            run.aside.fail(EngineError::Panicked(format!("a register could not answer: {what}")));
        }
        run.news.notify_waiters();
    }
}

/// Switches a fault on; gives up the scenario where that cannot be.
pub(super) async fn switch(run: &Run, started: Seq, step: &ModeStep, line: u32) -> Result<Option<String>, EngineError> {
    let Some(registers) = &run.plan.registers else {
        return Ok(Some("the subject file opens no `registers`".to_owned()));
    };
    let about = match step.about.as_deref().map(|role| (role, her(run, role))) {
        None => None,
        Some((_, Some(her))) => Some(her),
        Some((role, None)) => return Ok(Some(format!("nobody has the role `{role}`"))),
    };
    let delay = step.delay.as_deref().and_then(subject::duration);
    let (register, call, name) = (step.register.clone(), step.call.clone(), step.name.clone());
    if let Err(reason) = registers.switch(&Fault { register, call, name, about, delay }) {
        return Ok(Some(reason));
    }
    let (register, call, mode) = (step.register.clone(), step.call.clone(), step.name.clone());
    let set = ModeSet { register, call, mode, about, line };
    run.switched.add(&set);
    run.record(Event::ModeSet(set), Some(started), Vec::new()).await?;
    Ok(None)
}

/// Has the registers answer rightly again.
pub(super) fn reset(run: &Run) {
    run.switched.clear();
    if let Some(registers) = &run.plan.registers {
        registers.reset();
    }
}

fn her(run: &Run, role: &str) -> Option<u32> {
    let subject = &run.plan.subject;
    let ours = subject.partners.get(role).map(|party| party.cast.service.her);
    ours.or_else(|| subject.parties.get(role).map(|party| party.cast.service.her))
}
