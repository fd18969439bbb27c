//! What the certificates say about one system in use, one message, one direction and one day.
//!
//! Each certificate of the system is followed as far as it goes: version, handler, message, direction, carrier, AppRec
//! version, day. The one that comes furthest gives the reason. Of those that go the whole way the worst counts: whoever
//! issued a wrong one can withdraw or supersede it, and a supplier who tries until it passes gains nothing by that.

use crate::because::Because;
use crate::cite::Cite;
use crate::evidence::{Evidence, claims};
use crate::roster::Installation;
use certify::certificate::{Certified, Direction, Outcome, Product};
use certify::standing::{Equivalent, Standing};
use jiff::civil::Date;
use std::collections::BTreeSet;

/// An AppRec is not answered by an AppRec: for it, none can have been seen.
const APPREC: &str = "APPREC";

/// What is weighed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Matter<'q> {
    pub message: &'q str,
    pub version: &'q str,
    /// Seen from the system.
    pub direction: Direction,
    pub on: Date,
}

/// What came of it.
#[derive(Debug, Clone)]
pub(crate) struct Weighed<'e> {
    pub because: Because,
    /// The certificates that say so.
    pub cites: Vec<Cite<'e>>,
    /// AppRec versions for which it is met.
    pub apprec: BTreeSet<&'e str>,
}

/// How far a certificate goes, and what it claims there.
struct Reach<'e> {
    because: Because,
    cite: Cite<'e>,
    claims: Vec<&'e Certified>,
}

/// Weighs all certificates of a system.
pub(crate) fn weigh<'e>(evidence: &'e Evidence, installation: &Installation, matter: Matter<'_>) -> Weighed<'e> {
    let reached: Vec<Reach<'e>> = evidence
        .about(installation)
        .filter(|standing| !is_replaced(evidence, standing, installation, matter))
        .map(|standing| reach(evidence, standing, installation, matter))
        .collect();
    let Some(because) = reached.iter().map(|reach| reach.because).max_by_key(|because| furthest(*because)) else {
        return Weighed { because: Because::NoCertificate, cites: Vec::new(), apprec: BTreeSet::new() };
    };
    let deciding: Vec<Reach<'e>> = reached.into_iter().filter(|reach| reach.because == because).collect();
    let claims = deciding.iter().flat_map(|reach| &reach.claims);
    let apprec = match because {
        Because::Met => claims.filter_map(|claim| claim.scope.apprec.as_deref()).collect(),
        _ => BTreeSet::new(),
    };
    Weighed { because, cites: deciding.into_iter().map(|reach| reach.cite).collect(), apprec }
}

/// Those that hold, the worst of them first; then the one that comes furthest.
fn furthest(because: Because) -> u8 {
    match because {
        Because::Violated => u8::MAX,
        Because::OutcomeOpen => u8::MAX - 1,
        Because::Met => u8::MAX - 2,
        other => other as u8,
    }
}

fn reach<'e>(
    evidence: &Evidence,
    standing: &'e Standing,
    installation: &Installation,
    matter: Matter<'_>,
) -> Reach<'e> {
    let stopped = |because, cite| Reach { because, cite, claims: Vec::new() };
    let (mut cite, because) = version(standing, installation, matter.on);
    if let Some(because) = because {
        return stopped(because, cite);
    }
    let claims: Vec<&Certified> = claims(standing, matter.message, matter.version, matter.direction).collect();
    if claims.is_empty() {
        return stopped(no_claim(standing, matter), cite);
    }
    let Some(carrier) = installation.carrier else { return stopped(Because::UnknownCarrier, cite) };
    let claims: Vec<&Certified> = claims.into_iter().filter(|claim| claim.scope.carrier == carrier).collect();
    if claims.is_empty() {
        return stopped(Because::OtherCarrier, cite);
    }
    let claims = match of_apprec(claims, installation, matter) {
        Ok(claims) => claims,
        Err(because) => return stopped(because, cite),
    };
    let outcome = cite.weigh(&claims, matter.on);
    // No override brings back what does not hold on the day.
    let because = on_the_day(evidence, standing, matter.on).unwrap_or_else(|| of(outcome));
    Reach { because, cite, claims }
}

