//! Other people's programs, which say independently whether a codec is right. Where one is missing the test says so.

#![allow(dead_code, clippy::unwrap_used, clippy::disallowed_methods)] // each test binary uses its part, and needs files

use provestein_wire::certificate::Certificate;
use provestein_wire::key::PrivateKey;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Runs a program; `None`, and a visible line, when it is not installed.
pub fn run(program: &str, arguments: &[&str]) -> Option<Output> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => Some(output),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            eprintln!("skipped: {program} is not installed");
            None
        }
        Err(error) => panic!("{program}: {error}"),
    }
}

/// A file of the demo PKI.
pub fn demo(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/pki/demo").join(name);
    path.to_str().unwrap().to_owned()
}

/// Certificate and key of a party of the demo PKI, `hospital-sign` for instance.
pub fn party(name: &str) -> (Certificate, PrivateKey) {
    let certificate = std::fs::read_to_string(demo(&format!("{name}.pem"))).unwrap();
    let key = std::fs::read_to_string(demo(&format!("{name}.key.pem"))).unwrap();
    (Certificate::from_pem(&certificate).unwrap(), PrivateKey::from_pem(&key).unwrap())
}

/// A folder of the official samples; `None`, and a visible line, when they are not here.
pub fn samples(folder: &str) -> Option<PathBuf> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    if shared.is_dir() {
        return Some(shared.join("samples").join(folder));
    }
    eprintln!("skipped: ../shared is not here");
    None
}

/// Every file with this extension in a folder and below, in order of name.
pub fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
