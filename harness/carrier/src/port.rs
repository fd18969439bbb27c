//! The port that the engine sends through: HTTP in earnest, memory in simulations.

use crate::http::{self, Answer, Failure, Limits, Url};
use crate::tls::ClientTls;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;
use tokio::net::TcpStream;

/// A future that a port returns.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Where messages to the subject go.
pub trait Outlet: Send + Sync {
    /// Sends an entity and reads what the other side answers on the same connection.
    fn post<'a>(&'a self, entity: &'a [u8]) -> Pending<'a, Result<Answer, Failure>>;

    /// Whether somebody is there. Nothing is sent.
    fn probe(&self) -> Pending<'_, Result<String, String>>;

    /// The address, for the log.
    fn address(&self) -> String;
}

/// A subject that is reached by HTTP.
#[derive(Debug, Clone)]
pub struct HttpOutlet {
    /// Its address.
    pub url: Url,
    /// Trust for `https`.
    pub tls: Option<ClientTls>,
    /// How long and how much.
    pub limits: Limits,
}

/// How long a probe waits for a connection: dropped packets are a firewall's way of saying no.
const PROBE: Duration = Duration::from_secs(5);

impl Outlet for HttpOutlet {
    fn post<'a>(&'a self, entity: &'a [u8]) -> Pending<'a, Result<Answer, Failure>> {
        Box::pin(http::post(&self.url, entity, self.tls.as_ref(), &self.limits))
    }

    fn probe(&self) -> Pending<'_, Result<String, String>> {
        Box::pin(async {
            let url = &self.url;
            let connecting = TcpStream::connect((url.host.as_str(), url.port));
            match tokio::time::timeout(PROBE, connecting).await {
                Ok(Ok(_)) => Ok(format!("{url} accepts connections")),
                Ok(Err(error)) => Err(format!("{url}: {error}")),
                Err(_) => Err(format!("{url}: no connection within {} s", PROBE.as_secs())),
            }
        })
    }

    fn address(&self) -> String {
        self.url.to_string()
    }
}
