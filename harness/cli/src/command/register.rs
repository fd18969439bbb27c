//! `register`: what is written into the register of certificates, and what anybody can find out about it.

mod equivalent;
mod proposal;

use super::certify::{not_one, read, write, write_new};
use super::stands;
use super::terminal::{print, say, say_stated};
use crate::args::{Entering, Register, RegisterWhat};
use crate::failure::Failure;
use crate::issuer;
use crate::register_folder::{Folder, broken_at, examined, verifier_key};
use ::certify::key::SecretKey;
use ::certify::register::entry::Entry;
use ::certify::register::shelf::Shelf as _;
use ::certify::register::{self, CHECKPOINT, Examined, GrowError, digest, note};
use ::certify::signed;
use checks::exit::Exit;
use jiff::Timestamp;
use jiff::civil::Date;
use std::fs;
use std::path::{Path, PathBuf};

/// Does what is asked.
///
/// # Errors
/// 20 for files and keys, 21 for what may not be written, 30 when the register does not hold.
pub fn run(args: &Register) -> Result<Exit, Failure> {
    match &args.what {
        RegisterWhat::Init { entering, origin, title, issuer, signatures, witness } => {
            init(entering, origin, title, (issuer, *signatures), witness)
        }
        RegisterWhat::Add { entering, certificates } => add(entering, certificates),
        RegisterWhat::Publish(publish) => super::website::run(publish),
        RegisterWhat::List { dir, trust } => list(dir, trust),
        RegisterWhat::Verify { dir, trust, seen } => verify(dir, trust, seen.as_deref()),
        RegisterWhat::Prove { dir, number, trust, proof } => prove(dir, number, trust, proof.as_deref()),
        RegisterWhat::Propose { what } => proposal::propose(what),
        RegisterWhat::Approve { dir, proposal, key, passphrase } => {
            proposal::approve(dir, proposal, &issuer::secret_key(key, passphrase)?)
        }
        RegisterWhat::Enter { dir, proposal, key, passphrase } => {
            let entry = proposal::read(proposal)?;
            append(dir, &issuer::secret_key(key, passphrase)?, &[entry], &[])
        }
        RegisterWhat::Witness { dir, key, name, trust, seen, passphrase } => {
            let key = issuer::secret_key(key, passphrase)?;
            witness(dir, (name, &key), trust, seen)
        }
        RegisterWhat::Equivalent { entering: e, declared } => {
            let entry = equivalent::entry(declared, e.on.unwrap_or_else(issuer::today))?;
            append(&e.dir, &issuer::secret_key(&e.key, &e.passphrase)?, &[entry], &[])
        }
        RegisterWhat::NameWitness { entering: e, witness } => {
            let entry = witness_entry(witness, e.on.unwrap_or_else(issuer::today))?;
            append(&e.dir, &issuer::secret_key(&e.key, &e.passphrase)?, &[entry], &[])
        }
        other => {
            let (entering, entry) = entry(other).ok_or_else(|| Failure::new(Exit::USAGE, "nothing to write"))?;
            append(&entering.dir, &issuer::secret_key(&entering.key, &entering.passphrase)?, &[entry], &[])
        }
    }
}

/// The entry that a command writes, for those that write just one.
fn entry(what: &RegisterWhat) -> Option<(&Entering, Entry)> {
    let day = |entering: &Entering| entering.on.unwrap_or_else(issuer::today);
    match what {
        RegisterWhat::Revoke { entering: e, number, reason } => Some((
            e,
            Entry::Withdrawn { on: day(e), number: number.clone(), reason: reason.clone(), approvals: Vec::new() },
        )),
        RegisterWhat::Retire { entering: e, name, reason } => {
            Some((e, Entry::IssuerRetired { on: day(e), name: name.clone(), reason: reason.clone() }))
        }
        RegisterWhat::Supersede { entering: e, number, by } => {
            Some((e, Entry::Superseded { on: day(e), number: number.clone(), by: by.clone(), approvals: Vec::new() }))
        }
        RegisterWhat::Dispute { entering: e, number, requirement, run, event, by, reason } => {
            let entry = Entry::Disputed {
                on: day(e),
                number: number.clone(),
                requirement: requirement.clone(),
                run: run.clone(),
                event: *event,
                by: by.clone(),
                reason: reason.clone(),
            };
            Some((e, entry))
        }
        RegisterWhat::Override { entering: e, treatment } => Some((e, proposal::overridden(treatment, day(e)))),
        _ => None,
    }
}

