//! The subject as a container that the harness starts, restarts and removes. Needs a container engine and a build with
//! `--features containers`; no registry: images are made here.

use crate::support::{free_port, root};
use provestein::evidence::event::{Event, StopReason};
use provestein::evidence::read;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

const BINARY: &str = env!("CARGO_BIN_EXE_provestein");
/// Bare, 31 bytes: four links into `/usr`, which is mounted from this machine.
const BARE: &str = "provestein-test-bare:1";

/// Whether an engine answers.
fn engine() -> bool {
    let version = Command::new("docker").arg("version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let answers = version.is_ok_and(|status| status.success());
    if !answers {
        eprintln!("skipped: no container engine answers here (`docker version`)");
    }
    answers
}

pub(crate) fn available() -> bool {
    if !cfg!(feature = "containers") {
        eprintln!("skipped: built without containers (`cargo test --features containers`)");
    }
    cfg!(feature = "containers") && engine()
}

/// A root file system with nothing but links.
fn bare_tar(folder: &std::path::Path) -> PathBuf {
    let inside = folder.join("bare");
    fs::create_dir_all(&inside).unwrap();
    for name in ["lib", "lib64", "bin", "sbin"] {
        std::os::unix::fs::symlink(format!("usr/{name}"), inside.join(name)).unwrap();
    }
    let tar = folder.join("bare.tar");
    let made = Command::new("tar")
        .args(["--mtime=@0", "--owner=0", "--group=0", "-cf"])
        .arg(&tar)
        .arg("-C")
        .arg(&inside)
        .arg(".")
        .status()
        .unwrap();
    assert!(made.success());
    tar
}

struct Bench {
    folder: tempfile::TempDir,
    listen: u16,
    harness: u16,
}

impl Bench {
    fn new() -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap(), listen: free_port(), harness: free_port() };
        let kit = Command::new(BINARY).arg("kit").arg(bench.path("kit")).output().unwrap();
        assert!(kit.status.success(), "{}", text(&kit));
        let pki = root().join("fixtures/pki/demo");
        for file in ["sign.pem", "sign.key.pem", "encrypt.pem", "encrypt.key.pem"] {
            fs::create_dir_all(bench.path("own")).unwrap();
            fs::copy(pki.join(format!("municipality-{file}")), bench.path("own").join(file)).unwrap();
        }
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn subject(&self, start: &str) {
        let text = format!(
            "subject: {{ supplier: Fremmed AS, system: Python peer, version: \"1\" }}\npurpose: test\n\
             profile: plo-receive-nhn\n\
             claims: {{ messages: {{ LOG_INNLAGT@1.6: [receive], UTSKRIVNINGSRAPPORT@1.6: [receive] }} }}\n\
             start:\n  container:\n{start}\ncarrier: {{ http: {{ url: \"http://127.0.0.1:{}/\" }} }}\n\
             inbox: {{ http: {} }}\nparties:\n  municipality:\n    \
             organisation: {{ her: 990000020, name: Nordvik kommune (syntetisk), number: \"310000027\" }}\n    \
             service: {{ her: 990000021, name: Pleie- og omsorgstjeneste }}\n    \
             certificates: {{ sign: own/sign.pem, encrypt: own/encrypt.pem }}\n\
             partners: kit\npatience: {{ transport: 20 s, apprec: 20 s, quiet: 500 ms }}\n",
            self.listen, self.harness
        );
        fs::write(self.path("subject.yaml"), text).unwrap();
    }

    /// The foreign peer of `tests/peer`, in the bare image.
    fn peer(&self, image: &str, more: &str) -> String {
        format!(
            "    {image}\n    ports: [\"{}:8080\"]\n    ready: {{ log: \"peer: listening on\" }}\n    mount:\n      \
             /usr: /usr\n      /peer: {:?}\n      /kit: \"{{{{kit}}}}\"\n      /own: \"{{{{subject.dir}}}}/own\"\n    \
             env: {{ PYTHONUNBUFFERED: \"1\", TMPDIR: / }}\n    command: [python3, /peer/peer.py, --listen, \"0.0.0.0:8080\", --partner, \
             \"990000011=http://{{{{harness.host}}}}:{{{{harness.http}}}}/:/kit/hospital-sign.pem:/kit/hospital-encrypt.pem\", \
             --sign-key, /own/sign.key.pem, --sign-cert, /own/sign.pem, --encrypt-key, /own/encrypt.key.pem, \
             --encrypt-cert, /own/encrypt.pem, --organisation-her, \"990000020\", --service-her, \"990000021\", --state, /state{more}]",
            self.listen,
            root().join("tests/peer").display().to_string(),
        )
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(BINARY);
        command.arg("run").arg("--subject").arg(self.path("subject.yaml")).arg("--out").arg(self.path("reports"));
        command.args(arguments).output().unwrap()
    }

    fn stops(&self) -> Vec<(StopReason, bool)> {
        let run = fs::read_dir(self.path("reports")).unwrap().flatten().next().unwrap().path();
        let stored = read::open(&run).unwrap();
        stored.check_blobs().unwrap();
        let stop = |event: &Event| match event {
            Event::SubjectStopped(stop) => Some((stop.reason, stop.output.is_some())),
            _ => None,
        };
        stored.events.iter().filter_map(|recorded| stop(&recorded.event)).collect()
    }
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// One unattended command: the foreign peer, from an archive with a root file system, through all scenarios and two
/// restarts; nothing of it is left behind.
#[test]
fn the_foreign_peer_in_a_container_passes_everything() {
    if !available() {
        return;
    }
    let bench = Bench::new();
    let tar = bare_tar(bench.folder.path());
    let image = format!("tar: {:?}", tar.display().to_string());
    bench.subject(&bench.peer(&image, ""));
    let output = bench.run(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).trim_end().ends_with("14 passed, 0 failed, 0 skipped"), "{}", text(&output));
    let restart = (StopReason::Restart, true);
    assert_eq!(bench.stops(), [restart, restart, (StopReason::RunOver, true)]);
    assert_eq!(left(bench.listen), "", "the container is gone");
}

