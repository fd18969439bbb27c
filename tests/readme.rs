//! README's page of commands, from a run to a decision, is walked as it stands there.

use crate::support::{free_port, root};
use std::path::Path;
use std::process::{Command, Output};

const HEADING: &str = "## From a run to a decision";
/// The reference as README starts it.
const REFERENCE: &str = "provestein reference --kit {{kit}} --state journal";

/// The block of commands below a heading of README.
fn block(heading: &str) -> String {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let below = readme.split_once(heading).unwrap_or_else(|| panic!("README has no `{heading}`")).1;
    let block = below.split_once("```sh\n").unwrap().1.split_once("\n```").unwrap().0;
    block.to_owned()
}

fn shell(folder: &Path, script: &str) -> Output {
    let program = Path::new(env!("CARGO_BIN_EXE_provestein"));
    let path = std::env::join_paths(
        std::iter::once(program.parent().unwrap().to_owned())
            .chain(std::env::split_paths(&std::env::var_os("PATH").unwrap())),
    );
    let mut command = Command::new("sh");
    command.args(["-e", "-c", script]).current_dir(folder).env("PATH", path.unwrap());
    for other in ["GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "GITLAB_CI", "TF_BUILD"] {
        command.env_remove(other);
    }
    command.output().unwrap()
}

fn replaced(script: &str, from: &str, to: &str) -> String {
    assert!(script.contains(from), "README does not say `{from}` any more");
    script.replace(from, to)
}

#[test]
fn from_a_run_to_a_decision() {
    let folder = tempfile::tempdir().unwrap();
    // Other tests run beside this one: other ports. And the day of the test must not run out.
    let (listen, harness) = (free_port(), free_port());
    let script = replaced(
        &block(HEADING),
        REFERENCE,
        &format!("{REFERENCE} --listen 127.0.0.1:{listen} --harness http://127.0.0.1:{harness}/"),
    );
    let script = replaced(&script, "init --yes", &format!("init --yes --url http://127.0.0.1:{listen}/"));
    let port =
        format!("sed -i.old 's/inbox: {{ http: 8480 }}/inbox: {{ http: {harness} }}/' subject.yaml\nprovestein run");
    let script = replaced(&script, "provestein run", &port);
    let until = provestein::issuer::today().saturating_add(jiff::Span::new().days(300));
    let script = replaced(&script, "2028-06-30", &until.to_string());
    let output = shell(folder.path(), &script);
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}");
    for said in [
        "14 passed, 0 failed, 0 skipped",
        "LOG_INNLAGT@1.6 receive by http, AppRec 1.1: met",
        "every status and every outcome is the same",
        "every entry, tile and certificate is what it was",
        "YES  9001 Nordvik kommune (syntetisk)",
    ] {
        assert!(text.contains(said), "`{said}` is missing in:\n{text}");
    }
    for file in ["website/index.html", "report.html"] {
        assert!(folder.path().join(file).exists(), "{file}");
    }
    assert_eq!(std::fs::read_dir(folder.path().join("sheets")).unwrap().count(), 2, "bokmål and nynorsk");
    // What README says after the block.
    let ready =
        "provestein ready LOG_INNLAGT@1.6 --municipality 9001 --register register --trust register.verifier --roster";
    for (other, code) in [
        (format!("{ready} roster.yaml"), 0),
        (format!("sed 's/\"5.2\"/\"5.3\"/' roster.yaml > other.yaml; {ready} other.yaml"), 11),
        (format!("{ready} roster.yaml --direction send"), 11),
        (format!("{ready} roster.yaml --on 2039-01-01"), 11),
    ] {
        assert_eq!(shell(folder.path(), &other).status.code(), Some(code), "{other}");
    }
}
