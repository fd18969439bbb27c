//! What a scenario allows, compared with what the subject did.
//!
//! For each labelled message a scenario lists every outcome that the standards allow. An outcome has up to two
//! halves: the transport answer (the first one, with its severity) and the AppRec (the first of each
//! recipient, with status and codes). Each half is compared by itself:
//!
//! | allowed | seen | the half is |
//! |---|---|---|
//! | an answer | that answer | met |
//! | an answer | another one | **not met**: something is there that must not be |
//! | an answer | none | open: patience is ours, not the standard's; or the cause that [`Facts::why_missing`] finds |
//! | none | none, watched for, to the horizon | met |
//! | none | none, but not watched for or too short | open |
//! | none | an answer | **not met** |
//!
//! An outcome is met when both halves are, not met when one is not, open otherwise; so is the scenario's
//! expectation: met when an allowed outcome is, else open when one is, else not met.
//!
//! A requirement of an outcome is about one half: those of the transport (HITS 1171, HITS 1172, HIS 1037) about
//! the transport answer, those of the application receipt about the AppRec, and the other half says nothing
//! about them. If that half of any allowed outcome is met, its requirements are satisfied. If not, but one is
//! open, nothing can be told yet about the requirements of the open ones. If none is even open, the
//! requirements of all of them are violated: then there is always positive evidence, an event that shows what
//! ought not to be.
//!
//! One exception: a refusal while the subject has not accepted a single correct message of ours in this run
//! says that it does not know us yet. That is configuration, and so is that no AppRec follows it.

use super::arrival;
use super::register;
use crate::catalogue::RequirementId;
use crate::check::shown;
use crate::facts::{AnswerKind, Facts, Silence, recipient_of};
use crate::hits1172::{Answer, says_unknown};
use crate::observation::Observation;
use crate::profile::Profile;
use crate::verdict::{Cause, Verdict};
use evidence::event::{Allowed, AppRecExpected, Expectation, ScenarioOutcome, ScenarioStarted, Seq, SignalExpected};
use evidence::history::{History, MessageRecord};
use std::collections::BTreeSet;
use wire::place::Place;

pub(super) struct Expectations<'h> {
    pub history: &'h History,
    pub profile: &'h Profile,
    pub facts: &'h Facts,
}

/// One expectation, compared.
pub(super) struct Compared {
    pub scenario: String,
    pub label: String,
    pub line: u32,
    pub expected: String,
    pub met: Met,
    pub observations: Vec<Observation>,
}

/// Whether what was expected came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Met {
    Yes,
    No(String),
    Open(String),
}

/// One half of an outcome, or a whole one.
#[derive(Debug, Clone)]
enum Half {
    Met(Seq, String),
    NotMet(Seq, String),
    Open(Cause, String),
}

impl Half {
    fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// Which half a requirement is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Transport,
    AppRec,
}

impl Part {
    /// By the document that demands it.
    fn of(id: &str) -> Self {
        let of_transport = ["HITS1171-", "HITS1172-", "HIS1037-"].iter().any(|document| id.starts_with(document));
        if of_transport { Self::Transport } else { Self::AppRec }
    }
}

/// An allowed outcome, compared: its halves where it has them, and the whole.
struct Outcome<'a> {
    allowed: &'a Allowed,
    signal: Option<Half>,
    apprec: Option<Half>,
    whole: Half,
}

impl Outcome<'_> {
    /// The outcome where it cannot be told what the subject's answer was an answer to.
    fn open(self, why: &str) -> Self {
        let open = || Half::Open(Cause::Configuration, why.to_owned());
        Self { signal: self.signal.map(|_| open()), apprec: self.apprec.map(|_| open()), whole: open(), ..self }
    }

    fn whole(&self) -> &Half {
        &self.whole
    }

    /// A half, or the whole where the outcome says nothing of that half.
    fn half(&self, part: Part) -> &Half {
        let half = match part {
            Part::Transport => &self.signal,
            Part::AppRec => &self.apprec,
        };
        half.as_ref().unwrap_or(&self.whole)
    }
}

/// The first that is met, else the first that is open, else the first.
fn decided<'h>(halves: &[&'h Half]) -> &'h Half {
    const NOTHING_ALLOWED: &Half = &Half::Open(Cause::Suite, String::new());
    let first = |fits: fn(&Half) -> bool| halves.iter().copied().find(|half| fits(half));
    first(|half| matches!(half, Half::Met(..)))
        .or_else(|| first(|half| matches!(half, Half::Open(..))))
        .or(halves.first().copied())
        .unwrap_or(NOTHING_ALLOWED)
}

/// One message of ours with what answered it.
struct Shown<'h> {
    stimulus: &'h MessageRecord,
    signal: Option<&'h MessageRecord>,
    apprecs: Vec<&'h MessageRecord>,
}

