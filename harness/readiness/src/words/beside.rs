//! What stands beside a certificate in the register: overrides, disputes, conditions. Sentences without full stop.

use super::nb::day;
use crate::answer::Reason;
use certify::certificate::{Condition, Outcome};
use certify::standing::{Dispute, Override};
use jiff::civil::Date;

/// An override in English.
pub(crate) fn override_en(one: &Override) -> String {
    format!(
        "{} is treated as {} from {} to {} on the responsibility of {}: {}",
        one.requirement,
        one.status,
        one.on,
        one.until,
        one.by.join(" and "),
        one.reason
    )
}

/// An override in bokmål, for people who know the requirements.
pub(crate) fn override_nb(one: &Override) -> String {
    format!(
        "{} regnes som {} fra {} til {}, på ansvar av {}: {}",
        one.requirement,
        status_nb(&one.status),
        day(one.on),
        day(one.until),
        one.by.join(" og "),
        one.reason
    )
}

/// How an override stands on a day, in bokmål.
pub(crate) fn stands_nb(one: &Override, on: Date) -> &'static str {
    match one.stands(on) {
        "running" => "gjelder",
        "expired" => "gjelder ikke lenger",
        _ => "gjelder ikke ennå",
    }
}

/// A dispute in English.
pub(crate) fn dispute_en(one: &Dispute) -> String {
    format!(
        "{} disputes the finding about {}, event {} of run {}, since {}: {}",
        one.by, one.requirement, one.event, one.run, one.on, one.reason
    )
}

/// A dispute in bokmål.
pub(crate) fn dispute_nb(one: &Dispute) -> String {
    format!(
        "{} bestrider funnet om {}, hendelse {} i kjøring {}, siden {}: {}",
        one.by,
        one.requirement,
        one.event,
        one.run,
        day(one.on),
        one.reason
    )
}

/// A condition in bokmål, with what limits it.
pub(crate) fn condition_nb(one: &Condition) -> String {
    let about = if one.messages.is_empty() { String::new() } else { format!(" (gjelder {})", one.messages.join(", ")) };
    let until = one.until.map(|until| format!(" (til {})", day(until))).unwrap_or_default();
    format!("{}{about}{until}", one.nb)
}

/// What the test itself said, where overrides make it something else: English.
pub(crate) fn instead_en(reason: &Reason<'_>) -> Option<String> {
    let overridden = reason.overridden();
    let certified = overridden.iter().map(|(_, one)| one.certified).max()?;
    let by = overridden.iter().flat_map(|(_, one)| &one.by).map(|one| override_en(one));
    Some(format!("by an override, though the certificate says {}: {}", certified.word(), each_once(by).join("; ")))
}

/// The same in bokmål.
pub(crate) fn instead_nb(reason: &Reason<'_>) -> Option<String> {
    let overridden = reason.overridden();
    let certified = match overridden.iter().map(|(_, one)| one.certified).max()? {
        Outcome::Met => "alle krav er oppfylt",
        Outcome::NotEstablished => "ikke alle krav kunne avgjøres",
        Outcome::Violated => "krav er brutt",
    };
    let by = overridden.iter().flat_map(|(_, one)| &one.by).map(|one| override_nb(one));
    Some(format!("etter et unntak, selv om sertifikatet sier at {certified}: {}", each_once(by).join("; ")))
}

fn status_nb(status: &str) -> &str {
    match status {
        "verified" => "oppfylt",
        "violated" => "brutt",
        "not-established" => "ikke avklart",
        "not-exercised" => "ikke prøvd",
        "not-applicable" => "ikke aktuelt",
        "not-observable" => "ikke mulig å se",
        other => other,
    }
}

fn each_once(all: impl Iterator<Item = String>) -> Vec<String> {
    let mut seen: Vec<String> = Vec::new();
    all.for_each(|one| {
        if !seen.contains(&one) {
            seen.push(one);
        }
    });
    seen
}
