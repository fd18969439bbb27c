//! What a register says about a certificate after it was issued.

use super::words;
use crate::Lang;
use crate::document::{Block, Cell, Column, Table, Text, Tone};
use crate::stated::{Registered, Stated};
use certify::standing::{Compared, Dispute, Override, Standing};
use jiff::civil::Date;

pub(super) fn blocks(stated: &Stated<'_>, registered: &Registered<'_>) -> Vec<Block> {
    let lang = stated.lang;
    let mut blocks = vec![if registered.is_verified {
        Block::says(lang.pick(
            "Hele registeret er kontrollert med nøkkelen du oppga: hver underskrift, hver linje og hver fil.",
            "The whole register was verified with the key that you named: each signature, each entry and each file.",
        ))
    } else {
        Block::notice(
            Tone::Open,
            lang.pick("Registeret er bare holdt mot sin egen nøkkel", "The register was held against its own key only"),
            [Text::plain(lang.pick(
                "Det finner feil, men ikke den som har laget hele registeret selv.",
                "That finds mistakes, and not somebody who made all of the register.",
            ))],
        )
    }];
    let Some(standing) = registered.standing else {
        blocks.push(Block::says(lang.pick("Det kjenner ikke denne filen.", "It does not know this file.")));
        return blocks;
    };
    let mut events = events(lang, standing);
    events.sort_by_key(|(on, _)| *on);
    if events.is_empty() && standing.overrides.is_empty() && standing.disputes.is_empty() {
        blocks.push(Block::says(lang.pick(
            "Sertifikatet står der, og ingenting er skrevet om det siden: det er verken trukket tilbake, erstattet eller omstridt.",
            "The certificate is in it, and nothing was written about it since: it is neither withdrawn nor superseded nor disputed.",
        )));
    }
    if !events.is_empty() {
        blocks.push(Block::list(
            events.into_iter().map(|(on, text)| Text::plain(format!("{}: ", lang.day(on))).then(text)),
        ));
    }
    blocks.extend(overrides(stated, standing));
    blocks.extend(disputes(lang, standing));
    blocks
}

fn events(lang: Lang, standing: &Standing) -> Vec<(Date, Text)> {
    let mut events = Vec::new();
    for equivalent in &standing.equivalents {
        let text =
            Text::plain(lang.pick("Gjelder også versjon ", "Holds for version ")).and_strong(&equivalent.version);
        let text = match &equivalent.handler_version {
            Some(version) => text.and(lang.pick(" med meldingstjener ", " with message handler ")).and_strong(version),
            None => text,
        };
        let compared = equivalent.compared.as_ref();
        let compared = lang.pick(Compared::said_nb(compared), Compared::said_en(compared));
        let text = text.and(lang.pick(". Begrunnelse: ", " too. Reason: ")).and(&equivalent.reason);
        events.push((equivalent.on, text.and(format!(" ({compared})"))));
    }
    if let Some(supersession) = &standing.superseded {
        let text = Text::plain(lang.pick("Erstattet av ", "Superseded by ")).and_strong(&supersession.by);
        events.push((supersession.on, text));
    }
    if let Some(withdrawal) = &standing.withdrawn {
        let text =
            Text::strong(lang.pick("Trukket tilbake. ", "Withdrawn. ")).and(lang.pick("Begrunnelse: ", "Reason: "));
        events.push((withdrawal.on, text.and(&withdrawal.reason)));
    }
    events
}

/// Requirements that are treated otherwise for a while. What came out stands beside it.
fn overrides(stated: &Stated<'_>, standing: &Standing) -> Vec<Block> {
    let (lang, on) = (stated.lang, stated.on);
    if standing.overrides.is_empty() {
        return Vec::new();
    }
    let certified = |id: &str| {
        let found = standing.certificate.requirements.iter().find(|requirement| requirement.id == id);
        found.map_or((Tone::Open, "–".to_owned()), |requirement| words::status(&requirement.status, lang))
    };
    let row = |one: &Override| {
        let (tone, word) = certified(&one.requirement);
        let stands = if one.runs(on) {
            lang.pick("løper", "running")
        } else if on < one.on {
            lang.pick("ikke begynt", "not begun")
        } else {
            lang.pick("utløpt", "expired")
        };
        let (from, until) = (lang.day(one.on), lang.day(one.until));
        vec![
            Cell::of(Text::code(&one.requirement)),
            Cell::with(tone, Text::plain(word)),
            Cell::of(Text::plain(words::status(&one.status, lang).1)),
            Cell::of(Text::plain(
                lang.pick(format!("{from} til {until}, {stands}"), format!("{from} to {until}, {stands}")),
            )),
            Cell::of(Text::strong(lang.row(&one.by)).and(": ").and(&one.reason)),
        ]
    };
    let table = Table {
        caption: lang
            .pick(
                "Unntak: krav som behandles annerledes en tid",
                "Overrides: requirements that are treated otherwise for a while",
            )
            .to_owned(),
        columns: vec![
            Column::new(lang.pick("Krav", "Requirement"), 21),
            Column::new(lang.pick("Sertifisert som", "Certified as"), 18),
            Column::new(lang.pick("Behandles som", "Treated as"), 16),
            Column::new(lang.pick("Når", "When"), 20),
            Column::new(lang.pick("Hvem som svarer for det, og hvorfor", "Who answers for it, and why"), 27),
        ],
        rows: standing.overrides.iter().map(row).collect(),
    };
    vec![Block::Section(lang.pick("Unntak", "Overrides").to_owned()), Block::Table(table)]
}

/// Findings that somebody disputes.
fn disputes(lang: Lang, standing: &Standing) -> Vec<Block> {
    if standing.disputes.is_empty() {
        return Vec::new();
    }
    let row = |one: &Dispute| {
        let event = one.event;
        vec![
            Cell::of(Text::code(&one.requirement)),
            Cell::of(
                Text::plain(lang.pick(format!("hendelse {event} i kjøring "), format!("event {event} of run ")))
                    .and_code(&one.run),
            ),
            Cell::of(Text::plain(lang.day(one.on))),
            Cell::of(Text::strong(&one.by).and(": ").and(&one.reason)),
        ]
    };
    let table = Table {
        caption: lang.pick("Funn som noen er uenig i", "Findings that somebody disputes").to_owned(),
        columns: vec![
            Column::new(lang.pick("Krav", "Requirement"), 24),
            Column::new(lang.pick("Hvor", "Where"), 28),
            Column::new(lang.pick("Siden", "Since"), 18),
            Column::new(lang.pick("Hvem, og hvorfor", "Who, and why"), 30),
        ],
        rows: standing.disputes.iter().map(row).collect(),
    };
    vec![
        Block::Section(lang.pick("Tvister", "Disputes").to_owned()),
        Block::says(lang.pick("En tvist endrer ingenting i seg selv.", "A dispute changes nothing by itself.")),
        Block::Table(table),
    ]
}