fn init(
    entering: &Entering,
    origin: &str,
    title: &str,
    (issuers, signatures): (&[String], u32),
    witnesses: &[String],
) -> Result<Exit, Failure> {
    let on = entering.on.unwrap_or_else(issuer::today);
    let issuers = issuers.iter().map(|argument| issuer::named_key(argument)).collect::<Result<Vec<_>, _>>()?;
    let opened = Entry::Opened { on, origin: origin.to_owned(), title: title.to_owned(), issuers, signatures };
    let watching = witnesses.iter().map(|argument| witness_entry(argument, on)).collect::<Result<Vec<_>, _>>()?;
    let empty = fs::read_dir(&entering.dir).map_or(true, |mut entries| entries.next().is_none());
    if !empty {
        let message = format!("{} is not empty", entering.dir.display());
        return Err(Failure::new(Exit::USAGE, message).hint("a register begins in a folder of its own"));
    }
    let key = issuer::secret_key(&entering.key, &entering.passphrase)?;
    let mut folder = Folder(entering.dir.clone());
    let all = [std::slice::from_ref(&opened), &watching].concat();
    register::may_begin(&all, &key).map_err(|e| refused(&entering.dir, &e))?;
    let verifier = register::open(&mut folder, &opened, &key).map_err(|e| refused(&entering.dir, &e))?;
    if !watching.is_empty() {
        register::append(&mut folder, &key, &watching, &[]).map_err(|e| refused(&entering.dir, &e))?;
    }
    say(format!("the register `{title}` is open in {}", entering.dir.display()));
    say(format!("verifier key  {verifier}"));
    say("publish that key by another way than the register itself: whoever checks the register needs it from there");
    Ok(Exit::MET)
}

fn witness_entry(argument: &str, on: Date) -> Result<Entry, Failure> {
    let watching = issuer::named_key(argument)?;
    let key = ::certify::key::PublicKey::from_pem(&watching.key).map_err(|e| Failure::of(Exit::USAGE, &e))?;
    let key = note::witness_key(&watching.name, &key.0);
    // Before anything is written.
    note::check_key(&key).map_err(|_| {
        let message = format!("`{}` cannot be the name of a witness: no spaces, no `+`", watching.name);
        Failure::new(Exit::USAGE, message).meaning("nothing was written")
    })?;
    Ok(Entry::WitnessNamed { on, key })
}

fn add(entering: &Entering, paths: &[PathBuf]) -> Result<Exit, Failure> {
    let on = entering.on.unwrap_or_else(issuer::today);
    let (mut entries, mut files) = (Vec::new(), Vec::new());
    for path in paths {
        let file = read(path)?;
        let stated = signed::unverified(&file).map_err(|error| not_one(path, &error))?;
        entries.push(Entry::Added { on, number: stated.number, certificate: digest(&file) });
        files.push(file);
    }
    append(&entering.dir, &issuer::secret_key(&entering.key, &entering.passphrase)?, &entries, &files)
}

/// Writes, and looks at the whole afterwards: a certificate that no issuer of the register signed is not added.
fn append(dir: &Path, key: &SecretKey, entries: &[Entry], files: &[Vec<u8>]) -> Result<Exit, Failure> {
    let mut folder = Folder(dir.to_owned());
    let _held = folder.held()?;
    let refuse = |error: &GrowError| refused(dir, error);
    register::admits(&folder, key, (entries, files), &signed::SignedFiles).map_err(|e| refuse(&e))?;
    let head = register::append(&mut folder, key, entries, files).map_err(|e| refuse(&e))?;
    for entry in entries {
        say(format!("{}  {}", entry.kind(), entry.number().unwrap_or_default()));
    }
    say(format!("the register has {} entries now; its witnesses have not seen the last of them", head.size));
    Ok(Exit::MET)
}

fn refused(dir: &Path, error: &GrowError) -> Failure {
    match error {
        GrowError::Broken(broken) => broken_at(dir, broken),
        GrowError::Refused(_) | GrowError::Entry(_) => {
            Failure::of(Exit::INPUT_INVALID, error).meaning("nothing was written")
        }
        _ => Failure::of(Exit::USAGE, error),
    }
}

