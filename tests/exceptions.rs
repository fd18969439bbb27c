//! Overrides, disputes and conditions: who reads a certificate, an answer or the website sees them, and what is certified stays.

use crate::support::{root, standings};
use provestein::certify::certificate::Run;
use provestein::certify::key::SecretKey;
use provestein::certify::signed;
use provestein::certify::standing::Standing;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

const BINARY: &str = env!("CARGO_BIN_EXE_provestein");
const RUN: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

fn all() -> Vec<Standing> {
    standings::read(&fs::read_to_string(root().join("fixtures/readiness/standings.yaml")).unwrap())
}

/// What a command says, when it ends as expected.
fn told(at: &Path, arguments: &[&str], code: i32) -> String {
    let mut command = Command::new(BINARY);
    command.args(arguments).current_dir(at).env("PROVESTEIN_PASSPHRASE", "a word for this test");
    let output = command.output().unwrap();
    let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
    told
}

fn all_in(text: &str, expected: &[&str]) {
    let missing: Vec<&&str> = expected.iter().filter(|one| !text.contains(**one)).collect();
    assert!(missing.is_empty(), "{missing:?} are missing in\n{text}");
}

/// Answers about 9021, whose system is the one with overrides.
fn ready(at: &Path, message: &str, on: &str, rest: &[&str], code: i32) -> String {
    fs::write(at.join("all.json"), standings::file(&all())).unwrap();
    fs::copy(root().join("fixtures/readiness/roster.yaml"), at.join("roster.yaml")).unwrap();
    let ask = ["ready", message, "--municipality", "9021", "--on", on, "--direction", "receive"];
    told(at, &[&ask[..], &["--register", "all.json", "--roster", "roster.yaml"], rest].concat(), code)
}

#[test]
fn an_answer_by_override_says_so_with_names_and_end() {
    let folder = tempfile::tempdir().unwrap();
    let yes = ready(folder.path(), "LOG_INNLAGT@1.6", "2027-02-15", &[], 0);
    all_in(
        &yes,
        &[
            "YES  9021",
            "counts as certified to receive LOG_INNLAGT@1.6, by an override, though the certificate says violated",
            "HIS1144-20 is treated as verified from 2027-01-01 to 2027-03-31 on the responsibility of Kari Prøve and Ola Prøve",
            "it says violated; that stays",
            "holds until      2027-03-14",
            "override, not begun: HIS1144-20 is treated as violated from 2027-03-15",
        ],
    );
    let expired = ready(folder.path(), "LOG_INNLAGT@1.6", "2027-04-01", &[], 10);
    all_in(&expired, &["NO  9021", "override, expired: HIS1144-20 is treated as verified"]);
    assert!(!expired.contains("though the certificate says"), "{expired}");
    let disputed = ready(folder.path(), "LOG_AVMELDING@1.6", "2027-02-15", &[], 10);
    all_in(&disputed, &["Tind AS disputes the finding about HIS1144-22, event 123 of run 0f8fad5b"]);
    let json = ready(folder.path(), "LOG_INNLAGT@1.6", "2027-02-15", &["--format", "json"], 0);
    let document: Value = serde_json::from_str(&json).unwrap();
    let reasons = document["questions"][0]["municipalities"][0]["reasons"].as_array().unwrap();
    let own = reasons.iter().find(|reason| reason["end"] == "own").unwrap();
    let certificate = &own["certificates"][0];
    assert_eq!((&own["because"], &certificate["certified"]), (&Value::from("met"), &Value::from("violated")));
    assert_eq!(certificate["overridden_by"][0]["by"], serde_json::json!(["Kari Prøve", "Ola Prøve"]));
    let matrix = ["ready", "LOG_INNLAGT@1.6", "--matrix", "--on", "2027-02-15", "--register", "all.json"];
    let matrix = told(folder.path(), &matrix, 0);
    all_in(&matrix, &["yes (override)"]);
    assert_eq!(matrix.matches("(override)").count(), 1, "{matrix}");
}

