//! The first page, the country's, and the one about the site.

use super::frame::{self, Bar, Frame, Link};
use super::message::{Line, county_name, factors, size};
use super::shelf::Shelf;
use crate::national::{Counts, Progress, Size};
use crate::words::nb::system;
use askama::Template;
use std::collections::BTreeMap;

#[derive(Template)]
#[template(path = "site/index.html")]
struct First {
    frame: Frame,
    counties: Vec<(String, Vec<Place>)>,
    products: Vec<(Link, String)>,
    messages: Vec<Message>,
}

struct Place {
    id: String,
    name: String,
    yes: usize,
    of: usize,
    no: usize,
}

struct Message {
    href: String,
    name: String,
    code: String,
    way: &'static str,
    bar: Bar,
}

#[derive(Template)]
#[template(path = "site/country.html")]
struct Country {
    frame: Frame,
    by_size: Vec<Line>,
    by_county: Vec<Line>,
    messages: Vec<(Message, Vec<u32>)>,
    factors: Vec<&'static str>,
}

#[derive(Template)]
#[template(path = "site/about.html")]
struct About {
    frame: Frame,
    has_files: bool,
}

/// The first page; `counts`: yes, open, no for each municipality, in the roster's order.
pub(super) fn first(shelf: &Shelf<'_>, counts: &[[usize; 3]], progress: &[Progress]) -> String {
    let mut counties: BTreeMap<Option<&String>, Vec<Place>> = BTreeMap::new();
    for (party, [yes, open, no]) in shelf.site.roster.municipalities().zip(counts) {
        let place = Place { id: party.id.clone(), name: party.name.clone(), yes: *yes, of: yes + open + no, no: *no };
        counties.entry(party.county.as_ref()).or_default().push(place);
    }
    let counties = last_unknown(counties).map(|(county, mut places)| {
        places.sort_by_key(|place| norwegian(&place.name));
        (county_name(county), places)
    });
    let products = shelf.products.values().map(|product| {
        let link = Link { href: format!("system/{}.html", product.slug), text: system(&product.key) };
        (link, product.key.supplier.clone())
    });
    let page = First {
        frame: Frame::top(shelf, "Kan kommunen ta meldingen i bruk?"),
        counties: counties.collect(),
        products: products.collect(),
        messages: progress.iter().enumerate().map(|(index, one)| message(shelf, index, one)).collect(),
    };
    page.render().expect("writing to memory cannot fail")
}

fn message(shelf: &Shelf<'_>, index: usize, progress: &Progress) -> Message {
    Message {
        href: format!("melding/{}.html", shelf.question_slugs[index]),
        name: frame::name(&progress.question),
        code: progress.question.name(),
        way: frame::way(progress.question.direction),
        bar: Bar::of(&progress.all),
    }
}

/// The page about the whole country: all messages together by size and county, then each with what it depends on.
pub(super) fn country(shelf: &Shelf<'_>, progress: &[Progress]) -> String {
    let mut by_size: BTreeMap<Size, Counts> = BTreeMap::new();
    let mut by_county: BTreeMap<Option<&String>, Counts> = BTreeMap::new();
    for one in progress {
        for (size, counts) in &one.by_size {
            by_size.entry(*size).or_default().join(counts);
        }
        for (county, counts) in &one.by_county {
            by_county.entry(county.as_ref()).or_default().join(counts);
        }
    }
    let messages = progress.iter().enumerate().map(|(index, one)| {
        let numbers = factors(&one.all).into_iter().map(|(_, number)| number).collect();
        (message(shelf, index, one), numbers)
    });
    let page = Country {
        frame: Frame::top(shelf, "Hvor langt landet er kommet"),
        by_size: by_size.into_iter().map(|(one, counts)| Line::of(size(one).to_owned(), &counts)).collect(),
        by_county: last_unknown(by_county).map(|(county, counts)| Line::of(county_name(county), &counts)).collect(),
        messages: messages.collect(),
        factors: factors(&Counts::default()).into_iter().map(|(words, _)| words).collect(),
    };
    page.render().expect("writing to memory cannot fail")
}

pub(super) fn about(shelf: &Shelf<'_>) -> String {
    let page = About { frame: Frame::top(shelf, "Slik blir et svar til"), has_files: shelf.site.files.is_some() };
    page.render().expect("writing to memory cannot fail")
}

/// Those whose county is not known come last.
pub(super) fn last_unknown<'a, T>(
    by_county: impl IntoIterator<Item = (Option<&'a String>, T)>,
) -> impl Iterator<Item = (Option<&'a String>, T)> {
    let mut all: Vec<_> = by_county.into_iter().collect();
    all.sort_by_key(|(county, _)| (county.is_none(), county.map(|name| norwegian(name))));
    all.into_iter()
}

/// A key that sorts Æ, Ø, Å behind Z, in this order, and capitals among the others.
fn norwegian(name: &str) -> String {
    name.to_lowercase().replace('å', "\u{f9}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_the_order_of_the_norwegian_alphabet() {
        let mut names = ["Åpenvik", "Østvik", "Ytre Vik", "Ænes", "aure"];
        names.sort_by_key(|name| norwegian(name));
        assert_eq!(names, ["aure", "Ytre Vik", "Ænes", "Østvik", "Åpenvik"]);
    }
}
