//! Collecting after the end: the inbox is open again, our parties acknowledge as before, and nothing else is sent.

use super::desk::StoredAnswer;
use super::kept::Kept;
use super::post::Ends;
use super::run::{EngineError, Run};
use evidence::blob::{BlobError, Blobs};
use evidence::event::Event;
use evidence::history::{Author, AwaitOutcome, History, MessageRecord};
use jiff::Timestamp;
use msh::Overrides;
use msh::assess;
use msh::state::{Arrival, Input};
use std::collections::BTreeSet;
use std::time::Duration;
use wire::ebxml::{Envelope, MessageKind};

/// What a run that has ended still waits for.
#[derive(Debug, Clone, Default)]
pub struct Collecting {
    /// MsgIds, in lower case, of our messages whose AppRec was waited for in vain and has not come.
    pub due: BTreeSet<String>,
    /// The last moment.
    pub until: Timestamp,
    /// How long that is from now.
    pub patience: Duration,
    known: Vec<Known>,
}

/// A message that came in the run, and what our party answered.
#[derive(Debug, Clone)]
struct Known {
    to: u32,
    facts: Arrival,
    answer: (&'static str, Vec<u8>),
}

impl Collecting {
    /// What a run waits for, and what it has answered.
    ///
    /// # Errors
    /// [`BlobError`]: the evidence is broken.
    pub fn of(
        history: &History,
        blobs: &dyn Blobs,
        (until, patience): (Timestamp, Duration),
    ) -> Result<Self, BlobError> {
        let theirs = history.messages.iter().filter(|m| m.author == Author::Subject && m.carrier.starts_with("http"));
        let known = theirs.filter_map(|record| known(history, blobs, record).transpose());
        Ok(Self { due: due(history), until, patience, known: known.collect::<Result<_, _>>()? })
    }
}

fn due(history: &History) -> BTreeSet<String> {
    let waited = history.awaits.iter().filter(|a| a.awaited.what == "apprec" && !a.awaited.quiet);
    let lapsed = waited.filter(|a| !matches!(a.outcome, Some(AwaitOutcome::Met(_))));
    let exchanges = lapsed.filter_map(|a| history.labelled(&a.awaited.scenario, &a.awaited.label));
    let missing = exchanges.filter(|exchange| exchange.apprecs.is_empty());
    missing.filter_map(|e| history.messages[e.stimulus].msg_id().map(str::to_ascii_lowercase)).collect()
}

/// Over mail each answer is a mail of its own, so there the same message gets a new acknowledgment.
fn known(history: &History, blobs: &dyn Blobs, record: &MessageRecord) -> Result<Option<Known>, BlobError> {
    let Some(to) = record.message.soap().and_then(Envelope::to_her) else { return Ok(None) };
    let opened = if record.payload().is_some() { Ok(()) } else { Err("it was not opened") };
    let facts = assess::arrival(&record.message, opened, &[to], &Overrides::default());
    let is_answer = |m: &&MessageRecord| {
        let is_signal = matches!(m.message.kind(), MessageKind::Acknowledgment | MessageKind::ErrorList);
        let about = m.message.soap().and_then(|e| e.about());
        m.author == Author::Harness && is_signal && about == Some(facts.message_id.as_str())
    };
    let answer = history.messages.iter().find(is_answer).and_then(|m| Some((m.message.kind(), m.composed.as_ref()?)));
    let Some((kind, composed)) = answer else { return Ok(None) };
    let what = if kind == MessageKind::Acknowledgment { "Acknowledgment" } else { "ErrorList" };
    Ok(Some(Known { to, answer: (what, blobs.get(composed.entity)?), facts }))
}

/// Waits until everything that is due has come, or patience is over.
pub(super) async fn wait(run: &Run, collecting: &Collecting) -> Result<(), EngineError> {
    for known in &collecting.known {
        let mut desk = run.desk();
        let Some(party) = desk.parties.get_mut(&known.to) else { continue };
        party.msh.step(Input::Arrived(known.facts.clone()), 0);
        let (what, entity) = known.answer.clone();
        let entity = Kept::new(entity);
        let answer = StoredAnswer { what, entity, ends: Ends::default(), deviations: Vec::new(), in_reply_to: None };
        party.answers.insert(known.facts.message_id.clone(), answer);
    }
    let mut due = collecting.due.clone();
    let deadline = tokio::time::Instant::now() + collecting.patience;
    loop {
        let news = run.news.notified();
        tokio::pin!(news);
        news.as_mut().enable();
        run.check()?;
        let come: Vec<String> = run.desk().receipts.iter().filter_map(|receipt| receipt.about.clone()).collect();
        due.retain(|id| !come.contains(id));
        if due.is_empty() || tokio::time::timeout_at(deadline, news).await.is_err() {
            break;
        }
    }
    run.settle().await?;
    run.record(Event::RunEnded { reason: "collected".to_owned() }, None, Vec::new()).await?;
    Ok(())
}
