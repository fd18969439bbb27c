//! What a certification report says, chapter by chapter.

mod backing;
mod claim;
mod ledger;
mod method;
mod outcomes;
mod proof;
mod registered;
mod signature;
mod untested;
mod words;
mod yourself;

use crate::document::{Block, Document};
use crate::stated::Stated;

/// The report.
pub fn compose(stated: &Stated<'_>) -> Document {
    let lang = stated.lang;
    let number = report::clean(&stated.certificate.number);
    let mut blocks = claim::blocks(stated);
    for (title, chapter) in chapters(stated) {
        blocks.push(Block::Chapter(title.to_owned()));
        blocks.extend(chapter);
    }
    let verified = match (stated.is_verified(), lang.pick(true, false)) {
        (true, true) => "kontrollert",
        (true, false) => "verified",
        (false, true) => "IKKE kontrollert",
        (false, false) => "NOT verified",
    };
    Document {
        lang,
        title: format!("{} {number}", lang.pick("Sertifiseringsrapport", "Certification report")),
        running: format!("{} {number} · {verified}", lang.pick("Sertifikat", "Certificate")),
        author: report::clean(&stated.certificate.issuer),
        tool: stated.tool.to_owned(),
        on: stated.on,
        blocks,
    }
}

fn chapters(stated: &Stated<'_>) -> Vec<(&'static str, Vec<Block>)> {
    let lang = stated.lang;
    let mut chapters = vec![
        (lang.pick("Hva testen beviser", "What the test proves"), proof::blocks(stated)),
        (lang.pick("Resultat for hver melding", "What each message came to"), outcomes::blocks(stated)),
        (lang.pick("Vilkår", "Conditions"), outcomes::conditions(stated)),
        (lang.pick("Hvordan det er testet", "How it was tested"), method::blocks(stated)),
        (lang.pick("Kravene, ett for ett", "The requirements, one by one"), ledger::blocks(stated)),
        (lang.pick("Hva som ikke er prøvd, og hvorfor", "What was not exercised, and why"), untested::blocks(stated)),
    ];
    if let Some(registered) = stated.registered {
        let title = lang.pick("Hva registeret sier", "What the register says");
        chapters.push((title, registered::blocks(stated, registered)));
    }
    chapters.push((lang.pick("Kontroller det selv", "Verify it yourself"), yourself::blocks(stated)));
    chapters
}
