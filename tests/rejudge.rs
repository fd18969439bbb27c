//! What an outcome hangs on, and certificates judged again: the suite found a mistake in itself, and somebody must know which
//! certificates that touches.

use crate::support::simulated::{Simulated, simulate_to_certify};
use provestein::certify::assurance::Backing;
use provestein::certify::certificate::{Certificate, Outcome, Validity};
use provestein::certify::issue::{Terms, issue};
use provestein::certify::key::SecretKey;
use provestein::certify::signed;
use provestein::certify::treatment::outcome_by;
use provestein::reference::defect::Defect;
use provestein::{embedded, recompute};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

const BINARY: &str = env!("CARGO_BIN_EXE_provestein");

fn certified(run: &Simulated) -> Certificate {
    let day = |text: &str| text.parse().unwrap();
    let terms = Terms {
        issuer: "Direktoratet (syntetisk)".to_owned(),
        issued: day("2026-11-20"),
        validity: Validity { from: day("2026-11-20"), until: day("2028-11-20") },
        conditions: Vec::new(),
        backing: Backing::default(),
        suite: embedded::suite_digest().to_string(),
    };
    let about = recompute::about().unwrap();
    issue(&[run.judged.view()], &|id| about.get(id).cloned(), &terms).unwrap()
}

/// What each claim comes to when requirements are treated otherwise.
fn outcomes(certificate: &Certificate, treated: &[(&str, &str)]) -> Vec<Outcome> {
    let treated: BTreeMap<&str, &str> = treated.iter().copied().collect();
    let of = |claim: &provestein::certify::certificate::Certified| {
        outcome_by(claim.grounds.as_ref().unwrap(), &certificate.requirements, &treated)
    };
    certificate.scope.iter().map(of).collect()
}

#[test]
fn an_outcome_comes_out_of_its_grounds_and_turns_with_what_it_hangs_on() {
    let clean = certified(&simulate_to_certify("plo-receive-nhn", &[], 1));
    assert!(
        clean.scope.len() > 1 && clean.scope.iter().all(|claim| claim.outcome == Outcome::Met),
        "{:?}",
        clean.scope
    );
    let worse = outcomes(&clean, &[("HITS1172-117", "violated")]);
    assert!(worse.iter().all(|outcome| *outcome == Outcome::Violated), "an obligation of the exchange counts for all");
    let open = outcomes(&clean, &[("HITS1172-117", "not-established")]);
    assert!(open.iter().all(|outcome| *outcome == Outcome::NotEstablished));
    let advice = clean.requirements.iter().find(|one| one.level == "SHOULD").unwrap();
    assert!(outcomes(&clean, &[(&advice.id, "violated")]).iter().all(|outcome| *outcome == Outcome::Met), "{advice:?}");
    // Defects that break nothing but requirements: with those accepted, everything is met.
    let broken: [(Defect, &[&str]); 2] = [
        (Defect::AckWithoutCid, &["HITS1172-117"]),
        (Defect::AppRecNotMirrored, &["HIS80415-2012-3.5-1", "HITS1168-6.1-1"]),
    ];
    for (defect, ids) in broken {
        let certificate = certified(&simulate_to_certify("plo-receive-nhn", &[defect], 1));
        let stated: Vec<Outcome> = certificate.scope.iter().map(|claim| claim.outcome).collect();
        assert!(stated.contains(&Outcome::Violated), "{defect}");
        assert_eq!(outcomes(&certificate, &[]), stated, "{defect}");
        let accepted: Vec<(&str, &str)> = ids.iter().map(|id| (*id, "verified")).collect();
        assert!(outcomes(&certificate, &accepted).iter().all(|one| *one == Outcome::Met), "{defect}: {certificate:?}");
        if let [one, _] = accepted[..] {
            assert!(outcomes(&certificate, &[one]).contains(&Outcome::Violated), "{defect}: one of two is not enough");
        }
    }
}

