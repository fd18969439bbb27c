//! A certificate once more from its runs, by the rules of today, and what differs from what it states.

use crate::command::challenge;
use crate::embedded;
use crate::failure::Failure;
use crate::run_folder::Judged;
use certify::assurance::{Backing, Witness};
use certify::certificate::{Certificate, Direction, Outcome, Scope};
use certify::issue::{self, OfSuite, Refusal, Terms};
use certify::register::digest;
use exchange::scenario::Loaded;
use std::collections::{BTreeMap, BTreeSet};

/// Each scenario of the suite.
///
/// # Errors
/// Never with what ships.
pub fn about() -> Result<BTreeMap<String, OfSuite>, Failure> {
    let about = |loaded: Loaded| {
        let needs = &loaded.scenario.needs;
        let direction = match needs.direction {
            exchange::scenario::Direction::Send => Direction::Send,
            exchange::scenario::Direction::Receive => Direction::Receive,
        };
        let of_suite = OfSuite {
            message: needs.message.clone(),
            direction,
            exercises: loaded.scenario.exercises.clone(),
            digest: Some(loaded.digest),
        };
        (loaded.id.clone(), of_suite)
    };
    Ok(embedded::scenarios()?.into_iter().map(about).collect())
}

/// What the runs of a certificate give today, for the same issuer, days and conditions.
///
/// # Errors
/// Why these runs could not be certified today.
pub fn again(
    certificate: &Certificate,
    judged: &[Judged],
    scenarios: &BTreeMap<String, OfSuite>,
) -> Result<Certificate, Refusal> {
    let views: Vec<_> = certificate
        .runs
        .iter()
        .filter_map(|run| judged.iter().find(|j| j.history.run.as_ref().is_some_and(|r| r.run == run.id)))
        .map(Judged::view)
        .collect();
    let terms = Terms {
        issuer: certificate.issuer.clone(),
        issued: certificate.issued,
        validity: certificate.validity,
        conditions: certificate.conditions.clone(),
        backing: backing(certificate, judged),
        suite: certificate.rules.suite.clone(),
    };
    // By another suite, other texts are no alteration.
    let is_ours = certificate.rules.suite == embedded::suite_digest().to_string();
    let about = |id: &str| {
        let scenario = scenarios.get(id).cloned()?;
        Some(OfSuite { digest: scenario.digest.filter(|_| is_ours), ..scenario })
    };
    issue::issue(&views, &about, &terms)
}

/// What stands behind the runs, from what they keep and what the certificate says was signed for them.
fn backing(certificate: &Certificate, judged: &[Judged]) -> Backing {
    let of_log = |run: &Judged| challenge::of_run(run.history.run.as_ref()?, &run.stored).ok().flatten();
    let stated = certificate.challenged.first();
    Backing {
        challenge: stated.and_then(|stated| {
            judged.iter().filter_map(of_log).find(|challenge| digest(&challenge.to_file()) == stated.sha256)
        }),
        witnesses: certificate.witnesses.iter().filter_map(|one| Witness::of_certificate(certificate, one)).collect(),
    }
}

/// What differs between what is certified and what is judged.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Differences {
    /// Requirements with another status.
    pub requirements: Vec<RequirementDiffers>,
    /// Messages with another outcome.
    pub claims: Vec<ClaimDiffers>,
}

/// A requirement with another status; `None`: one side does not know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequirementDiffers {
    /// The requirement.
    pub id: String,
    /// As certified.
    pub certified: Option<String>,
    /// As judged.
    pub judged: Option<String>,
}

/// A message with another outcome; `None`: one side does not have the claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClaimDiffers {
    /// The claim.
    pub scope: Scope,
    /// As certified.
    pub certified: Option<Outcome>,
    /// As judged.
    pub judged: Option<Outcome>,
}

