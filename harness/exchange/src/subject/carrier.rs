//! The keys of a subject file that say how bytes get to the subject and back.

use super::file::duration;
use crate::yaml::{Node, Reader, Value};
use schemars::JsonSchema;
use serde::Deserialize;
use std::net::IpAddr;
use std::path::PathBuf;

/// How the subject is reached.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Carrier {
    /// `mail`: the harness is the subject's mail exchange and mailbox.
    Word(CarrierWord),
    /// One of the carriers, with where it is.
    Keys(Box<CarrierKeys>),
}

/// A carrier that needs no more than its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CarrierWord {
    /// Mail, by the servers of the harness.
    Mail,
}

/// A carrier with its keys; exactly one.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CarrierKeys {
    /// By HTTP.
    #[serde(default)]
    pub http: Option<HttpFile>,
    /// By mail, with servers that the subject brings.
    #[serde(default)]
    pub mail: Option<MailFile>,
}

/// An HTTP endpoint.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HttpFile {
    /// `http://…` or `https://…`.
    pub url: String,
    /// For `https`: PEM file with the CAs to trust, and none else.
    #[serde(default)]
    pub trust: Option<PathBuf>,
    /// Client certificate, where the subject asks for one.
    #[serde(default)]
    pub client: Option<CertificateFiles>,
}

/// Mail servers of the subject's own.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MailFile {
    /// `host:port` of the SMTP server that takes mail to the subject.
    pub smtp: String,
    /// `host:port` of the POP3 server with the mail that the subject sends us.
    pub pop3: String,
    /// User, at both.
    #[serde(default)]
    pub user: Option<String>,
    /// Name of the password among `secrets`.
    #[serde(default)]
    pub password: Option<String>,
    /// TLS.
    #[serde(default)]
    pub tls: MailTls,
    /// With TLS: PEM file with the CAs to trust, and none else.
    #[serde(default)]
    pub trust: Option<PathBuf>,
    /// Shows the password by APOP instead of USER and PASS.
    #[serde(default)]
    pub apop: bool,
    /// How often we look into the mailbox; 60 s by default.
    #[serde(default)]
    pub poll: Option<String>,
}

/// TLS to a mail server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum MailTls {
    /// None.
    #[default]
    None,
    /// STARTTLS and STLS.
    Starttls,
    /// From the first byte.
    Implicit,
}

/// A certificate and its key.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CertificateFiles {
    /// PEM file with the certificate chain.
    pub certificate: PathBuf,
    /// PEM file with the key.
    pub key: PathBuf,
}

/// Where the harness listens.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InboxFile {
    /// Port for HTTP.
    #[serde(default)]
    pub http: Option<u16>,
    /// Port for SMTP: the subject's mail exchange.
    #[serde(default)]
    pub smtp: Option<u16>,
    /// Port for POP3: the subject's mailbox.
    #[serde(default)]
    pub pop3: Option<u16>,
    /// Address to bind; all by default.
    #[serde(default)]
    pub bind: Option<IpAddr>,
    /// Certificate and key to show: HTTP is `https` then, SMTP offers STARTTLS and POP3 STLS.
    #[serde(default)]
    pub tls: Option<CertificateFiles>,
    /// With `tls`: PEM file with the CAs that client certificates must come from.
    #[serde(default)]
    pub clients: Option<PathBuf>,
    /// User and password for SMTP and POP3; without, everybody gets in.
    #[serde(default)]
    pub login: Option<LoginFile>,
}

/// Who may log in.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoginFile {
    /// The name.
    pub user: String,
    /// Name of the password among `secrets`.
    pub password: String,
}

/// Where a secret is: exactly one of the two.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretFile {
    /// An environment variable.
    #[serde(default)]
    pub env: Option<String>,
    /// A file; line ends at its end do not count.
    #[serde(default)]
    pub file: Option<PathBuf>,
}

impl Carrier {
    /// The HTTP endpoint, if it is one.
    pub fn http(&self) -> Option<&HttpFile> {
        match self {
            Self::Keys(keys) => keys.http.as_ref(),
            Self::Word(_) => None,
        }
    }
}

/// Reads `carrier`, each form for itself, so that a mistake is named where it is.
pub(super) fn read(reader: &mut Reader, root: &Node) -> Option<Carrier> {
    let Some(node) = root.get("carrier") else {
        reader.mistake(root.line, root.column, 1, "`carrier` is missing".to_owned());
        return None;
    };
    if let Value::Scalar(_) = node.value {
        return reader.read(node).map(Carrier::Word);
    }
    let keys: CarrierKeys = reader.read(node)?;
    let wrong = match (&keys.http, &keys.mail) {
        (None, None) => Some("`carrier` needs `http` or `mail`".to_owned()),
        (Some(_), Some(_)) => Some("`carrier` takes one of `http` and `mail`, not both".to_owned()),
        (_, Some(mail)) => {
            let poll = mail.poll.as_ref().filter(|text| duration(text).is_none());
            poll.map(|text| format!("`{text}` is no duration; write `500 ms`, `30 s`, `2 min` or `1 h`"))
        }
        _ => None,
    };
    if let Some(message) = wrong {
        reader.mistake(node.line, node.column, 1, message);
        return None;
    }
    Some(Carrier::Keys(Box::new(keys)))
}

