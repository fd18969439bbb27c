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
    let (mut triggered, mut asked): (BTreeSet<&str>, BTreeSet<&str>) = (BTreeSet::new(), BTreeSet::new());
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
            Step::Trigger(trigger) => {
                for (role, side) in [(&trigger.from, Side::Subject), (&trigger.to, Side::Harness)] {
                    if roles.get(role) != Some(&side) {
                        let message = format!("role `{role}` is not under `parties` as {}", side.word());
                        reader.mistake(line, 5, 1, message);
                    }
                }
                triggered.insert(&trigger.label);
                (Some(&trigger.label), trigger.answers.as_deref())
            }
            Step::Answer(answer) => (Some(&answer.label), Some(&answer.to)),
            Step::Ask(ask) => {
                asked.insert(&ask.label);
                (Some(&ask.label), None)
            }
        };
        if let Some(label) = used.filter(|label| !known.contains(label)) {
            reader.mistake(line, 5, 1, format!("label `{label}` is not given by any earlier step"));
        }
        if let Some((label, what)) = mismatch(step, &triggered) {
            reader.mistake(line, 5, 1, format!("`{label}` is {what}"));
        }
        if let Some(label) = given.filter(|label| !known.insert(label)) {
            reader.mistake(line, 5, 1, format!("label `{label}` is given twice"));
        }
    }
    for (label, &line) in &loaded.outcome_lines {
        let by_subject = loaded.scenario.outcomes[label].iter().any(|outcome| outcome.message.is_some());
        let message = match (known.contains(label.as_str()), asked.contains(label.as_str())) {
            (false, _) => format!("no step sends `{label}`"),
            (_, true) => format!("`{label}` is a question; what its answer says stands in the step"),
            _ if by_subject && !triggered.contains(label.as_str()) => {
                format!("`{label}` is sent by the harness; `message` is for what a `trigger` makes the subject send")
            }
            _ if !by_subject && triggered.contains(label.as_str()) => {
                format!("`{label}` is sent by the subject: its outcome is `message: arrives` or `message: none`")
            }
            _ => continue,
        };
        reader.mistake(line, 3, label.chars().count(), message);
    }
}

/// A label that is used for the wrong side's messages.
fn mismatch<'s>(step: &'s Step, triggered: &BTreeSet<&str>) -> Option<(&'s str, &'static str)> {
    const OURS: &str = "sent by the harness, not by a `trigger` step";
    const THEIRS: &str = "sent by the subject; the harness gives the receipts for it";
    match step {
        Step::Await(target) | Step::Quiet(target) | Step::Ignore(target) => {
            let (what, label) = target.target()?;
            match (what == "message", triggered.contains(label)) {
                (true, false) => Some((label, OURS)),
                (false, true) => Some((label, THEIRS)),
                _ => None,
            }
        }
        Step::Answer(answer) if !triggered.contains(answer.to.as_str()) => Some((&answer.to, OURS)),
        Step::Resend(label) if triggered.contains(label.as_str()) => Some((label, THEIRS)),
        Step::Send(send) => {
            let copied = send.copy.as_deref().filter(|label| triggered.contains(label))?;
            Some((copied, "sent by the subject; the harness copies only its own messages"))
        }
        _ => None,
    }
}

/// Messages that there are not, at the step that sends them or, where a claim is asked for, at the file's beginning.
pub fn unknown_messages(loaded: &Loaded, known: &[&str]) -> Vec<Lint> {
    let sent = loaded.scenario.steps.iter().zip(&loaded.step_lines).filter_map(|(step, &line)| match step {
        Step::Send(send) => send.message.as_deref().map(|name| (name, line)),
        Step::Trigger(trigger) => Some((trigger.message.as_str(), line)),
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
    for (step, &line) in loaded.scenario.steps.iter().zip(&loaded.step_lines) {
        let Step::Ask(ask) = step else { continue };
        for id in ask.requirement.list().into_iter().filter(|id| !known(id)) {
            lints.push(Lint { line, message: format!("`{}` names {id}, which is not in the catalogue", ask.label) });
        }
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
