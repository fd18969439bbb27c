//! The claim in one sentence, and at once whether it can be believed.

use super::{signature, words};
use crate::document::{Block, Text, Tone};
use crate::stated::Stated;
use certify::certificate::Outcome;

/// More messages than this do not fit into a sentence.
const NAMED_MAX: usize = 4;

pub(super) fn blocks(stated: &Stated<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::Claim(sentence(stated)), signature::block(stated)];
    blocks.extend(today(stated));
    blocks.extend(runs(stated));
    blocks
}

fn sentence(stated: &Stated<'_>) -> Text {
    let (lang, certificate) = (stated.lang, stated.certificate);
    let says = if stated.is_verified() {
        let issuer = &certificate.issuer;
        lang.pick(format!("sier {issuer}"), format!("says {issuer}"))
    } else {
        let issuer = &certificate.issuer;
        lang.pick(
            format!("står det i en fil som oppgir {issuer} som utsteder"),
            format!("says a file that names {issuer} as its issuer"),
        )
    };
    let product = stated.product();
    let Some(messages) = messages(stated) else {
        let comma = if product.ends_with(',') { "" } else { "," };
        return Text::strong(lang.pick(
            format!("Ingen melding er godkjent for {product}{comma} {says}."),
            format!("No message is approved for {product}{comma} {says}."),
        ));
    };
    let until = lang.day(certificate.validity.until);
    let from = lang.day(certificate.validity.from);
    Text::strong(lang.pick(
        format!("{product} kan {messages} fra {from} til og med {until}, {says}."),
        format!("{product} may {messages} from {from} until {until}, {says}."),
    ))
}

/// What it may do: everything that is met. `None`: nothing is.
fn messages(stated: &Stated<'_>) -> Option<String> {
    let lang = stated.lang;
    let met = stated.certificate.scope.iter().filter(|certified| certified.outcome == Outcome::Met);
    let mut by_way: Vec<(&str, Vec<String>)> = Vec::new();
    for scope in met.map(|certified| &certified.scope) {
        let (way, name) = (words::way(scope.direction, lang), words::name(scope, lang));
        match by_way.iter_mut().find(|(known, _)| *known == way) {
            Some((_, names)) if names.contains(&name) => {}
            Some((_, names)) => names.push(name),
            None => by_way.push((way, vec![name])),
        }
    }
    let number: usize = by_way.iter().map(|(_, names)| names.len()).sum();
    if number > NAMED_MAX {
        return Some(
            lang.pick(
                "utveksle meldingene som står som oppfylt i tabellen nedenfor,",
                "exchange the messages that are met in the table below,",
            )
            .to_owned(),
        );
    }
    let ways: Vec<String> = by_way.iter().map(|(way, names)| format!("{way} {}", lang.row(names))).collect();
    (number > 0).then(|| lang.row(&ways))
}

/// Whether it holds on the day of the report, as far as that is known.
fn today(stated: &Stated<'_>) -> Option<Block> {
    let (lang, on) = (stated.lang, stated.on);
    let day = lang.day(on);
    let standing = stated.registered.and_then(|registered| registered.standing);
    if let Some(withdrawal) = standing.and_then(|standing| standing.withdrawn.as_ref()).filter(|w| w.on <= on) {
        let since = lang.day(withdrawal.on);
        let text = lang.pick(
            format!("Det gjelder ikke fra {since}. Begrunnelse: "),
            format!("It does not hold from {since}. Reason: "),
        );
        return Some(Block::notice(
            Tone::Bad,
            lang.pick("Sertifikatet er trukket tilbake", "The certificate was withdrawn"),
            [Text::plain(text).and(&withdrawal.reason)],
        ));
    }
    if !stated.certificate.validity.covers(on) {
        return Some(Block::notice(
            Tone::Bad,
            lang.pick(format!("Sertifikatet gjelder ikke {day}"), format!("The certificate does not hold on {day}")),
            [Text::plain(lang.pick("Dagen ligger utenfor gyldighetstiden.", "The day lies outside its validity."))],
        ));
    }
    match stated.registered {
        Some(registered) if registered.standing.is_none() => Some(Block::notice(
            Tone::Bad,
            lang.pick("Sertifikatet står ikke i registeret", "The certificate is not in the register"),
            [Text::plain(lang.pick(
                "Registeret som ble oppgitt, kjenner ikke denne filen.",
                "The register that was named does not know this file.",
            ))],
        )),
        Some(_) => None,
        None => Some(Block::notice(
            Tone::Neutral,
            lang.pick("Registeret er ikke spurt", "The register was not asked"),
            [Text::plain(lang.pick(
                format!("Gyldighetstiden omfatter {day}. Om sertifikatet er trukket tilbake eller erstattet, vet bare registeret."),
                format!("The validity includes {day}. Only the register knows whether it was withdrawn or superseded."),
            ))],
        )),
    }
}

/// What came out when the runs were judged again.
fn runs(stated: &Stated<'_>) -> Option<Block> {
    let (lang, again) = (stated.lang, stated.again?);
    let tool = &again.tool;
    Some(if again.is_same {
        Block::notice(
            Tone::Good,
            lang.pick("Resultatene er regnet ut på nytt", "The verdicts were computed again"),
            [Text::plain(lang.pick(
                format!("{tool} kom fram til det samme for hvert krav og hver melding, ut fra loggene alene."),
                format!("{tool} came to the same for each requirement and each message, from the logs alone."),
            ))],
        )
    } else {
        Block::notice(
            Tone::Open,
            lang.pick("Dagens regler gir et annet resultat", "Today's rules give another result"),
            [Text::plain(lang.pick(
                format!("{tool} har andre regler enn dem det ble sertifisert etter, og kommer ikke fram til det samme. Rapporten viser det som ble sertifisert."),
                format!("{tool} has other rules than those of the certificate, and does not come to the same. The report shows what was certified."),
            ))],
        )
    })
}
