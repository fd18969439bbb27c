//! From a run to a certificate in a register, by the commands alone, and what is refused on the way.

use crate::support::issued::{Issued, certify};
use crate::tampering::change::invented;
use provestein::certify::dsse::Envelope;
use provestein::certify::statement;
use provestein::evidence::digest::Digest;
use provestein::evidence::event::{Assurance, Event};
use std::fs;

fn all_in(text: &str, expected: &[&str]) {
    let missing: Vec<&&str> = expected.iter().filter(|one| !text.contains(**one)).collect();
    assert!(missing.is_empty(), "{missing:?} are missing in\n{text}");
}

#[test]
fn a_run_becomes_a_certificate_that_anybody_verifies() {
    let issued = Issued::copy();
    let file = fs::read(issued.path("certificate.json")).unwrap();
    let stated = statement::read(&Envelope::read(&file).unwrap().payload).unwrap();
    let verify = ["verify", "certificate.json", "--trust", "issuer.pub", "--run", "run"];
    let told = issued.told(&verify, 0);
    all_in(
        &told,
        &[
            &format!("certificate  {} by Direktoratet (syntetisk)", stated.number),
            "system       Prøvestein reference 1",
            "assurance    self-run: the supplier tested alone",
            "LOG_INNLAGT@1.6 receive by http, AppRec 1.",
            "signature    by issuer.pub, over exactly these bytes",
            "verdicts     computed again from the logs: every status and every outcome is the same",
            "proven: who signed it",
            "Not proven: that the logs are of that system",
        ],
    );
    // Nobody is believed who was not named, and another key is not enough.
    all_in(&issued.told(&["verify", "certificate.json"], 11), &["you named nobody whom you trust"]);
    let other = issued.told(&["verify", "certificate.json", "--trust", "second.pub"], 11);
    all_in(&other, &["NOT ESTABLISHED: 0 of those you trust signed it, and 1 must have"]);
    let in_register = ["--register", "reg", "--register-trust", "register.pub"];
    all_in(&issued.told(&[&verify[..], &in_register].concat(), 0), &["register     "]);
    let register = issued.told(&["register", "verify", "reg", "--trust", "register.pub", "--seen", "seen"], 0);
    all_in(&register, &["4 entries", "witnesses  kommunene", "2 certificates", "you saw before"]);
    let proof = ["register", "prove", "reg", &stated.number, "--trust", "register.pub"];
    all_in(&issued.told(&proof, 0), &["c2sp.org/tlog-proof@v1"]);
    // A part of what the certificate is drawn from is not what it is drawn from.
    let wrong = issued.told(&["verify", "certificate.json", "--trust", "issuer.pub", "--run", "short"], 30);
    all_in(&wrong, &["the certificate is not about these logs"]);
}

#[test]
fn several_runs_of_a_system_become_one_certificate() {
    let issued = Issued::copy();
    let told = issued.told(&certify(&["run", "short"], "both.json"), 0);
    all_in(&told, &["LOG_INNLAGT@1.6 receive"]);
    let verify = ["verify", "both.json", "--trust", "issuer.pub", "--run", "short", "--run", "run"];
    all_in(&issued.told(&verify, 0), &["every status and every outcome is the same"]);
    let one = issued.told(&["verify", "both.json", "--trust", "issuer.pub", "--run", "run"], 30);
    all_in(&one, &["names 2 runs, and 1 were given"]);
}

#[test]
fn two_people_sign_where_the_register_wants_two() {
    let issued = Issued::copy();
    let init = ["register", "init", "two", "--key", "keeper", "--origin", "register.test/to", "--title", "To"];
    let named = ["--issuer", "en=issuer.pub", "--issuer", "to=second.pub", "--signatures", "2"];
    issued.told(&[&init[..], &named].concat(), 0);
    let alone = issued.told(&["register", "add", "two", "certificate.json", "--key", "keeper"], 21);
    all_in(&alone, &["1 of those you trust signed it, and 2 must have", "nothing was written"]);
    issued.told(&["certify", "sign", "certificate.json", "--key", "second"], 0);
    issued.told(&["register", "add", "two", "certificate.json", "--key", "keeper"], 0);
    let verify = ["verify", "certificate.json", "--trust", "issuer.pub", "--trust", "second.pub", "--signatures", "2"];
    all_in(&issued.told(&verify, 0), &["by issuer.pub and second.pub"]);
}

