//! What each scenario came to. No pass without evidence: a scenario without an observation is not established.

use super::expectation::{Attempt, Compared, Met, last_attempts};
use crate::catalogue::{Level, RequirementId};
use crate::observation::Observation;
use crate::verdict::Verdict;
use evidence::event::ScenarioOutcome;
use evidence::history::History;
use std::collections::BTreeMap;

/// What a scenario came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Ended as planned, with what was expected, and no obligation was violated in it.
    Passed,
    /// It cannot be told.
    NotEstablished,
    /// The subject did something else than is allowed, or violated an obligation in one of its messages.
    Failed,
}

impl Outcome {
    /// The word in `result.json`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::NotEstablished => "not-established",
            Self::Failed => "failed",
        }
    }
}

/// One scenario's verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioVerdict {
    /// The scenario's id.
    pub id: String,
    /// Its title, in English.
    pub title: String,
    /// Its file.
    pub file: String,
    /// What it came to.
    pub verdict: Outcome,
    /// Why, unless it passed; one sentence each.
    pub reasons: Vec<String>,
    /// What it came to apart from any requirement: whether it came to its end, something was seen, and nothing else happened
    /// than is allowed.
    pub apart: Outcome,
    /// The requirements that stand against it, with what each makes of it. The verdict is the worst of these and `apart`.
    pub against: BTreeMap<RequirementId, Outcome>,
}

pub(super) fn verdicts(
    history: &History,
    expected: &[Compared],
    observations: &[Observation],
    level: &dyn Fn(&str) -> Level,
) -> Vec<ScenarioVerdict> {
    let mut by_scenario: BTreeMap<&str, Vec<&Observation>> = BTreeMap::new();
    for observation in observations {
        if let Some(scenario) = &observation.scenario {
            by_scenario.entry(scenario).or_default().push(observation);
        }
    }
    let of_one = |(started, _, ended): &Attempt| {
        let id = &started.scenario;
        let own = || by_scenario.get(id.as_str()).into_iter().flatten();
        let expected = || expected.iter().filter(|e| e.scenario == *id);
        let mut failed: Vec<String> = expected().filter_map(|e| reason(e, |m| matches!(m, Met::No(_)))).collect();
        let violated =
            own().filter(|o| o.verdict == Verdict::Violated && level(o.requirement.as_str()).is_obligation());
        failed.extend(violated.map(|o| format!("event {}: {} violated: got {}", o.about, o.requirement, o.got)));
        let mut open: Vec<String> = expected().filter_map(|e| reason(e, |m| matches!(m, Met::Open(_)))).collect();
        match ended {
            Some(ScenarioOutcome::Finished) => {}
            Some(ScenarioOutcome::Abandoned { reason }) => open.push(format!("abandoned: {reason}")),
            None => open.push("the log ends before the scenario does".to_owned()),
        }
        let doubtful = own().filter(|o| is_doubtful(o));
        open.extend(doubtful.map(|o| format!("event {}: {} {}: got {}", o.about, o.requirement, o.verdict, o.got)));
        if own().next().is_none() {
            open.push("nothing was observed".to_owned());
        }
        let (verdict, reasons) = if !failed.is_empty() {
            (Outcome::Failed, failed)
        } else if !open.is_empty() {
            (Outcome::NotEstablished, open)
        } else {
            (Outcome::Passed, Vec::new())
        };
        let apart = apart(expected(), ended.as_ref(), own().next().is_some());
        let against = against(expected(), own().copied(), level);
        let (id, title, file) = (id.clone(), started.title.clone(), started.file.clone());
        ScenarioVerdict { id, title, file, verdict, reasons, apart, against }
    };
    last_attempts(history).map(of_one).collect()
}

fn apart<'e>(
    expected: impl Iterator<Item = &'e Compared>,
    ended: Option<&ScenarioOutcome>,
    anything_was_seen: bool,
) -> Outcome {
    // What was expected of a requirement stands against the scenario as that requirement.
    let says_nothing = |e: &Compared| match e.met {
        Met::No(_) if !e.observations.iter().any(|o| o.verdict == Verdict::Violated) => Outcome::Failed,
        Met::Open(_) if !e.observations.iter().any(is_doubtful) => Outcome::NotEstablished,
        _ => Outcome::Passed,
    };
    let expected = expected.map(says_nothing).max().unwrap_or(Outcome::Passed);
    let finished = matches!(ended, Some(ScenarioOutcome::Finished)) && anything_was_seen;
    expected.max(if finished { Outcome::Passed } else { Outcome::NotEstablished })
}

fn against<'o>(
    expected: impl Iterator<Item = &'o Compared>,
    own: impl Iterator<Item = &'o Observation>,
    level: &dyn Fn(&str) -> Level,
) -> BTreeMap<RequirementId, Outcome> {
    let obliges = |o: &Observation| level(o.requirement.as_str()).is_obligation();
    let seen = own.filter_map(|o| match o.verdict {
        Verdict::Violated if obliges(o) => Some((o, Outcome::Failed)),
        Verdict::CannotTell(_) => Some((o, Outcome::NotEstablished)),
        _ => None,
    });
    // What is expected must come, however binding the requirement is.
    let missed = expected.flat_map(|e| e.observations.iter().map(move |o| (&e.met, o)));
    let missed = missed.filter_map(|(met, o)| match (met, o.verdict) {
        (Met::No(_), Verdict::Violated) => Some((o, Outcome::Failed)),
        (Met::Open(_), Verdict::CannotTell(_)) => Some((o, Outcome::NotEstablished)),
        _ => None,
    });
    let mut against = BTreeMap::new();
    for (observation, outcome) in seen.chain(missed) {
        let worst = against.entry(observation.requirement.clone()).or_insert(outcome);
        *worst = outcome.max(*worst);
    }
    against
}

fn is_doubtful(observation: &Observation) -> bool {
    matches!(observation.verdict, Verdict::CannotTell(_))
}

fn reason(compared: &Compared, fits: fn(&Met) -> bool) -> Option<String> {
    match &compared.met {
        met @ (Met::No(got) | Met::Open(got)) if fits(met) => {
            Some(format!("`{}` (line {}): expected {}, got {got}", compared.label, compared.line, compared.expected))
        }
        _ => None,
    }
}
