//! Whole runs by mail: the reference in this process, and the foreign peer with Python's poplib and smtplib.

use crate::foreign_peer::{Outcome, available, kit, run};
use crate::support::{free_port, root};
use provestein::checks::ledger::Status;
use provestein::checks::verdict::Verdict;
use provestein::command::{demo, run as planned};
use provestein::embedded;
use provestein::exchange::engine::{Progress, Quiet};
use provestein::reference::defect::Defect;
use provestein::run_folder::{self, Judged};
use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

const PLAIN: &str = "receive/accepted/log-innlagt";
/// HITS 1172 5.5.1: that a field is there, and that something stands in it.
const PRESENT: [&str; 4] = ["HITS1172-18", "HITS1172-19", "HITS1172-20", "HITS1172-250"];
const FILLED: [&str; 4] = ["HITS1172-251", "HITS1172-80", "HITS1172-81", "HITS1172-83"];

/// A run against the reference, by mail, judged.
fn against_reference(defects: &[Defect], selection: &[&str], progress: &dyn Progress) -> (Judged, tempfile::TempDir) {
    by_profile("plo-receive-nhn", defects, selection, progress)
}

fn by_profile(
    profile: &str,
    defects: &[Defect],
    selection: &[&str],
    progress: &dyn Progress,
) -> (Judged, tempfile::TempDir) {
    let profile = embedded::profile(profile).unwrap();
    let subject = demo::over_mail(demo::subject(&profile).unwrap());
    let selection: Vec<String> = selection.iter().map(|s| (*s).to_owned()).collect();
    let prepared = planned::plan(subject, profile, &selection, Vec::new()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let id = "00000000-0000-4000-8000-000000000001".to_owned();
    demo::execute(prepared, defects.to_vec(), id, folder.path(), progress).unwrap();
    (run_folder::judge(folder.path(), None).unwrap(), folder)
}

fn violated(judged: &Judged) -> Vec<String> {
    let rows = judged.judgement.ledger.rows().filter(|row| row.violated > 0);
    let mut ids: Vec<String> = rows.map(|row| row.requirement.to_string()).collect();
    ids.sort();
    ids
}

fn not_established(judged: &Judged) -> Vec<String> {
    let observed = judged.judgement.observations.iter();
    observed.filter(|o| matches!(o.verdict, Verdict::CannotTell(_))).map(|o| format!("{o:?}")).collect()
}

#[test]
fn what_a_system_sends_by_mail_is_acknowledged_answered_and_sent_again() {
    let sending = ["send/accepted", "send/retry", "send/apprec"];
    let (judged, _folder) = by_profile("plo-send-nhn", &[], &sending, &Quiet);
    let totals = &judged.judgement.totals;
    let counted = (totals.violated, totals.not_established, totals.scenarios_passed);
    assert_eq!(counted, (0, 0, 12), "{:?} {:?}", not_established(&judged), violated(&judged));
    assert_eq!(judged.judgement.suite_defects, []);
}

#[test]
fn the_reference_exchanges_all_of_the_profile() {
    let (judged, _folder) = against_reference(&[], &[], &Quiet);
    let totals = &judged.judgement.totals;
    let counted = (totals.violated, totals.not_established, totals.scenarios_passed);
    assert_eq!(counted, (0, 0, 15), "{:?}", not_established(&judged));
    assert_eq!(judged.judgement.exit.code, 0);
    for id in PRESENT.iter().chain(&FILLED) {
        let row = judged.judgement.ledger.rows().find(|row| row.requirement.as_str() == *id).unwrap();
        assert_eq!(row.status, Status::Verified, "{id}");
    }
    let sendings: Vec<_> = judged.history.messages.iter().flat_map(|m| &m.sendings).collect();
    let ids: std::collections::BTreeSet<_> = sendings.iter().map(|s| &s.mail.as_ref().unwrap().message_id).collect();
    assert_eq!(ids.len(), sendings.len(), "each sending is a mail of its own");
    assert!(sendings.iter().all(|s| s.outcome.is_some()), "each was fetched");
}

#[test]
fn each_defect_of_a_mail_is_found_by_exactly_what_it_breaks() {
    let all: [(Defect, &str, &[&str]); 3] = [
        (Defect::MailHeaderMissing, PLAIN, &PRESENT),
        (Defect::MailHeaderEmpty, PLAIN, &FILLED),
        (Defect::MailBounceAnswered, "mail/bounce", &["HITS1172-4.2.2-p7"]),
    ];
    assert_eq!(all.len() + 1, Defect::ALL.into_iter().filter(|defect| defect.is_of_mail()).count());
    for (defect, scenario, ids) in all {
        let (judged, _folder) = against_reference(&[defect], &[scenario], &Quiet);
        assert_eq!(violated(&judged), ids, "{defect}");
        assert_eq!(judged.judgement.exit.code, 10);
    }
}

#[test]
fn a_fault_that_does_not_come_is_not_established() {
    let (judged, _folder) = against_reference(&[Defect::MailFaultMissing], &["mail/not-ebxml"], &Quiet);
    assert_eq!(violated(&judged), Vec::<String>::new(), "patience that runs out proves nothing");
    assert_eq!((judged.judgement.totals.scenarios_not_established, judged.judgement.exit.code), (1, 11));
}

/// Posts mails that are no ebXML: one in the subject's name, one in nobody's, and a bounce.
struct Foreign;

impl Progress for Foreign {
    fn listening(&self, address: SocketAddr) {
        thread::spawn(move || {
            let mail = |head: &str| {
                format!(
                    "EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<hospital@edi.test>\r\nDATA\r\n{head}\r\n\r\nHei\r\n.\r\nQUIT\r\n"
                )
            };
            for head in [
                "From: Nordvik <Municipality@edi.test>\r\nTo: hospital@edi.test\r\nMessage-ID: <by-hand@edi.test>",
                "From: somebody@else.test\r\nMessage-ID: <spam@else.test>",
                "From: municipality@edi.test\r\nContent-Type: multipart/report; boundary=x",
            ] {
                let Ok(mut stream) = TcpStream::connect(address) else { return };
                let _ = stream.write_all(mail(head).as_bytes());
                let _ = stream.read_to_end(&mut Vec::new());
            }
        });
    }
}

#[test]
fn our_parties_answer_a_mail_that_cannot_be_read_with_a_fault_and_a_stranger_with_nothing() {
    let (judged, _folder) = against_reference(&[], &[PLAIN], &Foreign);
    assert_eq!(judged.judgement.exit.code, 0, "{:?}", not_established(&judged));
    let faults: Vec<_> = judged
        .history
        .messages
        .iter()
        .filter(|m| m.composed.as_ref().is_some_and(|c| c.what == "SOAP Fault"))
        .map(|m| m.message.entity.headers.get("In-Reply-To").unwrap().value.clone())
        .collect();
    assert_eq!(faults, ["<by-hand@edi.test>"]);
}

/// Means no good at every port that opens, for as long as it lives.
#[derive(Default)]
struct Hostile {
    held: Mutex<Vec<TcpStream>>,
}

impl Progress for Hostile {
    fn listening(&self, address: SocketAddr) {
        // Those who connect and say nothing, or begin and never end.
        for beginning in [&b""[..], b"EHLO a\r\nMAIL FROM:<a@b>\r\nRCPT TO:<b@c>\r\nDATA\r\nx", b"USER a\r\nPASS "] {
            for _ in 0..30 {
                let mut stream = TcpStream::connect(address).unwrap();
                let _ = stream.write_all(beginning);
                self.held.lock().unwrap().push(stream);
            }
        }
        thread::spawn(move || {
            let garbage: Vec<u8> = (0..60_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
            let long = vec![b'x'; 60_000];
            let injected = b"EHLO a\r\nSTARTTLS\r\nMAIL FROM:<a@b>\r\nRCPT TO:<b@c>\r\nDATA\r\n.\r\n".to_vec();
            let spam =
                b"EHLO a\r\nMAIL FROM:<>\r\nRCPT TO:<b@c>\r\nDATA\r\nSubject: x\r\n\r\nno ebXML\r\n.\r\nQUIT\r\n"
                    .to_vec();
            for bytes in [garbage, long, injected, spam] {
                let Ok(mut stream) = TcpStream::connect(address) else { return };
                let _ = stream.set_read_timeout(Some(Duration::from_secs(2)));
                let _ = stream.write_all(&bytes);
                let _ = stream.read_to_end(&mut Vec::new());
            }
        });
    }
}

#[test]
fn hostile_clients_do_not_disturb_a_run() {
    let (judged, _folder) = against_reference(&[], &[PLAIN, "receipts/duplicate/same-envelope"], &Hostile::default());
    let totals = &judged.judgement.totals;
    assert_eq!((totals.violated, totals.not_established, totals.scenarios_passed), (0, 0, 2));
    assert_eq!(judged.judgement.exit.code, 0);
}

/// The foreign peer, which fetches from the harness and posts to it.
struct Peer {
    child: Child,
    folder: tempfile::TempDir,
    smtp: u16,
    pop3: u16,
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
        let (smtp, pop3) = (free_port(), free_port());
        let kit = kit().join("kit");
        let pki = root().join("fixtures/pki/demo");
        let partner = format!(
            "990000011=mailto:hospital@edi.test:{}:{}",
            kit.join("hospital-sign.pem").display(),
            kit.join("hospital-encrypt.pem").display()
        );
        let ready = folder.path().join("ready");
        let mut command = Command::new("python3");
        command.arg(root().join("tests/peer/peer.py")).args(["--partner", &partner]);
        command.args(["--smtp", &format!("127.0.0.1:{smtp}"), "--pop3", &format!("127.0.0.1:{pop3}")]);
        for (option, file) in [
            ("--sign-key", "municipality-sign.key.pem"),
            ("--sign-cert", "municipality-sign.pem"),
            ("--encrypt-key", "municipality-encrypt.key.pem"),
            ("--encrypt-cert", "municipality-encrypt.pem"),
        ] {
            command.arg(option).arg(pki.join(file));
        }
        command.args(["--organisation-her", "990000020", "--service-her", "990000021", "--ready-file"]).arg(&ready);
        command.arg("--journal").arg(folder.path().join("journal"));
        let child = command.args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let peer = Self { child, folder, smtp, pop3 };
        let began = Instant::now();
        while !ready.exists() {
            assert!(began.elapsed() < Duration::from_secs(20), "the peer did not become ready");
            thread::yield_now();
        }
        peer
    }

    fn run(&self, patience: &str, scenarios: &[&str]) -> Outcome {
        let pki = root().join("fixtures/pki/demo");
        let subject = self.folder.path().join("subject.yaml");
        fs::write(self.folder.path().join("password"), "hemmelig\n").unwrap();
        let text = format!(
            "subject: {{ supplier: Fremmed AS, system: Python peer, version: \"1\" }}\npurpose: test\nprofile: plo-receive-nhn@1\n\
             claims:\n  messages: {{ LOG_INNLAGT@1.6: [receive], UTSKRIVNINGSRAPPORT@1.6: [receive] }}\n\
             carrier: mail\n\
             inbox: {{ smtp: {}, pop3: {}, bind: 127.0.0.1, login: {{ user: municipality@edi.test, password: box }} }}\n\
             secrets: {{ box: {{ file: password }} }}\n\
             parties:\n  municipality:\n    organisation: {{ her: 990000020, name: Nordvik kommune (syntetisk), number: \"310000027\" }}\n    \
             service: {{ her: 990000021, name: Pleie- og omsorgstjeneste, edi: municipality@edi.test }}\n    \
             certificates: {{ sign: {}, encrypt: {} }}\npartners: {}\npatience: {patience}\n",
            self.smtp,
            self.pop3,
            pki.join("municipality-sign.pem").display(),
            pki.join("municipality-encrypt.pem").display(),
            kit().join("kit").display(),
        );
        fs::write(&subject, text).unwrap();
        run(&subject, scenarios)
    }

    fn log(&self) -> String {
        let run = fs::read_dir(self.folder.path().join("reports")).unwrap().flatten().next().unwrap().path();
        fs::read_to_string(run.join("events.jsonl")).unwrap()
    }
}

const PATIENT: &str = "{ transport: 20 s, apprec: 20 s, quiet: 1 s, poll: 1 s }";
const HASTY: &str = "{ transport: 2 s, apprec: 2 s, quiet: 1 s, poll: 500 ms }";

#[test]
fn a_foreign_peer_exchanges_all_of_the_profile() {
    if !available() {
        return;
    }
    let peer = Peer::start(&["--ber"]);
    let outcome = peer.run(PATIENT, &[]);
    let journal = || fs::read_to_string(peer.folder.path().join("journal")).unwrap_or_default();
    assert_eq!(outcome.violated(), Vec::<&str>::new(), "{}\n{}", outcome.text, journal());
    assert_eq!(outcome.code, 0, "{}\n{}", outcome.text, journal());
    assert!(outcome.text.trim_end().ends_with("15 passed, 0 failed, 0 skipped"), "{}", outcome.text);
    let log = peer.log();
    assert!(log.contains("MailFetched") && !log.contains("hemmelig"), "no password is in the log");
    assert!(!outcome.text.contains("hemmelig"));
}

/// A defect of the peer, the scenarios that show it, and what must be among the violated requirements.
const DEFECTS: [(&str, &[&str], &str); 5] = [
    ("mail-header-missing", &[PLAIN], "HITS1172-250"),
    ("ack-not-repeated", &["receipts/acknowledgment/lost"], "HITS1172-5.8.2-p3"),
    ("ack-without-cid", &[PLAIN], "HITS1172-117"),
    ("soapaction-missing", &[PLAIN], "HITS1172-22"),
    ("apprec-twice-for-copied-msgid", &["receipts/duplicate/msgid-in-new-envelope"], "HITS1168-5.4-1"),
];

#[test]
fn defects_of_the_foreign_peer_are_found_over_mail() {
    if !available() {
        return;
    }
    let handles: Vec<_> = DEFECTS
        .into_iter()
        .map(|(defect, scenarios, id)| {
            thread::spawn(move || (defect, id, Peer::start(&["--defect", defect]).run(HASTY, scenarios)))
        })
        .collect();
    for handle in handles {
        let (defect, id, outcome) = handle.join().unwrap();
        assert_eq!(outcome.code, 10, "{defect}: {}", outcome.text);
        assert!(outcome.violated().contains(&id), "{defect}: {:?}\n{}", outcome.violated(), outcome.text);
    }
}

#[test]
fn a_wrong_password_is_a_matter_of_configuration_and_an_empty_place_one_of_the_environment() {
    if !available() {
        return;
    }
    let outcome = Peer::start(&["--password", "feil"]).run(HASTY, &[PLAIN]);
    assert_eq!(outcome.code, 12, "{}", outcome.text);
    assert!(
        outcome.text.contains("a login at our pop3 server as `municipality@edi.test` was refused"),
        "{}",
        outcome.text
    );
    assert_eq!(outcome.violated(), Vec::<&str>::new());
    let mut peer = Peer::start(&[]);
    peer.child.kill().unwrap();
    peer.child.wait().unwrap();
    let outcome = peer.run(HASTY, &[PLAIN]);
    assert_eq!(outcome.code, 13, "{}", outcome.text);
    assert!(outcome.text.contains("nobody has logged in to the mailbox"), "{}", outcome.text);
}
