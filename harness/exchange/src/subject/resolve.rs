//! From a subject file to keys, addresses and parties.

use super::carrier::CertificateFiles;
use super::file::{self, SubjectFile};
use super::registers::{self, Registers};
use super::start::{self, Keeper, Places};
use super::trigger::{self, Trigger};
use super::way::{self, Ports, Way};
use crate::cast::{Cast, CastParty, Organisation, Patient, Responsible, Service};
use crate::scenario::SignWith;
use crate::yaml::Mistakes;
use carrier::http::UrlError;
use carrier::tls::{Credentials, ServerTls, TlsError};
use evidence::event;
use msh::identity::{Identity, Peer};
use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use wire::certificate::{Certificate, CertificateDefect};
use wire::ebxml::write::SoftwareDraft;
use wire::key::{KeyDefect, PrivateKey};
use wire::mime::TransferEncoding;
use wire::signature::Algorithms;

/// Name of the partner table in a kit.
pub const PARTNER_TABLE: &str = "partners.yaml";

/// A subject with everything that is needed to talk to it.
#[derive(Debug, Clone)]
pub struct Subject {
    /// As the log describes it.
    pub description: event::Subject,
    /// Profile, e.g. `plo-receive-nhn@1`.
    pub profile: String,
    /// How messages get to it.
    pub way: Way,
    /// Who starts and stops it; `None` when it runs already.
    pub start: Option<Arc<dyn Keeper>>,
    /// Where we listen.
    pub ports: Ports,
    /// The subject's parties by role.
    pub parties: BTreeMap<String, SubjectParty>,
    /// Our parties by role.
    pub partners: BTreeMap<String, HarnessParty>,
    /// Keys that ours are replaced by in scenarios: what is encrypted to them can be opened too.
    pub next_keys: Vec<(Certificate, PrivateKey)>,
    /// Certificates of ours that must not be accepted, by role and kind, for scenarios that sign with them.
    pub signers: Signers,
    /// Registers that are open during a run.
    pub registers: Option<Registers>,
    /// Patients by kind: `known`, `unknown`.
    pub patients: BTreeMap<String, Patient>,
    /// How long to wait for what.
    pub patience: Patience,
    /// How it is made to send, by message or [`trigger::DEFAULT`].
    pub triggers: BTreeMap<String, Trigger>,
}

/// Certificates with their keys, by role and kind.
pub type Signers = BTreeMap<(String, SignWith), (Certificate, PrivateKey)>;

/// A party that the subject is.
#[derive(Debug, Clone)]
pub struct SubjectParty {
    /// Names and numbers.
    pub cast: CastParty,
    /// What is encrypted to.
    pub encrypt: Certificate,
    /// What it signs with.
    pub sign: Certificate,
}

/// A party that the harness is.
#[derive(Debug, Clone)]
pub struct HarnessParty {
    /// Names and numbers.
    pub cast: CastParty,
    /// Keys.
    pub identity: Identity,
}

impl SubjectParty {
    /// As the partner table of our parties knows it.
    pub fn peer(&self) -> Peer {
        Peer { her: self.cast.service.her, encrypt_certificate: self.encrypt.clone() }
    }
}

/// How long to wait for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// For a transport receipt, and for the carrier.
    pub transport: Duration,
    /// For an AppRec.
    pub apprec: Duration,
    /// For a silence to count; the profile may ask for more.
    pub quiet: Duration,
    /// How often the subject looks into its mailbox.
    pub poll: Duration,
    /// For a message that the subject was made to send.
    pub message: Duration,
    /// For a person to act or answer.
    pub operator: Duration,
}

impl Patience {
    /// How long a mail may lie in the mailbox: the subject may have looked just before it came, and look late.
    pub fn fetch(&self) -> Duration {
        self.poll * 2 + self.transport
    }
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            transport: Duration::from_secs(30),
            apprec: Duration::from_mins(2),
            quiet: Duration::from_secs(2),
            poll: way::POLL,
            message: Duration::from_mins(2),
            operator: Duration::from_mins(20),
        }
    }
}

