//! How was tested: rules, scenarios, runs.

use crate::Lang;
use crate::document::{Block, Cell, Column, Table, Text};
use crate::stated::Stated;
use jiff::Timestamp;

pub(super) fn blocks(stated: &Stated<'_>) -> Vec<Block> {
    let lang = stated.lang;
    vec![
        Block::says(lang.pick(
            "Verktøyet sendte meldinger til systemet og tok imot det som kom, skrev alt i en logg, og regnet ut resultatene av loggen. \
             Fingeravtrykkene (SHA-256) gjør at ingen kan bytte ut regler, scenarioer eller logger uten at det synes.",
            "The tool sent messages to the system and received what came, wrote all of it into a log, and computed the results from the \
             log. The digests (SHA-256) show when rules, scenarios or logs were exchanged for others.",
        )),
        Block::Section(lang.pick("Regler", "Rules").to_owned()),
        Block::Facts(facts(stated)),
        Block::Section(lang.pick("Scenarioer", "Scenarios").to_owned()),
        scenarios(stated),
        Block::Section(lang.pick("Kjøringer", "Runs").to_owned()),
        runs(stated, lang),
    ]
}

fn facts(stated: &Stated<'_>) -> Vec<(String, Text)> {
    let (lang, certificate) = (stated.lang, stated.certificate);
    let rules = &certificate.rules;
    let title = stated.profile.map_or("", |profile| profile.title.in_language(lang.code()));
    let profile = Text::code(&rules.profile).and(if title.is_empty() { "" } else { " " }).and(title).and(" ");
    let same = |is: bool| match (is, lang) {
        (true, Lang::Nb) => " (som i dette verktøyet)",
        (true, Lang::En) => " (as in this tool)",
        (false, Lang::Nb) => " (en annen utgave enn i dette verktøyet)",
        (false, Lang::En) => " (another edition than in this tool)",
    };
    let mut facts = vec![
        (lang.pick("Utsteder", "Issuer"), Text::plain(&certificate.issuer)),
        (lang.pick("Signert", "Signed"), Text::plain(lang.day(certificate.issued))),
        (lang.pick("System", "System"), Text::plain(stated.product().trim_end_matches(','))),
    ];
    if let Some(configuration) = &certificate.product.configuration {
        facts.push((lang.pick("Oppsett", "Configuration"), Text::code(configuration)));
    }
    facts.extend([
        (lang.pick("Verktøy", "Tool"), Text::plain(&rules.tool)),
        (lang.pick("Testsamling", "Suite"), Text::code(&rules.suite)),
        (lang.pick("Kravkatalog", "Catalogue"), Text::code(&rules.catalogue).and(same(stated.has_catalogue()))),
        (lang.pick("Profil", "Profile"), profile.and_code(&rules.profile_digest).and(same(stated.profile.is_some()))),
    ]);
    facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn scenarios(stated: &Stated<'_>) -> Block {
    let lang = stated.lang;
    let scenarios = &stated.certificate.rules.scenarios;
    if scenarios.is_empty() {
        return Block::says(lang.pick("Ingen scenarioer er oppgitt.", "No scenario is named."));
    }
    let row = |(id, digest): (&String, &String)| {
        let title = (stated.scenario_title)(id, lang).unwrap_or_default();
        vec![Cell::of(Text::code(id)), Cell::of(Text::plain(title)), Cell::of(Text::code(digest))]
    };
    Block::Table(Table {
        caption: lang.pick("Scenarioer som ble spilt", "Scenarios that were played").to_owned(),
        columns: vec![
            Column::new("Scenario", 28),
            Column::new(lang.pick("Hva det handler om", "What it is about"), 40),
            Column::new(lang.pick("Fingeravtrykk", "Digest"), 32),
        ],
        rows: scenarios.iter().map(row).collect(),
    })
}

fn runs(stated: &Stated<'_>, lang: Lang) -> Block {
    let runs = &stated.certificate.runs;
    if runs.is_empty() {
        return Block::says(lang.pick("Ingen kjøringer er oppgitt.", "No run is named."));
    }
    let row = |run: &certify::certificate::Run| {
        vec![
            Cell::of(Text::code(&run.id)),
            Cell::of(Text::plain(moment(&run.started))),
            Cell::of(Text::plain(run.events.to_string())),
            Cell::of(Text::code(&run.head)),
        ]
    };
    Block::Table(Table {
        caption: lang.pick("Kjøringene bak sertifikatet", "The runs beneath the certificate").to_owned(),
        columns: vec![
            Column::new(lang.pick("Kjøring", "Run"), 30),
            Column::new(lang.pick("Begynte", "Began"), 24),
            Column::new(lang.pick("Hendelser", "Events"), 14),
            Column::new(lang.pick("Loggens hode", "Head of the log"), 32),
        ],
        rows: runs.iter().map(row).collect(),
    })
}

/// A moment of RFC 3339 to the second; anything else as it stands.
fn moment(text: &str) -> String {
    text.parse::<Timestamp>().map_or_else(|_| text.to_owned(), |at| at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string())
}