impl Shown<'_> {
    fn observation(&self, id: &str, half: &Half, expectation: &Expectation, scenario: &str) -> Observation {
        let (about, verdict, got) = match half {
            Half::Met(about, got) => (*about, Verdict::Satisfied, got),
            Half::NotMet(about, got) => (*about, Verdict::Violated, got),
            Half::Open(cause, got) => (self.stimulus.seq, Verdict::CannotTell(*cause), got),
        };
        let place = Place::named(format!("the answer to `{}`", expectation.label));
        let mut observation = Observation::new(RequirementId::new(id), about, verdict, place);
        observation.expected = in_words(&expectation.allowed);
        observation.got.clone_from(got);
        observation.scenario = Some(scenario.to_owned());
        observation.scenario_line = Some(expectation.line);
        observation
    }
}

impl<'h> Expectations<'h> {
    pub fn compare(&self) -> Vec<Compared> {
        let scenarios = last_attempts(self.history);
        let pairs = scenarios.flat_map(|(s, ..)| s.expectations.iter().map(move |e| (s.scenario.as_str(), e)));
        pairs.map(|(scenario, expectation)| self.one(scenario, expectation)).collect()
    }

    fn one(&self, scenario: &str, expectation: &Expectation) -> Compared {
        if arrival::is_about_one(expectation) {
            return arrival::compare(self.history, self.facts, scenario, expectation);
        }
        let mut compared = Compared {
            scenario: scenario.to_owned(),
            label: expectation.label.clone(),
            line: expectation.line,
            expected: in_words(&expectation.allowed),
            met: Met::Open("the message was never made".to_owned()),
            observations: Vec::new(),
        };
        let Some(index) = self.facts.labelled(scenario, &expectation.label) else {
            return compared;
        };
        let shown = self.shown(index);
        let outcomes: Vec<Outcome<'_>> =
            expectation.allowed.iter().map(|allowed| self.outcome(allowed, &shown)).collect();
        let outcomes = match register::unmet_fault(self.history, scenario) {
            Some(why) => outcomes.into_iter().map(|outcome| outcome.open(&why)).collect(),
            None => outcomes,
        };
        let wholes: Vec<&Half> = outcomes.iter().map(Outcome::whole).collect();
        compared.met = match decided(&wholes) {
            Half::Met(..) => Met::Yes,
            Half::Open(_, got) => Met::Open(got.clone()),
            Half::NotMet(_, got) => Met::No(got.clone()),
        };
        for part in [Part::Transport, Part::AppRec] {
            let halves: Vec<&Half> = outcomes.iter().map(|o| o.half(part)).collect();
            let Some(decisive) = (!halves.is_empty()).then(|| decided(&halves)) else { continue };
            let fitting = outcomes.iter().filter(|o| o.half(part).is_like(decisive));
            let ids = fitting.flat_map(|o| &o.allowed.requirements).filter(|id| Part::of(id) == part);
            for id in ids.collect::<BTreeSet<_>>() {
                compared.observations.push(shown.observation(id, decisive, expectation, scenario));
            }
        }
        compared
    }

    fn shown(&self, index: usize) -> Shown<'h> {
        let history = self.history;
        let exchange = &history.exchanges[index];
        let message = |i: &usize| &history.messages[*i];
        let mut answered = BTreeSet::new();
        let apprecs =
            self.facts.apprecs(index).iter().map(message).filter(|m| answered.insert(recipient_of(m))).collect();
        let signal = self.facts.signals(index).first().map(message);
        Shown { stimulus: &history.messages[exchange.stimulus], signal, apprecs }
    }

    fn outcome<'a>(&self, allowed: &'a Allowed, shown: &Shown<'h>) -> Outcome<'a> {
        let signal = allowed.signal.map(|signal| self.signal(signal, shown));
        let apprec = allowed.apprec.as_ref().map(|apprec| self.apprec(apprec, shown));
        // Whoever does not know us gives no AppRec either: that none came is then no merit.
        let apprec = match (&signal, apprec) {
            (Some(Half::Open(Cause::Configuration, why)), Some(Half::Met(..)))
                if allowed.apprec == Some(AppRecExpected::None) =>
            {
                Some(Half::Open(Cause::Configuration, why.clone()))
            }
            (_, apprec) => apprec,
        };
        let whole = match (&signal, &apprec) {
            (Some(not @ Half::NotMet(..)), _) | (_, Some(not @ Half::NotMet(..))) => not.clone(),
            (Some(open @ Half::Open(..)), _) | (_, Some(open @ Half::Open(..))) => open.clone(),
            (Some(Half::Met(_, one)), Some(Half::Met(about, other))) => Half::Met(*about, format!("{one}; {other}")),
            (Some(half), None) | (None, Some(half)) => half.clone(),
            (None, None) => Half::Met(shown.stimulus.seq, "nothing is said about the answer".to_owned()),
        };
        Outcome { allowed, signal, apprec, whole }
    }

    fn signal(&self, expected: SignalExpected, shown: &Shown<'h>) -> Half {
        let Some(signal) = shown.signal else {
            return self.absent(expected == SignalExpected::None, shown, AnswerKind::Signal);
        };
        let (kind, got) = kind_of_signal(signal);
        if kind == Some(expected) {
            Half::Met(signal.seq, got)
        } else if expected == SignalExpected::Acknowledgment && self.is_stranger(signal) {
            Half::Open(Cause::Configuration, format!("{got}, and no correct message of ours was accepted in this run"))
        } else {
            Half::NotMet(signal.seq, got)
        }
    }

    /// Whether a refusal only says that the subject does not know us yet (see the module's page).
    fn is_stranger(&self, signal: &MessageRecord) -> bool {
        !self.facts.accepted() && Answer::of(signal).is_some_and(|answer| says_unknown(signal, answer))
    }

    fn apprec(&self, expected: &AppRecExpected, shown: &Shown<'h>) -> Half {
        let wants_none = *expected == AppRecExpected::None;
        let Some(first) = shown.apprecs.first() else {
            return self.absent(wants_none, shown, AnswerKind::AppRec);
        };
        let mismatch = shown.apprecs.iter().find(|record| !fits(expected, record));
        match mismatch {
            Some(record) => Half::NotMet(record.seq, apprec_in_words(record)),
            None => Half::Met(first.seq, apprec_in_words(first)),
        }
    }

    fn absent(&self, wanted: bool, shown: &Shown<'h>, kind: AnswerKind) -> Half {
        let name = match kind {
            AnswerKind::Signal => "no transport answer",
            AnswerKind::AppRec => "no AppRec",
        };
        if !wanted {
            let (cause, why) = self.facts.why_missing(shown.stimulus);
            return Half::Open(cause, format!("{name}: {why}"));
        }
        match self.facts.silence(self.history, self.profile, shown.stimulus, kind) {
            Silence::Established(ms) => Half::Met(shown.stimulus.seq, format!("{name} for {ms} ms")),
            Silence::Open(cause, why) => Half::Open(cause, format!("{name}: {why}")),
        }
    }
}

