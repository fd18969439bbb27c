//! `ready`: the table of questions with the answers that a careful reader gives, and the binary from outside.

use crate::support::{root, standings};
use provestein::readiness::answer::{self, Answer, Place};
use provestein::readiness::because::{Because, Verdict};
use provestein::readiness::evidence::Evidence;
use provestein::readiness::question::{Other, Question};
use provestein::readiness::render;
use provestein::readiness::roster::{Form, Roster};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const BINARY: &str = env!("CARGO_BIN_EXE_provestein");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    why: String,
    ask: Ask,
    answer: String,
    because: String,
    #[serde(default)]
    cites: Vec<String>,
    at: Option<String>,
    until: Option<String>,
    conditions: Option<usize>,
    remarks: Option<usize>,
    municipalities: Option<usize>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ask {
    who: String,
    message: String,
    direction: String,
    on: String,
    #[serde(rename = "with")]
    other: Option<String>,
    evidence: Option<String>,
}

fn fixture(name: &str) -> String {
    fs::read_to_string(root().join("fixtures/readiness").join(name)).unwrap()
}

fn table() -> Vec<Row> {
    serde_saphyr::from_str(&fixture("questions.yaml")).unwrap_or_else(|error| panic!("{error}"))
}

fn roster() -> Roster {
    Roster::parse("roster.yaml", &fixture("roster.yaml"), Form::Yaml).unwrap_or_else(|mistakes| panic!("{mistakes}"))
}

fn evidence() -> Evidence {
    Evidence::of(standings::read(&fixture("standings.yaml")))
}

fn question(ask: &Ask) -> Question {
    let other = match &ask.other {
        None => Other::Any,
        Some(who) => who.parse().map_or_else(|_| Other::Party(who.clone()), Other::Class),
    };
    Question::new(&ask.message, ask.direction.parse().unwrap(), other, ask.on.parse().unwrap()).unwrap()
}

fn place(who: &str) -> Place {
    match who.strip_prefix("group ") {
        Some(group) => Place::Group(group.to_owned()),
        None if who == "all" => Place::All,
        None => Place::Municipality(who.to_owned()),
    }
}

