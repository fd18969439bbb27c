//! TLS with client certificates both ways, on rustls with ring.

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::server::WebPkiClientVerifier;
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use std::sync::Arc;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector, client, server};

/// Why TLS cannot be set up.
#[derive(Debug, Error)]
#[error("failed to set up TLS: {0}")]
pub struct TlsError(String);

/// A certificate chain and its key, PEM.
#[derive(Clone)]
pub struct Credentials {
    /// The chain, own certificate first.
    pub chain: String,
    /// The key.
    pub key: String,
}

impl std::fmt::Debug for Credentials {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Credentials(masked)")
    }
}

/// How we connect.
#[derive(Debug, Clone)]
pub struct ClientTls(pub(crate) Arc<ClientConfig>);

impl ClientTls {
    /// Trusts the CAs in `trust` (PEM) and none else; shows `credentials` where the other side asks.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn new(trust: &str, credentials: Option<&Credentials>) -> Result<Self, TlsError> {
        let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(wrong)?
            .with_root_certificates(roots(trust)?);
        let config = match credentials {
            None => builder.with_no_client_auth(),
            Some(own) => builder.with_client_auth_cert(chain(&own.chain)?, key(&own.key)?).map_err(wrong)?,
        };
        Ok(Self(Arc::new(config)))
    }

    pub(crate) async fn connect(&self, host: &str, stream: TcpStream) -> Result<client::TlsStream<TcpStream>, String> {
        let name = ServerName::try_from(host.to_owned()).map_err(|e| e.to_string())?;
        TlsConnector::from(self.0.clone()).connect(name, stream).await.map_err(|e| e.to_string())
    }
}

/// How others connect to us.
#[derive(Clone)]
pub struct ServerTls(TlsAcceptor);

impl std::fmt::Debug for ServerTls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerTls")
    }
}

impl ServerTls {
    /// Shows `credentials`; with `clients` (PEM) only those whose certificate one of these CAs issued get in.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn new(credentials: &Credentials, clients: Option<&str>) -> Result<Self, TlsError> {
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .map_err(wrong)?;
        let builder = match clients {
            None => builder.with_no_client_auth(),
            Some(trust) => {
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots(trust)?), provider)
                    .build()
                    .map_err(wrong)?;
                builder.with_client_cert_verifier(verifier)
            }
        };
        let config = builder.with_single_cert(chain(&credentials.chain)?, key(&credentials.key)?).map_err(wrong)?;
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }

    pub(crate) async fn accept<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
    ) -> std::io::Result<server::TlsStream<S>> {
        self.0.accept(stream).await
    }
}

fn wrong(error: impl std::fmt::Display) -> TlsError {
    TlsError(error.to_string())
}

fn chain(pem: &str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    chain
        .map_err(wrong)
        .and_then(|chain| if chain.is_empty() { Err(wrong("no certificate in the PEM")) } else { Ok(chain) })
}

fn key(pem: &str) -> Result<PrivateKeyDer<'static>, TlsError> {
    PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|e| TlsError(format!("no private key in the PEM: {e}")))
}

fn roots(pem: &str) -> Result<RootCertStore, TlsError> {
    let mut store = RootCertStore::empty();
    for certificate in chain(pem)? {
        store.add(certificate).map_err(wrong)?;
    }
    Ok(store)
}
