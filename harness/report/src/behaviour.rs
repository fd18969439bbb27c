//! What a system did in a run, apart from times, ids and texts: which receipts came to which message, how many and by
//! which way, and what each requirement came to. Two versions of a system that behave alike have the same.

use crate::view::View;
use crate::visible::visible;
use evidence::history::{Author, Exchange, History, MessageRecord, TransportOutcome};
use std::collections::{BTreeMap, BTreeSet};
use wire::apprec::{AppRec, Version};
use wire::ebxml::{Envelope, MessageKind};

/// What a system did in a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Behaviour {
    /// By scenario, what happened with each of its messages, in their order.
    pub scenarios: BTreeMap<String, Vec<Handled>>,
    /// What each requirement came to, by the words of `result.json`.
    pub requirements: BTreeMap<String, String>,
}

/// As the ledger writes it.
const NOT_EXERCISED: &str = "not-exercised";

/// A message, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handled {
    /// The message: its label in the scenario, or what the subject sent.
    pub message: String,
    /// What the other side did, in order.
    pub did: Vec<String>,
}

/// The behaviour in a judged run.
pub fn of(view: &View<'_>) -> Behaviour {
    let history = view.history;
    let mut scenarios: BTreeMap<String, Vec<Handled>> =
        view.judgement.scenarios.iter().map(|scenario| (scenario.id.clone(), Vec::new())).collect();
    for exchange in &history.exchanges {
        let stimulus = &history.messages[exchange.stimulus];
        let scenario = scenario_of(history, stimulus);
        if let Some(handled) = scenario.and_then(|id| scenarios.get_mut(id))
            && !stimulus.interrupted
            // The subject's receipts stand with what they answer.
            && (stimulus.author == Author::Harness || stimulus.apprec().is_none())
        {
            handled.push(handled_in(history, exchange, stimulus));
        }
    }
    let requirements = view.judgement.ledger.rows();
    let requirements = requirements.map(|row| (row.requirement.as_str().to_owned(), row.status.code().to_owned()));
    Behaviour { scenarios, requirements: requirements.collect() }
}

/// Ours say in which scenario they were made; the subject's belong to the one that ran.
fn scenario_of<'h>(history: &'h History, stimulus: &'h MessageRecord) -> Option<&'h str> {
    if let Some(composed) = &stimulus.composed {
        return composed.scenario.as_deref();
    }
    let before = history.scenarios.iter().rev().find(|(_, started, _)| *started < stimulus.seq);
    before.map(|(scenario, _, _)| scenario.scenario.as_str())
}

fn handled_in(history: &History, exchange: &Exchange, stimulus: &MessageRecord) -> Handled {
    let label = stimulus.composed.as_ref().and_then(|c| c.label.clone()).unwrap_or_else(|| function(stimulus));
    // Which of these overtakes the other is chance, so each kind is by itself, in its own order.
    let transport = stimulus.sendings.iter().filter_map(|sending| sending.outcome.as_ref()).map(transported);
    let of_subject = |indices: &[usize]| -> Vec<String> {
        let messages = indices.iter().map(|index| &history.messages[*index]);
        // What we answered to the subject's own messages is the scenario's, not its.
        messages.filter(|answer| answer.author == Author::Subject).map(answered).collect()
    };
    let did = transport.chain(of_subject(&exchange.signals)).chain(of_subject(&exchange.apprecs));
    Handled { message: label, did: did.collect() }
}

fn transported(outcome: &TransportOutcome) -> String {
    match outcome {
        TransportOutcome::Answered { status, .. } => format!("transport {status}"),
        TransportOutcome::Taken { .. } => "transport taken".to_owned(),
        TransportOutcome::Failed { failure, .. } => format!("transport {}", failure.code()),
    }
}

fn answered(answer: &MessageRecord) -> String {
    let way = if answer.carrier == "http-response" { " in the answer" } else { "" };
    let what = match (answer.message.kind(), answer.apprec()) {
        (_, Some(apprec)) => receipt(apprec),
        (MessageKind::Acknowledgment, _) => "Acknowledgment".to_owned(),
        (MessageKind::ErrorList, _) => answer.message.soap().map_or_else(|| "ErrorList".to_owned(), errors),
        (MessageKind::Fault, _) => "SOAP Fault".to_owned(),
        _ => "something else".to_owned(),
    };
    format!("{what}{way}")
}

fn errors(envelope: &Envelope) -> String {
    let entries = envelope.error_lists.iter().flat_map(|list| &list.errors);
    let codes: Vec<String> = entries.filter_map(|e| e.code.as_ref()).map(|code| visible(code.value.trim())).collect();
    format!("ErrorList {}", codes.join(", ")).trim_end().to_owned()
}

