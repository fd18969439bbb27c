//! HITS 1172 5.14.1–5.14.3: DuplicateElimination, AckRequested, Manifest.

use super::c5_8::must_understand;
use crate::check::{Finding, MessageCheck, Seen, message, place_or, shown, shown_or_absent};
use wire::ebxml::{AckRequested, Envelope, Manifest, ManifestReference, MessageKind};
use wire::mime::Part;
use wire::place::Place;

pub(super) const CHECKS: &[MessageCheck] = &[
    message("HITS1172-74", "eb:DuplicateElimination", duplicate_elimination),
    message("HITS1172-75", "eb:AckRequested in SOAP:Header", ack_requested_present),
    message("HITS1172-5.14.2-u1", "attribute SOAP:mustUnderstand", |s| {
        let found = ack_requested(s)?;
        let value = found.must_understand.as_ref();
        let place = place_or(value, &found.place, "@SOAP:mustUnderstand");
        Some(Finding::when(value.is_some(), &place, shown_or_absent(value)))
    }),
    message("HITS1172-5.14.2-u2", "SOAP:mustUnderstand 1", |s| {
        must_understand(ack_requested(s)?.must_understand.as_ref())
    }),
    message("HITS1172-94", "eb:signed true or 1", signed),
    message("HITS1172-5.14.2-p1", "no eb:AckRequested in an acknowledgment", |s| {
        no_ack_requested(s.of_kind(MessageKind::Acknowledgment)?)
    }),
    message("HITS1172-5.14.2-p2", "no eb:AckRequested in an error message", |s| {
        no_ack_requested(s.of_kind(MessageKind::ErrorList)?)
    }),
    message("HITS1172-5", "eb:Manifest/@eb:version 2.0", manifest_version),
    message("HITS1172-6", "at least one eb:Reference", references_present),
    message("HITS1172-27", "an attachment for every eb:Reference", attachment_present),
    message("HITS1172-5.14.3-u1", "an xlink:href that is not empty", href_given),
    message("HITS1172-23", "a Content-ID that is in the message", content_id_found),
    message("HITS1172-5.14.3-p1", "eb:Manifest whose cid is the Content-ID of the attachment", manifest_present),
    message("HITS1172-5.14.3-p2", "no eb:Manifest in an acknowledgment", |s| {
        no_manifest(s.of_kind(MessageKind::Acknowledgment)?)
    }),
    message("HITS1172-5.14.3-p3", "no eb:Manifest in an error message", |s| {
        no_manifest(s.of_kind(MessageKind::ErrorList)?)
    }),
];

fn duplicate_elimination(seen: &Seen<'_>) -> Option<Finding> {
    let header = seen.of_kind(MessageKind::Payload)?.header()?;
    Some(match header.duplicate_elimination.first() {
        Some(place) => Finding::satisfied(place, "present"),
        None => Finding::violated(&header.place.child("eb:DuplicateElimination"), "absent"),
    })
}

fn ack_requested<'h>(seen: &Seen<'h>) -> Option<&'h AckRequested> {
    seen.of_kind(MessageKind::Payload)?.ack_requested.first()
}

fn ack_requested_present(seen: &Seen<'_>) -> Option<Finding> {
    let envelope = seen.of_kind(MessageKind::Payload)?;
    let header = envelope.headers.first()?;
    Some(match envelope.ack_requested.first() {
        Some(found) => Finding::satisfied(&found.place, "present"),
        None => Finding::violated(&header.child("eb:AckRequested"), "absent"),
    })
}

fn signed(seen: &Seen<'_>) -> Option<Finding> {
    let found = ack_requested(seen)?;
    let value = found.signed.as_ref();
    let is_right = value.is_some_and(|v| matches!(v.value.trim(), "true" | "1"));
    Some(Finding::when(is_right, &place_or(value, &found.place, "@eb:signed"), shown_or_absent(value)))
}

fn no_ack_requested(envelope: &Envelope) -> Option<Finding> {
    let header = envelope.headers.first()?;
    Some(match envelope.ack_requested.first() {
        Some(found) => Finding::violated(&found.place, "eb:AckRequested"),
        None => Finding::satisfied(&header.child("eb:AckRequested"), "absent"),
    })
}

fn no_manifest(envelope: &Envelope) -> Option<Finding> {
    let body = envelope.bodies.first()?;
    Some(match envelope.manifests.first() {
        Some(found) => Finding::violated(&found.place, "eb:Manifest"),
        None => Finding::satisfied(&body.child("eb:Manifest"), "absent"),
    })
}

