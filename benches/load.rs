//! Load: many conversations at once against the built-in reference, by a carrier, over real sockets on this machine.
//!
//! `cargo bench --bench load -- mail 100 100` sends 100 rounds of 100 messages; the answers to a round are waited for when
//! all of it has been sent. Nothing may be lost: each message gets its acknowledgment and its AppRec, and the log
//! verifies. One JSON object on standard output. Without arguments it does a small round by each carrier.
#![allow(clippy::unwrap_used, reason = "a measurement that cannot be made says where it failed")]

use evidence::event::Event;
use exchange::scenario;
use provestein::command::{demo, run};
use provestein::{checks as _, embedded, evidence, exchange, run_folder};
use serde_json::{Value, json};
use std::fmt::Write as _;
use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let number = |at: usize, otherwise| arguments.get(at).and_then(|n| n.parse().ok()).unwrap_or(otherwise);
    let (at_once, rounds) = (number(1, 20), number(2, 2));
    let carriers: Vec<&str> = match arguments.first() {
        Some(one) => vec![one],
        None => vec!["http", "mail"],
    };
    let measured: serde_json::Map<String, Value> =
        carriers.into_iter().map(|carrier| (carrier.to_owned(), load(carrier, at_once, rounds))).collect();
    println!("{:#}", Value::Object(measured));
}

/// One scenario that sends everything before it waits for anything.
fn text(at_once: usize) -> String {
    let mut text = String::from(
        "title: { nb: Last, en: Load }\nsource: benches/load.rs\n\
         needs: { message: LOG_INNLAGT@1.6, direction: receive }\n\
         parties: { hospital: harness, municipality: subject }\nexercises: [HITS1172-108]\nsteps:\n",
    );
    for label in 0..at_once {
        let _ = writeln!(
            text,
            "  - send: {{ as: m{label}, message: LOG_INNLAGT@1.6, from: hospital, to: municipality, patient: known }}"
        );
    }
    for label in 0..at_once {
        let _ = writeln!(text, "  - await: {{ acknowledgment: m{label} }}\n  - await: {{ apprec: m{label} }}");
    }
    text.push_str("outcomes:\n");
    for label in 0..at_once {
        let _ =
            writeln!(text, "  m{label}: [{{ signal: acknowledgment, apprec: \"1\", requirement: HITS1172-4.2.2-p4 }}]");
    }
    text
}

fn load(carrier: &str, at_once: usize, rounds: usize) -> Value {
    let profile = embedded::profile("plo-receive-nhn").unwrap();
    let subject = demo::subject(&profile).unwrap();
    let mut subject = if carrier == "mail" { demo::over_mail(subject) } else { subject };
    // The reference handles one message after the other: the last of a round waits for all before it.
    let patience = std::time::Duration::from_mins(5);
    (subject.patience.transport, subject.patience.apprec) = (patience, patience);
    let mut prepared = run::plan(subject, profile, &["receive/accepted/log-innlagt".to_owned()], Vec::new()).unwrap();
    let round = scenario::parse("load/round", "load.yaml", &text(at_once)).unwrap();
    prepared.plan.scenarios =
        (0..rounds).map(|n| scenario::Loaded { id: format!("load/{n}"), ..round.clone() }).collect();
    let folder = tempfile::tempdir().unwrap();
    let (began, before) = (Instant::now(), resident_kib());
    let growth = Growth { before, rounds, at: std::sync::Mutex::new(Vec::new()) };
    demo::execute(prepared, Vec::new(), "00000000-0000-4000-8000-00000000000a".to_owned(), folder.path(), &growth)
        .unwrap();
    let took = began.elapsed();
    let verified = Instant::now();
    let events = run_folder::open(folder.path()).unwrap().events;
    let verify = verified.elapsed();
    let count = |is: fn(&Event) -> bool| events.iter().filter(|r| is(&r.event)).count();
    let met = count(|e| matches!(e, Event::AwaitMet { .. }));
    let (sent, lapsed) = (
        count(|e| matches!(e, Event::MessageComposed(c) if c.label.is_some())),
        count(|e| matches!(e, Event::AwaitLapsed { .. } | Event::TransportFailed { .. })),
    );
    assert_eq!((sent, met, lapsed), (at_once * rounds, 2 * at_once * rounds, 0), "nothing is lost");
    json!({
        "exchanges": sent,
        "at_once": at_once,
        "seconds": took.as_secs_f64(),
        "milliseconds_an_exchange": took.as_secs_f64() * 1000.0 / f64::from(u32::try_from(sent).unwrap()),
        "events": events.len(),
        "reading_and_verifying_the_log_seconds": verify.as_secs_f64(),
        "resident_kib_before": before,
        "resident_kib_after_each_tenth": *growth.at.lock().unwrap(),
        "measures": "harness and reference in one process, every byte over loopback sockets",
    })
}

/// Looks at the memory now and then.
struct Growth {
    before: u64,
    rounds: usize,
    at: std::sync::Mutex<Vec<u64>>,
}

impl exchange::engine::Progress for Growth {
    fn ended(&self, _: &exchange::scenario::Loaded, reason: Option<&str>) {
        assert_eq!(reason, None);
        let mut at = self.at.lock().unwrap();
        at.push(resident_kib().saturating_sub(self.before));
        let tenth = (self.rounds / 10).max(1);
        if at.len() == self.rounds {
            *at = at.iter().skip(tenth - 1).step_by(tenth).copied().collect();
        }
    }
}

/// Memory of this process; 0 where the system does not say.
fn resident_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
