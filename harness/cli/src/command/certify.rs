//! `certify`: a certificate from runs, and the keys for it. What may be certified is decided in `certify`.

use super::stands;
use super::terminal::{say, say_stated};
use crate::args::{Certify, CertifyWhat, ChallengeWhat, KeyWhat};
use crate::failure::Failure;
use crate::run_folder::{self, Judged};
use crate::stated::{self, RESULT, Reach, Stated};
use crate::{embedded, issuer, recompute};
use ::certify::assurance::Backing;
use ::certify::certificate::{Assurance, Certificate, Condition, Outcome, Validity};
use ::certify::issue::{self, Terms};
use ::certify::organisation::SystemRandom;
use ::certify::signed::{self, Unsound};
use checks::exit::Exit;
use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Longest file that somebody else gave: that of a certificate as CMS.
const FILE_MAX: u64 = 16 << 20;

/// Does what is asked.
///
/// # Errors
/// 20 for keys and files, 21 when nothing may be certified, 30 when a run is not what was written.
pub fn run(args: &Certify) -> Result<Exit, Failure> {
    match &args.what {
        Some(CertifyWhat::Key { what: KeyWhat::New { key, passphrase } }) => {
            let public = issuer::new_key(key, &issuer::passphrase(passphrase)?)?;
            say(format!("private key  {}, encrypted; keep it and its passphrase apart", key.display()));
            say(format!("public key   {}", issuer::public_path(key).display()));
            say(format!("fingerprint  {}", public.id()));
            Ok(Exit::MET)
        }
        Some(CertifyWhat::Sign { certificate, key, passphrase }) => {
            let key = issuer::secret_key(key, passphrase)?;
            let signed = signed::countersign(&read(certificate)?, &key).map_err(|error| match error {
                Unsound::OwnWitness(_) => Failure::of(Exit::INPUT_INVALID, &error).meaning("nothing was signed"),
                changed => not_one(certificate, &changed),
            })?;
            write(certificate, &signed)?;
            say(format!("{}: signed by {}", certificate.display(), key.public_key().id()));
            Ok(Exit::MET)
        }
        Some(CertifyWhat::Challenge { what: ChallengeWhat::New { challenge, until, vendor } }) => {
            super::challenge::new(challenge, *until, vendor.as_deref())
        }
        Some(CertifyWhat::Witness(args)) => super::witness::run(args),
        Some(CertifyWhat::Report(args)) => super::certificate_report::run(args),
        None => issued(args),
    }
}

fn issued(args: &Certify) -> Result<Exit, Failure> {
    let missing = || Failure::new(Exit::USAGE, "certify takes RUN…, --key, --issuer and --valid-until");
    let (Some(name), Some(until)) = (&args.issuer, args.valid_until) else {
        return Err(missing());
    };
    let today = issuer::today();
    let backing = Backing {
        challenge: args.challenge.as_deref().map(super::challenge::read).transpose()?,
        witnesses: super::witness::believed(&args.witness, &args.trust)?,
    };
    let terms = Terms {
        issuer: name.clone(),
        issued: today,
        validity: Validity { from: args.valid_from.unwrap_or(today), until },
        conditions: conditions(args.conditions.as_deref())?,
        backing,
        suite: embedded::suite_digest().to_string(),
    };
    let runs = runs(&args.runs, &args.out)?;
    let views: Vec<_> = runs.iter().map(Judged::view).collect();
    let scenarios = recompute::about()?;
    let certificate = issue::issue(&views, &|id| scenarios.get(id).cloned(), &terms)
        .map_err(|refusal| Failure::of(Exit::INPUT_INVALID, &refusal).meaning("nothing was certified"))?;
    super::challenge::signed_by(&certificate, &args.subject_certificate)?;
    let path = args.certificate.clone();
    let path = path.unwrap_or_else(|| PathBuf::from(format!("certificate-{}.json", certificate.number)));
    // Everything is signed before anything is written.
    let mut files = Vec::new();
    if let Some(key) = &args.key {
        let key = issuer::secret_key(key, &args.passphrase)?;
        let own = key.public_key().id();
        if let Some(witness) = certificate.witnesses.iter().find(|witness| witness.key == own) {
            let name = &witness.name;
            return Err(Failure::new(
                Exit::INPUT_INVALID,
                format!("{name} signed as a witness with the issuer's own key"),
            )
            .meaning("nothing was certified")
            .hint("who watches signs with a key of their own"));
        }
        files.push((path.clone(), signed::sign(&certificate, &[&key])));
    }
    if let (Some(key), Some(own)) = (&args.cms_key, &args.cms_certificate) {
        files.push((path.with_extension("cms.pem"), signed_as(&certificate, args, key, own)?));
    }
    files.iter().try_for_each(|(path, _)| is_free(path))?;
    for (path, bytes) in &files {
        write(path, bytes)?;
    }
    show(&certificate);
    for (path, _) in &files {
        say(format!("written into {}", path.display()));
    }
    Ok(Exit::MET)
}

