//! What a vendor imports to talk to the harness, as files. `cli` writes them; nothing here touches a disk.

mod certificates;
mod guide;
mod settings;

pub use certificates::{ISSUED, Known};

use crate::party::{Organisation, Pair, Party, Patient, Service};
use crate::pki::{self, MessageBranch, PkiError, RsaKeys, Terms, TlsBranch};
use crate::{address, cpa};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certificates::Made;
use cpa::{Process, Side, Term};
use wire::certificate::Certificate;

/// What a kit is made for.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What the certificates are like.
    pub terms: Terms,
    /// Where the subject reaches the harness with messages.
    pub harness: String,
    /// Where it reaches the registers by TLS: `https://host:port`, without a slash at its end.
    pub registers_tls: String,
    /// The parties that the harness plays, the first being the one whose certificates scenarios play tricks with.
    pub ours: Vec<Member>,
    /// The subject.
    pub subject: SubjectMember,
    /// The patients that scenarios are about.
    pub patients: Vec<Patient>,
    /// The messages that are exchanged.
    pub processes: Vec<Process>,
}

/// A party before it has certificates.
#[derive(Debug, Clone)]
pub struct Member {
    /// Its role in scenarios.
    pub role: String,
    /// Level 1.
    pub organisation: Organisation,
    /// Level 2.
    pub service: Service,
    /// Mail address.
    pub edi: String,
    /// Whether the subject is to know it: the `stranger` stands in no table.
    pub is_known: bool,
}

/// The subject.
#[derive(Debug, Clone)]
pub struct SubjectMember {
    /// Who it is.
    pub member: Member,
    /// Its certificates, where it has some already. Otherwise the kit holds a pair that it can use.
    pub certificates: Option<Pair<Certificate>>,
    /// Where it receives messages.
    pub endpoint: String,
}

/// A file of a kit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path in the kit, with slashes.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
    /// Whether only its owner may read it.
    pub is_secret: bool,
}

impl File {
    fn open(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), bytes: bytes.into(), is_secret: false }
    }

    fn secret(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self { path: path.into(), bytes: bytes.into(), is_secret: true }
    }
}

/// Makes a kit: all of its files but the partner table.
///
/// # Errors
/// [`PkiError`].
pub fn files(plan: &Plan) -> Result<Vec<File>, PkiError> {
    let keys = RsaKeys::make(certificates::keys_needed(plan), plan.terms.bits)?;
    let branch = MessageBranch::make(plan.terms.clone(), keys)?;
    let hosts = pki::hosts_of(&[&plan.harness, &plan.terms.registers, &plan.registers_tls]);
    let tls = TlsBranch::make(&plan.terms, hosts)?;
    let made = Made::of(plan, &branch)?;
    let parties = made.parties(plan)?;
    let mut files = made.files(plan, &branch)?;
    files.extend(certificates::tls(&tls));
    files.extend(agreements(plan, &parties, &branch, &tls));
    files.push(File::open("address-register/parties.csv", address::csv(&parties)));
    files.push(File::open("address-register/parties.json", address::json(&parties)));
    files.push(File::open("address-register/parties.xml", address::xml(&parties, plan.terms.now)));
    files.push(File::open("patients.csv", patients(&plan.patients)));
    files.extend(settings::files(plan, &tls.hosts));
    files.push(File::open("README.md", guide::english(plan)));
    files.push(File::open("LESMEG.md", guide::bokmal(plan)));
    Ok(files)
}

/// An agreement for each pair of the subject and a known party of ours: by HTTP as the harness was advertised, and by
/// mail where both have an address.
fn agreements(plan: &Plan, parties: &[Party], branch: &MessageBranch, tls: &TlsBranch) -> Vec<File> {
    let role = &plan.subject.member.role;
    let Some(subject) = parties.iter().find(|party| party.role == *role) else { return Vec::new() };
    let root = STANDARD.encode(branch.root.der());
    let term = Term { start: plan.terms.now, end: plan.terms.end() };
    let server = STANDARD.encode(tls.server.0.der());
    let own_tls = plan.harness.starts_with("https:").then_some(server.as_str());
    let mut files = Vec::new();
    for party in parties.iter().filter(|party| party.role != *role) {
        let ours = Side { party, endpoint: &plan.harness, tls_certificate: own_tls };
        let theirs = Side { party: subject, endpoint: &plan.subject.endpoint, tls_certificate: None };
        let text = cpa::write(ours, theirs, &plan.processes, &root, term);
        files.push(File::open(format!("cpa/{}-{role}.xml", party.role), text));
        if party.edi.is_empty() || subject.edi.is_empty() {
            continue;
        }
        let (here, there) = (format!("mailto://{}", party.edi), format!("mailto://{}", subject.edi));
        let ours = Side { endpoint: &here, tls_certificate: None, ..ours };
        let theirs = Side { endpoint: &there, ..theirs };
        let text = cpa::write(ours, theirs, &plan.processes, &root, term);
        files.push(File::open(format!("cpa/{}-{role}-mail.xml", party.role), text));
    }
    files
}

fn patients(patients: &[Patient]) -> String {
    let mut out = "\u{feff}Record;IdentityNumber;GivenName;FamilyName;DateOfBirth;Sex\r\n".to_owned();
    for patient in patients {
        let Patient { kind, id, given_name, family_name, date_of_birth, sex } = patient;
        let record = if kind == "unknown" { "no" } else { "yes" };
        out.push_str(&format!("{record};{id};{given_name};{family_name};{date_of_birth};{sex}\r\n"));
    }
    out
}
