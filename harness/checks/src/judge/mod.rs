//! From a history to a judgement: observations, ledger, scenarios, exit.

mod arrival;
mod condition;
mod expectation;
mod observe;
mod question;
mod register;
mod scenario;
mod sightings;

pub use condition::Condition;
pub use register::diagnosis as register_diagnosis;
pub use scenario::{Outcome, ScenarioVerdict};

use crate::catalogue::{Catalogue, Level};
use crate::exit::Exit;
use crate::facts::Facts;
use crate::ledger::{Ledger, Row, Status};
use crate::observation::{Observation, Remark};
use crate::profile::Profile;
use crate::registry;
use crate::verdict::{Cause, Verdict};
use evidence::event::Assurance;
use evidence::history::History;

/// What a history amounts to under a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judgement {
    /// What was seen of the subject, by event: all that is violated or in doubt, and of what is satisfied so much that
    /// each requirement, message and scenario has its evidence. The ledger counts all of it.
    pub observations: Vec<Observation>,
    /// What the standards leave open; counts neither way.
    pub remarks: Vec<Remark>,
    /// Each requirement of the profile, and any other that a scenario names.
    pub ledger: Ledger,
    /// Each scenario, in the order in which they ran.
    pub scenarios: Vec<ScenarioVerdict>,
    /// Where our own correct messages break a rule: the suite's fault, never the subject's.
    pub suite_defects: Vec<Observation>,
    /// What stood in the way of judging.
    pub conditions: Vec<Condition>,
    /// Sums.
    pub totals: Totals,
    /// How a command that judges this ends.
    pub exit: Exit,
}

/// Sums over ledger and scenarios.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// Requirements verified.
    pub verified: usize,
    /// Requirements violated.
    pub violated: usize,
    /// Requirements seen, but not often enough or in doubt.
    pub not_established: usize,
    /// Requirements that nothing called forth.
    pub not_exercised: usize,
    /// Requirements that the claim excludes.
    pub not_applicable: usize,
    /// Requirements that no check can see.
    pub not_observable: usize,
    /// Scenarios passed.
    pub scenarios_passed: usize,
    /// Scenarios failed.
    pub scenarios_failed: usize,
    /// Scenarios that could not be told.
    pub scenarios_not_established: usize,
}

impl Judgement {
    /// The observations about a requirement, in order.
    pub fn evidence<'j>(&'j self, id: &'j str) -> impl Iterator<Item = &'j Observation> {
        self.observations.iter().filter(move |o| o.requirement.as_str() == id)
    }

    /// Whether a check failed in itself: a bug of the harness, to be reported as such.
    pub fn has_harness_bug(&self) -> bool {
        let failed =
            |o: &Observation| o.verdict == Verdict::CannotTell(Cause::Harness) && o.got.starts_with(observe::PANICKED);
        self.observations.iter().chain(&self.suite_defects).any(failed)
    }
}

/// Judges a history.
pub fn judge(history: &History, profile: &Profile, catalogue: &Catalogue) -> Judgement {
    let facts = Facts::of(history);
    let observer = observe::Observer { history, profile, facts: &facts };
    let mut seen = observer.observe();
    let expected = expectation::Expectations { history, profile, facts: &facts }.compare();
    seen.observations.extend(expected.iter().flat_map(|e| e.observations.iter().cloned()));
    seen.observations.extend(question::observations(history));
    let sighted = seen.observations.sorted();
    let observations = sighted.observations;
    seen.suite_defects.sort_by(|a, b| a.key().cmp(&b.key()));
    seen.remarks.sort_by(|a, b| a.key().cmp(&b.key()));
    let mut ledger = ledger(history, profile, catalogue, &observations);
    for (id, times) in &sighted.counted {
        ledger.count_satisfied(id, *times);
    }
    let level = |id: &str| level_of(id, profile, catalogue);
    let scenarios = scenario::verdicts(history, &expected, &observations, &level);
    seen.suite_defects.retain(|o| level(o.requirement.as_str()).is_obligation());
    let conditions = condition::of(history, &facts);
    let totals = totals(&ledger, &scenarios);
    let mut judgement = Judgement {
        observations,
        remarks: seen.remarks,
        ledger,
        scenarios,
        suite_defects: seen.suite_defects,
        conditions,
        totals,
        exit: Exit::MET,
    };
    judgement.exit = exit(&judgement, history, profile);
    judgement
}

/// How binding a requirement is: as the profile cites it, else as the catalogue does. What nobody knows is
/// named by a scenario, and a scenario names what it holds to be an obligation.
fn level_of(id: &str, profile: &Profile, catalogue: &Catalogue) -> Level {
    let cited = profile.obligation(id).map(|o| o.level);
    cited.or_else(|| catalogue.get(id).map(|r| r.level)).unwrap_or(Level::Must)
}