/// The certificate as CMS.
fn signed_as(certificate: &Certificate, args: &Certify, key: &Path, own: &Path) -> Result<Vec<u8>, Failure> {
    let organisation = issuer::organisation(own)?;
    let mut passphrase = args.passphrase.clone();
    passphrase.passphrase_file = args.cms_passphrase_file.clone().or(passphrase.passphrase_file);
    let key = issuer::organisation_key(key, &organisation, &passphrase)?;
    signed::sign_as(certificate, &organisation, &key, &SystemRandom::new()).map_err(|error| {
        Failure::new(Exit::USAGE, format!("{} cannot sign: {error}", own.display()))
            .hint("an organisation certificate for signing that is valid today is needed")
    })
}

/// The runs, judged, each as its own `result.json` says it came out.
pub(super) fn runs(names: &[String], out: &Path) -> Result<Vec<Judged>, Failure> {
    let one = |name: &String| {
        let folder = run_folder::find(name, out)?;
        let stored = run_folder::open(&folder)?;
        if let Some(stated) = Stated::of(&folder)? {
            match stated.reach(&stored)? {
                Reach::Whole => drop(stated::compare(&stated, &folder)?),
                Reach::Beginning(events) => {
                    return Err(Failure::new(
                        Exit::INPUT_INVALID,
                        format!("{RESULT} in {} is of the first {events} events only", folder.display()),
                    )
                    .hint(format!("`provestein report {}` makes it anew", folder.display())));
                }
            }
        }
        run_folder::judge(&folder, None)
    };
    names.iter().map(one).collect()
}

fn conditions(path: Option<&Path>) -> Result<Vec<Condition>, Failure> {
    let Some(path) = path else { return Ok(Vec::new()) };
    let text = fs::read_to_string(path)
        .map_err(|e| Failure::new(Exit::USAGE, format!("failed to read {}: {e}", path.display())))?;
    let wrong = |why: &dyn std::fmt::Display| {
        Failure::new(Exit::INPUT_INVALID, format!("{}: {why}", path.display()))
            .meaning("conditions invalid")
            .hint("expected a list of `{ nb, en, messages: [NAME@version], until: DATE }`")
    };
    let conditions: Vec<Condition> = serde_saphyr::from_str(&text).map_err(|error| wrong(&error))?;
    if conditions.is_empty() {
        return Err(wrong(&"it holds no condition"));
    }
    Ok(conditions)
}

/// What a certificate states, for people.
pub(super) fn show(certificate: &Certificate) {
    let product = &certificate.product;
    say_stated(format!("certificate  {} by {}", certificate.number, certificate.issuer));
    say_stated(format!("system       {} {} {}", product.supplier, product.system, product.version));
    if let Some(handler) = &product.handler {
        say_stated(format!("handler      {handler} {}", product.handler_version.as_deref().unwrap_or("(no version)")));
    }
    say_stated(format!("valid        {} to {}", certificate.validity.from, certificate.validity.until));
    let assurance = match certificate.assurance {
        Assurance::SelfRun => "self-run: the supplier tested alone",
        Assurance::Challenged => "challenged: the system's own signatures cover the issuer's number",
        Assurance::Witnessed => "witnessed: somebody else was there",
    };
    say_stated(format!("assurance    {assurance}"));
    for certified in &certificate.scope {
        let scope = &certified.scope;
        let outcome = match certified.outcome {
            Outcome::Met => "met",
            Outcome::NotEstablished => "NOT ESTABLISHED",
            Outcome::Violated => "VIOLATED",
        };
        let apprec = scope.apprec.as_ref().map(|version| format!(", AppRec {version}")).unwrap_or_default();
        say_stated(format!("  {} {} by {}{apprec}: {outcome}", scope.name(), scope.direction, scope.carrier));
    }
    let totals: Vec<String> =
        certificate.totals.iter().filter(|(_, n)| **n > 0).map(|(status, n)| format!("{n} {status}")).collect();
    say_stated(format!("requirements {}", totals.join(", ")));
    for condition in &certificate.conditions {
        say_stated(format!("condition    {}", stands::condition(condition)));
    }
}

/// Reads a file that somebody else gave: a certificate, a challenge, a statement, a proposal.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let failed =
        |why: &dyn std::fmt::Display| Failure::new(Exit::USAGE, format!("failed to read {}: {why}", path.display()));
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(|error| failed(&error))?;
    file.take(FILE_MAX + 1).read_to_end(&mut bytes).map_err(|error| failed(&error))?;
    if bytes.len() as u64 > FILE_MAX {
        return Err(failed(&format!("it has more than {FILE_MAX} bytes, which no file of this sort has")));
    }
    Ok(bytes)
}

pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let part = path.with_extension("part");
    fs::write(&part, bytes)
        .and_then(|()| fs::rename(&part, path))
        .map_err(|e| Failure::new(Exit::USAGE, format!("failed to write {}: {e}", path.display())))
}

/// Writes a file that must not exist: what lies there may be the only one of its kind.
pub(super) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    is_free(path)?;
    write(path, bytes)
}

/// That nothing would be overwritten.
pub(super) fn is_free(path: &Path) -> Result<(), Failure> {
    if path.symlink_metadata().is_err() {
        return Ok(());
    }
    Err(Failure::new(Exit::USAGE, format!("{} exists already", path.display()))
        .meaning("nothing was written")
        .hint("choose another name, or remove it first"))
}

/// A file that is no certificate, or one that was changed.
pub(super) fn not_one(path: &Path, error: &Unsound) -> Failure {
    Failure::new(Exit::EVIDENCE_BROKEN, format!("{}: {error}", path.display()))
        .hint("get the certificate again from its issuer or from the register")
}