#[test]
fn the_sheet_says_in_plain_words_what_people_decided() {
    let folder = tempfile::tempdir().unwrap();
    let sheet = |message: &str, on: &str, code: i32, name: &str| {
        ready(folder.path(), message, on, &["--sheet", "sheets"], code);
        fs::read_to_string(folder.path().join("sheets").join(name)).unwrap()
    };
    let yes = sheet("LOG_INNLAGT@1.6", "2027-02-15", 0, "9021-receive-log-innlagt-1-6-nb.html");
    let decided = "Kari Prøve og Ola Prøve har bestemt at meldingen likevel kan brukes til 31. mars 2027.";
    all_in(
        &yes,
        &["testen viste en feil", decided, "«feltet vises likevel»", "dette svaret gjelder til 14. mars 2027"],
    );
    let no = sheet("LOG_UTSKRIVNINGSKLAR@1.6", "2027-05-10", 10, "9021-receive-log-utskrivningsklar-1-6-nn.html");
    all_in(&no, &["ikkje skal brukast", "sjølv om testen ikkje viste feilen", "«kvitteringer kom bort i drift»"]);
    assert!(!no.contains("Ein test har vist ein feil"), "the test did not: {no}");
    let disputed = sheet("LOG_AVMELDING@1.6", "2027-02-15", 10, "9021-receive-log-avmelding-1-6-nb.html");
    all_in(&disputed, &["Tind AS er uenig i noe av det testen kom fram til", "Det endrer ikke svaret her"]);
    for page in [yes, no, disputed] {
        assert!(!page.contains("HIS1144"), "a requirement's id means nothing to a municipality");
    }
}

#[test]
fn the_website_shows_them_on_the_pages_of_certificate_and_municipality() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    ready(at, "LOG_INNLAGT@1.6", "2027-02-15", &[], 0);
    told(at, &["register", "publish", "all.json", "site", "--roster", "roster.yaml", "--on", "2027-02-15"], 0);
    let page = |path: &str| fs::read_to_string(at.join("site").join(path)).unwrap();
    let certificate = page("sertifikat/h-150.html");
    all_in(
        &certificate,
        &[
            "<h2>Unntak</h2>",
            "HIS1144-20 regnes som oppfylt fra 1. januar 2027 til 31. mars 2027, på ansvar av Kari Prøve og Ola Prøve: feltet vises likevel (gjelder)",
            "(gjelder ikke ennå)",
            "Etter unntak: <span class=\"pill good\">",
            "<h2>Uenighet</h2>",
            "Tind AS bestrider funnet om HIS1144-22, hendelse 123 i kjøring 0f8fad5b",
        ],
    );
    let municipality = page("kommune/9021.html");
    all_in(&municipality, &["likevel kan brukes til 31. mars 2027", "Tind AS er uenig"]);
    all_in(&page("sertifikat/h-100.html"), &["(gjelder UTSKRIVNINGSRAPPORT@1.6) (til 30. juni 2027)"]);
}

/// A register with H-150, drawn from a run of 200 events.
fn register(at: &Path) {
    told(at, &["certify", "key", "new", "--key", "register.secret"], 0);
    let issuer = SecretKey::of_seed([7; 32]);
    fs::write(at.join("issuer.pub"), issuer.public_key().to_pem()).unwrap();
    let init = ["register", "init", "reg", "--origin", "register.test/helse", "--title", "Register"];
    let named = ["--issuer", "Direktoratet (syntetisk)=issuer.pub", "--key", "register.secret", "--on", "2026-06-01"];
    told(at, &[&init[..], &named].concat(), 0);
    let mut standing = all().into_iter().find(|one| one.certificate.number == "H-150").unwrap();
    standing.certificate.runs =
        vec![Run { id: RUN.into(), started: "2026-05-20T08:00:00Z".into(), events: 200, head: "ab".repeat(32) }];
    fs::write(at.join("H-150.json"), signed::sign(&standing.certificate, &[&issuer])).unwrap();
    told(at, &["register", "add", "reg", "H-150.json", "--key", "register.secret", "--on", "2026-06-01"], 0);
    fs::copy(at.join("reg/register.key"), at.join("register.pub")).unwrap();
}

