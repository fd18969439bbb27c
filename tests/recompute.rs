//! The log is the evidence: the same log gives the same verdicts, a changed one none, a shorter one no better.

use crate::support::simulated::{Simulated, simulate};
use provestein::args::Lang;
use provestein::carrier::simulated::Weather;
use provestein::checks::ledger::Status;
use provestein::evidence::blob::Blobs as _;
use provestein::evidence::digest::Digest;
use provestein::evidence::event::{Event, Recorded};
use provestein::evidence::log::LOG_FILE;
use provestein::evidence::{format, read};
use provestein::report::json;
use provestein::run_folder::{self, Judged};
use std::fs;
use std::path::Path;
use std::process::Command;

fn short_run() -> Simulated {
    simulate(&[], Weather::FAIR, 3, &["receive/accepted/log-innlagt", "receipts/duplicate/msgid-in-new-envelope"])
}

fn rewrite(folder: &Path, events: &[Recorded]) {
    let mut prev = Digest::ZERO;
    let mut text = String::new();
    for recorded in events {
        let line = format::write_line(recorded, prev);
        prev = Digest::of(line.as_bytes());
        text.push_str(&line);
        text.push('\n');
    }
    fs::write(folder.join(LOG_FILE), text).unwrap();
}

#[test]
fn judging_again_gives_the_same_bytes() {
    let run = short_run();
    let first = json::render(&run.judged.view());
    let again = run_folder::judge(run.folder.path(), None).unwrap();
    assert_eq!(first, json::render(&again.view()));
}

#[test]
fn a_removed_arrival_improves_nothing() {
    let run = short_run();
    let events = run.judged.stored.events.clone();
    let arrivals: Vec<u64> =
        events.iter().filter(|r| matches!(r.event, Event::MessageArrived { .. })).map(|r| r.seq).collect();
    assert!(arrivals.len() >= 4);
    for gone in arrivals {
        rewrite(run.folder.path(), &without(&events, gone));
        let shorter = run_folder::judge(run.folder.path(), None).unwrap();
        compare(&run.judged, &shorter, gone);
    }
}

/// The log without an event, numbers closed up; references to what is gone are left dangling at the next event.
fn without(events: &[Recorded], gone: u64) -> Vec<Recorded> {
    let shift = |seq: u64| if seq > gone { seq - 1 } else { seq };
    let mut kept: Vec<Recorded> = events.iter().filter(|r| r.seq != gone).cloned().collect();
    for recorded in &mut kept {
        recorded.seq = shift(recorded.seq);
        recorded.cause = recorded.cause.map(shift);
        match &mut recorded.event {
            Event::MessageSent { composed, .. } => *composed = shift(*composed),
            Event::PayloadOpened { message, .. }
            | Event::PayloadSealed { message, .. }
            | Event::ReceiptIgnored { message } => *message = shift(*message),
            Event::AwaitMet { awaited }
            | Event::AwaitLapsed { awaited, .. }
            | Event::SilenceObserved { awaited, .. } => {
                *awaited = shift(*awaited);
            }
            _ => {}
        }
    }
    kept
}

fn compare(full: &Judged, shorter: &Judged, gone: u64) {
    for row in full.judgement.ledger.rows() {
        let id = row.requirement.as_str();
        let now = shorter.judgement.ledger.get(id).unwrap();
        let improved = now.status == Status::Verified && row.status != Status::Verified;
        assert!(!improved, "without event {gone} {id} is verified, with it {:?}", row.status);
        assert!(now.satisfied <= row.satisfied, "without event {gone} {id} has more satisfied observations");
    }
    assert!(shorter.judgement.totals.scenarios_passed <= full.judgement.totals.scenarios_passed);
}

#[test]
fn every_flipped_bit_of_the_log_is_found() {
    let run = short_run();
    let path = run.folder.path().join(LOG_FILE);
    let whole = fs::read(&path).unwrap();
    // Every byte, one bit of each, the bit changing from byte to byte.
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (at % 8);
        assert!(read::parse(&bytes, run.folder.path()).is_err(), "bit {} of byte {at} went unnoticed", at % 8);
    }
}

