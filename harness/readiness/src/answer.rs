//! The answer: what both ends' systems come to, and together.

use crate::because::{Because, Verdict};
use crate::cite::{Cite, Overridden};
use crate::evidence::Evidence;
use crate::question::{Other, Question};
use crate::roster::{Class, Installation, Party, Roster};
use crate::weigh::{Matter, Weighed, weigh};
use certify::certificate::{Condition, Direction};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// The answer for one municipality.
#[derive(Debug, Clone)]
pub struct Answer<'a> {
    /// Who asks.
    pub party: &'a Party,
    /// What is asked.
    pub question: &'a Question,
    /// The worst of the reasons.
    pub verdict: Verdict,
    /// Why: the worst first, then our own end before the other. Never empty.
    pub reasons: Vec<Reason<'a>>,
    /// Those of the other end of whom the roster names no system. They are no part of the answer.
    pub unknown: Vec<&'a Party>,
    /// Whether anybody at the other end was looked at.
    pub has_other_end: bool,
}

/// One reason.
#[derive(Debug, Clone)]
pub struct Reason<'a> {
    /// Why.
    pub because: Because,
    /// Whose end it is about.
    pub party: &'a Party,
    /// Whether that is the one who asks.
    pub is_own: bool,
    /// The system, where one is meant.
    pub installation: Option<&'a Installation>,
    /// The direction at that end.
    pub direction: Direction,
    /// The certificates.
    pub cites: Vec<Cite<'a>>,
    /// The one that it does not meet, for [`Because::NoCommonWay`].
    pub other: Option<(&'a Party, &'a Installation)>,
}

/// Whom a question is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// One, by number or name.
    Municipality(String),
    /// A group: all of it must be ready.
    Group(String),
    /// All municipalities.
    All,
}

/// Something is asked about that the roster does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unknown {
    /// No such municipality.
    #[error("the roster has no municipality `{0}`")]
    Municipality(String),
    /// No such group.
    #[error("the roster has no municipality in a group `{0}`")]
    Group(String),
    /// No such counterpart.
    #[error("the roster has no party `{0}`")]
    Party(String),
    /// No municipality at all.
    #[error("the roster has no municipality")]
    Empty,
}

/// The municipalities that a place means.
///
/// # Errors
/// When there is none.
pub fn parties<'a>(roster: &'a Roster, place: &Place) -> Result<Vec<&'a Party>, Unknown> {
    let (found, unknown): (Vec<&Party>, Unknown) = match place {
        Place::Municipality(name) => {
            let found = roster.municipalities().filter(|party| party.id == *name || party.name == *name);
            (found.collect(), Unknown::Municipality(name.clone()))
        }
        Place::Group(name) => (roster.group(name), Unknown::Group(name.clone())),
        Place::All => (roster.municipalities().collect(), Unknown::Empty),
    };
    if found.is_empty() { Err(unknown) } else { Ok(found) }
}

/// Answers for every municipality that is meant.
///
/// # Errors
/// When somebody is not in the roster.
pub fn ask<'a>(
    evidence: &'a Evidence,
    roster: &'a Roster,
    place: &Place,
    question: &'a Question,
) -> Result<Vec<Answer<'a>>, Unknown> {
    if let Other::Party(id) = &question.other
        && !roster.parties.contains_key(id)
    {
        return Err(Unknown::Party(id.clone()));
    }
    Ok(parties(roster, place)?.into_iter().map(|party| answer(evidence, roster, party, question)).collect())
}

/// The answer of several: the worst counts. `None` for none.
pub fn together<'a>(answers: impl IntoIterator<Item = &'a Answer<'a>>) -> Option<Verdict> {
    answers.into_iter().map(|answer| answer.verdict).max()
}

/// Answers for one municipality.
pub fn answer<'a>(evidence: &'a Evidence, roster: &'a Roster, party: &'a Party, question: &'a Question) -> Answer<'a> {
    let own = ends(evidence, party, question, question.direction, true);
    let others = others(roster, party, question);
    let (known, mut unknown): (Vec<&Party>, Vec<&Party>) =
        others.into_iter().partition(|other| !other.systems.is_empty());
    let mut reasons = Vec::new();
    for other in &known {
        let theirs = ends(evidence, other, question, question.opposite(), false);
        reasons.extend(do_not_meet(party, other, &own, &theirs, question));
        reasons.extend(theirs.into_iter().map(|end| end.reason));
    }
    // Who asks about somebody in particular is not told `yes` without knowing anything about them.
    if question.other != Other::Any {
        reasons.extend(unknown.drain(..).map(|other| nothing(other, Because::NoSystem, question.opposite(), false)));
        if reasons.is_empty() {
            reasons.push(nothing(party, Because::NoCounterpart, question.direction, true));
        }
    }
    reasons.extend(own.into_iter().map(|end| end.reason));
    reasons.sort_by_key(|reason| (std::cmp::Reverse(reason.because.verdict()), !reason.is_own));
    let verdict = reasons.iter().map(|reason| reason.because.verdict()).max().unwrap_or(Verdict::NotEstablished);
    Answer { party, question, verdict, reasons, unknown, has_other_end: !known.is_empty() }
}

