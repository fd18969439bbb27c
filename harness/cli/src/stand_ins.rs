//! The registers of a kit: what they know is read from its files and from the parties of a run.

use crate::failure::Failure;
use checks::exit::Exit;
use registers::kit::{ISSUED, Known};
use registers::party::{Pair, Party};
use registers::pki::Issuing;
use registers::stand::{Faults, Login, Revocation, Stand};
use std::fs;
use std::path::{Path, PathBuf};
use wire::certificate::Certificate;

/// The registers for some parties and the kit whose certificates they have. A kit of before there was revocation has no
/// key to sign it with; its registers answer everything else.
///
/// # Errors
/// 12 when a file of the kit is there and cannot be used.
pub fn stand(kit: &Path, parties: Vec<Party>, login: Option<Login>) -> Result<Stand, Failure> {
    let mut replacements = Vec::new();
    for party in &parties {
        let next = |kind: &str| certificate(&kit.join(format!("scenario-keys/{}-{kind}-next.pem", party.role)));
        if let (Some(sign), Some(encrypt)) = (next("sign")?, next("encrypt")?) {
            replacements.push((party.service.her, Pair { sign, encrypt }));
        }
    }
    Ok(Stand { parties, replacements, revocation: revocation(kit)?, login, faults: Faults::default() })
}

fn revocation(kit: &Path) -> Result<Option<Revocation>, Failure> {
    let path = kit.join("ca/issuing.key.pem");
    let Some(key) = text(&path)? else { return Ok(None) };
    let needed = |name: &str| text(&kit.join(name))?.ok_or_else(|| missing(&kit.join(name)));
    let issuing = Issuing::load(&needed("issuing.pem")?, &key).map_err(|error| unusable(&path, &error))?;
    let root = certificate(&kit.join("ca.pem"))?.ok_or_else(|| missing(&kit.join("ca.pem")))?;
    let list = kit.join("crl/root.crl");
    let root_list = fs::read(&list).map_err(|error| unusable(&list, &error))?;
    Ok(Some(Revocation { issuing, known: Known::read(&needed(ISSUED)?), root: root.der().to_vec(), root_list }))
}

fn certificate(path: &Path) -> Result<Option<Certificate>, Failure> {
    let Some(text) = text(path)? else { return Ok(None) };
    Certificate::from_pem(&text).map(Some).map_err(|error| unusable(path, &error))
}

/// `None` when there is no such file.
fn text(path: &Path) -> Result<Option<String>, Failure> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unusable(path, &error)),
    }
}

fn missing(path: &Path) -> Failure {
    let what = format!("the kit has no {}, which its registers need", PathBuf::from(path).display());
    Failure::new(Exit::CONFIGURATION, what).hint("`provestein kit DIR` writes a whole kit")
}

fn unusable(path: &Path, error: &dyn std::error::Error) -> Failure {
    Failure::of(Exit::CONFIGURATION, error).hint(format!("{}, a file of the kit", path.display()))
}
