//! What was not exercised, and why. Nothing of it counts as met.

use super::ledger::wording;
use super::words;
use crate::Lang;
use crate::document::{Block, Cell, Column, Table, Text};
use crate::stated::{Seen, Stated};
use certify::certificate::Requirement;

/// The statuses that are no result, with the most important to a reader first.
const OPEN: [&str; 4] = ["not-established", "not-exercised", "not-observable", "not-applicable"];

pub(super) fn blocks(stated: &Stated<'_>) -> Vec<Block> {
    let lang = stated.lang;
    let mut blocks = vec![Block::says(lang.pick(
        "Ingenting i dette kapittelet regnes som oppfylt. Det er heller ikke brutt: det er ikke avgjort.",
        "Nothing in this chapter counts as met. Nor is it broken: it was not decided.",
    ))];
    let before = blocks.len();
    for status in OPEN {
        let rows: Vec<&Requirement> = stated.certificate.requirements.iter().filter(|r| r.status == status).collect();
        if !rows.is_empty() {
            blocks.push(Block::Section(words::status(status, lang).1));
            blocks.push(table(stated, status, &rows));
        }
    }
    blocks.extend(scenarios(stated));
    if blocks.len() == before {
        blocks.push(Block::says(lang.pick("Alt i profilen er prøvd.", "Everything in the profile was exercised.")));
    }
    blocks
}

fn table(stated: &Stated<'_>, status: &str, rows: &[&Requirement]) -> Block {
    let lang = stated.lang;
    let row = |requirement: &&Requirement| {
        vec![
            Cell::of(Text::code(&requirement.id)),
            Cell::of(wording(stated, &requirement.id)),
            Cell::of(Text::plain(why(stated, requirement))),
        ]
    };
    let word = words::status(status, lang).1;
    Block::Table(Table {
        caption: lang.pick(format!("Krav som står som «{word}»"), format!("Requirements that stand as “{word}”")),
        columns: vec![
            Column::new(lang.pick("Krav", "Requirement"), 26),
            Column::new(lang.pick("Hva som kreves", "What is demanded"), 42),
            Column::new(lang.pick("Hvorfor", "Why"), 32),
        ],
        rows: rows.iter().map(row).collect(),
    })
}

/// Why a requirement was not decided, as far as certificate, profile, catalogue and runs tell.
fn why(stated: &Stated<'_>, requirement: &Requirement) -> String {
    let lang = stated.lang;
    let obligation = stated.profile.and_then(|profile| profile.obligation(&requirement.id));
    let only_by = obligation.map(|o| o.carriers.as_slice()).filter(|carriers| !carriers.is_empty());
    let general = match requirement.status.as_str() {
        "not-established" => {
            let seen = stated.again.and_then(|again| again.seen.get(&requirement.id));
            return seen.map_or_else(|| in_doubt(lang).to_owned(), |seen| counted(*seen, lang));
        }
        "not-exercised" => {
            if obligation.is_some_and(|obligation| obligation.minimum == 0) {
                lang.pick(
                    "Profilen bedømmer det bare når det dukker opp, og det gjorde det ikke.",
                    "The profile judges it only when it turns up, and it did not.",
                )
            } else {
                lang.pick(
                    "Ingen av scenarioene som ble spilt, førte til noe det gjelder.",
                    "None of the scenarios that were played led to anything that it is about.",
                )
            }
        }
        "not-observable" => needs(stated, &requirement.id),
        _ => match only_by {
            Some(carriers) => {
                let name = |carrier: &String| {
                    let known = carrier.parse().map(|transport| words::carrier(transport, lang).to_owned());
                    known.unwrap_or_else(|_| carrier.clone())
                };
                let by = lang.row(&carriers.iter().map(name).collect::<Vec<_>>());
                return lang.pick(format!("Gjelder bare over {by}."), format!("Applies by {by} only."));
            }
            None => lang.pick(
                "Systemet sier ikke at det kan det kravet gjelder.",
                "The system does not claim to do what it is about.",
            ),
        },
    };
    general.to_owned()
}

fn in_doubt(lang: Lang) -> &'static str {
    lang.pick(
        "Sett for sjelden, eller i tvil. Kjøringene sier hvilket; oppgi dem med --run.",
        "Seen too rarely, or in doubt. The runs say which; name them with --run.",
    )
}

fn counted(seen: Seen, lang: Lang) -> String {
    let Seen { satisfied, cannot_tell, minimum, .. } = seen;
    lang.pick(
        format!("Sett oppfylt {satisfied} ganger, og profilen ber om {minimum}; i tvil {cannot_tell} ganger."),
        format!("Seen met {satisfied} times, and the profile asks for {minimum}; in doubt {cannot_tell} times."),
    )
}

/// What it would take to see it.
fn needs(stated: &Stated<'_>, id: &str) -> &'static str {
    let lang = stated.lang;
    match stated.catalogue.get(id).map(|known| known.observable.as_str()) {
        Some("application" | "needs application") => lang.pick(
            "Det må ses inne i systemet, for eksempel på skjermen.",
            "It has to be seen inside the system, for instance on the screen.",
        ),
        Some("needs address register") => {
            lang.pick("Det trengs et adresseregister for å se det.", "It takes an address register to see it.")
        }
        Some("time" | "needs time") => lang.pick(
            "Det må følges over lengre tid enn en test varer.",
            "It has to be watched for longer than a test lasts.",
        ),
        Some("needs operator") => lang.pick(
            "Noen må gjøre noe i systemet for å se det.",
            "Somebody has to do something in the system to see it.",
        ),
        _ => lang.pick("Verktøyet har ingen kontroll for det.", "The tool has no check for it."),
    }
}

/// Scenarios of the profile that were not played.
fn scenarios(stated: &Stated<'_>) -> Vec<Block> {
    let lang = stated.lang;
    let mut blocks = vec![Block::Section(
        lang.pick("Scenarioer i profilen som ikke ble spilt", "Scenarios of the profile that were not played")
            .to_owned(),
    )];
    let Some(profile) = stated.profile else {
        blocks.push(Block::says(lang.pick(
            "Dette verktøyet har ikke profilen i den utgaven det ble testet etter, og vet derfor ikke hvilke.",
            "This tool does not have the profile in the edition of the test, and cannot tell which.",
        )));
        return blocks;
    };
    let played = &stated.certificate.rules.scenarios;
    let missing = profile.scenarios.iter().filter(|id| !played.contains_key(id.as_str()));
    let items: Vec<Text> = missing
        .map(|id| {
            let title = (stated.scenario_title)(id, lang).unwrap_or_default();
            let why = if profile.by_mail.contains(id) {
                lang.pick(" – bare over e-post", " – by mail only")
            } else if profile.restarting.contains(id) {
                lang.pick(" – bare der verktøyet starter systemet", " – only where the tool starts the system")
            } else {
                lang.pick(
                    " – ikke valgt, eller gjelder noe systemet ikke sier at det kan",
                    " – not selected, or about something that the system does not claim to do",
                )
            };
            Text::code(id).and(" ").and(title).and(why)
        })
        .collect();
    if items.is_empty() {
        return Vec::new();
    }
    blocks.push(Block::list(items));
    blocks
}
