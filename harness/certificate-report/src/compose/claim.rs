//! The claim in one sentence, and at once whether it can be believed.

use super::{outcomes, signature, words};
use crate::document::{Block, Text, Tone};
use crate::stated::Stated;
use certify::certificate::{Certified, Outcome};
use certify::treatment;

/// More messages than this do not fit into a sentence.
const NAMED_MAX: usize = 4;

pub(super) fn blocks(stated: &Stated<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::Claim(sentence(stated))];
    blocks.extend(not_met(stated));
    blocks.push(signature::block(stated));
    blocks.extend(today(stated));
    blocks.extend(taken_back(stated));
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

/// A claim of what is met must not hide what is not.
fn not_met(stated: &Stated<'_>) -> Option<Block> {
    let (lang, scope) = (stated.lang, &stated.certificate.scope);
    let count = |outcome: Outcome| scope.iter().filter(|certified| certified.outcome == outcome).count();
    let part = |outcome: Outcome| {
        let number = count(outcome);
        (number > 0).then(|| format!("{number} {}", words::outcome(outcome, lang).1.to_lowercase()))
    };
    let parts: Vec<String> = [Outcome::Violated, Outcome::NotEstablished].into_iter().filter_map(part).collect();
    let (parts, all) = (lang.row(&parts), scope.len());
    (!parts.is_empty()).then(|| {
        Block::says(lang.pick(
            format!("Ikke alt er oppfylt: av {all} linjer i «Resultat for hver melding» er {parts}."),
            format!("Not all is met: of {all} lines in “What each message came to”, {parts}."),
        ))
    })
}

/// What the certificate states as met, and overrides in the register take back on the day.
fn taken_back(stated: &Stated<'_>) -> Option<Block> {
    let lang = stated.lang;
    let standing = stated.registered.and_then(|registered| registered.standing)?;
    let met = standing.certificate.scope.iter().filter(|certified| certified.outcome == Outcome::Met);
    let back = |certified: &Certified| {
        let outcome = treatment::treat(standing, certified, stated.on).outcome;
        (outcome != Outcome::Met).then(|| outcomes::line(&certified.scope, outcome, lang))
    };
    let back: Vec<Text> = met.filter_map(back).collect();
    (!back.is_empty()).then(|| {
        let day = lang.day(stated.on);
        let title = lang.pick(
            format!("Et unntak i registeret tar tilbake noe av dette {day}"),
            format!("An override in the register takes back some of this on {day}"),
        );
        Block::notice(Tone::Bad, title, back)
    })
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
        Some(_) => {
            let other = standing.and_then(|standing| standing.superseded.as_ref()).filter(|other| other.on <= on)?;
            let text = lang.pick("Det gjelder fortsatt. Det nye er ", "It still holds. The new one is ");
            Some(Block::notice(
                Tone::Open,
                lang.pick("Sertifikatet er erstattet av et nyere", "The certificate was superseded by a newer one"),
                [Text::plain(text).and_strong(&other.by).and(".")],
            ))
        }
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
