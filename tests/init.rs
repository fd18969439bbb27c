//! The first hour: what `init` writes into an empty folder, plus the vendor's own start command, is a working CI job. The
//! vendor here is the foreign peer in Python; the job's own shell lines are carried out.

use crate::foreign_peer::available;
use crate::support::{free_port, root};
use serde_json::Value;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

const BINARY: &str = env!("CARGO_BIN_EXE_provestein");
const FILES: [(&str, &str); 3] =
    [("github", ".github/workflows/provestein.yml"), ("gitlab", ".gitlab-ci.yml"), ("azure", "azure-pipelines.yml")];

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn init(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(BINARY).arg("init").arg(folder).args(arguments).stdin(Stdio::null()).output().unwrap()
}

/// The command by which a vendor starts the peer, with the kit's own certificates.
fn peer(port: u16) -> String {
    let script = root().join("tests/peer/peer.py").display().to_string();
    format!(
        "exec python3 {script} --listen 127.0.0.1:{port} \
         --partner 990000011=http://{{{{harness.host}}}}:{{{{harness.http}}}}/:{{{{kit}}}}/hospital-sign.pem:{{{{kit}}}}/hospital-encrypt.pem \
         --sign-key {{{{kit}}}}/subject/municipality-sign.key.pem --sign-cert {{{{kit}}}}/subject/municipality-sign.pem \
         --encrypt-key {{{{kit}}}}/subject/municipality-encrypt.key.pem --encrypt-cert {{{{kit}}}}/subject/municipality-encrypt.pem \
         --organisation-her 990000020 --service-her 990000021 --state {{{{subject.dir}}}}/state"
    )
}

/// What a job carries out, in order: each `run`, `script` or `bash` of the file.
fn shell_lines(system: &str, file: &Path) -> Vec<String> {
    let job: Value = serde_saphyr::from_str(&fs::read_to_string(file).unwrap()).unwrap();
    let steps = match system {
        "github" => &job["jobs"]["conformance"]["steps"],
        "gitlab" => &job["conformance"]["script"],
        _ => &job["jobs"][0]["steps"],
    };
    let line = |step: &Value| {
        let of_step = step.get("run").or(step.get("bash")).unwrap_or(step);
        of_step.as_str().map(str::to_owned)
    };
    steps.as_array().unwrap().iter().filter_map(line).collect()
}

/// Carries the lines out as the CI system does: GitLab in one shell, the others in one each. Where the tool is fetched, it
/// is on the path of the next step, as both systems' commands promise.
fn carry_out(system: &str, folder: &Path, lines: &[String], fetched_from: &str) -> Output {
    let home = folder.join("home");
    let path = format!("{}:{}", home.join(".local/bin").display(), std::env::var("PATH").unwrap());
    let shell = |script: &str| {
        let mut command = Command::new("bash");
        command.args(["-e", "-o", "pipefail", "-c", script]).current_dir(folder).env("PATH", &path).env("HOME", &home);
        command.env("GITHUB_PATH", folder.join("github-path")).env("PROVESTEIN_URL", fetched_from);
        for other in ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITLAB_CI", "TF_BUILD"] {
            command.env_remove(other);
        }
        command.output().unwrap()
    };
    if system == "gitlab" {
        return shell(&lines.join("\n"));
    }
    let mut last = None;
    for line in lines {
        let output = shell(line);
        if !output.status.success() {
            return output;
        }
        last = Some(output);
    }
    last.unwrap()
}

#[test]
fn what_init_writes_plus_a_start_command_is_a_working_job() {
    if !available() {
        return;
    }
    let handles = FILES.map(|(system, file)| std::thread::spawn(move || works(system, file)));
    for handle in handles {
        handle.join().unwrap();
    }
}

