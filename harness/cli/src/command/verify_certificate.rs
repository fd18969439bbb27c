//! `verify` of a certificate: who signed it, whether it holds today, and whether its runs say what it says.

use super::certify::{not_one, read, runs, show};
use super::stands;
use super::terminal::{say, say_stated};
use crate::args::Verify;
use crate::failure::Failure;
use crate::recompute::{self, Differences};
use crate::run_folder::Judged;
use crate::standings::{Found, standings};
use crate::{TOOL, embedded, issuer};
use ::certify::certificate::{Certificate, Product};
use ::certify::organisation::Organisation;
use ::certify::register::digest;
use ::certify::signed::{self, Unsound};
use checks::exit::Exit;
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::path::Path;

/// Verifies.
///
/// # Errors
/// 30 when it was changed, or its runs say something else.
pub fn run(args: &Verify, path: &Path) -> Result<Exit, Failure> {
    let file = read(path)?;
    let (certificate, believed) = believed(args, path, &file)?;
    show(&certificate);
    let mut exit = Exit::MET;
    let mut worse = |found: Exit| exit = if exit == Exit::MET { found } else { exit };
    match &believed {
        Ok((signers, _)) => say_stated(format!("signature    by {}, over exactly these bytes", signers.join(" and "))),
        Err(why) => {
            worse(Exit::NOT_ESTABLISHED);
            say_stated(format!("signature    NOT ESTABLISHED: {why}"));
        }
    }
    if let Ok((_, Some(organisation))) = &believed {
        say_stated(format!("organisation {}; certificate {}", organisation.subject(), organisation.fingerprint()));
        say("             whether that certificate was revoked was not looked up");
    }
    if !super::witness::told(&certificate, &args.witness, args.run.is_empty())? {
        worse(Exit::NOT_ESTABLISHED);
    }
    let day = args.on.unwrap_or_else(issuer::today);
    if !holds_on(day, &certificate, args.register.is_some()) {
        worse(Exit::NOT_ESTABLISHED);
    }
    if let Some(register) = &args.register
        && !stands_in(register, args.register_trust.as_deref(), &digest(&file), day)?
    {
        worse(Exit::NOT_ESTABLISHED);
    }
    if args.run.is_empty() {
        say("verdicts     not computed again: name the runs with --run");
    } else if !again(args, &certificate)? {
        worse(Exit::NOT_ESTABLISHED);
    }
    say(proven(believed.is_ok(), args.run.is_empty()));
    Ok(exit)
}

/// Who signed, and with which certificate where it is an organisation's; or why nobody who is believed did.
type Believed = Result<(Vec<String>, Option<Organisation>), String>;

fn believed(args: &Verify, path: &Path, file: &[u8]) -> Result<(Certificate, Believed), Failure> {
    let trust = issuer::trust(&args.trust, args.signatures)?;
    let why = match signed::verify(file, &trust) {
        Ok(verified) => return Ok((verified.certificate, Ok((verified.signers, verified.organisation)))),
        Err(Unsound::Organisation(not_fit)) => not_fit.to_string(),
        Err(Unsound::TooFew { .. }) if args.trust.is_empty() => {
            "you named nobody whom you trust (--trust FILE); anybody may have written it".to_owned()
        }
        Err(too_few @ Unsound::TooFew { .. }) => format!("{too_few}; anybody may have written it"),
        Err(error) => return Err(not_one(path, &error)),
    };
    Ok((signed::unverified(file).map_err(|error| not_one(path, &error))?, Err(why)))
}

/// Whether it is of that day: neither of a later one, nor over.
fn holds_on(day: Date, certificate: &Certificate, asks_register: bool) -> bool {
    let (issued, validity) = (certificate.issued, certificate.validity);
    if issued > day {
        say(format!("day          NOT ESTABLISHED: it is said to be of {issued}, which is after {day}"));
        return false;
    }
    let unless = if asks_register { "" } else { ", unless it was withdrawn: only the register knows that" };
    if validity.covers(day) {
        say(format!("day          it holds on {day}{unless}"));
        return true;
    }
    say(format!("day          it does NOT hold on {day}: only from {} to {}", validity.from, validity.until));
    false
}

/// How the file stands in a register. Whether it does, and was not withdrawn.
fn stands_in(register: &Path, trust: Option<&Path>, digest: &str, day: Date) -> Result<bool, Failure> {
    let Found { standings, is_verified } = standings(register, trust)?;
    if !is_verified {
        say("register     nothing says that it can be believed: --register-trust names its key, from elsewhere");
    }
    let Some(standing) = standings.iter().find(|standing| standing.digest == digest) else {
        say("register     NOT ESTABLISHED: this file is not in the register");
        return Ok(false);
    };
    let is_withdrawn = standing.withdrawn.as_ref().is_some_and(|withdrawal| withdrawal.on <= day);
    let word = if is_withdrawn { "NOT ESTABLISHED: it was " } else { "" };
    say_stated(format!("register     {word}{}", stands::briefly(standing, day)));
    stands::beside(standing, day).into_iter().filter(|line| !line.starts_with("condition")).for_each(say_stated);
    Ok(!is_withdrawn && is_verified)
}