fn manifest<'h>(seen: &Seen<'h>) -> Option<&'h Manifest> {
    seen.of_kind(MessageKind::Payload)?.manifests.first()
}

fn manifest_version(seen: &Seen<'_>) -> Option<Finding> {
    let found = manifest(seen)?;
    let value = found.version.as_ref();
    let is_right = value.is_some_and(|v| v.value.trim() == "2.0");
    Some(Finding::when(is_right, &place_or(value, &found.place, "@eb:version"), shown_or_absent(value)))
}

fn references_present(seen: &Seen<'_>) -> Option<Finding> {
    let found = manifest(seen)?;
    Some(match found.references.first() {
        Some(reference) => Finding::satisfied(&reference.place, format!("{}", found.references.len())),
        None => Finding::violated(&found.place.child("eb:Reference"), "absent"),
    })
}

fn href_given(seen: &Seen<'_>) -> Option<Finding> {
    let references = &manifest(seen)?.references;
    let first = references.first()?;
    let is_given = |r: &&ManifestReference| r.href.as_ref().is_some_and(|h| !h.value.trim().is_empty());
    Some(match references.iter().find(|r| !is_given(r)) {
        Some(reference) => {
            let place = place_or(reference.href.as_ref(), &reference.place, "@xlink:href");
            Finding::violated(&place, shown_or_absent(reference.href.as_ref()))
        }
        None => Finding::satisfied(&first.place, shown_or_absent(first.href.as_ref())),
    })
}

/// The attachments of a message that came with its MIME structure.
fn attachments<'h>(seen: &Seen<'h>) -> Option<Vec<&'h Part>> {
    let message = &seen.record.message;
    (!message.bare).then(|| message.attachments().map(|(_, part)| part).collect())
}

/// Rule 27: a reference promises a payload.
fn attachment_present(seen: &Seen<'_>) -> Option<Finding> {
    let attachments = attachments(seen)?;
    let reference = manifest(seen)?.references.first()?;
    Some(Finding::when(!attachments.is_empty(), &reference.place, format!("{} attachments", attachments.len())))
}

fn cids(manifest: &Manifest) -> impl Iterator<Item = (&str, &Place)> {
    let hrefs = manifest.references.iter().filter_map(|r| r.href.as_ref());
    hrefs.filter(|h| !h.value.trim().is_empty()).map(|h| (h.value.trim(), &h.place))
}

/// Rule 23 is silent where rule 27 says that there is no attachment at all.
fn content_id_found(seen: &Seen<'_>) -> Option<Finding> {
    attachments(seen).filter(|a| !a.is_empty())?;
    let entity = &seen.record.message.entity;
    let found = manifest(seen)?;
    let is_there = |cid: &str| cid.strip_prefix("cid:").is_some_and(|id| entity.part_by_content_id(id).is_some());
    let (first, place) = cids(found).next()?;
    Some(match cids(found).find(|(cid, _)| !is_there(cid)) {
        Some((cid, place)) => Finding::violated(place, shown(cid))
            .hint("cid: and the Content-ID without its angle brackets have to be the same text"),
        None => Finding::satisfied(place, shown(first)),
    })
}

/// The prose of 5.14.3. Its second half is silent where rule 23 speaks: then the cid names no part at all.
fn manifest_present(seen: &Seen<'_>) -> Option<Finding> {
    let attachments = attachments(seen).filter(|a| !a.is_empty())?;
    let envelope = seen.of_kind(MessageKind::Payload)?;
    let body = envelope.bodies.first()?;
    let Some(found) = envelope.manifests.first() else {
        return Some(Finding::violated(&body.child("eb:Manifest"), "absent, though there is an attachment"));
    };
    let entity = &seen.record.message.entity;
    let (mut first, mut wrong) = (None, None);
    for (cid, place) in cids(found) {
        let part = cid.strip_prefix("cid:").and_then(|id| entity.part_by_content_id(id))?;
        first.get_or_insert((cid, place));
        if !attachments.iter().any(|a| std::ptr::eq(*a, part)) {
            wrong.get_or_insert((cid, place));
        }
    }
    match wrong {
        Some((cid, place)) => Some(Finding::violated(place, format!("{} is no attachment", shown(cid)))),
        None => first.map(|(cid, place)| Finding::satisfied(place, shown(cid))),
    }
}
