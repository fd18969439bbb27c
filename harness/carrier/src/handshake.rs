//! A TLS handshake for its own sake: what the server showed, or why it is not trusted. Nothing is sent in it.

use crate::tls::ClientTls;
use rustls::pki_types::ServerName;
use rustls::{CertificateError, Error};
use std::io;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

/// What a server showed that is trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// Its certificates, DER, its own first.
    pub chain: Vec<Vec<u8>>,
    /// The version agreed on, `TLS 1.3`.
    pub version: &'static str,
}

/// Why no handshake came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistrust {
    /// A certificate of the chain has expired.
    Expired,
    /// One is not valid yet.
    NotYetValid,
    /// It is another host's.
    OtherName,
    /// None of the CAs that are trusted issued it.
    UnknownIssuer,
    /// The other side does not speak TLS, wants something else, or closed.
    Other,
}

/// A handshake that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoHandshake {
    /// Why.
    pub kind: Mistrust,
    /// In the words of the TLS library.
    pub detail: String,
}

/// Shakes hands with `host` on a connection, and ends there.
///
/// # Errors
/// [`NoHandshake`].
pub async fn shake(tls: &ClientTls, host: &str, stream: TcpStream) -> Result<Shown, NoHandshake> {
    let name = ServerName::try_from(host.to_owned())
        .map_err(|error| NoHandshake { kind: Mistrust::OtherName, detail: error.to_string() })?;
    let stream = TlsConnector::from(tls.0.clone()).connect(name, stream).await.map_err(|error| failed(&error))?;
    let (_, connection) = stream.get_ref();
    let chain = connection.peer_certificates().unwrap_or_default().iter().map(|one| one.to_vec()).collect();
    let version = match connection.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2",
        Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3",
        _ => "TLS",
    };
    Ok(Shown { chain, version })
}

fn failed(error: &io::Error) -> NoHandshake {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    let kind = match inner {
        Some(Error::InvalidCertificate(reason)) => match reason {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => Mistrust::Expired,
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Mistrust::NotYetValid,
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Mistrust::OtherName,
            CertificateError::UnknownIssuer => Mistrust::UnknownIssuer,
            _ => Mistrust::Other,
        },
        _ => Mistrust::Other,
    };
    NoHandshake { kind, detail: error.to_string() }
}
