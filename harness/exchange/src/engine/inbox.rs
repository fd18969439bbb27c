//! The inbox: record first, answer by the party's message service, then tell the steps.

use super::desk::{Receipt, ReceiptKind};
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
        let run = run.clone();
        tokio::spawn(async move {
            let Arrival { from, entity, reply } = arrival;
            match receive(&run, entity, "http", &from.to_string(), None, Some(reply)).await {
                Ok(()) => {}
                Err(error) => run.fail(error),
            }
        });
    }
}

/// Records an arrival, answers it, and tells the steps.
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
    };
    let arrived = run.record(event, cause, vec![entity.clone()]).await?;
    if let Some(reply) = reply {
        // Only now: what is answered is durable. The sender may have hung up meanwhile.
        let _ = reply.send(Reply::accepted());
    }
    let message = Message::decode(&entity);
    let payload = open(run, &message, arrived.seq).await?;
    let actions = step(run, &message, &payload);
    for (identity, action) in actions {
        answer(run, &message, &identity, action, arrived.seq).await?;
    }
    file(run, &message, payload.ok(), arrived.seq, cause);
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

/// What our party's message service does about it.
fn step(run: &Run, message: &Message, payload: &Result<Vec<u8>, String>) -> Vec<(Identity, Action)> {
    let now = run.elapsed_ms();
    let mut desk = run.desk();
    let Some(party) = message.soap().and_then(Envelope::to_her).and_then(|her| desk.parties.get_mut(&her)) else {
        return Vec::new();
    };
    let opened = payload.as_ref().map(drop).map_err(String::as_str);
    let ours = [party.party.identity.her];
    let facts = assess::arrival(message, opened, &ours, party.msh.overrides());
    let identity = party.party.identity.clone();
    party.msh.step(Input::Arrived(facts), now).into_iter().map(|action| (identity.clone(), action)).collect()
}

async fn answer(
    run: &Arc<Run>,
    message: &Message,
    identity: &Identity,
    action: Action,
    arrived: Seq,
) -> Result<(), LogError> {
    let Some(about) = message.soap() else { return Ok(()) };
    match action {
        Action::Answer { message_id, answer } => {
            let (id, timestamp) = (run.uuid(), crate::message::stamp(run.wall()));
            let signal = Signal { about, message_id: &id, timestamp: &timestamp };
            let (what, composed) = match &answer {
                Answer::Acknowledgment => {
                    ("Acknowledgment", compose::acknowledgment(identity, &signal, msh::SignalShape::default()))
                }
                Answer::ErrorList(problem) => ("ErrorList", compose::error_list(identity, &signal, problem)),
                Answer::Fault(_) => return Ok(()),
            };
            // Our own keys sign; should they not, the subject is simply not answered, and the log shows it.
            let Ok(composed) = composed else { return Ok(()) };
            if let Some(desk) = run.desk().parties.get_mut(&identity.her) {
                desk.answers.insert(message_id, composed.entity.clone());
            }
            super::outbound::send_signal(run, what, composed.entity, arrived).await
        }
        Action::Repeat { message_id } => {
            let stored = run.desk().parties.get(&identity.her).and_then(|d| d.answers.get(&message_id).cloned());
            match stored {
                Some(entity) => super::outbound::send_signal(run, "Acknowledgment", entity, arrived).await,
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
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
    // The same AppRec envelope again is a repeat of the carrier's, not a second AppRec.
    let repeated = kind == ReceiptKind::AppRec && desk.receipts.iter().any(|r| r.message_id == message_id);
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