const OVERRIDE: [(&str, &str); 5] = [
    ("--requirement", "HIS1144-20"),
    ("--status", "verified"),
    ("--by", "Kari Prøve"),
    ("--until", "2027-03-31"),
    ("--reason", "feltet vises likevel"),
];
const DISPUTE: [(&str, &str); 5] = [
    ("--requirement", "HIS1144-22"),
    ("--run", RUN),
    ("--event", "123"),
    ("--by", "Tind AS"),
    ("--reason", "feltet er med"),
];

/// The arguments, one of them changed.
fn with<'a>(arguments: &[(&'a str, &'a str)], name: &str, value: &'a str) -> Vec<&'a str> {
    arguments.iter().flat_map(|(key, old)| [*key, if *key == name { value } else { *old }]).collect()
}

#[test]
fn what_does_not_fit_the_certificate_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    register(at);
    let size = || fs::read_to_string(at.join("reg/checkpoint")).unwrap().lines().nth(1).unwrap().to_owned();
    let before = size();
    let enter = |what: &str, number: &str, arguments: &[&str], code: i32| {
        let head = ["register", what, "reg", number, "--key", "register.secret", "--on", "2027-01-01"];
        told(at, &[&head, arguments].concat(), code)
    };
    let second = "Ola Prøve";
    let cases = [
        ("override", "H-150", [with(&OVERRIDE, "", ""), vec!["--by", "kari prøve "]].concat(), "names of two people"),
        ("override", "H-150", with(&OVERRIDE, "", ""), "names of two people"),
        ("override", "H-151", [with(&OVERRIDE, "", ""), vec!["--by", second]].concat(), "no certificate H-151"),
        (
            "override",
            "H-150",
            [with(&OVERRIDE, "--status", "accepted"), vec!["--by", second]].concat(),
            "`accepted` is no status: expected one of not-applicable",
        ),
        (
            "override",
            "H-150",
            [with(&OVERRIDE, "--requirement", "HIS1144-99"), vec!["--by", second]].concat(),
            "says nothing about a requirement HIS1144-99",
        ),
        (
            "override",
            "H-150",
            [with(&OVERRIDE, "--until", "2026-12-31"), vec!["--by", second]].concat(),
            "ends before it begins",
        ),
        ("dispute", "H-150", with(&DISPUTE, "--run", "another"), "not drawn from a run another"),
        ("dispute", "H-150", with(&DISPUTE, "--event", "200"), "no event 200"),
        ("dispute", "H-150", with(&DISPUTE, "--requirement", "X-1"), "says nothing about a requirement X-1"),
        ("dispute", "H-150", with(&DISPUTE, "--reason", " "), "a name and a reason"),
    ];
    for (what, number, arguments, why) in cases {
        all_in(&enter(what, number, &arguments, 21), &[why, "nothing was written"]);
    }
    let endless: Vec<&str> = OVERRIDE.iter().filter(|(key, _)| *key != "--until").flat_map(|(k, v)| [*k, *v]).collect();
    enter("override", "H-150", &endless, 20);
    assert_eq!(size(), before, "nothing was written");
    enter("override", "H-150", &[with(&OVERRIDE, "", ""), vec!["--by", second]].concat(), 0);
    enter("dispute", "H-150", &with(&DISPUTE, "--event", "199"), 0);
    told(at, &["register", "verify", "reg", "--trust", "register.pub"], 0);
    let listed = told(at, &["register", "list", "reg", "--trust", "register.pub"], 0);
    all_in(
        &listed,
        &["HIS1144-20 is treated as verified", "Kari Prøve and Ola Prøve", "Tind AS disputes HIS1144-22, event 199"],
    );
}

