//! What the integration tests stand on.

pub mod issued;
pub mod process;
pub mod python;
pub mod registers;
pub mod simulated;
pub mod standings;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};

/// The project's root.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A port that nobody listens at, and that no other test of this process is given. Below the range from which the
/// system takes the ports of outgoing connections: those come and go while tests run.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let begin = 15_000 + (std::process::id() % 170) as u16 * 100;
    loop {
        let port = begin + NEXT.fetch_add(1, Ordering::Relaxed) % 1000;
        if port < 32_768 && TcpListener::bind(("0.0.0.0", port)).is_ok() {
            return port;
        }
    }
}

/// The official material beside the project, if it is there. It is not part of the project: tests that compare with
/// it say so and are skipped where it is missing.
pub fn shared(what: &str) -> Option<PathBuf> {
    let path = root().join("../shared").join(what);
    if path.exists() {
        return Some(path);
    }
    eprintln!("skipped: ../shared/{what} is not here");
    None
}

/// Every file below a folder that git would keep, by ending.
pub fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        if path.is_dir() && !matches!(name.as_str(), "target" | ".git") {
            found.extend(files(&path, ending));
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Compares a generated file with what is committed; with `PROVESTEIN_WRITE=1` writes it.
pub fn generated(name: &str, text: &str) {
    let path = root().join(name);
    if std::env::var_os("PROVESTEIN_WRITE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        return;
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "{name} is not up to date: run `PROVESTEIN_WRITE=1 cargo test --test suite`, look at the difference, and commit it"
    );
}
