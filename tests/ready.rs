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
    overridden: Option<Vec<String>>,
    disputes: Option<usize>,
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
    if let Some(overridden) = &row.overridden {
        let by = main.overridden().into_iter().flat_map(|(_, one)| one.by.iter().map(|one| one.requirement.clone()));
        compare("overridden", &format!("{overridden:?}"), &format!("{:?}", by.collect::<Vec<_>>()));
    }
    if let Some(disputes) = row.disputes {
        compare("disputes", &disputes, &main.cites.iter().map(|cite| cite.disputes.len()).sum::<usize>());
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
    let expected = ["nb", "en"].map(|lang| format!("9002-receive-log-innlagt-1-6-to-nordlys-as-{lang}.txt"));
    assert_eq!(names, expected.into_iter().collect());
    let letter = fs::read_to_string(letters.join("9002-receive-log-innlagt-1-6-to-nordlys-as-nb.txt")).unwrap();
    for expected in
        ["Melding om innlagt pasient", "Nordlys EPJ 5.3", "15. februar 2027", "Sørvik kommune (syntetisk)\n"]
    {
        assert!(letter.contains(expected), "`{expected}` is missing in\n{letter}");
    }
    // Who is ready wants nothing of anybody.
    let none = desk.ready(&["LOG_INNLAGT@1.6", "--municipality", "9001", "--on", "2027-02-15", "--letters", "none"]);
    assert_eq!(none.status.code(), Some(0));
    assert!(!desk.folder.path().join("none").exists());
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

#[test]
fn the_matrix_says_who_can_exchange_what_with_whom() {
    let desk = Desk::new();
    let document = json(&desk.ready(&["--matrix", "--on", "2027-02-15", "--format", "json"]));
    let products = document["products"].as_array().unwrap();
    let row = |system: &str, version: &str| {
        let is_it = |product: &&Value| product["system"] == system && product["version"] == version;
        let index = products.iter().position(|product| is_it(&product)).unwrap();
        (index, &products[index])
    };
    let answer = |product: &Value, message: &str, direction: &str| {
        let cells = product["certified"].as_array().unwrap();
        let is_it = |cell: &&Value| cell["message"] == message && cell["direction"] == direction;
        cells.iter().find(is_it).map(|cell| cell["answer"].as_str().unwrap().to_owned())
    };
    let (skerry, product) = row("Skjær Omsorg", "12");
    assert_eq!(answer(product, "LOG_INNLAGT", "receive").as_deref(), Some("no"));
    assert_eq!(answer(product, "UTSKRIVNINGSRAPPORT", "receive").as_deref(), Some("yes"));
    assert_eq!(answer(product, "LOG_INNLAGT", "send"), None, "nobody claims it");
    let (hospital, _) = row("Klinikk Pasient", "24.1");
    let exchanges = document["exchanges"].as_array().unwrap();
    let between = |from: usize, to: usize| -> Vec<&str> {
        let pair = exchanges.iter().find(|pair| pair["from"] == from && pair["to"] == to);
        pair.map(|pair| pair["messages"].as_array().unwrap().iter().map(|m| m.as_str().unwrap()).collect())
            .unwrap_or_default()
    };
    let expected = ["UTSKRIVNINGSRAPPORT@1.6", "EPIKRISE@1.2"];
    assert_eq!(between(hospital, skerry), expected, "what is broken or left open is not exchanged");
    let (old, _) = row("Postbud Pleie", "6");
    assert_eq!(between(hospital, old), Vec::<&str>::new(), "AppRec 1.0 at one end, 1.1 at the other");
    // The declared equivalent has a row from the day of the declaration on.
    assert!(!products.iter().any(|product| product["version"] == "5.2.1"));
    let later = json(&desk.ready(&["--matrix", "--on", "2027-03-01", "--format", "json"]));
    assert!(later["products"].as_array().unwrap().iter().any(|product| product["version"] == "5.2.1"));
    let table = text(&desk.ready(&["LOG_INNLAGT@1.6", "--matrix", "--on", "2027-02-15", "--format", "csv"]));
    assert!(table.lines().skip(1).all(|line| line.contains("LOG_INNLAGT@1.6")), "{table}");
}

#[test]
fn the_national_view_counts_every_municipality_once() {
    let desk = Desk::new();
    let document = json(&desk.ready(&["--national", "--on", "2027-02-15", "--format", "json"]));
    let municipalities = roster().municipalities().count() as u64;
    let sum =
        |counts: &Value| ["yes", "not_established", "no"].iter().map(|key| counts[*key].as_u64().unwrap()).sum::<u64>();
    let mut seen = 0;
    for message in document["messages"].as_array().unwrap() {
        assert_eq!(sum(&message["counts"]), municipalities, "{message}");
        for part in ["by_size", "by_county"] {
            let parts = message[part].as_array().unwrap();
            assert_eq!(parts.iter().map(|one| sum(&one["counts"])).sum::<u64>(), municipalities, "{part}");
        }
        // It says the same as the questions one by one.
        let name = format!("{}@{}", message["message"].as_str().unwrap(), message["version"].as_str().unwrap());
        let direction = message["direction"].as_str().unwrap();
        let question =
            Question::new(&name, direction.parse().unwrap(), Other::Any, "2027-02-15".parse().unwrap()).unwrap();
        let (evidence, roster) = (evidence(), roster());
        let answers = answer::ask(&evidence, &roster, &Place::All, &question).unwrap();
        let yes = answers.iter().filter(|answer| answer.verdict == Verdict::Yes).count() as u64;
        assert_eq!(message["counts"]["yes"], yes, "{direction} {name}");
        seen += 1;
    }
    assert!(seen > 15, "{seen}");
    let admitted = &document["messages"][0];
    assert_eq!((&admitted["message"], &admitted["direction"]), (&Value::from("LOG_INNLAGT"), &Value::from("receive")));
    let sizes: Vec<&str> =
        admitted["by_size"].as_array().unwrap().iter().map(|one| one["size"].as_str().unwrap()).collect();
    assert_eq!(sizes, ["smallest", "small", "medium", "large", "unknown"], "small municipalities first");
    let factors = &admitted["counts"]["factors"];
    // 9008 has no system; beside it 9009, 9002, 9003, 9004 and 9005 have no certificate for version and handler.
    assert_eq!((&factors["system_known"], &factors["handler_approved"]), (&Value::from(20), &Value::from(15)));
    let human = desk.ready(&["LOG_INNLAGT@1.6", "--national", "--on", "2027-02-15"]);
    assert_eq!(human.status.code(), Some(0), "{}", text(&human));
    assert!(text(&human).contains("below 2,000"), "{}", text(&human));
}

/// Words that somebody who works in home care would have to look up.
const JARGON: [&str; 14] = [
    "AppRec",
    "applikasjonskvittering",
    "ebXML",
    "http",
    "carrier",
    "not established",
    "sertifikat",
    "meldingstjener",
    "MSH",
    "HER-id",
    "scenario",
    "profil",
    "konformitet",
    "validering",
];

#[test]
fn the_sheet_needs_no_glossary() {
    let desk = Desk::new();
    let folder = desk.folder.path().join("sheets");
    let rows = table();
    let mut asked = BTreeSet::new();
    for row in
        rows.iter().filter(|row| row.municipalities.is_none() && row.ask.evidence.is_none() && row.ask.other.is_none())
    {
        let ask = &row.ask;
        if ask.who == "all" || !asked.insert((&row.because, &row.at)) {
            continue;
        }
        let arguments = [
            ask.message.as_str(),
            "--municipality",
            &ask.who,
            "--direction",
            &ask.direction,
            "--on",
            &ask.on,
            "--sheet",
            folder.to_str().unwrap(),
        ];
        let output = desk.ready(&arguments);
        assert!(matches!(output.status.code(), Some(0 | 10 | 11)), "{}", text(&output));
        let name = ask.message.to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        for (lang, words) in [("nb", ["Ja", "Nei", "Ikke avklart"]), ("nn", ["Ja", "Nei", "Ikkje avklart"])] {
            let file = folder.join(format!("{}-{}-{name}-{lang}.html", ask.who, ask.direction));
            let page = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
            assert!(page.contains(&format!("<html lang=\"{lang}\">")), "{page}");
            let body = page.split_once("<main>").unwrap().1;
            // The name, then the answer, then everything else.
            let word = match row.answer.as_str() {
                "yes" => words[0],
                "no" => words[1],
                _ => words[2],
            };
            let (first, second) = (body.find("<h1>").unwrap(), body.find(&format!("</span> {word}</p>")).unwrap());
            assert!(first < second && second < body.find("<h2>").unwrap(), "{page}");
            // Names of files and codes stand in the small print only.
            let read: String = body
                .split("<span class=\"file\">")
                .map(|part| part.split_once("</span>").map_or(part, |p| p.1))
                .collect();
            let found: Vec<&str> = JARGON.into_iter().filter(|word| read.contains(word)).collect();
            assert_eq!(found, Vec::<&str>::new(), "{}: {read}", row.why);
            assert!(page.contains("<ol>") && page.matches("<li>").count() >= 3, "it says what to do: {page}");
        }
    }
    assert!(asked.len() > 15, "{}", asked.len());
}

#[test]
fn names_from_a_roster_are_text_on_a_page() {
    let desk = Desk::new();
    let roster = desk.folder.path().join("roster.yaml");
    fs::write(&roster, fixture("roster.yaml").replace("Nordvik kommune (syntetisk)", "<script>alert(1)</script>"))
        .unwrap();
    let folder = desk.folder.path().join("sheets");
    let output = desk.ready_with(
        &roster,
        &["LOG_INNLAGT@1.6", "--municipality", "9001", "--on", "2027-02-15", "--sheet", folder.to_str().unwrap()],
    );
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let page = fs::read_to_string(folder.join("9001-receive-log-innlagt-1-6-nb.html")).unwrap();
    assert!(page.contains("alert(1)") && !page.contains("<script>"), "{page}");
}