#[test]
fn what_a_sender_breaks_about_a_message_counts_for_that_message() {
    let certificate = certified(&simulate_to_certify("plo-send-nhn", &[Defect::TypeDiffers], 1));
    let stated: Vec<Outcome> = certificate.scope.iter().map(|claim| claim.outcome).collect();
    assert_eq!(outcomes(&certificate, &[]), stated);
    let own = |claim: &provestein::certify::certificate::Certified| claim.grounds.clone().unwrap().own;
    assert!(certificate.scope.iter().any(|claim| own(claim).contains_key("HIS1143-4.1-1")), "{certificate:?}");
    let of_messages = certificate.requirements.iter().filter(|one| one.of_messages).count();
    assert!(of_messages > 5 && of_messages < certificate.requirements.len(), "{of_messages}");
}

/// A desk with a register, and the run folder that its certificates are drawn from below `runs/`.
struct Desk {
    folder: tempfile::TempDir,
    issuer: SecretKey,
    run: Simulated,
}

impl Desk {
    fn new() -> Self {
        let run = simulate_to_certify("plo-receive-nhn", &[Defect::AckWithoutCid], 1);
        let desk = Self { folder: tempfile::tempdir().unwrap(), issuer: SecretKey::of_seed([7; 32]), run };
        copy(desk.run.folder.path(), &desk.at().join("runs/2026/nordlys/one"));
        desk.told(&["certify", "key", "new", "--key", "register.secret"], 0);
        fs::write(desk.at().join("issuer.pub"), desk.issuer.public_key().to_pem()).unwrap();
        let init = ["register", "init", "reg", "--origin", "register.test/helse", "--title", "Register"];
        let named = ["--issuer", "Direktoratet (syntetisk)=issuer.pub", "--key", "register.secret"];
        desk.told(&[&init[..], &named].concat(), 0);
        desk
    }

    fn at(&self) -> &Path {
        self.folder.path()
    }

    fn told(&self, arguments: &[&str], code: i32) -> String {
        let mut command = Command::new(BINARY);
        command.args(arguments).current_dir(self.at()).env("PROVESTEIN_PASSPHRASE", "a word for this test");
        let output = command.output().unwrap();
        let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {told}");
        told
    }

    /// Signs and adds what was certified under other rules.
    fn add(&self, number: &str, change: impl FnOnce(&mut Certificate)) {
        let mut certificate = certified(&self.run);
        certificate.number = number.to_owned();
        change(&mut certificate);
        let name = format!("{number}.json");
        fs::write(self.at().join(&name), signed::sign(&certificate, &[&self.issuer])).unwrap();
        self.told(&["register", "add", "reg", &name, "--key", "register.secret"], 0);
    }

