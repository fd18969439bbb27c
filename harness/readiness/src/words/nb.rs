//! Bokmål, for letters: said to somebody who knows the system, in whole sentences.

use super::{beside, products, seen, successors};
use crate::answer::Reason;
use crate::because::Because;
use crate::question::Question;
use crate::roster::Installation;
use certify::certificate::{Direction, Transport};
use jiff::civil::Date;

/// Why, as a sentence without full stop.
pub(crate) fn why(reason: &Reason<'_>, question: &Question) -> String {
    let tested = tested(reason, question);
    beside::instead_nb(reason).map_or(tested.clone(), |instead| format!("{tested}, {instead}"))
}

fn tested(reason: &Reason<'_>, question: &Question) -> String {
    let name = question.name();
    let verb = verb(reason.direction);
    let party = &reason.party.name;
    let product = reason.installation.map(system).unwrap_or_default();
    let on = day(question.on);
    let by_override = !reason.overridden().is_empty();
    match reason.because {
        Because::OutcomeOpen if by_override => format!("om {product} kan {verb} {name}, regnes som ikke avklart"),
        Because::Violated if by_override => format!("{product} regnes som om det bryter krav til det å {verb} {name}"),
        Because::Met if by_override => format!("{product} regnes som sertifisert for å {verb} {name}"),
        Because::NoSystem => format!("oversikten nevner ikke noe system hos {party} som håndterer {name}"),
        Because::NoCounterpart => format!("oversikten nevner ingen slik samarbeidspart for {party}"),
        Because::NoCertificate => format!("det finnes ikke noe sertifikat for {product}"),
        Because::OtherVersion | Because::OtherHandler => {
            format!("sertifikatene gjelder {}, og det sier ikke noe om {product}", products(reason, "med"))
        }
        Because::OtherMessage => format!("sertifikatene for {product} omfatter ikke {name}"),
        Because::OtherMessageVersion => format!(
            "sertifikatene for {product} gjelder {}, ikke {name}",
            seen(reason, |scope| (scope.message == question.message).then(|| scope.name()))
        ),
        Because::OtherDirection => format!("sertifikatene for {product} gjelder ikke det å {verb} {name}"),
        Because::UnknownCarrier => {
            format!("oversikten sier ikke hvordan meldinger kommer til og fra {product} (http eller e-post)")
        }
        Because::OtherCarrier => format!(
            "{product} er sertifisert for å {verb} {name} over {}, men {party} bruker {}",
            seen(reason, |scope| (scope.name() == name).then(|| carrier(scope.carrier).to_owned())),
            reason.installation.and_then(|i| i.carrier).map(carrier).unwrap_or_default()
        ),
        Because::UnknownApprec => {
            format!("oversikten sier ikke hvilken versjon av applikasjonskvitteringen {product} bruker")
        }
        Because::OtherApprec => format!(
            "{product} er sertifisert for å {verb} {name} med applikasjonskvittering {}, men {party} bruker {}",
            seen(reason, |s| (s.name() == name).then(|| s.apprec.clone().unwrap_or("ingen".to_owned()))),
            reason.installation.map(|i| i.apprec.join(", ")).unwrap_or_default()
        ),
        Because::NotYetValid => format!("sertifikatet for {product} gjelder ikke ennå {on}"),
        Because::Expired => format!("sertifikatet for {product} gjelder ikke lenger {on}"),
        Because::Withdrawn => {
            let all = reason.cites.iter().filter_map(|cite| cite.standing.withdrawn.as_ref());
            let why: Vec<&str> = all.map(|withdrawal| withdrawal.reason.as_str()).collect();
            format!("sertifikatet for {product} er trukket tilbake: {}", why.join("; "))
        }
        Because::SuccessorMissing => {
            format!("sertifikatet for {product} er erstattet av {}, som ikke finnes i registeret", successors(reason))
        }
        Because::OutcomeOpen => {
            format!("{product} er testet, men ikke alle kravene til å {verb} {name} kunne avgjøres")
        }
        Because::NoCommonWay => {
            let (other, theirs) = reason.other.map(|(o, t)| (o.name.as_str(), system(t))).unwrap_or_default();
            format!(
                "{product} og {theirs} hos {other} er sertifisert, men ikke for samme transport og samme versjon av \
                 applikasjonskvitteringen"
            )
        }
        Because::Violated => format!("{product} bryter krav til det å {verb} {name}"),
        Because::Met => format!("{product} er sertifisert for å {verb} {name}"),
    }
}

/// A certificate in words.
pub(crate) fn needed(installation: &Installation, direction: Direction, question: &Question) -> String {
    let apprec = match installation.apprec.as_slice() {
        [] => String::new(),
        versions => format!(" med applikasjonskvittering {}", versions.join(" eller ")),
    };
    format!(
        "et sertifikat på at {} kan {} {}{}{apprec}, og som gjelder {}",
        system(installation),
        verb(direction),
        question.name(),
        installation.carrier.map(|way| format!(" over {}", carrier(way))).unwrap_or_default(),
        day(question.on)
    )
}

/// A system with its handler.
pub(crate) fn system(installation: &Installation) -> String {
    installation.to_string().replace(" with ", " med ")
}

pub(crate) fn verb(direction: Direction) -> &'static str {
    match direction {
        Direction::Send => "sende",
        Direction::Receive => "ta imot",
    }
}

fn carrier(carrier: Transport) -> &'static str {
    match carrier {
        Transport::Http => "http",
        Transport::Mail => "e-post",
    }
}

const MONTHS: [&str; 12] = [
    "januar",
    "februar",
    "mars",
    "april",
    "mai",
    "juni",
    "juli",
    "august",
    "september",
    "oktober",
    "november",
    "desember",
];

/// A day as it is written in Norwegian.
pub(crate) fn day(date: Date) -> String {
    let month = usize::try_from(date.month()).ok().and_then(|month| MONTHS.get(month - 1)).unwrap_or(&"");
    format!("{}. {month} {}", date.day(), date.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_written_as_people_write_them() {
        assert_eq!(day(jiff::civil::date(2027, 3, 1)), "1. mars 2027");
        assert_eq!(day(jiff::civil::date(2026, 12, 31)), "31. desember 2026");
    }
}
