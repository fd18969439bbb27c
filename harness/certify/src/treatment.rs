//! What a claim comes to on a day when requirements are treated otherwise than they came out.
//!
//! A certificate is not changed by that: it states what came out. The treatment ends, and names those who answer for it.

use crate::certificate::{Certified, Grounds, Outcome, Requirement};
use crate::standing::{Override, Standing};
use jiff::civil::Date;
use std::collections::BTreeMap;

/// What a claim comes to by its grounds, when some requirements are treated as if they had another status.
pub fn outcome_by(grounds: &Grounds, requirements: &[Requirement], treated: &BTreeMap<&str, &str>) -> Outcome {
    let of = |id: &str, certified: Outcome| treated.get(id).map_or(certified, |status| Outcome::of_status(status));
    let own = grounds.own.iter().map(|(id, made)| of(id, *made));
    let general = requirements.iter().filter(|requirement| is_general(requirement));
    let general = general.map(|requirement| of(&requirement.id, Outcome::of_status(&requirement.status)));
    own.chain(general).fold(grounds.apart, Outcome::max)
}

fn is_general(requirement: &Requirement) -> bool {
    requirement.level == "MUST" && !requirement.of_messages
}

/// Whether a requirement of a certificate counts for one of its claims. `None`: the certificate does not say.
pub fn counts(standing: &Standing, claim: &Certified, requirement: &str) -> Option<bool> {
    let grounds = claim.grounds.as_ref()?;
    let of_all = standing.certificate.requirements.iter().filter(|one| is_general(one));
    Some(grounds.own.contains_key(requirement) || of_all.into_iter().any(|one| one.id == requirement))
}

/// What a claim comes to on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Treated<'s> {
    /// What it comes to.
    pub outcome: Outcome,
    /// The overrides that make it so; none where it is what is certified.
    pub by: Vec<&'s Override>,
}

/// What a claim of a certificate comes to on a day. Of several overrides of a requirement that run, the one that was
/// written last counts, so that an override can be ended before its day by another.
pub fn treat<'s>(standing: &'s Standing, claim: &Certified, on: Date) -> Treated<'s> {
    let as_certified = Treated { outcome: claim.outcome, by: Vec::new() };
    let Some(grounds) = &claim.grounds else { return as_certified };
    let running: BTreeMap<&str, &Override> =
        standing.overrides.iter().filter(|one| one.runs(on)).map(|one| (one.requirement.as_str(), one)).collect();
    if running.is_empty() {
        return as_certified;
    }
    let treated = running.iter().map(|(id, one)| (*id, one.status.as_str())).collect();
    let outcome = outcome_by(grounds, &standing.certificate.requirements, &treated);
    if outcome == claim.outcome {
        return as_certified;
    }
    let changes = |one: &&Override| {
        let made = grounds.own.get(&one.requirement).copied().unwrap_or_else(|| certified(standing, &one.requirement));
        counts(standing, claim, &one.requirement) == Some(true) && made != Outcome::of_status(&one.status)
    };
    Treated { outcome, by: running.into_values().filter(changes).collect() }
}

fn certified(standing: &Standing, id: &str) -> Outcome {
    let found = standing.certificate.requirements.iter().find(|requirement| requirement.id == id);
    found.map_or(Outcome::Met, |requirement| Outcome::of_status(&requirement.status))
}

/// The last day, from `on`, on which claims that are met go on to be so, as far as overrides decide it; `None`: they do not.
pub fn last_day_met(standing: &Standing, claims: &[&Certified], on: Date) -> Option<Date> {
    let first = standing.overrides.iter().map(|one| one.on).chain(
        // The day after its last one.
        standing.overrides.iter().filter_map(|one| one.until.tomorrow().ok()),
    );
    let mut changes: Vec<Date> = first.filter(|day| *day > on).collect();
    changes.sort_unstable();
    let is_met = |day: &Date| claims.iter().all(|claim| treat(standing, claim, *day).outcome == Outcome::Met);
    changes.into_iter().find(|day| !is_met(day)).and_then(|day| day.yesterday().ok())
}
