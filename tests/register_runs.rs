//! Registers in a run, end to end: the foreign peer asks the address register and the revocation list before every
//! message, and scenarios have them answer wrongly.

use crate::support::registers::free_port;
use crate::support::{python, root};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

const BINARY: &str = env!("CARGO_BIN_EXE_provestein");
const LOGIN: &str = "epj:hemmelig";

fn available() -> bool {
    python::available() && python::runs("openssl", "version")
}

/// A kit, a subject file with registers, and a peer that asks them, or does not.
struct Room {
    peer: Child,
    folder: tempfile::TempDir,
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = self.peer.kill();
        let _ = self.peer.wait();
    }
}

impl Room {
    fn open(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let kit = folder.path().join("kit");
        let (port, harness, registers) = (free_port(), free_port(), free_port());
        let made = Command::new(BINARY)
            .arg("kit")
            .arg(&kit)
            .args(["--harness", &format!("http://127.0.0.1:{harness}/")])
            .args(["--registers", &format!("http://127.0.0.1:{registers}")])
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let own = |name: &str| kit.join("subject").join(name).display().to_string();
        let at = |name: &str| kit.join(name).display().to_string();
        fs::write(folder.path().join("password"), "hemmelig\n").unwrap();
        fs::write(
            folder.path().join("subject.yaml"),
            format!(
                "subject: {{ supplier: Fremmed AS, system: Python peer, version: \"1\" }}\npurpose: test\nprofile: plo-receive-nhn@1\n\
                 claims: {{ messages: {{ LOG_INNLAGT@1.6: [receive] }} }}\n\
                 carrier: {{ http: {{ url: \"http://127.0.0.1:{port}/\" }} }}\ninbox: {{ http: {harness}, bind: 127.0.0.1 }}\n\
                 registers: {{ http: {registers}, bind: 127.0.0.1, login: {{ user: epj, password: ar }} }}\n\
                 secrets: {{ ar: {{ file: password }} }}\n\
                 parties:\n  municipality:\n    organisation: {{ her: 990000020, name: Nordvik kommune (syntetisk), number: \"310000027\" }}\n    \
                 service: {{ her: 990000021, name: Pleie- og omsorgstjeneste }}\n    \
                 certificates: {{ sign: {}, encrypt: {} }}\npartners: kit\n\
                 patience: {{ transport: 20 s, apprec: 20 s, quiet: 1 s }}\n",
                own("municipality-sign.pem"),
                own("municipality-encrypt.pem"),
            ),
        )
        .unwrap();
        let ready = folder.path().join("ready");
        let partner =
            format!("990000011=http://127.0.0.1:{harness}/:{}:{}", at("hospital-sign.pem"), at("hospital-encrypt.pem"));
        let mut command = Command::new("python3");
        command.arg(root().join("tests/peer/peer.py"));
        command.args(["--listen", &format!("127.0.0.1:{port}"), "--partner", &partner]);
        for kind in ["sign", "encrypt"] {
            command.args([format!("--{kind}-key"), own(&format!("municipality-{kind}.key.pem"))]);
            command.args([format!("--{kind}-cert"), own(&format!("municipality-{kind}.pem"))]);
        }
        command.arg("--ready-file").arg(&ready);
        for argument in arguments {
            let url = format!("http://127.0.0.1:{registers}/v1/AR/Basic");
            command.arg(argument.replace("{url}", &url).replace("{roots}", &at("chain.pem")));
        }
        let peer = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let room = Self { peer, folder };
        let began = Instant::now();
        while !ready.exists() {
            assert!(began.elapsed() < Duration::from_secs(30), "the peer did not become ready");
            std::thread::yield_now();
        }
        room
    }

    /// A peer that asks.
    fn asking() -> Self {
        Self::open(&["--register", "{url}", "--register-roots", "{roots}", "--register-login", LOGIN])
    }

    fn run(&self, scenarios: &[&str]) -> Outcome {
        let out = self.folder.path().join("reports");
        let mut command = Command::new(BINARY);
        command.arg("run").arg("--subject").arg(self.folder.path().join("subject.yaml")).arg("--out").arg(&out);
        let output = command.args(scenarios).output().unwrap();
        let folder = fs::read_dir(&out).map(|mut entries| entries.next().unwrap().unwrap().path()).unwrap_or_default();
        let result = fs::read_to_string(folder.join("result.json")).unwrap_or_default();
        Outcome { text: text(&output), result: serde_json::from_str(&result).unwrap_or_default(), folder, output }
    }
}

struct Outcome {
    output: Output,
    text: String,
    result: Value,
    folder: PathBuf,
}

impl Outcome {
    fn verdict(&self, scenario: &str) -> &str {
        let all = self.result["scenarios"].as_array().unwrap();
        let found = all.iter().find(|one| one["id"] == format!("registers/{scenario}"));
        found.and_then(|one| one["verdict"].as_str()).unwrap_or_else(|| panic!("{scenario}: {}", self.text))
    }

    fn status(&self, id: &str) -> String {
        let all = self.result["requirements"].as_array().unwrap();
        all.iter()
            .find(|row| row["id"] == id)
            .map_or_else(String::new, |row| row["status"].as_str().unwrap().to_owned())
    }

