//! The `registers` of a subject file: where the stand-ins of registers listen during a run.

use super::carrier::{CertificateFiles, LoginFile};
use super::file::SubjectFile;
use super::resolve::{Files, ResolveError};
use super::way::secret;
use carrier::mail::Password;
use carrier::tls::ServerTls;
use schemars::JsonSchema;
use serde::Deserialize;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// Where registers listen. Their addresses stand in the kit's certificates: `kit --registers`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegistersFile {
    /// Port without TLS: address register, revocation lists, OCSP.
    pub http: u16,
    /// Port with TLS: the same.
    #[serde(default)]
    pub https: Option<u16>,
    /// Address to bind; all by default.
    #[serde(default)]
    pub bind: Option<IpAddr>,
    /// Certificate and key to show; those of the kit's `tls/server.pem` by default.
    #[serde(default)]
    pub tls: Option<CertificateFiles>,
    /// User and password for the address register; without, everybody may ask.
    #[serde(default)]
    pub login: Option<LoginFile>,
}

/// Registers with everything that is needed to open them.
#[derive(Debug, Clone)]
pub struct Registers {
    /// Without TLS.
    pub http: SocketAddr,
    /// With TLS.
    pub https: Option<(SocketAddr, ServerTls)>,
    /// User and password for the address register.
    pub login: Option<(String, Password)>,
    /// The folder of the kit, whose issuing CA signs revocation.
    pub kit: PathBuf,
}

pub(super) fn resolve(files: &Files<'_>, file: &SubjectFile) -> Result<Option<Registers>, ResolveError> {
    let Some(registers) = &file.registers else { return Ok(None) };
    let bind = registers.bind.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let https = match registers.https {
        None => None,
        Some(port) => {
            let of_kit = || CertificateFiles {
                certificate: file.partners.join("tls/server.pem"),
                key: file.partners.join("tls/server.key.pem"),
            };
            let tls = registers.tls.clone().unwrap_or_else(of_kit);
            let credentials = files.credentials(&tls, "the certificate of the registers")?;
            Some((SocketAddr::new(bind, port), ServerTls::new(&credentials, None)?))
        }
    };
    let login = match &registers.login {
        Some(LoginFile { user, password }) => Some((user.clone(), secret(files, file, password)?)),
        None => None,
    };
    let http = SocketAddr::new(bind, registers.http);
    Ok(Some(Registers { http, https, login, kit: files.folder.join(&file.partners) }))
}
