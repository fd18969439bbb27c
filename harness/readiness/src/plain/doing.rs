//! What an answer means for the service, and what to do next week.

use super::{Norwegian, exceptions};
use crate::answer::{Answer, Reason};
use crate::because::{Because, Verdict};
use crate::words::nb::{day, system};
use certify::certificate::Direction;
use std::collections::BTreeSet;

/// What it means for those who work there.
pub(crate) fn service(answer: &Answer<'_>, lang: Norwegian) -> String {
    let systems: BTreeSet<String> =
        answer.reasons.iter().filter(|r| r.is_own).filter_map(|r| r.installation).map(|i| i.system.clone()).collect();
    let systems = systems.into_iter().collect::<Vec<_>>().join(lang.pick(" og ", " og "));
    let (nb, nn) = match (answer.verdict, answer.question.direction) {
        (Verdict::Yes, Direction::Receive) => (
            format!("Dere kan ta meldingen i bruk. Den kommer inn i {systems}, og den som sendte den, får beskjed om at den er lest inn."),
            format!("De kan ta meldinga i bruk. Ho kjem inn i {systems}, og den som sende henne, får beskjed om at ho er lesen inn."),
        ),
        (Verdict::Yes, Direction::Send) => (
            format!("Dere kan ta meldingen i bruk. Når dere sender den fra {systems}, får dere beskjed om at mottakeren har lest den inn. Kommer ikke beskjeden, må dere ta kontakt på telefon."),
            format!("De kan ta meldinga i bruk. Når de sender henne frå {systems}, får de beskjed om at mottakaren har lese henne inn. Kjem ikkje beskjeden, må de ta kontakt på telefon."),
        ),
        (Verdict::NotEstablished, _) => (
            "Vent med å ta meldingen i bruk, og gjør som i dag. At noe ikke er avklart, betyr ikke at det er feil. Det betyr at ingen har vist at det virker.".to_owned(),
            "Vent med å ta meldinga i bruk, og gjer som i dag. At noko ikkje er avklart, betyr ikkje at det er feil. Det betyr at ingen har vist at det verkar.".to_owned(),
        ),
        (Verdict::No, _) if exceptions::is_only_decided(&answer.reasons) => (
            "Ikke ta meldingen i bruk, og gjør som i dag. Det er bestemt at den ikke skal brukes nå, selv om testen ikke viste feilen. Lenger nede står det hvem som har bestemt det, og hvorfor.".to_owned(),
            "Ikkje ta meldinga i bruk, og gjer som i dag. Det er bestemt at ho ikkje skal brukast no, sjølv om testen ikkje viste feilen. Lenger nede står det kven som har bestemt det, og kvifor.".to_owned(),
        ),
        (Verdict::No, _) => (
            "Ikke ta meldingen i bruk, og gjør som i dag. En test har vist en feil. Den kan føre til at opplysninger om en innbygger ikke kommer fram, eller at ingen får vite det.".to_owned(),
            "Ikkje ta meldinga i bruk, og gjer som i dag. Ein test har vist ein feil. Han kan føre til at opplysningar om ein innbyggjar ikkje kjem fram, eller at ingen får vite det.".to_owned(),
        ),
    };
    let said = lang.pick(nb, nn);
    let beside = (answer.verdict == Verdict::Yes).then(|| exceptions::beside_yes(answer, lang)).flatten();
    beside.map_or(said.clone(), |beside| format!("{said} {beside}"))
}

/// What to do next week, in order, each once.
pub(crate) fn next_week(answer: &Answer<'_>, lang: Norwegian) -> Vec<String> {
    let mut steps = match answer.verdict {
        Verdict::Yes => switch_on(answer, lang),
        _ => Vec::new(),
    };
    for reason in answer.reasons.iter().filter(|reason| reason.because != Because::Met) {
        let (nb, nn) = step(reason);
        let step = lang.pick(nb, nn);
        if !steps.contains(&step) {
            steps.push(step);
        }
    }
    if answer.verdict != Verdict::Yes {
        steps.push(
            lang.pick(
                "Be om et nytt ark som dette når dere har fått svar. Fortsett som i dag til det står «Ja» øverst."
                    .to_owned(),
                "Be om eit nytt ark som dette når de har fått svar. Hald fram som i dag til det står «Ja» øvst."
                    .to_owned(),
            ),
        );
    }
    steps
}

