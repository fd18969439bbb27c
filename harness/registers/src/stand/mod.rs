//! The registers as they stand in for the national ones: every request is answered from the cast, recorded before the
//! answer leaves, and answered wrongly only where a scenario has asked for it.

mod address;
mod fault;
mod http;
mod revocation;
mod serve;

pub use fault::{FAULTS, Faults, Kind};
pub use http::Incoming;
pub use revocation::Revocation;
pub use serve::{Open, Ports, Registers, open};

use crate::party::{Pair, Party};
use carrier::http::Reply;
use carrier::mail::Password;
use carrier::stand_in::Fault;
use jiff::Timestamp;
use std::time::Duration;
use wire::certificate::Certificate;

/// Everything that the registers know.
#[derive(Debug)]
pub struct Stand {
    /// The parties that are registered.
    pub parties: Vec<Party>,
    /// Certificates that replace those of a party, by HER-id of its service.
    pub replacements: Vec<(u32, Pair<Certificate>)>,
    /// Revocation, where the kit has the key for it.
    pub revocation: Option<Revocation>,
    /// User and password for the address register; without them everybody may ask.
    pub login: Option<Login>,
    /// The faults that are switched on.
    pub faults: Faults,
}

/// User and password (HTTP Basic).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// User.
    pub user: String,
    /// Password.
    pub password: Password,
}

/// What was asked, and what is answered.
#[derive(Debug)]
pub struct Answered {
    /// Which register.
    pub register: &'static str,
    /// Which call of it; `unknown` when it has no such call.
    pub operation: String,
    /// About what.
    pub about: Option<String>,
    /// The fault that was switched on for this call.
    pub fault: Option<Fault>,
    /// The answer; `None` closes the connection.
    pub reply: Option<Reply>,
    /// What went wrong on our own side.
    pub defect: Option<String>,
}

impl Answered {
    fn of(register: &'static str, operation: &str, reply: Reply) -> Self {
        Self { register, operation: operation.to_owned(), about: None, fault: None, reply: Some(reply), defect: None }
    }

    fn about(mut self, about: impl Into<String>) -> Self {
        self.about = Some(about.into());
        self
    }

    /// An answer that says that we could not answer.
    fn defect(register: &'static str, operation: &str, what: String) -> Self {
        let text = format!("a defect of the harness, please report it: {what}\r\n");
        let reply = http::reply(500, "text/plain; charset=utf-8", text.as_bytes());
        Self { defect: Some(what), ..Self::of(register, operation, reply) }
    }

    /// How long the answer is held back.
    pub fn delay(&self) -> Duration {
        self.fault.as_ref().filter(|fault| fault.name == fault::SLOW).and_then(|fault| fault.delay).unwrap_or_default()
    }
}

impl Stand {
    /// Answers a request.
    pub fn answer(&self, incoming: &Incoming, now: Timestamp) -> Answered {
        let path = incoming.path();
        if let Some(revocation) = &self.revocation
            && let Some(answered) = revocation.answer(incoming, &path, &self.faults, &self.parties, now)
        {
            return answered;
        }
        let register = address::Register {
            parties: &self.parties,
            replacements: &self.replacements,
            login: self.login.as_ref(),
            faults: &self.faults,
        };
        if let Some(answered) = register.answer(incoming, &path, now) {
            return answered;
        }
        let text = "no register is here; there are /v1/AR, /v1/AR/Basic, /crl/issuing.crl, /crl/root.crl and /ocsp\r\n";
        Answered::of("unknown", "unknown", http::reply(404, "text/plain; charset=utf-8", text.as_bytes()))
            .about(incoming.target.clone())
    }
}
