//! Sending: recorded before, answered or failed after.

use super::desk::StoredAnswer;
use super::inbox::{self, Origin, Waiting};
use super::post::{self, Ends};
use super::run::{Road, Run};
use carrier::http::{Answer, FailureKind};
use carrier::port::Pending;
use evidence::digest::Digest;
use evidence::event::{Composed, Event, Seq, TransportFailure};
use evidence::log::LogError;
use std::sync::Arc;
use wire::mime::mail::MailDraft;

/// Sends one of our signals about an arrival. Boxed: what the other side answers on the connection is an arrival too,
/// and is answered in its turn.
pub(super) fn send_signal(run: Arc<Run>, answer: StoredAnswer, about: Seq) -> Pending<'static, Result<(), LogError>> {
    Box::pin(async move {
        let StoredAnswer { what, entity, ends, in_reply_to, deviations } = answer;
        // Over mail each sending is a mail of its own, and so is the repeat of an answer.
        let bytes = entity.bytes(run.log.blobs())?;
        let (kept, entity) = match run.road.office() {
            Some(_) => (entity, MailDraft { in_reply_to, ..post::draft(&run, &ends, what) }.around(&bytes)),
            None => (entity, bytes),
        };
        let composed = Composed {
            scenario: None,
            label: None,
            line: 0,
            what: what.to_owned(),
            deviations,
            entity: Digest::of(&entity),
        };
        let composed = run.record(Event::MessageComposed(composed), Some(about), vec![entity.clone()]).await?;
        kept.is_recorded(Digest::of(&entity), &entity);
        let posting = Posting { composed: composed.seq, attempt: 1, entity: &entity, ends: &ends };
        transmit(&run, posting).await?;
        Ok(())
    })
}

/// What became of a sending.
pub(super) struct Transmitted {
    /// The sending.
    pub seq: Seq,
    /// Why it failed, if it did.
    pub failure: Option<(TransportFailure, String)>,
}

/// Something to be sent.
#[derive(Clone, Copy)]
pub(super) struct Posting<'a> {
    /// The composition.
    pub composed: Seq,
    /// From 1.
    pub attempt: u32,
    /// Over mail with the header fields of the mail.
    pub entity: &'a [u8],
    /// From whom to whom, by mail address.
    pub ends: &'a Ends,
}

/// Sends an entity and records what the carrier of the other side does.
pub(super) async fn transmit(run: &Arc<Run>, posting: Posting<'_>) -> Result<Transmitted, LogError> {
    let outlet = match &run.road {
        Road::Mail(office) => return post::transmit(run, office, posting).await,
        Road::Connection(outlet) => outlet,
    };
    let Posting { composed, attempt, entity, .. } = posting;
    let address = outlet.address();
    let sent = Event::MessageSent { composed, to: address.clone(), attempt, mail: None };
    let sent = run.record(sent, Some(composed), Vec::new()).await?;
    match outlet.post(entity).await {
        Ok(answer) => {
            answered(run, sent.seq, answer, &address).await?;
            Ok(Transmitted { seq: sent.seq, failure: None })
        }
        Err(failure) => {
            let kind = kind_of(failure.kind);
            let event = Event::TransportFailed { failure: kind, detail: failure.detail.clone() };
            run.record(event, Some(sent.seq), Vec::new()).await?;
            Ok(Transmitted { seq: sent.seq, failure: Some((kind, failure.detail)) })
        }
    }
}

async fn answered(run: &Arc<Run>, sent: Seq, answer: Answer, from: &str) -> Result<(), LogError> {
    let entity = (!answer.is_empty).then(|| Digest::of(&answer.entity));
    let blobs = if answer.is_empty { Vec::new() } else { vec![answer.entity.clone()] };
    run.record(Event::TransportAnswered { status: answer.status, entity }, Some(sent), blobs).await?;
    // What stands in the answer of the same connection is a message like any other: a SOAP Fault, or a receipt
    // from a subject that answers synchronously. Plain text and HTML are the server's, not the message handler's.
    if !answer.is_empty && looks_like_xml(&answer.entity) {
        let origin = Origin { carrier: "http-response", from: from.to_owned(), cause: Some(sent), mail: None };
        inbox::receive(run, answer.entity, origin, Waiting::Nobody).await?;
    }
    Ok(())
}

fn looks_like_xml(entity: &[u8]) -> bool {
    let decoded = wire::mime::Entity::decode(entity);
    let xml = |media: &str| media == "text/xml" || media == "multipart/related" || media == "application/soap+xml";
    decoded.content_type.as_ref().is_some_and(|c| xml(&c.media_type))
}

fn kind_of(kind: FailureKind) -> TransportFailure {
    match kind {
        FailureKind::Unreachable => TransportFailure::Unreachable,
        FailureKind::TimedOut => TransportFailure::TimedOut,
        FailureKind::ClosedEarly => TransportFailure::ClosedEarly,
        FailureKind::NotHttp => TransportFailure::NotHttp,
        FailureKind::TooLarge => TransportFailure::TooLarge,
        FailureKind::Tls => TransportFailure::Tls,
    }
}