/// One system and what it comes to.
struct End<'a> {
    reason: Reason<'a>,
    apprec: BTreeSet<&'a str>,
}

fn ends<'a>(
    evidence: &'a Evidence,
    party: &'a Party,
    question: &Question,
    direction: Direction,
    is_own: bool,
) -> Vec<End<'a>> {
    let matter = Matter { message: &question.message, version: &question.version, direction, on: question.on };
    let handling = party.systems.iter().filter(|system| system.handles(&question.message, &question.version));
    let mut ends: Vec<End<'_>> = handling
        .map(|installation| {
            let Weighed { because, cites, apprec } = weigh(evidence, installation, matter);
            let installation = Some(installation);
            End { reason: Reason { because, party, is_own, installation, direction, cites, other: None }, apprec }
        })
        .collect();
    if ends.is_empty() {
        let reason = nothing(party, Because::NoSystem, direction, is_own);
        ends.push(End { reason, apprec: BTreeSet::new() });
    }
    ends
}

fn nothing(party: &Party, because: Because, direction: Direction, is_own: bool) -> Reason<'_> {
    Reason { because, party, is_own, installation: None, direction, cites: Vec::new(), other: None }
}

/// Who is at the other end, as far as the roster names them.
fn others<'a>(roster: &'a Roster, party: &Party, question: &Question) -> Vec<&'a Party> {
    let named = || party.counterparts.iter().filter_map(|id| roster.parties.get(id));
    match &question.other {
        Other::Party(id) => roster.parties.get(id).into_iter().collect(),
        Other::Class(class) => named().filter(|other| other.class == *class).collect(),
        Other::Any => {
            let classes: Option<Vec<Class>> = question.known().map(|message| message.others(question.direction));
            named().filter(|other| classes.as_ref().is_none_or(|classes| classes.contains(&other.class))).collect()
        }
    }
}

/// Each of our systems with each of theirs: both are certified, but not for a carrier and an AppRec version that both use.
fn do_not_meet<'a>(
    party: &'a Party,
    other: &'a Party,
    ours: &[End<'a>],
    theirs: &[End<'a>],
    question: &Question,
) -> Vec<Reason<'a>> {
    let mut reasons = Vec::new();
    for our in ours.iter().filter(|end| end.reason.because == Because::Met) {
        for their in theirs.iter().filter(|end| end.reason.because == Because::Met) {
            let (Some(one), Some(two)) = (our.reason.installation, their.reason.installation) else { continue };
            let has_apprec = !our.apprec.is_empty() || !their.apprec.is_empty();
            let meet = one.carrier == two.carrier && (!has_apprec || !our.apprec.is_disjoint(&their.apprec));
            if !meet {
                let cites = our.reason.cites.iter().chain(&their.reason.cites).cloned().collect();
                let mut reason = nothing(party, Because::NoCommonWay, question.direction, true);
                reason.installation = Some(one);
                reason.cites = cites;
                reason.other = Some((other, two));
                reasons.push(reason);
            }
        }
    }
    reasons
}

impl<'a> Reason<'a> {
    /// The certificates of which it would not be the reason if nothing had been overridden.
    pub fn overridden(&self) -> Vec<(&Cite<'a>, &Overridden<'a>)> {
        if !matches!(self.because, Because::Met | Because::OutcomeOpen | Because::Violated) {
            return Vec::new();
        }
        let all: Vec<_> = self.cites.iter().filter_map(|cite| Some((cite, cite.overridden.as_ref()?))).collect();
        // One that is broken by the test is enough.
        if self.because == Because::Violated && all.len() < self.cites.len() { Vec::new() } else { all }
    }

    /// The last day on which it stays met. Of two certificates for one system the later one is enough, unless an override
    /// ends before: then the other one says again what it states.
    fn last_day(&self) -> Option<Date> {
        let latest = self.cites.iter().map(Cite::last_day).max()?;
        let turns = self.cites.iter().filter_map(Cite::turns_after).min();
        Some(turns.map_or(latest, |last| latest.min(last)))
    }
}

impl<'a> Answer<'a> {
    /// Why, in one word.
    pub fn because(&self) -> Because {
        self.reasons.first().map_or(Because::NoSystem, |reason| reason.because)
    }

    /// What must be kept for a `yes` to hold, each once.
    pub fn conditions(&self) -> Vec<&'a Condition> {
        let (name, on) = (self.question.name(), self.question.on);
        let mut found: Vec<&Condition> = Vec::new();
        for cite in self.reasons.iter().filter(|reason| reason.because == Because::Met).flat_map(|r| &r.cites) {
            let standing: &'a certify::standing::Standing = cite.standing;
            for condition in &standing.certificate.conditions {
                let is_about = condition.messages.is_empty() || condition.messages.contains(&name);
                let applies = condition.until.is_none_or(|until| on <= until);
                if is_about && applies && !found.contains(&condition) {
                    found.push(condition);
                }
            }
        }
        found
    }

    /// The last day of a `yes`: when the first of its certificates ceases to hold.
    pub fn until(&self) -> Option<Date> {
        if self.verdict != Verdict::Yes {
            return None;
        }
        self.reasons.iter().filter_map(Reason::last_day).min()
    }
}
