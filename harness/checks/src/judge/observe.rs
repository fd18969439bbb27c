//! Runs the checks. A check that fails in itself is the harness's fault: its message is `CannotTell(harness)`.

use super::sightings::Sightings;
use crate::catalogue::RequirementId;
use crate::check::{Answered, ExchangeCheck, Finding, MessageCheck, RunView, Said, Seen};
use crate::facts::Facts;
use crate::observation::{Observation, Remark};
use crate::profile::Profile;
use crate::registry;
use crate::verdict::{Cause, Verdict};
use evidence::event::Seq;
use evidence::history::{Author, History, MessageRecord};
use std::panic::{AssertUnwindSafe, catch_unwind};
use wire::place::Place;

/// How the evidence of a check that failed in itself begins.
pub(super) const PANICKED: &str = "the check failed: ";

pub(super) struct Observer<'h> {
    pub history: &'h History,
    pub profile: &'h Profile,
    pub facts: &'h Facts,
}

#[derive(Default)]
pub(super) struct Observed {
    pub observations: Sightings,
    pub suite_defects: Vec<Observation>,
    pub remarks: Vec<Remark>,
}

impl Observer<'_> {
    pub fn observe(&self) -> Observed {
        let demanded = |id: &str| self.profile.obligation(id).is_some();
        let message_checks: Vec<&MessageCheck> = registry::message_checks().filter(|c| demanded(c.id)).collect();
        let exchange_checks: Vec<&ExchangeCheck> = registry::exchange_checks().filter(|c| demanded(c.id)).collect();
        let mut observed = Observed::default();
        for index in 0..self.history.messages.len() {
            self.message(index, &message_checks, &mut observed);
        }
        for index in 0..self.history.exchanges.len() {
            self.exchange(index, &exchange_checks, &mut observed);
        }
        let run = RunView { history: self.history, profile: self.profile, facts: self.facts };
        for check in registry::run_checks().filter(|c| demanded(c.id)) {
            let context = Context { scenario: None, line: None };
            let row = RowOf { id: check.id, expected: check.expected, about: 0, context: &context };
            row.take(catch_unwind(AssertUnwindSafe(|| (check.run)(&run))), &mut observed);
        }
        observed
    }

    fn message(&self, index: usize, checks: &[&MessageCheck], out: &mut Observed) {
        let record = &self.history.messages[index];
        let is_ours = record.author == Author::Harness;
        if is_ours && !record.is_undeviated() {
            return;
        }
        let exchange = self.facts.exchange_of_answer(index).map(|e| &self.history.exchanges[e]);
        let named = || self.facts.named_by(self.history, record).map(|index| &self.history.messages[index]);
        let stimulus = exchange.map(|e| &self.history.messages[e.stimulus]).or_else(named);
        let seen = Seen { history: self.history, profile: self.profile, facts: self.facts, record, stimulus };
        let context = self.context(record, stimulus);
        for check in checks {
            let row = RowOf { id: check.id, expected: check.expected, about: record.seq, context: &context };
            let finding = catch_unwind(AssertUnwindSafe(|| (check.run)(&seen)));
            let findings = finding.map(|found| found.into_iter().collect());
            if is_ours {
                let mut ours = Observed::default();
                row.take(findings, &mut ours);
                out.suite_defects.extend(
                    ours.observations.sorted().observations.into_iter().filter(|o| o.verdict == Verdict::Violated),
                );
            } else {
                row.take(findings, out);
            }
        }
    }

    fn exchange(&self, index: usize, checks: &[&ExchangeCheck], out: &mut Observed) {
        let exchange = &self.history.exchanges[index];
        let stimulus = &self.history.messages[exchange.stimulus];
        if stimulus.author != Author::Harness {
            return;
        }
        let answered =
            Answered { history: self.history, profile: self.profile, facts: self.facts, exchange, index, stimulus };
        let context = self.context(stimulus, None);
        for check in checks {
            let row = RowOf { id: check.id, expected: check.expected, about: stimulus.seq, context: &context };
            let mut findings = catch_unwind(AssertUnwindSafe(|| (check.run)(&answered)));
            // What an interrupted attempt did not get is no doubt about the subject; the new attempt tells.
            if let (Ok(findings), true) = (&mut findings, self.facts.is_superseded(stimulus)) {
                findings.retain(|f| !matches!(f.said, Said::Verdict(Verdict::CannotTell(_))));
            }
            row.take(findings, out);
        }
    }

    /// The scenario that a message belongs to, by itself or by what it answers, and the line that waited for it.
    fn context(&self, record: &MessageRecord, stimulus: Option<&MessageRecord>) -> Context {
        let composed = record.composed.as_ref().or_else(|| stimulus.and_then(|s| s.composed.as_ref()));
        let met = self.facts.awaited(record.seq).map(|index| &self.history.awaits[index]);
        let scenario = met.map(|a| a.awaited.scenario.clone());
        let line = met.map(|a| a.awaited.line);
        let own = composed.and_then(|c| c.scenario.clone());
        let line = line.or_else(|| own.as_ref().and(composed.map(|c| c.line)));
        Context { scenario: scenario.or(own), line }
    }
}

struct Context {
    scenario: Option<String>,
    line: Option<u32>,
}

struct RowOf<'c> {
    id: &'static str,
    expected: &'static str,
    about: Seq,
    context: &'c Context,
}

impl RowOf<'_> {
    fn take(&self, findings: std::thread::Result<Vec<Finding>>, out: &mut Observed) {
        match findings {
            Ok(findings) => findings.into_iter().for_each(|finding| self.take_one(finding, out)),
            Err(panic) => {
                let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
                let place = Place::named("the check itself");
                let got = format!("{PANICKED}{}", text.unwrap_or("without a word"));
                self.take_one(Finding::cannot_tell(Cause::Harness, &place, got), out);
            }
        }
    }

    fn take_one(&self, finding: Finding, out: &mut Observed) {
        let requirement = RequirementId::known(self.id);
        let about = finding.about.unwrap_or(self.about);
        match finding.said {
            Said::Remark(text) => {
                out.remarks.push(Remark { requirement, about, place: finding.place, got: finding.got, text });
            }
            Said::Verdict(verdict) => {
                let mut observation = Observation::new(requirement, about, verdict, finding.place);
                observation.expected = finding.expected.unwrap_or_else(|| self.expected.to_owned());
                observation.got = finding.got;
                observation.cause_hint = finding.hint;
                observation.scenario.clone_from(&self.context.scenario);
                observation.scenario_line = self.context.line;
                out.observations.push(observation);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_that_panics_is_the_harnesss_fault() {
        let context = Context { scenario: Some("a/b".into()), line: Some(3) };
        let row = RowOf { id: "HITS1172-4", expected: "x", about: 7, context: &context };
        let mut out = Observed::default();
        row.take(catch_unwind(|| panic!("index out of bounds")), &mut out);
        let seen = out.observations.sorted().observations;
        let observation = &seen[0];
        assert_eq!(observation.verdict, Verdict::CannotTell(Cause::Harness));
        assert_eq!((observation.about, observation.scenario.as_deref()), (7, Some("a/b")));
        assert_eq!(observation.got, "the check failed: index out of bounds");
    }
}
