//! `verify` needs nobody: without any network it says the same, and without this tool a signature can be checked by hand.

use crate::support::issued::{Issued, certify};
use crate::support::root;
use crate::tampering::change::{lines, stated};
use std::process::Command;

const BINARY: &str = env!("CARGO_BIN_EXE_provestein");

/// How a command is run where there is no network at all; `None` where this machine does not let us.
fn cut_off() -> Option<&'static [&'static str]> {
    let ways: [&[&str]; 2] = [&["-n"], &["-rn"]];
    let works = |flags: &&&[&str]| {
        Command::new("unshare").args(**flags).arg("true").output().is_ok_and(|output| output.status.success())
    };
    let found = ways.iter().find(works).copied();
    if found.is_none() {
        eprintln!("skipped: `unshare -n` is not possible here");
    }
    found
}

#[test]
fn verify_says_the_same_without_any_network() {
    let Some(flags) = cut_off() else { return };
    let issued = Issued::copy();
    let challenged = [&certify(&["run"], "challenged.json")[..], &["--challenge", "challenge.json"]].concat();
    issued.told(&challenged, 0);
    for arguments in [
        &["verify", "run"][..],
        &["verify", "challenged.json", "--trust", "issuer.pub", "--run", "run"],
        &["register", "verify", "reg", "--trust", "register.pub"],
    ] {
        let outside = issued.told(arguments, 0);
        let mut command = Command::new("unshare");
        let inside = command.args(flags).arg(BINARY).args(arguments).current_dir(issued.at()).output().unwrap();
        let told = format!("{}{}", String::from_utf8_lossy(&inside.stdout), String::from_utf8_lossy(&inside.stderr));
        assert_eq!((inside.status.code(), told), (Some(0), outside), "{arguments:?}");
    }
    // And there really was none: only a loopback, and nothing leads anywhere.
    let looked =
        Command::new("unshare").args(flags).args(["cat", "/proc/net/dev", "/proc/net/route"]).output().unwrap();
    let looked = String::from_utf8_lossy(&looked.stdout).into_owned();
    let interfaces: Vec<&str> = looked.lines().filter_map(|line| Some(line.split_once(':')?.0.trim())).collect();
    assert_eq!(interfaces, ["lo"], "{looked}");
}

/// The commands of docs/certificates.md, as they stand there.
#[test]
fn a_certificate_is_verified_by_hand_with_openssl() {
    if Command::new("openssl").arg("version").output().is_err() {
        eprintln!("skipped: openssl is not here");
        return;
    }
    let document = std::fs::read_to_string(root().join("docs/certificates.md")).unwrap();
    let (_, by_hand) = document.split_once("## By hand").unwrap();
    let script = by_hand.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    assert!(script.lines().count() > 10, "{script}");
    let walk = |issued: &Issued| {
        let mut shell = Command::new("bash");
        let output = shell.args(["-e", "-o", "pipefail", "-c", script]).current_dir(issued.at()).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let issued = Issued::copy();
    let (success, told) = walk(&issued);
    assert!(success, "{told}");
    assert_eq!(told.lines().collect::<Vec<_>>(), ["Signature Verified Successfully", "1", "1"]);
    // Each of the three finds what it is for.
    let forged = Issued::copy();
    stated(&forged, "2028-12-31", "2029-12-31");
    assert!(!walk(&forged).0);
    let other = Issued::copy();
    std::fs::copy(other.path("second.pub"), other.path("issuer.pub")).unwrap();
    assert!(!walk(&other).0);
    let cut = Issued::copy();
    lines(&cut, |lines| drop(lines.pop()));
    assert!(!walk(&cut).0);
}
