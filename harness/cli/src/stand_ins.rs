//! The registers of a kit: what they know is read from its files and from the parties of a run.

use crate::command::kit::kind;
use crate::failure::Failure;
use carrier::stand_in::{Fault, StandIns};
use checks::exit::Exit;
use exchange::cast::CastParty;
use exchange::plan::LeftOut;
use exchange::scenario::{Loaded, Step};
use exchange::subject::Subject;
use registers::kit::{ISSUED, Known};
use registers::party::{Organisation, Pair, Party, Service};
use registers::pki::Issuing;
use registers::stand::{Faults, Login, Ports, Registers, Revocation, Stand};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use wire::certificate::Certificate;

/// The party that is in no register.
const STRANGER: &str = "stranger";

/// The registers that a subject file opens; `None` when it opens none.
///
/// # Errors
/// 12 when the kit cannot be used.
pub fn of_subject(subject: &Subject) -> Result<Option<Arc<dyn StandIns>>, Failure> {
    let Some(registers) = &subject.registers else { return Ok(None) };
    let login = registers.login.clone().map(|(user, password)| Login { user, password });
    let stand = stand(&registers.kit, parties(subject), login)?;
    let ports = Ports { http: registers.http, https: registers.https.clone() };
    Ok(Some(Arc::new(Registers { stand: Arc::new(stand), ports })))
}

/// Everybody who is registered: our parties but the stranger, and the subject's.
fn parties(subject: &Subject) -> Vec<Party> {
    let ours = subject.partners.iter().filter(|(role, _)| *role != STRANGER).map(|(role, party)| {
        let identity = &party.identity;
        let pair = Pair { sign: identity.sign_certificate.clone(), encrypt: identity.encrypt_certificate.clone() };
        of_cast(role, &party.cast, pair)
    });
    let theirs = subject.parties.iter().map(|(role, party)| {
        of_cast(role, &party.cast, Pair { sign: party.sign.clone(), encrypt: party.encrypt.clone() })
    });
    ours.chain(theirs).collect()
}

/// A party of the cast with its certificates, as registers know it.
pub fn of_cast(role: &str, party: &CastParty, certificates: Pair<Certificate>) -> Party {
    let (organisation, service) = (&party.organisation, &party.service);
    Party {
        role: role.to_owned(),
        organisation: Organisation {
            her: organisation.her,
            name: organisation.name.clone(),
            number: organisation.number.clone().unwrap_or_default(),
            kind: kind(role),
        },
        service: Service {
            her: service.her,
            name: service.name.clone(),
            phone: service.phone.clone().unwrap_or_default(),
        },
        edi: party.edi.clone(),
        certificates,
    }
}

/// Splits off the scenarios that need a register to answer wrongly when there is none that could.
pub fn with_registers(scenarios: Vec<Loaded>, are_open: bool) -> (Vec<Loaded>, Vec<LeftOut>) {
    let needs = |loaded: &Loaded| loaded.scenario.steps.iter().any(|step| matches!(step, Step::Mode(_)));
    let (without, with): (Vec<_>, Vec<_>) = scenarios.into_iter().partition(|loaded| !are_open && needs(loaded));
    let reason = "it needs registers, and the subject file has no `registers`";
    (with, without.into_iter().map(|loaded| LeftOut { id: loaded.id, reason: reason.to_owned() }).collect())
}

/// Splits off the scenarios that sign with a certificate that the kit does not have.
pub fn with_signers(scenarios: Vec<Loaded>, subject: &Subject) -> (Vec<Loaded>, Vec<LeftOut>) {
    let lacks = |step: &Step| match step {
        Step::Send(send) => send.sign.is_some_and(|with| {
            let role = send.from.clone().unwrap_or_default();
            !subject.signers.contains_key(&(role, with))
        }),
        _ => false,
    };
    let (without, with): (Vec<_>, Vec<_>) =
        scenarios.into_iter().partition(|loaded| loaded.scenario.steps.iter().any(lacks));
    let reason = "it signs with a certificate that this kit does not have; `provestein kit DIR` makes one that has it";
    (with, without.into_iter().map(|loaded| LeftOut { id: loaded.id, reason: reason.to_owned() }).collect())
}

/// Faults that scenarios name and that there are not, each with its place.
pub fn unknown_faults(scenarios: &[Loaded]) -> Vec<String> {
    let steps = scenarios.iter().flat_map(|loaded| {
        let lines = loaded.scenario.steps.iter().zip(&loaded.step_lines);
        lines.map(move |(step, line)| (loaded, step, line))
    });
    steps
        .filter_map(|(loaded, step, line)| {
            let Step::Mode(mode) = step else { return None };
            let (register, call, name) = (mode.register.clone(), mode.call.clone(), mode.name.clone());
            let fault = Fault { register, call, name, about: None, delay: None };
            let reason = Faults::default().switch(&fault).err()?;
            Some(format!("{}:{line}: {reason}", loaded.file))
        })
        .collect()
}

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
    let what = format!("the kit has no {}, which its registers need", path.display());
    Failure::new(Exit::CONFIGURATION, what).hint("`provestein kit DIR` writes a whole kit")
}

fn unusable(path: &Path, error: &dyn std::error::Error) -> Failure {
    Failure::of(Exit::CONFIGURATION, error).hint(format!("{}, a file of the kit", path.display()))
}
