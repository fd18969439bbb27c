//! English: for the terminal, JSON and letters.

use super::{beside, products, seen, successors};
use crate::answer::{Answer, Reason};
use crate::because::Because;
use crate::question::Question;
use crate::roster::Installation;
use certify::certificate::Direction;

/// Why, as a sentence.
pub(crate) fn why(reason: &Reason<'_>, question: &Question) -> String {
    let tested = tested(reason, question);
    beside::instead_en(reason).map_or(tested.clone(), |instead| format!("{tested}, {instead}"))
}

fn tested(reason: &Reason<'_>, question: &Question) -> String {
    let name = question.name();
    let verb = verb(reason.direction);
    let party = &reason.party.name;
    let product = reason.installation.map(system).unwrap_or_default();
    let on = question.on;
    let by_override = !reason.overridden().is_empty();
    match reason.because {
        Because::OutcomeOpen if by_override => format!("whether {product} can {verb} {name} counts as not established"),
        Because::Violated if by_override => {
            format!("{product} counts as breaking obligations when it is to {verb} {name}")
        }
        Because::Met if by_override => format!("{product} counts as certified to {verb} {name}"),
        Because::NoSystem => format!("the roster names no system of {party} that handles {name}"),
        Because::NoCounterpart => format!("the roster names nobody of that kind for {party}"),
        Because::NoCertificate => format!("no certificate is about {product}, in whatever version"),
        Because::OtherVersion | Because::OtherHandler => {
            format!("certificates are about {}, which says nothing about {product}", products(reason, "with"))
        }
        Because::OtherMessage => format!("the certificates of {product} say nothing about {name}"),
        Because::OtherMessageVersion => format!(
            "the certificates of {product} are about {}, which says nothing about {name}",
            seen(reason, |scope| (scope.message == question.message).then(|| scope.name()))
        ),
        Because::OtherDirection => {
            format!("{product} is not certified to {verb} {name}; its certificates are about the other direction")
        }
        Because::UnknownCarrier => format!("the roster does not say how messages travel to and from {product}"),
        Because::OtherCarrier => format!(
            "{product} is certified to {verb} {name} over {}, but {party} uses {}",
            seen(reason, |scope| (scope.name() == name).then(|| scope.carrier.to_string())),
            carrier(reason.installation)
        ),
        Because::UnknownApprec => {
            format!("the roster does not say which AppRec versions are switched on in {product}")
        }
        Because::OtherApprec => format!(
            "{product} is certified to {verb} {name} with AppRec {}, but {party} uses {}",
            seen(reason, |s| (s.name() == name).then(|| s.apprec.clone().unwrap_or("none".to_owned()))),
            apprec(reason.installation)
        ),
        Because::NotYetValid => format!("the certificate of {product} does not hold yet on {on}"),
        Because::Expired => format!("the certificate of {product} no longer holds on {on}"),
        Because::Withdrawn => format!("the certificate of {product} was withdrawn: {}", withdrawn(reason)),
        Because::SuccessorMissing => {
            format!(
                "the certificate of {product} was superseded by {}, which is not in the register",
                successors(reason)
            )
        }
        Because::OutcomeOpen => {
            format!("{product} was tested, but not every obligation to {verb} {name} could be established")
        }
        Because::NoCommonWay => {
            let (other, theirs) = reason.other.map(|(o, t)| (o.name.as_str(), system(t))).unwrap_or_default();
            format!(
                "{product} and {theirs} at {other} are certified, but not for a carrier and an AppRec version that both use"
            )
        }
        Because::Violated => format!("{product} breaks obligations when it is to {verb} {name}"),
        Because::Met => format!("{product} is certified to {verb} {name}"),
    }
}