/// What of the expected differs.
fn differences(row: &Row, answers: &[Answer<'_>]) -> Vec<String> {
    let mut differences = Vec::new();
    let mut compare = |what: &str, expected: &dyn ToString, got: &dyn ToString| {
        let (expected, got) = (expected.to_string(), got.to_string());
        if expected != got {
            differences.push(format!("{}: {what} is {got}, expected {expected}", row.why));
        }
    };
    let worst = answers.iter().rev().max_by_key(|answer| answer.verdict).unwrap();
    let main = &worst.reasons[0];
    compare("answer", &row.answer, &answer::together(answers).unwrap().word());
    compare("reason", &row.because, &worst.because());
    let cites: BTreeSet<&str> = main.cites.iter().map(|cite| cite.standing.certificate.number.as_str()).collect();
    let expected: BTreeSet<&str> = row.cites.iter().map(String::as_str).collect();
    compare("cites", &format!("{expected:?}"), &format!("{cites:?}"));
    compare("place", row.at.as_ref().unwrap_or(&worst.party.id), &main.party.id);
    if let Some(until) = &row.until {
        compare("until", until, &worst.until().unwrap());
    }
    if let Some(conditions) = row.conditions {
        compare("conditions", &conditions, &worst.conditions().len());
    }
    if let Some(municipalities) = row.municipalities {
        compare("municipalities", &municipalities, &answers.len());
    }
    if let Some(remarks) = row.remarks {
        compare("remarks", &remarks, &render::human(answers).matches("\n  note ").count());
    }
    differences
}

#[test]
fn every_question_of_the_table_is_answered_as_expected() {
    let (roster, evidence, nothing) = (roster(), evidence(), Evidence::of(Vec::new()));
    let rows = table();
    assert!(rows.len() >= 60, "{} questions", rows.len());
    let mut wrong = Vec::new();
    for row in &rows {
        let question = question(&row.ask);
        let evidence = if row.ask.evidence.is_some() { &nothing } else { &evidence };
        let answers = answer::ask(evidence, &roster, &place(&row.ask.who), &question).unwrap();
        wrong.extend(differences(row, &answers));
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_table_has_every_reason() {
    let named: BTreeSet<String> = table().into_iter().map(|row| row.because).collect();
    let missing: Vec<&str> =
        Because::ALL.iter().map(|because| because.word()).filter(|word| !named.contains(*word)).collect();
    assert_eq!(missing, Vec::<&str>::new(), "no question has these as main reason");
}

/// Whatever is taken away from the certificates, no answer that was not `yes` becomes one, unless what is taken away had
/// said otherwise: without any certificate nothing is `yes`.
#[test]
fn nothing_is_yes_without_a_certificate_that_says_so() {
    let (roster, all) = (roster(), standings::read(&fixture("standings.yaml")));
    let mut seen = 0;
    for row in table().iter().filter(|row| row.answer == "yes" && row.municipalities.is_none()) {
        let question = question(&row.ask);
        let evidence = Evidence::of(all.clone());
        let answers = answer::ask(&evidence, &roster, &place(&row.ask.who), &question).unwrap();
        for reason in &answers[0].reasons {
            let numbers: Vec<&str> =
                reason.cites.iter().map(|cite| cite.standing.certificate.number.as_str()).collect();
            let rest = all.iter().filter(|standing| !numbers.contains(&standing.certificate.number.as_str()));
            let without = Evidence::of(rest.cloned().collect());
            let verdict = answer::ask(&without, &roster, &place(&row.ask.who), &question).unwrap()[0].verdict;
            assert_ne!(verdict, Verdict::Yes, "{}: yes without {numbers:?}", row.why);
            seen += 1;
        }
    }
    assert!(seen > 40, "{seen}");
}

struct Desk {
    folder: tempfile::TempDir,
    register: PathBuf,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let register = folder.path().join("certificates.json");
        fs::write(&register, standings::file(&standings::read(&fixture("standings.yaml")))).unwrap();
        Self { folder, register }
    }

    fn ready(&self, arguments: &[&str]) -> Output {
        self.ready_with(&root().join("fixtures/readiness/roster.yaml"), arguments)
    }

    fn ready_with(&self, roster: &Path, arguments: &[&str]) -> Output {
        let mut command = Command::new(BINARY);
        command.arg("ready").args(arguments).arg("--register").arg(&self.register).arg("--roster").arg(roster);
        command.current_dir(self.folder.path()).output().unwrap()
    }
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", text(output)))
}

#[test]
fn the_exit_code_is_the_answer() {
    let desk = Desk::new();
    for (number, code, word) in [("9001", 0, "YES"), ("9010", 10, "NO "), ("9002", 11, "NOT ESTABLISHED")] {
        let output = desk.ready(&["LOG_INNLAGT@1.6", "--municipality", number, "--on", "2027-02-15"]);
        assert_eq!(output.status.code(), Some(code), "{}", text(&output));
        let answered = text(&output);
        assert!(answered.contains(word) && answered.contains("certificate H-1"), "{answered}");
        assert!(answered.contains("no signature was checked"), "a plain file proves nothing: {answered}");
    }
}

#[test]
fn programs_get_the_same_answer() {
    let desk = Desk::new();
    let arguments = ["LOG_INNLAGT@1.6", "--municipality", "9002", "--on", "2027-02-15", "--format"];
    let document = json(&desk.ready(&[&arguments[..], &["json"]].concat()));
    assert_eq!(document["answer"], "not-established");
    assert_eq!(document["is_verified"], false);
    let one = &document["questions"][0]["municipalities"][0];
    assert_eq!((&one["id"], &one["because"]), (&Value::from("9002"), &Value::from("other-version")));
    assert_eq!(one["reasons"][0]["certificates"][0]["number"], "H-100");
    let change = one["reasons"][0]["changes"][0].as_str().unwrap();
    assert!(change.contains("Nordlys EPJ 5.3") && change.contains("2027-02-15"), "{change}");
    let table = text(&desk.ready(&[&arguments[..], &["csv"]].concat()));
    assert!(table.lines().nth(1).unwrap().contains("9002,Sørvik kommune (syntetisk)"), "{table}");
}

#[test]
fn a_group_is_as_ready_as_the_last_of_it() {
    let desk = Desk::new();
    let group = "Havlandet helsekommune (syntetisk)";
    let output = desk.ready(&["LOG_INNLAGT@1.6", "--group", group, "--on", "2027-02-15"]);
    assert_eq!(output.status.code(), Some(11), "{}", text(&output));
    assert!(text(&output).contains("1 yes, 1 not established, 0 no, of 2"), "{}", text(&output));
}

#[test]
fn a_letter_goes_to_each_supplier_who_can_change_the_answer() {
    let desk = Desk::new();
    let letters = desk.folder.path().join("letters");
    let folder = letters.to_str().unwrap();
    let output = desk.ready(&["LOG_INNLAGT@1.6", "--municipality", "9002", "--on", "2027-02-15", "--letters", folder]);
    assert_eq!(output.status.code(), Some(11), "{}", text(&output));
    let names: BTreeSet<String> = fs::read_dir(&letters)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    let expected = ["nb", "en"].map(|lang| format!("receive-log-innlagt-1-6-to-nordlys-as-{lang}.txt"));
    assert_eq!(names, expected.into_iter().collect());
    let letter = fs::read_to_string(letters.join("receive-log-innlagt-1-6-to-nordlys-as-nb.txt")).unwrap();
    for expected in
        ["Melding om innlagt pasient", "Nordlys EPJ 5.3", "15. februar 2027", "Sørvik kommune (syntetisk)\n"]
    {
        assert!(letter.contains(expected), "`{expected}` is missing in\n{letter}");
    }
    // Who is ready wants nothing of anybody.
    let none = desk.ready(&["LOG_INNLAGT@1.6", "--municipality", "9001", "--on", "2027-02-15", "--letters", "none"]);
    assert_eq!(none.status.code(), Some(0));
    assert_eq!(fs::read_dir(desk.folder.path().join("none")).unwrap().count(), 0);
}

#[test]
fn all_mistakes_of_a_roster_are_told_with_their_lines() {
    let desk = Desk::new();
    let roster = desk.folder.path().join("roster.yaml");
    let wrong = "format: 1\nmunicipalities:\n  \"90\":\n    name: X kommune\n    systems:\n      - { supplier: A, system: B, version: 5.10, carrier: pigeon, aprec: \"1.1\" }\n    counterparts: [nobody]\ncounterparts:\n  h: { name: H }\n";
    fs::write(&roster, wrong).unwrap();
    let output = desk.ready_with(&roster, &["LOG_INNLAGT@1.6", "--all"]);
    assert_eq!(output.status.code(), Some(21), "{}", text(&output));
    let told = text(&output);
    for expected in [
        ":3:3",
        "no municipality number",
        ":6:44",
        "put quotes around it",
        "`pigeon` is no carrier",
        "unknown key `aprec`",
        ":7:20",
        "there is no party `nobody`",
        ":9:3",
        "`class` is missing",
        "^^^^^^",
    ] {
        assert!(told.contains(expected), "`{expected}` is missing in\n{told}");
    }
}

#[test]
fn a_spreadsheet_is_a_roster_too() {
    let desk = Desk::new();
    let roster = desk.folder.path().join("roster.csv");
    let lines = "\u{feff}id;name;class;population;counterparts;supplier;system;version;handler;handler_version;carrier;apprec\r\n\
        9001;Nordvik kommune (syntetisk);;2 100;h;Nordlys AS;Nordlys EPJ;5.2;Melding+;3.1;http;1.1 1.0\r\n\
        h;Sykehus HF (syntetisk);hospital;;;Klinikk AS;Klinikk Pasient;24.1;;;http;1.1\r\n";
    fs::write(&roster, lines).unwrap();
    let ask = ["LOG_INNLAGT@1.6", "--municipality", "9001", "--on", "2027-02-15"];
    assert_eq!(desk.ready_with(&roster, &ask).status.code(), Some(0));
    fs::write(&roster, lines.replace(";http;1.1 1.0", ";post;1.2").replace("2 100", "many")).unwrap();
    let output = desk.ready_with(&roster, &ask);
    assert_eq!(output.status.code(), Some(21));
    for expected in ["roster.csv:2", "`post` is no carrier", "`1.2` is no version", "`many` is no number"] {
        assert!(text(&output).contains(expected), "`{expected}` is missing in\n{}", text(&output));
    }
}

#[test]
fn who_is_not_in_the_roster_is_no_answer() {
    let desk = Desk::new();
    let on = ["--on", "2027-02-15"];
    for (arguments, code) in [
        (&["LOG_INNLAGT@1.6", "--municipality", "0301"][..], 22),
        (&["LOG_INNLAGT@1.6", "--group", "nobody"], 22),
        (&["LOG_INNLAGT@1.6", "--all", "--with", "nobody"], 22),
        (&["LOG_INNLAGT", "--all"], 20),
        (&["NONSENS@1.0", "--all"], 20),
        (&["LOG_INNLAGT@1.6"], 20),
    ] {
        let output = desk.ready(&[arguments, &on].concat());
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {}", text(&output));
    }
}
