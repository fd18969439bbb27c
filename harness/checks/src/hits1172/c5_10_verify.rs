//! HITS 1172 5.10.1, proof: the certificate, its validity, and whether the signature verifies.

use super::c5_10::signature;
use crate::check::{Finding, MessageCheck, Seen, message, shown};
use crate::verdict::Cause;
use jiff::{SignedDuration, Timestamp};
use wire::certificate::Certificate;
use wire::place::Located;
use wire::signature::{ReferenceOutcome, ValueOutcome, Verdict, Verification};

pub(super) const CHECKS: &[MessageCheck] = &[
    message("HITS1172-46", "a certificate that can be read", certificate_readable),
    message("HITS1172-104", "eb:Timestamp not before the certificate's validity", |s| validity(s, Bound::Start)),
    message("HITS1172-105", "eb:Timestamp not after the certificate's validity", |s| validity(s, Bound::End)),
    message("HITS1172-50", "a signature that verifies", verifies),
];

/// Local time is at most so far from UTC.
const ZONE_MARGIN: SignedDuration = SignedDuration::from_hours(14);

fn certificate_readable(seen: &Seen<'_>) -> Option<Finding> {
    let written = signature(seen)?.certificates().first()?;
    Some(match Certificate::from_base64(&written.value) {
        Ok(certificate) => Finding::satisfied(&written.place, certificate.subject()),
        Err(error) => Finding::violated(&written.place, error.to_string()),
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    Start,
    End,
}

/// Rules 104 and 105 compare with the time in the message, not with that of reception. A time without zone is
/// read as UTC (HIS 1037 6.2.1 expects UTC); where another zone could turn the verdict round, nothing is said.
fn validity(seen: &Seen<'_>, bound: Bound) -> Option<Finding> {
    let certificate = Certificate::from_base64(&signature(seen)?.certificates().first()?.value).ok()?;
    let written = seen.header()?.message_data.first()?.timestamp.first()?;
    let (time, margin) = time_of(written)?;
    let limit = match bound {
        Bound::Start => certificate.not_before(),
        Bound::End => certificate.not_after(),
    };
    let holds = |time: Timestamp| match bound {
        Bound::Start => limit <= time,
        Bound::End => time <= limit,
    };
    let early = time.checked_sub(margin).ok()?;
    let late = time.checked_add(margin).ok()?;
    if holds(early) != holds(late) {
        return None;
    }
    let expected = match bound {
        Bound::Start => format!("{limit} or later"),
        Bound::End => format!("{limit} or earlier"),
    };
    Some(Finding::when(holds(time), &written.place, shown(&written.value)).expected(expected))
}

fn time_of(written: &Located<String>) -> Option<(Timestamp, SignedDuration)> {
    let text = written.value.trim();
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some((time, SignedDuration::ZERO));
    }
    let time = format!("{text}Z").parse().ok()?;
    Some((time, ZONE_MARGIN))
}

/// Rule 50. Where another rule says what is missing or not allowed, that rule speaks and this one is silent.
/// Of bare XML the attachments are not seen, so only its own digest and the signature value can be wrong.
pub(super) fn verifies(seen: &Seen<'_>) -> Option<Finding> {
    let block = signature(seen)?;
    let is_whole = seen.envelope()?.signatures.len() == 1
        && !block.signature_value.is_empty()
        && block.certificates().first().is_some_and(|c| Certificate::from_base64(&c.value).is_ok())
        && block.references().iter().any(wire::signature::Reference::is_root)
        && block.references().iter().all(|r| r.uri.is_some() && r.digest_value.is_some());
    let verification = seen.record.message.signature.as_ref().filter(|_| is_whole)?;
    if let Some(finding) = digest_differs(verification) {
        return Some(finding);
    }
    let place = &block.place;
    match &verification.value {
        ValueOutcome::Broken => {
            Some(Finding::violated(place, "the signature value is not that of ds:SignedInfo by this certificate")
                .hint("often the certificate in KeyInfo is not that of the signing key, or SignedInfo was changed after signing"))
        }
        ValueOutcome::CannotTell(reason) => {
            let method = verification.method.as_ref();
            let allowed = method.is_some_and(|m| seen.profile.algorithms.signature.contains(m));
            allowed.then(|| Finding::cannot_tell(Cause::Harness, place, reason.clone()))
        }
        ValueOutcome::Verified => unresolved(seen, verification)
            .or_else(|| Some(Finding::satisfied(place, "it verifies")).filter(|_| verification.is_valid())),
    }
}

fn digest_differs(verification: &Verification) -> Option<Finding> {
    verification.references.iter().find_map(|reference| match &reference.verdict {
        Verdict::Differs { computed, stated } => {
            let what = match reference.uri.as_deref() {
                Some("") | None => "the envelope".to_owned(),
                Some(uri) => shown(uri),
            };
            let finding =
                Finding::violated(&reference.place, format!("{what} has digest {computed}, stated is {stated}"));
            Some(
                finding
                    .hint("the content was changed after signing, or another canonical form or encoding was digested"),
            )
        }
        _ => None,
    })
}

/// A reference to a part that is not there: the manifest's rules speak when the manifest names it too.
fn unresolved(seen: &Seen<'_>, verification: &Verification) -> Option<Finding> {
    let entity = &seen.record.message.entity;
    let manifests = &seen.envelope()?.manifests;
    let named = |uri: &str| {
        let hrefs = manifests.iter().flat_map(|m| &m.references).filter_map(|r| r.href.as_ref());
        hrefs.into_iter().any(|href| href.value == uri)
    };
    let missing = |reference: &&ReferenceOutcome| {
        reference.uri.as_deref().is_some_and(|uri| {
            uri.strip_prefix("cid:").is_some_and(|id| entity.part_by_content_id(id).is_none()) && !named(uri)
        })
    };
    let found = verification.references.iter().find(missing).filter(|_| !seen.record.message.bare)?;
    let uri = found.uri.as_deref().unwrap_or_default();
    Some(Finding::violated(&found.place, format!("{} names no part of the message", shown(uri))))
}
