//! The certificates, found by what they are about.

use crate::message;
use crate::roster::Installation;
use certify::certificate::{Certified, Direction};
use certify::standing::Standing;
use std::collections::{BTreeSet, HashMap};

/// Certificates with an index. They are verified before they come here.
#[derive(Debug)]
pub struct Evidence {
    standings: Vec<Standing>,
    by_system: HashMap<(String, String), Vec<usize>>,
    by_number: HashMap<String, Vec<usize>>,
}

impl Evidence {
    /// Takes certificates as they stand in a register.
    pub fn of(standings: Vec<Standing>) -> Self {
        let mut by_system: HashMap<_, Vec<usize>> = HashMap::new();
        let mut by_number: HashMap<_, Vec<usize>> = HashMap::new();
        for (index, standing) in standings.iter().enumerate() {
            let product = &standing.certificate.product;
            by_system.entry((product.supplier.clone(), product.system.clone())).or_default().push(index);
            by_number.entry(standing.certificate.number.clone()).or_default().push(index);
        }
        Self { standings, by_system, by_number }
    }

    /// All of them, in the order of the register.
    pub fn all(&self) -> &[Standing] {
        &self.standings
    }

    /// Those about a supplier's system, in whatever version.
    pub fn about(&self, installation: &Installation) -> impl Iterator<Item = &Standing> {
        let key = (installation.supplier.clone(), installation.system.clone());
        self.by_system.get(&key).into_iter().flatten().map(|index| &self.standings[*index])
    }

    /// Every message that some certificate is about, with its version: those of the table first, in its order.
    pub fn messages(&self) -> Vec<(String, String)> {
        let scopes = self.standings.iter().flat_map(|standing| &standing.certificate.scope);
        let all: BTreeSet<(&str, &str)> =
            scopes.map(|certified| (certified.scope.message.as_str(), certified.scope.version.as_str())).collect();
        let known: Vec<(&str, &str)> = message::known().map(|known| (known.code, known.version)).collect();
        let place = |name: &(&str, &str)| known.iter().position(|known| known == name).unwrap_or(known.len());
        let mut all: Vec<_> = all.into_iter().map(|name| (place(&name), name)).collect();
        all.sort_unstable();
        all.into_iter().map(|(_, (message, version))| (message.to_owned(), version.to_owned())).collect()
    }

    /// The certificate that took another's place: by number, of the same issuer and the same system.
    pub fn successor(&self, of: &Standing) -> Option<&Standing> {
        let by = &of.superseded.as_ref()?.by;
        let found = self.by_number.get(by)?.iter().map(|index| &self.standings[*index]);
        let is_of_it = |other: &&Standing| {
            other.certificate.issuer == of.certificate.issuer
                && other.certificate.product.is_same_system(&of.certificate.product)
                && other.digest != of.digest
        };
        found.into_iter().find(is_of_it)
    }
}

/// What a certificate claims about a message in a direction.
pub(crate) fn claims<'s>(
    standing: &'s Standing,
    message: &str,
    version: &str,
    direction: Direction,
) -> impl Iterator<Item = &'s Certified> {
    standing.certificate.scope.iter().filter(move |certified| {
        let scope = &certified.scope;
        scope.message == message && scope.version == version && scope.direction == direction
    })
}