/// Each scenario once, in its last attempt: an interrupted run begins an unfinished scenario anew.
pub(super) fn last_attempts(history: &History) -> impl Iterator<Item = &Attempt> {
    let is_last = |index: usize, id: &str| history.scenarios.iter().skip(index + 1).all(|(s, ..)| s.scenario != id);
    let attempts = history.scenarios.iter().enumerate();
    attempts.filter(move |(index, (s, ..))| is_last(*index, &s.scenario)).map(|(_, attempt)| attempt)
}

/// A scenario as it began, the event, and how it ended.
pub(super) type Attempt = (ScenarioStarted, Seq, Option<ScenarioOutcome>);

fn fits(expected: &AppRecExpected, record: &MessageRecord) -> bool {
    let (AppRecExpected::Status { status, errors }, Some(apprec)) = (expected, record.apprec()) else {
        return false;
    };
    let codes_fit = errors.is_empty() || apprec.error_codes().any(|code| errors.iter().any(|e| e == code));
    apprec.status_code() == Some(status.as_str()) && codes_fit
}

fn kind_of_signal(signal: &MessageRecord) -> (Option<SignalExpected>, String) {
    let Some(answer) = Answer::of(signal) else { return (None, signal.message.kind().name().to_owned()) };
    let kind = match answer {
        Answer::Acknowledgment => SignalExpected::Acknowledgment,
        Answer::Warning => SignalExpected::Warning,
        Answer::Error => SignalExpected::Error,
        Answer::Fault => SignalExpected::Fault,
    };
    let lists = signal.message.soap().into_iter().flat_map(|e| &e.error_lists);
    let codes = lists.flat_map(|l| &l.errors).filter_map(|e| e.code.as_ref());
    let codes: Vec<String> = codes.map(|c| shown(&c.value)).collect();
    (Some(kind), format!("{} {}", answer.name(), codes.join(" ")).trim_end().to_owned())
}

fn apprec_in_words(record: &MessageRecord) -> String {
    let Some(apprec) = record.apprec() else {
        return "an AppRec that cannot be read".to_owned();
    };
    let codes: Vec<&str> = apprec.error_codes().collect();
    let status = apprec.status_code().map_or_else(|| "without status".to_owned(), |s| format!("status {s}"));
    format!("AppRec {status} {}", codes.join(" ")).trim_end().to_owned()
}

/// All allowed outcomes, in words.
fn in_words(allowed: &[Allowed]) -> String {
    let one = |allowed: &Allowed| {
        let signal = allowed.signal.map(|signal| match signal {
            SignalExpected::Acknowledgment => "Acknowledgment",
            SignalExpected::Warning => "ErrorList Warning",
            SignalExpected::Error => "ErrorList Error",
            SignalExpected::Fault => "SOAP Fault",
            SignalExpected::None => "no transport answer",
        });
        let apprec = allowed.apprec.as_ref().map(|apprec| match apprec {
            AppRecExpected::None => "no AppRec".to_owned(),
            AppRecExpected::Status { status, errors } if errors.is_empty() => format!("AppRec status {status}"),
            AppRecExpected::Status { status, errors } => format!("AppRec status {status} with {}", errors.join(" or ")),
        });
        let parts: Vec<String> = signal.map(str::to_owned).into_iter().chain(apprec).collect();
        if parts.is_empty() { "anything".to_owned() } else { parts.join(" and ") }
    };
    allowed.iter().map(one).collect::<Vec<_>>().join(", or ")
}
