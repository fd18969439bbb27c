//! Which product is certified for what, and which two can exchange it: without any municipality.

use crate::because::Because;
use crate::cite::Cite;
use crate::evidence::Evidence;
use crate::roster::Installation;
use crate::weigh::{Matter, Weighed, weigh};
use certify::certificate::{Direction, Transport};
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// The AppRec versions there are: a matrix asks about both.
const APPREC: [&str; 2] = ["1.0", "1.1"];

/// Products against messages, on a day.
#[derive(Debug)]
pub struct Matrix<'e> {
    /// On which day.
    pub on: Date,
    /// The columns: message and version.
    pub messages: Vec<(String, String)>,
    /// By supplier, system, version, handler, carrier.
    pub rows: Vec<Row<'e>>,
}

/// A product over a carrier.
#[derive(Debug)]
pub struct Row<'e> {
    /// The product; its AppRec versions are all there are.
    pub product: Installation,
    /// By column and direction, where some certificate claims it.
    pub cells: BTreeMap<(usize, Direction), Cell<'e>>,
}

/// What a product is certified for.
#[derive(Debug)]
pub struct Cell<'e> {
    /// Why.
    pub because: Because,
    /// The AppRec versions for which it is met.
    pub apprec: BTreeSet<&'e str>,
    /// By which certificates.
    pub cites: Vec<Cite<'e>>,
}

/// Two products that can exchange messages.
#[derive(Debug)]
pub struct Pair {
    /// Row of the one that sends.
    pub from: usize,
    /// Row of the one that receives.
    pub to: usize,
    /// Columns of what it can send to it.
    pub messages: Vec<usize>,
}

impl<'e> Matrix<'e> {
    /// All that certificates claim, as it stands on a day; `only`: about these messages.
    pub fn of(evidence: &'e Evidence, on: Date, only: Option<&(String, String)>) -> Self {
        let messages: Vec<(String, String)> =
            evidence.messages().into_iter().filter(|name| only.is_none_or(|only| only == name)).collect();
        let columns: BTreeMap<(&str, &str), usize> = messages
            .iter()
            .enumerate()
            .map(|(index, (message, version))| ((message.as_str(), version.as_str()), index))
            .collect();
        let mut claimed: BTreeMap<Installation, BTreeSet<(usize, Direction)>> = BTreeMap::new();
        for standing in evidence.all() {
            for certified in &standing.certificate.scope {
                let scope = &certified.scope;
                let Some(column) = columns.get(&(scope.message.as_str(), scope.version.as_str())) else { continue };
                for product in products(standing, scope.carrier, on) {
                    claimed.entry(product).or_default().insert((*column, scope.direction));
                }
            }
        }
        let cell = |product: &Installation, column: usize, direction| {
            let (message, version) = &messages[column];
            let Weighed { because, cites, apprec } =
                weigh(evidence, product, Matter { message, version, direction, on });
            Cell { because, apprec, cites }
        };
        let row = |(product, claims): (Installation, BTreeSet<(usize, Direction)>)| {
            let cells = claims.into_iter().map(|(column, way)| ((column, way), cell(&product, column, way))).collect();
            Row { product, cells }
        };
        let rows = claimed.into_iter().map(row).collect();
        Self { on, messages, rows }
    }

    /// Who can exchange what with whom: both ends certified, over the same carrier and with a common AppRec version.
    pub fn pairs(&self) -> Vec<Pair> {
        let mut pairs: BTreeMap<(usize, usize), Vec<usize>> = BTreeMap::new();
        for column in 0..self.messages.len() {
            let met = |direction| {
                let cells = self
                    .rows
                    .iter()
                    .enumerate()
                    .filter_map(move |(index, row)| Some((index, row, row.cells.get(&(column, direction))?)));
                cells.filter(|(_, _, cell)| cell.because == Because::Met).collect::<Vec<_>>()
            };
            let receivers = met(Direction::Receive);
            for (from, sender, send) in met(Direction::Send) {
                for (to, receiver, receive) in &receivers {
                    if sender.product.carrier == receiver.product.carrier && send.meets(receive) {
                        pairs.entry((from, *to)).or_default().push(column);
                    }
                }
            }
        }
        pairs.into_iter().map(|((from, to), messages)| Pair { from, to, messages }).collect()
    }

    /// A column's name, `NAME@version`.
    pub fn column(&self, index: usize) -> String {
        self.messages.get(index).map(|(message, version)| format!("{message}@{version}")).unwrap_or_default()
    }
}

impl Cell<'_> {
    /// Whether an override makes it so.
    pub fn is_overridden(&self) -> bool {
        self.cites.iter().any(|cite| cite.overridden.is_some())
    }

    /// Whether two that are met have an AppRec version in common.
    fn meets(&self, other: &Self) -> bool {
        let neither = self.apprec.is_empty() && other.apprec.is_empty();
        neither || !self.apprec.is_disjoint(&other.apprec)
    }
}

/// The product of a certificate, and those that are declared equivalent on the day.
fn products(standing: &certify::standing::Standing, carrier: Transport, on: Date) -> Vec<Installation> {
    let product = &standing.certificate.product;
    let of = |version: &String, handler_version: Option<&String>| Installation {
        supplier: product.supplier.clone(),
        system: product.system.clone(),
        version: version.clone(),
        handler: product.handler.clone(),
        handler_version: handler_version.cloned(),
        carrier: Some(carrier),
        apprec: APPREC.map(str::to_owned).to_vec(),
        messages: Vec::new(),
    };
    let equivalents = standing.equivalents.iter().filter(|equivalent| equivalent.on <= on);
    let equivalents = equivalents.map(|equivalent| {
        of(&equivalent.version, equivalent.handler_version.as_ref().or(product.handler_version.as_ref()))
    });
    std::iter::once(of(&product.version, product.handler_version.as_ref())).chain(equivalents).collect()
}
