//! What an issuer has after a day's work: two runs of the built-in reference as a system of its own, keys, certificates,
//! and a register with a witness. Made once by the commands, copied for each test.

use super::process::{code, provestein_in, text};
use crate::process::Bench;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Opens every key here.
pub const PASSPHRASE: &str = "a word for this test";

/// A folder of it.
///
/// `run` is a run of two scenarios that answers `challenge.json`, `short` one of a single one that answers none; `certificate.json` and `other.json` are drawn from
/// them. `system.pem` is the certificate with which the system signs. `issuer`, `second`, `keeper` and `watcher` are keys, `.pub` beside each. `reg` is the register, `register.pub` its
/// verifier key, `seen` its checkpoint.
pub struct Issued(tempfile::TempDir);

impl Issued {
    /// A copy for one test.
    pub fn copy() -> Self {
        static MADE: OnceLock<Issued> = OnceLock::new();
        let made = MADE.get_or_init(make);
        let copy = Self(tempfile::tempdir().unwrap());
        copy_folder(made.at(), copy.at());
        copy
    }

    /// Where it lies.
    pub fn at(&self) -> &Path {
        self.0.path()
    }

    /// A file of it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.at().join(name)
    }

    /// What a command prints, and how it ends.
    pub fn ended(&self, arguments: &[&str]) -> (i32, String) {
        let output = provestein_in(self.at(), arguments).env("PROVESTEIN_PASSPHRASE", PASSPHRASE).output().unwrap();
        (code(&output), text(&output))
    }

    /// What a command prints that ends as expected.
    pub fn told(&self, arguments: &[&str], expected: i32) -> String {
        let (code, told) = self.ended(arguments);
        assert_eq!(code, expected, "{arguments:?}: {told}");
        told
    }
}

fn make() -> Issued {
    let bench = Bench::new();
    let state = bench.path("state").display().to_string();
    let start = bench.reference(&format!(", --state, {state:?}"));
    bench.subject(&format!("{{ process: {{ command: {start}, ready: {{ log: \"listening at\" }} }} }}"));
    let issued = Issued(tempfile::tempdir().unwrap());
    let new = ["certify", "challenge", "new", "--challenge", "challenge.json", "--until", "2199-12-31"];
    issued.told(&[&new[..], &["--vendor", "Prøvestein"]].concat(), 0);
    let challenge = issued.path("challenge.json").display().to_string();
    let answering = ["receive/accepted", "--challenge", challenge.as_str()];
    for (name, arguments) in [("run", &answering[..]), ("short", &["receive/accepted/log-innlagt"])] {
        let output = bench.run(arguments);
        assert_eq!(code(&output), 0, "{}", text(&output));
        let run = fs::read_dir(bench.path("reports")).unwrap().next().unwrap().unwrap().path();
        copy_folder(&run, &issued.path(name));
        fs::remove_dir_all(run).unwrap();
    }
    fs::copy(bench.path("kit/subject/municipality-sign.pem"), issued.path("system.pem")).unwrap();
    for name in ["issuer", "second", "keeper", "watcher"] {
        issued.told(&["certify", "key", "new", "--key", name], 0);
    }
    issued.told(&certify(&["run"], "certificate.json"), 0);
    issued.told(&certify(&["short"], "other.json"), 0);
    let init = ["register", "init", "reg", "--key", "keeper", "--origin", "register.test/helse", "--title", "Register"];
    let named = ["--issuer", "direktoratet=issuer.pub", "--witness", "kommunene=watcher.pub"];
    issued.told(&[&init[..], &named].concat(), 0);
    fs::copy(issued.path("reg/register.key"), issued.path("register.pub")).unwrap();
    issued.told(&["register", "add", "reg", "certificate.json", "other.json", "--key", "keeper"], 0);
    let witness = ["register", "witness", "reg", "--key", "watcher", "--name", "kommunene", "--trust", "register.pub"];
    issued.told(&[&witness[..], &["--seen", "seen"]].concat(), 0);
    issued
}

/// The arguments that certify runs.
pub fn certify<'a>(runs: &[&'a str], certificate: &'a str) -> Vec<&'a str> {
    let rest = ["--key", "issuer", "--issuer", "Direktoratet (syntetisk)", "--valid-until", "2028-12-31"];
    [&["certify"], runs, &rest, &["--certificate", certificate]].concat()
}

/// Copies a folder with all that is in it.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}
