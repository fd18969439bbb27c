//! Why, in plain words.

use super::{Norwegian, exceptions};
use crate::answer::Reason;
use crate::because::Because;
use crate::words::nb::{day, system, verb};
use crate::words::products;
use certify::certificate::Transport;

/// Why, as whole sentences.
pub(crate) fn why(reason: &Reason<'_>, lang: Norwegian) -> String {
    if let Some(decided) = exceptions::why(reason, lang) {
        return decided;
    }
    let party = &reason.party.name;
    let product = reason.installation.map(system).unwrap_or_default();
    let verb = verb(reason.direction);
    let (nb, nn) = match reason.because {
        Because::Met => (
            format!("{product} hos {party} er testet for å {verb} meldingen, og besto."),
            format!("{product} hos {party} er testa for å {verb} meldinga, og bestod."),
        ),
        Because::Violated => (
            format!("{product} hos {party} er testet for å {verb} meldingen, og gjorde feil."),
            format!("{product} hos {party} er testa for å {verb} meldinga, og gjorde feil."),
        ),
        Because::OutcomeOpen => (
            format!("{product} hos {party} er testet, men testen viste ikke alt som må være i orden."),
            format!("{product} hos {party} er testa, men testen viste ikkje alt som må vere i orden."),
        ),
        Because::NoSystem | Because::NoCounterpart | Because::UnknownCarrier | Because::UnknownApprec => {
            unknown(reason, party, &product)
        }
        Because::NotYetValid | Because::Expired | Because::Withdrawn | Because::SuccessorMissing => {
            lapsed(reason, party, &product)
        }
        Because::NoCommonWay => {
            let other = reason.other.map(|(other, _)| other.name.as_str()).unwrap_or_default();
            (
                format!(
                    "{party} og {other} har begge testede systemer, men systemene er ikke innstilt slik at de forstår hverandre."
                ),
                format!(
                    "{party} og {other} har begge testa system, men systema er ikkje innstilte slik at dei forstår kvarandre."
                ),
            )
        }
        _ => not_tested(reason, party, &product),
    };
    lang.pick(nb, nn)
}

fn not_tested(reason: &Reason<'_>, party: &str, product: &str) -> (String, String) {
    let verb = verb(reason.direction);
    match reason.because {
        Because::OtherVersion => {
            let tested = products(reason, "med");
            (
                format!(
                    "{party} bruker {product}. Det som er testet, er {tested}. En test av én versjon sier ikke noe om en annen."
                ),
                format!(
                    "{party} bruker {product}. Det som er testa, er {tested}. Ein test av éin versjon seier ikkje noko om ein annan."
                ),
            )
        }
        Because::OtherHandler => {
            let tested = products(reason, "med");
            (
                format!(
                    "{party} bruker {product}. Det som er testet, er {tested}: altså med et annet program for å sende og hente meldinger."
                ),
                format!(
                    "{party} bruker {product}. Det som er testa, er {tested}: altså med eit anna program for å sende og hente meldingar."
                ),
            )
        }
        Because::OtherMessage => (
            format!("{product} hos {party} er testet, men ikke for denne meldingen."),
            format!("{product} hos {party} er testa, men ikkje for denne meldinga."),
        ),
        Because::OtherMessageVersion => (
            format!("{product} hos {party} er testet for en annen utgave av meldingen."),
            format!("{product} hos {party} er testa for ei anna utgåve av meldinga."),
        ),
        Because::OtherDirection => (
            format!("{product} hos {party} er ikke testet for å {verb} meldingen, bare for den andre veien."),
            format!("{product} hos {party} er ikkje testa for å {verb} meldinga, berre for den andre vegen."),
        ),
        Because::OtherCarrier => {
            let in_use = reason.installation.and_then(|installation| installation.carrier);
            let (nb, nn) = match in_use {
                Some(Transport::Mail) => ("e-post", "e-post"),
                _ => ("direkte forbindelse", "direkte samband"),
            };
            (
                format!("{party} sender og henter meldinger med {nb}. {product} er testet på en annen måte enn det."),
                format!("{party} sender og hentar meldingar med {nn}. {product} er testa på ein annan måte enn det."),
            )
        }
        Because::OtherApprec => (
            format!("{product} er testet med en annen utgave av kvitteringen enn den {party} bruker."),
            format!("{product} er testa med ei anna utgåve av kvitteringa enn den {party} bruker."),
        ),
        _ => (
            format!("Det finnes ikke noe testbevis for {product}, som {party} bruker."),
            format!("Det finst ikkje noko testbevis for {product}, som {party} bruker."),
        ),
    }
}

fn lapsed(reason: &Reason<'_>, party: &str, product: &str) -> (String, String) {
    let validity = || reason.cites.iter().map(|cite| cite.standing.certificate.validity);
    match reason.because {
        Because::NotYetValid => {
            let from = validity().map(|validity| validity.from).min().map(day).unwrap_or_default();
            (
                format!("Testbeviset for {product}, som {party} bruker, gjelder først fra {from}."),
                format!("Testbeviset for {product}, som {party} bruker, gjeld først frå {from}."),
            )
        }
        Because::Expired => {
            let until = validity().map(|validity| validity.until).max().map(day).unwrap_or_default();
            (
                format!("Testbeviset for {product}, som {party} bruker, gjelder bare til {until}."),
                format!("Testbeviset for {product}, som {party} bruker, gjeld berre til {until}."),
            )
        }
        Because::Withdrawn => {
            let all = reason.cites.iter().filter_map(|cite| cite.standing.withdrawn.as_ref());
            let told: Vec<String> = all.map(|one| format!("«{}»", one.reason)).collect();
            let told = told.join(", ");
            (
                format!("Testbeviset for {product}, som {party} bruker, er trukket tilbake. Begrunnelsen er {told}."),
                format!("Testbeviset for {product}, som {party} bruker, er trekt tilbake. Grunngivinga er {told}."),
            )
        }
        _ => (
            format!(
                "Testbeviset for {product}, som {party} bruker, er erstattet av et nytt, og det nye finner vi ikke."
            ),
            format!(
                "Testbeviset for {product}, som {party} bruker, er erstatta av eit nytt, og det nye finn vi ikkje."
            ),
        ),
    }
}

fn unknown(reason: &Reason<'_>, party: &str, product: &str) -> (String, String) {
    match reason.because {
        Because::NoSystem => (
            format!("Vi vet ikke hvilket system {party} bruker til denne meldingen."),
            format!("Vi veit ikkje kva system {party} bruker til denne meldinga."),
        ),
        Because::NoCounterpart => (
            format!("Vi vet ikke hvem {party} utveksler denne meldingen med."),
            format!("Vi veit ikkje kven {party} utvekslar denne meldinga med."),
        ),
        Because::UnknownCarrier => (
            format!(
                "Vi vet ikke om {product} hos {party} sender og henter meldinger med direkte forbindelse eller e-post."
            ),
            format!(
                "Vi veit ikkje om {product} hos {party} sender og hentar meldingar med direkte samband eller e-post."
            ),
        ),
        _ => (
            format!(
                "Vi vet ikke hvilken utgave av kvitteringen {product} hos {party} bruker. Kvitteringen er beskjeden om at en melding er lest inn."
            ),
            format!(
                "Vi veit ikkje kva utgåve av kvitteringa {product} hos {party} bruker. Kvitteringa er beskjeden om at ei melding er lesen inn."
            ),
        ),
    }
}
