//! What stands behind the runs beside their supplier's word: answers to a challenge, and who watched.

use crate::Lang;
use crate::document::{Block, Cell, Column, Table, Text};
use crate::stated::Stated;
use certify::certificate::{Challenged, Witnessed};

pub(super) fn blocks(stated: &Stated<'_>) -> Vec<Block> {
    let (lang, certificate) = (stated.lang, stated.certificate);
    let mut blocks = Vec::new();
    if !certificate.challenged.is_empty() {
        blocks.push(Block::Section(lang.pick("Utstederens tall", "The issuer's number").to_owned()));
        blocks.push(challenged(&certificate.challenged, lang));
    }
    if !certificate.witnesses.is_empty() {
        blocks.push(Block::Section(lang.pick("Vitner", "Witnesses").to_owned()));
        blocks.push(witnesses(&certificate.witnesses, lang));
        blocks.push(Block::Paragraph(
            Text::plain(
                lang.pick("Et vitnes underskrift kontrolleres med ", "The signature of a witness is verified by "),
            )
            .and_code("provestein verify --run RUN --witness KEY.pub")
            .and("."),
        ));
    }
    blocks
}

fn challenged(answers: &[Challenged], lang: Lang) -> Block {
    let row = |answer: &Challenged| {
        let Challenged { conversations, acknowledged, acknowledgments, .. } = answer;
        let counted = lang.pick(
            format!("{acknowledged} av {conversations} samtaler er kvittert for, med {acknowledgments} underskrevne kvitteringer"),
            format!("{acknowledged} of {conversations} conversations were acknowledged, by {acknowledgments} signed acknowledgments"),
        );
        vec![
            Cell::of(Text::code(&answer.run)),
            Cell::of(Text::code(&answer.challenge)),
            Cell::of(Text::plain(counted)),
            Cell::of(Text::code(answer.signers.join(", "))),
        ]
    };
    Block::Table(Table {
        caption: lang.pick("Hvordan kjøringene svarer på tallet", "How the runs answer the number").to_owned(),
        columns: vec![
            Column::new(lang.pick("Kjøring", "Run"), 24),
            Column::new(lang.pick("Tall", "Challenge"), 20),
            Column::new(lang.pick("Hva som ble underskrevet", "What was signed"), 28),
            Column::new(lang.pick("Med sertifikatene", "With the certificates"), 28),
        ],
        rows: answers.iter().map(row).collect(),
    })
}

fn witnesses(all: &[Witnessed], lang: Lang) -> Block {
    let row = |one: &Witnessed| {
        vec![
            Cell::of(Text::plain(&one.name)),
            Cell::of(Text::plain(lang.day(one.on))),
            Cell::of(Text::plain(&one.saw)),
            Cell::of(Text::code(&one.run)),
            Cell::of(Text::code(&one.key)),
        ]
    };
    Block::Table(Table {
        caption: lang.pick("Hvem som så på", "Who watched").to_owned(),
        columns: vec![
            Column::new(lang.pick("Hvem", "Who"), 18),
            Column::new(lang.pick("Når", "When"), 15),
            Column::new(lang.pick("Hva de så", "What they saw"), 25),
            Column::new(lang.pick("Kjøring", "Run"), 20),
            Column::new(lang.pick("Nøkkel", "Key"), 22),
        ],
        rows: all.iter().map(row).collect(),
    })
}
