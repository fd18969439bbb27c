//! Tampering: each way to change what was written, tried on a copy of real folders by the real commands, and found.

pub mod change;
mod clock;
mod every_byte;
mod evidence;
mod register;
mod statement;

use crate::support::generated;
use crate::support::issued::Issued;
use std::fmt::Write as _;
use std::sync::Mutex;

/// A way to change something, and what is said of it.
struct Attempt {
    /// What is done, in words.
    what: &'static str,
    /// Does it.
    how: fn(&Issued),
    /// Who looks.
    command: &'static [&'static str],
    /// How that ends.
    code: i32,
    /// What stands in what it says.
    says: &'static str,
}

/// `verify` of the certificate with its run.
const CERTIFICATE: &[&str] = &["verify", "certificate.json", "--trust", "issuer.pub", "--run", "run"];
/// `verify` of the run alone.
const RUN: &[&str] = &["verify", "run"];
/// `register verify`, by somebody who saw it before.
const REGISTER: &[&str] = &["register", "verify", "reg", "--trust", "register.pub", "--seen", "seen"];

/// Every attempt of one sort, each on a copy of its own; two at a time.
fn tried(attempts: &[Attempt]) {
    let left = Mutex::new(attempts.iter());
    let missed = Mutex::new(Vec::new());
    let work = || {
        loop {
            let Some(attempt) = left.lock().unwrap().next() else { return };
            let issued = Issued::copy();
            (attempt.how)(&issued);
            let (code, told) = issued.ended(attempt.command);
            let one = told.lines().any(|line| line.contains(attempt.says));
            if code != attempt.code || !one {
                let expected = format!("{}: exit {} and `{}`", attempt.what, attempt.code, attempt.says);
                missed.lock().unwrap().push(format!("{expected}\n  got {code}:\n{told}"));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(work);
        }
    });
    let missed = missed.into_inner().unwrap();
    assert!(missed.is_empty(), "{} not found:\n{}", missed.len(), missed.join("\n"));
}

#[test]
fn a_changed_statement_is_found() {
    tried(statement::ATTEMPTS);
}

#[test]
fn a_changed_log_or_blob_is_found() {
    tried(evidence::ATTEMPTS);
}

#[test]
fn a_changed_register_is_found() {
    tried(register::ATTEMPTS);
}

#[test]
fn a_changed_roster_or_clock_is_found() {
    tried(clock::ATTEMPTS);
}

#[test]
fn the_table_of_attempts_is_published() {
    let all = [
        ("The certificate", statement::ATTEMPTS),
        ("Log and blobs", evidence::ATTEMPTS),
        ("The register", register::ATTEMPTS),
        ("Roster and clock", clock::ATTEMPTS),
    ];
    let number: usize = all.iter().map(|(_, attempts)| attempts.len()).sum();
    assert!(number >= 50, "{number} attempts");
    let mut text = format!(
        "# Tampering\n\nGenerated from `tests/tampering`, which makes each of these {number} changes to a copy of real folders and runs\n\
         the command. What each proves: [trust.md](trust.md).\n"
    );
    for (area, attempts) in all {
        write!(text, "\n## {area}\n\n| what is changed | looked at by | exit | what is said |\n|---|---|---|---|\n")
            .unwrap();
        for attempt in attempts {
            let command = attempt.command.join(" ");
            let says = attempt.says.replace('|', "\\|");
            writeln!(text, "| {} | `{command}` | {} | … {says} … |", attempt.what, attempt.code).unwrap();
        }
    }
    generated("docs/tampering.md", &text);
}
