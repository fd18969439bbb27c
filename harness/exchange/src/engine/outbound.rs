//! Sending: recorded before, answered or failed after.

use super::inbox;
use super::run::Run;
use carrier::http::{Answer, FailureKind};
use carrier::port::Pending;
use evidence::digest::Digest;
use evidence::event::{Composed, Event, Seq, TransportFailure};
use evidence::log::LogError;
use std::sync::Arc;

/// Sends one of our signals about an arrival. Boxed: what the other side answers on the connection is an arrival too,
/// and is answered in its turn.
pub(super) fn send_signal(
    run: Arc<Run>,
    what: &'static str,
    entity: Vec<u8>,
    about: Seq,
) -> Pending<'static, Result<(), LogError>> {
    Box::pin(async move {
        let composed = Composed {
            scenario: None,
            label: None,
            line: 0,
            what: what.to_owned(),
            deviations: Vec::new(),
            entity: Digest::of(&entity),
        };
        let composed = run.record(Event::MessageComposed(composed), Some(about), vec![entity.clone()]).await?;
        transmit(&run, composed.seq, 1, &entity).await?;
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

/// Sends an entity and records what the carrier of the other side does.
pub(super) async fn transmit(
    run: &Arc<Run>,
    composed: Seq,
    attempt: u32,
    entity: &[u8],
) -> Result<Transmitted, LogError> {
    let address = run.outlet.address();
    let sent = Event::MessageSent { composed, to: address.clone(), attempt, mail: None };
    let sent = run.record(sent, Some(composed), Vec::new()).await?;
    match run.outlet.post(entity).await {
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
        inbox::receive(run, answer.entity, "http-response", from, Some(sent), None).await?;
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
