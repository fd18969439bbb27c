//! What was not played, or was played otherwise, is in no certificate as if it had been.

use crate::process::{Bench, text};
use std::fs;
use std::process::{Command, Output};

/// It violates rules of the exchange that count for every message, which the one scenario about its own message does not try.
const DEFECTS: &str = ", --defect, ack-despite-broken-signature, --defect, apprec-twice-for-copied-msgid";
const ALONE: &str = "receive/accepted/utskrivningsrapport";

fn command(bench: &Bench, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_provestein"));
    command
        .current_dir(bench.path("."))
        .args(arguments)
        .env("PROVESTEIN_PASSPHRASE", "en lang setning")
        .output()
        .unwrap()
}

fn run(bench: &Bench, scenarios: &[&str]) -> String {
    bench.subject(&format!("{{ process: {{ command: {} }} }}", bench.reference(DEFECTS)));
    text(&command(bench, &[&["run", "--subject", "subject.yaml"], scenarios].concat()))
}

fn certify(bench: &Bench) -> Output {
    let until = provestein::issuer::today().saturating_add(jiff::Span::new().days(300)).to_string();
    let issue =
        ["certify", "latest", "--key", "issuer", "--issuer", "Direktoratet (syntetisk)", "--valid-until", &until];
    command(bench, &issue)
}

#[test]
fn scenarios_that_were_left_out_leave_every_claim_of_that_direction_open() {
    let bench = Bench::new();
    assert!(command(&bench, &["certify", "key", "new", "--key", "issuer"]).status.success());
    let told = run(&bench, &[ALONE]);
    assert!(told.contains("1 passed, 0 failed"), "{told}");
    let certified = text(&certify(&bench));
    assert!(certified.contains("UTSKRIVNINGSRAPPORT@1.6 receive by http, AppRec 1.1: NOT ESTABLISHED"), "{certified}");
    assert!(!certified.contains(": met"), "{certified}");
}

#[test]
fn another_text_under_the_id_of_a_scenario_is_told_and_not_certified() {
    let bench = Bench::new();
    assert!(command(&bench, &["certify", "key", "new", "--key", "issuer"]).status.success());
    let shipped = crate::support::root().join("scenarios/receive/accepted/log-innlagt.yaml");
    let altered = "scenarios/receipts/duplicate/same-envelope.yaml";
    fs::create_dir_all(bench.path("scenarios/receipts/duplicate")).unwrap();
    fs::copy(shipped, bench.path(altered)).unwrap();
    let told = run(&bench, &[altered, ALONE]);
    assert!(told.contains("changed       receipts/duplicate/same-envelope is another text than the suite's"), "{told}");
    let refused = certify(&bench);
    assert_eq!(refused.status.code(), Some(21), "{}", text(&refused));
    assert!(
        text(&refused).contains("played another text than the suite's under the id receipts/duplicate/same-envelope")
    );
}
