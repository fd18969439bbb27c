//! From the keys of the carrier to addresses, trust and passwords.

use super::carrier::{Carrier, HttpFile, LoginFile, MailFile, MailTls};
use super::file::{SubjectFile, duration};
use super::resolve::{Files, ResolveError};
use carrier::http::Url;
use carrier::mail::{Password, Route, Security};
use carrier::tls::{ClientTls, ServerTls};
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

/// How messages get to the subject.
#[derive(Debug, Clone)]
pub enum Way {
    /// By HTTP.
    Http {
        /// Where it is reached.
        url: Url,
        /// Trust for `https`.
        tls: Option<ClientTls>,
    },
    /// By mail that it fetches from our mailbox.
    Mailbox,
    /// By mail through servers of its own.
    Servers(Box<Servers>),
}

/// Mail servers that the subject brings.
#[derive(Debug, Clone)]
pub struct Servers {
    /// Takes mail to the subject.
    pub smtp: Route,
    /// Holds mail from the subject.
    pub pop3: Route,
    /// Whether the password is shown by APOP.
    pub apop: bool,
    /// How often we look.
    pub poll: Duration,
}

impl Way {
    /// Whether it is mail.
    pub fn is_mail(&self) -> bool {
        !matches!(self, Self::Http { .. })
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Http { url, .. } => url.fmt(f),
            Self::Mailbox => f.write_str("mail, by the mailbox of the harness"),
            Self::Servers(servers) => write!(f, "mail, by SMTP to {} and POP3 from {}", servers.smtp, servers.pop3),
        }
    }
}

/// Where the harness listens.
#[derive(Debug, Clone, Default)]
pub struct Ports {
    /// For HTTP.
    pub http: Option<SocketAddr>,
    /// For SMTP.
    pub smtp: Option<SocketAddr>,
    /// For POP3.
    pub pop3: Option<SocketAddr>,
    /// What is shown for TLS.
    pub tls: Option<ServerTls>,
    /// Who may log in to SMTP and POP3; everybody when there is none.
    pub login: Option<(String, Password)>,
}

impl Ports {
    /// Every address that is listened at.
    pub fn addresses(&self) -> impl Iterator<Item = (&'static str, SocketAddr)> {
        let named = [("http", self.http), ("smtp", self.smtp), ("pop3", self.pop3)];
        named.into_iter().filter_map(|(name, address)| address.map(|address| (name, address)))
    }
}

/// How often a mailbox is looked into when nobody says: once a minute is what the field does.
pub(super) const POLL: Duration = Duration::from_mins(1);

pub(super) fn way(files: &Files<'_>, file: &SubjectFile) -> Result<Way, ResolveError> {
    let by_mail = match &file.carrier {
        Carrier::Word(_) => Way::Mailbox,
        Carrier::Keys(keys) => match (&keys.http, &keys.mail) {
            (Some(http), _) => return http_way(files, http),
            (None, Some(mail)) => Way::Servers(Box::new(servers(files, file, mail)?)),
            (None, None) => return Err(ResolveError::Misfit("`carrier` needs `http` or `mail`".to_owned())),
        },
    };
    if let Some((role, _)) = file.parties.iter().find(|(_, party)| party.service.edi.is_none()) {
        return Err(ResolveError::Misfit(format!("over mail party `{role}` needs `service.edi`, its mail address")));
    }
    Ok(by_mail)
}

fn http_way(files: &Files<'_>, http: &HttpFile) -> Result<Way, ResolveError> {
    let url: Url = http.url.parse()?;
    if !url.secure {
        return Ok(Way::Http { url, tls: None });
    }
    let trust = http.trust.as_ref().ok_or_else(|| {
        ResolveError::Misfit("an https address needs `trust`: a PEM file with the CA of the subject".to_owned())
    })?;
    let trust = files.text(trust, "the trust of the carrier")?;
    let client = http.client.as_ref().map(|of| files.credentials(of, "the client certificate")).transpose()?;
    Ok(Way::Http { url, tls: Some(ClientTls::new(&trust, client.as_ref())?) })
}