fn receipt(apprec: &AppRec) -> String {
    let version = match apprec.version {
        Some(Version::V10) => "1.0",
        Some(Version::V11) => "1.1",
        None => "of no known version",
    };
    let mut codes: Vec<String> = apprec.error_codes().map(visible).collect();
    codes.sort();
    let codes = if codes.is_empty() { String::new() } else { format!(" ({})", codes.join(", ")) };
    format!("AppRec {version} status {}{codes}", apprec.status_code().map_or_else(|| "absent".to_owned(), visible))
}

/// What the subject sent, by what the head says.
fn function(message: &MessageRecord) -> String {
    let function = message.head().and_then(|head| head.message_function());
    function.map_or_else(|| "a message".to_owned(), visible)
}

/// How two behaviours differ.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Comparison {
    /// Scenarios in which both did the same.
    pub same: Vec<String>,
    /// Scenarios in which they did not: scenario, what the first did, what the second did.
    pub differ: Vec<(String, Vec<Handled>, Vec<Handled>)>,
    /// Scenarios that only the first run has.
    pub only_first: Vec<String>,
    /// Scenarios that only the second run has.
    pub only_second: Vec<String>,
    /// Requirements that came to something else: id, first, second.
    pub requirements: Vec<(String, String, String)>,
}

impl Comparison {
    /// Compares two behaviours.
    pub fn of(first: &Behaviour, second: &Behaviour) -> Self {
        let mut comparison = Self::default();
        for (id, one) in &first.scenarios {
            match second.scenarios.get(id) {
                None => comparison.only_first.push(id.clone()),
                Some(other) if one == other => comparison.same.push(id.clone()),
                Some(other) => comparison.differ.push((id.clone(), one.clone(), other.clone())),
            }
        }
        let only_second = second.scenarios.keys().filter(|id| !first.scenarios.contains_key(*id));
        comparison.only_second = only_second.cloned().collect();
        let ids: BTreeSet<&String> = first.requirements.keys().chain(second.requirements.keys()).collect();
        let status =
            |of: &Behaviour, id: &String| of.requirements.get(id).cloned().unwrap_or_else(|| "absent".to_owned());
        let pairs = ids.into_iter().map(|id| (id.clone(), status(first, id), status(second, id)));
        // What only one run played, only that one can exercise: it says nothing about the other.
        let same_scenarios = comparison.only_first.is_empty() && comparison.only_second.is_empty();
        let unseen = |status: &str| !same_scenarios && (status == NOT_EXERCISED || status == "absent");
        let differing = pairs.filter(|(_, one, other)| one != other && !unseen(one) && !unseen(other));
        comparison.requirements = differing.collect();
        comparison
    }

    /// Whether nothing differs in what both runs have.
    pub fn is_alike(&self) -> bool {
        self.differ.is_empty() && self.requirements.is_empty()
    }

    /// Whether both runs played the same scenarios.
    pub fn is_whole(&self) -> bool {
        self.only_first.is_empty() && self.only_second.is_empty() && !self.same.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    #[test]
    fn a_run_behaves_as_itself() {
        let run = sample::run();
        let behaviour = of(&run.view());
        assert!(behaviour.scenarios.values().flatten().any(|h| h.did.iter().any(|did| did.starts_with("AppRec 1."))));
        let comparison = Comparison::of(&behaviour, &behaviour);
        assert!(comparison.is_alike() && comparison.is_whole());
        assert_eq!(comparison.same.len(), behaviour.scenarios.len());
    }

    #[test]
    fn what_differs_is_named_and_what_is_missing_is_not_alike() {
        let run = sample::run();
        let first = of(&run.view());
        let mut second = first.clone();
        let (id, handled) = second.scenarios.iter_mut().find(|(_, all)| !all.is_empty()).unwrap();
        handled[0].did.push("AppRec 1.1 status 2 (E20)".to_owned());
        let id = id.clone();
        let (requirement, status) = second.requirements.iter_mut().next().unwrap();
        let requirement = requirement.clone();
        "violated".clone_into(status);
        let comparison = Comparison::of(&first, &second);
        assert!(!comparison.is_alike());
        assert_eq!(comparison.differ.iter().map(|(id, ..)| id).collect::<Vec<_>>(), [&id]);
        assert!(comparison.requirements.iter().any(|(id, ..)| *id == requirement));
        second.scenarios.clear();
        let comparison = Comparison::of(&first, &second);
        assert!(!comparison.is_whole() && comparison.only_first.contains(&id));
    }
}
