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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::party::{Kind, Organisation, Service};
    use crate::pki::{IssuerName, MessageBranch, Owner, RsaKeys, Seid, Terms};
    use proptest::prelude::*;
    use std::sync::OnceLock;

    fn stand() -> &'static Stand {
        static STAND: OnceLock<Stand> = OnceLock::new();
        STAND.get_or_init(|| {
            let terms = Terms {
                bits: 2048,
                now: "2026-01-15T09:30:00Z".parse().unwrap(),
                days: 90,
                registers: "http://reg.test:8490".to_owned(),
                seid: Seid::Two,
                issuer: IssuerName::Own,
            };
            let branch = MessageBranch::make(terms, RsaKeys::make(0, 2048).unwrap()).unwrap();
            let owner = Owner { files: "hospital", service: "A", organisation: "B", number: "310000019" };
            let pair = branch.pair(owner).unwrap();
            let certificates = Pair { sign: pair.sign.read().unwrap(), encrypt: pair.encrypt.read().unwrap() };
            let party = Party {
                role: "hospital".to_owned(),
                organisation: Organisation {
                    her: 10,
                    name: "B & <C>".to_owned(),
                    number: "310000019".to_owned(),
                    kind: Kind::Hospital,
                },
                service: Service { her: 11, name: "A".to_owned(), phone: String::new() },
                edi: "a@edi.test".to_owned(),
                certificates,
            };
            let root = branch.root.der().to_vec();
            let revocation =
                Revocation { issuing: branch.issuing, known: Vec::new(), root, root_list: branch.root_crl };
            Stand {
                parties: vec![party],
                replacements: Vec::new(),
                revocation: Some(revocation),
                login: None,
                faults: Faults::default(),
            }
        })
    }

    fn ask(method: &str, target: &str, entity: &[u8]) -> Answered {
        let incoming = Incoming {
            secure: false,
            method: method.to_owned(),
            target: target.to_owned(),
            host: None,
            entity: entity.to_vec(),
        };
        stand().answer(&incoming, "2026-01-15T09:30:00Z".parse().unwrap())
    }

    #[test]
    fn where_there_is_no_register_it_says_so() {
        let answered = ask("GET", "/v2/flr", b"\r\n");
        assert_eq!((answered.register, answered.reply.unwrap().status), ("unknown", 404));
        assert_eq!(answered.about.as_deref(), Some("/v2/flr"));
        assert_eq!(ask("GET", "/v1/AR", b"\r\n").reply.unwrap().status, 405);
        assert_eq!(ask("DELETE", "/ocsp", b"\r\n").reply.unwrap().status, 405);
        assert_eq!(ask("POST", "/v1/AR", b"\r\nno xml").reply.unwrap().status, 400);
    }

    #[test]
    fn the_list_lies_where_systems_have_it_compiled_in() {
        for path in ["http://crl.test4.buypassca.com/BPCl3CaG2STBS.crl", "/crl/BPClass3T4CA3.crl", "/crl/issuing.crl"] {
            let answered = ask("GET", path, b"\r\n");
            assert_eq!((answered.operation.as_str(), answered.about.as_deref()), ("crl", Some("issuing")), "{path}");
        }
    }

    #[test]
    fn what_cannot_be_read_as_ocsp_is_malformed() {
        let reply = ask("POST", "/ocsp", b"Content-Type: application/ocsp-request\r\n\r\nnonsense").reply.unwrap();
        // OCSPResponse { responseStatus malformedRequest (1) }
        assert!(reply.entity.ends_with(&[0x30, 3, 0x0a, 1, 1]), "{:?}", reply.entity);
        assert_eq!(reply.status, 200);
    }

    proptest! {
        #[test]
        fn nothing_that_comes_makes_it_fail(
            method in "(GET|POST|PUT|[A-Z]{0,4})",
            target in "(/ocsp(/[a-zA-Z0-9%+/=]{0,40})?|/crl/[a-z]{0,8}\\.crl|/v1/ar(/basic)?(\\?[a-zA-Z]{0,10})?|\\PC{0,40})",
            entity in proptest::collection::vec(any::<u8>(), 0..300),
        ) {
            let answered = ask(&method, &target, &entity);
            prop_assert_eq!(answered.defect, None);
            prop_assert!(answered.reply.is_some());
        }
    }
}