#[test]
fn every_flipped_bit_of_a_blob_is_found() {
    let run = short_run();
    let blobs = crate::support::files(&run.folder.path().join("blobs"), "");
    assert!(blobs.len() > 8);
    let inputs = run.judged.history.run.as_ref().unwrap().inputs.clone();
    assert!(!inputs.is_empty(), "what the run was made from is flipped too");
    let named = |digest: &Digest| blobs.iter().any(|path| path.ends_with(digest.to_string()));
    assert!(inputs.iter().all(|(_, digest)| named(digest)), "{inputs:?}");
    for path in blobs {
        let whole = fs::read(&path).unwrap();
        for at in [0, whole.len() / 2, whole.len() - 1] {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            fs::write(&path, &bytes).unwrap();
            let failure = run_folder::judge(run.folder.path(), None).err().unwrap();
            assert_eq!(failure.exit.code, 30, "{failure}");
        }
        fs::write(&path, &whole).unwrap();
    }
}

#[test]
fn a_log_cut_anywhere_is_judged_or_said_to_be_torn() {
    let run = short_run();
    let path = run.folder.path().join(LOG_FILE);
    let whole = fs::read(&path).unwrap();
    let full: Vec<Recorded> = run.judged.stored.events.clone();
    for cut in (0..whole.len()).step_by(97).chain(whole.len() - 3..whole.len()) {
        let stored = read::parse(&whole[..cut], run.folder.path()).unwrap();
        let lines = whole[..cut].iter().filter(|&&b| b == b'\n').count();
        assert_eq!(stored.events, full[..lines], "the prefix is a prefix");
        let rest = cut - stored.whole_bytes as usize;
        assert_eq!(stored.torn.map_or(0, |tail| tail.len()), rest);
        fs::write(&path, &whole[..cut]).unwrap();
        match run_folder::judge(run.folder.path(), None) {
            Ok(judged) => assert!(judged.judgement.exit.code != 0, "an unfinished run met everything"),
            Err(failure) => assert_eq!((lines, failure.exit.code), (0, 30), "{failure}"),
        }
    }
}

fn provestein(command: &str, run: &Path) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_provestein")).arg(command).arg(run).output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (output.status.code().unwrap(), text)
}

fn edit(file: &Path, from: &str, to: &str) -> Vec<u8> {
    let whole = fs::read_to_string(file).unwrap();
    assert!(whole.contains(from), "{} has no {from}", file.display());
    fs::write(file, whole.replace(from, to)).unwrap();
    whole.into_bytes()
}

#[test]
fn verify_finds_every_file_that_was_changed_after_judging() {
    let run = short_run();
    let folder = run.folder.path();
    for lang in [Lang::Nb, Lang::En] {
        run_folder::write_reports(folder, &run.judged, &run_folder::ALL, lang).unwrap();
        let (code, text) = provestein("verify", folder);
        assert_eq!(code, 0, "{text}");
        for name in ["result.json", "report.html", "junit.xml", "summary.md"] {
            assert!(text.contains(&format!("file   {name} is what")), "{text}");
        }
    }
    for (name, from, to) in [
        ("result.json", "\"verified\"", "\"violated\""),
        ("result.json", "\"passed\"", "\"failed\""),
        ("report.html", "</h1>", "!</h1>"),
        ("junit.xml", "<testsuite ", "<testsuite  "),
        ("summary.md", "##", "#"),
    ] {
        let file = folder.join(name);
        let whole = edit(&file, from, to);
        let (code, text) = provestein("verify", folder);
        assert_eq!(code, 30, "{name}: {text}");
        assert!(text.contains(&format!("{name} is not what judging the log gives")), "{text}");
        assert!(text.contains("provestein report") && !text.contains("proven:"), "{text}");
        fs::write(&file, whole).unwrap();
    }
    assert_eq!(provestein("verify", folder).0, 0);
}

#[test]
fn verdicts_of_another_version_are_said_not_to_be_compared() {
    let run = short_run();
    let folder = run.folder.path();
    run_folder::write_reports(folder, &run.judged, &run_folder::ALL, Lang::En).unwrap();
    edit(&folder.join("result.json"), provestein::TOOL, "provestein 0.0.9");
    let (code, text) = provestein("verify", folder);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("made by provestein 0.0.9: its verdicts were not compared"), "{text}");
    assert!(!text.contains("byte for byte"), "{text}");
}

