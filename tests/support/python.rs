//! Python, whose libraries nobody here wrote.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Whether a program answers; says so once when it does not.
pub fn runs(program: &'static str, argument: &str) -> bool {
    let status = Command::new(program).arg(argument).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let there = status.is_ok_and(|status| status.success());
    if !there {
        eprintln!("skipped: {program} is not here");
    }
    there
}

/// Whether Python is here.
pub fn available() -> bool {
    static AVAILABLE: OnceLock<bool> = OnceLock::new();
    *AVAILABLE.get_or_init(|| runs("python3", "--version"))
}

/// Runs a script of `tests/peer` and gives what it prints.
pub fn script(name: &str, folder: &Path, arguments: &[&str]) -> String {
    let path = super::root().join("tests/peer").join(name);
    let output = Command::new("python3").arg(path).args(arguments).current_dir(folder).output().unwrap();
    assert!(output.status.success(), "{name} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