#[test]
fn what_may_not_be_certified_is_refused_with_the_reason() {
    let issued = Issued::copy();
    let refused = |runs: &[&str], says: &str| {
        let told = issued.told(&certify(runs, "none.json"), 21);
        all_in(&told, &[says, "nothing was certified"]);
        assert!(!issued.path("none.json").exists());
    };
    refused(&["run", "run"], "is named twice");
    let demo = Issued::copy();
    invented(&demo.path("short"), |events| {
        for one in events {
            if let Event::RunStarted(run) = &mut one.event {
                run.assurance = Assurance::Demo;
            }
        }
    });
    let told = demo.told(&certify(&["short"], "none.json"), 21);
    all_in(&told, &["is a demo: it proves nothing about any system"]);
    invented(&issued.path("short"), |events| {
        let end = events.iter().rposition(|one| matches!(one.event, Event::RunEnded { .. })).unwrap();
        events.truncate(end);
    });
    refused(&["short"], "did not come to its end: `provestein resume` goes on with it");
    let another = Issued::copy();
    invented(&another.path("short"), |events| {
        for one in events {
            if let Event::SubjectDescribed(subject) = &mut one.event {
                subject.version = "2".to_owned();
            }
        }
    });
    let told = another.told(&certify(&["run", "short"], "none.json"), 21);
    all_in(&told, &["of different subjects: Prøvestein reference 1 in one, Prøvestein reference 2 in another"]);
    let suite = Issued::copy();
    invented(&suite.path("short"), |events| {
        for one in events {
            if let Event::RunStarted(run) = &mut one.event {
                run.suite = Digest::of(b"another suite");
            }
        }
    });
    let told = suite.told(&certify(&["short"], "none.json"), 21);
    all_in(&told, &["was made with other scenarios, profiles or requirements than this tool has"]);
}

#[test]
fn keys_and_days_are_refused_with_the_reason() {
    let issued = Issued::copy();
    let days = ["--key", "issuer", "--issuer", "D", "--certificate", "none.json", "--valid-until"];
    let of = |until| [&["certify", "run"], &days[..], &[until]].concat();
    all_in(&issued.told(&of("2020-01-01"), 21), &["would end before it begins"]);
    all_in(&issued.told(&of("2099-01-01"), 21), &["a certificate holds 3 years at most"]);
    fs::write(issued.path("wrong"), "another word\n").unwrap();
    let wrong = [&certify(&["run"], "none.json")[..], &["--passphrase-file", "wrong"]].concat();
    all_in(&issued.told(&wrong, 20), &["the passphrase does not open the key"]);
    all_in(&issued.told(&["certify", "key", "new", "--key", "issuer"], 20), &["failed to make issuer", "exists"]);
    let clear = fs::read_to_string(issued.path("issuer")).unwrap();
    assert!(clear.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"));
}

/// Two who write at once: each waits for the other, and nothing is lost.
#[test]
fn entries_that_are_written_at_once_are_all_in_the_register() {
    let issued = Issued::copy();
    let number = stated_number(&issued.told(&["register", "list", "reg", "--trust", "register.pub"], 0));
    let revoke = ["register", "revoke", "reg", number.as_str(), "--key", "keeper", "--reason"];
    let together = std::sync::Barrier::new(6);
    std::thread::scope(|scope| {
        for reason in ["en", "to", "tre", "fire", "fem", "seks"] {
            let (issued, together, revoke) = (&issued, &together, &revoke);
            scope.spawn(move || {
                together.wait();
                issued.told(&[&revoke[..], &[reason]].concat(), 0);
            });
        }
    });
    let told = issued.told(&["register", "verify", "reg", "--trust", "register.pub"], 0);
    assert!(told.contains("10 entries"), "an entry each beside the four: {told}");
}

#[test]
fn a_register_with_a_witness_that_cannot_be_is_not_begun() {
    let issued = Issued::copy();
    let init = ["register", "init", "new", "--key", "keeper", "--origin", "register.test/ny", "--title", "Ny"];
    let named = ["--issuer", "direktoratet=issuer.pub", "--witness", "ola og kari=watcher.pub"];
    let told = issued.told(&[&init[..], &named].concat(), 20);
    all_in(&told, &["`ola og kari` cannot be the name of a witness", "nothing was written"]);
    assert!(!issued.path("new").exists());
}

/// The number that stands first in a list.
fn stated_number(list: &str) -> String {
    list.split_whitespace().find(|word| word.starts_with("PV-")).unwrap().to_owned()
}
