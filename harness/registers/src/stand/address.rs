//! The address register at `/v1/AR` and `/v1/AR/Basic`.

use super::fault::{self, ADDRESS, Faults};
use super::{Answered, Incoming, Login, http};
use crate::address::{self, COMMON, Call, Directory, Fault, NAMESPACE, OPERATIONS, Twist};
use crate::party::{Pair, Party};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use carrier::http::Reply;
use jiff::Timestamp;
use wire::certificate::Certificate;
use wire::xml::XmlWriter;

const TEXT: &str = "text/plain; charset=utf-8";

/// The register with what it knows.
pub(super) struct Register<'a> {
    pub parties: &'a [Party],
    pub replacements: &'a [(u32, Pair<Certificate>)],
    pub login: Option<&'a Login>,
    pub faults: &'a Faults,
}

impl Register<'_> {
    /// `None` when the path is not the register's.
    pub fn answer(&self, incoming: &Incoming, path: &str, now: Timestamp) -> Option<Answered> {
        let path = path.trim_end_matches('/');
        if path != "/v1/ar" && path != "/v1/ar/basic" {
            return None;
        }
        let query = incoming.query();
        if incoming.method == "GET" && matches!(query.as_str(), "wsdl" | "singlewsdl") {
            let reply = http::reply(200, "text/xml; charset=utf-8", address::wsdl(&base(incoming)).as_bytes());
            return Some(Answered::of(ADDRESS, "wsdl", reply));
        }
        if incoming.method != "POST" {
            let text = "this is the address register: SOAP by POST, and its description at ?wsdl\r\n";
            return Some(Answered::of(ADDRESS, "unknown", http::reply(405, TEXT, text.as_bytes())));
        }
        if let Some(login) = self.login
            && !login.is_in(incoming.field("Authorization").as_deref())
        {
            let given = if incoming.field("Authorization").is_some() { "wrong credentials" } else { "no credentials" };
            return Some(Answered::of(ADDRESS, "login", challenge()).about(given));
        }
        Some(self.call(incoming, now))
    }

    fn call(&self, incoming: &Incoming, now: Timestamp) -> Answered {
        let call = match Call::read(incoming.body()) {
            Ok(call) => call,
            Err(no) => return Answered::of(ADDRESS, "unknown", http::reply(400, TEXT, no.0.as_bytes())).about(no.0),
        };
        let her = call.argument("herId").and_then(|her| her.parse().ok());
        let on = self.faults.on(ADDRESS, &call.operation, her.map(|her| self.service_of(her)));
        let name = on.as_ref().map(|fault| fault.name.as_str());
        let twist = match name {
            Some(fault::UNKNOWN_PARTY) => Twist::UnknownParty,
            Some(fault::EMPTY_CERTIFICATE) => Twist::EmptyCertificate,
            Some(fault::REPLACED_CERTIFICATE) => Twist::ReplacedCertificate,
            _ => Twist::None,
        };
        let directory = Directory { parties: self.parties, replacements: self.replacements, twist };
        let reply = match name {
            Some(fault::UNREACHABLE) => None,
            Some(fault::UNAVAILABLE) => Some(http::reply(503, TEXT, b"unavailable, because a scenario wants it\r\n")),
            _ => Some(answered(&directory, &call, now)),
        };
        let is_known = call.namespace == NAMESPACE && OPERATIONS.contains(&call.operation.as_str());
        // What there is not is told by name, and can be told from what there is.
        let operation = if is_known { call.operation.clone() } else { "unknown".to_owned() };
        let about = if is_known { Directory::about(&call) } else { Some(call.operation) };
        Answered { register: ADDRESS, operation, about, fault: on, reply, defect: None }
    }

    /// A fault about a party is about both of its HER-ids; scenarios name the service's.
    fn service_of(&self, her: u32) -> u32 {
        let owns = |party: &&Party| party.organisation.her == her || party.service.her == her;
        self.parties.iter().find(owns).map_or(her, |party| party.service.her)
    }
}

fn answered(directory: &Directory<'_>, call: &Call, now: Timestamp) -> Reply {
    let body = if call.namespace == NAMESPACE {
        directory.answer(call, now)
    } else {
        let text = format!("the namespace of the call is not {NAMESPACE}");
        Err(Fault { is_sender: true, code: None, text })
    };
    let action = address::action(&call.operation);
    match body {
        Ok(body) => {
            let text = call.answer(&format!("{action}Response"), |out: &mut XmlWriter| {
                out.raw(&body);
            });
            http::reply(200, call.version.content_type(), text.as_bytes())
        }
        Err(fault) => {
            let text = call.answer(&format!("{action}GenericFaultFault"), |out: &mut XmlWriter| {
                fault.write(call.version, COMMON, out);
            });
            // SOAP 1.2 over HTTP answers a fault of the sender with 400 (part 2, table 20), but WCF, which the
            // register runs on, answers every fault with 500, as SOAP 1.1 demands.
            http::reply(500, call.version.content_type(), text.as_bytes())
        }
    }
}

/// The address under which it was asked, for the description.
fn base(incoming: &Incoming) -> String {
    let scheme = if incoming.secure { "https" } else { "http" };
    format!("{scheme}://{}", incoming.host.as_deref().unwrap_or("localhost"))
}

/// Some clients show their credentials only when they are asked for (RFC 7617).
fn challenge() -> Reply {
    let text = "user and password are those of `registers` in the subject file\r\n";
    let entity = format!(
        "Content-Type: {TEXT}\r\nWWW-Authenticate: Basic realm=\"Adresseregisteret\", charset=\"UTF-8\"\r\n\r\n{text}"
    );
    Reply { status: 401, entity: entity.into_bytes() }
}

impl Login {
    fn is_in(&self, authorization: Option<&str>) -> bool {
        let Some((scheme, value)) = authorization.and_then(|value| value.split_once(' ')) else { return false };
        let Ok(given) = STANDARD.decode(value.trim()) else { return false };
        let user = format!("{}:", self.user);
        let password = given.strip_prefix(user.as_bytes());
        scheme.eq_ignore_ascii_case("basic") && password.is_some_and(|password| self.password.is(password))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use carrier::mail::Password;

    #[test]
    fn the_right_user_and_password_get_in() {
        let login = Login { user: "u".into(), password: Password::new("p:æ") };
        let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
        assert!(login.is_in(Some(&basic("u:p:æ"))));
        for wrong in [None, Some("Basic"), Some("Bearer dTpw"), Some("Basic ???"), Some(basic("u:p").as_str())] {
            assert!(!login.is_in(wrong), "{wrong:?}");
        }
    }
}
