//! Rows about mail.

use super::table::Row;
use super::wired::{PLAIN, Wired, by_mail, scripted};
use crate::support::process::{free_port, provestein_in};
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::TcpStream;
use std::process::Stdio;

fn smtp_that_knows_nobody(line: &str) -> &'static str {
    match line.get(..4) {
        Some("EHLO") => "250-mail.test\r\n250 AUTH PLAIN",
        Some("AUTH") => "535 5.7.8 authentication failed",
        _ => "250 ok",
    }
}

fn smtp_without_room(line: &str) -> &'static str {
    match line.get(..4) {
        Some("EHLO") => "250-mail.test\r\n250 AUTH PLAIN",
        Some("AUTH") => "235 ok",
        Some("RCPT") => "552 5.2.2 over quota",
        _ => "250 ok",
    }
}

fn pop3(line: &str) -> &'static str {
    match line.get(..4) {
        Some("LIST" | "UIDL") => "+OK\r\n.",
        _ => "+OK 0 0",
    }
}

/// A subject file whose subject brings these servers.
fn with_servers(smtp: fn(&str) -> &'static str) -> Wired {
    let carrier = by_mail(scripted("220 mail.test", smtp), scripted("+OK mail.test", pop3));
    let wired = Wired::new(&[]);
    wired.carrier(&format!("carrier: {carrier}"));
    wired
}

pub fn wrong_password(row: &Row) {
    let wired = with_servers(smtp_that_knows_nobody);
    row.holds(Some(&wired.doctor(&[])), Some(&wired.run()));
}

pub fn mailbox_full(row: &Row) {
    let wired = with_servers(smtp_without_room);
    row.holds(Some(&wired.doctor(&[])), Some(&wired.run()));
}

/// The subject fetches from our mailbox, with another password than we were told.
pub fn wrong_password_at_our_mailbox(row: &Row) {
    let (smtp, pop3) = (free_port(), free_port());
    let wired = Wired::new(&[]);
    wired.carrier(&format!(
        "carrier: mail\n\
         inbox: {{ smtp: {smtp}, pop3: {pop3}, login: {{ user: nordlys, password: pw }}, bind: 127.0.0.1 }}\n\
         secrets: {{ pw: {{ file: password }} }}"
    ));
    let mut child = provestein_in(wired.folder.path(), &["run", "--subject", "subject.yaml", PLAIN])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut refused = false;
    while child.try_wait().unwrap().is_none() && !refused {
        refused = log_in(pop3).is_some_and(|reply| reply.starts_with("-ERR"));
        std::thread::yield_now();
    }
    assert!(refused, "nobody was turned away");
    row.holds(None, Some(&child.wait_with_output().unwrap()));
}

/// The reply to a wrong password; `None` while nobody listens.
fn log_in(port: u16) -> Option<String> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    let mut lines = BufReader::new(stream.try_clone().ok()?).lines();
    lines.next()?.ok()?;
    stream.write_all(b"USER nordlys\r\n").ok()?;
    lines.next()?.ok()?;
    stream.write_all(b"PASS feil\r\n").ok()?;
    lines.next()?.ok()
}
