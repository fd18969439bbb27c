//! `kit`: what a vendor imports to talk to the harness. What is in it is made in `registers::kit`; here the cast, the
//! subject file and the disk come to it.

use super::terminal::say;
use crate::args::{IssuerName, Kit, Seid};
use crate::embedded;
use crate::failure::Failure;
use checks::exit::Exit;
use exchange::cast::{Cast, CastParty};
use exchange::subject::{PARTNER_TABLE, Subject, SubjectFile};
use jiff::Timestamp;
use registers::cpa::Process;
use registers::kit::{self, Member, Plan, SubjectMember};
use registers::party::{Kind, Organisation, Pair, Patient, Service};
use registers::pki::Terms;
use std::fs;
use std::io;
use std::path::Path;
use wire::certificate::Certificate;

/// The role that the subject has unless a subject file says otherwise.
const SUBJECT_ROLE: &str = "municipality";
/// The party that nobody is to know.
const STRANGER: &str = "stranger";
/// Port of the registers, when it is not given.
const REGISTERS_PORT: u16 = 8490;

/// Writes a kit.
///
/// # Errors
/// [`Failure`].
pub fn run(args: &Kit) -> Result<Exit, Failure> {
    let dir = &args.dir;
    if dir.join(PARTNER_TABLE).exists() {
        return Err(Failure::new(
            Exit::USAGE,
            format!("{} holds a kit already; its keys are not overwritten", dir.display()),
        )
        .hint("choose another folder, or remove that one"));
    }
    let cast = embedded::cast()?;
    let subject = subject(args, &cast)?;
    let plan = plan(args, &cast, subject)?;
    let files = kit::files(&plan).map_err(|error| Failure::of(Exit::HARNESS_BUG, &error))?;
    let wrong = |error: io::Error| {
        Failure::new(Exit::USAGE, format!("failed to write the kit into {}: {error}", dir.display()))
    };
    for file in &files {
        write(&dir.join(&file.path), &file.bytes, file.is_secret).map_err(wrong)?;
    }
    // Last: where it is, a whole kit is.
    let roles: Vec<&str> = plan.ours.iter().map(|member| member.role.as_str()).collect();
    write(&dir.join(PARTNER_TABLE), table(&cast, &roles).as_bytes(), false).map_err(wrong)?;
    say(format!(
        "kit written into {}, valid for {} days; its README.md says what each file is for",
        dir.display(),
        args.days
    ));
    say("import the certificates and addresses that it lists into the system under test,");
    say("then point `partners` of the subject file at this folder");
    Ok(Exit::MET)
}

/// The first of our parties' certificates to expire, and when.
pub fn expires(subject: &Subject) -> Option<(&str, Timestamp)> {
    let all = subject.partners.iter().flat_map(|(role, party)| {
        let identity = &party.identity;
        [&identity.sign_certificate, &identity.encrypt_certificate].map(|one| (role.as_str(), one.not_after()))
    });
    all.min_by_key(|(_, until)| *until)
}

/// Stops before anything is sent that the subject would rightly refuse: a kit's certificates last a few months.
///
/// # Errors
/// 12 when a certificate of ours has expired.
pub fn in_date(subject: &Subject, now: Timestamp) -> Result<(), Failure> {
    match expires(subject) {
        Some((role, until)) if until < now => {
            let day = until.strftime("%Y-%m-%d");
            Err(Failure::new(Exit::CONFIGURATION, format!("the kit's certificates of `{role}` expired {day}"))
                .hint("`provestein kit DIR` makes another kit (`--days` says for how long); import it, and point `partners` at it"))
        }
        _ => Ok(()),
    }
}