/// Both roles in one unattended command: the container takes orders at a second port, and sends across the border of its
/// network; what only people can see is answered from a file.
#[test]
fn the_foreign_peer_in_a_container_sends_and_receives() {
    if !available() {
        return;
    }
    let bench = Bench::new();
    let tar = bare_tar(bench.folder.path());
    let orders = free_port();
    let more = ", --partner, \"990000031=http://{{harness.host}}:{{harness.http}}/:/kit/gp-sign.pem:/kit/gp-encrypt.pem\", \
                --orders, \"0.0.0.0:8090\", --retry-interval, \"1\", --retry-count, \"2\"";
    let start = bench.peer(&format!("tar: {:?}", tar.display().to_string()), more);
    bench.subject(&start.replace(":8080\"]\n", &format!(":8080\", \"{orders}:8090\"]\n")));
    let text_of = fs::read_to_string(bench.path("subject.yaml")).unwrap();
    let claims = "UTSKRIVNINGSRAPPORT@1.6: [receive], DIALOG_FORESPORSEL@1.0: [receive], INNLEGGELSESRAPPORT@1.6: [send], \
                  HELSEOPPLYSNINGER_LEGE@1.6: [send], DIALOG_SVAR@1.0: [send]";
    let text_of = text_of
        .replace("profile: plo-receive-nhn", "profile: plo-nhn")
        .replace("UTSKRIVNINGSRAPPORT@1.6: [receive]", claims)
        .replace("quiet: 500 ms }", "quiet: 1 s }\nretry: { interval: 1 s, count: 2 }");
    let trigger = format!("triggers: {{ default: {{ post: \"http://127.0.0.1:{orders}/send\" }} }}\n");
    fs::write(bench.path("subject.yaml"), text_of + &trigger).unwrap();
    fs::write(bench.path("answers.yaml"), crate::foreign_sending::ANSWERS).unwrap();
    fs::write(bench.path("shot.png"), "a picture").unwrap();
    let answers = bench.path("answers.yaml").display().to_string();
    let output = bench.run(&["--answers", &answers]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).trim_end().ends_with("29 passed, 0 failed, 0 skipped"), "{}", text(&output));
}

/// The same peer by mail: it fetches from our mailbox and posts to our mail exchange, across the border of its container.
#[test]
fn the_foreign_peer_in_a_container_by_mail() {
    if !available() {
        return;
    }
    let bench = Bench::new();
    let tar = bare_tar(bench.folder.path());
    let pop3 = free_port();
    let start = bench.peer(&format!("tar: {:?}", tar.display().to_string()), "");
    let from = start.find(", --listen").unwrap();
    let until = start.find(", --sign-key").unwrap();
    let by_mail = ", --smtp, \"{{harness.host}}:{{harness.smtp}}\", --pop3, \"{{harness.host}}:{{harness.pop3}}\", --partner, \
                   \"990000011=mailto:hospital@edi.test:/kit/hospital-sign.pem:/kit/hospital-encrypt.pem\"";
    let start =
        format!("{}{by_mail}{}", &start[..from], &start[until..]).replace("peer: listening on", "peer: polling");
    bench.subject(&start);
    let text_of = fs::read_to_string(bench.path("subject.yaml")).unwrap();
    let http = format!(
        "carrier: {{ http: {{ url: \"http://127.0.0.1:{}/\" }} }}\ninbox: {{ http: {} }}",
        bench.listen, bench.harness
    );
    assert!(text_of.contains(&http));
    let mail = format!(
        "carrier: mail\ninbox: {{ smtp: {}, pop3: {pop3}, login: {{ user: municipality@edi.test, password: box }} }}\n\
         secrets: {{ box: {{ file: password }} }}",
        bench.harness
    );
    let text_of =
        text_of.replace(&http, &mail).replace("omsorgstjeneste }", "omsorgstjeneste, edi: municipality@edi.test }");
    fs::write(bench.path("subject.yaml"), text_of.replace("quiet: 500 ms", "quiet: 500 ms, poll: 1 s")).unwrap();
    fs::write(bench.path("password"), "hemmelig\n").unwrap();
    let output = bench.run(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).trim_end().ends_with("17 passed, 0 failed, 0 skipped"), "{}", text(&output));
    let restart = (StopReason::Restart, true);
    assert_eq!(bench.stops(), [restart, restart, (StopReason::RunOver, true)]);
}

