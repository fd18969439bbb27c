//! What each message came to, and on which conditions.

use super::words;
use crate::Lang;
use crate::document::{Block, Cell, Column, Table, Text, Tone};
use crate::stated::Stated;
use certify::certificate::{Certified, Condition, Outcome, Scope};
use certify::treatment;

pub(super) fn blocks(stated: &Stated<'_>) -> Vec<Block> {
    let lang = stated.lang;
    if stated.certificate.scope.is_empty() {
        return vec![Block::says(
            lang.pick("Sertifikatet gjelder ingen meldinger.", "The certificate is about no message."),
        )];
    }
    let row = |certified: &Certified| {
        let scope = &certified.scope;
        let (tone, outcome) = words::outcome(certified.outcome, lang);
        let apprec = scope.apprec.as_deref().unwrap_or(lang.pick("ingen sett", "none seen"));
        vec![
            Cell::of(Text::plain(words::name(scope, lang)).and(" ").and_code(scope.name())),
            Cell::of(Text::plain(words::way(scope.direction, lang))),
            Cell::of(Text::plain(words::carrier(scope.carrier, lang))),
            Cell::of(Text::plain(apprec)),
            Cell::with(tone, Text::plain(outcome)),
        ]
    };
    let columns = vec![
        Column::new(lang.pick("Melding, versjon", "Message, version"), 46),
        Column::new(lang.pick("Systemet skal", "The system is to"), 15),
        Column::new(lang.pick("Transport", "Carrier"), 13),
        Column::new("AppRec", 12),
        Column::new(lang.pick("Resultat", "Outcome"), 20),
    ];
    let caption = lang.pick("Resultat for hver melding", "What each message came to").to_owned();
    let rows = stated.certificate.scope.iter().map(row).collect();
    let mut blocks = vec![
        Block::says(lang.pick(
            "Hver linje gjelder bare sin egen melding, versjon, retning, transport og versjon av applikasjonskvitteringen.",
            "Each line is about its own message, version, direction, carrier and version of the application receipt, and nothing else.",
        )),
        Block::Table(Table { caption, columns, rows }),
    ];
    blocks.extend(treated(stated));
    blocks
}

/// A claim and what it comes to, on one line.
pub(super) fn line(scope: &Scope, outcome: Outcome, lang: Lang) -> Text {
    let (way, name) = (words::way(scope.direction, lang), words::name(scope, lang));
    Text::plain(format!("{way} {name}: ")).and_strong(words::outcome(outcome, lang).1)
}

/// What overrides in a register make of it on the day.
fn treated(stated: &Stated<'_>) -> Option<Block> {
    let (lang, day) = (stated.lang, stated.lang.day(stated.on));
    let standing = stated.registered.and_then(|registered| registered.standing)?;
    let of_one = |certified: &Certified| {
        let treated = treatment::treat(standing, certified, stated.on);
        (!treated.by.is_empty()).then(|| line(&certified.scope, treated.outcome, lang))
    };
    let changed: Vec<Text> = stated.certificate.scope.iter().filter_map(of_one).collect();
    (!changed.is_empty()).then(|| {
        let title = lang.pick(
            format!("Unntak i registeret endrer dette {day}"),
            format!("Overrides in the register change this on {day}"),
        );
        Block::notice(Tone::Open, title, changed)
    })
}

pub(super) fn conditions(stated: &Stated<'_>) -> Vec<Block> {
    let lang = stated.lang;
    let conditions = &stated.certificate.conditions;
    if conditions.is_empty() {
        return vec![Block::says(lang.pick("Utstederen har ikke satt noen vilkår.", "The issuer set no conditions."))];
    }
    let item = |condition: &Condition| {
        let mut text = Text::plain(lang.pick(&condition.nb, &condition.en));
        if !condition.messages.is_empty() {
            text = text.and(lang.pick(" Gjelder: ", " About: ")).and_code(condition.messages.join(", ")).and(".");
        }
        if let Some(until) = condition.until {
            text = text
                .and(lang.pick(format!(" Til og med {}.", lang.day(until)), format!(" Until {}.", lang.day(until))));
        }
        text
    };
    vec![Block::list(conditions.iter().map(item))]
}
