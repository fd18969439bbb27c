//! The twelve scenarios against a message handler in another language that shares nothing with us but the standards:
//! `tests/peer`, Python's standard library and openssl. Over real HTTP, by the binary, as a vendor would.

use crate::support::{free_port, root};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

const BINARY: &str = env!("CARGO_BIN_EXE_provestein");
const PLAIN: &str = "receive/accepted/log-innlagt";

/// Whether what the peer needs is on this machine.
pub(crate) fn available() -> bool {
    static AVAILABLE: OnceLock<bool> = OnceLock::new();
    *AVAILABLE.get_or_init(|| {
        let runs = |program: &str, argument: &str| {
            Command::new(program)
                .arg(argument)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|s| s.success())
        };
        let all = runs("python3", "--version") && runs("openssl", "version");
        if !all {
            eprintln!("skipped: python3 or openssl is not here");
        }
        all
    })
}

/// A kit, made once: its keys cost a second.
pub(crate) fn kit() -> &'static Path {
    static KIT: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = KIT.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let made = Command::new(BINARY).arg("kit").arg(folder.path().join("kit")).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        folder
    });
    folder.path()
}

struct Peer {
    child: Child,
    port: u16,
    harness: u16,
    folder: tempfile::TempDir,
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Peer {
    fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (port, harness) = (free_port(), free_port());
        let ready = folder.path().join("ready");
        let kit = kit().join("kit");
        let pki = root().join("fixtures/pki/demo");
        let partner = format!(
            "990000011=http://127.0.0.1:{harness}/:{}:{}",
            kit.join("hospital-sign.pem").display(),
            kit.join("hospital-encrypt.pem").display()
        );
        let mut command = Command::new("python3");
        command.arg(root().join("tests/peer/peer.py")).args([
            "--listen",
            &format!("127.0.0.1:{port}"),
            "--partner",
            &partner,
        ]);
        for (option, file) in [
            ("--sign-key", "municipality-sign.key.pem"),
            ("--sign-cert", "municipality-sign.pem"),
            ("--encrypt-key", "municipality-encrypt.key.pem"),
            ("--encrypt-cert", "municipality-encrypt.pem"),
        ] {
            command.arg(option).arg(pki.join(file));
        }
        command.args(["--organisation-her", "990000020", "--service-her", "990000021", "--ready-file"]).arg(&ready);
        let child = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let peer = Self { child, port, harness, folder };
        let began = Instant::now();
        while !ready.exists() {
            assert!(began.elapsed() < Duration::from_secs(20), "the peer did not become ready");
            std::thread::yield_now();
        }
        peer
    }

    fn subject(&self, patience: &str) -> String {
        let pki = root().join("fixtures/pki/demo");
        format!(
            "subject: {{ supplier: Fremmed AS, system: Python peer, version: \"1\" }}\npurpose: test\nprofile: plo-receive-nhn@1\n\
             claims:\n  messages: {{ LOG_INNLAGT@1.6: [receive], UTSKRIVNINGSRAPPORT@1.6: [receive] }}\n\
             carrier: {{ http: {{ url: \"http://127.0.0.1:{}/\" }} }}\ninbox: {{ http: {}, bind: 127.0.0.1 }}\n\
             parties:\n  municipality:\n    organisation: {{ her: 990000020, name: Nordvik kommune (syntetisk), number: \"310000027\" }}\n    \
             service: {{ her: 990000021, name: Pleie- og omsorgstjeneste }}\n    \
             certificates: {{ sign: {}, encrypt: {} }}\npartners: {}\npatience: {patience}\n",
            self.port,
            self.harness,
            pki.join("municipality-sign.pem").display(),
            pki.join("municipality-encrypt.pem").display(),
            kit().join("kit").display(),
        )
    }

    /// Runs scenarios; gives the exit code, everything printed, and result.json.
    fn run(&self, patience: &str, scenarios: &[&str]) -> Outcome {
        let subject = self.folder.path().join("subject.yaml");
        fs::write(&subject, self.subject(patience)).unwrap();
        run(&subject, scenarios)
    }
}

/// Runs scenarios by the binary; the reports go beside the subject file.
pub(crate) fn run(subject: &Path, scenarios: &[&str]) -> Outcome {
    let reports = subject.parent().unwrap().join("reports");
    let mut command = Command::new(BINARY);
    command.arg("run").arg("--subject").arg(subject).arg("--out").arg(&reports).args(scenarios);
    let output = command.output().unwrap();
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let run = fs::read_dir(&reports).unwrap().flatten().next().expect("a run folder is there").path();
    let result = fs::read_to_string(run.join("result.json")).expect("result.json is there");
    let again = Command::new(BINARY).arg("judge").arg(&run).args(["--format", "json"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&again.stdout), result, "judge gives the very bytes that run wrote");
    Outcome { code: output.status.code().unwrap(), text, result: serde_json::from_str(&result).unwrap() }
}

pub(crate) struct Outcome {
    pub code: i32,
    pub text: String,
    pub result: Value,
}