fn list(dir: &Path, trust: &Path) -> Result<Exit, Failure> {
    let looked = examined(dir, &verifier_key(trust)?, None)?;
    let today = issuer::today();
    for standing in &looked.standings {
        let product = &standing.certificate.product;
        let system = format!("{} {} {}", product.supplier, product.system, product.version);
        say_stated(format!("{}  {system}  {}", standing.certificate.number, stands::briefly(standing, today)));
        for line in stands::beside(standing, today) {
            say_stated(format!("    {line}"));
        }
    }
    say(format!("{} certificates in `{}`", looked.standings.len(), looked.state.title));
    Ok(Exit::MET)
}

fn verify(dir: &Path, trust: &Path, seen: Option<&Path>) -> Result<Exit, Failure> {
    let (looked, checkpoint) = looked(dir, trust, seen)?;
    told(&looked);
    if let Some(seen) = seen {
        match looked.continues {
            Some(size) => say(format!("seen       it continues the register of {size} entries that you saw before")),
            None => say("seen       nothing yet: this is the first checkpoint that you keep"),
        }
        write(seen, &checkpoint)?;
    }
    let unseen = if seen.is_some() {
        ""
    } else {
        " Whether it was rewritten cannot be told without a checkpoint that you saw before (--seen)."
    };
    say(format!("proven: the register is what its key signed, whole and untouched.{unseen}"));
    Ok(Exit::MET)
}

fn looked(dir: &Path, trust: &Path, seen: Option<&Path>) -> Result<(Examined, Vec<u8>), Failure> {
    let key = verifier_key(trust)?;
    let before = match seen {
        Some(path) if path.exists() => Some(read(path)?),
        _ => None,
    };
    let checkpoint = Folder(dir.to_owned()).get(CHECKPOINT).ok().flatten().unwrap_or_default();
    Ok((examined(dir, &key, before.as_deref())?, checkpoint))
}

fn told(looked: &Examined) {
    say(format!("register   `{}` ({}), {} entries", looked.state.title, looked.state.origin, looked.head.size));
    say("signature  the checkpoint is signed by the register's key");
    match looked.cosigned.as_slice() {
        [] => say("witnesses  nobody has signed this checkpoint beside the register"),
        names => say(format!("witnesses  {}", names.join(", "))),
    }
    say(format!(
        "files      every entry, tile and certificate is what it was; {} certificates",
        looked.standings.len()
    ));
}

fn prove(dir: &Path, number: &str, trust: &Path, path: Option<&Path>) -> Result<Exit, Failure> {
    let key = verifier_key(trust)?;
    let looked = examined(dir, &key, None)?;
    let Some((_, index)) = looked.state.certificates.get(number) else {
        return Err(Failure::new(Exit::NOTHING_SELECTED, format!("there is no certificate {number} in the register"))
            .hint("`provestein register list` names them"));
    };
    let proof = register::prove(&Folder(dir.to_owned()), &key, &looked.state.witnesses, *index)
        .map_err(|error| Failure::of(Exit::EVIDENCE_BROKEN, &error))?;
    match path {
        Some(path) => {
            write_new(path, &proof.to_text())?;
            say(format!("{}: that {number} is entry {index} of {}", path.display(), looked.head.size));
        }
        None => print(&String::from_utf8_lossy(&proof.to_text())),
    }
    Ok(Exit::MET)
}

fn witness(dir: &Path, (name, key): (&str, &SecretKey), trust: &Path, seen: &Path) -> Result<Exit, Failure> {
    let mut folder = Folder(dir.to_owned());
    let _held = folder.held()?;
    let (before, _) = looked(dir, trust, Some(seen))?;
    let at = u64::try_from(Timestamp::now().as_second()).unwrap_or_default();
    register::cosign(&mut folder, &verifier_key(trust)?, name, at, key).map_err(|e| refused(dir, &e))?;
    let (now, checkpoint) = looked(dir, trust, Some(seen))?;
    write(seen, &checkpoint)?;
    let before = before.continues.map_or("nothing before".to_owned(), |size| format!("{size} entries before"));
    say(format!("{name} has signed the checkpoint of {} entries, having seen {before}", now.head.size));
    Ok(Exit::MET)
}
