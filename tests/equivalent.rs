//! Two versions of a system compared by a run of each, and what a register then says of the second.

use crate::process::{Bench, text};
use crate::support::issued::copy_folder;
use std::fs;
use std::process::{Command, Output};

const SCENARIOS: [&str; 2] = ["receive/accepted", "receipts/duplicate/same-envelope"];

fn command(bench: &Bench, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_provestein"));
    command
        .current_dir(bench.path("."))
        .args(arguments)
        .env("PROVESTEIN_PASSPHRASE", "en lang setning")
        .output()
        .unwrap()
}

fn told(bench: &Bench, code: i32, arguments: &[&str]) -> String {
    let output = command(bench, arguments);
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output));
    text(&output)
}

/// Runs a version, with a mistake or without, and gives its folder.
fn run(bench: &Bench, version: &str, defect: &str, scenarios: &[&str]) -> String {
    bench.subject(&format!("{{ process: {{ command: {} }} }}", bench.reference(defect)));
    let subject = bench.path("subject.yaml");
    let written = fs::read_to_string(&subject).unwrap();
    fs::write(&subject, written.replace("version: \"1\"", &format!("version: {version:?}"))).unwrap();
    let before = fs::read_dir(bench.path("reports")).map_or(0, Iterator::count);
    bench.run(scenarios);
    let mut runs: Vec<_> = fs::read_dir(bench.path("reports")).unwrap().flatten().map(|entry| entry.path()).collect();
    assert_eq!(runs.len(), before + 1, "one run more");
    runs.sort_by_key(|path| fs::metadata(path.join("events.jsonl")).unwrap().modified().unwrap());
    runs.pop().unwrap().display().to_string()
}

#[test]
fn what_two_versions_do_is_compared_and_stands_in_the_register() {
    let bench = Bench::new();
    let first = run(&bench, "5.2", "", &SCENARIOS);
    let alike = run(&bench, "5.3", "", &SCENARIOS);
    let other = run(&bench, "5.3", ", --defect, ack-not-repeated", &SCENARIOS);
    let part = run(&bench, "5.3", "", &SCENARIOS[..1]);
    assert!(told(&bench, 0, &["diff", &first, &alike]).contains("0 with another; 0 requirements"));
    let differs = told(&bench, 15, &["diff", &first, &other]);
    assert!(differs.contains("receipts/duplicate/same-envelope") && differs.contains("    second  "), "{differs}");
    assert!(told(&bench, 11, &["diff", &first, &part]).contains("only in the first: receipts/duplicate/same-envelope"));
    let json: serde_json::Value =
        serde_json::from_slice(&command(&bench, &["diff", &first, &other, "--format", "json"]).stdout).unwrap();
    assert_eq!((json["alike"].as_bool(), json["whole"].as_bool()), (Some(false), Some(true)));

    for key in ["issuer", "register"] {
        told(&bench, 0, &["certify", "key", "new", "--key", key]);
    }
    let until = provestein::issuer::today().saturating_add(jiff::Span::new().days(300)).to_string();
    let issue = ["certify", &first, "--key", "issuer", "--issuer", "Direktoratet (syntetisk)", "--valid-until", &until];
    let issued = told(&bench, 0, &[&issue[..], &["--certificate", "c.json"]].concat());
    let number = issued.lines().find_map(|line| line.strip_prefix("certificate  ")).unwrap();
    let number = number.split(' ').next().unwrap();
    let init = ["register", "init", "reg", "--key", "register", "--origin", "register.test/a", "--title", "Register"];
    told(&bench, 0, &[&init[..], &["--issuer", "direktoratet=issuer.pub"]].concat());
    told(&bench, 0, &["register", "add", "reg", "c.json", "--key", "register"]);
    let declare = |version: &'static str, runs: [&str; 4], code: i32| {
        let entering = ["register", "equivalent", "reg", number, "--key", "register", "--version", version];
        told(&bench, code, &[&entering[..], &["--reason", "nye farger"], &runs[..]].concat())
    };
    let refused = declare("5.4", ["--compared", &first, "--with", &alike], 21);
    assert!(refused.contains("reference 5.3") && refused.contains("version 5.4"), "{refused}");
    let refused = declare("5.3", ["--compared", &part, "--with", &alike], 21);
    assert!(refused.contains("is not drawn from a run"), "{refused}");
    let cut = bench.path("cut");
    copy_folder(alike.as_ref(), &cut);
    fs::remove_file(cut.join("result.json")).unwrap();
    let log = fs::read_to_string(cut.join("events.jsonl")).unwrap();
    let (before, _) = log.trim_end().rsplit_once('\n').unwrap();
    fs::write(cut.join("events.jsonl"), format!("{before}\n")).unwrap();
    let refused = declare("5.3", ["--compared", &first, "--with", cut.to_str().unwrap()], 21);
    assert!(refused.contains("did not come to its end"), "{refused}");
    declare("5.3", ["--compared", &first, "--with", &alike], 0);
    declare("5.3", ["--compared", &first, "--with", &other], 0);
    let listed = told(&bench, 0, &["register", "list", "reg", "--trust", "reg/register.key"]);
    assert!(listed.contains("the same in 3 scenarios)"), "{listed}");
    assert!(listed.contains("the same in 2 scenarios; another in receipts/duplicate/same-envelope"), "{listed}");
}
