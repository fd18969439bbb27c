//! Floors only look down: every edge between our crates is in the table of ARCHITECTURE.md, or this fails.

use crate::support::root;
use std::collections::{BTreeMap, BTreeSet};

/// What each floor may import of ours.
const TABLE: [(&str, &[&str]); 12] = [
    ("wire", &[]),
    ("msh", &["wire"]),
    ("evidence", &["wire"]),
    ("carrier", &["wire"]),
    ("checks", &["wire", "evidence"]),
    ("reference", &["wire", "msh", "carrier"]),
    ("exchange", &["wire", "msh", "evidence", "carrier"]),
    ("report", &["wire", "evidence", "checks"]),
    ("registers", &["wire", "carrier"]),
    ("certify", &["wire", "evidence", "checks", "report"]),
    ("readiness", &["certify"]),
    ("certificate-report", &["checks", "report", "certify", "readiness"]),
];

/// Crates that only some floors may use: whoever is pure can neither open a socket nor draw a number.
const RESERVED: [(&str, &[&str]); 5] = [
    ("tokio", &["evidence", "carrier", "reference", "exchange", "registers"]),
    ("getrandom", &["reference", "exchange", "registers"]),
    ("tokio-rustls", &["carrier"]),
    ("testcontainers", &["exchange"]),
    ("rcgen", &["registers"]),
];

fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut inside = false;
    let mut found = BTreeSet::new();
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            inside = line == "[dependencies]";
        } else if inside && let Some(name) = line.split(['.', '=', ' ']).next().filter(|name| !name.is_empty()) {
            found.insert(name.to_owned());
        }
    }
    found
}

fn floors() -> BTreeMap<String, BTreeSet<String>> {
    let entries = std::fs::read_dir(root().join("harness")).unwrap();
    let manifests = entries.flatten().map(|entry| entry.path()).filter(|path| path.join("Cargo.toml").is_file());
    manifests
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, dependencies(&std::fs::read_to_string(path.join("Cargo.toml")).unwrap()))
        })
        .collect()
}

#[test]
fn floors_only_look_down() {
    let table: BTreeMap<&str, &[&str]> = TABLE.into_iter().collect();
    let floors = floors();
    let names: Vec<&str> = floors.keys().map(String::as_str).collect();
    assert_eq!(
        names.len(),
        table.len(),
        "a crate is missing from the table, or the table names one too many: {names:?}"
    );
    for (floor, dependencies) in &floors {
        let allowed = table.get(floor.as_str()).unwrap_or_else(|| panic!("floor `{floor}` is not in the table"));
        for ours in dependencies.iter().filter(|name| table.contains_key(name.as_str())) {
            assert!(
                allowed.contains(&ours.as_str()),
                "`{floor}` imports `{ours}`, which the table of floors does not allow; it may import {allowed:?}. \
                 Move what it needs down, or turn the call round"
            );
        }
    }
}

#[test]
fn reserved_crates_stay_where_they_belong() {
    for (floor, dependencies) in floors() {
        for (reserved, allowed) in RESERVED {
            assert!(
                !dependencies.contains(reserved) || allowed.contains(&floor.as_str()),
                "`{floor}` depends on `{reserved}`, which only {allowed:?} may: time, chance and sockets are arguments elsewhere"
            );
        }
    }
}

#[test]
fn pure_floors_ban_clocks_files_and_sockets() {
    for floor in ["wire", "msh", "checks", "report", "certify", "readiness", "certificate-report"] {
        let rules = std::fs::read_to_string(root().join("harness").join(floor).join("clippy.toml")).unwrap();
        for banned in ["SystemTime::now", "Instant::now", "Timestamp::now", "fs::read", "TcpStream::connect"] {
            assert!(rules.contains(banned), "harness/{floor}/clippy.toml does not ban {banned}");
        }
    }
}
