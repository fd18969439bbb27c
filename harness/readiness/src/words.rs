//! Sentences about reasons, in the languages in which they are needed. What a reason means is decided elsewhere.

pub(crate) mod beside;
pub(crate) mod en;
pub(crate) mod nb;

use crate::answer::Reason;
use certify::certificate::Scope;
use std::collections::BTreeSet;

/// What the certificates of a reason are about instead of what was asked.
pub(crate) fn seen(reason: &Reason<'_>, pick: impl Fn(&Scope) -> Option<String>) -> String {
    let scopes = reason.cites.iter().flat_map(|cite| &cite.standing.certificate.scope);
    let all: BTreeSet<String> = scopes.filter_map(|certified| pick(&certified.scope)).collect();
    all.into_iter().collect::<Vec<_>>().join(", ")
}

/// The numbers of the certificates that took the place of a reason's.
pub(crate) fn successors(reason: &Reason<'_>) -> String {
    let all = reason.cites.iter().filter_map(|cite| cite.standing.superseded.as_ref());
    all.map(|supersession| supersession.by.as_str()).collect::<Vec<_>>().join(", ")
}

/// The products of a reason's certificates.
pub(crate) fn products(reason: &Reason<'_>, with: &str) -> String {
    let all: BTreeSet<String> = reason
        .cites
        .iter()
        .map(|cite| {
            let product = &cite.standing.certificate.product;
            let mut text = format!("{} {}", product.system, product.version);
            if let Some(handler) = &product.handler {
                text.push_str(&format!(" {with} {handler}"));
            }
            if let Some(version) = &product.handler_version {
                text.push_str(&format!(" {version}"));
            }
            text
        })
        .collect();
    all.into_iter().collect::<Vec<_>>().join(", ")
}