#[test]
fn who_verifies_a_certificate_with_the_register_sees_how_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    register(at);
    let key = ["--key", "register.secret", "--on", "2027-01-01"];
    let enter = |arguments: Vec<&str>| told(at, &[arguments, key.to_vec()].concat(), 0);
    let two = [with(&OVERRIDE, "", ""), vec!["--by", "Ola Prøve"]].concat();
    enter([vec!["register", "override", "reg", "H-150"], two].concat());
    enter([vec!["register", "dispute", "reg", "H-150"], with(&DISPUTE, "", "")].concat());
    let verify = |on: &str, trust: &[&str], code: i32| {
        let base = ["verify", "H-150.json", "--trust", "issuer.pub", "--register", "reg", "--on", on];
        told(at, &[&base, trust].concat(), code)
    };
    let trusted = ["--register-trust", "register.pub"];
    let stands = verify("2027-02-15", &trusted, 0);
    all_in(
        &stands,
        &[
            "LOG_INNLAGT@1.6 receive by http, AppRec 1.1: VIOLATED",
            "register     holds until 2027-08-31",
            "running: HIS1144-20 is treated as verified from 2027-01-01 to 2027-03-31, answered for by Kari Prøve and Ola Prøve",
            "LOG_INNLAGT@1.6 receive by http counts as met on 2027-02-15; certified is violated",
            "Tind AS disputes HIS1144-22, event 123",
        ],
    );
    let later = verify("2027-04-01", &trusted, 0);
    all_in(&later, &["expired: HIS1144-20"]);
    assert!(!later.contains("counts as"), "{later}");
    all_in(&verify("2027-02-15", &[], 11), &["nothing says that it can be believed"]);
    enter(vec!["register", "revoke", "reg", "H-150", "--reason", "feil bygg"]);
    all_in(&verify("2027-02-15", &trusted, 11), &["NOT ESTABLISHED: it was withdrawn from 2027-01-01: feil bygg"]);
}

