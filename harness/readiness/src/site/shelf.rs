//! Where each page lies, and what they share.

use super::Site;
use crate::matrix::{Matrix, Pair};
use crate::question::Question;
use crate::roster::{Installation, Party};
use crate::words::nb::system;
use certify::standing::Standing;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What the pages are made from.
pub(super) struct Shelf<'a> {
    pub site: Site<'a>,
    pub questions: Vec<Question>,
    /// File names of the messages' pages, by the index of the question.
    pub question_slugs: Vec<String>,
    pub products: BTreeMap<Installation, Product<'a>>,
    pub matrix: Matrix<'a>,
    /// The columns of the matrix by the names that people know, with version.
    pub columns: Vec<String>,
    pub pairs: Vec<Pair>,
    /// By row: the pairs that it is part of.
    pub pairs_of: Vec<Vec<usize>>,
    certificate_slugs: HashMap<&'a str, String>,
}

/// A product: certified, in use, or both.
pub(super) struct Product<'a> {
    pub slug: String,
    /// Without carrier, AppRec versions and messages.
    pub key: Installation,
    pub certificates: Vec<&'a Standing>,
    pub users: Vec<&'a Party>,
    /// Its rows of the matrix: one a carrier.
    pub rows: Vec<usize>,
}

impl<'a> Shelf<'a> {
    pub fn of(site: Site<'a>) -> Self {
        let questions = super::questions(site);
        let matrix = Matrix::of(site.evidence, site.on, None);
        let pairs = matrix.pairs();
        let mut pairs_of = vec![Vec::new(); matrix.rows.len()];
        for (index, pair) in pairs.iter().enumerate() {
            pairs_of[pair.from].push(index);
            if pair.to != pair.from {
                pairs_of[pair.to].push(index);
            }
        }
        let mut slugs = Slugs::default();
        let question_slugs =
            questions.iter().map(|question| slugs.of(&format!("{} {}", question.direction, question.name()))).collect();
        let mut slugs = Slugs::default();
        let certificates = site.evidence.all().iter();
        let certificate_slugs =
            certificates.map(|one| (one.digest.as_str(), slugs.of(&one.certificate.number))).collect();
        let products = products(site, &matrix);
        let columns = matrix.messages.iter().map(|(message, version)| column_name(message, version)).collect();
        Self { site, questions, question_slugs, products, matrix, columns, pairs, pairs_of, certificate_slugs }
    }

    pub fn certificate_slug(&self, standing: &Standing) -> &str {
        self.certificate_slugs.get(standing.digest.as_str()).map_or("", String::as_str)
    }

    pub fn product(&self, installation: &Installation) -> Option<&Product<'a>> {
        self.products.get(&key(installation))
    }
}

fn products<'a>(site: Site<'a>, matrix: &Matrix<'a>) -> BTreeMap<Installation, Product<'a>> {
    let mut all: BTreeMap<Installation, Product<'a>> = BTreeMap::new();
    let empty = |key: &Installation| Product {
        slug: String::new(),
        key: key.clone(),
        certificates: Vec::new(),
        users: Vec::new(),
        rows: Vec::new(),
    };
    for (index, row) in matrix.rows.iter().enumerate() {
        let key = key(&row.product);
        let product = all.entry(key.clone()).or_insert_with(|| empty(&key));
        product.rows.push(index);
        for cite in row.cells.values().flat_map(|cell| &cell.cites) {
            if !product.certificates.iter().any(|known| known.digest == cite.standing.digest) {
                product.certificates.push(cite.standing);
            }
        }
    }
    for party in site.roster.parties.values() {
        for installation in &party.systems {
            let key = key(installation);
            let product = all.entry(key.clone()).or_insert_with(|| empty(&key));
            if !product.users.iter().any(|known| known.id == party.id) {
                product.users.push(party);
            }
        }
    }
    let mut slugs = Slugs::default();
    for product in all.values_mut() {
        product.slug = slugs.of(&system(&product.key));
    }
    all
}

/// A message by the name that people know, with its version.
fn column_name(message: &str, version: &str) -> String {
    match crate::message::find(message, version) {
        Some(known) => format!("{} {version}", known.nb),
        None => format!("{message} {version}"),
    }
}

/// A product apart from how it is set up somewhere.
pub(super) fn key(installation: &Installation) -> Installation {
    Installation { carrier: None, apprec: Vec::new(), messages: Vec::new(), ..installation.clone() }
}

/// Longest file name: some file systems take 143 bytes.
const SLUG_MAX: usize = 80;

/// File names of plain letters, each given once.
#[derive(Default)]
struct Slugs(HashSet<String>);

impl Slugs {
    fn of(&mut self, text: &str) -> String {
        let mut slug = String::new();
        for c in text.to_lowercase().chars() {
            match c {
                'a'..='z' | '0'..='9' => slug.push(c),
                'æ' => slug.push_str("ae"),
                'ø' => slug.push('o'),
                'å' => slug.push('a'),
                '+' => slug.push_str("-pluss"),
                _ if !slug.ends_with('-') => slug.push('-'),
                _ => {}
            }
        }
        slug.truncate(SLUG_MAX);
        let slug = slug.trim_matches('-').to_owned();
        let mut free = if slug.is_empty() { "uten-navn".to_owned() } else { slug.clone() };
        let mut number = 2;
        while !self.0.insert(free.clone()) {
            free = format!("{slug}-{number}");
            number += 1;
        }
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_are_plain_and_given_once() {
        let mut slugs = Slugs::default();
        assert_eq!(slugs.of("Bølge Helse 2026.1"), "bolge-helse-2026-1");
        assert_eq!(slugs.of("bølge/helse 2026:1"), "bolge-helse-2026-1-2");
        assert_eq!(slugs.of("../../etc"), "etc");
        assert_eq!(slugs.of("…"), "uten-navn");
        assert!(slugs.of(&"x".repeat(500)).len() <= SLUG_MAX);
    }
}
