//! From observations to findings, grouped by requirement.

use super::{Class, Finding, ScenarioPlace, excerpt};
use crate::View;
use crate::cases;
use crate::index::Index;
use crate::visible::clean;
use checks::catalogue::Requirement;
use checks::observation::{Observation, Remark};
use checks::verdict::Verdict;
use evidence::event::Seq;
use evidence::history::{Author, MessageRecord};
use std::collections::BTreeMap;
use wire::place::Place;

/// Everything that is not as it has to be, most important first, each requirement once a class. Remarks are not among
/// them: they count neither way.
pub fn findings(view: &View<'_>) -> Vec<Finding> {
    from_index(&Index::of(view))
}

pub(crate) fn from_index(index: &Index<'_>) -> Vec<Finding> {
    let judgement = index.view.judgement;
    let seen = judgement.observations.iter().filter_map(|o| Some((class_of(index, o)?, o)));
    let suite = judgement.suite_defects.iter().map(|o| (Class::SuiteDefect, o));
    let mut groups: BTreeMap<(Class, &str), Vec<&Observation>> = BTreeMap::new();
    for (class, observation) in seen.chain(suite) {
        groups.entry((class, observation.requirement.as_str())).or_default().push(observation);
    }
    groups.into_iter().map(|((class, _), group)| of_group(index, class, &group)).collect()
}

/// What the standards leave open, each requirement and reason once.
pub(crate) fn remarks(index: &Index<'_>) -> Vec<Finding> {
    let mut groups: BTreeMap<(&str, &str), Vec<&Remark>> = BTreeMap::new();
    for remark in &index.view.judgement.remarks {
        groups.entry((remark.requirement.as_str(), remark.text)).or_default().push(remark);
    }
    groups.into_values().map(|group| of_remarks(index, &group)).collect()
}

fn class_of(index: &Index<'_>, observation: &Observation) -> Option<Class> {
    match observation.verdict {
        Verdict::Satisfied => None,
        Verdict::CannotTell(cause) => Some(Class::NotEstablished(cause)),
        Verdict::Violated if index.level(observation.requirement.as_str()).is_obligation() => Some(Class::Violated),
        Verdict::Violated => Some(Class::Advice),
    }
}

fn of_group(index: &Index<'_>, class: Class, group: &[&Observation]) -> Finding {
    let first = group[0];
    let events = group.iter().map(|o| o.about);
    let finding = base(index, class, first.requirement.as_str(), first.about, &first.place, events);
    Finding {
        scenario: first.scenario.as_deref().map(|scenario| scenario_place(index, scenario, first.scenario_line)),
        expected: clean(&first.expected),
        got: clean(&first.got),
        likely: first.cause_hint,
        ..finding
    }
}

fn of_remarks(index: &Index<'_>, group: &[&Remark]) -> Finding {
    let first = group[0];
    let events = group.iter().map(|r| r.about);
    let finding = base(index, Class::Remark, first.requirement.as_str(), first.about, &first.place, events);
    Finding { got: clean(&first.got), likely: Some(first.text), ..finding }
}

/// What every finding has, whatever it is made from.
fn base(
    index: &Index<'_>,
    class: Class,
    id: &str,
    event: Seq,
    place: &Place,
    events: impl ExactSizeIterator<Item = Seq>,
) -> Finding {
    let requirement = index.view.catalogue.get(id);
    let record = index.message(event);
    let count = events.len();
    let mut others: Vec<Seq> = events.filter(|&seq| seq != event).collect();
    others.dedup();
    let reason = index.view.profile.obligation(id).and_then(|o| o.reason.as_ref());
    Finding {
        class,
        requirement: id.to_owned(),
        statement: requirement.map_or_else(|| "named by a scenario".to_owned(), headline),
        event,
        event_name: event_name(index, event, record),
        blob: index.blob(event).map(|digest| digest.to_string()[..8].to_owned()),
        scenario: None,
        place: clean(&place.to_string()),
        excerpt: record.and_then(|record| excerpt::of(record, place)),
        expected: String::new(),
        got: String::new(),
        source: requirement.map_or_else(|| "a scenario".to_owned(), Requirement::source_line),
        likely: None,
        profile_reason: reason.map(|reason| reason.en.clone()),
        hints: hints(index, event, id, requirement.is_some()),
        count,
        others,
    }
}

/// What is demanded, and of what: many a statement leaves its subject to the column beside it.
pub(crate) fn headline(requirement: &Requirement) -> String {
    let last = requirement.subject.rsplit(['/', ':', '@']).next().unwrap_or_default().trim();
    if requirement.statement.to_lowercase().contains(&last.to_lowercase()) {
        requirement.statement.clone()
    } else {
        format!("{}: {}", requirement.subject, requirement.statement)
    }
}

fn event_name(index: &Index<'_>, event: Seq, record: Option<&MessageRecord>) -> String {
    let Some(record) = record else {
        return index.view.history.event_names.get(&event).copied().unwrap_or("event").to_owned();
    };
    let by = match index.origin(event).filter(|_| record.carrier == "file") {
        Some(file) => format!("in {}", clean(file)),
        None if record.author == Author::Harness => "from the harness".to_owned(),
        None => "from the subject".to_owned(),
    };
    let what = match record.composed.as_ref() {
        Some(composed) => clean(&composed.what),
        None => record.message.kind().name().to_owned(),
    };
    format!("{what} {by}")
}

fn hints(index: &Index<'_>, event: Seq, id: &str, known: bool) -> Vec<String> {
    let mut hints = Vec::new();
    // Of an inspection nothing is kept that could be shown.
    if !cases::is_inspection(&index.view) {
        hints.push(format!("provestein show {} --event {event}", quoted(index.view.run_name)));
    }
    if known {
        hints.push(format!("provestein explain {id}"));
    }
    hints
}

/// A name as a shell takes it.
pub(crate) fn quoted(name: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:+@=,".contains(c);
    if !name.is_empty() && name.chars().all(plain) {
        name.to_owned()
    } else {
        format!("'{}'", clean(name).replace('\'', "'\\''"))
    }
}

fn scenario_place(index: &Index<'_>, scenario: &str, line: Option<u32>) -> ScenarioPlace {
    ScenarioPlace {
        scenario: clean(scenario),
        file: clean(index.file(scenario).unwrap_or(scenario)),
        line,
        text: line.and_then(|line| index.scenario_line(scenario, line)),
    }
}
