//! HITS 1172 5.2 and 4.2.2: what each kind of message always has, and how signals are packed.
//!
//! These sentences sum up what single rules say. They speak of the number of the blocks that decide what a
//! message is, so a message without its MessageHeader breaks rule 4 and this.

use crate::check::{Finding, MessageCheck, Seen, message};
use wire::ebxml::{Envelope, MessageKind};
use wire::place::Place;

pub(super) const CHECKS: &[MessageCheck] = &[
    message("HITS1172-5.2-p2", "exactly one eb:MessageHeader and one ds:Signature", |s| {
        let e = s.envelope().filter(|_| {
            matches!(
                s.kind(),
                MessageKind::Payload | MessageKind::Acknowledgment | MessageKind::ErrorList | MessageKind::Unknown
            )
        })?;
        counts(e, &[("eb:MessageHeader", e.message_headers.len()), ("ds:Signature", e.signatures.len())])
    }),
    message("HITS1172-5.2-p3", "exactly one eb:AckRequested and one eb:Manifest", |s| {
        let e = s.of_kind(MessageKind::Payload)?;
        counts(e, &[("eb:AckRequested", e.ack_requested.len()), ("eb:Manifest", e.manifests.len())])
    }),
    message("HITS1172-5.2-p4", "exactly one eb:Acknowledgment", |s| {
        let e = s.of_kind(MessageKind::Acknowledgment)?;
        counts(e, &[("eb:Acknowledgment", e.acknowledgments.len())])
    }),
    message("HITS1172-5.2-p5", "exactly one eb:ErrorList", |s| {
        let e = s.of_kind(MessageKind::ErrorList)?;
        counts(e, &[("eb:ErrorList", e.error_lists.len())])
    }),
    message("HITS1172-5.2-p6", "text/xml without multipart", packaging),
    message("HITS1172-4.2.2-p3", "a signal without any payload beside it", standalone),
];

/// Silent where rule 2 says that there is no Header to hold them.
fn counts(envelope: &Envelope, blocks: &[(&str, usize)]) -> Option<Finding> {
    let header = envelope.headers.first()?;
    let got: Vec<String> = blocks.iter().map(|(name, number)| format!("{number} {name}")).collect();
    Some(Finding::when(blocks.iter().all(|(_, number)| *number == 1), header, got.join(", ")))
}

fn is_signal(seen: &Seen<'_>) -> bool {
    seen.envelope().is_some() && seen.kind().is_signal() && !seen.record.message.bare
}

fn packaging(seen: &Seen<'_>) -> Option<Finding> {
    let found = seen.record.message.entity.content_type.as_ref().filter(|_| is_signal(seen))?;
    Some(Finding::when(!found.is_multipart(), &found.place, format!("`{}`", found.media_type)))
}

/// A signal goes alone. A Manifest in it is spoken of by 5.14.3, a payload by this.
fn standalone(seen: &Seen<'_>) -> Option<Finding> {
    if !is_signal(seen) {
        return None;
    }
    Some(match seen.record.message.attachments().next() {
        Some((_, part)) => Finding::violated(&part.place, "an attachment"),
        None => Finding::satisfied(&Place::named("MIME structure"), "no attachment"),
    })
}
