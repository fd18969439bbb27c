//! The command line as a public contract: exit codes, machine output, what a newcomer meets.

use crate::support::{files, root, shared};
use provestein::evidence::event::Event;
use provestein::evidence::read;
use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const BINARY: &str = env!("CARGO_BIN_EXE_provestein");

fn provestein(arguments: &[&str]) -> Output {
    Command::new(BINARY).args(arguments).current_dir(root()).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn usage_mistakes_are_20() {
    for arguments in [
        &["run"][..],
        &["nonsense"],
        &[],
        &["judge", "no-such-run"],
        &["explain", "no-such-id"],
        &["run", "--subject", "no-such-file"],
    ] {
        let output = provestein(arguments);
        assert_eq!(code(&output), 20, "{arguments:?}: {}", text(&output));
    }
    assert_eq!(code(&provestein(&["--help"])), 0);
    assert_eq!(code(&provestein(&["--version"])), 0);
}

#[test]
fn the_exit_codes_are_explained_in_two_languages() {
    let help = text(&provestein(&["--help"]));
    for exit in provestein::checks::exit::Exit::ALL {
        assert!(
            help.contains(&exit.code.to_string()) && help.contains(exit.meaning),
            "{} is not in --help",
            exit.meaning
        );
        for lang in ["en", "nb"] {
            let explained = provestein(&["explain", &exit.code.to_string(), "--lang", lang]);
            assert_eq!(code(&explained), 0);
            assert!(text(&explained).lines().count() >= 2);
        }
    }
}

#[test]
fn every_requirement_of_a_profile_is_explained_in_bokmal() {
    let english = text(&provestein(&["explain", "HITS1172-117"]));
    let norwegian = text(&provestein(&["explain", "HITS1172-117", "--lang", "nb"]));
    assert!(english.contains("HITS 1172 rule 117") && norwegian.contains("HITS 1172 rule 117"));
    assert_ne!(english, norwegian);
}

#[test]
fn ids_are_found_in_any_case_and_near_misses_are_named() {
    assert_eq!(text(&provestein(&["explain", "hits1172-117"])), text(&provestein(&["explain", "HITS1172-117"])));
    assert_eq!(code(&provestein(&["explain", "PLO-Receive-NHN"])), 0);
    for (wrong, right) in
        [("HITS1127-117", "HITS1172-117"), ("receive/accepted/log-inlagt", "receive/accepted/log-innlagt")]
    {
        let output = provestein(&["explain", wrong]);
        assert_eq!(code(&output), 20);
        assert!(text(&output).contains("did you mean ") && text(&output).contains(right), "{}", text(&output));
    }
    assert!(!text(&provestein(&["explain", "qwertyuiop"])).contains("did you mean"));
}

#[test]
fn shipped_scenarios_have_no_mistakes_and_mistakes_are_21() {
    let output = provestein(&["scenarios", "check"]);
    let count = provestein::embedded::scenarios().unwrap().len();
    assert_eq!((code(&output), text(&output).trim()), (0, &*format!("{count} scenarios, no mistakes")));
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wrong.yaml");
    std::fs::write(&file, "title: 1\nstps: []\n").unwrap();
    let output = provestein(&["scenarios", "check", &file.display().to_string()]);
    assert_eq!(code(&output), 21);
    assert!(text(&output).contains("wrong.yaml:2:1") && text(&output).contains("^^^^"), "{}", text(&output));
    let shipped = text(&provestein(&["scenarios", "show", "receive/accepted/log-innlagt"]));
    fs::write(&file, shipped.replace("LOG_INNLAGT@1.6", "FOO@1")).unwrap();
    let output = provestein(&["scenarios", "check", &file.display().to_string()]);
    assert_eq!(code(&output), 21);
    assert!(
        text(&output).contains("message `FOO@1` is not known; known are DIALOG_FORESPORSEL@1.0, "),
        "{}",
        text(&output)
    );
    fs::remove_file(&file).unwrap();
    let output = provestein(&["scenarios", "check", &folder.path().display().to_string()]);
    assert_eq!(code(&output), 22, "{}", text(&output));
}

#[test]
fn nothing_that_is_not_a_terminal_gets_colour() {
    let output = provestein(&["inspect", "--format", "human", "fixtures/templates/LOG_INNLAGT@1.6.xml"]);
    assert!(!output.stdout.contains(&0x1b), "{}", text(&output));
    assert!(text(&output).trim_end().ends_with("skipped"), "{}", text(&output));
}

fn inspect(path: &Path) -> Value {
    let output =
        provestein(&["inspect", &path.display().to_string(), "--profile", "plo-receive-his1037", "--format", "json"]);
    assert!(matches!(code(&output), 0 | 10 | 11), "{}: {}", path.display(), text(&output));
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn of(result: &Value, field: &str) -> Vec<String> {
    let rows = result["requirements"].as_array().unwrap().iter().filter(|r| r[field].as_u64() > Some(0));
    rows.map(|r| r["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn standard_input_is_inspected() {
    let mut child = Command::new(BINARY)
        .args(["inspect", "-", "--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"<a/>").unwrap();
    let output = child.wait_with_output().unwrap();
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(result["assurance"], "inspection");
}

#[test]
fn an_apprec_and_a_hodemelding_are_judged_as_far_as_they_go() {
    let Some(samples) = shared("samples") else { return };
    let apprec = files(&samples.join("apprec-1.0"), ".xml");
    let heads = files(&samples.join("plo-pasientlogistikk-1.6"), ".xml");
    assert!(!apprec.is_empty() && !heads.is_empty());
    for path in apprec.iter().chain(heads.iter().take(3)) {
        let result = inspect(path);
        let observed = [of(&result, "satisfied"), of(&result, "violated"), of(&result, "cannot_tell")].concat();
        let of_envelope = |id: &String| id.starts_with("HITS1172") || id.starts_with("HIS1037");
        assert!(!observed.iter().any(of_envelope), "{}: there is no envelope to judge: {observed:?}", path.display());
    }
}

/// A rejection with a code, and the same without: the second breaks HIS 80415:2012 3.1 whoever it is for.
#[test]
fn a_bare_apprec_is_judged_by_what_stands_in_it() {
    let with = r#"<AppRec xmlns="http://www.kith.no/xmlstds/apprec/2012-02-15"><MsgType V="APPREC"/><MIGversion>v1.1 2012-02-15</MIGversion><GenDate>2026-01-15T09:30:20Z</GenDate><Id>7f0c9b5e-6f0a-4a55-9d4c-0f2f6f3a1c11</Id><Sender><HCP><Inst><Id>990000020</Id><TypeId V="HER"/></Inst></HCP></Sender><Receiver><HCP><Inst><Id>990000010</Id><TypeId V="HER"/></Inst></HCP></Receiver><Status V="2"/><Error V="E10" S="2.16.578.1.12.4.1.1.8221"/><OriginalMsgId><MsgType V="LOG_INNLAGT"/><IssueDate>2026-01-15T09:30:00Z</IssueDate><Id>5d0c9b5e-6f0a-4a55-9d4c-0f2f6f3a1c11</Id></OriginalMsgId></AppRec>"#;
    let folder = tempfile::tempdir().unwrap();
    let inspected = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        inspect(&path)
    };
    let good = inspected("with.xml", with);
    assert!(of(&good, "satisfied").contains(&"HIS80415-2012-3.1-2".to_owned()));
    assert!(of(&good, "satisfied").contains(&"HITS1168-7-1".to_owned()));
    let without = with.replace(r#"<Error V="E10" S="2.16.578.1.12.4.1.1.8221"/>"#, "");
    let bad = inspected("without.xml", &without);
    assert!(of(&bad, "violated").contains(&"HIS80415-2012-3.1-2".to_owned()));
    assert_eq!(bad["exit"]["code"], 10);

    let role = |code: &str| with.replace("<Sender><HCP>", &format!(r#"<Sender><Role V="{code}"/><HCP>"#));
    let of_old_version = inspected("role.xml", &role("REQ"));
    assert!(of(&of_old_version, "violated").contains(&"HITS1168-6.2-2".to_owned()));
    let unknown = inspected("prim.xml", &role("PRIM"));
    assert_eq!(of(&unknown, "violated"), Vec::<String>::new(), "who was the primary recipient cannot be seen");
    assert!(!of(&unknown, "satisfied").contains(&"HITS1168-6.2-2".to_owned()));
}

/// What no requirement is about is told all the same: the decoder's defects, and whether the payload was seen.
#[test]
fn an_empty_file_among_others_is_named_and_the_others_are_judged() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("empty.mime"), "\n").unwrap();
    let alone = provestein(&["inspect", &folder.path().display().to_string()]);
    assert_eq!(alone.status.code(), Some(20), "{}", text(&alone));
    fs::copy(root().join("fixtures/templates/LOG_INNLAGT@1.6.xml"), folder.path().join("message.xml")).unwrap();
    let screen = text(&provestein(&["inspect", &folder.path().display().to_string()]));
    assert!(screen.contains("1 message captured") && screen.contains("empty.mime: there is no message"), "{screen}");
}

/// What the screen, the machine format and the process say is one code.
#[test]
fn an_inspection_that_judges_nothing_ends_as_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep.xml");
    fs::write(&path, format!("<a xmlns=\"x\">{}{}</a>", "<b>".repeat(20_000), "</b>".repeat(20_000))).unwrap();
    let path = path.display().to_string();
    let machine = provestein(&["inspect", &path, "--format", "json"]);
    let result: Value = serde_json::from_slice(&machine.stdout).unwrap();
    assert_eq!(result["exit"]["code"].as_i64(), machine.status.code().map(i64::from));
    let human = provestein(&["inspect", &path]);
    assert_eq!((human.status.code(), machine.status.code()), (Some(11), Some(11)));
    let screen = text(&human);
    assert!(screen.contains("11: not established"), "{screen}");
    assert!(!screen.contains("with the run's folder"), "{screen}");
}

#[test]
fn an_inspection_tells_what_was_read_and_what_was_not() {
    let message = "MIME-Version: 1.0\r\nSOAPAction: \"ebXML\"\r\nSOAPAction: \"other\"\r\nContent-Type: multipart/related; boundary=b; type=\"text/xml\"\r\n\r\n--b\r\nContent-Type: text/xml\r\n\r\n<SOAP:Envelope xmlns:SOAP=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:eb=\"http://www.oasis-open.org/committees/ebxml-msg/schema/msg-header-2_0.xsd\"><SOAP:Header><eb:MessageHeader/></SOAP:Header><SOAP:Body><eb:Manifest/></SOAP:Body></SOAP:Envelope>\r\n--b\r\nContent-Type: application/pkcs7-mime\r\n\r\n\u{1b}[2Jhello\r\n";
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("message.mime");
    std::fs::write(&path, message).unwrap();
    let output = text(&provestein(&["inspect", &path.display().to_string()]));
    assert!(output.contains("as read: ") && output.contains("boundary"), "{output}");
    assert!(output.contains("payload, MIME part 2: not opened") && output.contains("`--key`"), "{output}");
    assert!(!output.contains('\u{1b}'), "{output}");
}

/// A message and its AppRec, both captured: what one demands of the other is judged.
#[test]
fn captured_messages_are_compared_with_each_other() {
    let head = r#"<MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24"><MsgInfo><Type V="LOG_INNLAGT"/><MIGversion>v1.2 2006-05-24</MIGversion><GenDate>2026-01-15T09:30:00Z</GenDate><MsgId>5d0c9b5e-6f0a-4a55-9d4c-0f2f6f3a1c11</MsgId><Sender><Organisation><OrganisationName>Sykehus</OrganisationName><Ident><Id>990000010</Id><TypeId V="HER"/></Ident></Organisation></Sender><Receiver><Organisation><OrganisationName>Kommune</OrganisationName><Ident><Id>990000020</Id><TypeId V="HER"/></Ident></Organisation></Receiver></MsgInfo><Document><RefDoc><MsgType V="XML"/><Content><Logistikk xmlns="http://www.kith.no/xmlstds/po/Pasientlogistikk/2012-04-01"/></Content></RefDoc></Document></MsgHead>"#;
    let apprec = |receiver: &str| {
        format!(
            r#"<AppRec xmlns="http://www.kith.no/xmlstds/apprec/2012-02-15"><MsgType V="APPREC"/><MIGversion>v1.1 2012-02-15</MIGversion><GenDate>2026-01-15T09:30:20Z</GenDate><Id>7f0c9b5e-6f0a-4a55-9d4c-0f2f6f3a1c11</Id><Sender><Role V="PRIM"/><HCP><Inst><Id>990000020</Id><TypeId V="HER"/></Inst></HCP></Sender><Receiver><HCP><Inst><Id>{receiver}</Id><TypeId V="HER"/></Inst></HCP></Receiver><Status V="1"/><OriginalMsgId><MsgType V="LOG_INNLAGT"/><IssueDate>2026-01-15T09:30:00Z</IssueDate><Id>5d0c9b5e-6f0a-4a55-9d4c-0f2f6f3a1c11</Id></OriginalMsgId></AppRec>"#
        )
    };
    let inspected = |receiver: &str| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("1-message.xml"), head).unwrap();
        std::fs::write(folder.path().join("2-apprec.xml"), apprec(receiver)).unwrap();
        inspect(folder.path())
    };
    let right = inspected("990000010");
    for id in ["HITS1168-6.1-1", "HITS1168-6.2-2", "HITS1168-8.2-1"] {
        assert!(of(&right, "satisfied").contains(&id.to_owned()), "{id}");
    }
    assert!(of(&inspected("990000011"), "violated").contains(&"HITS1168-6.1-1".to_owned()));
}

#[test]
fn another_serialisation_gives_the_same_ids() {
    let Some(samples) = shared("samples/ebxml-2.0/sarepta-eksempel") else { return };
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("skipped: python3 is not here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for sample in files(&samples, ".xml") {
        let ids: Vec<Vec<String>> = ["plain", "prefixes", "pretty"]
            .into_iter()
            .map(|how| {
                let copy = folder.path().join(format!("{how}.xml"));
                let script = root().join("tests/peer/reserialise.py");
                let made = Command::new("python3").arg(script).arg(&sample).arg(&copy).arg(how).output().unwrap();
                assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
                of(&inspect(&copy), "violated")
            })
            .collect();
        assert!(ids[0].contains(&"HITS1172-45".to_owned()), "the copies are unsigned: {:?}", ids[0]);
        assert_eq!(ids[0], ids[1], "{}: other prefixes", sample.display());
        assert_eq!(ids[0], ids[2], "{}: other white space", sample.display());
    }
}

#[test]
fn official_samples_of_every_kind_are_read_without_harm() {
    let Some(samples) = shared("samples") else { return };
    let output = provestein(&["inspect", &samples.display().to_string(), "--format", "json"]);
    assert!(matches!(code(&output), 0 | 10 | 11), "{}", String::from_utf8_lossy(&output.stderr));
    let result: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(result["run"]["events"].as_u64().unwrap() > 300);
}

#[test]
fn output_that_is_lost_is_not_taken_for_success() {
    let Ok(full) = fs::OpenOptions::new().write(true).open("/dev/full") else {
        eprintln!("skipped: /dev/full is not here");
        return;
    };
    for arguments in [&["scenarios", "schema"][..], &["explain", "exit"], &["completions", "bash"]] {
        let full = full.try_clone().unwrap();
        let output = Command::new(BINARY).args(arguments).stdout(full).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(code(&output), 70, "{arguments:?}");
        assert!(text(&output).contains("could not be written to standard output"), "{}", text(&output));
        assert!(!text(&output).contains("harness bug"), "{}", text(&output));
    }
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = Command::new(BINARY).args(["scenarios", "schema"]).stdout(writer).output().unwrap();
    assert_eq!((code(&output), text(&output).as_str()), (0, ""), "a closed pipe is quiet");
}

#[test]
fn a_place_where_no_run_folder_can_be_is_a_mistake_of_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let output = provestein(&["demo", "--out", &file.display().to_string()]);
    assert_eq!(code(&output), 20, "{}", text(&output));
    assert!(output.stdout.is_empty(), "nothing is announced that cannot be done: {}", text(&output));
    assert!(text(&output).contains("must be a folder") && text(&output).contains("--out"), "{}", text(&output));
}

/// Ends it with the test, also with one that fails.
struct Reference(Child);

impl Drop for Reference {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A kit, and the built-in reference as a process with a subject file for it.
fn reference(folder: &Path) -> Reference {
    assert!(Command::new(BINARY).arg("kit").arg(folder.join("kit")).output().unwrap().status.success());
    let port = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let (listen, harness) = (port(), port());
    let mut command = Command::new(BINARY);
    command.args(["reference", "--listen", &format!("127.0.0.1:{listen}"), "--kit"]).arg(folder.join("kit"));
    command.args(["--harness", &format!("http://127.0.0.1:{harness}/"), "--write-subject"]).arg(folder.join("ref"));
    let started = Reference(command.stdout(Stdio::null()).spawn().unwrap());
    let began = Instant::now();
    while TcpStream::connect(("127.0.0.1", listen)).is_err() {
        assert!(began.elapsed() < Duration::from_secs(20), "the reference did not come up");
        std::thread::yield_now();
    }
    started
}

fn run(folder: &Path, subject: &str) -> Command {
    let mut command = Command::new(BINARY);
    command.arg("run").arg("--subject").arg(folder.join("ref").join(subject)).arg("--out").arg(folder.join("reports"));
    command
}

#[test]
fn what_did_not_run_is_not_said_to_be_met() {
    let folder = tempfile::tempdir().unwrap();
    let _reference = reference(folder.path());
    let subject = fs::read_to_string(folder.path().join("ref/subject.yaml")).unwrap();
    fs::write(folder.path().join("ref/typo.yaml"), subject.replace("LOG_INNLAGT@1.6", "LOG_INLAGT@1.6")).unwrap();
    let output = run(folder.path(), "typo.yaml").output().unwrap();
    assert_eq!(code(&output), 21, "{}", text(&output));
    for wanted in ["typo.yaml:", "^^^^^^^^^^^^^^", "known are DIALOG_FORESPORSEL@1.0, "] {
        assert!(text(&output).contains(wanted), "{wanted} is not in {}", text(&output));
    }
    let output = run(folder.path(), "subject.yaml").arg("receive/accepted/utskrivningsrapport").output().unwrap();
    assert_eq!(code(&output), 0, "{}", text(&output));
    let screen = text(&output);
    assert!(screen.contains("1 of the 12 scenarios of the profile ran"), "{screen}");
    assert!(screen.contains("0: all obligations that were tested are met; 11 of 12 scenarios"), "{screen}");
    assert!(!screen.contains("all obligations met"), "{screen}");
    let result = files(&folder.path().join("reports"), "result.json").pop().unwrap();
    let result: Value = serde_json::from_slice(&fs::read(result).unwrap()).unwrap();
    assert_eq!((result["not_run"].as_array().unwrap().len(), &result["exit"]["code"]), (11, &Value::from(0)));
}

#[cfg(unix)]
#[test]
fn a_run_that_is_asked_to_end_ends_in_order_and_can_go_on() {
    let folder = tempfile::tempdir().unwrap();
    let _reference = reference(folder.path());
    let mut command = run(folder.path(), "subject.yaml");
    command.args(["receive/accepted", "receipts/duplicate"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let log = || files(&folder.path().join("reports"), "events.jsonl").pop();
    let is_end = |event: &Event| matches!(event, Event::ScenarioEnded { .. });
    let stored = || read::open(log()?.parent()?).ok();
    while !stored().is_some_and(|stored| stored.events.iter().any(|r| is_end(&r.event))) {
        assert!(child.try_wait().unwrap().is_none(), "it ended by itself");
        std::thread::yield_now();
    }
    let asked = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(asked.success());
    let output = child.wait_with_output().unwrap();
    assert_eq!(code(&output), 11, "{}", text(&output));
    assert!(
        text(&output).contains("interrupted: ") && text(&output).contains("provestein resume "),
        "{}",
        text(&output)
    );
    let log = log().unwrap();
    let run = log.parent().unwrap();
    assert!(!read::open(run).unwrap().is_finished());
    for name in ["report.html", "junit.xml", "result.json", "summary.md"] {
        assert!(run.join(name).is_file(), "{name} is missing");
    }
    let resumed = provestein(&["resume", &run.display().to_string()]);
    assert_eq!(code(&resumed), 0, "{}", text(&resumed));
    assert!(read::open(run).unwrap().is_finished());
    let verified = provestein(&["verify", &run.display().to_string()]);
    assert!(code(&verified) == 0 && text(&verified).contains("report.html is what"), "{}", text(&verified));
}
