//! `certify report`: the certification report of a certificate, for people.

use super::certify::{not_one, read};
use super::terminal::say;
use super::verify_certificate::{compare, of_certificate, recomputed};
use crate::args::{CertificateReport, Lang};
use crate::failure::Failure;
use crate::run_folder::Judged;
use crate::standings::{Found, standings};
use crate::{TOOL, embedded, issuer};
use certificate_report::document::Document;
use certificate_report::stated::{Again, Registered, Seen, Signature, Stated};
use certificate_report::{compose, html};
use certify::certificate::Certificate;
use certify::register::digest;
use certify::signed::{self, Unsound};
use checks::catalogue::Catalogue;
use checks::exit::Exit;
use checks::ledger::Ledger;
use checks::profile::Profile;
use exchange::scenario::Loaded;
use std::io::Read as _;
use std::path::Path;

/// How a report as HTML begins.
const HTML: &[u8] = b"<!doctype html";
/// How one as PDF does.
const PDF: &[u8] = b"%PDF-";

/// A report may be written over an earlier one, and over nothing else.
fn is_earlier_report(path: &Path, begins: &[u8]) -> Result<(), Failure> {
    let mut start = vec![0; begins.len()];
    let Ok(mut file) = std::fs::File::open(path) else { return super::certify::is_free(path) };
    let is_report = file.read_exact(&mut start).is_ok() && start.eq_ignore_ascii_case(begins);
    if is_report { Ok(()) } else { super::certify::is_free(path) }
}

/// Writes the report. That something was not verified stands in it, and is no failure: whoever reads it is told.
///
/// # Errors
/// 20 for files and a form that this build cannot write, 30 when the certificate, a run or the register was changed.
pub(super) fn run(args: &CertificateReport) -> Result<Exit, Failure> {
    if args.pdf.is_some() {
        can_write_pdf()?;
    }
    for (path, begins) in [(&args.html, HTML), (&args.pdf, PDF)] {
        path.iter().try_for_each(|path| is_earlier_report(path, begins))?;
    }
    let document = document(args)?;
    if let Some(path) = &args.html {
        super::certify::write(path, html::render(&document).as_bytes())?;
        say(format!("written into {}", path.display()));
    }
    if let Some(path) = &args.pdf {
        super::certify::write(path, &pdf(&document)?)?;
        say(format!("written into {}", path.display()));
    }
    Ok(Exit::MET)
}

#[cfg(feature = "pdf")]
#[allow(clippy::unnecessary_wraps, reason = "the other build has something to say")]
fn can_write_pdf() -> Result<(), Failure> {
    Ok(())
}

#[cfg(not(feature = "pdf"))]
fn can_write_pdf() -> Result<(), Failure> {
    Err(Failure::new(Exit::USAGE, "this Prøvestein was built without PDF").hint(
        "`cargo install --path . --features pdf` or `cargo build --release --features pdf` builds one that writes it; \
         without it, --html writes the same report, and a browser prints it",
    ))
}

#[cfg(feature = "pdf")]
fn pdf(document: &Document) -> Result<Vec<u8>, Failure> {
    certificate_report::pdf::render(document)
        .map_err(|error| Failure::of(Exit::HARNESS_BUG, &error).meaning("no PDF was written"))
}

#[cfg(not(feature = "pdf"))]
fn pdf(_: &Document) -> Result<Vec<u8>, Failure> {
    can_write_pdf().map(|()| Vec::new())
}

fn document(args: &CertificateReport) -> Result<Document, Failure> {
    let path = &args.certificate;
    let file = read(path)?;
    let (certificate, signature) = signature(args, &file, path)?;
    let file_digest = digest(&file);
    let found = args.register.as_deref().map(|dir| standings(dir, args.register_trust.as_deref())).transpose()?;
    let registered = found.as_ref().map(|Found { standings, is_verified }| Registered {
        standing: standings.iter().find(|standing| standing.digest == file_digest),
        is_verified: *is_verified,
    });
    let again = if args.run.is_empty() { None } else { Some(again(args, &certificate)?) };
    let (catalogue, scenarios) = (Catalogue::embedded(), embedded::scenarios()?);
    let profile = profile(&certificate);
    let stated = Stated {
        certificate: &certificate,
        digest: &file_digest,
        signature: &signature,
        registered: registered.as_ref(),
        again: again.as_ref(),
        catalogue: &catalogue,
        profile: profile.as_ref(),
        scenario_title: &|id, lang| title(&scenarios, &certificate, id, lang),
        on: args.on.unwrap_or_else(issuer::today),
        tool: TOOL,
        lang: match args.lang {
            Lang::Nb => certificate_report::Lang::Nb,
            Lang::En => certificate_report::Lang::En,
        },
    };
    if !stated.is_verified() {
        say("nothing says who wrote the certificate, and the report says so: --trust FILE names whom you believe");
    }
    Ok(compose::compose(&stated))
}

fn signature(args: &CertificateReport, file: &[u8], path: &Path) -> Result<(Certificate, Signature), Failure> {
    let trust = issuer::trust(&args.trust, args.signatures)?;
    let unverified = || signed::unverified(file).map_err(|error| not_one(path, &error));
    match signed::verify(file, &trust) {
        Ok(verified) => {
            let organisation = verified.organisation.map(|one| (one.subject(), one.fingerprint()));
            Ok((verified.certificate, Signature::By { signers: verified.signers, organisation }))
        }
        Err(Unsound::Organisation(not_fit)) => Ok((unverified()?, Signature::NotFit(not_fit.to_string()))),
        Err(Unsound::TooFew { .. }) if args.trust.is_empty() => Ok((unverified()?, Signature::NobodyNamed)),
        Err(Unsound::TooFew { found, demanded }) => Ok((unverified()?, Signature::TooFew { found, demanded })),
        Err(error) => Err(not_one(path, &error)),
    }
}

/// The profile, when this tool has it in the edition of the certificate.
fn profile(certificate: &Certificate) -> Option<Profile> {
    let profile = embedded::profile(&certificate.rules.profile).ok()?;
    (profile.digest.to_string() == certificate.rules.profile_digest).then_some(profile)
}

/// The title of a scenario: of one that was played only when this tool has it in that edition.
fn title(scenarios: &[Loaded], certificate: &Certificate, id: &str, lang: certificate_report::Lang) -> Option<String> {
    let loaded = scenarios.iter().find(|loaded| loaded.id == id)?;
    let played = certificate.rules.scenarios.get(id);
    let title = &loaded.scenario.title;
    played.is_none_or(|digest| *digest == loaded.digest.to_string()).then(|| lang.pick(&title.nb, &title.en).clone())
}

fn again(args: &CertificateReport, certificate: &Certificate) -> Result<Again, Failure> {
    let judged = of_certificate(&args.run, &args.out, certificate)?;
    let is_same = compare(certificate, &recomputed(certificate, &judged)?)?;
    let mut ledger = Ledger::default();
    for view in judged.iter().map(Judged::view) {
        ledger.merge(&view.judgement.ledger);
    }
    let seen = |row: &checks::ledger::Row| Seen {
        satisfied: row.satisfied,
        violated: row.violated,
        cannot_tell: row.cannot_tell,
        minimum: row.minimum,
    };
    let seen = ledger.rows().map(|row| (row.requirement.as_str().to_owned(), seen(row))).collect();
    Ok(Again { is_same, tool: TOOL.to_owned(), seen })
}
