//! The ledger: sums, and each requirement with its wording, by document.

use super::words::{self, STATUSES};
use crate::Lang;
use crate::document::{Block, Cell, Column, Table, Text, Tone};
use crate::stated::Stated;
use certify::certificate::Requirement;
use std::collections::BTreeMap;

pub(super) fn blocks(stated: &Stated<'_>) -> Vec<Block> {
    let lang = stated.lang;
    let mut blocks = vec![sums(stated)];
    blocks.extend(disagreement(stated));
    if !stated.has_catalogue() {
        blocks.push(Block::notice(
            Tone::Open,
            lang.pick("Ordlyden er fra en annen utgave", "The wording is of another edition"),
            [Text::plain(lang.pick(
                "Det ble testet etter en annen utgave av kravkatalogen enn den dette verktøyet har. Numrene er de samme, men ordlyden kan være endret.",
                "The test was by another edition of the catalogue than this tool has. The ids are the same, the wording may have changed.",
            ))],
        ));
    }
    for (document, rows) in by_document(stated) {
        blocks.push(Block::Section(document.clone()));
        blocks.push(table(stated, &document, &rows));
    }
    blocks
}

/// The requirements by document, each in the order of the certificate.
fn by_document<'s>(stated: &Stated<'s>) -> BTreeMap<String, Vec<&'s Requirement>> {
    let mut documents: BTreeMap<String, Vec<&Requirement>> = BTreeMap::new();
    for requirement in &stated.certificate.requirements {
        let known = stated.catalogue.get(&requirement.id);
        let other = || {
            stated
                .lang
                .pick("Krav dette verktøyet ikke kjenner", "Requirements that this tool does not know")
                .to_owned()
        };
        documents.entry(known.map_or_else(other, |known| known.document.clone())).or_default().push(requirement);
    }
    documents
}

/// How many requirements have which status.
fn counted(requirements: &[Requirement]) -> BTreeMap<&str, u32> {
    let mut counted = BTreeMap::new();
    for requirement in requirements {
        *counted.entry(requirement.status.as_str()).or_insert(0) += 1;
    }
    counted
}

fn sums(stated: &Stated<'_>) -> Block {
    let lang = stated.lang;
    let counted = counted(&stated.certificate.requirements);
    let others = counted.keys().copied().filter(|status| !STATUSES.contains(status));
    let row = |code: &str| {
        let (tone, word) = words::status(code, lang);
        let number = counted.get(code).copied().unwrap_or(0);
        let tone = if number == 0 { Tone::Neutral } else { tone };
        vec![
            Cell::with(tone, Text::plain(word)),
            Cell::of(Text::plain(number.to_string())),
            Cell::of(Text::plain(words::meaning(code, lang))),
        ]
    };
    let mut rows: Vec<Vec<Cell>> = STATUSES.into_iter().chain(others).map(row).collect();
    rows.push(vec![
        Cell::of(Text::strong(lang.pick("I alt", "In all"))),
        Cell::of(Text::strong(stated.certificate.requirements.len().to_string())),
        Cell::of(Text::plain(lang.pick("krav i profilen", "requirements in the profile"))),
    ]);
    Block::Table(Table {
        caption: lang.pick("Hvor mange krav som står hvordan", "How many requirements stand how").to_owned(),
        columns: vec![
            Column::new("Status", 27),
            Column::new(lang.pick("Antall", "Number"), 11),
            Column::new(lang.pick("Det betyr", "It means"), 62),
        ],
        rows,
    })
}

/// The sums that stand in the certificate must be those of its list.
fn disagreement(stated: &Stated<'_>) -> Option<Block> {
    let (lang, certificate) = (stated.lang, stated.certificate);
    let counted = counted(&certificate.requirements);
    let differs = |status: &&str| {
        counted.get(*status).copied().unwrap_or(0) != certificate.totals.get(*status).copied().unwrap_or(0)
    };
    let all = counted.keys().copied().chain(certificate.totals.keys().map(String::as_str));
    let wrong: std::collections::BTreeSet<&str> = all.filter(differs).collect();
    let word = |status: &&str| words::status(status, lang).1;
    let wrong: Vec<String> = wrong.iter().map(word).collect();
    (!wrong.is_empty()).then(|| {
        Block::notice(
            Tone::Bad,
            lang.pick("Summene stemmer ikke", "The sums are not right"),
            [Text::plain(lang.pick(
                "Sertifikatet oppgir andre antall enn listen i det gir. Det gjelder: ",
                "The certificate states other numbers than its list gives. This is about: ",
            ))
            .and(lang.row(&wrong))
            .and(".")],
        )
    })
}

fn table(stated: &Stated<'_>, document: &str, rows: &[&Requirement]) -> Block {
    let lang = stated.lang;
    let row = |requirement: &&Requirement| {
        let (tone, status) = words::status(&requirement.status, lang);
        vec![
            Cell::of(Text::code(&requirement.id)),
            Cell::of(wording(stated, &requirement.id)),
            Cell::of(words::level(&requirement.level, lang)),
            Cell::with(tone, Text::plain(status)),
        ]
    };
    Block::Table(Table {
        caption: lang.pick(format!("Krav fra {document}"), format!("Requirements of {document}")),
        columns: vec![
            Column::new(lang.pick("Krav", "Requirement"), 25),
            Column::new(lang.pick("Hva som kreves", "What is demanded"), 48),
            Column::new(lang.pick("Styrke", "Level"), 10),
            Column::new("Status", 19),
        ],
        rows: rows.iter().map(row).collect(),
    })
}

/// What a requirement demands, and in which language that could be said.
pub(super) fn wording(stated: &Stated<'_>, id: &str) -> Text {
    let lang = stated.lang;
    let Some(known) = stated.catalogue.get(id) else {
        return Text::plain(lang.pick("(ordlyden er ikke kjent her)", "(the wording is not known here)"));
    };
    let said = checks::explain::explain(stated.catalogue, id, lang.code()).unwrap_or_default();
    let is_english = lang == Lang::Nb && said == known.statement;
    Text::plain(said).in_language(is_english.then_some(Lang::En))
}