/// Why a subject file cannot be used.
#[derive(Debug, Error)]
pub enum ResolveError {
    /// Mistakes in a file.
    #[error(transparent)]
    Mistakes(#[from] Mistakes),
    /// A file that it points at cannot be read.
    #[error("failed to read {path}, which the subject file names as {what}")]
    Read {
        /// The path.
        path: PathBuf,
        /// What it is.
        what: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A certificate.
    #[error("{path} is no certificate that can be used")]
    Certificate {
        /// The path.
        path: PathBuf,
        /// Why.
        #[source]
        source: CertificateDefect,
    },
    /// A key.
    #[error("{path} is no private key that can be used")]
    Key {
        /// The path.
        path: PathBuf,
        /// Why.
        #[source]
        source: KeyDefect,
    },
    /// The address.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// Something does not fit together.
    #[error("{0}")]
    Misfit(String),
}

/// Reads everything that a subject file points at; paths are relative to `folder`, where it lies.
///
/// # Errors
/// [`ResolveError`].
pub fn resolve(file: &SubjectFile, folder: &Path, algorithms: Algorithms) -> Result<Subject, ResolveError> {
    let files = Files { folder };
    let kit = folder.join(&file.partners);
    let cast = Cast::parse(
        &kit.join(PARTNER_TABLE).display().to_string(),
        &files.text(
            &file.partners.join(PARTNER_TABLE),
            "the partner table of the kit (`provestein kit DIR` writes one)",
        )?,
    )?;
    let mut partners = BTreeMap::new();
    for (role, party) in &cast.parties {
        partners.insert(role.clone(), files.harness_party(&file.partners, role, party, algorithms)?);
    }
    let mut parties = BTreeMap::new();
    for (role, party) in &file.parties {
        parties.insert(role.clone(), files.subject_party(role, party)?);
    }
    let way = way::way(&files, file)?;
    if way.is_mail() {
        for partner in partners.values_mut() {
            partner.identity.envelope_encoding = TransferEncoding::Base64;
        }
    }
    let ports = way::ports(&files, file)?;
    let url = if let Way::Http { url, .. } = &way { Some(url) } else { None };
    let start = start::keeper(&file.start, folder, &places(file, folder, &ports), url);
    Ok(Subject {
        description: describe(file, &way),
        profile: file.profile.clone(),
        ports,
        way,
        start: start.map_err(ResolveError::Misfit)?,
        parties,
        partners,
        next_keys: files.next_keys(&file.partners, cast.parties.keys())?,
        signers: files.signers(&file.partners, cast.parties.keys())?,
        registers: registers::resolve(&files, file)?,
        patients: patients(file, &cast)?,
        patience: patience(&file.patience),
        triggers: trigger::resolve(&file.triggers, folder)?,
    })
}

/// Where a process of this machine finds us: at the address we listen at, or at our own.
fn places(file: &SubjectFile, folder: &Path, ports: &Ports) -> Places {
    let bound = ports.addresses().next().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |(_, address)| address.ip());
    let host = match bound {
        bound if !bound.is_unspecified() => bound,
        IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::LOCALHOST),
    };
    Places {
        host: host.to_string(),
        ports: ports.addresses().map(|(name, address)| (name, address.port())).collect(),
        kit: folder.join(&file.partners),
        dir: folder.to_owned(),
    }
}

fn patience(file: &file::PatienceFile) -> Patience {
    let or = |text: &Option<String>, default| text.as_deref().and_then(file::duration).unwrap_or(default);
    let default = Patience::default();
    Patience {
        transport: or(&file.transport, default.transport),
        apprec: or(&file.apprec, default.apprec),
        quiet: or(&file.quiet, default.quiet),
        poll: or(&file.poll, default.poll),
        message: or(&file.message, default.message),
        operator: or(&file.operator, default.operator),
    }
}