impl Outcome {
    pub fn violated(&self) -> Vec<&str> {
        let rows = self.result["requirements"].as_array().unwrap();
        rows.iter().filter(|r| r["violated"].as_u64() > Some(0)).map(|r| r["id"].as_str().unwrap()).collect()
    }
}

const PATIENT: &str = "{ transport: 20 s, apprec: 20 s, quiet: 1 s }";
const HASTY: &str = "{ transport: 2 s, apprec: 2 s, quiet: 1 s }";

#[test]
fn a_conforming_peer_exchanges_all_twelve() {
    if !available() {
        return;
    }
    for arguments in [&[][..], &["--ber", "--chunked", "--inner-encoding", "quoted-printable"][..]] {
        let outcome = Peer::start(arguments).run(PATIENT, &[]);
        assert_eq!(outcome.violated(), Vec::<&str>::new(), "{}", outcome.text);
        assert_eq!(outcome.code, 0, "{}", outcome.text);
        assert!(outcome.text.trim_end().ends_with("12 passed, 0 failed, 0 skipped"), "{}", outcome.text);
    }
}

/// A defect of the peer, the scenarios that show it, and what must be among the violated requirements.
const DEFECTS: [(&str, &[&str], &str); 14] = [
    ("ack-not-repeated", &["receipts/acknowledgment/lost"], "HITS1172-5.8.2-p3"),
    ("ack-refers-conversation", &[PLAIN], "HITS1171-5.2.3.2-1"),
    ("ack-without-cid", &[PLAIN], "HITS1172-117"),
    ("ack-unsigned", &[PLAIN], "HITS1172-45"),
    ("ack-with-duplicate-elimination", &[PLAIN], "HITS1171-5.2.1.11-2"),
    ("ack-despite-broken-signature", &[PLAIN, "envelope/broken-signature"], "HITS1172-5.7.2-p2"),
    ("apprec-refers-ebxml-id", &[PLAIN], "HIS80415-2012-3.1-1"),
    ("apprec-twice-for-copied-msgid", &["receipts/duplicate/msgid-in-new-envelope"], "HITS1168-5.4-1"),
    ("apprec-wrong-version", &[PLAIN], "HITS1168-8.2-1"),
    ("apprec-not-mirrored", &[PLAIN], "HITS1168-6.1-1"),
    ("ack-refto-in-messagedata", &[PLAIN], "HITS1172-109"),
    ("ack-bad-digest-copy", &[PLAIN], "HITS1171-5.2.3.3-1"),
    ("soapaction-missing", &[PLAIN], "HITS1172-22"),
    ("error-for-acknowledgment", &["receipts/acknowledgment/never-answered"], "HITS1171-8.1-6"),
];

#[test]
fn each_defect_of_the_peer_is_found() {
    if !available() {
        return;
    }
    let handles: Vec<_> = DEFECTS
        .into_iter()
        .map(|(defect, scenarios, id)| {
            let run = move || (defect, id, Peer::start(&["--defect", defect]).run(HASTY, scenarios));
            std::thread::spawn(run)
        })
        .collect();
    for handle in handles {
        let (defect, id, outcome) = handle.join().unwrap();
        println!("{defect}: exit {}, {:?}", outcome.code, outcome.violated());
        assert_eq!(outcome.code, 10, "{defect}: {}", outcome.text);
        assert!(
            outcome.violated().contains(&id),
            "{defect}: {id} is not among {:?}\n{}",
            outcome.violated(),
            outcome.text
        );
    }
}

/// A peer that does not behave as a message handler at all: the exit code, and words of the one clear message.
const BROKEN: [(&str, i32, &str); 5] = [
    ("hang", 13, "no answer within"),
    ("garbage", 13, "not HTTP"),
    ("close-early", 13, "closed"),
    ("ten-gigabytes", 13, "more than"),
    ("no-receipt-at-all", 12, "nothing of the subject was seen"),
];

#[test]
fn a_broken_peer_is_never_a_matter_of_conformance() {
    if !available() {
        return;
    }
    let handles: Vec<_> = BROKEN
        .into_iter()
        .map(|(how, code, words)| {
            std::thread::spawn(move || (how, code, words, Peer::start(&["--defect", how]).run(HASTY, &[PLAIN])))
        })
        .collect();
    for handle in handles {
        let (how, code, words, outcome) = handle.join().unwrap();
        assert_eq!(outcome.code, code, "{how}: {}", outcome.text);
        assert!(outcome.text.contains(words), "{how}: {}", outcome.text);
        assert_eq!(outcome.violated(), Vec::<&str>::new(), "{how}");
    }
}

#[test]
fn a_subject_that_is_not_there_is_unreachable() {
    if !available() {
        return;
    }
    let mut peer = Peer::start(&[]);
    peer.child.kill().unwrap();
    peer.child.wait().unwrap();
    let outcome = peer.run(HASTY, &[]);
    assert_eq!(outcome.code, 13, "{}", outcome.text);
    assert_eq!(outcome.violated(), Vec::<&str>::new());
}