fn proven(is_signed: bool, without_runs: bool) -> String {
    let signed = if is_signed {
        "who signed it, and that nothing in it was changed"
    } else {
        "nothing about who stands behind it"
    };
    let runs = if without_runs { "" } else { "; that its verdicts come out of those logs" };
    format!(
        "proven: {signed}{runs}. Not proven: that the logs are of that system, beyond what the assurance says; see docs/trust.md."
    )
}

/// Judges the runs again. Whether what is certified is what comes out.
fn again(args: &Verify, certificate: &Certificate) -> Result<bool, Failure> {
    let judged = of_certificate(&args.run, &args.out, certificate)?;
    compare(certificate, &recomputed(certificate, &judged)?)
}

/// The runs, judged, when they are those that a certificate names.
pub(super) fn of_certificate(names: &[String], out: &Path, certificate: &Certificate) -> Result<Vec<Judged>, Failure> {
    let judged = runs(names, out)?;
    let differs = |what: &str| {
        Failure::new(
            Exit::EVIDENCE_BROKEN,
            format!("{what}: the certificate is not about these logs, or a log was changed"),
        )
        .hint("the runs of a certificate are named in it by id; ask its issuer or the supplier for them")
    };
    let stated: BTreeMap<&str, (u64, &str)> =
        certificate.runs.iter().map(|run| (run.id.as_str(), (run.events, run.head.as_str()))).collect();
    if stated.len() != judged.len() {
        return Err(differs(&format!("the certificate names {} runs, and {} were given", stated.len(), judged.len())));
    }
    for run in &judged {
        let id = run.history.run.as_ref().map(|run| run.run.as_str()).unwrap_or_default();
        let head = run.stored.head.to_string();
        if stated.get(id) != Some(&(run.history.events, head.as_str())) {
            return Err(differs(&format!("run {id} with {} events ending in {head} is not in it", run.history.events)));
        }
    }
    Ok(judged)
}

/// The certificate that comes out of its runs with the rules of this tool.
pub(super) fn recomputed(certificate: &Certificate, judged: &[Judged]) -> Result<Certificate, Failure> {
    recompute::again(certificate, judged, &recompute::about()?)
        .map_err(|refusal| Failure::of(Exit::EVIDENCE_BROKEN, &refusal).meaning("these runs cannot be certified"))
}

/// With the same rules all must be the same; with others both are shown. What no rule decides is the same always.
pub(super) fn compare(then: &Certificate, now: &Certificate) -> Result<bool, Failure> {
    let unlike = |what: String| {
        let message = format!("the certificate does not state what its runs give: {what}");
        Err(Failure::new(Exit::EVIDENCE_BROKEN, message))
    };
    if let Some(what) = other_facts(then, now) {
        return unlike(what.to_owned());
    }
    let same_rules = then.rules.catalogue == now.rules.catalogue
        && then.rules.profile_digest == now.rules.profile_digest
        && then.rules.suite == embedded::suite_digest().to_string()
        && then.rules.tool == TOOL;
    if same_rules {
        return match difference(then, now) {
            None => {
                say("verdicts     computed again from the logs: every status and every outcome is the same");
                Ok(true)
            }
            Some(what) => unlike(what),
        };
    }
    say_stated(format!("verdicts     certified by {} with other rules than {TOOL} has; both:", then.rules.tool));
    let differences = Differences::between(then, now);
    differences.lines().into_iter().for_each(|line| say_stated(format!("  {line}")));
    if differences.is_empty() {
        say("  no status and no outcome differs");
    }
    Ok(differences.is_empty())
}

/// What is in the log whatever the rules are.
fn other_facts(then: &Certificate, now: &Certificate) -> Option<&'static str> {
    let backing = |one: &Certificate| (one.assurance, one.challenged.clone(), one.witnesses.clone());
    if backing(then) != backing(now) {
        return Some("its assurance, or what it says of challenge and witnesses, does not come out of them");
    }
    // How its configuration is put together may differ between versions of the tool.
    let named = |one: &Certificate| Product { configuration: None, ..one.product.clone() };
    (named(then) != named(now)).then_some("it names another system, or another version of it")
}

fn difference(then: &Certificate, now: &Certificate) -> Option<String> {
    if then.product != now.product {
        return Some("it names another configuration of the system".to_owned());
    }
    if then.scope != now.scope {
        return Some("the outcome of a message differs".to_owned());
    }
    let pairs = then.requirements.iter().zip(&now.requirements);
    if let Some((stated, found)) = pairs.clone().find(|(a, b)| a != b) {
        return Some(format!(
            "{} is {} in it, and the logs give {} {}",
            stated.id, stated.status, found.id, found.status
        ));
    }
    let rest = then.requirements.len() == now.requirements.len()
        && then.totals == now.totals
        && then.rules == now.rules
        && then.number == now.number;
    (!rest).then(|| "its sums, rules, number or list of requirements differ".to_owned())
}