    fn rejudged(&self, runs: &str, code: i32) -> String {
        fs::copy(self.at().join("reg/register.key"), self.at().join("register.pub")).unwrap();
        let before = listing(&self.at().join("reg"));
        let told = self.told(&["rejudge", "--register", "reg", "--trust", "register.pub", "--runs", runs], code);
        assert_eq!(listing(&self.at().join("reg")), before, "nothing is written into the register");
        told
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

fn listing(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() {
            files.extend(listing(&entry));
        } else {
            files.insert(entry.display().to_string(), fs::read(&entry).unwrap());
        }
    }
    files
}

fn set(certificate: &mut Certificate, status: &str, outcome: Outcome) {
    certificate.requirements.iter_mut().find(|one| one.id == "HITS1172-117").unwrap().status = status.to_owned();
    certificate.scope.iter_mut().for_each(|claim| claim.outcome = outcome);
}

#[test]
fn certificates_are_judged_again_and_nothing_is_written() {
    let desk = Desk::new();
    desk.add("PV-same", |_| {});
    let same = desk.rejudged("runs", 0);
    assert!(same.contains("unchanged       PV-same"), "{same}");
    // The rules of then did not see what those of today see.
    desk.add("PV-loses", |one| set(one, "verified", Outcome::Met));
    let loses = desk.rejudged("runs", 10);
    for expected in [
        "changes         PV-loses",
        "LOSES",
        "HITS1172-117: as certified verified, as judged today violated",
        "as certified met, as judged today violated",
        "register revoke reg PV-loses",
        "--requirement HITS1172-117 --status violated",
        "1 unchanged, 1 changes",
        "nothing was written",
    ] {
        assert!(loses.contains(expected), "`{expected}` is missing in\n{loses}");
    }
    let json = ["rejudge", "--register", "reg", "--trust", "register.pub", "--runs", "runs", "--format", "json"];
    let document: Value = serde_json::from_str(&desk.told(&json, 10)).unwrap();
    let one = document["certificates"].as_array().unwrap().iter().find(|one| one["number"] == "PV-loses").unwrap();
    assert_eq!((&one["verdict"], &one["loses"]), (&Value::from("changes"), &Value::from(true)));
    assert_eq!(one["requirements"][0]["judged"], "violated");
    assert_eq!(document["is_verified"], true);
    // Withdrawn, it is decided.
    desk.told(&["register", "revoke", "reg", "PV-loses", "--reason", "ny regel", "--key", "register.secret"], 0);
    assert!(desk.rejudged("runs", 0).contains("withdrawn       PV-loses"));
}

/// The other direction: a mistake of the suite had found something that is in order.
#[test]
fn a_certificate_that_gains_is_told_and_loses_nothing() {
    let desk = Desk::new();
    desk.add("PV-gains", |one| {
        let other = one.requirements.iter_mut().find(|one| one.id == "HITS1172-45").unwrap();
        assert_eq!(std::mem::replace(&mut other.status, "violated".to_owned()), "verified");
    });
    let gains = desk.rejudged("runs", 0);
    assert!(gains.contains("HITS1172-45: as certified violated, as judged today verified"), "{gains}");
    assert!(gains.contains("--requirement HITS1172-45 --status verified") && !gains.contains("LOSES"), "{gains}");
}

#[test]
fn what_cannot_be_judged_or_needs_a_new_run_is_said() {
    let desk = Desk::new();
    desk.add("PV-scenario", |one| {
        one.rules.scenarios.values_mut().next().unwrap().replace_range(..4, "0000");
    });
    let told = desk.rejudged("runs", 11);
    assert!(
        told.contains("needs-run       PV-scenario") && told.contains("another than the one that was played"),
        "{told}"
    );
    desk.add("PV-new", |one| {
        one.rules.profile_digest = "0".repeat(64);
        let gone = one.rules.scenarios.keys().next().unwrap().clone();
        one.rules.scenarios.remove(&gone);
    });
    assert!(desk.rejudged("runs", 11).contains("was not played"));
    desk.add("PV-profile", |one| one.rules.profile = "plo-gone@1".to_owned());
    assert!(desk.rejudged("runs", 11).contains("there is no profile `plo-gone@1`"));
    let none = desk.rejudged("reg", 11);
    assert!(none.contains("runs-not-found  PV-scenario") && none.contains("is in none of the folders"), "{none}");
    // A log that went on is another one; a broken one is none.
    let log = desk.at().join("runs/2026/nordlys/one/events.jsonl");
    let whole = fs::read(&log).unwrap();
    let cut = whole.iter().rposition(|byte| *byte == b'\n').unwrap();
    let shorter = whole[..cut].iter().rposition(|byte| *byte == b'\n').unwrap();
    fs::write(&log, &whole[..=shorter]).unwrap();
    let other = desk.rejudged("runs", 11);
    assert!(other.contains("runs-not-found  PV-scenario") || other.contains("not-judged      PV-scenario"), "{other}");
    let mut broken = whole.clone();
    broken[whole.len() / 2] ^= 1;
    fs::write(&log, broken).unwrap();
    assert!(desk.rejudged("runs", 11).contains("not-judged      PV-scenario"));
}
