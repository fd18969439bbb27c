//! HITS 1172: validation of ebXML messages. A file a chapter, a row a rule.
//!
//! One flaw is one finding where the rules stand above each other: a rule about a part is silent when another
//! rule says that the part is missing. A value that a signal only copied from a faulty message of ours is not
//! held against the subject.

mod c4_2;
mod c5_10;
mod c5_10_verify;
mod c5_12;
mod c5_13;
mod c5_14;
mod c5_14_4;
mod c5_2;
mod c5_5;
mod c5_5_1;
mod c5_6;
mod c5_7;
mod c5_8;
mod c5_8_party;
mod processing;

use crate::check::{ExchangeCheck, Finding, MessageCheck, RunCheck, Seen, shown};
use wire::ebxml::{Service, names};
use wire::identifier::MessageId;
use wire::place::{Located, Place};

/// The chapters' tables of what is written.
pub(crate) const MESSAGE_CHECKS: &[&[MessageCheck]] = &[
    c5_2::CHECKS,
    c5_5_1::CHECKS,
    c5_5::CHECKS,
    c5_6::CHECKS,
    c5_7::CHECKS,
    c5_8::CHECKS,
    c5_8_party::CHECKS,
    c5_10::CHECKS,
    c5_10_verify::CHECKS,
    c5_12::CHECKS,
    c5_13::CHECKS,
    c5_14::CHECKS,
    c5_14_4::CHECKS,
];

/// The chapters' tables of what is done.
pub(crate) const EXCHANGE_CHECKS: &[&[ExchangeCheck]] = &[c4_2::CHECKS, processing::CHECKS];

/// What is seen only of a run as a whole.
pub(crate) const RUN_CHECKS: &[&[RunCheck]] = &[c4_2::RUN_CHECKS];

pub(crate) use c4_2::{Answer, is_turned_away, says_unknown};

/// The Service of signals. An absent or empty Service is spoken of by rules 47 and 71.
fn signal_service(seen: &Seen<'_>) -> Option<Finding> {
    let service: &Service = seen.header()?.service.first()?;
    let value = &service.value;
    if value.value.trim().is_empty() {
        return None;
    }
    Some(Finding::when(value.value == names::SIGNAL_SERVICE, &value.place, shown(&value.value)))
}

/// The Action of signals. An absent or empty Action is spoken of by rules 48 and 72.
fn signal_action(seen: &Seen<'_>, action: &str) -> Option<Finding> {
    let value = seen.header()?.action.first()?;
    if value.value.trim().is_empty() {
        return None;
    }
    Some(Finding::when(value.value == action, &value.place, shown(&value.value)))
}

/// An identifier that has to be there, as a UUID or as RFC 2822 has it (rules 102, 108 and 122 since
/// 15.11.2019). `copied` is the value that it was to be copied from: what was wrong there is not the
/// subject's doing.
fn identifier(value: Option<&Located<String>>, absent_at: &Place, copied: Option<&str>) -> Option<Finding> {
    let Some(value) = value else {
        return Some(Finding::violated(absent_at, "absent"));
    };
    match value.value.parse::<MessageId>() {
        Ok(_) => Some(Finding::satisfied(&value.place, shown(&value.value))),
        Err(_) if copied.is_some_and(|c| c.trim() == value.value.trim()) => None,
        Err(error) => Some(Finding::violated(&value.place, format!("{} ({error})", shown(&value.value)))),
    }
}
