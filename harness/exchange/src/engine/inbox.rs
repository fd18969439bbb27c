//! The inbox: record first, tell the steps, and let the party's message service answer beside them.

use super::desk::{Receipt, ReceiptKind, StoredAnswer};
use super::run::Run;
use carrier::http::{Arrival, Reply};
use evidence::event::{Event, Seq};
use evidence::log::LogError;
use getrandom::SysRng;
use msh::assess;
use msh::compose::{self, Signal};
use msh::identity::Identity;
use msh::state::{Action, Answer, Input};
use std::sync::Arc;
use tokio::sync::mpsc;
use wire::business::{self, Business};
use wire::cms;
use wire::ebxml::{Envelope, MessageKind};
use wire::message::Message;

/// Takes arrivals until the inbox closes.
pub(super) async fn listen(run: Arc<Run>, mut arrivals: mpsc::Receiver<Arrival>) {
    while let Some(arrival) = arrivals.recv().await {
        let of_task = run.clone();
        run.aside(async move {
            let Arrival { from, entity, reply } = arrival;
            receive(&of_task, entity, "http", &from.to_string(), None, Some(reply)).await
        });
    }
}

/// Records an arrival, tells the steps, and has it answered.
pub(super) async fn receive(
    run: &Arc<Run>,
    entity: Vec<u8>,
    carrier: &str,
    from: &str,
    cause: Option<Seq>,
    reply: Option<tokio::sync::oneshot::Sender<Reply>>,
) -> Result<(), LogError> {
    let event = Event::MessageArrived {
        carrier: carrier.to_owned(),
        from: from.to_owned(),
        entity: evidence::digest::Digest::of(&entity),
        mail: None,
    };
    let arrived = run.record(event, cause, vec![entity.clone()]).await?;
    if let Some(reply) = reply {
        // Only now: what is answered is durable. The sender may have hung up meanwhile.
        let _ = reply.send(Reply::accepted());
    }
    let message = Message::decode(&entity);
    let payload = open(run, &message, arrived.seq).await?;
    let answers = step(run, &message, &payload);
    // The steps wait for this arrival, not for how long the other side takes over our answer to it.
    file(run, &message, payload.ok(), arrived.seq, cause);
    if !answers.is_empty() {
        let of_task = run.clone();
        run.aside(async move {
            for StoredAnswer { what, entity } in answers {
                super::outbound::send_signal(of_task.clone(), what, entity, arrived.seq).await?;
            }
            Ok(())
        });
    }
    Ok(())
}

/// Opens the payload with the keys of our parties, whichever the envelope names, and keeps the content key as
/// evidence. A payload that came in the clear is taken as it is; that it ought to be encrypted is for a check to say.
async fn open(run: &Run, message: &Message, arrived: Seq) -> Result<Result<Vec<u8>, String>, LogError> {
    let Some((part, attachment)) = message.attachments().next() else {
        return Ok(Err("there is no attachment".to_owned()));
    };
    if attachment.is("application/xml") || attachment.is("text/xml") {
        return Ok(Ok(attachment.content.clone()));
    }
    let parties = run.plan.subject.partners.values().map(|party| &party.identity);
    let keys: Vec<_> = parties.map(|identity| (&identity.encrypt_certificate, &identity.encrypt_key)).collect();
    let opened = cms::open(&attachment.content, &keys).map_err(|e| e.to_string());
    match opened {
        Ok(opened) => {
            let key = opened.key.to_bytes();
            let digest = evidence::digest::Digest::of(&key);
            let event = Event::PayloadOpened { message: arrived, part, key: digest };
            run.record(event, Some(arrived), vec![key]).await?;
            Ok(Ok(business::inside(&opened.content)))
        }
        Err(reason) => {
            let event = Event::PayloadSealed { message: arrived, part, reason: reason.clone() };
            run.record(event, Some(arrived), Vec::new()).await?;
            Ok(Err(reason))
        }
    }
}