fn switch_on(answer: &Answer<'_>, lang: Norwegian) -> Vec<String> {
    let others: BTreeSet<&str> =
        answer.reasons.iter().filter(|reason| !reason.is_own).map(|reason| reason.party.name.as_str()).collect();
    let others = others.into_iter().collect::<Vec<_>>().join(" og ");
    let mut steps = Vec::new();
    if others.is_empty() {
        steps.push(lang.pick(
            "Finn ut om systemet hos dem dere utveksler meldingen med, også er testet. Dette arket gjelder bare kommunens egen side.".to_owned(),
            "Finn ut om systemet hos dei de utvekslar meldinga med, også er testa. Dette arket gjeld berre sida til kommunen.".to_owned(),
        ));
    } else {
        steps.push(lang.pick(format!("Avtal en dato med {others}."), format!("Avtal ein dato med {others}.")));
    }
    steps.push(lang.pick(
        "Fortell de ansatte hvor i systemet meldingen vises, og hvem som følger med på den.".to_owned(),
        "Fortel dei tilsette kvar i systemet meldinga viser seg, og kven som følgjer med på henne.".to_owned(),
    ));
    steps.push(lang.pick(
        "La én person følge med på de første meldingene den første uka, og ha et telefonnummer klart.".to_owned(),
        "La éin person følgje med på dei første meldingane den første veka, og ha eit telefonnummer klart.".to_owned(),
    ));
    if let Some(until) = answer.until().map(day) {
        steps.push(lang.pick(
            format!("Skriv i kalenderen at dette svaret gjelder til {until}. Be om nytt testbevis i god tid før."),
            format!("Skriv i kalenderen at dette svaret gjeld til {until}. Be om nytt testbevis i god tid før."),
        ));
    }
    steps
}

fn step(reason: &Reason<'_>) -> (String, String) {
    let party = &reason.party.name;
    let product = reason.installation.map(system).unwrap_or_default();
    let supplier = reason.installation.map(|installation| installation.supplier.as_str()).unwrap_or_default();
    match reason.because {
        Because::NoSystem if reason.is_own => (
            "Finn ut hvilket system og hvilken versjon dere bruker til denne meldingen, og meld det til den som fører oversikten over systemer.".to_owned(),
            "Finn ut kva system og kva versjon de bruker til denne meldinga, og meld det til den som fører oversikta over system.".to_owned(),
        ),
        Because::NoCounterpart => (
            "Finn ut hvem dere utveksler denne meldingen med, og meld det til den som fører oversikten over systemer.".to_owned(),
            "Finn ut kven de utvekslar denne meldinga med, og meld det til den som fører oversikta over system.".to_owned(),
        ),
        Because::UnknownCarrier | Because::UnknownApprec if reason.is_own => (
            format!("Spør den som driver {product} for dere hvordan det er satt opp, og meld svaret til den som fører oversikten over systemer."),
            format!("Spør den som driv {product} for dykk korleis det er sett opp, og meld svaret til den som fører oversikta over system."),
        ),
        Because::NoSystem | Because::UnknownCarrier | Because::UnknownApprec => (
            format!("Spør {party} hvilket system de bruker til denne meldingen og hvordan det er satt opp."),
            format!("Spør {party} kva system dei bruker til denne meldinga og korleis det er sett opp."),
        ),
        Because::NoCommonWay => {
            let other = reason.other.map(|(other, _)| other.name.as_str()).unwrap_or_default();
            (
                format!("Be {supplier} og {other} bli enige om samme måte å sende på og samme utgave av kvitteringen."),
                format!("Be {supplier} og {other} bli samde om same måte å sende på og same utgåve av kvitteringa."),
            )
        }
        Because::Violated if reason.is_own => (
            format!("Spør {supplier} når feilen i {product} er rettet. Etterpå må systemet testes på nytt."),
            format!("Spør {supplier} når feilen i {product} er retta. Etterpå må systemet testast på nytt."),
        ),
        _ if reason.is_own => (
            format!("Skriv til {supplier} og be om testbevis for {product}. Be om en dato."),
            format!("Skriv til {supplier} og be om testbevis for {product}. Be om ein dato."),
        ),
        _ => (
            format!("Spør {party} når {product} er klart hos dem. Det er {supplier} som må skaffe testbevis."),
            format!("Spør {party} når {product} er klart hos dei. Det er {supplier} som må skaffe testbevis."),
        ),
    }
}