fn plan(args: &Kit, cast: &Cast, subject: SubjectMember) -> Result<Plan, Failure> {
    let harness: carrier::http::Url = args.harness.parse().map_err(|error| {
        Failure::of(Exit::USAGE, &error)
            .hint("`--harness` is the address of our inbox as the system under test sees it")
    })?;
    let host = if harness.host.contains(':') { format!("[{}]", harness.host) } else { harness.host };
    let trimmed = |url: &str| url.trim_end_matches('/').to_owned();
    let registers = args.registers.as_deref().map_or_else(|| format!("http://{host}:{REGISTERS_PORT}"), trimmed);
    let registers_tls =
        args.registers_tls.as_deref().map_or_else(|| format!("https://{host}:{}", REGISTERS_PORT + 1), trimmed);
    if !registers.starts_with("http://") || !registers_tls.starts_with("https://") {
        // A certificate whose revocation is asked for by TLS would have to be looked up to be looked up.
        return Err(Failure::new(Exit::USAGE, "`--registers` begins with http:// and `--registers-tls` with https://"));
    }
    let taken = &subject.member.role;
    // Scenarios play tricks with the certificates of the first.
    let mut roles: Vec<&String> = cast.parties.keys().filter(|role| *role != taken).collect();
    roles.sort_by_key(|role| (*role != "hospital", *role == STRANGER));
    let seid = match args.seid {
        Seid::One => registers::pki::Seid::One,
        Seid::Two => registers::pki::Seid::Two,
    };
    if args.issuer == IssuerName::Commfides && args.seid == Seid::One {
        return Err(Failure::new(
            Exit::USAGE,
            "`--issuer commfides` goes with `--seid 2`: their test CA issues no other",
        ));
    }
    let issuer = match args.issuer {
        IssuerName::Own => registers::pki::IssuerName::Own,
        IssuerName::Buypass => registers::pki::IssuerName::Buypass,
        IssuerName::Commfides => registers::pki::IssuerName::Commfides,
    };
    Ok(Plan {
        terms: Terms { bits: usize::from(args.bits), now: Timestamp::now(), days: args.days, registers, seid, issuer },
        harness: args.harness.clone(),
        registers_tls,
        ours: roles.into_iter().map(|role| member(role, &cast.parties[role])).collect(),
        subject,
        patients: patients(cast),
        processes: processes()?,
    })
}

/// A party of the cast as the registers know it.
pub fn member(role: &str, party: &CastParty) -> Member {
    Member {
        role: role.to_owned(),
        organisation: Organisation {
            her: party.organisation.her,
            name: party.organisation.name.clone(),
            number: party.organisation.number.clone().unwrap_or_default(),
            kind: kind(role),
        },
        service: Service {
            her: party.service.her,
            name: party.service.name.clone(),
            phone: party.service.phone.clone().unwrap_or_default(),
        },
        edi: party.edi.clone(),
        is_known: role != STRANGER,
    }
}

/// What sort of organisation has a role.
pub fn kind(role: &str) -> Kind {
    match role {
        "hospital" => Kind::Hospital,
        "gp" => Kind::Practice,
        _ => Kind::Municipality,
    }
}

/// The subject of the subject file, or else the cast's municipality, at the address where the reference listens.
fn subject(args: &Kit, cast: &Cast) -> Result<SubjectMember, Failure> {
    let Some(path) = &args.subject else {
        let party = cast
            .parties
            .get(SUBJECT_ROLE)
            .ok_or_else(|| Failure::new(Exit::HARNESS_BUG, format!("the cast has no `{SUBJECT_ROLE}`")))?;
        let endpoint = "http://localhost:8481/".to_owned();
        return Ok(SubjectMember { member: member(SUBJECT_ROLE, party), certificates: None, endpoint });
    };
    let name = path.display().to_string();
    let text = fs::read_to_string(path)
        .map_err(|error| Failure::new(Exit::USAGE, format!("failed to read the subject file {name}: {error}")))?;
    let file = super::run::subject_file(&name, &text)?;
    of_file(&file, path.parent().unwrap_or(Path::new("")))
        .ok_or_else(|| Failure::new(Exit::INPUT_INVALID, format!("{name} names no party under `parties`")))?
}

