//! `certify witness`: somebody who watched a run signs for it.

use super::certify::{read, runs, write_new};
use super::terminal::{say, say_stated};
use crate::args::Witness as Args;
use crate::failure::Failure;
use crate::issuer;
use ::certify::assurance::{Watched, Witness};
use ::certify::certificate::Certificate;
use ::certify::key::PublicKey;
use checks::exit::Exit;
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// Signs what somebody saw.
///
/// # Errors
/// 20 for keys and files, 21 when there is nothing to sign for, 30 when the run is not what was written.
pub fn run(args: &Args) -> Result<Exit, Failure> {
    let judged = runs(std::slice::from_ref(&args.run), &args.out)?;
    let nothing = |why: &str| Failure::new(Exit::INPUT_INVALID, why.to_owned()).meaning("nothing was signed");
    let run = judged.first().filter(|run| run.history.ended);
    let run = run.ok_or_else(|| nothing("the run did not come to its end: there is no last line to sign for"))?;
    let on = args.on.unwrap_or_else(issuer::today);
    let watched = Watched::of(&run.view(), args.name.clone(), on, args.saw.clone());
    let watched = watched.ok_or_else(|| nothing("the run does not say what was tested"))?;
    let key = issuer::secret_key(&args.key, &args.passphrase)?;
    write_new(&args.statement, &watched.sign(&key))?;
    say(format!("run          {} with {} events, ending in {}", watched.run, watched.events, watched.head));
    let product = &watched.product;
    say_stated(format!("system       {} {} {}", product.supplier, product.system, product.version));
    say(format!("{} signed for it in {}", args.name, args.statement.display()));
    Ok(Exit::MET)
}

/// Reads statements of witnesses, of whom these are believed.
///
/// # Errors
/// 20 for files, 21 when nobody who is believed signed.
pub fn believed(statements: &[PathBuf], trust: &[PathBuf]) -> Result<Vec<Witness>, Failure> {
    let keys = keys(trust)?;
    let one = |path: &PathBuf| {
        Witness::read(&read(path)?, &keys).map_err(|error| {
            Failure::new(Exit::INPUT_INVALID, format!("{}: {error}", path.display()))
                .meaning("nothing was certified")
                .hint("--trust names the public key of each witness whom you believe")
        })
    };
    statements.iter().map(one).collect()
}

fn keys(files: &[PathBuf]) -> Result<Vec<PublicKey>, Failure> {
    let one = |path: &PathBuf| {
        let pem = fs::read_to_string(path)
            .map_err(|e| Failure::new(Exit::USAGE, format!("failed to read the key {}: {e}", path.display())))?;
        let unusable = |e| Failure::new(Exit::USAGE, format!("the key {} cannot be used: {e}", path.display()));
        PublicKey::from_pem(&pem).map_err(unusable)
    };
    files.iter().map(one).collect()
}

/// Says what stands behind the runs of a certificate, and whether the witnesses signed whose keys were named. Whether all is as
/// it should be.
///
/// # Errors
/// 20 for keys, 30 when a signature of a witness does not fit.
pub fn told(certificate: &Certificate, trust: &[PathBuf], without_runs: bool) -> Result<bool, Failure> {
    let stated = if without_runs { ", says the certificate: --run computes it again" } else { "" };
    for one in &certificate.challenged {
        say_stated(format!(
            "challenge    {} is answered by run {}: {} acknowledgments signed by the system, in {} of {} conversations{stated}",
            one.challenge, one.run, one.acknowledgments, one.acknowledged, one.conversations
        ));
        for signer in &one.signers {
            say_stated(format!(
                "             signed with the certificate of SHA-256 {signer}: compare it with the address register"
            ));
        }
    }
    let keys: BTreeSet<PublicKey> = keys(trust)?.into_iter().collect();
    // Whoever watched two runs is still one person.
    let mut seen: BTreeSet<&PublicKey> = BTreeSet::new();
    for stated in &certificate.witnesses {
        let witness = Witness::of_certificate(certificate, stated);
        let key = keys.iter().find(|key| key.id() == stated.key);
        let fits = match (&witness, key) {
            (Some(witness), Some(key)) if witness.is_signed_by(key) => "; the signature is that of the key you named",
            (_, Some(_)) | (None, _) => return Err(unfit(&stated.name)),
            (Some(_), None) => "; the issuer vouches for the signature (--witness PUB checks it)",
        };
        seen.extend(key);
        say_stated(format!("witness      {} on {}, run {}: {}{fits}", stated.name, stated.on, stated.run, stated.saw));
    }
    if seen.len() < keys.len() {
        say("witness      NOT ESTABLISHED: somebody whose key you named did not sign");
    }
    Ok(seen.len() == keys.len())
}

fn unfit(name: &str) -> Failure {
    let message = format!("the signature of the witness {name} does not fit what the certificate says was seen");
    Failure::new(Exit::EVIDENCE_BROKEN, message)
}
