//! The register as it grows: 1,000, 10,000 and 100,000 certificates (or the sizes on the command line) in a folder, each
//! certificate with two claims, 150 requirements and a real signature. One JSON object on standard output, with each
//! size's time as a ratio to the size before it.
//!
//! Each size is measured in a process of its own, so that its peak of memory is its own.

use jiff::civil::{Date, date};
use provestein::certify::certificate::Certificate;
use provestein::certify::key::SecretKey;
use provestein::certify::register::entry::{Entry, Issuer};
use provestein::certify::register::{self, Trusted, append, digest, examine, prove};
use provestein::certify::signed::{self, SignedFiles};
use provestein::register_folder::Folder;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{env, fs};

const DAY: Date = date(2026, 11, 25);
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
/// Certificates come one by one in life; here in batches, or the bench would take a day.
const BATCH: usize = 10_000;

fn main() {
    if let Some(size) = env::var("PROVESTEIN_REGISTER").ok().and_then(|text| text.parse().ok()) {
        println!("{}", measure(size));
        return;
    }
    let asked: Vec<usize> = env::args().filter_map(|text| text.parse().ok()).collect();
    let sizes = if asked.is_empty() { SIZES.to_vec() } else { asked };
    let measured: Vec<Value> = sizes.iter().map(|size| child(*size)).collect();
    let mut ratios = serde_json::Map::new();
    for (pair, sizes) in measured.windows(2).zip(sizes.windows(2)) {
        let ratio = |what: &str| {
            let of = |one: &Value| one[what].as_f64().unwrap_or_default();
            (of(&pair[1]) / of(&pair[0]) * 100.0).round() / 100.0
        };
        let about = ["add_one_ms", "examine_ms", "prove_ms", "register_bytes", "peak_mib"];
        let of_each: BTreeMap<&str, f64> = about.iter().map(|what| (*what, ratio(what))).collect();
        ratios.insert(format!("{} to {}", sizes[0], sizes[1]), json!(of_each));
    }
    println!("{:#}", json!({ "sizes": measured, "ratios": ratios, "linear": "the ratio of the sizes" }));
}

fn child(size: usize) -> Value {
    let program = env::current_exe().expect("this program has a path");
    let output = Command::new(program).env("PROVESTEIN_REGISTER", size.to_string()).output().expect("it starts");
    serde_json::from_slice(&output.stdout).expect("a child prints JSON")
}

fn measure(size: usize) -> Value {
    let temporary = tempfile::tempdir().expect("a temporary folder");
    let mut folder = Folder(temporary.path().to_owned());
    let (own, issuer) = (SecretKey::of_seed([1; 32]), SecretKey::of_seed([2; 32]));
    let opened = Entry::Opened {
        on: DAY,
        origin: "register.test/helse".to_owned(),
        title: "Register over meldingsgodkjenninger (syntetisk)".to_owned(),
        issuers: vec![Issuer { name: "direktoratet".to_owned(), key: issuer.public_key().to_pem() }],
        signatures: 1,
    };
    let verifier = register::open(&mut folder, &opened, &own).expect("the folder is empty");
    for first in (0..size).step_by(BATCH) {
        add(&mut folder, &own, &issuer, first..size.min(first + BATCH));
    }
    let seen = fs::read(temporary.path().join(register::CHECKPOINT)).expect("there is a checkpoint");
    let (added, add_one) = timed(|| add(&mut folder, &own, &issuer, size..size + 1));
    let trusted = Trusted { key: &verifier, seen: Some(&seen), reads: &SignedFiles };
    let (examined, examining) = timed(|| examine(&folder, trusted).expect("nobody touched it"));
    assert_eq!(examined.standings.len(), size + 1, "every certificate stands in the register");
    let last = examined.head.size - 1;
    let (proof, proving) = timed(|| prove(&folder, &verifier, &[], last).expect("it is in the register"));
    assert!(proof.entry.windows(added.len()).any(|part| part == added.as_bytes()), "the last entry is the last added");
    let (bytes, files) = weight(temporary.path());
    json!({
        "certificates": size + 1,
        "add_one_ms": ms(add_one),
        "examine_ms": ms(examining),
        "prove_ms": ms(proving),
        "proof_hashes": proof.hashes.len(),
        "files": files.0,
        "certificate_bytes": files.1,
        "register_bytes": bytes,
        "peak_mib": peak().map(|kib| kib >> 10),
    })
}

/// Adds certificates as `register add` does. Gives the number of the last.
fn add(folder: &mut Folder, own: &SecretKey, issuer: &SecretKey, numbers: std::ops::Range<usize>) -> String {
    let mut last = String::new();
    let (entries, files): (Vec<_>, Vec<_>) = numbers
        .map(|number| {
            let certificate = certificate(number);
            last.clone_from(&certificate.number);
            let file = signed::sign(&certificate, &[issuer]);
            (Entry::Added { on: DAY, number: certificate.number, certificate: digest(&file) }, file)
        })
        .unzip();
    append(folder, own, &entries, &files).expect("they may follow");
    last
}

fn certificate(number: usize) -> Certificate {
    let (version, hash) = (format!("{}.{}", number / 12, number % 12), digest(&number.to_be_bytes()));
    let requirements: Vec<Value> = (1..=150)
        .map(|rule| json!({ "id": format!("HITS1172-{rule}"), "level": "MUST", "status": "satisfied" }))
        .collect();
    let claim = |direction: &str| {
        json!({ "message": "LOG_INNLAGT", "version": "1.6", "direction": direction, "carrier": "http",
                "apprec": "1.1", "outcome": "met" })
    };
    serde_json::from_value(json!({
        "format": 1, "number": format!("PV-2026-{number:08x}"), "issuer": "Direktoratet (syntetisk)",
        "issued": "2026-11-20", "validity": { "from": "2026-11-20", "until": "2028-11-20" },
        "product": { "supplier": format!("Leverandør {} AS", number % 12), "system": "Nordlys EPJ", "version": version },
        "scope": [claim("send"), claim("receive")],
        "rules": { "tool": "provestein 0.1.0", "suite": hash, "catalogue": hash, "profile": "plo-nhn@1",
                   "profile_digest": hash, "scenarios": {} },
        "runs": [{ "id": uuid::Uuid::from_u128(number as u128).to_string(), "started": "2026-11-19T10:00:00Z",
                   "events": 1402, "head": hash }],
        "assurance": "self-run", "totals": { "satisfied": 150 }, "requirements": requirements,
    }))
    .expect("it has the fields of a certificate")
}

/// Bytes of the register without the certificates; number and bytes of the certificates.
fn weight(folder: &Path) -> (u64, (usize, u64)) {
    let (mut register, mut certificates) = (0, (0, 0));
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder that we wrote").flatten() {
            let about = entry.metadata().expect("a file that we wrote");
            if about.is_dir() {
                open.push(entry.path());
            } else if folder.ends_with("certificates") {
                certificates = (certificates.0 + 1, certificates.1 + about.len());
            } else {
                register += about.len();
            }
        }
    }
    (register, certificates)
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let value = work();
    (value, began.elapsed())
}

fn ms(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e4).round() / 10.0
}

/// The most memory that this process ever had, in KiB, where the system tells.
fn peak() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