/// The patients of the kit; an id in the subject file must be one of them, because a name goes with it.
fn patients(file: &SubjectFile, cast: &Cast) -> Result<BTreeMap<String, Patient>, ResolveError> {
    let mut patients = cast.patients.clone();
    for (kind, ids) in [("known", &file.patients.known), ("unknown", &file.patients.unknown)] {
        let Some(id) = ids.first() else { continue };
        let found = cast.patients.values().find(|patient| patient.id == *id).cloned();
        let misfit = || {
            ResolveError::Misfit(format!("the {kind} patient of the subject file is not in the kit's {PARTNER_TABLE}"))
        };
        patients.insert(kind.to_owned(), found.ok_or_else(misfit)?);
    }
    Ok(patients)
}

fn describe(file: &SubjectFile, way: &Way) -> event::Subject {
    let claims = file.claims.messages.iter().flat_map(|(message, directions)| {
        directions.iter().map(|direction| (message.clone(), format!("{direction:?}").to_lowercase()))
    });
    event::Subject {
        supplier: file.subject.supplier.clone(),
        system: file.subject.system.clone(),
        version: file.subject.version.clone(),
        message_handler: file.subject.message_handler.clone(),
        message_handler_version: file.subject.message_handler_version.clone(),
        parties: file.parties.values().map(|p| (p.organisation.her, p.service.her)).collect(),
        claims: claims.collect(),
        unknown_service: file.claims.unknown_service.map(|u| format!("{u:?}").to_lowercase()),
        endpoint: way.to_string(),
        retry: file.retry.as_ref().and_then(|retry| {
            let interval_ms = file::duration(&retry.interval)?.as_millis() as u64;
            Some(event::Retry { interval_ms, count: retry.count })
        }),
    }
}

pub(super) struct Files<'a> {
    pub folder: &'a Path,
}

