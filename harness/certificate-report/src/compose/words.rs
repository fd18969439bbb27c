//! Words for what stands in a certificate, and the names of messages.

use crate::Lang;
use crate::document::{Text, Tone};
use certify::certificate::{Direction, Outcome, Scope, Transport};
use readiness::message;

/// A message by the name that people know, with its version.
pub(super) fn name(scope: &Scope, lang: Lang) -> String {
    let known = message::find(&scope.message, &scope.version);
    let name = known.map(|known| lang.pick(known.nb, known.en).to_owned());
    format!("{} {}", name.unwrap_or_else(|| scope.message.clone()), scope.version)
}

/// What a system does with a message.
pub(super) fn way(direction: Direction, lang: Lang) -> &'static str {
    match direction {
        Direction::Send => lang.pick("sende", "send"),
        Direction::Receive => lang.pick("ta imot", "receive"),
    }
}

/// What carries messages.
pub(super) fn carrier(transport: Transport, lang: Lang) -> &'static str {
    match transport {
        Transport::Http => lang.pick("HTTP", "HTTP"),
        Transport::Mail => lang.pick("e-post", "mail"),
    }
}

/// What a claim came to.
pub(super) fn outcome(outcome: Outcome, lang: Lang) -> (Tone, &'static str) {
    match outcome {
        Outcome::Met => (Tone::Good, lang.pick("Oppfylt", "Met")),
        Outcome::NotEstablished => (Tone::Open, lang.pick("Ikke avklart", "Not established")),
        Outcome::Violated => (Tone::Bad, lang.pick("Brutt", "Violated")),
    }
}

/// A status by the words of `result.json`. One that is not known is shown as it stands.
pub(super) fn status(code: &str, lang: Lang) -> (Tone, String) {
    let (tone, nb, en) = match code {
        "verified" => (Tone::Good, "Oppfylt", "Verified"),
        "violated" => (Tone::Bad, "Brutt", "Violated"),
        "not-established" => (Tone::Open, "Ikke avklart", "Not established"),
        "not-exercised" => (Tone::Neutral, "Ikke prøvd", "Not exercised"),
        "not-observable" => (Tone::Neutral, "Kan ikke ses utenfra", "Cannot be seen from outside"),
        "not-applicable" => (Tone::Neutral, "Gjelder ikke", "Does not apply"),
        other => return (Tone::Open, other.to_owned()),
    };
    (tone, lang.pick(nb, en).to_owned())
}

/// What a status means.
pub(super) fn meaning(code: &str, lang: Lang) -> &'static str {
    match code {
        "verified" => lang.pick(
            "sett så ofte som profilen ber om, og aldri brutt",
            "seen as often as the profile asks for, and never broken",
        ),
        "violated" => lang.pick("brutt minst én gang", "broken at least once"),
        "not-established" => lang.pick(
            "sett for sjelden, eller i tvil; regnes aldri som oppfylt",
            "seen too rarely, or in doubt; never counted as met",
        ),
        "not-exercised" => lang.pick(
            "ingenting i testen kalte det fram; regnes aldri som oppfylt",
            "nothing in the test called it forth; never counted as met",
        ),
        "not-observable" => lang.pick("kan ikke ses på meldingene", "cannot be seen in the messages"),
        "not-applicable" => {
            lang.pick("gjelder ikke for det systemet sier at det kan", "does not apply to what the system claims to do")
        }
        _ => lang.pick("ukjent for dette verktøyet", "not known to this tool"),
    }
}

/// How binding a requirement is.
pub(super) fn level(code: &str, lang: Lang) -> Text {
    let word = match code {
        "MUST" => lang.pick("skal", "must"),
        "SHOULD" => lang.pick("bør", "should"),
        "MAY" => lang.pick("kan", "may"),
        _ => return Text::plain(code),
    };
    Text::plain(word)
}

/// Statuses in the order in which they matter to a reader.
pub(super) const STATUSES: [&str; 6] =
    ["violated", "not-established", "verified", "not-exercised", "not-observable", "not-applicable"];
