//! Rows about what two sides must know of each other: certificates, HER-ids, clocks, versions.

use super::table::Row;
use super::wired::{PLAIN, Wired, http_answer, kit};
use crate::support::files;
use crate::support::process::{code, provestein_in, text};
use std::fs;
use std::process::Stdio;

const PAIR: &str = "sign: municipality-sign.pem, encrypt: municipality-encrypt.pem";
const HER: &str = "her: 990000021";

pub fn expired_certificate(row: &Row) {
    let expired = kit().join("scenario-keys/hospital-sign-expired.pem");
    let pair = format!("sign: municipality-sign.pem, encrypt: {:?}", expired.display().to_string());
    let wired = Wired::new(&[(PAIR, &pair)]);
    let _subject = wired.reference();
    row.holds(Some(&wired.doctor(&[])), Some(&wired.run()));
}

pub fn swapped_certificates(row: &Row) {
    let wired = Wired::new(&[(PAIR, "sign: municipality-encrypt.pem, encrypt: municipality-sign.pem")]);
    let _subject = wired.reference();
    row.holds(Some(&wired.doctor(&[])), Some(&wired.run()));
}

pub fn unknown_her_id(row: &Row) {
    let wired = Wired::new(&[(HER, "her: 990000029")]);
    let _subject = wired.reference();
    row.holds(Some(&wired.doctor(&[])), Some(&wired.run()));
}

pub fn her_id_of_ours(row: &Row) {
    let wired = Wired::new(&[(HER, "her: 990000011")]);
    let _subject = wired.reference();
    row.holds(Some(&wired.doctor(&[])), None);
}

/// It takes everything and says nothing.
pub fn silent_subject(row: &Row) {
    let wired = Wired::new(&[]);
    http_answer(wired.listen, || "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned());
    let run = wired.run();
    row.holds(Some(&wired.doctor(&["--run", "latest"])), Some(&run));
}

pub fn other_message_handler(row: &Row) {
    let wired = Wired::new(&[(
        "version: \"1\" }",
        "version: \"1\", message_handler: Melding+, message_handler_version: \"3\" }",
    )]);
    let _subject = wired.reference();
    assert_eq!(code(&wired.run()), 0);
    row.holds(Some(&wired.doctor(&["--run", "latest"])), None);
}

pub fn clock_an_hour_off(row: &Row) {
    let wired = Wired::new(&[]);
    http_answer(wired.listen, || {
        let hour_ago = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(1);
        let date = hour_ago.strftime("%a, %d %b %Y %H:%M:%S GMT");
        format!("HTTP/1.1 405 Method Not Allowed\r\nDate: {date}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    });
    row.holds(Some(&wired.doctor(&[])), None);
}

/// Killed when the first message is on its way; judged as it is, then gone on with.
pub fn harness_killed(row: &Row) {
    let wired = Wired::new(&[]);
    let _subject = wired.reference();
    let mut child = provestein_in(wired.folder.path(), &["run", "--subject", "subject.yaml", PLAIN])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let sent = || {
        let log = files(wired.folder.path(), "events.jsonl").pop();
        log.and_then(|log| fs::read_to_string(log).ok()).is_some_and(|log| log.contains("\"MessageSent\""))
    };
    while !sent() {
        assert!(child.try_wait().unwrap().is_none(), "the run ended before it was killed");
        std::thread::yield_now();
    }
    // SIGKILL: nothing is tidied up.
    child.kill().unwrap();
    child.wait().unwrap();
    let judged = provestein_in(wired.folder.path(), &["judge", "latest"]).output().unwrap();
    row.holds(None, Some(&judged));
    let resumed = provestein_in(wired.folder.path(), &["resume", "latest"]).output().unwrap();
    assert_eq!(code(&resumed), 0, "{}", text(&resumed));
    let verified = provestein_in(wired.folder.path(), &["verify", "latest"]).output().unwrap();
    assert_eq!(code(&verified), 0, "{}", text(&verified));
}
