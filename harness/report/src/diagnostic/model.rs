//! What a finding says.

use super::Excerpt;
use checks::verdict::Cause;
use evidence::event::Seq;

/// What sort of finding it is. The order is the order in which findings are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// The subject violated an obligation.
    Violated,
    /// A correct message of ours breaks a rule: the suite's fault.
    SuiteDefect,
    /// It cannot be told, for this cause.
    NotEstablished(Cause),
    /// Advice was not followed, or a permission not tolerated: reported, fails nothing.
    Advice,
    /// The standards leave it open or contradict each other: counts neither way.
    Remark,
}

impl Class {
    /// The word in front of the requirement's id.
    pub fn word(self) -> &'static str {
        match self {
            Self::Violated => "violated",
            Self::SuiteDefect => "suite defect",
            Self::NotEstablished(_) => "not established",
            Self::Advice => "advice not followed",
            Self::Remark => "remark",
        }
    }

    /// Why it is in this class and in no other, in one sentence.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Violated => "conformance: the subject did it, an event of the log shows it",
            Self::SuiteDefect => "suite: our own undeviated message breaks the rule; no fault of the subject",
            Self::NotEstablished(cause) => match cause {
                Cause::TimedOut => "time-out: our patience or the run ended first; `collect` can settle it",
                Cause::Configuration => "configuration: addresses, partners or certificates do not fit together",
                Cause::Environment => {
                    "environment: the subject or the network between could not be reached or understood"
                }
                Cause::Harness => "harness: the harness itself failed; please report it",
                Cause::Suite => "suite: a scenario, profile or check is wrong; please report it",
                Cause::Operator => "operator: what was asked of a person was not done or not answered",
            },
            Self::Advice => "advice: the standard recommends it; nothing fails by it",
            Self::Remark => "open: the standards leave it open; counts neither for nor against",
        }
    }
}

/// The line of a scenario that led to a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScenarioPlace {
    /// The scenario's id.
    pub scenario: String,
    /// Its file.
    pub file: String,
    /// Line in it, from 1.
    pub line: Option<u32>,
    /// The line's text, where it is at hand and unchanged since.
    pub text: Option<&'static str>,
}

/// Everything that is known about a requirement's findings of one class. All texts are safe to show: hidden
/// characters are visible, identity numbers masked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What sort.
    pub class: Class,
    /// The requirement.
    pub requirement: String,
    /// What it demands, in English.
    pub statement: String,
    /// The event of the first observation.
    pub event: Seq,
    /// What the event is, e.g. `Acknowledgment from the subject`.
    pub event_name: String,
    /// The first eight digits of the blob with the bytes.
    pub blob: Option<String>,
    /// The scenario.
    pub scenario: Option<ScenarioPlace>,
    /// Where in the message, or which behaviour.
    pub place: String,
    /// The text around that place, for envelopes; payload is never quoted.
    pub excerpt: Option<Excerpt>,
    /// What is allowed; empty for remarks.
    pub expected: String,
    /// What was seen.
    pub got: String,
    /// Where a person finds the rule in print.
    pub source: String,
    /// The likely cause, or for a remark why it is none.
    pub likely: Option<&'static str>,
    /// Why the profile reads the clause in another way than by the letter.
    pub profile_reason: Option<String>,
    /// Commands that show more.
    pub hints: Vec<String>,
    /// How many observations stand behind it.
    pub count: usize,
    /// The events of the other observations.
    pub others: Vec<Seq>,
}

impl Finding {
    /// `violated[HITS1172-109]`.
    pub fn head(&self) -> String {
        format!("{}[{}]", self.class.word(), self.requirement)
    }

    /// Anchor in the HTML report; the same finding has the same anchor in every run.
    pub fn anchor(&self) -> String {
        let class = match self.class {
            Class::Violated => "violated",
            Class::SuiteDefect => "suite-defect",
            Class::NotEstablished(cause) => cause.code(),
            Class::Advice => "advice",
            Class::Remark => "remark",
        };
        format!("finding-{class}-{}", self.requirement)
    }
}
