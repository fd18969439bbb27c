//! What registers were asked, in one sentence: what a system never asked explains more than what it did.

use crate::View;
use crate::visible::{clean, clipped};
use evidence::register::{ModeSet, RegisterAsked};
use std::collections::BTreeMap;

/// Calls that are listed one by one.
const CALLS_MAX: usize = 8;

/// How often which call, and what was never asked; `None` for a run without registers.
pub(crate) fn summary(view: &View<'_>) -> Option<String> {
    let asked = &view.history.asked;
    let told = checks::register_diagnosis(view.history);
    if asked.is_empty() {
        return told;
    }
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (asked, _) in asked {
        *counts.entry((&asked.register, &asked.operation)).or_default() += 1;
    }
    let mut calls: Vec<String> =
        counts.iter().take(CALLS_MAX).map(|((register, call), n)| format!("{register} {call} {n}")).collect();
    if counts.len() > CALLS_MAX {
        calls.push("and more".to_owned());
    }
    let wrong = asked.iter().filter(|(asked, _)| asked.mode.is_some()).count();
    let wrong = if wrong > 0 { format!("; {wrong} of these wrong on purpose") } else { String::new() };
    let told = told.map(|told| format!("; {told}")).unwrap_or_default();
    Some(clean(&format!("asked {}{wrong}{told}", calls.join(", "))))
}

/// A request, and how it was answered.
pub(crate) fn asked_in_words(asked: &RegisterAsked) -> String {
    let about = asked.about.as_ref().map(|about| format!(" about {}", clipped(about, 60))).unwrap_or_default();
    let status = asked.status.map_or("no answer".to_owned(), |status| format!("HTTP {status}"));
    let mode = asked.mode.as_ref().map(|mode| format!(", {mode} as the scenario wants it")).unwrap_or_default();
    clean(&format!("register {} asked: {}{about}: {status}{mode}", asked.register, asked.operation))
}

/// A fault that was switched on.
pub(crate) fn mode_in_words(set: &ModeSet) -> String {
    let call = set.call.as_ref().map(|call| format!(" to {call}")).unwrap_or_default();
    let about = set.about.map(|her| format!(" about {her}")).unwrap_or_default();
    clean(&format!("from here register {} answers {}{call}{about}", set.register, set.mode))
}