fn ledger(history: &History, profile: &Profile, catalogue: &Catalogue, observations: &[Observation]) -> Ledger {
    let checked = registry::checked_ids();
    let claims = history.subject.as_ref().map_or(&[][..], |s| &s.claims);
    let carrier = if is_by_mail(history) { "mail" } else { "http" };
    let mut ledger = Ledger::new(profile.obligations.iter().map(|(id, obligation)| {
        let unseen = if !obligation.applies_to(claims) || !obligation.applies_by(carrier) {
            Status::NotApplicable
        } else if checked.contains(id.as_str()) || named_by_a_scenario(id.as_str(), history) {
            Status::NotExercised
        } else {
            Status::NotObservable
        };
        Row::unseen(id.clone(), obligation.level, obligation.minimum, unseen)
    }));
    for observation in observations {
        ledger.count(observation, level_of(observation.requirement.as_str(), profile, catalogue));
    }
    ledger
}

/// Whether mail is how the two sides talk.
fn is_by_mail(history: &History) -> bool {
    history.messages.iter().any(|m| m.carrier == "mail" || m.sendings.iter().any(|s| s.mail.is_some()))
}

fn named_by_a_scenario(id: &str, history: &History) -> bool {
    let expectations = history.scenarios.iter().flat_map(|(s, ..)| &s.expectations);
    let asked = history.questions.iter().flat_map(|q| &q.question.requirements);
    expectations.flat_map(|e| &e.allowed).flat_map(|a| &a.requirements).chain(asked).any(|r| r == id)
}

fn totals(ledger: &Ledger, scenarios: &[ScenarioVerdict]) -> Totals {
    let ended = |outcome: Outcome| scenarios.iter().filter(|s| s.verdict == outcome).count();
    Totals {
        verified: ledger.number_of(Status::Verified),
        violated: ledger.number_of(Status::Violated),
        not_established: ledger.number_of(Status::NotEstablished),
        not_exercised: ledger.number_of(Status::NotExercised),
        not_applicable: ledger.number_of(Status::NotApplicable),
        not_observable: ledger.number_of(Status::NotObservable),
        scenarios_passed: ended(Outcome::Passed),
        scenarios_failed: ended(Outcome::Failed),
        scenarios_not_established: ended(Outcome::NotEstablished),
    }
}

/// The first that applies of 10, 14, 12, 13, 11 and 0 (design §5). The others are no matter of judging.
fn exit(judgement: &Judgement, history: &History, profile: &Profile) -> Exit {
    let obligation = |row: &&Row| row.level.is_obligation();
    let has = |status: Status| judgement.ledger.rows().filter(obligation).any(|row| row.status == status);
    let caused = |cause: Cause| {
        judgement.observations.iter().any(|o| o.verdict == Verdict::CannotTell(cause))
            || judgement.conditions.iter().any(|c| c.cause == cause)
    };
    if has(Status::Violated) || judgement.totals.scenarios_failed > 0 {
        Exit::VIOLATED
    } else if !judgement.suite_defects.is_empty() || caused(Cause::Suite) {
        Exit::SUITE_DEFECT
    } else if caused(Cause::Configuration) {
        Exit::CONFIGURATION
    } else if caused(Cause::Environment) {
        Exit::ENVIRONMENT
    } else if has(Status::NotEstablished)
        || judgement.totals.scenarios_not_established > 0
        || !judgement.observations.iter().any(|o| o.verdict == Verdict::Satisfied)
        || !is_finished(history)
        || is_whole_run(history, profile) && judgement.ledger.rows().filter(obligation).any(is_still_due)
    {
        Exit::NOT_ESTABLISHED
    } else {
        Exit::MET
    }
}

/// Whether the run came to its end. Captured messages are no run.
fn is_finished(history: &History) -> bool {
    history.ended || is_inspection(history)
}

fn is_inspection(history: &History) -> bool {
    history.run.as_ref().is_some_and(|r| r.assurance == Assurance::Inspection)
}

/// Whether every scenario of the profile ran: only then is what was not exercised a gap. Of a selection of
/// scenarios, or of captured messages, nobody expects that they exercise everything.
fn is_whole_run(history: &History, profile: &Profile) -> bool {
    let ran = |id: &String| history.scenarios.iter().any(|(s, ..)| s.scenario == *id);
    !is_inspection(history) && !profile.scenarios.is_empty() && profile.scenarios.iter().all(ran)
}

fn is_still_due(row: &Row) -> bool {
    row.status == Status::NotExercised && row.minimum > 0
}