/// Where two issuers must sign a certificate, whoever keeps the register cannot alone turn a no into a yes.
#[test]
fn two_issuers_sign_what_can_turn_a_no_into_a_yes() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for key in ["register", "one", "two", "stranger"] {
        told(at, &["certify", "key", "new", "--key", key], 0);
    }
    let init =
        ["register", "init", "reg", "--origin", "register.test/helse", "--title", "Register", "--signatures", "2"];
    let named = ["--issuer", "En=one.pub", "--issuer", "To=two.pub", "--key", "register", "--on", "2026-06-01"];
    told(at, &[&init[..], &named].concat(), 0);
    let standing = all().into_iter().find(|one| one.certificate.number == "H-150").unwrap();
    fs::write(at.join("H-150.json"), signed::sign(&standing.certificate, &[])).unwrap();
    for key in ["one", "two"] {
        told(at, &["certify", "sign", "H-150.json", "--key", key], 0);
    }
    told(at, &["register", "add", "reg", "H-150.json", "--key", "register", "--on", "2026-06-01"], 0);
    let treatment = [vec!["H-150"], with(&OVERRIDE, "", ""), vec!["--by", "Ola Prøve", "--on", "2027-01-01"]].concat();
    let alone = [&["register", "override", "reg", "--key", "register"], &treatment[..]].concat();
    all_in(
        &told(at, &alone, 21),
        &["0 of its issuers signed the overridden entry, and this register demands 2", "`register propose`"],
    );
    let proposed =
        told(at, &[&["register", "propose", "override", "reg", "--to", "unntak.json"], &treatment[..]].concat(), 0);
    all_in(
        &proposed,
        &["HIS1144-20 is treated as verified", "answered for by Kari Prøve and Ola Prøve", "register approve"],
    );
    let enter = ["register", "enter", "reg", "unntak.json", "--key", "register"];
    let approve = |key: &str| told(at, &["register", "approve", "reg", "unntak.json", "--key", key], 0);
    approve("one");
    approve("stranger");
    all_in(&told(at, &enter, 21), &["1 of its issuers signed"]);
    approve("two");
    // Changed after it was signed, it is another.
    let whole = fs::read_to_string(at.join("unntak.json")).unwrap();
    fs::write(at.join("unntak.json"), whole.replace("2027-03-31", "2029-03-31")).unwrap();
    all_in(&told(at, &enter, 21), &["0 of its issuers signed"]);
    fs::write(at.join("unntak.json"), whole).unwrap();
    told(at, &enter, 0);
    all_in(&told(at, &enter, 21), &["in the register already"]);
    fs::copy(at.join("reg/register.key"), at.join("register.pem")).unwrap();
    told(at, &["register", "verify", "reg", "--trust", "register.pem"], 0);
    all_in(
        &told(at, &["register", "list", "reg", "--trust", "register.pem"], 0),
        &["HIS1144-20 is treated as verified"],
    );
    all_in(&told(at, &["register", "enter", "reg", "H-150.json", "--key", "register"], 21), &["is no proposed entry"]);
    // Another version that is said to be equivalent turns a no into a yes as well.
    let declared = ["reg", "H-150", "--version", "9.9", "--reason", "bare farger", "--on", "2027-01-01"];
    let alone = [&["register", "equivalent"], &declared[..], &["--key", "register"]].concat();
    all_in(&told(at, &alone, 21), &["0 of its issuers signed the equivalent entry"]);
    let propose = [&["register", "propose", "equivalent"], &declared[..], &["--to", "lik.json"]].concat();
    all_in(&told(at, &propose, 0), &["holds for version 9.9 too, from 2027-01-01", "bare farger"]);
    for key in ["one", "two"] {
        told(at, &["register", "approve", "reg", "lik.json", "--key", key], 0);
    }
    told(at, &["register", "enter", "reg", "lik.json", "--key", "register"], 0);
    // So does an issuer of the keeper's own making.
    let propose = ["register", "propose", "issuer", "reg", "--issuer", "Tre=stranger.pub", "--to", "tre.json"];
    all_in(&told(at, &propose, 0), &["Tre may issue certificates from", "BEGIN PUBLIC KEY"]);
    let enter = ["register", "enter", "reg", "tre.json", "--key", "register"];
    told(at, &["register", "approve", "reg", "tre.json", "--key", "stranger"], 0);
    all_in(&told(at, &enter, 21), &["0 of its issuers signed the issuer-named entry"]);
    for key in ["one", "two"] {
        told(at, &["register", "approve", "reg", "tre.json", "--key", key], 0);
    }
    told(at, &enter, 0);
    withdrawn_by_two(at);
}

/// Taking away a certificate that says no leaves an older one that says yes.
fn withdrawn_by_two(at: &Path) {
    let gone = ["reg", "H-150", "--reason", "feil bygg", "--on", "2027-01-02"];
    let alone = [&["register", "revoke"], &gone[..], &["--key", "register"]].concat();
    all_in(&told(at, &alone, 21), &["0 of its issuers signed the withdrawn entry"]);
    let propose = [&["register", "propose", "revoke"], &gone[..], &["--to", "bort.json"]].concat();
    all_in(&told(at, &propose, 0), &["of certificate H-150, from 2027-01-02", "feil bygg"]);
    for key in ["one", "two"] {
        told(at, &["register", "approve", "reg", "bort.json", "--key", key], 0);
    }
    told(at, &["register", "enter", "reg", "bort.json", "--key", "register"], 0);
    told(at, &["register", "verify", "reg", "--trust", "register.pem"], 0);
}

