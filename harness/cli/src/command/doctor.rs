//! `doctor`: looks at the wiring without testing anything. Each line says what to do.

use super::kit;
use super::terminal::say;
use crate::args::Doctor;
use crate::embedded;
use crate::failure::Failure;
use checks::exit::Exit;
use exchange::subject::{self, Subject, Way};
use jiff::Timestamp;
use registers::pki::list_address;
use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream, ToSocketAddrs as _};
use std::path::Path;
use std::time::Duration;
use wire::certificate::Certificate;

/// What was found, and what to do about it.
struct Line {
    exit: Exit,
    what: String,
    found: String,
    advice: &'static str,
}

/// Looks.
///
/// # Errors
/// 20 or 21 when the subject file itself cannot be used.
pub fn run(args: &Doctor) -> Result<Exit, Failure> {
    let name = args.subject.display().to_string();
    let text = fs::read_to_string(&args.subject)
        .map_err(|error| Failure::new(Exit::USAGE, format!("failed to read the subject file {name}: {error}")))?;
    let invalid = |error: &dyn std::error::Error| Failure::of(Exit::INPUT_INVALID, error);
    let file = super::run::subject_file(&name, &text)?;
    let profile = embedded::profile(&file.profile)?;
    let folder = args.subject.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let resolved = subject::resolve(&file, folder, super::run::algorithms(&profile));
    let subject = resolved.map_err(|error| invalid(&error))?;
    say(format!("{name}: {} {} {}", file.subject.supplier, file.subject.system, file.subject.version));
    let mut lines = vec![reach(&subject)];
    lines.extend(inbox(&subject));
    for (role, party) in &subject.parties {
        lines.push(certificate(&format!("{role}, signing certificate"), &party.sign, |usage| {
            usage.non_repudiation || usage.digital_signature
        }));
        lines.push(certificate(&format!("{role}, encryption certificate"), &party.encrypt, |usage| {
            usage.key_encipherment || usage.data_encipherment || usage.key_agreement
        }));
    }
    lines.extend(addresses(&subject));
    lines.extend(kit_in_date(&subject));
    lines.extend(registers(&subject));
    let mut exit = Exit::MET;
    for line in &lines {
        let ok = line.exit == Exit::MET;
        say(format!("  {}  {:<34} {}", if ok { "ok  " } else { "FAIL" }, line.what, line.found));
        if !ok {
            say(format!("        {}", line.advice));
            exit = if exit == Exit::CONFIGURATION { exit } else { line.exit };
        }
    }
    say("  not looked at: whether the subject knows our HER-ids and certificates; the first scenario shows that");
    let failed = lines.iter().filter(|line| line.exit != Exit::MET).count();
    say(format!("{} passed, {failed} failed, 0 skipped", lines.len() - failed));
    Ok(exit)
}

/// Until when our own certificates are valid.
fn kit_in_date(subject: &Subject) -> Option<Line> {
    let (role, until) = kit::expires(subject)?;
    let expired = until < Timestamp::now();
    let word = if expired { "expired" } else { "valid until" };
    Some(Line {
        exit: if expired { Exit::CONFIGURATION } else { Exit::MET },
        what: format!("our kit, `{role}` first"),
        found: format!("{word} {}", until.strftime("%Y-%m-%d")),
        advice: "make another kit, import it, and point `partners` at it",
    })
}

/// The ports of the registers, and whether the kit's certificates lead there.
fn registers(subject: &Subject) -> Vec<Line> {
    let Some(registers) = &subject.registers else { return Vec::new() };
    let places = std::iter::once(registers.http).chain(registers.https.as_ref().map(|(address, _)| *address));
    let mut lines: Vec<Line> = places
        .map(|place| {
            let bound = TcpListener::bind(place);
            let exit = if bound.is_ok() { Exit::MET } else { Exit::CONFIGURATION };
            let found = bound.map_or_else(|error| error.to_string(), |_| "the port is free".to_owned());
            let advice = "another program has the port; stop it, or choose another under `registers`";
            Line { exit, what: format!("our registers at {place}"), found, advice }
        })
        .collect();
    let ours = subject.partners.values().next();
    let named = ours.and_then(|party| list_address(party.identity.sign_certificate.der()));
    let url = named.as_deref().and_then(|address| address.parse::<carrier::http::Url>().ok());
    let (exit, found) = match (&named, url) {
        (None, _) => (Exit::CONFIGURATION, "the kit's certificates name no revocation list".to_owned()),
        (Some(address), Some(url)) if url.port == registers.http.port() => (Exit::MET, format!("named as {address}")),
        (Some(address), _) => (
            Exit::CONFIGURATION,
            format!("the certificates say {address}, which is another port than `registers.http`"),
        ),
    };
    let advice = "give `registers.http` the port of the kit, or make a kit with `--registers` and import that";
    lines.push(Line { exit, what: "revocation of our certificates".to_owned(), found, advice });
    lines
}

