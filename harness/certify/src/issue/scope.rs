//! What each claimed message came to.

use super::About;
use crate::certificate::{Certified, Direction, Outcome, Scope, Transport};
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
pub(super) fn of(views: &[View<'_>], ledger: &Ledger, about: About<'_>, subject: &Subject) -> Vec<Certified> {
    let mut certified = Vec::new();
    for (name, direction) in &subject.claims {
        let (Ok((message, version)), Ok(direction)) = (Scope::split(name), direction.parse::<Direction>()) else {
            continue;
        };
        for carrier in carriers(views) {
            let of_carrier: Vec<&View<'_>> = views.iter().filter(|view| carrier_of(view.history) == carrier).collect();
            let claim = Claim { name, direction, about };
            let outcome = claim.outcome(&of_carrier, ledger);
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
                Certified { scope: Scope { message, version, direction, carrier, apprec }, outcome }
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
}

impl Claim<'_> {
    fn is_about(&self, scenario: &str) -> bool {
        (self.about)(scenario).is_some_and(|(message, direction)| message == self.name && direction == self.direction)
    }

    /// Violated: a scenario about it failed, or an obligation was broken that counts for it. Not established: no scenario
    /// about it was played, one could not be told or was left out, or an obligation that counts for it is in doubt.
    fn outcome(&self, views: &[&View<'_>], ledger: &Ledger) -> Outcome {
        let own = || views.iter().flat_map(|view| &view.judgement.scenarios).filter(|s| self.is_about(&s.id));
        let bad = broken_here(views, &|scenario| self.is_about(scenario));
        let counts =
            |row: &&Row| row.level >= Level::Must && (is_general(row) || bad.contains(row.requirement.as_str()));
        let any = |status: Status| ledger.rows().filter(counts).any(|row| row.status == status);
        let left_out = || {
            let ran: BTreeSet<&str> = own().map(|s| s.id.as_str()).collect();
            let all = views.iter().flat_map(|view| view.not_run());
            all.filter(|id| self.is_about(id)).any(|id| !ran.contains(id))
        };
        if any(Status::Violated) || own().any(|s| s.verdict == Played::Failed) {
            Outcome::Violated
        } else if own().next().is_none()
            || own().any(|s| s.verdict != Played::Passed)
            || any(Status::NotEstablished)
            || left_out()
        {
            Outcome::NotEstablished
        } else {
            Outcome::Met
        }
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

fn is_general(row: &Row) -> bool {
    !ABOUT_MESSAGES.iter().any(|document| row.requirement.as_str().starts_with(document))
}

/// Requirements about messages that were broken or in doubt in scenarios of this claim.
fn broken_here(views: &[&View<'_>], is_about: &dyn Fn(&str) -> bool) -> BTreeSet<String> {
    let mut cache: BTreeMap<&str, bool> = BTreeMap::new();
    let mut found = BTreeSet::new();
    for observation in views.iter().flat_map(|view| &view.judgement.observations) {
        if observation.verdict == Verdict::Satisfied {
            continue;
        }
        // What cannot be placed counts for everything.
        let here =
            observation.scenario.as_deref().is_none_or(|name| *cache.entry(name).or_insert_with(|| is_about(name)));
        if here {
            found.insert(observation.requirement.as_str().to_owned());
        }
    }
    found
}
