//! From judged runs to a certificate. Pure: who issues it, on which day and for how long are arguments.

mod contamination;
mod refusal;
mod scope;

pub use refusal::{Refusal, usable};

use crate::assurance::{self, Backing};
use crate::certificate::{
    Certificate, Challenged, Condition, Direction, FORMAT, Product, Requirement, Rules, Run, Validity,
};
use crate::register::digest;
use checks::ledger::{Ledger, Status};
use evidence::digest::Digest;
use evidence::event::Subject;
use jiff::civil::Date;
use report::View;
use std::collections::BTreeMap;

/// A scenario of the suite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfSuite {
    /// The message that it is about.
    pub message: String,
    /// Which way that goes, seen from the system.
    pub direction: Direction,
    /// Requirements that it says it exercises.
    pub exercises: Vec<String>,
    /// Digest of its text; `None` when it is not to be held against what was played, because the suite is another.
    pub digest: Option<Digest>,
}

/// What the suite says of a scenario; `None` for one that is not the suite's.
pub type About<'a> = &'a dyn Fn(&str) -> Option<OfSuite>;

/// What an issuer decides.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Who stands behind it.
    pub issuer: String,
    /// The day it is signed.
    pub issued: Date,
    /// The days it holds.
    pub validity: Validity,
    /// What must be kept.
    pub conditions: Vec<Condition>,
    /// What stands behind the runs beside their supplier's word.
    pub backing: Backing,
    /// Digest of what this tool has embedded.
    pub suite: String,
}

/// A certificate over runs of one system, joined by the worst status of each requirement.
///
/// # Errors
/// [`Refusal`]: the first reason why none can be issued.
pub fn issue(views: &[View<'_>], about: About<'_>, terms: &Terms) -> Result<Certificate, Refusal> {
    let first = views.first().ok_or(Refusal::NoRun)?;
    views.iter().try_for_each(|view| refusal::of_one(view, terms))?;
    views.iter().try_for_each(|view| refusal::altered(view, about))?;
    refusal::of_all(views)?;
    refusal::of_terms(terms)?;
    let subject = first.history.subject.as_ref().ok_or(Refusal::NoSubject)?;
    refusal::conditions(terms, &subject.claims)?;
    let challenged = challenged(views, &terms.backing)?;
    let witnesses = assurance::watched(views, &terms.backing.witnesses)?;
    let mut ledger = Ledger::default();
    for view in views {
        ledger.merge(&view.judgement.ledger);
    }
    let runs: Vec<Run> = views.iter().map(run).collect();
    let requirements: Vec<Requirement> = ledger.rows().map(requirement).collect();
    let mut certificate = Certificate {
        format: FORMAT,
        number: String::new(),
        issuer: terms.issuer.clone(),
        issued: terms.issued,
        validity: terms.validity,
        product: product(subject),
        scope: scope::of((views, &ledger), &requirements, about, subject),
        rules: rules(views),
        runs,
        assurance: terms.backing.assurance(),
        challenged,
        witnesses,
        totals: totals(&ledger),
        requirements,
        conditions: terms.conditions.clone(),
    };
    certificate.number = number(&certificate);
    Ok(certificate)
}

/// A number that nobody can give twice to different certificates: it is drawn from what they state.
fn number(certificate: &Certificate) -> String {
    let stated = serde_json::to_vec(certificate).unwrap_or_default();
    format!("PV-{}-{}", certificate.issued.year(), &digest(&stated)[..10])
}

fn challenged(views: &[View<'_>], backing: &Backing) -> Result<Vec<Challenged>, Refusal> {
    let Some(challenge) = &backing.challenge else { return Ok(Vec::new()) };
    let of = |view: &View<'_>| {
        let why = |why| Refusal::Challenge { run: view.run_name.to_owned(), why };
        assurance::answered(view.history, challenge).map_err(why)
    };
    views.iter().map(of).collect()
}

fn run(view: &View<'_>) -> Run {
    let history = view.history;
    Run {
        id: history.run.as_ref().map(|run| run.run.clone()).unwrap_or_default(),
        started: history.started.map(|at| at.to_string()).unwrap_or_default(),
        events: history.events,
        head: view.head.to_string(),
    }
}

/// The product, with a digest over what the subject file says of it: parties and how it behaves, without addresses.
pub(crate) fn product(subject: &Subject) -> Product {
    let mut claims = subject.claims.clone();
    claims.sort();
    let said = format!("{claims:?} {:?} {:?} {:?}", subject.parties, subject.unknown_service, subject.retry);
    Product {
        supplier: subject.supplier.clone(),
        system: subject.system.clone(),
        version: subject.version.clone(),
        handler: subject.message_handler.clone(),
        handler_version: subject.message_handler_version.clone(),
        configuration: Some(digest(said.as_bytes())),
    }
}

fn rules(views: &[View<'_>]) -> Rules {
    let first = &views[0];
    let run = first.history.run.as_ref();
    let ran = views.iter().flat_map(|view| &view.history.scenarios);
    Rules {
        tool: first.tool.to_owned(),
        suite: run.map(|run| run.suite.to_string()).unwrap_or_default(),
        catalogue: first.catalogue.digest().to_string(),
        profile: first.profile.id(),
        profile_digest: first.profile.digest.to_string(),
        scenarios: ran.map(|(s, ..)| (s.scenario.clone(), s.digest.to_string())).collect(),
    }
}

fn totals(ledger: &Ledger) -> BTreeMap<String, u32> {
    let count =
        |status: Status| (status.code().to_owned(), u32::try_from(ledger.number_of(status)).unwrap_or(u32::MAX));
    Status::ALL.into_iter().map(count).collect()
}

fn requirement(row: &checks::ledger::Row) -> Requirement {
    Requirement {
        id: row.requirement.as_str().to_owned(),
        level: row.level.code().to_owned(),
        status: row.status.code().to_owned(),
        of_messages: !scope::is_general(row),
    }
}
