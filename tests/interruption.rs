//! A run that is killed, cut short or out of disk loses nothing that it had acted on, and can go on.

use crate::support::{files, free_port, root};
use provestein::evidence::event::Event;
use provestein::evidence::read;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const BINARY: &str = env!("CARGO_BIN_EXE_provestein");

/// The built-in reference as a process of its own, with a kit and a subject file for it.
struct Wired {
    reference: Child,
    folder: tempfile::TempDir,
}

impl Drop for Wired {
    fn drop(&mut self) {
        let _ = self.reference.kill();
        let _ = self.reference.wait();
    }
}

impl Wired {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let kit = Command::new(BINARY).arg("kit").arg(path("kit")).output().unwrap();
        assert!(kit.status.success());
        let (listen, harness) = (free_port(), free_port());
        let reference = Command::new(BINARY)
            .args(["reference", "--listen", &format!("127.0.0.1:{listen}")])
            .args(["--harness", &format!("http://127.0.0.1:{harness}/")])
            .arg("--kit")
            .arg(path("kit"))
            .arg("--write-subject")
            .arg(path("subject"))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let wired = Self { reference, folder };
        let began = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", listen)).is_err() {
            assert!(began.elapsed() < Duration::from_secs(20), "the reference did not come up");
            std::thread::yield_now();
        }
        wired
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, out: &Path) -> Command {
        let mut command = Command::new(BINARY);
        command.arg("run").arg("--subject").arg(self.path("subject/subject.yaml")).arg("--out").arg(out);
        command.args(["receive/accepted", "receipts/duplicate/msgid-in-new-envelope", "messages/msgid-not-uuid"]);
        command
    }
}

fn only_run(out: &Path) -> PathBuf {
    fs::read_dir(out).unwrap().flatten().next().expect("a run folder is there").path()
}

/// Every sending in the log has its composition before it, and every blob that is named is there: what was acted on
/// was durable first.
fn nothing_is_missing(run: &Path) -> usize {
    let stored = read::open(run).unwrap();
    stored.check_blobs().unwrap();
    for recorded in &stored.events {
        if let Event::MessageSent { composed, .. } = &recorded.event {
            assert!(matches!(stored.events[usize::try_from(*composed).unwrap()].event, Event::MessageComposed(_)));
        }
    }
    stored.events.len()
}

#[test]
fn killed_at_any_moment_it_goes_on() {
    let wired = Wired::start();
    for number in 0..6u32 {
        let out = wired.path(&format!("reports-{number}"));
        let mut child = wired.run(&out).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Not after a time but after a number of events, so that the kill comes somewhere else each time.
        let wanted = 3 + number as usize * 9;
        loop {
            let log = files(&out, "events.jsonl").pop();
            let lines = log.and_then(|log| fs::read(log).ok()).map_or(0, |b| b.iter().filter(|&&b| b == b'\n').count());
            if lines >= wanted || child.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let run = only_run(&out);
        let before = nothing_is_missing(&run);
        let resumed = Command::new(BINARY).arg("resume").arg(&run).output().unwrap();
        let text = String::from_utf8_lossy(&resumed.stdout);
        assert_eq!(
            resumed.status.code(),
            Some(0),
            "killed after {before} events: {text}{}",
            String::from_utf8_lossy(&resumed.stderr)
        );
        assert!(text.trim_end().ends_with("4 passed, 0 failed, 0 skipped"), "{text}");
        assert!(nothing_is_missing(&run) > before);
        let verified = Command::new(BINARY).arg("verify").arg(&run).output().unwrap();
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    }
}

/// Early and late, in the middle of a line and between two.
#[test]
fn a_log_cut_anywhere_is_gone_on_with() {
    let wired = Wired::start();
    let out = wired.path("reports");
    assert_eq!(wired.run(&out).output().unwrap().status.code(), Some(0));
    let run = only_run(&out);
    let log = run.join("events.jsonl");
    let whole = fs::read(&log).unwrap();
    let between = |at: usize| whole[..at].iter().rposition(|&b| b == b'\n').unwrap() + 1;
    for cut in [whole.len() / 10, between(whole.len() / 3), whole.len() * 2 / 3, whole.len() - 1] {
        fs::write(&log, &whole[..cut]).unwrap();
        fs::remove_file(run.join("result.json")).unwrap();
        let is_torn = whole[cut - 1] != b'\n';
        assert_eq!(read::open(&run).unwrap().torn.is_some(), is_torn);
        let resumed = Command::new(BINARY).arg("resume").arg(&run).output().unwrap();
        assert_eq!(resumed.status.code(), Some(0), "cut at {cut}: {}", String::from_utf8_lossy(&resumed.stdout));
        let stored = read::open(&run).unwrap();
        assert!(stored.torn.is_none());
        let recovered = stored.events.iter().any(|r| matches!(r.event, Event::TailRecovered { .. }));
        assert_eq!(recovered, is_torn, "cut at {cut}");
    }
}

#[test]
fn a_full_disk_stops_the_run_and_leaves_a_readable_log() {
    let wired = Wired::start();
    let disk = wired.path("disk");
    fs::create_dir(&disk).unwrap();
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=160k", "tmpfs"]).arg(&disk).output();
    if !mounted.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: a small file system cannot be mounted here");
        return;
    }
    let output = wired.run(&disk).output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let events = nothing_is_missing(&only_run(&disk));
    let unmounted = Command::new("umount").arg(&disk).output().unwrap();
    assert!(unmounted.status.success());
    assert_eq!(output.status.code(), Some(70), "{text}");
    assert!(text.contains("cannot be recorded") && text.contains("resume"), "{text}");
    assert!(events > 3);
}

#[test]
fn what_is_embedded_is_what_is_in_the_folders() {
    let shipped = provestein::embedded::scenarios().unwrap();
    assert_eq!(shipped.len(), files(&root().join("scenarios"), ".yaml").len());
}
