//! How far a roll-out has come: by county and by size of the municipality, with what it depends on.
//!
//! The factors are those on which the exchange of messages between municipalities, hospitals and GPs has failed or
//! succeeded: one end alone is worth nothing, receipts must be readable by both, and the message handler in use must be
//! the one that was tested.

use crate::answer::{Answer, answer};
use crate::because::{Because, Verdict};
use crate::evidence::Evidence;
use crate::question::{Other, Question};
use crate::roster::{Party, Roster};
use certify::certificate::Direction;
use jiff::civil::Date;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// The questions of a national view: every message that a certificate is about, in each direction that a municipality has.
pub fn questions(evidence: &Evidence, on: Date) -> Vec<Question> {
    let both = || vec![Direction::Send, Direction::Receive];
    let of = |(message, version): (String, String)| {
        let known = crate::message::find(&message, &version);
        let directions = known.map_or_else(both, |known| known.directions());
        let question = move |direction| Question {
            message: message.clone(),
            version: version.clone(),
            direction,
            other: Other::Any,
            on,
        };
        directions.into_iter().map(question).collect::<Vec<_>>()
    };
    evidence.messages().into_iter().flat_map(of).collect()
}

/// How far a message has come.
#[derive(Debug, Clone, Serialize)]
pub struct Progress {
    /// What was asked of each municipality.
    #[serde(skip)]
    pub question: Question,
    /// Of all.
    pub all: Counts,
    /// By size, the smallest first.
    pub by_size: BTreeMap<Size, Counts>,
    /// By county; `None`: not known.
    pub by_county: BTreeMap<Option<String>, Counts>,
}

/// Municipalities, counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Counts {
    /// How many are ready.
    pub yes: u32,
    /// Of how many nobody can tell.
    pub not_established: u32,
    /// How many have a system with a broken obligation at one of the ends.
    pub no: u32,
    /// People who live where it is ready, where the roster says how many.
    pub people_yes: u64,
    /// People of all of them.
    pub people: u64,
    /// What it depends on.
    pub factors: Factors,
}

/// What readiness depends on: for how many municipalities each holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Factors {
    /// The roster names the system that handles the message.
    pub system_known: u32,
    /// The message handler in use is the one that was tested.
    pub handler_approved: u32,
    /// The municipality's own end is ready.
    pub own_end: u32,
    /// Somebody at the other end is known, and all of them are ready.
    pub other_end: u32,
    /// Both are, and share a carrier and an AppRec version.
    pub both_agree: u32,
}

/// Size of a municipality: 5,000 and 20,000 are the limits of national statistics; below 2,000 there is hardly anybody
/// who could look at this full time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Size {
    /// Below 2,000 people.
    Smallest,
    /// Below 5,000.
    Small,
    /// Below 20,000.
    Medium,
    /// All others.
    Large,
    /// The roster does not say.
    Unknown,
}

impl Size {
    /// Of a municipality.
    pub fn of(party: &Party) -> Self {
        match party.population {
            None => Self::Unknown,
            Some(people) if people < 2_000 => Self::Smallest,
            Some(people) if people < 5_000 => Self::Small,
            Some(people) if people < 20_000 => Self::Medium,
            Some(_) => Self::Large,
        }
    }
}

impl fmt::Display for Size {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Smallest => "below 2,000",
            Self::Small => "2,000 to 4,999",
            Self::Medium => "5,000 to 19,999",
            Self::Large => "20,000 and more",
            Self::Unknown => "size not known",
        })
    }
}

impl Progress {
    /// Nothing counted yet.
    pub fn new(question: Question) -> Self {
        Self { question, all: Counts::default(), by_size: BTreeMap::new(), by_county: BTreeMap::new() }
    }

    /// Counts an answer to its question.
    pub fn add(&mut self, answer: &Answer<'_>) {
        let party = answer.party;
        self.all.add(answer);
        self.by_size.entry(Size::of(party)).or_default().add(answer);
        self.by_county.entry(party.county.clone()).or_default().add(answer);
    }
}

impl Counts {
    /// How many there are.
    pub fn total(&self) -> u32 {
        self.yes + self.not_established + self.no
    }

    /// Adds the counts of another question or part of the country.
    pub fn join(&mut self, other: &Self) {
        self.yes += other.yes;
        self.not_established += other.not_established;
        self.no += other.no;
        self.people_yes += other.people_yes;
        self.people += other.people;
        let (ours, theirs) = (&mut self.factors, &other.factors);
        ours.system_known += theirs.system_known;
        ours.handler_approved += theirs.handler_approved;
        ours.own_end += theirs.own_end;
        ours.other_end += theirs.other_end;
        ours.both_agree += theirs.both_agree;
    }

    fn add(&mut self, answer: &Answer<'_>) {
        let people = u64::from(answer.party.population.unwrap_or_default());
        self.people += people;
        match answer.verdict {
            Verdict::Yes => {
                self.yes += 1;
                self.people_yes += people;
            }
            Verdict::NotEstablished => self.not_established += 1,
            Verdict::No => self.no += 1,
        }
        self.factors.add(answer);
    }
}

impl Factors {
    fn add(&mut self, answer: &Answer<'_>) {
        let own = || answer.reasons.iter().filter(|reason| reason.is_own && reason.because != Because::NoCommonWay);
        let is_own_ready = own().all(|reason| reason.because == Because::Met);
        let mut others = answer.reasons.iter().filter(|reason| !reason.is_own);
        let is_other_ready = answer.has_other_end && others.all(|reason| reason.because == Because::Met);
        let agree = is_own_ready && is_other_ready && answer.verdict == Verdict::Yes;
        let has_system = own().all(|reason| reason.because != Because::NoSystem);
        self.system_known += u32::from(has_system);
        self.handler_approved += u32::from(own().all(|reason| reason.because > Because::OtherHandler));
        self.own_end += u32::from(is_own_ready);
        self.other_end += u32::from(is_other_ready);
        self.both_agree += u32::from(agree);
    }
}

/// Asks every municipality every question.
pub fn national(evidence: &Evidence, roster: &Roster, questions: Vec<Question>) -> Vec<Progress> {
    let count = |question: Question| {
        let mut progress = Progress::new(question.clone());
        for party in roster.municipalities() {
            progress.add(&answer(evidence, roster, party, &question));
        }
        progress
    };
    questions.into_iter().map(count).collect()
}