impl Differences {
    /// Between two certificates over the same runs.
    pub fn between(certified: &Certificate, judged: &Certificate) -> Self {
        let statuses = |of: &Certificate| -> BTreeMap<String, String> {
            of.requirements.iter().map(|one| (one.id.clone(), one.status.clone())).collect()
        };
        let outcomes = |of: &Certificate| -> BTreeMap<Scope, Outcome> {
            of.scope.iter().map(|one| (one.scope.clone(), one.outcome)).collect()
        };
        Self {
            requirements: differing(&statuses(certified), &statuses(judged), |id, certified, judged| {
                RequirementDiffers { id, certified, judged }
            }),
            claims: differing(&outcomes(certified), &outcomes(judged), |scope, certified, judged| ClaimDiffers {
                scope,
                certified,
                judged,
            }),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty() && self.claims.is_empty()
    }

    /// A line each.
    pub fn lines(&self) -> Vec<String> {
        let requirements = self.requirements.iter().map(|one| {
            let status = |of: &Option<String>| of.clone().unwrap_or_else(|| "not known".to_owned());
            format!("{}: as certified {}, as judged today {}", one.id, status(&one.certified), status(&one.judged))
        });
        let claims = self.claims.iter().map(|one| {
            let outcome = |of: Option<Outcome>| of.map_or("not claimed", Outcome::word);
            let apprec = one.scope.apprec.as_ref().map(|version| format!(", AppRec {version}")).unwrap_or_default();
            let claim = format!("{} {} by {}{apprec}", one.scope.name(), one.scope.direction, one.scope.carrier);
            format!("{claim}: as certified {}, as judged today {}", outcome(one.certified), outcome(one.judged))
        });
        claims.chain(requirements).collect()
    }
}

impl ClaimDiffers {
    /// Whether the message comes out worse than is certified.
    pub fn is_lost(&self) -> bool {
        match (self.certified, self.judged) {
            (Some(certified), Some(judged)) => judged > certified,
            (Some(certified), None) => certified == Outcome::Met,
            (None, _) => false,
        }
    }
}

fn differing<K: Ord + Clone, V: PartialEq + Clone, D>(
    one: &BTreeMap<K, V>,
    other: &BTreeMap<K, V>,
    differs: impl Fn(K, Option<V>, Option<V>) -> D,
) -> Vec<D> {
    let keys: BTreeSet<&K> = one.keys().chain(other.keys()).collect();
    let keys = keys.into_iter().filter(|key| one.get(key) != other.get(key));
    keys.map(|key| differs(key.clone(), one.get(key).cloned(), other.get(key).cloned())).collect()
}

/// What the rules of today ask for that the runs of a certificate cannot show: one sentence each.
pub fn not_shown(certificate: &Certificate, judged: &[Judged], today: &Certificate) -> Result<Vec<String>, Failure> {
    let known: BTreeMap<String, String> =
        embedded::scenarios()?.into_iter().map(|loaded| (loaded.id, loaded.digest.to_string())).collect();
    let mut reasons = Vec::new();
    for (id, digest) in &certificate.rules.scenarios {
        match known.get(id) {
            None => reasons.push(format!("the scenario {id} is no longer there")),
            Some(now) if now != digest => {
                reasons.push(format!("the scenario {id} is another than the one that was played"));
            }
            Some(_) => {}
        }
    }
    if certificate.rules.profile_digest != today.rules.profile_digest {
        let (about, claims) = (about()?, claimed(certificate));
        let profile = judged.first().map(|run| &run.profile);
        // A run is whole without those that need another carrier, or a subject that the harness starts.
        let asked = profile.into_iter().flat_map(|profile| {
            let apart = |id: &&String| !profile.by_mail.contains(id) && !profile.restarting.contains(id);
            profile.scenarios.iter().filter(apart)
        });
        let is_new = |id: &&String| {
            !certificate.rules.scenarios.contains_key(*id)
                && about
                    .get(*id)
                    .is_some_and(|scenario| claims.contains(&(scenario.message.clone(), scenario.direction)))
        };
        reasons.extend(asked.filter(is_new).map(|id| format!("the scenario {id} was not played")));
        let obligations = profile.into_iter().flat_map(|profile| &profile.obligations);
        let unseen = obligations.filter(|(id, obligation)| {
            let status =
                |of: &Certificate| of.requirements.iter().find(|r| r.id == id.as_str()).map(|r| r.status.clone());
            obligation.minimum > 0 && status(certificate).is_none() && status(today).as_deref() == Some("not-exercised")
        });
        reasons.extend(
            unseen.map(|(id, _)| format!("the requirement {id} is new, and nothing in the runs calls it forth")),
        );
    }
    Ok(reasons)
}

fn claimed(certificate: &Certificate) -> BTreeSet<(String, Direction)> {
    certificate.scope.iter().map(|one| (one.scope.name(), one.scope.direction)).collect()
}
