//! Exceptions and disagreement, in plain words: who decided, until when, and what the test itself showed.

use super::Norwegian;
use crate::answer::{Answer, Reason};
use crate::because::Because;
use crate::words::nb::{day, system, verb};
use certify::certificate::Outcome;
use certify::standing::{Dispute, Override};

/// Why, where people decided otherwise than the test came out.
pub(crate) fn why(reason: &Reason<'_>, lang: Norwegian) -> Option<String> {
    let overridden = reason.overridden();
    let certified = overridden.iter().map(|(_, one)| one.certified).max()?;
    let mut by: Vec<&Override> = Vec::new();
    for one in overridden.iter().flat_map(|(_, one)| &one.by) {
        if !by.contains(one) {
            by.push(one);
        }
    }
    let decided: Vec<String> = by.into_iter().map(|one| decided(one, reason.because, lang)).collect();
    Some(format!("{} {}", tested(reason, certified, lang), decided.join(" ")))
}

fn tested(reason: &Reason<'_>, certified: Outcome, lang: Norwegian) -> String {
    let party = &reason.party.name;
    let product = reason.installation.map(system).unwrap_or_default();
    let verb = verb(reason.direction);
    let (nb, nn) = match certified {
        Outcome::Met => (
            format!("{product} hos {party} er testet for å {verb} meldingen, og besto."),
            format!("{product} hos {party} er testa for å {verb} meldinga, og bestod."),
        ),
        Outcome::NotEstablished => (
            format!("{product} hos {party} er testet, men testen viste ikke alt som må være i orden."),
            format!("{product} hos {party} er testa, men testen viste ikkje alt som må vere i orden."),
        ),
        Outcome::Violated => (
            format!("{product} hos {party} er testet for å {verb} meldingen, og testen viste en feil."),
            format!("{product} hos {party} er testa for å {verb} meldinga, og testen viste ein feil."),
        ),
    };
    lang.pick(nb, nn)
}

fn decided(one: &Override, because: Because, lang: Norwegian) -> String {
    let (who, until, why) = (one.by.join(" og "), day(one.until), &one.reason);
    let (nb, nn) = match because {
        Because::Met => (
            format!("{who} har bestemt at meldingen likevel kan brukes til {until}. Begrunnelsen er «{why}»."),
            format!("{who} har bestemt at meldinga likevel kan brukast til {until}. Grunngivinga er «{why}»."),
        ),
        Because::Violated => (
            format!("{who} har bestemt at meldingen ikke skal brukes til og med {until}. Begrunnelsen er «{why}»."),
            format!("{who} har bestemt at meldinga ikkje skal brukast til og med {until}. Grunngivinga er «{why}»."),
        ),
        _ => (
            format!("{who} har bestemt at svaret skal være uavklart til {until}. Begrunnelsen er «{why}»."),
            format!("{who} har bestemt at svaret skal vere uavklart til {until}. Grunngivinga er «{why}»."),
        ),
    };
    lang.pick(nb, nn)
}

/// Who says that the test is wrong. It changes no answer.
pub(crate) fn disagreement(one: &Dispute, lang: Norwegian) -> String {
    let (who, why) = (&one.by, &one.reason);
    lang.pick(
        format!(
            "{who} er uenig i noe av det testen kom fram til. Begrunnelsen er «{why}». Det endrer ikke svaret her."
        ),
        format!(
            "{who} er usamd i noko av det testen kom fram til. Grunngivinga er «{why}». Det endrar ikkje svaret her."
        ),
    )
}

/// What is said beside a yes that hangs on a decision.
pub(crate) fn beside_yes(answer: &Answer<'_>, lang: Norwegian) -> Option<String> {
    let by = answer.reasons.iter().flat_map(Reason::overridden).flat_map(|(_, one)| one.by.iter().map(|one| one.until));
    let until = day(by.min()?);
    Some(lang.pick(
        format!(
            "Testen viste ikke at alt er i orden: Svaret bygger på et unntak som gjelder til {until}. Lenger nede står det hvem som har bestemt det, og hvorfor."
        ),
        format!(
            "Testen viste ikkje at alt er i orden: Svaret byggjer på eit unntak som gjeld til {until}. Lenger nede står det kven som har bestemt det, og kvifor."
        ),
    ))
}

/// Whether the only mistakes in the answer are those that people decided on.
pub(crate) fn is_only_decided(reasons: &[Reason<'_>]) -> bool {
    reasons.iter().filter(|reason| reason.because == Because::Violated).all(|reason| !reason.overridden().is_empty())
}