/// Whether the certificate is about the version and handler in use, or why not.
fn version<'e>(standing: &'e Standing, installation: &Installation, on: Date) -> (Cite<'e>, Option<Because>) {
    let product = &standing.certificate.product;
    let equal = |equivalent: &&Equivalent| equivalent.version == installation.version && equivalent.on <= on;
    let equivalents: Vec<&Equivalent> = standing.equivalents.iter().filter(equal).collect();
    let is_tested = product.version == installation.version;
    if is_tested && is_handler(product, product.handler_version.as_ref(), installation) {
        return (Cite::of(standing, None), None);
    }
    // Without a version of the handler a declaration is about the one that was tested.
    let fits = equivalents.iter().find(|equivalent| {
        is_handler(product, equivalent.handler_version.as_ref().or(product.handler_version.as_ref()), installation)
    });
    if let Some(equivalent) = fits {
        return (Cite::of(standing, Some(equivalent)), None);
    }
    let is_known = is_tested || !equivalents.is_empty();
    let because = if is_known { Because::OtherHandler } else { Because::OtherVersion };
    (Cite::of(standing, None), Some(because))
}

fn is_handler(product: &Product, version: Option<&String>, installation: &Installation) -> bool {
    product.handler == installation.handler && version == installation.handler_version.as_ref()
}

fn no_claim(standing: &Standing, matter: Matter<'_>) -> Because {
    let scopes = || standing.certificate.scope.iter().map(|certified| &certified.scope);
    if scopes().any(|scope| scope.message == matter.message && scope.version == matter.version) {
        Because::OtherDirection
    } else if scopes().any(|scope| scope.message == matter.message) {
        Because::OtherMessageVersion
    } else {
        Because::OtherMessage
    }
}

fn of_apprec<'e>(
    claims: Vec<&'e Certified>,
    installation: &Installation,
    matter: Matter<'_>,
) -> Result<Vec<&'e Certified>, Because> {
    if matter.message == APPREC {
        return Ok(claims);
    }
    if installation.apprec.is_empty() {
        return Err(Because::UnknownApprec);
    }
    let in_use =
        |claim: &&Certified| claim.scope.apprec.as_ref().is_some_and(|apprec| installation.apprec.contains(apprec));
    let claims: Vec<&Certified> = claims.into_iter().filter(in_use).collect();
    if claims.is_empty() { Err(Because::OtherApprec) } else { Ok(claims) }
}

/// Why it says nothing about the day.
fn on_the_day(evidence: &Evidence, standing: &Standing, on: Date) -> Option<Because> {
    let validity = standing.certificate.validity;
    if standing.withdrawn.as_ref().is_some_and(|withdrawal| withdrawal.on <= on) {
        Some(Because::Withdrawn)
    } else if on < validity.from {
        Some(Because::NotYetValid)
    } else if !standing.holds(on) {
        Some(Because::Expired)
    } else {
        let is_superseded = standing.superseded.as_ref().is_some_and(|supersession| supersession.on <= on);
        (is_superseded && evidence.successor(standing).is_none()).then_some(Because::SuccessorMissing)
    }
}

fn of(outcome: Option<Outcome>) -> Because {
    match outcome {
        Some(Outcome::Met) => Because::Met,
        Some(Outcome::Violated) => Because::Violated,
        Some(Outcome::NotEstablished) | None => Because::OutcomeOpen,
    }
}

/// A superseded certificate is silent about what its successor claims, even when the successor no longer holds: its
/// issuer had a reason to put another in its place. What the successor does not claim, it still says.
fn is_replaced(evidence: &Evidence, standing: &Standing, installation: &Installation, matter: Matter<'_>) -> bool {
    let begun = standing.superseded.as_ref().is_some_and(|supersession| supersession.on <= matter.on);
    begun
        && evidence.successor(standing).is_some_and(|successor| {
            let because = reach(evidence, successor, installation, matter).because;
            because > Because::NotYetValid && because != Because::NoCommonWay
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_those_that_hold_the_worst_comes_first_then_the_one_that_goes_furthest() {
        let mut all = Because::ALL;
        all.sort_by_key(|because| furthest(*because));
        assert_eq!(&all[17..], [Because::Met, Because::OutcomeOpen, Because::Violated]);
        assert!(furthest(Because::Withdrawn) > furthest(Because::Expired));
        assert!(furthest(Because::Expired) > furthest(Because::OtherApprec));
        assert!(furthest(Because::OtherHandler) > furthest(Because::OtherVersion));
    }
}
