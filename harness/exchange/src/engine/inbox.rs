//! The inbox: record first, tell the steps, and let the party's message service answer beside them.

use super::arrived::{Arrived, Treatment};
use super::desk::{Receipt, ReceiptKind, StoredAnswer};
use super::fault;
use super::kept::Kept;
use super::post::Ends;
use super::run::Run;
use carrier::http::{Arrival, Reply};
use carrier::mail::smtp::{Posted, Verdict};
use evidence::event::{Event, MailArrived, Seq};
use evidence::log::LogError;
use getrandom::SysRng;
use msh::assess::{self, Assessment};
use msh::compose::{self, Signal};
use msh::identity::Identity;
use msh::state::{Action, Answer, Input};
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};
use wire::business::{self, Business};
use wire::cms;
use wire::ebxml::write::ErrorDraft;
use wire::ebxml::{Envelope, MessageKind, Severity};
use wire::message::Message;

/// Takes arrivals until the inbox closes.
pub(super) async fn listen(run: Arc<Run>, mut arrivals: mpsc::Receiver<Arrival>) {
    while let Some(arrival) = arrivals.recv().await {
        let of_task = run.clone();
        run.aside(async move {
            let Arrival { from, entity, reply } = arrival;
            let origin = Origin { carrier: "http", from: from.to_string(), cause: None, mail: None };
            receive(&of_task, entity, origin, Waiting::Http(reply)).await
        });
    }
}

/// The same for mail that is posted to us.
pub(super) async fn listen_mail(run: Arc<Run>, mut posted: mpsc::Receiver<Posted>) {
    while let Some(Posted { client, envelope, mail, bare_lf, reply }) = posted.recv().await {
        let said = MailArrived {
            from: Some(envelope.from),
            recipients: envelope.recipients.into_iter().map(|recipient| recipient.address).collect(),
            envelope_id: envelope.envelope_id,
            user: envelope.user,
            uid: None,
            bare_lf,
        };
        let origin = Origin { carrier: "mail", from: client.to_string(), cause: None, mail: Some(said) };
        let of_task = run.clone();
        run.aside(async move { receive(&of_task, mail, origin, Waiting::Smtp(reply)).await });
    }
}

/// Takes a mail from the subject's mailbox; whether it is recorded and may be deleted there.
pub(super) async fn keep(run: &Arc<Run>, mail: Vec<u8>, from: String, uid: Option<String>) -> bool {
    let bare_lf = mail.split_inclusive(|&b| b == b'\n').any(|line| line.ends_with(b"\n") && !line.ends_with(b"\r\n"));
    let said = MailArrived { uid, bare_lf, ..MailArrived::default() };
    let origin = Origin { carrier: "mail", from, cause: None, mail: Some(said) };
    let (recorded, is_recorded) = oneshot::channel();
    let of_task = run.clone();
    run.aside(async move { receive(&of_task, mail, origin, Waiting::Mailbox(recorded)).await });
    is_recorded.await.is_ok()
}

/// How something came in.
pub(super) struct Origin {
    /// `http`, `http-response` or `mail`.
    pub carrier: &'static str,
    /// Who connected, or where it was fetched.
    pub from: String,
    /// For an answer on our own connection: the sending.
    pub cause: Option<Seq>,
    /// What was said outside a mail.
    pub mail: Option<MailArrived>,
}

/// Who waits until an arrival is recorded.
pub(super) enum Waiting {
    Nobody,
    Http(oneshot::Sender<Reply>),
    Smtp(oneshot::Sender<Verdict>),
    Mailbox(oneshot::Sender<()>),
}

impl Waiting {
    /// Tells them. They may have gone meanwhile.
    fn recorded(self) {
        match self {
            Self::Nobody => {}
            Self::Http(reply) => drop(reply.send(Reply::accepted())),
            Self::Smtp(reply) => drop(reply.send(Verdict::Taken)),
            Self::Mailbox(reply) => drop(reply.send(())),
        }
    }
}