/// What would change it: nothing for what is met.
pub(crate) fn changes(reason: &Reason<'_>, question: &Question) -> Vec<String> {
    let on = question.on;
    let certificate = reason.installation.map(|installation| needed(installation, reason.direction, question));
    let certificate = certificate.unwrap_or_default();
    match reason.because {
        Because::NoSystem => {
            vec![format!("the roster: which system of {} handles {}", reason.party.name, question.name())]
        }
        Because::NoCounterpart => vec![format!("the roster: with whom {} exchanges messages", reason.party.name)],
        Because::OtherVersion | Because::OtherHandler => vec![
            certificate,
            "or: the issuer of the certificate declares the version in use equivalent to the one that was tested"
                .to_owned(),
        ],
        Because::UnknownCarrier => vec!["the roster: `carrier: http` or `carrier: mail` for this system".to_owned()],
        Because::UnknownApprec => vec!["the roster: `apprec` for this system".to_owned()],
        Because::OtherCarrier | Because::OtherApprec => {
            vec![certificate, "or: the system in use is set as the certificate says".to_owned()]
        }
        Because::NotYetValid => {
            let from = reason.cites.iter().map(|cite| cite.standing.certificate.validity.from).min();
            let from = from.map(|from| format!("the day: the certificate holds from {from}"));
            from.into_iter().chain([format!("or: {certificate}")]).collect()
        }
        Because::Expired => vec![format!("a renewed certificate: {certificate}")],
        Because::Violated | Because::OutcomeOpen if !reason.overridden().is_empty() => {
            vec!["another decision of those who answer for the override, or its end".to_owned()]
        }
        Because::Violated => vec![format!("the supplier mends it; then {certificate}")],
        Because::OutcomeOpen => vec![format!("a run that exercises what was left open; then {certificate}")],
        Because::NoCertificate
        | Because::OtherMessage
        | Because::OtherMessageVersion
        | Because::OtherDirection
        | Because::Withdrawn
        | Because::SuccessorMissing => vec![certificate],
        Because::NoCommonWay => {
            vec!["both ends are certified for, and set to, the same carrier and AppRec version".to_owned()]
        }
        Because::Met => {
            let until = reason.cites.iter().map(|cite| cite.standing.certificate.validity.until).max();
            let soon = until.filter(|until| *until < on.saturating_add(jiff::Span::new().days(RENEW_SOON_DAYS)));
            soon.map(|until| format!("renew the certificate before {until}")).into_iter().collect()
        }
    }
}

/// A certificate that ends within so many days after the one that was asked about is worth a word: a new one takes time.
const RENEW_SOON_DAYS: i32 = 183;

/// What is said beside the reasons.
pub(crate) fn remarks(answer: &Answer<'_>) -> Vec<String> {
    let mut remarks = Vec::new();
    if !answer.unknown.is_empty() {
        let names: Vec<&str> = answer.unknown.iter().map(|party| party.name.as_str()).collect();
        remarks.push(format!("the roster names no systems of {}: they are no part of this answer", names.join(", ")));
    }
    if !answer.has_other_end {
        remarks.push("this answer is about the municipality's own end only".to_owned());
    }
    if let Some(message) = answer.question.known()
        && !message.directions().contains(&answer.question.direction)
    {
        let verb = verb(answer.question.direction);
        remarks.push(format!("by the standards a municipality does not {verb} {}", answer.question.name()));
    }
    remarks
}

/// A certificate in words: `a certificate for …`.
pub(crate) fn needed(installation: &Installation, direction: Direction, question: &Question) -> String {
    format!(
        "a certificate that {} can {} {}{}{}, and that holds on {}",
        system(installation),
        verb(direction),
        question.name(),
        installation.carrier.map(|carrier| format!(" over {carrier}")).unwrap_or_default(),
        if installation.apprec.is_empty() {
            String::new()
        } else {
            format!(" with AppRec {}", installation.apprec.join(" or "))
        },
        question.on
    )
}

/// A system with its handler.
pub(crate) fn system(installation: &Installation) -> String {
    installation.to_string()
}

fn verb(direction: Direction) -> &'static str {
    match direction {
        Direction::Send => "send",
        Direction::Receive => "receive",
    }
}

fn carrier(installation: Option<&Installation>) -> String {
    installation.and_then(|i| i.carrier).map(|carrier| carrier.to_string()).unwrap_or_default()
}

fn apprec(installation: Option<&Installation>) -> String {
    installation.map(|i| i.apprec.join(", ")).unwrap_or_default()
}

fn withdrawn(reason: &Reason<'_>) -> String {
    let all = reason.cites.iter().filter_map(|cite| cite.standing.withdrawn.as_ref());
    all.map(|withdrawal| format!("{} ({})", withdrawal.reason, withdrawal.on)).collect::<Vec<_>>().join("; ")
}