    fn log(&self) -> String {
        fs::read_to_string(self.folder.join("events.jsonl")).unwrap()
    }
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn a_peer_that_asks_the_registers_passes_all_six() {
    if !available() {
        return;
    }
    let room = Room::asking();
    let outcome = room.run(&["registers"]);
    for scenario in [
        "unknown-sender",
        "certificate-expired",
        "certificate-replaced",
        "certificate-revoked",
        "revocation-unreachable",
        "slow",
    ] {
        assert_eq!(outcome.verdict(scenario), "passed", "{scenario}: {}", outcome.text);
    }
    assert!(
        outcome.text.contains("registers     asked address GetCertificateDetailsForEncryption"),
        "{}",
        outcome.text
    );
    let html = fs::read_to_string(outcome.folder.join("report.html")).unwrap();
    assert!(html.contains("from here register address answers unknown-party about 990000011"));
    assert!(
        html.contains("register revocation asked: crl about issuing: no answer, unreachable as the scenario wants it")
    );
    assert_eq!(outcome.status("HITS1172-4.2.2.3-p4"), "verified");
    assert_eq!(outcome.status("HITS1171-4.1-4"), "verified");
    let log = outcome.log();
    for part in [
        "\"operation\":\"GetCertificateDetailsForEncryption\",\"about\":\"990000011\"",
        "\"mode\":\"replaced-certificate\"",
        "\"register\":\"revocation\",\"operation\":\"crl\",\"about\":\"issuing\"",
        "\"ModeSet\"",
    ] {
        assert!(log.contains(part), "the log has no {part}");
    }
    // Neither the password nor what it was sent as is anywhere in the run folder.
    for path in crate::support::files(&outcome.folder, "") {
        let bytes = fs::read(&path).unwrap();
        for secret in ["hemmelig", "ZXBqOmhlbW1lbGln"] {
            assert!(!bytes.windows(secret.len()).any(|w| w == secret.as_bytes()), "{}", path.display());
        }
    }
    let verified = Command::new(BINARY).arg("verify").arg(&outcome.folder).output().unwrap();
    assert!(verified.status.success(), "{}", text(&verified));
}

#[test]
fn a_peer_that_asks_nobody_is_not_judged_by_what_registers_say() {
    if !available() {
        return;
    }
    let outcome = Room::open(&[]).run(&["registers/unknown-sender", "registers/certificate-revoked"]);
    for scenario in ["unknown-sender", "certificate-revoked"] {
        assert_eq!(outcome.verdict(scenario), "not-established", "{}", outcome.text);
    }
    assert!(outcome.text.contains("was not asked while it answered"), "{}", outcome.text);
    assert!(outcome.text.contains("your system asked no register of ours anything"), "{}", outcome.text);
    assert_eq!(outcome.output.status.code(), Some(12), "{}", outcome.text);
    assert_eq!(outcome.status("HITS1171-4.1-4"), "not-established");
}

#[test]
fn a_scenario_with_a_fault_needs_registers() {
    if !available() {
        return;
    }
    let room = Room::open(&[]);
    let file = room.folder.path().join("subject.yaml");
    let text = fs::read_to_string(&file).unwrap();
    let without: String =
        text.lines().filter(|line| !line.starts_with("registers:")).map(|l| format!("{l}\n")).collect();
    fs::write(&file, without).unwrap();
    let outcome = room.run(&["registers/slow"]);
    assert_eq!(outcome.output.status.code(), Some(22), "{}", outcome.text);
    assert!(outcome.text.contains("the subject file has no `registers`"), "{}", outcome.text);
}

#[test]
fn the_doctor_compares_registers_and_kit() {
    if !available() {
        return;
    }
    let room = Room::open(&[]);
    let file = room.folder.path().join("subject.yaml");
    let doctor = || text(&Command::new(BINARY).arg("doctor").arg("--subject").arg(&file).output().unwrap());
    let said = doctor();
    assert!(said.contains("our registers at 127.0.0.1") && said.contains("named as http://127.0.0.1"), "{said}");
    let text = fs::read_to_string(&file).unwrap();
    let at = text.find("registers: { http: ").unwrap() + "registers: { http: ".len();
    let end = at + text[at..].find(',').unwrap();
    fs::write(&file, format!("{}{}{}", &text[..at], free_port(), &text[end..])).unwrap();
    let said = doctor();
    assert!(said.contains("another port than `registers.http`"), "{said}");
}

#[test]
fn a_port_of_the_registers_that_is_taken_is_configuration() {
    if !available() {
        return;
    }
    let room = Room::open(&[]);
    let text = fs::read_to_string(room.folder.path().join("subject.yaml")).unwrap();
    let line = text.lines().find(|line| line.starts_with("registers:")).unwrap();
    let port: u16 = line.split("http: ").nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
    let _taken = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    let outcome = room.run(&["registers/slow"]);
    assert_eq!(outcome.output.status.code(), Some(12), "{}", outcome.text);
    assert!(outcome.text.contains("failed to open the registers at 127.0.0.1"), "{}", outcome.text);
}
