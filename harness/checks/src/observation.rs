//! What a check saw: never without a requirement, never without the event that shows it.

use crate::catalogue::RequirementId;
use crate::verdict::Verdict;
use evidence::event::Seq;
use wire::place::Place;

/// One thing that was seen. Made by the checks of this crate only; there is no way to make one without a
/// requirement and an event.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Observation {
    /// Which requirement.
    pub requirement: RequirementId,
    /// The event that shows it.
    pub about: Seq,
    /// What it says.
    pub verdict: Verdict,
    /// Where in the message, or which behaviour.
    pub place: Place,
    /// What is allowed, all of it.
    pub expected: String,
    /// What was seen.
    pub got: String,
    /// The scenario in which it was seen.
    pub scenario: Option<String>,
    /// The line of its file that led to it.
    pub scenario_line: Option<u32>,
    /// The likely cause, in one sentence.
    pub cause_hint: Option<&'static str>,
}

impl Observation {
    pub(crate) fn new(requirement: RequirementId, about: Seq, verdict: Verdict, place: Place) -> Self {
        Self {
            requirement,
            about,
            verdict,
            place,
            expected: String::new(),
            got: String::new(),
            scenario: None,
            scenario_line: None,
            cause_hint: None,
        }
    }

    /// The order in which observations stand in every report: by event, then requirement, then place.
    pub(crate) fn key(&self) -> impl Ord + '_ {
        (
            self.about,
            &self.requirement,
            self.place.line,
            self.place.column,
            self.place.path.as_str(),
            self.verdict,
            self.expected.as_str(),
            self.got.as_str(),
            self.scenario.as_deref(),
        )
    }
}

/// Something that the standards leave open or contradict each other about. Counts neither for nor against.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Remark {
    /// The requirement it is about.
    pub requirement: RequirementId,
    /// The event that shows it.
    pub about: Seq,
    /// Where.
    pub place: Place,
    /// What was seen.
    pub got: String,
    /// Why it is no finding, with the source.
    pub text: &'static str,
}

impl Remark {
    pub(crate) fn key(&self) -> impl Ord + '_ {
        (self.about, &self.requirement, self.place.line, self.place.path.as_str(), self.got.as_str())
    }
}