impl Files<'_> {
    pub fn text(&self, path: &Path, what: &str) -> Result<String, ResolveError> {
        let path = self.folder.join(path);
        std::fs::read_to_string(&path).map_err(|source| ResolveError::Read { path, what: what.to_owned(), source })
    }

    fn certificate(&self, path: &Path, what: &str) -> Result<Certificate, ResolveError> {
        let text = self.text(path, what)?;
        Certificate::from_pem(&text)
            .map_err(|source| ResolveError::Certificate { path: self.folder.join(path), source })
    }

    fn key(&self, path: &Path, what: &str) -> Result<PrivateKey, ResolveError> {
        let text = self.text(path, what)?;
        PrivateKey::from_pem(&text).map_err(|source| ResolveError::Key { path: self.folder.join(path), source })
    }

    /// The encryption keys that will replace those of our parties, where the kit has them.
    fn next_keys<'r>(
        &self,
        kit: &Path,
        roles: impl Iterator<Item = &'r String>,
    ) -> Result<Vec<(Certificate, PrivateKey)>, ResolveError> {
        let found = roles.filter_map(|role| self.scenario_key(kit, &format!("{role}-encrypt-next")).transpose());
        found.collect()
    }

    /// The signing certificates of our parties that must not be accepted, where the kit has them.
    fn signers<'r>(&self, kit: &Path, roles: impl Iterator<Item = &'r String>) -> Result<Signers, ResolveError> {
        let all = roles.flat_map(|role| SignWith::ALL.map(|with| (role.clone(), with)));
        let found = all.filter_map(|(role, with)| {
            let pair = self.scenario_key(kit, &format!("{role}-sign-{}", with.word())).transpose()?;
            Some(pair.map(|pair| ((role, with), pair)))
        });
        found.collect()
    }

    /// A certificate with its key below `scenario-keys`; `None` in a kit without it.
    fn scenario_key(&self, kit: &Path, name: &str) -> Result<Option<(Certificate, PrivateKey)>, ResolveError> {
        let path = |ending: &str| kit.join(format!("scenario-keys/{name}.{ending}"));
        if !self.folder.join(path("pem")).is_file() {
            return Ok(None);
        }
        let what = format!("`{name}` of the kit's scenario-keys");
        Ok(Some((self.certificate(&path("pem"), &what)?, self.key(&path("key.pem"), &what)?)))
    }

    fn harness_party(
        &self,
        kit: &Path,
        role: &str,
        party: &CastParty,
        algorithms: Algorithms,
    ) -> Result<HarnessParty, ResolveError> {
        let lacks = |what| ResolveError::Misfit(format!("party `{role}` of the kit has no {what}"));
        let certificates = party.certificates.as_ref().ok_or_else(|| lacks("certificates"))?;
        let keys = party.keys.as_ref().ok_or_else(|| lacks("keys"))?;
        let what = |kind: &str| format!("{kind} of party `{role}`");
        Ok(harness_party(
            party,
            self.certificate(&kit.join(&certificates.sign), &what("the signing certificate"))?,
            self.key(&kit.join(&keys.sign), &what("the signing key"))?,
            self.certificate(&kit.join(&certificates.encrypt), &what("the encryption certificate"))?,
            self.key(&kit.join(&keys.encrypt), &what("the encryption key"))?,
            algorithms,
        ))
    }

    fn subject_party(&self, role: &str, party: &file::PartyFile) -> Result<SubjectParty, ResolveError> {
        let what = |kind: &str| format!("the {kind} certificate of `{role}`");
        let (organisation, service) = (&party.organisation, &party.service);
        Ok(SubjectParty {
            cast: CastParty {
                organisation: Organisation {
                    her: organisation.her,
                    name: organisation.name.clone(),
                    number: organisation.number.clone(),
                },
                service: Service {
                    her: service.her,
                    name: service.name.clone().unwrap_or_else(|| organisation.name.clone()),
                    phone: None,
                },
                edi: service.edi.clone().unwrap_or_default(),
                responsible: Responsible { given_name: String::new(), family_name: String::new(), hpr: String::new() },
                certificates: None,
                keys: None,
            },
            encrypt: self.certificate(&party.certificates.encrypt, &what("encryption"))?,
            sign: self.certificate(&party.certificates.sign, &what("signing"))?,
        })
    }

    pub fn credentials(&self, files: &CertificateFiles, what: &str) -> Result<Credentials, ResolveError> {
        Ok(Credentials { chain: self.text(&files.certificate, what)?, key: self.text(&files.key, what)? })
    }

    pub fn server_tls(&self, file: &SubjectFile) -> Result<Option<ServerTls>, ResolveError> {
        let Some(files) = &file.inbox.tls else { return Ok(None) };
        let credentials = self.credentials(files, "the certificate of the inbox")?;
        let clients = file.inbox.clients.as_ref().map(|path| self.text(path, "the CAs of clients")).transpose()?;
        Ok(Some(ServerTls::new(&credentials, clients.as_deref())?))
    }
}

/// A party of the harness with its keys.
pub fn harness_party(
    cast: &CastParty,
    sign_certificate: Certificate,
    sign_key: PrivateKey,
    encrypt_certificate: Certificate,
    encrypt_key: PrivateKey,
    algorithms: Algorithms,
) -> HarnessParty {
    HarnessParty {
        cast: cast.clone(),
        identity: Identity {
            her: cast.service.her,
            organisation_her: cast.organisation.her,
            sign_certificate,
            sign_key,
            encrypt_certificate,
            encrypt_key,
            software: SoftwareDraft {
                msh: "Prøvestein".to_owned(), msh_version: env!("CARGO_PKG_VERSION").to_owned()
            },
            algorithms,
            envelope_encoding: TransferEncoding::EightBit,
        },
    }
}
