//! `rejudge`: every certificate of a register once more, by the rules of today, from the logs of its runs. Nothing is written:
//! what follows from it, people decide.

mod found;
mod told;

use crate::args::{Format, Rejudge};
use crate::failure::Failure;
use crate::recompute::{self, Differences};
use crate::run_folder::{self, Judged};
use crate::standings::{Found, standings};
use crate::{embedded, issuer};
use ::certify::certificate::{Certificate, Outcome, Run};
use ::certify::issue::OfSuite;
use ::certify::standing::Standing;
use checks::exit::Exit;
use found::Runs;
use std::collections::BTreeMap;

/// What came of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    /// It states what its runs give today.
    Unchanged,
    /// Its runs give something else today.
    Changes,
    /// The rules of today ask for something that its runs cannot show.
    NeedsRun,
    /// The logs are not here.
    RunsNotFound,
    /// The logs are here, and cannot be judged or certified today.
    NotJudged,
    /// It was withdrawn: there is nothing left to decide.
    Withdrawn,
}

/// A certificate, judged again.
struct Rejudged<'s> {
    standing: &'s Standing,
    verdict: Verdict,
    /// What differs.
    differences: Differences,
    /// Why a new run is needed, or why nothing could be judged.
    reasons: Vec<String>,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Unchanged => "unchanged",
            Self::Changes => "changes",
            Self::NeedsRun => "needs-run",
            Self::RunsNotFound => "runs-not-found",
            Self::NotJudged => "not-judged",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl Rejudged<'_> {
    /// Whether a message comes out worse than is certified. What only was not tried is no loss yet: a new run will tell.
    fn loses(&self) -> bool {
        let open = |judged| judged == Some(Outcome::NotEstablished);
        let untried = |claim: &recompute::ClaimDiffers| self.verdict == Verdict::NeedsRun && open(claim.judged);
        self.differences.claims.iter().any(|claim| claim.is_lost() && !untried(claim))
    }
}

/// Judges all certificates of a register again.
///
/// # Errors
/// 30 when the register does not hold, 20 when something cannot be read, 22 when the register has no certificate.
pub fn run(args: &Rejudge) -> Result<Exit, Failure> {
    let Found { standings, is_verified } = standings(&args.register, args.trust.as_deref())?;
    if standings.is_empty() {
        return Err(Failure::new(Exit::NOTHING_SELECTED, "the register has no certificate"));
    }
    let (runs, scenarios) = (found::runs(&args.runs), recompute::about()?);
    let all = standings.iter().map(|standing| rejudge(standing, &runs, &scenarios)).collect::<Result<Vec<_>, _>>()?;
    match args.format {
        Format::Human => told::human(&all, &args.register, is_verified),
        Format::Json => told::json(&all, &args.register, is_verified),
    }
    Ok(exit(&all))
}

fn exit(all: &[Rejudged<'_>]) -> Exit {
    let is_open =
        |one: &Rejudged<'_>| matches!(one.verdict, Verdict::NeedsRun | Verdict::RunsNotFound | Verdict::NotJudged);
    if all.iter().any(Rejudged::loses) {
        Exit::VIOLATED
    } else if all.iter().any(is_open) {
        Exit::NOT_ESTABLISHED
    } else {
        Exit::MET
    }
}

fn rejudge<'s>(
    standing: &'s Standing,
    runs: &Runs,
    scenarios: &BTreeMap<String, OfSuite>,
) -> Result<Rejudged<'s>, Failure> {
    let certificate = &standing.certificate;
    let without = |verdict, reasons| Rejudged { standing, verdict, differences: Differences::default(), reasons };
    if standing.withdrawn.as_ref().is_some_and(|withdrawal| withdrawal.on <= issuer::today()) {
        return Ok(without(Verdict::Withdrawn, Vec::new()));
    }
    if let Err(failure) = embedded::profile(&certificate.rules.profile) {
        return Ok(without(Verdict::NeedsRun, vec![failure.message]));
    }
    let judged = match judged(certificate, runs) {
        Ok(judged) => judged,
        Err((verdict, reason)) => return Ok(without(verdict, vec![reason])),
    };
    let today = match recompute::again(certificate, &judged, scenarios) {
        Ok(today) => today,
        Err(refusal) => return Ok(without(Verdict::NotJudged, vec![refusal.to_string()])),
    };
    let differences = Differences::between(certificate, &today);
    let reasons = recompute::not_shown(certificate, &judged, &today)?;
    let verdict = match (reasons.is_empty(), differences.is_empty()) {
        (false, _) => Verdict::NeedsRun,
        (true, true) => Verdict::Unchanged,
        (true, false) => Verdict::Changes,
    };
    Ok(Rejudged { standing, verdict, differences, reasons })
}

/// The runs of a certificate, each from a folder whose log is the one that was certified.
fn judged(certificate: &Certificate, runs: &Runs) -> Result<Vec<Judged>, (Verdict, String)> {
    if certificate.runs.is_empty() {
        return Err((Verdict::NotJudged, "the certificate names no run".to_owned()));
    }
    certificate.runs.iter().map(|run| one(run, runs)).collect()
}

fn one(run: &Run, runs: &Runs) -> Result<Judged, (Verdict, String)> {
    let folders = runs.get(&run.id).map_or(&[][..], Vec::as_slice);
    let mut last = (Verdict::RunsNotFound, format!("run {} is in none of the folders", run.id));
    for folder in folders {
        match run_folder::judge(folder, None) {
            Ok(judged) if judged.history.events == run.events && judged.stored.head.to_string() == run.head => {
                return Ok(judged);
            }
            Ok(judged) => {
                let (events, certified) = (judged.history.events, run.events);
                let shown = folder.display();
                let why =
                    format!("the log in {shown} has {events} events, and not the {certified} that were certified");
                let other = format!("the log in {shown} is not the one that was certified");
                last = (Verdict::RunsNotFound, if events == certified { other } else { why });
            }
            Err(failure) => last = (Verdict::NotJudged, format!("{}: {}", folder.display(), failure.message)),
        }
    }
    Err(last)
}
