//! A municipality's page.

use super::frame::{self, Frame, Link, Pill};
use super::shelf::Shelf;
use crate::answer::Answer;
use crate::because::{Because, Verdict};
use crate::plain::{self, Norwegian};
use crate::roster::Party;
use crate::words::nb::{day, system};
use askama::Template;

#[derive(Template)]
#[template(path = "site/municipality.html")]
struct Page {
    frame: Frame,
    facts: Vec<(&'static str, String)>,
    yes: usize,
    open: usize,
    no: usize,
    systems: Vec<(Option<Link>, String)>,
    others: Vec<String>,
    rows: Vec<Row>,
}

struct Row {
    href: String,
    name: String,
    code: String,
    way: &'static str,
    pill: Pill,
    reasons: Vec<String>,
    conditions: Vec<String>,
    until: Option<String>,
    certificates: Vec<Link>,
}

pub(super) fn page(shelf: &Shelf<'_>, party: &Party, answers: &[Answer<'_>]) -> String {
    let count = |verdict| answers.iter().filter(|answer| answer.verdict == verdict).count();
    let facts = [
        ("Kommunenummer", Some(party.id.clone())),
        ("Fylke", party.county.clone()),
        ("Innbyggere", party.population.map(|people| people.to_string())),
        ("Helsekommune", party.group.clone()),
    ];
    let systems = party.systems.iter().map(|installation| {
        let link = shelf
            .product(installation)
            .map(|product| Link { href: format!("../system/{}.html", product.slug), text: system(installation) });
        (link, system(installation))
    });
    let others = party.counterparts.iter().filter_map(|id| shelf.site.roster.parties.get(id));
    let rows = answers.iter().zip(&shelf.question_slugs).map(|(answer, slug)| row(shelf, answer, slug));
    let page = Page {
        frame: Frame::below(shelf, party.name.clone()),
        facts: facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect(),
        yes: count(Verdict::Yes),
        open: count(Verdict::NotEstablished),
        no: count(Verdict::No),
        systems: systems.collect(),
        others: others.map(|other| other.name.clone()).collect(),
        rows: rows.collect(),
    };
    page.render().expect("writing to memory cannot fail")
}

fn row(shelf: &Shelf<'_>, answer: &Answer<'_>, slug: &str) -> Row {
    let wanted = |because: Because| answer.verdict == Verdict::Yes || because != Because::Met;
    let reasons = answer.reasons.iter().filter(|reason| wanted(reason.because));
    let mut told: Vec<String> = Vec::new();
    // Of a yes only what people decided and dispute is worth a sentence.
    let wanted = reasons.clone().filter(|r| answer.verdict != Verdict::Yes || !r.overridden().is_empty());
    let disputes = reasons.clone().flat_map(|reason| &reason.cites).flat_map(|cite| &cite.disputes);
    let disputes = disputes.map(|one| plain::disagreement(one, Norwegian::Nb));
    for sentence in wanted.map(|reason| plain::why(reason, Norwegian::Nb)).chain(disputes) {
        if !told.contains(&sentence) {
            told.push(sentence);
        }
    }
    if answer.verdict == Verdict::Yes && !answer.has_other_end {
        told.push("Svaret gjelder bare kommunens egen side.".to_owned());
    }
    Row {
        href: format!("../melding/{slug}.html"),
        name: frame::name(answer.question),
        code: answer.question.name(),
        way: frame::way(answer.question.direction),
        pill: Pill::of(answer.verdict),
        reasons: told,
        conditions: answer
            .conditions()
            .into_iter()
            .map(|condition| {
                let until = condition.until.map(|until| format!(" (til {})", day(until))).unwrap_or_default();
                format!("{}{until}", condition.nb)
            })
            .collect(),
        until: answer.until().map(day),
        certificates: frame::certificates(shelf, "../", reasons.flat_map(|reason| &reason.cites)),
    }
}