fn reach(subject: &Subject) -> Line {
    match &subject.way {
        Way::Http { url, .. } if subject.start.is_some() => {
            let what = format!("subject at {url}");
            let advice = "stop it, or write `start: running`: the run would test what is there already";
            match connect(what.clone(), &url.host, url.port, advice) {
                Line { exit: Exit::MET, .. } => Line {
                    exit: Exit::CONFIGURATION,
                    what,
                    found: "something listens there before it is started".to_owned(),
                    advice,
                },
                _ => Line { exit: Exit::MET, what, found: "is started by the run".to_owned(), advice },
            }
        }
        Way::Http { url, .. } => {
            let advice = "start the subject, or correct `carrier.http.url`; a firewall in between drops silently";
            connect(format!("subject at {url}"), &url.host, url.port, advice)
        }
        Way::Mailbox => Line {
            exit: Exit::MET,
            what: "subject, by mail".to_owned(),
            found: "it comes to our mailbox; nothing to connect to".to_owned(),
            advice: "",
        },
        Way::Servers(servers) => {
            let advice = "start the mail servers, or correct `carrier.mail`; a firewall in between drops silently";
            let smtp = connect(format!("SMTP at {}", servers.smtp), &servers.smtp.host, servers.smtp.port, advice);
            if smtp.exit != Exit::MET {
                return smtp;
            }
            connect(format!("POP3 at {}", servers.pop3), &servers.pop3.host, servers.pop3.port, advice)
        }
    }
}

fn connect(what: String, host: &str, port: u16, advice: &'static str) -> Line {
    let found = match (host, port).to_socket_addrs() {
        Err(error) => Err(format!("its name cannot be resolved: {error}")),
        Ok(mut addresses) => match addresses.next() {
            None => Err("its name has no address".to_owned()),
            Some(address) => TcpStream::connect_timeout(&address, Duration::from_secs(5)).map_err(|e| e.to_string()),
        },
    };
    match found {
        Ok(_) => Line { exit: Exit::MET, what, found: "accepts connections".to_owned(), advice },
        Err(found) => Line { exit: Exit::ENVIRONMENT, what, found, advice },
    }
}

fn inbox(subject: &Subject) -> Vec<Line> {
    let advice = "another program has the port; stop it, or choose another under `inbox` and tell the subject";
    let line = |(name, address): (&str, SocketAddr)| {
        let what = format!("our {name} inbox at {address}");
        match TcpListener::bind(address) {
            Ok(_) => Line { exit: Exit::MET, what, found: "the port is free".to_owned(), advice },
            Err(error) => Line { exit: Exit::CONFIGURATION, what, found: error.to_string(), advice },
        }
    };
    subject.ports.addresses().map(line).collect()
}

fn certificate(what: &str, certificate: &Certificate, fits: fn(&wire::certificate::KeyUsage) -> bool) -> Line {
    let now = Timestamp::now();
    let line = |exit, found: String, advice| Line { exit, what: what.to_owned(), found, advice };
    let until = certificate.not_after().strftime("%Y-%m-%d").to_string();
    if now > certificate.not_after() {
        return line(
            Exit::CONFIGURATION,
            format!("expired {until}"),
            "get a new one, and give it to us and to the register",
        );
    }
    if now < certificate.not_before() {
        return line(Exit::CONFIGURATION, "is not valid yet".to_owned(), "check the clock of this machine");
    }
    if certificate.key_usage().is_some_and(|usage| !fits(&usage)) {
        let advice = "its key usage is for something else; are the two certificates swapped?";
        return line(Exit::CONFIGURATION, "has the wrong key usage".to_owned(), advice);
    }
    line(Exit::MET, format!("valid until {until}"), "")
}

/// Two parties with the same HER-id cannot be told apart.
fn addresses(subject: &Subject) -> Vec<Line> {
    let ours: Vec<u32> = subject.partners.values().map(|p| p.identity.her).collect();
    subject
        .parties
        .iter()
        .map(|(role, party)| {
            let clash = ours.contains(&party.cast.service.her);
            Line {
                exit: if clash { Exit::CONFIGURATION } else { Exit::MET },
                what: format!("{role}, HER-id {}", party.cast.service.her),
                found: if clash { "is also one of ours".to_owned() } else { "is not one of ours".to_owned() },
                advice: "give the subject's own HER-id under `parties`",
            }
        })
        .collect()
}