fn works(system: &str, file: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (listen, harness) = (free_port(), free_port());
    let url = format!("http://127.0.0.1:{listen}/");
    let flags = ["--supplier", "Fremmed AS", "--system", "Python peer", "--system-version", "1", "--url", &url];
    let output = init(folder.path(), &[&flags[..], &["--command", &peer(listen), "--ci", system]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    // Tests go on beside each other: another port than everybody's.
    let subject = folder.path().join("subject.yaml");
    let written = fs::read_to_string(&subject).unwrap();
    let patient = "patience: { transport: 30 s, apprec: 2 min, quiet: 2 s }";
    assert!(written.contains("inbox: { http: 8480 }") && written.contains(patient));
    let written = written.replace("inbox: { http: 8480 }", &format!("inbox: {{ http: {harness} }}"));
    fs::write(&subject, written.replace("quiet: 2 s", "quiet: 500 ms")).unwrap();
    let lines = shell_lines(system, &folder.path().join(file));
    assert!(lines.iter().any(|line| line.contains("provestein run --subject subject.yaml")), "{lines:?}");
    let output = carry_out(system, folder.path(), &lines, &format!("file://{BINARY}"));
    assert_eq!(output.status.code(), Some(0), "{system}: {}", text(&output));
    let own = folder.path().join("reports/own");
    assert_eq!(fs::read_dir(&own).unwrap().count(), 1, "{system}: the vendor's own scenario ran");
    assert!(text(&output).contains("1 passed, 0 failed, 0 skipped"), "{system}: {}", text(&output));
}

/// Without an address the job stops, and says which variable wants one.
#[test]
fn a_job_that_cannot_get_the_tool_says_what_to_set() {
    for (system, file) in FILES {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(init(folder.path(), &["--yes", "--ci", system]).status.code(), Some(0));
        let lines = shell_lines(system, &folder.path().join(file));
        let output = carry_out(system, folder.path(), &lines, "");
        assert_ne!(output.status.code(), Some(0));
        assert!(text(&output).contains("PROVESTEIN_URL: set it"), "{system}: {}", text(&output));
    }
}

#[test]
fn everything_that_is_written_is_valid() {
    let folder = tempfile::tempdir().unwrap();
    for (flags, starts) in [
        (&["--running"][..], "start: running"),
        (&["--command", "run me"], "command: [sh, -c, \"run me\"]"),
        (&["--image", "nordlys/epj:5.2"], "image: \"nordlys/epj:5.2\""),
    ] {
        let into: PathBuf = folder.path().join(flags[0]);
        let output = init(&into, &[flags, &["--yes"]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output));
        let subject = fs::read_to_string(into.join("subject.yaml")).unwrap();
        provestein::exchange::subject::parse("subject.yaml", &subject).unwrap();
        assert!(subject.contains(starts), "{subject}");
        let check = Command::new(BINARY).args(["scenarios", "check"]).arg(into.join("scenarios")).output().unwrap();
        assert_eq!(check.status.code(), Some(0), "{}", text(&check));
        assert_eq!(fs::read_to_string(into.join(".gitignore")).unwrap(), "/kit/\n/reports/\n");
    }
}

/// The three questions, at a terminal.
#[test]
fn three_questions_are_asked_at_a_terminal() {
    if !Command::new("script").arg("--version").stdout(Stdio::null()).status().is_ok_and(|status| status.success()) {
        eprintln!("skipped: `script`, which gives a terminal, is not here");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let command = format!("{BINARY} init {}", folder.path().display());
    let mut terminal = Command::new("script");
    terminal
        .args(["--quiet", "--return", "--command", &command, "/dev/null"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = terminal.spawn().unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"Nordlys AS\nNordlys, AS, EPJ, 5.2\nNordlys AS, Nordlys EPJ, 5.2\n./start --now\ngitlap\ngitlab\n")
        .unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert!(text(&output).contains("1/3") && text(&output).contains("3/3"), "{}", text(&output));
    assert_eq!(text(&output).matches("SUPPLIER, SYSTEM, VERSION").count(), 2, "{}", text(&output));
    assert!(text(&output).contains("`gitlap` is none of"), "{}", text(&output));
    let subject = fs::read_to_string(folder.path().join("subject.yaml")).unwrap();
    assert!(subject.contains(r#"{ supplier: "Nordlys AS", system: "Nordlys EPJ", version: "5.2" }"#), "{subject}");
    assert!(subject.contains(r#"[sh, -c, "./start --now"]"#), "{subject}");
    assert!(folder.path().join(".gitlab-ci.yml").is_file());
}

#[test]
fn nothing_is_overwritten_and_nothing_is_guessed() {
    let folder = tempfile::tempdir().unwrap();
    let output = init(folder.path(), &["--yes", "--url", "nonsense"]);
    assert_eq!(output.status.code(), Some(20), "{}", text(&output));
    assert!(text(&output).contains("--url nonsense"), "{}", text(&output));
    let output = init(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(20), "{}", text(&output));
    assert!(
        text(&output).contains("--supplier and --system; --command, --image or --running; --ci"),
        "{}",
        text(&output)
    );
    fs::write(folder.path().join("subject.yaml"), "mine").unwrap();
    fs::write(folder.path().join(".gitignore"), "target").unwrap();
    let output = init(folder.path(), &["--yes"]);
    assert_eq!(output.status.code(), Some(20), "{}", text(&output));
    assert!(text(&output).contains("subject.yaml is there already"), "{}", text(&output));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2, "nothing else was written");
    fs::remove_file(folder.path().join("subject.yaml")).unwrap();
    assert_eq!(init(folder.path(), &["--yes"]).status.code(), Some(0));
    assert_eq!(fs::read_to_string(folder.path().join(".gitignore")).unwrap(), "target\n/kit/\n/reports/\n");
}
