//! HITS 1172 5.5.1: the header fields of a mail. Over HTTP there are none of them, and nothing is said.
//!
//! A rule about what stands in a field is silent where the field itself is missing. Bounces and SOAP Faults are
//! filtered out before (4.2.2); what bears no sign of ebXML is nobody's message, as in 5.5.2.

use super::c5_5::bears_ebxml;
use crate::check::{Finding, MessageCheck, Seen, message, shown};
use wire::ebxml::MessageKind;
use wire::mime::{Entity, mail};
use wire::place::Place;

pub(super) const CHECKS: &[MessageCheck] = &[
    message("HITS1172-18", "mail header From", |s| present(s, "From")),
    message("HITS1172-80", "a From that is not empty", |s| filled(s, "From")),
    message("HITS1172-19", "mail header To", |s| present(s, "To")),
    message("HITS1172-81", "a To that is not empty", |s| filled(s, "To")),
    message("HITS1172-20", "mail header Date", |s| present(s, "Date")),
    message("HITS1172-83", "a Date that is not empty", |s| filled(s, "Date")),
    message("HITS1172-250", "mail header Message-ID", |s| present(s, "Message-ID")),
    message("HITS1172-251", "a Message-ID that is not empty", |s| filled(s, "Message-ID")),
];

/// The mail, when it is one that is validated.
fn validated<'h>(seen: &Seen<'h>) -> Option<&'h Entity> {
    let message = &seen.record.message;
    let is_validated = seen.over_mail()
        && bears_ebxml(message)
        && !message.bare
        && !mail::is_bounce(&message.entity)
        && message.kind() != MessageKind::Fault;
    is_validated.then_some(&message.entity)
}

fn present(seen: &Seen<'_>, name: &str) -> Option<Finding> {
    let mail = validated(seen)?;
    Some(match mail.headers.get(name) {
        Some(field) => Finding::satisfied(&field.place, shown(&field.value)),
        None => Finding::violated(&Place::named(format!("mail header {name}")), "absent"),
    })
}

fn filled(seen: &Seen<'_>, name: &str) -> Option<Finding> {
    let field = validated(seen)?.headers.get(name)?;
    Some(Finding::when(!field.value.trim().is_empty(), &field.place, shown(&field.value)))
}
