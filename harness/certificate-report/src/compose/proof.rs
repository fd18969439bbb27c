//! What the test proves at most, and what it does not.

use super::backing;
use crate::Lang;
use crate::document::{Block, Text, Tone};
use crate::stated::Stated;
use certify::certificate::Assurance;

pub(super) fn blocks(stated: &Stated<'_>) -> Vec<Block> {
    let lang = stated.lang;
    let (title, proves, leaves) = words(stated.certificate.assurance, lang);
    let mut blocks = vec![
        Block::notice(
            Tone::Neutral,
            title,
            [
                Text::strong(lang.pick("Beviser: ", "Proves: ")).and(proves),
                Text::strong(lang.pick("Beviser ikke: ", "Does not prove: ")).and(leaves),
            ],
        ),
        Block::says(lang.pick(
            "Uansett hvem som så på, beviser testen ikke hva som skjer inne i systemet, at det er satt opp likt hos dere, \
             eller noe om en annen versjon. Det som står som ikke prøvd, er ikke prøvd.",
            "Whoever looked on, the test does not prove what happens inside the system, that it is set up alike where you \
             are, or anything about another version. What is listed as not exercised was not exercised.",
        )),
    ];
    blocks.extend(backing::blocks(stated));
    blocks
}

fn words(assurance: Assurance, lang: Lang) -> (&'static str, &'static str, &'static str) {
    match assurance {
        Assurance::SelfRun => (
            lang.pick("Leverandøren testet alene", "The supplier tested alone"),
            lang.pick(
                "at resultatene følger av loggene etter reglene som er oppgitt, og at loggene ikke er endret siden.",
                "that the results follow from the logs by the rules that are named, and that the logs were not changed since.",
            ),
            lang.pick(
                "at loggene kommer fra dette systemet. Den som er alene om en test, kan ha laget loggen selv eller testet et annet program.",
                "that the logs are of this system. Whoever tests alone may have invented the log, or tested another program.",
            ),
        ),
        Assurance::Challenged => (
            lang.pick(
                "Leverandøren testet alene, med et tall fra utstederen",
                "The supplier tested alone, with a number of the issuer's",
            ),
            lang.pick(
                "at den som har nøkkelen til sertifikatene kvitteringene er underskrevet med, var med etter at tallet ble trukket: \
                 underskriftene dekker det. Om det er systemets sertifikater, sier adresseregisteret.",
                "that whoever has the key of the certificates with which the acknowledgments are signed took part after the number \
                 was drawn: the signatures cover it. Whether they are the system's, the address register tells.",
            ),
            lang.pick(
                "hvilken versjon som svarte, eller at dette var den eneste kjøringen.",
                "which version answered, or that this was the only run.",
            ),
        ),
        Assurance::Witnessed => (
            lang.pick("Noen andre enn leverandøren var til stede", "Somebody else than the supplier was there"),
            lang.pick(
                "at en som ikke er leverandøren, så testen og har underskrevet på det.",
                "that somebody who is not the supplier saw the test and signed for it.",
            ),
            lang.pick(
                "mer enn vitnet kunne se. Hvem vitnet er, må du vurdere selv.",
                "more than the witness could see. Who the witness is, is for you to weigh.",
            ),
        ),
    }
}
