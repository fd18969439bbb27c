//! Opens the ports of a run before anything is sent, and closes them when it is dropped.

use super::run::EngineError;
use crate::subject::{Ports, Subject};
use carrier::http::{self, Arrival, Inbox, Refusals};
use carrier::mail::{Account, Accounts, Limits, Mailbox, Notice, pop3, smtp};
use carrier::stand_in::Asked;
use std::io;
use std::net::SocketAddr;
use tokio::sync::mpsc;

/// Where the harness listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Listening {
    /// For HTTP.
    pub http: Option<SocketAddr>,
    /// For SMTP.
    pub smtp: Option<SocketAddr>,
    /// For POP3.
    pub pop3: Option<SocketAddr>,
}

/// What comes in at the ports.
#[derive(Default)]
pub(super) struct Sources {
    pub arrivals: Option<mpsc::Receiver<Arrival>>,
    pub posted: Option<mpsc::Receiver<smtp::Posted>>,
    pub notices: Option<mpsc::Receiver<Notice>>,
    pub asked: Option<mpsc::Receiver<Asked>>,
    pub refusals: Refusals,
}

/// The open ports.
pub(super) struct Open {
    pub listening: Listening,
    pub mailbox: Mailbox,
    _http: Option<Inbox>,
    _smtp: Option<smtp::Server>,
    _pop3: Option<pop3::Server>,
}

/// Notices that wait to be recorded.
const NOTICES: usize = 1024;

/// Opens what the subject file names; `instead` overrides where (port 0 for `demo`). `name` tells this run's mailbox
/// from any other's.
pub(super) async fn open(
    subject: &Subject,
    instead: Option<SocketAddr>,
    name: &str,
    (http_limits, mail_limits): (http::Limits, Limits),
) -> Result<(Open, Sources), EngineError> {
    let Ports { http, smtp, pop3, tls, login } = &subject.ports;
    let at = |address: &Option<SocketAddr>| address.map(|address| instead.unwrap_or(address));
    let failed = |address: SocketAddr| move |source: io::Error| EngineError::Inbox { address, source };
    let mut sources = Sources::default();
    let refusals = sources.refusals.clone();
    let mut listening = Listening::default();
    let mut open_http = None;
    if let Some(address) = at(http) {
        let opened = Inbox::open_noting(address, tls.clone(), http_limits, refusals.clone()).await;
        let (inbox, arrivals) = opened.map_err(failed(address))?;
        listening.http = Some(inbox.address());
        sources.arrivals = Some(arrivals);
        open_http = Some(inbox);
    }
    let mailbox = Mailbox::named(name);
    let accounts = match login {
        None => Accounts::open(mailbox.clone()),
        Some((user, password)) => {
            let account = Account { user: user.clone(), password: password.clone(), mailbox: mailbox.clone() };
            Accounts { known: vec![account], anybody: None }
        }
    };
    let (told, notices) = mpsc::channel(NOTICES);
    let name = "provestein.test".to_owned();
    let mut open_smtp = None;
    if let Some(address) = at(smtp) {
        let settings = smtp::Settings {
            name: name.clone(),
            tls: tls.clone(),
            implicit: false,
            accounts: accounts.clone(),
            limits: mail_limits,
        };
        let opened = smtp::Server::open(address, settings, told.clone(), refusals.clone()).await;
        let (server, posted) = opened.map_err(failed(address))?;
        listening.smtp = Some(server.address());
        sources.posted = Some(posted);
        open_smtp = Some(server);
    }
    let mut open_pop3 = None;
    if let Some(address) = at(pop3) {
        let settings = pop3::Settings { name, tls: tls.clone(), implicit: false, accounts, limits: mail_limits };
        let server = pop3::Server::open(address, settings, told, refusals).await.map_err(failed(address))?;
        listening.pop3 = Some(server.address());
        open_pop3 = Some(server);
    }
    sources.notices = Some(notices);
    Ok((Open { listening, mailbox, _http: open_http, _smtp: open_smtp, _pop3: open_pop3 }, sources))
}