/// Containers that still publish a port.
fn left(port: u16) -> String {
    let filter = format!("publish={port}");
    let listed = Command::new("docker").args(["ps", "--all", "--quiet", "--filter", &filter]).output().unwrap();
    String::from_utf8_lossy(&listed.stdout).into_owned()
}

/// By name, and from a folder with a Dockerfile; a defect is found in a container as anywhere.
#[test]
fn an_image_by_name_and_one_from_a_dockerfile() {
    if !available() {
        return;
    }
    let bench = Bench::new();
    let tar = bare_tar(bench.folder.path());
    let made = Command::new("docker").args(["import"]).arg(&tar).arg(BARE).output().unwrap();
    assert!(made.status.success(), "{}", text(&made));
    bench.subject(&bench.peer(&format!("image: {BARE:?}"), ", --defect, ack-without-cid"));
    let output = bench.run(&["receive/accepted/log-innlagt"]);
    assert_eq!(output.status.code(), Some(10), "{}", text(&output));
    assert!(text(&output).contains("HITS1172-117"), "{}", text(&output));
    let built = Bench::new();
    fs::create_dir(built.path("image")).unwrap();
    fs::copy(bare_tar(built.folder.path()), built.path("image/rootfs.tar")).unwrap();
    fs::write(built.path("image/Dockerfile"), "FROM scratch\nADD rootfs.tar /\nEXPOSE 8080\n").unwrap();
    built.subject(&built.peer("dockerfile: image", ""));
    let output = built.run(&["receive/accepted/log-innlagt"]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
}

/// A run whose container ends before it is ready.
pub(crate) fn one_that_exits() -> Output {
    let bench = Bench::new();
    let tar = bare_tar(bench.folder.path());
    bench.subject(&format!(
        "    tar: {:?}\n    mount: {{ /usr: /usr }}\n    ready: {{ log: never }}\n    \
         command: [sh, -c, \"echo no licence file; exit 5\"]",
        tar.display().to_string()
    ));
    bench.run(&["receive/accepted/log-innlagt"])
}

#[test]
fn a_container_that_dies_and_an_image_that_is_not_there() {
    if !available() {
        return;
    }
    let output = one_that_exits();
    assert_eq!(output.status.code(), Some(13), "{}", text(&output));
    assert!(text(&output).contains("no licence file") && text(&output).contains("exit code 5"), "{}", text(&output));
    let nowhere = Bench::new();
    nowhere.subject("    image: provestein-test/no-such-image:1");
    let output = nowhere.run(&["receive/accepted/log-innlagt"]);
    assert_eq!(output.status.code(), Some(12), "{}", text(&output));
    assert!(text(&output).contains("provestein-test/no-such-image:1"), "{}", text(&output));
}

/// Whoever interrupts a run leaves no container behind.
#[test]
fn an_interrupted_run_removes_its_container() {
    if !available() {
        return;
    }
    let bench = Bench::new();
    let tar = bare_tar(bench.folder.path());
    bench.subject(&bench.peer(&format!("tar: {:?}", tar.display().to_string()), ""));
    let mut command = Command::new(BINARY);
    command.arg("run").arg("--subject").arg(bench.path("subject.yaml")).arg("--out").arg(bench.path("reports"));
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    while left(bench.listen).is_empty() {
        assert!(child.try_wait().unwrap().is_none(), "the run ended before it was interrupted");
    }
    let pid = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(11));
    assert_eq!(left(bench.listen), "", "the container went with the run");
}

/// Without the feature the tool says what is missing, and which command brings it.
#[test]
fn a_build_without_containers_says_so() {
    if cfg!(feature = "containers") {
        eprintln!("skipped: this build has containers");
        return;
    }
    let bench = Bench::new();
    bench.subject("    image: a:1");
    let output = bench.run(&[]);
    assert_eq!(output.status.code(), Some(21), "{}", text(&output));
    assert!(text(&output).contains("--features containers"), "{}", text(&output));
}
