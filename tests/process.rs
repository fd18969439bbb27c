//! The subject as a process that the harness starts, restarts and stops.

use crate::support::free_port;
use provestein::evidence::event::{Event, StopReason};
use provestein::evidence::read;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const BINARY: &str = env!("CARGO_BIN_EXE_provestein");

/// A kit, and the built-in reference as a process of a subject file.
pub(crate) struct Bench {
    folder: tempfile::TempDir,
    pub(crate) listen: u16,
    harness: u16,
}

impl Bench {
    pub(crate) fn new() -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap(), listen: free_port(), harness: free_port() };
        let kit = Command::new(BINARY).arg("kit").arg(bench.path("kit")).output().unwrap();
        assert!(kit.status.success());
        for kind in ["sign", "encrypt"] {
            let name = format!("municipality-{kind}.pem");
            fs::copy(bench.path("kit/subject").join(&name), bench.path(&name)).unwrap();
        }
        bench
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The command of the reference, with the placeholders of a subject file.
    pub(crate) fn reference(&self, more: &str) -> String {
        format!(
            "[{BINARY:?}, reference, --listen, \"127.0.0.1:{}\", --kit, \"{{{{kit}}}}\", \
             --harness, \"http://{{{{harness.host}}}}:{{{{harness.http}}}}/\"{more}]",
            self.listen
        )
    }

    pub(crate) fn subject(&self, start: &str) {
        let text = format!(
            "subject: {{ supplier: Prøvestein, system: reference, version: \"1\" }}\npurpose: test\nprofile: plo-receive-nhn\n\
             claims: {{ messages: {{ LOG_INNLAGT@1.6: [receive], UTSKRIVNINGSRAPPORT@1.6: [receive] }} }}\n\
             start: {start}\ncarrier: {{ http: {{ url: \"http://127.0.0.1:{}/\" }} }}\n\
             inbox: {{ http: {}, bind: 127.0.0.1 }}\nparties:\n  municipality:\n    \
             organisation: {{ her: 990000020, name: Nordvik kommune (syntetisk), number: \"310000027\" }}\n    \
             service: {{ her: 990000021, name: Pleie- og omsorgstjeneste }}\n    \
             certificates: {{ sign: municipality-sign.pem, encrypt: municipality-encrypt.pem }}\n\
             partners: kit\npatience: {{ transport: 10 s, apprec: 10 s, quiet: 500 ms }}\n",
            self.listen, self.harness
        );
        fs::write(self.path("subject.yaml"), text).unwrap();
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(BINARY);
        command.arg("run").arg("--subject").arg(self.path("subject.yaml")).arg("--out").arg(self.path("reports"));
        command.args(arguments).output().unwrap()
    }

    /// The events of the only run.
    fn events(&self) -> Vec<Event> {
        let run = fs::read_dir(self.path("reports")).unwrap().flatten().next().unwrap().path();
        let stored = read::open(&run).unwrap();
        stored.check_blobs().unwrap();
        stored.events.into_iter().map(|recorded| recorded.event).collect()
    }

    fn output_of(&self, event: &Event) -> String {
        let Event::SubjectStopped(stop) = event else { panic!("{event:?}") };
        let digest = stop.output.unwrap().to_string();
        let run = fs::read_dir(self.path("reports")).unwrap().flatten().next().unwrap().path();
        let blob = run.join("blobs/sha256").join(&digest[..2]).join(&digest);
        String::from_utf8_lossy(&fs::read(blob).unwrap()).into_owned()
    }
}

pub(crate) fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn stops(events: &[Event]) -> Vec<StopReason> {
    events.iter().filter_map(|e| if let Event::SubjectStopped(s) = e { Some(s.reason) } else { None }).collect()
}

fn answers(port: u16) -> bool {
    std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
}

/// One command starts it, runs all scenarios with two restarts, and leaves nothing behind.
#[test]
fn a_process_is_started_restarted_and_stopped() {
    let bench = Bench::new();
    let state = bench.path("state");
    bench.subject(&format!(
        "{{ process: {{ command: {}, ready: {{ log: \"listening at\" }} }} }}",
        bench.reference(&format!(", --state, {:?}", state.display().to_string()))
    ));
    let output = bench.run(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).trim_end().ends_with("14 passed, 0 failed, 0 skipped"), "{}", text(&output));
    let events = bench.events();
    assert_eq!(stops(&events), [StopReason::Restart, StopReason::Restart, StopReason::RunOver]);
    assert_eq!(events.iter().filter(|e| matches!(e, Event::SubjectStarted(_))).count(), 3);
    let last = events.iter().rfind(|e| matches!(e, Event::SubjectStopped(_))).unwrap();
    assert!(bench.output_of(last).contains("reference listening at"), "what it printed is kept");
    assert!(!answers(bench.listen), "nothing listens any more");
}

/// Without `--state` the reference forgets everything: a duplicate after the restart is answered a second time.
#[test]
fn what_a_restart_forgets_is_found() {
    let bench = Bench::new();
    bench.subject(&format!(
        "{{ process: {{ command: {}, ready: {{ port: {} }} }} }}",
        bench.reference(""),
        bench.listen
    ));
    let output = bench.run(&["receive/restart/duplicate"]);
    let text = text(&output);
    assert_eq!(output.status.code(), Some(10), "{text}");
    assert!(text.contains("violated      ") && text.contains("HITS1168-5.1-3"), "{text}");
}