fn servers(files: &Files<'_>, file: &SubjectFile, mail: &MailFile) -> Result<Servers, ResolveError> {
    let tls = match (&mail.trust, mail.tls) {
        (_, MailTls::None) => None,
        (Some(trust), _) => Some(ClientTls::new(&files.text(trust, "the trust of the mail servers")?, None)?),
        (None, _) => {
            let why = "TLS to the mail servers needs `trust`: a PEM file with their CA".to_owned();
            return Err(ResolveError::Misfit(why));
        }
    };
    let security = match (tls, mail.tls) {
        (Some(tls), MailTls::Starttls) => Security::Upgrade(tls),
        (Some(tls), _) => Security::Implicit(tls),
        (None, _) => Security::Plain,
    };
    let login = match (&mail.user, &mail.password) {
        (Some(user), Some(name)) => Some((user.clone(), secret(files, file, name)?)),
        (None, None) => None,
        _ => return Err(ResolveError::Misfit("`user` and `password` of `carrier.mail` belong together".to_owned())),
    };
    let route = |text: &str, what: &str| {
        let wrong = || ResolveError::Misfit(format!("`{text}` is no `host:port` ({what} of `carrier.mail`)"));
        let (host, port) = text.rsplit_once(':').ok_or_else(wrong)?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = port.parse().ok().filter(|_| !host.is_empty()).ok_or_else(wrong)?;
        Ok::<_, ResolveError>(Route { host, port, security: security.clone(), login: login.clone() })
    };
    Ok(Servers {
        smtp: route(&mail.smtp, "smtp")?,
        pop3: route(&mail.pop3, "pop3")?,
        apop: mail.apop,
        poll: mail.poll.as_deref().and_then(duration).unwrap_or(POLL),
    })
}

pub(super) fn ports(files: &Files<'_>, file: &SubjectFile) -> Result<Ports, ResolveError> {
    let inbox = &file.inbox;
    let bind = inbox.bind.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    let address = |port: Option<u16>| port.map(|port| SocketAddr::new(bind, port));
    let login = match &inbox.login {
        Some(LoginFile { user, password }) => Some((user.clone(), secret(files, file, password)?)),
        None => None,
    };
    Ok(Ports {
        http: address(inbox.http),
        smtp: address(inbox.smtp),
        pop3: address(inbox.pop3),
        tls: files.server_tls(file)?,
        login,
    })
}

/// A secret of the subject file. What it is never stands in a message.
pub(super) fn secret(files: &Files<'_>, file: &SubjectFile, name: &str) -> Result<Password, ResolveError> {
    let misfit = |why: String| ResolveError::Misfit(format!("secret `{name}`: {why}"));
    let Some(found) = file.secrets.get(name) else {
        return Err(misfit("it is not among `secrets`".to_owned()));
    };
    match (&found.env, &found.file) {
        (Some(variable), None) => match std::env::var(variable) {
            Ok(value) => Ok(Password::new(value)),
            Err(_) => Err(misfit(format!("the environment variable {variable} is not set"))),
        },
        (None, Some(path)) => {
            let text = files.text(path, &format!("the secret `{name}`"))?;
            Ok(Password::new(text.trim_end_matches(['\r', '\n'])))
        }
        _ => Err(misfit("it needs `env` or `file`, and not both".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn file(carrier: &str) -> SubjectFile {
        let text = format!(
            "subject: {{ supplier: a, system: b, version: '1' }}\npurpose: test\nprofile: p\nclaims: {{ messages: {{}} }}\n\
             {carrier}\nparties: {{}}\npartners: kit\n"
        );
        super::super::parse("s.yaml", &text).unwrap()
    }

    #[test]
    fn secrets_come_from_a_file_and_are_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("pw"), "hemmelig\r\n").unwrap();
        let files = Files { folder: folder.path() };
        let file = file(
            "carrier: { mail: { smtp: 'a:25', pop3: '[::1]:110', user: epj, password: pw } }\n\
             secrets: { pw: { file: pw }, none: { env: PROVESTEIN_NO_SUCH_SECRET }, both: { env: A, file: b } }",
        );
        let Way::Servers(servers) = way(&files, &file).unwrap() else { panic!("servers") };
        assert_eq!(servers.smtp.login, Some(("epj".to_owned(), Password::new("hemmelig"))));
        assert_eq!((servers.pop3.host.as_str(), servers.pop3.port, servers.poll), ("::1", 110, POLL));
        assert!(!format!("{servers:?}").contains("hemmelig"));
        for (name, words) in [("none", "is not set"), ("both", "not both"), ("other", "not among")] {
            let error = secret(&files, &file, name).unwrap_err().to_string();
            assert!(error.contains(words) && error.contains(name), "{error}");
        }
    }

    #[test]
    fn says_what_does_not_fit() {
        let files = Files { folder: Path::new(".") };
        for (carrier, words) in [
            ("carrier: { mail: { smtp: a, pop3: 'b:110' } }", "no `host:port`"),
            ("carrier: { mail: { smtp: 'a:25', pop3: 'b:110', tls: starttls } }", "needs `trust`"),
            ("carrier: { mail: { smtp: 'a:25', pop3: 'b:110', user: a } }", "belong together"),
            ("carrier: { http: { url: 'https://a/' } }\ninbox: { http: 1 }", "needs `trust`"),
        ] {
            let error = way(&files, &file(carrier)).unwrap_err().to_string();
            assert!(error.contains(words), "{carrier}: {error}");
        }
    }
}