#[test]
fn a_log_that_was_cut_after_judging_is_neither_judged_nor_reported_nor_gone_on_with() {
    let run = short_run();
    let folder = run.folder.path();
    run_folder::write_reports(folder, &run.judged, &run_folder::ALL, Lang::En).unwrap();
    let result = fs::read(folder.join("result.json")).unwrap();
    let log = folder.join(LOG_FILE);
    let whole = fs::read_to_string(&log).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    fs::write(&log, lines[..lines.len() - 9].join("\n") + "\n").unwrap();
    for command in ["judge", "report", "resume", "verify"] {
        let (code, text) = provestein(command, folder);
        assert_eq!(code, 30, "{command}: {text}");
        assert!(text.contains("it was cut") && text.contains("restore the log"), "{command}: {text}");
    }
    assert_eq!(fs::read(folder.join("result.json")).unwrap(), result, "the one file that shows it is still there");

    // As many events, another end.
    let mut other = run.judged.stored.events.clone();
    let last = other.last_mut().unwrap();
    last.elapsed_ms += 1;
    rewrite(folder, &other);
    let (code, text) = provestein("report", folder);
    assert_eq!(code, 30, "{text}");
    assert!(text.contains("was made from another log"), "{text}");
}

#[test]
fn a_result_from_before_the_run_went_on_stops_nothing() {
    let run = short_run();
    let folder = run.folder.path();
    let whole = fs::read_to_string(folder.join(LOG_FILE)).unwrap();
    let lines: Vec<&str> = whole.lines().collect();
    fs::write(folder.join(LOG_FILE), lines[..20].join("\n") + "\n").unwrap();
    let then = run_folder::judge(folder, None).unwrap();
    run_folder::write_reports(folder, &then, &run_folder::ALL, Lang::En).unwrap();
    fs::write(folder.join(LOG_FILE), &whole).unwrap();
    let (code, text) = provestein("verify", folder);
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("made from the first 20 events"), "{text}");
    assert_eq!(provestein("report", folder).0, 0);
    assert!(provestein("verify", folder).1.contains("byte for byte"));
}

#[test]
fn what_stands_before_a_broken_line_is_shown_and_then_the_break() {
    let run = short_run();
    let folder = run.folder.path();
    edit(&folder.join(LOG_FILE), "\"seq\":20,", "\"seq\":21,");
    let (code, text) = provestein("show", folder);
    assert_eq!(code, 30, "{text}");
    assert!(text.contains("RunStarted") && text.contains("line 21"), "{text}");
    assert_eq!(text.lines().filter(|line| line.trim_start().starts_with(|c: char| c.is_ascii_digit())).count(), 20);
    assert_eq!(provestein("judge", folder).0, 30);
    fs::remove_file(folder.join(LOG_FILE)).unwrap();
    let (code, text) = provestein("show", folder);
    assert_eq!(code, 20, "{text}");
    assert!(text.contains("is there, but holds no log"), "{text}");
}

#[test]
fn the_bytes_of_an_arrival_are_shown_as_they_came_and_can_be_inspected() {
    let run = short_run();
    let folder = run.folder.path();
    let is_arrival = |r: &&Recorded| matches!(r.event, Event::MessageArrived { .. });
    let arrival = run.judged.stored.events.iter().find(is_arrival).unwrap();
    let show = |event: u64| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_provestein"));
        command.arg("show").arg(folder).args(["--event", &event.to_string(), "--raw"]).output().unwrap()
    };
    let shown = show(arrival.seq).stdout;
    let blob = run.judged.stored.blobs().get(format::blobs_of(&arrival.event)[0]).unwrap();
    assert_eq!(shown, blob);
    let file = folder.join("message.mime");
    fs::write(&file, shown).unwrap();
    let (code, text) = provestein("inspect", &file);
    assert!(code == 0 && text.contains("Acknowledgment"), "{text}");
    let none = run.judged.stored.events.iter().find(|r| matches!(r.event, Event::ScenarioStarted(_))).unwrap();
    let refused = show(none.seq);
    assert_eq!((refused.status.code(), refused.stdout.len()), (Some(20), 0));
}

#[test]
fn a_missing_blob_is_told_once() {
    let run = short_run();
    let blob = crate::support::files(&run.folder.path().join("blobs"), "").pop().unwrap();
    fs::remove_file(blob).unwrap();
    let (code, text) = provestein("judge", run.folder.path());
    assert_eq!(code, 30, "{text}");
    assert_eq!(text.matches("blob ").count(), 1, "{text}");
}