#[test]
fn a_subject_that_runs_already_is_not_restarted_and_that_is_said() {
    let bench = Bench::new();
    bench.subject("running");
    let output = bench.run(&["receive/restart"]);
    assert_eq!(output.status.code(), Some(22), "{}", text(&output));
    assert!(text(&output).contains("it restarts the subject, which the harness did not start"), "{}", text(&output));
}

/// A system that dies is a matter of the environment, whatever else was awaited; what it printed last is shown.
#[test]
fn a_process_that_dies_is_the_environments_and_its_last_words_are_shown() {
    let bench = Bench::new();
    // It dies when the first message has come in.
    let script = format!(
        "{BINARY} reference --listen 127.0.0.1:{} --kit {{{{kit}}}} --state state & \
         until [ -s state ]; do sleep 0.05; done; echo 'disk full: cannot write journal' >&2; exit 42",
        bench.listen
    );
    bench.subject(&format!("{{ process: {{ command: [sh, -c, {script:?}], ready: {{ log: listening at }} }} }}"));
    let output = bench.run(&["receive/accepted"]);
    let text = text(&output);
    assert_eq!(output.status.code(), Some(13), "{text}");
    assert!(text.contains("disk full: cannot write journal") && text.contains("exit status: 42"), "{text}");
    assert_eq!(stops(&bench.events()), [StopReason::Ended]);
    assert!(!answers(bench.listen), "what it started went with it");
}

#[test]
fn what_never_comes_up_says_why() {
    for (start, code, words) in [
        ("{ process: { command: [sh, -c, \"echo no licence; exit 3\"], ready: { log: never } } }", 13, "no licence"),
        (
            "{ process: { command: [sleep, \"1000\"], ready: { log: never }, within: 300 ms } }",
            13,
            "not ready within 0.3 s",
        ),
        ("{ process: { command: [/no/such/program] } }", 12, "/no/such/program"),
        ("{ process: { command: [sh, -c, \"{{harness.smpt}}\"] } }", 21, "known are harness.host, harness.http"),
        ("{ process: { command: [] } }", 21, "needs a program"),
    ] {
        let bench = Bench::new();
        bench.subject(start);
        let output = bench.run(&["receive/accepted/log-innlagt"]);
        assert_eq!(output.status.code(), Some(code), "{start}: {}", text(&output));
        assert!(text(&output).contains(words), "{start}: {}", text(&output));
    }
}

/// A forgotten process at the subject's port is not tested in its place.
#[test]
fn what_listens_there_already_is_not_taken_for_the_subject() {
    let bench = Bench::new();
    bench.subject(&format!("{{ process: {{ command: {} }} }}", bench.reference("")));
    let doctor =
        || Command::new(BINARY).arg("doctor").arg("--subject").arg(bench.path("subject.yaml")).output().unwrap();
    let output = doctor();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).contains("is started by the run"), "{}", text(&output));
    let _forgotten = std::net::TcpListener::bind(("127.0.0.1", bench.listen)).unwrap();
    assert_eq!(doctor().status.code(), Some(12));
    let output = bench.run(&["receive/accepted/log-innlagt"]);
    assert_eq!(output.status.code(), Some(12), "{}", text(&output));
    assert!(text(&output).contains("before the subject is started"), "{}", text(&output));
}

/// Whoever interrupts a run leaves no subject behind; going on starts it again.
#[test]
fn an_interrupted_run_takes_its_subject_with_it() {
    let bench = Bench::new();
    let state = bench.path("state");
    bench.subject(&format!(
        "{{ process: {{ command: {}, ready: {{ log: \"listening at\" }} }} }}",
        bench.reference(&format!(", --state, {:?}", state.display().to_string()))
    ));
    let mut command = Command::new(BINARY);
    command.arg("run").arg("--subject").arg(bench.path("subject.yaml")).arg("--out").arg(bench.path("reports"));
    let mut child = command.arg("receive").stdout(std::process::Stdio::null()).spawn().unwrap();
    while !has_begun(&bench.path("reports")) {
        assert!(child.try_wait().unwrap().is_none(), "the run ended before it was interrupted");
        std::thread::yield_now();
    }
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(11));
    assert!(!answers(bench.listen), "the subject went with the run");
    let resumed = Command::new(BINARY).args(["resume", "latest", "--out"]).arg(bench.path("reports")).output().unwrap();
    assert_eq!(resumed.status.code(), Some(0), "{}", text(&resumed));
    assert!(text(&resumed).trim_end().ends_with("4 passed, 0 failed, 0 skipped"), "{}", text(&resumed));
    assert_eq!(stops(&bench.events()).last(), Some(&StopReason::RunOver));
    assert!(!answers(bench.listen));
}

fn has_begun(reports: &Path) -> bool {
    let Some(run) = fs::read_dir(reports).ok().and_then(|mut runs| runs.next()).and_then(Result::ok) else {
        return false;
    };
    let log = fs::read_to_string(run.path().join("events.jsonl")).unwrap_or_default();
    log.contains("\"AwaitMet\"")
}
