//! What each claimed message came to.

use super::About;
use crate::certificate::{Certified, Direction, Grounds, Outcome, Requirement, Scope, Transport};
use crate::treatment::outcome_by;
use checks::Outcome as Played;
use checks::catalogue::Level;
use checks::ledger::{Ledger, Row, Status};
use checks::verdict::Verdict;
use evidence::event::Subject;
use evidence::history::{Author, History, MessageRecord};
use report::View;
use std::collections::{BTreeMap, BTreeSet};
use wire::business::Business;

/// Documents whose rules are about one kind of message: PLO (HIS 1143 to HIS 1145), its acceptance test, dialogue. Every
/// other document's are about the exchange itself, and count for every message.
const ABOUT_MESSAGES: [&str; 5] = ["HIS1143-", "HIS1144-", "HIS1145-", "PLOAT-", "HIS80602-"];

/// Each claim, by carrier and AppRec version.
pub(super) fn of(
    (views, ledger): (&[View<'_>], &Ledger),
    requirements: &[Requirement],
    about: About<'_>,
    subject: &Subject,
) -> Vec<Certified> {
    let mut certified = Vec::new();
    for (name, direction) in &subject.claims {
        let (Ok((message, version)), Ok(direction)) = (Scope::split(name), direction.parse::<Direction>()) else {
            continue;
        };
        for carrier in carriers(views) {
            let of_carrier: Vec<&View<'_>> = views.iter().filter(|view| carrier_of(view.history) == carrier).collect();
            let claim = Claim { name, direction, about, claims: &subject.claims };
            let grounds = claim.grounds(&of_carrier, ledger);
            let outcome = outcome_by(&grounds, requirements, &BTreeMap::new());
            let mut versions: Vec<Option<String>> = of_carrier
                .iter()
                .flat_map(|view| claim.apprecs(view))
                .collect::<BTreeSet<_>>()
                .into_iter()
                .map(Some)
                .collect();
            if versions.is_empty() {
                versions.push(None);
            }
            certified.extend(versions.into_iter().map(|apprec| {
                let (message, version) = (message.to_owned(), version.to_owned());
                Certified {
                    scope: Scope { message, version, direction, carrier, apprec },
                    outcome,
                    grounds: Some(grounds.clone()),
                }
            }));
        }
    }
    certified
}

fn carriers(views: &[View<'_>]) -> BTreeSet<Transport> {
    views.iter().map(|view| carrier_of(view.history)).collect()
}

fn carrier_of(history: &History) -> Transport {
    let by_mail = |m: &MessageRecord| m.carrier == "mail" || m.sendings.iter().any(|s| s.mail.is_some());
    if history.messages.iter().any(by_mail) { Transport::Mail } else { Transport::Http }
}

struct Claim<'c> {
    name: &'c str,
    direction: Direction,
    about: About<'c>,
    claims: &'c [(String, String)],
}

impl Claim<'_> {
    fn is_about(&self, scenario: &str) -> bool {
        (self.about)(scenario).is_some_and(|s| s.message == self.name && s.direction == self.direction)
    }

    /// Violated: a scenario about it failed, or an obligation was broken that counts for it. Not established: no scenario
    /// about it was played, one could not be told or was left out, or an obligation that counts for it is in doubt.
    fn grounds(&self, views: &[&View<'_>], ledger: &Ledger) -> Grounds {
        let played = || views.iter().flat_map(|view| &view.judgement.scenarios).filter(|s| self.is_about(&s.id));
        let everything: BTreeSet<&str> =
            views.iter().flat_map(|view| &view.judgement.scenarios).map(|s| s.id.as_str()).collect();
        let left_out = views.iter().flat_map(|view| view.not_run()).filter(|id| !everything.contains(id));
        let left_out = left_out.into_iter().any(|id| self.misses(id, ledger));
        let apart = played().map(|scenario| outcome(scenario.apart)).max();
        let apart = apart.unwrap_or(Outcome::NotEstablished);
        let mut grounds = Grounds {
            apart: if left_out { apart.max(Outcome::NotEstablished) } else { apart },
            own: self.messages(views, ledger),
        };
        for (requirement, made) in played().flat_map(|scenario| &scenario.against) {
            // Obligations of the exchange count by themselves.
            if !ledger.get(requirement.as_str()).is_some_and(|row| is_general(row) && row.level >= Level::Must) {
                let worst = grounds.own.entry(requirement.as_str().to_owned()).or_insert(Outcome::Met);
                *worst = outcome(*made).max(*worst);
            }
        }
        grounds
    }

    /// Whether a scenario of the profile that was not played leaves something open about this claim. Duplicates, repeated
    /// receipts and broken signatures are tried with one message, and count for all: so every scenario of the same
    /// direction that the system's claims cover must have been played, and of the others what only they would have shown.
    fn misses(&self, scenario: &str, ledger: &Ledger) -> bool {
        let Some(left_out) = (self.about)(scenario).filter(|s| s.direction == self.direction) else { return false };
        let way = self.direction.to_string();
        let is_claimed = self.claims.iter().any(|(name, direction)| *name == left_out.message && *direction == way);
        let unseen = |row: &Row| is_general(row) && row.level >= Level::Must && row.status == Status::NotExercised;
        is_claimed || left_out.exercises.iter().any(|id| ledger.get(id).is_some_and(unseen))
    }

    /// The obligations about messages that were looked at in its scenarios. One that was only met there is met, whatever
    /// came of it with another message.
    fn messages(&self, views: &[&View<'_>], ledger: &Ledger) -> BTreeMap<String, Outcome> {
        let mut own = BTreeMap::new();
        for observation in views.iter().flat_map(|view| &view.judgement.observations) {
            let row = ledger.get(observation.requirement.as_str());
            let Some(row) = row.filter(|row| !is_general(row) && row.level >= Level::Must) else { continue };
            // What cannot be placed counts for everything.
            if observation.scenario.as_deref().is_none_or(|scenario| self.is_about(scenario)) {
                let made = if observation.verdict == Verdict::Satisfied {
                    Outcome::Met
                } else {
                    Outcome::of_status(row.status.code())
                };
                let worst = own.entry(row.requirement.as_str().to_owned()).or_insert(made);
                *worst = made.max(*worst);
            }
        }
        own
    }

    /// The AppRec versions in the exchanges of its scenarios.
    fn apprecs(&self, view: &View<'_>) -> BTreeSet<String> {
        let messages = &view.history.messages;
        let mut found = BTreeSet::new();
        for exchange in &view.history.exchanges {
            let stimulus = &messages[exchange.stimulus];
            let ours = stimulus.author == Author::Harness;
            let fits = match self.direction {
                Direction::Receive => ours && stimulus.composed.as_ref().is_some_and(|c| c.what == self.name),
                Direction::Send => !ours,
            };
            if fits {
                found.extend(exchange.apprecs.iter().filter_map(|&index| version(&messages[index])));
            }
        }
        found
    }
}

fn version(message: &MessageRecord) -> Option<String> {
    let read = message.payloads.iter().filter_map(|(_, payload)| payload.as_ref().ok());
    read.filter_map(|payload| match &payload.business {
        Business::AppRec(apprec) => apprec.version,
        _ => None,
    })
    .map(|version| match version {
        wire::apprec::Version::V10 => "1.0".to_owned(),
        wire::apprec::Version::V11 => "1.1".to_owned(),
    })
    .next()
}

fn outcome(played: Played) -> Outcome {
    match played {
        Played::Passed => Outcome::Met,
        Played::NotEstablished => Outcome::NotEstablished,
        Played::Failed => Outcome::Violated,
    }
}

/// Whether a requirement is about the exchange itself, and counts for every message.
pub(super) fn is_general(row: &Row) -> bool {
    !ABOUT_MESSAGES.iter().any(|document| row.requirement.as_str().starts_with(document))
}
