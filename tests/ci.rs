//! A run as a CI job sees it: parts, repetition, the first failure, annotations and summaries.

use crate::process::{Bench, text};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const BINARY: &str = env!("CARGO_BIN_EXE_provestein");
const PLAIN: &str = "receive/accepted/log-innlagt";

/// The reference as a process, correct or not.
fn bench(more: &str) -> Bench {
    let bench = Bench::new();
    let command = bench.reference(more);
    bench.subject(&format!("{{ process: {{ command: {command}, ready: {{ log: \"listening at\" }} }} }}"));
    bench
}

/// The run folders, in the order in which they were begun.
fn runs(bench: &Bench) -> Vec<PathBuf> {
    let entries = fs::read_dir(bench.path("reports")).unwrap().flatten().map(|entry| entry.path());
    let mut runs: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    runs.sort_by_key(|run| result(run)["run"]["started"].as_str().unwrap().to_owned());
    runs
}

fn result(run: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(run.join("result.json")).unwrap()).unwrap()
}

fn scenarios(result: &Value) -> Vec<String> {
    result["scenarios"].as_array().unwrap().iter().map(|s| s["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_first_failure_ends_the_run_and_nothing_else_is_claimed() {
    let bench = bench(", --defect, ack-without-cid");
    let output = bench.run(&["receive/accepted", "--fail-fast"]);
    assert_eq!(output.status.code(), Some(10), "{}", text(&output));
    let run = &runs(&bench)[0];
    assert_eq!(scenarios(&result(run)), [PLAIN]);
    let log = fs::read_to_string(run.join("events.jsonl")).unwrap();
    assert!(log.contains("stopped by --fail-fast after receive/accepted/log-innlagt"));
    let not_run: Vec<_> = result(run)["not_run"].as_array().unwrap().clone();
    assert!(not_run.contains(&Value::from("receive/accepted/utskrivningsrapport")));
}

#[test]
fn what_passes_does_not_end_a_run_early() {
    let bench = bench("");
    let output = bench.run(&["receive/accepted", "--fail-fast"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert_eq!(scenarios(&result(&runs(&bench)[0])).len(), 2);
}

#[test]
fn the_parts_are_apart_and_together_all() {
    let bench = bench("");
    let mut seen = BTreeSet::new();
    for part in ["1/2", "2/2"] {
        let output = bench.run(&["receipts", "--shard", part]);
        assert_eq!(output.status.code(), Some(0), "{}", text(&output));
        assert!(text(&output).contains(&format!("(shard {part})")), "{}", text(&output));
        let result = result(runs(&bench).last().unwrap());
        assert_eq!(result["run"]["shard"], part);
        for id in scenarios(&result) {
            assert!(seen.insert(id), "no scenario is in two parts");
        }
    }
    assert_eq!(seen.len(), 4, "{seen:?}");
    let junit = fs::read_to_string(runs(&bench)[0].join("junit.xml")).unwrap();
    assert!(junit.contains("name=\"shard\" value=\"1/2\""), "{junit}");
    let summary = fs::read_to_string(runs(&bench)[0].join("summary.md")).unwrap();
    assert!(summary.contains("**Shard:** `1/2`"), "{summary}");
    assert_eq!(bench.run(&[PLAIN, "--shard", "2/2"]).status.code(), Some(22), "an empty part is no success");
    assert_eq!(bench.run(&[PLAIN, "--shard", "3/2"]).status.code(), Some(20));
}

/// A system that is wrong every second time is never right.
#[test]
fn what_passes_only_sometimes_does_not_pass() {
    let bench = Bench::new();
    let reference = |more: &str| {
        let words: String = bench.reference(more).replace(['[', ']', ','], " ");
        format!("exec {}", words.replace('"', ""))
    };
    let script = format!(
        "if [ -e wrong ]; then rm wrong; {}; else : > wrong; {}; fi",
        reference(" --defect ack-without-cid"),
        reference("")
    );
    bench.subject(&format!("{{ process: {{ command: [sh, -c, {script:?}], ready: {{ log: \"listening at\" }} }} }}"));
    let output = bench.run(&[PLAIN, "--repeat", "4"]);
    let screen = text(&output);
    assert_eq!(output.status.code(), Some(10), "{screen}");
    assert!(screen.contains("passed 2 of 4, failed 2, open 0  FLAKY: not a pass"), "{screen}");
    assert!(screen.contains("HITS1172-117") && screen.contains("verified 2 of 4, violated 2"), "{screen}");
    assert!(screen.trim_end().ends_with("0 passed, 1 failed, 0 skipped"), "{screen}");
    assert_eq!(runs(&bench).len(), 4, "each time is a run of its own");
    let counts: Value = serde_json::from_str(&fs::read_to_string(bench.path("reports/repeat.json")).unwrap()).unwrap();
    assert_eq!(counts["scenarios"][0]["flaky"], true);
    assert_eq!(counts["exit"]["code"], 10);
}

/// Names of test cases are those of the run before, whatever came out.
#[test]
fn test_cases_keep_their_names() {
    let names = |more: &str| -> Vec<String> {
        let bench = bench(more);
        bench.run(&[PLAIN]);
        let junit = fs::read_to_string(runs(&bench)[0].join("junit.xml")).unwrap();
        let cases = junit.split("<testcase name=\"").skip(1);
        cases.map(|case| case[..case.find('"').unwrap()].to_owned()).collect()
    };
    let (right, wrong) = (names(""), names(", --defect, ack-without-cid"));
    assert!(right.len() > 100);
    assert_eq!(right, wrong);
}

#[test]
fn three_ci_systems_are_told_in_their_own_way() {
    let bench = bench(", --defect, ack-without-cid");
    let run = |variables: &[(&str, &str)]| {
        let mut command = Command::new(BINARY);
        command.arg("run").arg("--subject").arg(bench.path("subject.yaml")).arg("--out").arg(bench.path("reports"));
        for other in ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITLAB_CI", "TF_BUILD"] {
            command.env_remove(other);
        }
        let output = command.arg(PLAIN).envs(variables.iter().copied()).output().unwrap();
        assert_eq!(output.status.code(), Some(10), "{}", text(&output));
        let screen = text(&output);
        assert!(screen.trim_end().ends_with("0 passed, 1 failed, 0 skipped"), "the last line stays the last: {screen}");
        screen
    };
    assert!(!run(&[]).contains("::error"));
    let summary = bench.path("summary.md").display().to_string();
    fs::write(&summary, "what stood there before\n").unwrap();
    let screen = run(&[("GITHUB_ACTIONS", "true"), ("GITHUB_STEP_SUMMARY", &summary)]);
    let wanted = "::error file=scenarios/receive/accepted/log-innlagt.yaml,line=";
    assert!(screen.contains(wanted) && screen.contains("title=violated[HITS1172-117]::"), "{screen}");
    let summary = fs::read_to_string(&summary).unwrap();
    assert!(summary.starts_with("what stood there before\n## Prøvestein: conformance violated"), "{summary}");
    let screen = run(&[("TF_BUILD", "True")]);
    let wanted = "##vso[task.logissue type=error;sourcepath=scenarios/receive/accepted/log-innlagt.yaml;linenumber=";
    assert!(screen.contains(wanted) && screen.contains("##vso[task.uploadsummary]/"), "{screen}");
    run(&[("GITLAB_CI", "true")]);
    let quality: Value =
        serde_json::from_str(&fs::read_to_string(bench.path("reports/code-quality.json")).unwrap()).unwrap();
    assert_eq!(quality[0]["check_name"], "violated[HITS1172-117]");
    assert_eq!(quality[0]["location"]["path"], "scenarios/receive/accepted/log-innlagt.yaml");
}

/// On a terminal one live line says who is awaited until when; elsewhere there is none of that.
#[test]
fn a_terminal_has_a_live_line() {
    use std::process::Stdio;
    if !Command::new("script").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: `script`, which gives a terminal, is not here");
        return;
    }
    let bench = bench("");
    let (subject, out) = (bench.path("subject.yaml"), bench.path("reports"));
    let command = format!("{BINARY} run --subject {} --out {} {PLAIN}", subject.display(), out.display());
    let output = Command::new("script")
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let screen = text(&output);
    assert_eq!(output.status.code(), Some(0), "{screen}");
    assert!(screen.contains("[1/1] receive/accepted/log-innlagt: waiting for the subject: "), "{screen}");
    let output = bench.run(&[PLAIN]);
    assert!(!text(&output).contains('\u{1b}'), "{}", text(&output));
}