/// What our party's message service answers. First answers are composed and kept under the same lock as the decision
/// to give them, so that a duplicate that comes meanwhile finds them.
fn step(run: &Run, message: &Message, payload: &Result<Vec<u8>, String>) -> Vec<StoredAnswer> {
    let (now, timestamp) = (run.elapsed_ms(), crate::message::stamp(run.wall()));
    let mut desk = run.desk();
    let Some(about) = message.soap() else { return Vec::new() };
    let Some(party) = about.to_her().and_then(|her| desk.parties.get_mut(&her)) else { return Vec::new() };
    let opened = payload.as_ref().map(drop).map_err(String::as_str);
    let facts = assess::arrival(message, opened, &[party.party.identity.her], party.msh.overrides());
    let mut answers = Vec::new();
    for action in party.msh.step(Input::Arrived(facts), now) {
        match action {
            Action::Answer { message_id, answer } => {
                let id = run.uuid();
                let signal = Signal { about, message_id: &id, timestamp: &timestamp };
                if let Some(answer) = composed(&party.party.identity, &signal, &answer) {
                    party.answers.insert(message_id, answer.clone());
                    answers.push(answer);
                }
            }
            Action::Repeat { message_id } => answers.extend(party.answers.get(&message_id).cloned()),
            _ => {}
        }
    }
    answers
}

/// Our own keys sign; should they not, the subject is simply not answered, and the log shows it. A SOAP Fault is not
/// given: the connection that it belongs on was answered when the arrival was recorded.
fn composed(identity: &Identity, signal: &Signal<'_>, answer: &Answer) -> Option<StoredAnswer> {
    let (what, composed) = match answer {
        Answer::Acknowledgment => {
            ("Acknowledgment", compose::acknowledgment(identity, signal, msh::SignalShape::default()))
        }
        Answer::ErrorList(problem) => ("ErrorList", compose::error_list(identity, signal, problem)),
        Answer::Fault(_) => return None,
    };
    Some(StoredAnswer { what, entity: composed.ok()?.entity })
}

/// Files a receipt where the steps look for it.
fn file(run: &Run, message: &Message, payload: Option<Vec<u8>>, arrived: Seq, cause: Option<Seq>) {
    let envelope = message.soap();
    let lower = |text: Option<&str>| text.map(str::to_ascii_lowercase);
    let (kind, about) = match message.kind() {
        MessageKind::Acknowledgment | MessageKind::ErrorList => {
            (ReceiptKind::Signal, lower(envelope.and_then(Envelope::about)))
        }
        MessageKind::Fault => (ReceiptKind::Signal, None),
        _ => match payload.map(|payload| business::read(&payload)) {
            Some(Business::AppRec(apprec)) => (ReceiptKind::AppRec, lower(apprec.original_id())),
            _ => return,
        },
    };
    let message_id = envelope.and_then(Envelope::message_id).unwrap_or_default().to_owned();
    let mut desk = run.desk();
    // The same AppRec envelope again is a repeat of the carrier's, not a second AppRec. No id is no sameness.
    let same = |receipt: &Receipt| receipt.kind == kind && receipt.message_id == message_id;
    let repeated = kind == ReceiptKind::AppRec && !message_id.is_empty() && desk.receipts.iter().any(same);
    if !repeated {
        let receipt = Receipt {
            seq: arrived,
            kind,
            about,
            conversation: lower(envelope.and_then(Envelope::conversation_id)),
            answers: if message.kind() == MessageKind::Fault { cause } else { None },
            message_id,
            taken: false,
            envelope: envelope.cloned().map(Box::new),
        };
        desk.receipts.push(receipt);
    }
    drop(desk);
    run.news.notify_waiters();
}

/// Where keys and initialisation vectors come from: the operating system, never the run's seed.
pub(super) fn chance() -> chacha20::rand_core::UnwrapErr<SysRng> {
    chacha20::rand_core::UnwrapErr(SysRng)
}
