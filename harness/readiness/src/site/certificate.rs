//! A certificate's page, and the list of them.

use super::frame::{self, Frame, Link, Pill};
use super::shelf::Shelf;
use crate::because::Verdict;
use crate::plain::{self, Norwegian};
use crate::words::beside;
use crate::words::nb::day;
use askama::Template;
use certify::certificate::Outcome;
use certify::standing::{Compared, Standing};
use certify::treatment::{self, Treated};

#[derive(Template)]
#[template(path = "site/certificates.html")]
struct List {
    frame: Frame,
    rows: Vec<(Link, String, String, String, &'static str)>,
}

#[derive(Template)]
#[template(path = "site/certificate.html")]
struct Page {
    frame: Frame,
    stands: &'static str,
    holds: bool,
    facts: Vec<(&'static str, String)>,
    claims: Vec<Claim>,
    totals: Vec<(String, u32)>,
    conditions: Vec<String>,
    changes: Vec<String>,
    overrides: Vec<String>,
    disputes: Vec<String>,
    successor: Option<Link>,
    runs: Vec<(String, String, u64, String)>,
    digest: String,
    file: Option<String>,
}

struct Claim {
    name: String,
    code: String,
    way: &'static str,
    carrier: String,
    apprec: String,
    pill: Pill,
    /// What it is treated as on the day, where that is something else.
    instead: Option<Pill>,
}

/// How it stands on the day, in words.
fn stands(shelf: &Shelf<'_>, standing: &Standing) -> &'static str {
    let on = shelf.site.on;
    let validity = standing.certificate.validity;
    if standing.withdrawn.as_ref().is_some_and(|withdrawal| withdrawal.on <= on) {
        "Trukket tilbake"
    } else if on < validity.from {
        "Gjelder ikke ennå"
    } else if validity.until < on {
        "Gjelder ikke lenger"
    } else if standing.superseded.as_ref().is_some_and(|supersession| supersession.on <= on) {
        "Erstattet av et nyere"
    } else {
        "Gjelder"
    }
}

pub(super) fn index(shelf: &Shelf<'_>) -> String {
    let row = |standing: &Standing| {
        let certificate = &standing.certificate;
        let product = format!("{} {}", certificate.product.system, certificate.product.version);
        let days = format!("{} – {}", day(certificate.validity.from), day(certificate.validity.until));
        (frame::certificate(shelf, "", standing), certificate.issuer.clone(), product, days, stands(shelf, standing))
    };
    let rows = shelf.site.evidence.all().iter().map(row).collect();
    List { frame: Frame::top(shelf, "Sertifikater"), rows }.render().expect("writing to memory cannot fail")
}

pub(super) fn page(shelf: &Shelf<'_>, standing: &Standing) -> String {
    let certificate = &standing.certificate;
    let successor = shelf.site.evidence.successor(standing).map(|one| frame::certificate(shelf, "../", one));
    let claims = certificate.scope.iter().map(|certified| {
        let scope = &certified.scope;
        let known = crate::message::find(&scope.message, &scope.version);
        Claim {
            name: known.map_or_else(|| scope.message.clone(), |known| known.nb.to_owned()),
            code: scope.name(),
            way: frame::way(scope.direction),
            carrier: super::product::carrier(Some(scope.carrier)).to_owned(),
            instead: instead(&treatment::treat(standing, certified, shelf.site.on)),
            apprec: scope.apprec.clone().unwrap_or_else(|| "ingen sett".to_owned()),
            pill: Pill::of(verdict(certified.outcome)),
        }
    });
    let runs = certificate.runs.iter().map(|run| (run.id.clone(), run.started.clone(), run.events, run.head.clone()));
    let page = Page {
        frame: Frame::below(shelf, format!("Sertifikat {}", certificate.number)),
        stands: stands(shelf, standing),
        holds: standing.holds(shelf.site.on),
        facts: facts(standing),
        claims: claims.collect(),
        totals: certificate.totals.iter().map(|(status, number)| (status.clone(), *number)).collect(),
        conditions: certificate.conditions.iter().map(beside::condition_nb).collect(),
        changes: changes(standing),
        overrides: overrides(shelf, standing),
        disputes: standing.disputes.iter().map(beside::dispute_nb).collect(),
        successor,
        runs: runs.collect(),
        digest: standing.digest.clone(),
        file: shelf.site.files.map(|folder| format!("../{folder}{}.json", standing.digest)),
    };
    page.render().expect("writing to memory cannot fail")
}

fn verdict(outcome: Outcome) -> Verdict {
    match outcome {
        Outcome::Met => Verdict::Yes,
        Outcome::NotEstablished => Verdict::NotEstablished,
        Outcome::Violated => Verdict::No,
    }
}

fn instead(treated: &Treated<'_>) -> Option<Pill> {
    (!treated.by.is_empty()).then(|| Pill::of(verdict(treated.outcome)))
}

fn facts(standing: &Standing) -> Vec<(&'static str, String)> {
    let certificate = &standing.certificate;
    let product = &certificate.product;
    let handler = product.handler.as_ref().map(|handler| {
        let version = product.handler_version.as_deref().unwrap_or_default();
        format!("{handler} {version}").trim_end().to_owned()
    });
    let facts = [
        ("Utsteder", Some(certificate.issuer.clone())),
        ("Leverandør", Some(product.supplier.clone())),
        ("System", Some(format!("{} {}", product.system, product.version))),
        ("Meldingstjener", handler),
        ("Signert", Some(day(certificate.issued))),
        ("Gjelder fra", Some(day(certificate.validity.from))),
        ("Gjelder til og med", Some(day(certificate.validity.until))),
        ("Hvem som så testen", Some(plain::seen_by(certificate.assurance, Norwegian::Nb).to_owned())),
        ("Profil", Some(certificate.rules.profile.clone())),
        ("Verktøy", Some(certificate.rules.tool.clone())),
    ];
    facts.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// What is treated otherwise than it came out, running or not.
fn overrides(shelf: &Shelf<'_>, standing: &Standing) -> Vec<String> {
    let one = |one| format!("{} ({})", beside::override_nb(one), beside::stands_nb(one, shelf.site.on));
    standing.overrides.iter().map(one).collect()
}

/// What became of it, in the order of the days.
fn changes(standing: &Standing) -> Vec<String> {
    let mut changes = Vec::new();
    for equivalent in &standing.equivalents {
        let handler = equivalent.handler_version.as_ref().map(|v| format!(" (meldingstjener {v})")).unwrap_or_default();
        changes.push((
            equivalent.on,
            format!(
                "gjelder også versjon {}{handler}: {} ({})",
                equivalent.version,
                equivalent.reason,
                Compared::said_nb(equivalent.compared.as_ref())
            ),
        ));
    }
    if let Some(supersession) = &standing.superseded {
        changes.push((supersession.on, format!("erstattet av {}", supersession.by)));
    }
    if let Some(withdrawal) = &standing.withdrawn {
        changes.push((withdrawal.on, format!("trukket tilbake: {}", withdrawal.reason)));
    }
    changes.sort();
    changes.into_iter().map(|(on, text)| format!("{}: {text}", day(on))).collect()
}