/// `None` without a party.
fn of_file(file: &SubjectFile, folder: &Path) -> Option<Result<SubjectMember, Failure>> {
    let (role, party) = file.parties.get_key_value(SUBJECT_ROLE).or_else(|| file.parties.iter().next())?;
    let read = |path: &Path| {
        let path = folder.join(path);
        let wrong = |error: &dyn std::error::Error| {
            Failure::of(Exit::INPUT_INVALID, error)
                .hint(format!("{}, a certificate of `{role}` in the subject file", path.display()))
        };
        let text = fs::read_to_string(&path).map_err(|error| wrong(&error))?;
        Certificate::from_pem(&text).map_err(|error| wrong(&error))
    };
    let pair = || Ok(Pair { sign: read(&party.certificates.sign)?, encrypt: read(&party.certificates.encrypt)? });
    let member = Member {
        role: role.clone(),
        organisation: Organisation {
            her: party.organisation.her,
            name: party.organisation.name.clone(),
            number: party.organisation.number.clone().unwrap_or_default(),
            kind: kind(role),
        },
        service: Service {
            her: party.service.her,
            name: party.service.name.clone().unwrap_or_else(|| party.organisation.name.clone()),
            phone: String::new(),
        },
        edi: party.service.edi.clone().unwrap_or_default(),
        is_known: true,
    };
    let by_mail = || format!("mailto://{}", party.service.edi.clone().unwrap_or_default());
    let endpoint = file.carrier.http().map_or_else(by_mail, |http| http.url.clone());
    Some(pair().map(|certificates| SubjectMember { member, certificates: Some(certificates), endpoint }))
}

fn patients(cast: &Cast) -> Vec<Patient> {
    let patient = |(kind, patient): (&String, &exchange::cast::Patient)| Patient {
        kind: kind.clone(),
        id: patient.id.clone(),
        given_name: patient.given_name.clone(),
        family_name: patient.family_name.clone(),
        date_of_birth: patient.date_of_birth.clone(),
        sex: patient.sex.name.clone(),
    };
    cast.patients.iter().map(patient).collect()
}

fn processes() -> Result<Vec<Process>, Failure> {
    let messages = embedded::messages()?;
    let process = |kind: &exchange::message::MessageType| Process {
        function: kind.function.clone(),
        name: kind.name.clone(),
        version: kind.version.clone(),
        namespace: kind.namespace.clone(),
        apprec: kind.apprec.clone(),
    };
    Ok(messages.names().filter_map(|name| messages.get(name)).map(process).collect())
}

/// Keys are for their owner only. Nothing is written over.
fn write(path: &Path, bytes: &[u8], is_secret: bool) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    if is_secret {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    io::Write::write_all(&mut options.open(path)?, bytes)
}

fn table(cast: &Cast, roles: &[&str]) -> String {
    let mut out = String::from(
        "# Written by `provestein kit`. Our parties, their keys, and the patients that scenarios are about.\nparties:\n",
    );
    for role in roles {
        let Some(party) = cast.parties.get(*role) else { continue };
        let number = party.organisation.number.clone().unwrap_or_default();
        let phone = party.service.phone.clone().unwrap_or_default();
        let responsible = &party.responsible;
        out.push_str(&format!(
            "  {role}:\n    organisation: {{ her: {}, name: {:?}, number: {number:?} }}\n    service: {{ her: {}, name: {:?}, phone: {phone:?} }}\n    edi: {}\n    responsible: {{ given_name: {:?}, family_name: {:?}, hpr: {:?} }}\n    certificates: {{ sign: {role}-sign.pem, encrypt: {role}-encrypt.pem }}\n    keys: {{ sign: {role}-sign.key.pem, encrypt: {role}-encrypt.key.pem }}\n",
            party.organisation.her,
            party.organisation.name,
            party.service.her,
            party.service.name,
            party.edi,
            responsible.given_name,
            responsible.family_name,
            responsible.hpr,
        ));
    }
    out.push_str("patients:\n");
    for (kind, patient) in &cast.patients {
        out.push_str(&format!(
            "  {kind}: {{ id: {:?}, kind: {}, given_name: {:?}, family_name: {:?}, date_of_birth: {:?}, sex: {{ code: {:?}, name: {:?} }} }}\n",
            patient.id,
            patient.kind,
            patient.given_name,
            patient.family_name,
            patient.date_of_birth,
            patient.sex.code,
            patient.sex.name,
        ));
    }
    out
}