#[test]
fn who_watches_has_a_key_that_neither_issues_nor_keeps() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for key in ["register", "issuer"] {
        told(at, &["certify", "key", "new", "--key", key], 0);
    }
    let init =
        ["register", "init", "reg", "--key", "register", "--origin", "register.test/helse", "--title", "Register"];
    for (witness, why) in [
        ("venn=register.pub", "`venn` has the key of the register itself"),
        ("venn=issuer.pub", "`venn` has the key of the issuer `En`"),
    ] {
        let named = ["--issuer", "En=issuer.pub", "--witness", witness];
        all_in(&told(at, &[&init[..], &named].concat(), 21), &[why, "nothing was written"]);
        assert!(!at.join("reg").exists());
    }
}

/// A key that was lost is retired: what it signed stays, and nothing more of it is taken.
#[test]
fn an_issuer_can_be_retired_and_a_witness_named() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    for key in ["register", "one", "two", "kari"] {
        told(at, &["certify", "key", "new", "--key", key], 0);
    }
    let init =
        ["register", "init", "reg", "--origin", "register.test/helse", "--title", "Register", "--key", "register"];
    let named = ["--issuer", "En=one.pub", "--issuer", "To=two.pub", "--on", "2026-06-01"];
    told(at, &[&init[..], &named].concat(), 0);
    let standings = all();
    for (standing, key) in standings.iter().zip(["one", "one", "two"]) {
        let file = format!("{}.json", standing.certificate.number);
        fs::write(at.join(&file), signed::sign(&standing.certificate, &[])).unwrap();
        told(at, &["certify", "sign", &file, "--key", key], 0);
    }
    let add = |index: usize, code: i32| {
        let file = format!("{}.json", standings[index].certificate.number);
        told(at, &["register", "add", "reg", &file, "--key", "register", "--on", "2026-06-02"], code)
    };
    add(0, 0);
    let retire = |name: &str, code: i32| {
        let reason = ["--reason", "nøkkel på avveie", "--key", "register", "--on", "2026-06-03"];
        told(at, &[&["register", "retire", "reg", name], &reason[..]].concat(), code)
    };
    let silent = ["register", "retire", "reg", "En", "--reason", " ", "--key", "register"];
    all_in(&told(at, &silent, 21), &["the issuer-retired entry has no reason"]);
    let mute = ["register", "revoke", "reg", &standings[0].certificate.number, "--reason", "", "--key", "register"];
    all_in(&told(at, &mute, 21), &["the withdrawn entry has no reason"]);
    all_in(&retire("Ingen", 21), &["nobody called `Ingen` issues certificates here"]);
    retire("En", 0);
    add(1, 21);
    add(2, 0);
    let watch = |witness: &str, code: i32| {
        told(at, &["register", "name-witness", "reg", witness, "--key", "register", "--on", "2026-06-04"], code)
    };
    watch("kari=kari.pub", 0);
    all_in(&watch("kari=kari.pub", 21), &["known already"]);
    fs::copy(at.join("reg/register.key"), at.join("register.pem")).unwrap();
    all_in(&told(at, &["register", "verify", "reg", "--trust", "register.pem"], 0), &["2 certificates"]);
    let sign = ["--key", "kari", "--name", "kari", "--trust", "register.pem", "--seen", "seen"];
    told(at, &[&["register", "witness", "reg"], &sign[..]].concat(), 0);
    // What lies there already stays as it is.
    let number = &standings[0].certificate.number;
    let file = format!("{number}.json");
    let before = fs::read(at.join(&file)).unwrap();
    let prove = ["register", "prove", "reg", number, "--trust", "register.pem", "--proof", &file];
    all_in(&told(at, &prove, 20), &["exists already", "nothing was written"]);
    all_in(&told(at, &["certify", "report", &file, "--html", &file], 20), &["exists already"]);
    assert_eq!(fs::read(at.join(&file)).unwrap(), before);
    let report = ["certify", "report", &file, "--html", "report.html"];
    told(at, &report, 0);
    told(at, &report, 0);
}
