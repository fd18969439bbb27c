//! A product's page: what it is certified for, who uses it, with whom it can exchange.

use super::frame::{self, Frame, Link, Pill};
use super::shelf::{Product, Shelf, key};
use crate::plain;
use crate::words::nb::system;
use askama::Template;
use certify::certificate::Transport;
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "site/product.html")]
struct Page {
    frame: Frame,
    supplier: String,
    certificates: Vec<Link>,
    rows: Vec<Row>,
    partners: Vec<Partner>,
    users: Vec<(Option<Link>, String)>,
}

struct Row {
    name: String,
    code: String,
    way: &'static str,
    carrier: &'static str,
    pill: Pill,
    brief: &'static str,
    apprec: String,
    certificates: Vec<Link>,
}

#[derive(Default)]
struct Partner {
    href: String,
    name: String,
    sends: Vec<String>,
    receives: Vec<String>,
}

pub(super) fn page(shelf: &Shelf<'_>, product: &Product<'_>) -> String {
    let users = product.users.iter().map(|party| {
        let is_listed = party.class == crate::roster::Class::Municipality;
        let link = is_listed.then(|| Link { href: format!("../kommune/{}.html", party.id), text: party.name.clone() });
        (link, party.name.clone())
    });
    let page = Page {
        frame: Frame::below(shelf, system(&product.key)),
        supplier: product.key.supplier.clone(),
        certificates: product.certificates.iter().map(|one| frame::certificate(shelf, "../", one)).collect(),
        rows: rows(shelf, product),
        partners: partners(shelf, product),
        users: users.collect(),
    };
    page.render().expect("writing to memory cannot fail")
}

fn rows(shelf: &Shelf<'_>, product: &Product<'_>) -> Vec<Row> {
    let own = product.rows.iter().map(|index| &shelf.matrix.rows[*index]);
    let cells =
        own.flat_map(|row| row.cells.iter().map(move |((column, direction), cell)| (row, *column, *direction, cell)));
    let row = cells.map(|(row, column, direction, cell)| Row {
        name: shelf.columns[column].clone(),
        code: shelf.matrix.column(column),
        way: frame::way(direction),
        carrier: carrier(row.product.carrier),
        pill: Pill::of(cell.because.verdict()),
        brief: if cell.is_overridden() { "etter et unntak" } else { plain::brief(cell.because) },
        apprec: cell.apprec.iter().copied().collect::<Vec<_>>().join(", "),
        certificates: frame::certificates(shelf, "../", cell.cites.iter()),
    });
    row.collect()
}

fn partners(shelf: &Shelf<'_>, product: &Product<'_>) -> Vec<Partner> {
    let rows = &shelf.matrix.rows;
    let mut partners: BTreeMap<_, Partner> = BTreeMap::new();
    for own in &product.rows {
        for pair in shelf.pairs_of[*own].iter().map(|index| &shelf.pairs[*index]) {
            let names = || pair.messages.iter().map(|column| shelf.columns[*column].clone());
            if pair.from == *own {
                partners.entry(&rows[pair.to].product).or_default().sends.extend(names());
            }
            if pair.to == *own {
                partners.entry(&rows[pair.from].product).or_default().receives.extend(names());
            }
        }
    }
    let complete = |(product, mut partner): (&crate::roster::Installation, Partner)| {
        partner.href = shelf.product(product).map(|one| format!("{}.html", one.slug)).unwrap_or_default();
        partner.name = format!("{}, {}", system(&key(product)), carrier(product.carrier));
        partner
    };
    partners.into_iter().map(complete).collect()
}

pub(super) fn carrier(carrier: Option<Transport>) -> &'static str {
    match carrier {
        Some(Transport::Http) => "http",
        Some(Transport::Mail) => "e-post",
        None => "",
    }
}
