//! A message's page, for one direction.

use super::Short;
use super::frame::{self, Bar, Frame, Pill};
use super::overview::last_unknown;
use super::shelf::Shelf;
use crate::national::{Counts, Progress, Size};
use crate::plain;
use askama::Template;
use certify::certificate::Direction;

#[derive(Template)]
#[template(path = "site/message.html")]
struct Page {
    frame: Frame,
    name: String,
    code: String,
    way: &'static str,
    means: &'static str,
    all: Line,
    by_size: Vec<Line>,
    by_county: Vec<Line>,
    factors: Vec<(&'static str, u32)>,
    rows: Vec<Row>,
}

/// Counts of a part of the country.
pub(super) struct Line {
    pub label: String,
    pub bar: Bar,
    pub people: String,
}

struct Row {
    id: String,
    name: String,
    county: String,
    pill: Pill,
    brief: &'static str,
}

impl Line {
    pub fn of(label: String, counts: &Counts) -> Self {
        Self { label, bar: Bar::of(counts), people: crate::render::percent(counts.people_yes, counts.people) }
    }
}

pub(super) fn page(shelf: &Shelf<'_>, progress: &Progress, short: &[Short]) -> String {
    let question = &progress.question;
    let parties = shelf.site.roster.municipalities();
    let rows = parties.zip(short).map(|(party, (verdict, because))| Row {
        id: party.id.clone(),
        name: party.name.clone(),
        county: party.county.clone().unwrap_or_default(),
        pill: Pill::of(*verdict),
        brief: plain::brief(*because),
    });
    let name = frame::name(question);
    let title = match question.direction {
        Direction::Send => format!("{name} {}: sende", question.version),
        Direction::Receive => format!("{name} {}: ta imot", question.version),
    };
    let counties = last_unknown(progress.by_county.iter().map(|(county, counts)| (county.as_ref(), counts)));
    let page = Page {
        frame: Frame::below(shelf, title),
        name,
        code: question.name(),
        way: frame::way(question.direction),
        means: question.known().map(|known| known.means_nb).unwrap_or_default(),
        all: Line::of("Hele landet".to_owned(), &progress.all),
        by_size: progress.by_size.iter().map(|(one, counts)| Line::of(size(*one).to_owned(), counts)).collect(),
        by_county: counties.map(|(county, counts)| Line::of(county_name(county), counts)).collect(),
        factors: factors(&progress.all),
        rows: rows.collect(),
    };
    page.render().expect("writing to memory cannot fail")
}

/// What readiness depends on, in words, with the number of municipalities for which it holds.
pub(super) fn factors(counts: &Counts) -> Vec<(&'static str, u32)> {
    let factors = &counts.factors;
    vec![
        ("Vi vet hvilket system kommunen bruker", factors.system_known),
        ("Meldingstjeneren er den som er testet", factors.handler_approved),
        ("Kommunens egen side er testet og i orden", factors.own_end),
        ("Den andre siden er kjent, testet og i orden", factors.other_end),
        ("Begge sider er enige om transport og kvittering (AppRec)", factors.both_agree),
    ]
}

pub(super) fn size(size: Size) -> &'static str {
    match size {
        Size::Smallest => "Under 2 000 innbyggere",
        Size::Small => "2 000 til 4 999 innbyggere",
        Size::Medium => "5 000 til 19 999 innbyggere",
        Size::Large => "20 000 innbyggere og flere",
        Size::Unknown => "Innbyggertall ikke kjent",
    }
}

pub(super) fn county_name(county: Option<&String>) -> String {
    county.cloned().unwrap_or_else(|| "Fylke ikke kjent".to_owned())
}
