//! What a scenario file can get wrong beyond its types.

use super::model::{Side, Step};
use super::parse::Loaded;
use crate::yaml::Reader;
use std::collections::BTreeSet;

/// A remark that does not stop a scenario from running.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lint {
    /// Line.
    pub line: u32,
    /// What.
    pub message: String,
}

/// Labels that are used before they are given, given twice, or judged without being sent; roles unbound.
pub(super) fn labels(loaded: &Loaded, reader: &mut Reader) {
    let mut known: BTreeSet<&str> = BTreeSet::new();
    let roles = &loaded.scenario.parties;
    for (step, &line) in loaded.scenario.steps.iter().zip(&loaded.step_lines) {
        let (given, used): (Option<&str>, Option<&str>) = match step {
            Step::Send(send) => {
                for role in [&send.from, &send.to].into_iter().flatten().filter(|role| !roles.contains_key(*role)) {
                    reader.mistake(line, 5, 1, format!("role `{role}` is not under `parties`"));
                }
                if send.from.as_ref().and_then(|role| roles.get(role)) == Some(&Side::Subject) {
                    reader.mistake(line, 5, 1, "`send` is for the harness; the subject sends by itself".to_owned());
                }
                (Some(&send.label), send.copy.as_deref())
            }
            Step::Resend(label) => (None, Some(label)),
            Step::Await(target) | Step::Quiet(target) | Step::Ignore(target) => (None, target.target().map(|t| t.1)),
            Step::Reacknowledge(again) => (Some(&again.label), Some(&again.apprec)),
            Step::Restart(_) => (None, None),
            Step::Mode(mode) => {
                if let Some(role) = mode.about.as_ref().filter(|role| !roles.contains_key(*role)) {
                    reader.mistake(line, 5, 1, format!("role `{role}` is not under `parties`"));
                }
                (None, None)
            }
        };
        if let Some(label) = used.filter(|label| !known.contains(label)) {
            reader.mistake(line, 5, 1, format!("label `{label}` is not given by any earlier `send`"));
        }
        if let Some(label) = given.filter(|label| !known.insert(label)) {
            reader.mistake(line, 5, 1, format!("label `{label}` is given twice"));
        }
    }
    for (label, &line) in &loaded.outcome_lines {
        if !known.contains(label.as_str()) {
            reader.mistake(line, 3, label.chars().count(), format!("no step sends `{label}`"));
        }
    }
}

/// Messages that there are not, at the step that sends them or, where a claim is asked for, at the file's beginning.
pub fn unknown_messages(loaded: &Loaded, known: &[&str]) -> Vec<Lint> {
    let sent = loaded.scenario.steps.iter().zip(&loaded.step_lines).filter_map(|(step, &line)| match step {
        Step::Send(send) => send.message.as_deref().map(|name| (name, line)),
        _ => None,
    });
    let needed = (loaded.scenario.needs.message.as_str(), 1);
    let unknown = std::iter::once(needed).chain(sent).filter(|(name, _)| !known.contains(name));
    unknown
        .map(|(name, line)| Lint {
            line,
            message: format!("message `{name}` is not known; known are {}", known.join(", ")),
        })
        .collect()
}

/// Remarks: requirement ids that `known` does not have, labels without outcome.
pub fn lint(loaded: &Loaded, known: &dyn Fn(&str) -> bool) -> Vec<Lint> {
    let mut lints = Vec::new();
    for id in loaded.scenario.exercises.iter().filter(|id| !known(id)) {
        lints.push(Lint { line: 1, message: format!("`exercises` names {id}, which is not in the catalogue") });
    }
    for (label, outcomes) in &loaded.scenario.outcomes {
        let line = loaded.outcome_lines.get(label).copied().unwrap_or(1);
        for id in outcomes.iter().flat_map(|o| o.requirement.list()).filter(|id| !known(id)) {
            lints.push(Lint {
                line,
                message: format!("outcome of `{label}` names {id}, which is not in the catalogue"),
            });
        }
    }
    lints
}