/// Records an arrival, tells the steps, and has it answered.
pub(super) async fn receive(run: &Arc<Run>, entity: Vec<u8>, origin: Origin, waiting: Waiting) -> Result<(), LogError> {
    let Origin { carrier, from, cause, mail } = origin;
    let event = Event::MessageArrived {
        carrier: carrier.to_owned(),
        from,
        entity: evidence::digest::Digest::of(&entity),
        mail,
    };
    let arrived = run.record(event, cause, vec![entity.clone()]).await?;
    // Only now: what is answered is durable.
    waiting.recorded();
    let message = Message::decode(&entity);
    let payload = open(run, &message, arrived.seq).await?;
    // A Fault or a bounce by mail comes by itself; its header tells what it is about.
    let cause = cause.or_else(|| run.road.office().and_then(|office| office.sending_of(&message)));
    let treatment = treatment(run, &message, payload.as_deref().ok());
    let answers = match &treatment {
        Treatment::Lost => {
            run.record(Event::ReceiptIgnored { message: arrived.seq }, Some(arrived.seq), Vec::new()).await?;
            Vec::new()
        }
        Treatment::Usual => step(run, &message, &payload, None),
        Treatment::Signal(problem) => step(run, &message, &payload, Some(problem)),
    };
    // The steps wait for this arrival, not for how long the other side takes over our answer to it.
    file(run, &message, payload.ok(), arrived.seq, cause);
    if !answers.is_empty() {
        let of_task = run.clone();
        run.aside(async move {
            for answer in answers {
                super::outbound::send_signal(of_task.clone(), answer, arrived.seq).await?;
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
    let present = parties.map(|identity| (&identity.encrypt_certificate, &identity.encrypt_key));
    let next = run.plan.subject.next_keys.iter().map(|(certificate, key)| (certificate, key));
    let keys: Vec<_> = present.chain(next).collect();
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

/// How a scenario wants a message of the subject's to be treated; receipts are always treated as usual.
fn treatment(run: &Run, message: &Message, payload: Option<&[u8]>) -> Treatment {
    if message.kind() != MessageKind::Payload {
        return Treatment::Usual;
    }
    let msg_id = match payload.map(business::read) {
        Some(Business::AppRec(_)) => return Treatment::Usual,
        Some(Business::Head(head)) => head.msg_id().map(str::to_ascii_lowercase),
        _ => None,
    };
    let message_id = message.soap().and_then(Envelope::message_id).unwrap_or_default().to_ascii_lowercase();
    run.desk().inward.treat(&message_id, msg_id.as_deref())
}

/// What our party's message service answers. First answers are composed and kept under the same lock as the decision
/// to give them, so that a duplicate that comes meanwhile finds them.
fn step(
    run: &Run,
    message: &Message,
    payload: &Result<Vec<u8>, String>,
    on_purpose: Option<&ErrorDraft>,
) -> Vec<StoredAnswer> {
    let (now, timestamp) = (run.elapsed_ms(), crate::message::stamp(run.wall()));
    let mut desk = run.desk();
    let about = match &message.envelope {
        Ok(about) => about,
        Err(reason) => return fault::about(run, message, &reason.to_string()).into_iter().collect(),
    };
    let ends = run.ends_of(about.to_her(), about.from_her());
    let Some(party) = about.to_her().and_then(|her| desk.parties.get_mut(&her)) else { return Vec::new() };
    let opened = payload.as_ref().map(drop).map_err(String::as_str);
    let mut facts = assess::arrival(message, opened, &[party.party.identity.her], party.msh.overrides());
    if let Some(problem) = on_purpose {
        let is_warning = problem.severity == Severity::Warning;
        facts.assessment =
            if is_warning { Assessment::Warn(problem.clone()) } else { Assessment::Refuse(problem.clone()) };
    }
    let deviations: Vec<String> = on_purpose.iter().map(|p| format!("answered with {} on purpose", p.code)).collect();
    let mut answers = Vec::new();
    for action in party.msh.step(Input::Arrived(facts), now) {
        match action {
            Action::Answer { answer: Answer::Fault(reason), .. } => {
                answers.extend(fault::about(run, message, &reason));
            }
            Action::Answer { message_id, answer } => {
                let id = run.uuid();
                let signal = Signal { about, message_id: &id, timestamp: &timestamp };
                if let Some(mut answer) = composed(&party.party.identity, &signal, &answer, &ends) {
                    answer.deviations.clone_from(&deviations);
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

/// Our own keys sign; should they not, the subject is simply not answered, and the log shows it. For a SOAP Fault see
/// [`fault`].
fn composed(identity: &Identity, signal: &Signal<'_>, answer: &Answer, ends: &Ends) -> Option<StoredAnswer> {
    let (what, composed) = match answer {
        Answer::Acknowledgment => {
            ("Acknowledgment", compose::acknowledgment(identity, signal, msh::SignalShape::default()))
        }
        Answer::ErrorList(problem) => ("ErrorList", compose::error_list(identity, signal, problem)),
        Answer::Fault(_) => return None,
    };
    let entity = composed.ok()?.entity;
    Some(StoredAnswer {
        what,
        entity: Kept::new(entity),
        ends: ends.clone(),
        in_reply_to: None,
        deviations: Vec::new(),
    })
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
            other => {
                let head = match other {
                    Some(Business::Head(head)) => Some(head),
                    _ => None,
                };
                let msg_id = lower(head.as_ref().and_then(|h| h.msg_id()));
                let message_id = lower(envelope.and_then(Envelope::message_id)).unwrap_or_default();
                let envelope = envelope.cloned().map(Box::new);
                run.desk().inward.arrived.push(Arrived { seq: arrived, message_id, msg_id, envelope, head });
                run.news.notify_waiters();
                return;
            }
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
            refuses: match message.kind() {
                MessageKind::Fault => true,
                MessageKind::ErrorList => {
                    envelope.is_some_and(|e| e.error_lists.iter().any(|list| list.severity() == Severity::Error))
                }
                _ => false,
            },
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