/// Reads `inbox`: the ports that the carrier needs must be there.
pub(super) fn read_inbox(reader: &mut Reader, root: &Node) -> Option<InboxFile> {
    let carrier = root.get("carrier");
    let by_word = carrier.is_some_and(|node| matches!(node.value, Value::Scalar(_)));
    let by_servers = carrier.is_some_and(|node| node.get("mail").is_some());
    let Some(node) = root.get("inbox") else {
        if by_servers {
            return Some(InboxFile::default());
        }
        reader.mistake(root.line, root.column, 1, "`inbox` is missing".to_owned());
        return None;
    };
    let inbox: InboxFile = reader.read(node)?;
    let needed: &[(&str, Option<u16>)] = match (by_word, by_servers) {
        (true, _) => &[("smtp", inbox.smtp), ("pop3", inbox.pop3)],
        (_, true) => &[],
        _ => &[("http", inbox.http)],
    };
    let missing: Vec<&str> = needed.iter().filter(|(_, port)| port.is_none()).map(|(name, _)| *name).collect();
    for name in &missing {
        let message = format!("`{name}` is missing: the port at which the subject reaches us by this carrier");
        reader.mistake(node.line, node.column, 1, message);
    }
    let none_is_zero = no_zero(reader, node, &["http", "smtp", "pop3"]);
    (missing.is_empty() && none_is_zero).then_some(inbox)
}

/// Refuses port 0: the system would choose one, and nobody could be told which.
pub(super) fn no_zero(reader: &mut Reader, node: &Node, names: &[&str]) -> bool {
    let is_zero = |port: &&Node| matches!(&port.value, Value::Scalar(value) if value.as_u64() == Some(0));
    let zeros: Vec<&Node> = names.iter().filter_map(|name| node.get(name)).filter(is_zero).collect();
    for port in &zeros {
        let message = "port 0 is no address that anybody can be told; choose one from 1 to 65535".to_owned();
        reader.mistake(port.line, port.column, 1, message);
    }
    zeros.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_both(text: &str) -> Result<(Carrier, InboxFile), String> {
        let (mut reader, root) = Reader::parse("s.yaml", text).unwrap();
        match (read(&mut reader, &root), read_inbox(&mut reader, &root)) {
            (Some(carrier), Some(inbox)) => Ok((carrier, inbox)),
            _ => Err(reader.into_mistakes().to_string()),
        }
    }

    #[test]
    fn reads_each_form() {
        let (carrier, inbox) = read_both("carrier: mail\ninbox: { smtp: 2525, pop3: 2110 }\n").unwrap();
        assert!(matches!(carrier, Carrier::Word(CarrierWord::Mail)));
        assert_eq!((inbox.smtp, inbox.pop3, inbox.http), (Some(2525), Some(2110), None));
        let (carrier, _) =
            read_both("carrier: { mail: { smtp: 'a:25', pop3: 'a:110', tls: starttls, poll: 5 s } }\n").unwrap();
        let Carrier::Keys(keys) = carrier else { panic!("keys") };
        assert_eq!(keys.mail.unwrap().tls, MailTls::Starttls);
        let (carrier, _) = read_both("carrier: { http: { url: 'http://a/' } }\ninbox: { http: 1 }\n").unwrap();
        assert_eq!(carrier.http().unwrap().url, "http://a/");
    }

    #[test]
    fn says_what_is_missing_or_too_much() {
        for (text, words) in [
            ("carrier: post\ninbox: { smtp: 1, pop3: 2 }\n", "post"),
            ("carrier: mail\ninbox: { smtp: 1 }\n", "`pop3` is missing"),
            ("carrier: mail\n", "`inbox` is missing"),
            ("carrier: {}\ninbox: { http: 1 }\n", "needs `http` or `mail`"),
            ("carrier: { http: { url: x }, mail: { smtp: a, pop3: b } }\n", "not both"),
            ("carrier: { mail: { smtp: a, pop3: b, poll: soon } }\n", "no duration"),
            ("carrier: { http: { url: x } }\ninbox: {}\n", "`http` is missing"),
            ("inbox: { http: 1 }\n", "`carrier` is missing"),
            ("carrier: { http: { url: x } }\ninbox: { http: 0 }\n", "s.yaml:2:16"),
            ("carrier: mail\ninbox: { smtp: 0, pop3: 0 }\n", "s.yaml:2:25"),
            ("carrier: mail\ninbox: { smtp: 0, pop3: 1 }\n", "port 0 is no address"),
        ] {
            let mistakes = read_both(text).unwrap_err();
            assert!(mistakes.contains(words), "{text}: {mistakes}");
        }
    }
}
