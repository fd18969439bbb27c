//! Lists and OCSP at the addresses that stand in the kit's certificates.

use super::fault::{self, Faults, REVOCATION};
use super::{Answered, Incoming, http};
use crate::kit::Known;
use crate::party::Party;
use crate::pki::crl::Revoked;
use crate::pki::{Issuing, LIST_PATHS, PkiError};
use crate::revocation::{self, State, Status};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use carrier::http::Reply;
use carrier::stand_in::Fault;
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

/// What revocation is answered from.
#[derive(Debug)]
pub struct Revocation {
    /// The issuing CA with its key.
    pub issuing: Issuing,
    /// What it has issued.
    pub known: Vec<Known>,
    /// The root, DER.
    pub root: Vec<u8>,
    /// The root's list, DER, as it lies in the kit.
    pub root_list: Vec<u8>,
}

/// How long an answer is valid: short, because a scenario may change it.
const VALID: Duration = Duration::from_mins(5);
const TEXT: &str = "text/plain; charset=utf-8";

impl Revocation {
    /// `None` when the path is not one of revocation.
    pub(super) fn answer(
        &self,
        incoming: &Incoming,
        path: &str,
        faults: &Faults,
        parties: &[Party],
        now: Timestamp,
    ) -> Option<Answered> {
        let asks = |name: &str| incoming.method == "GET" && path == name;
        if asks("/ca/issuing.cer") || asks("/ca/root.cer") {
            let der = if path.contains("root") { &self.root } else { self.issuing.der() };
            return Some(Answered::of(REVOCATION, "issuer", http::reply(200, "application/pkix-cert", der)));
        }
        if asks("/crl/root.crl") {
            return Some(Answered::of(REVOCATION, "crl", list(&self.root_list)).about("root"));
        }
        if asks("/crl/issuing.crl") || LIST_PATHS.iter().any(|path| asks(path)) {
            let on = faults.on(REVOCATION, "crl", None).or_else(|| of_any(faults, "crl", parties));
            let made = self.list(on.as_ref(), parties, now);
            return Some(faulty(answered("crl", made).about("issuing"), on));
        }
        if path == "/ocsp" || path.starts_with("/ocsp/") {
            return Some(self.ocsp(incoming, faults, parties, now));
        }
        None
    }

    fn list(&self, fault: Option<&Fault>, parties: &[Party], now: Timestamp) -> Result<Reply, PkiError> {
        let revoked: Vec<Revoked> = self
            .known
            .iter()
            .filter(|known| known.revoked || is_revoked(fault, known, parties))
            .map(|known| Revoked { serial: known.serial.clone(), since: since(now) })
            .collect();
        let at = moment(fault, now);
        let next = at.saturating_add(VALID).unwrap_or(at);
        self.issuing.revocation_list(&revoked, at, next).map(|der| list(&der))
    }

    fn ocsp(&self, incoming: &Incoming, faults: &Faults, parties: &[Party], now: Timestamp) -> Answered {
        let answer = |made: Result<Vec<u8>, PkiError>| {
            answered("ocsp", made.map(|der| http::reply(200, "application/ocsp-response", &der)))
        };
        let bytes = match incoming.method.as_str() {
            "POST" => Some(incoming.body().to_vec()),
            "GET" => in_path(&incoming.target),
            _ => return Answered::of(REVOCATION, "ocsp", http::reply(405, TEXT, b"OCSP is asked by GET or POST\r\n")),
        };
        let Some(asked) = bytes.and_then(|bytes| revocation::read(&bytes)) else {
            let made = revocation::refusal(Status::MalformedRequest);
            return answer(made).about("a request that cannot be read");
        };
        let serials = asked.serials();
        let known = |serial: &[u8]| self.known.iter().find(|known| known.serial == serial);
        let names: Vec<&str> =
            serials.iter().map(|serial| known(serial).map_or("unknown", |known| known.name.as_str())).collect();
        let about = serials.iter().filter_map(|serial| known(serial)).find_map(|known| owner(known, parties));
        let on = faults.on(REVOCATION, "ocsp", about);
        let state = |serial: &[u8]| match known(serial) {
            None => State::Unknown,
            Some(known) if known.revoked || is_revoked(on.as_ref(), known, parties) => State::Revoked(since(now)),
            Some(_) => State::Good,
        };
        let made = revocation::answer(&asked, &self.issuing, &state, moment(on.as_ref(), now), VALID);
        faulty(answer(made).about(names.join(", ")), on)
    }
}

fn list(der: &[u8]) -> Reply {
    http::reply(200, "application/pkix-crl", der)
}

/// An answer that cannot be made is a defect of ours, and is said to be one.
fn answered(operation: &str, made: Result<Reply, PkiError>) -> Answered {
    match made {
        Ok(reply) => Answered::of(REVOCATION, operation, reply),
        Err(error) => Answered::defect(REVOCATION, operation, error.to_string()),
    }
}

fn faulty(mut answered: Answered, fault: Option<Fault>) -> Answered {
    if fault.as_ref().is_some_and(|fault| fault.name == fault::UNREACHABLE) {
        answered.reply = None;
    }
    answered.fault = fault;
    answered
}

/// A list is about everybody, so a fault about one party shows in it too.
fn of_any(faults: &Faults, call: &str, parties: &[Party]) -> Option<Fault> {
    parties.iter().find_map(|party| faults.on(REVOCATION, call, Some(party.service.her)))
}

/// Files are called after the role of their owner.
fn owner(known: &Known, parties: &[Party]) -> Option<u32> {
    let owns = |party: &&Party| known.name.strip_prefix(&party.role).is_some_and(|rest| rest.starts_with('-'));
    parties.iter().find(owns).map(|party| party.service.her)
}

fn is_revoked(fault: Option<&Fault>, known: &Known, parties: &[Party]) -> bool {
    fault.is_some_and(|fault| {
        let concerned = fault.about.is_none() || fault.about == owner(known, parties);
        fault.name == fault::REVOKED && concerned && known.name.ends_with("-sign")
    })
}

/// A minute ago: whoever asks now is to find it in the past.
fn since(now: Timestamp) -> Timestamp {
    now.saturating_sub(SignedDuration::from_mins(1)).unwrap_or(now)
}

/// When the answer was made: long ago, if it is to be stale.
fn moment(fault: Option<&Fault>, now: Timestamp) -> Timestamp {
    let is_stale = fault.is_some_and(|fault| fault.name == fault::STALE);
    if is_stale { now.saturating_sub(SignedDuration::from_hours(48)).unwrap_or(now) } else { now }
}

/// The request in the path of a GET (RFC 6960 A.1): base64, the characters of which may be percent-encoded.
fn in_path(target: &str) -> Option<Vec<u8>> {
    let at = target.to_ascii_lowercase().find("/ocsp/")? + "/ocsp/".len();
    let mut text = String::new();
    let mut rest = target.get(at..)?.chars();
    while let Some(character) = rest.next() {
        match character {
            '%' => {
                let hex: String = rest.by_ref().take(2).collect();
                text.push(char::from(u8::from_str_radix(&hex, 16).ok()?));
            }
            other => text.push(other),
        }
    }
    STANDARD.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_a_get_is_decoded() {
        assert_eq!(in_path("/ocsp/TQ%3D%3D"), Some(vec![0x4d]));
        assert_eq!(in_path("/ocsp/TQ=="), Some(vec![0x4d]));
        assert_eq!(in_path("/ocsp/%"), None);
        assert_eq!(in_path("/ocsp/%zz"), None);
        assert_eq!(in_path("/crl"), None);
    }
}
