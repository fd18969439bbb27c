//! What a run proves about who made it: challenges, witnesses, and those who try to get around both.

use crate::process::{Bench, text as printed};
use crate::support::issued::{Issued, certify};
use crate::support::simulated::{challenge, simulate_to_certify};
use crate::tampering::change::{bytes, invented, signed, text};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use provestein::certify::assurance::answered;
use provestein::certify::certificate::{Assurance, Certificate};
use provestein::certify::signed::unverified;
use provestein::evidence::blob::Blobs as _;
use provestein::evidence::challenge::Challenge;
use provestein::evidence::digest::Digest;
use provestein::evidence::event::{Event, Recorded};
use provestein::evidence::read;
use provestein::wire;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

const BINARY: &str = env!("CARGO_BIN_EXE_provestein");

fn all_in(text: &str, expected: &[&str]) {
    let missing: Vec<&&str> = expected.iter().filter(|one| !text.contains(**one)).collect();
    assert!(missing.is_empty(), "{missing:?} are missing in\n{text}");
}

fn challenged(issued: &Issued, run: &str, challenge: &str, code: i32) -> String {
    let arguments = certify(&[run], "challenged.json");
    issued.told(&[&arguments[..], &["--challenge", challenge]].concat(), code)
}

fn stated(issued: &Issued, name: &str) -> Certificate {
    unverified(&fs::read(issued.path(name)).unwrap()).unwrap()
}

/// The blob of an event's entity.
fn blob(run: &Path, digest: Digest) -> Vec<u8> {
    let name = digest.to_string();
    fs::read(run.join("blobs/sha256").join(&name[..2]).join(&name)).unwrap()
}

fn keep(run: &Path, bytes: &[u8]) -> Digest {
    let digest = Digest::of(bytes);
    let folder = run.join("blobs/sha256").join(&digest.to_string()[..2]);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(digest.to_string()), bytes).unwrap();
    digest
}

/// A log in which every acknowledgment of the subject's, or every message of ours, was edited, with blobs and chain to fit.
fn edited(issued: &Issued, theirs: bool, edit: fn(&str) -> String) {
    let run = issued.path("run");
    let mut count = 0;
    let mut change = |entity: &mut Digest| {
        let before = blob(&run, *entity);
        let Ok(text) = std::str::from_utf8(&before) else { return };
        if theirs && !text.contains("<eb:Acknowledgment") {
            return;
        }
        let after = edit(text);
        assert_ne!(after, text);
        *entity = keep(&run, after.as_bytes());
        count += 1;
    };
    invented(&run, |events| {
        for one in events {
            match &mut one.event {
                Event::MessageArrived { entity, .. } if theirs => change(entity),
                Event::MessageComposed(composed) if !theirs && composed.scenario.is_some() => {
                    change(&mut composed.entity);
                }
                _ => {}
            }
        }
    });
    assert!(count > 0, "nothing was edited");
}

fn between(text: &str, from: &str, to: &str, put: &str) -> String {
    let begin = text.find(from).unwrap_or_else(|| panic!("no {from} in {text}"));
    let end = begin + text[begin..].find(to).unwrap() + to.len();
    format!("{}{put}{}", &text[..begin], &text[end..])
}

#[test]
fn a_run_that_answers_a_challenge_is_certified_as_challenged() {
    let issued = Issued::copy();
    let told = challenged(&issued, "run", "challenge.json", 0);
    all_in(&told, &["assurance    challenged"]);
    let certificate = stated(&issued, "challenged.json");
    let answer = &certificate.challenged[0];
    assert_eq!((answer.conversations, answer.acknowledged), (2, 2), "{answer:?}");
    assert!(answer.acknowledgments >= 2);
    // Signed by the system whose certificate everybody knows from elsewhere, and by nobody else.
    let known = fs::read_to_string(issued.path("system.pem")).unwrap();
    let known = wire::certificate::Certificate::from_pem(&known).unwrap();
    assert_eq!(answer.signers, [Digest::of(known.der()).to_string()]);
    let verify = ["verify", "challenged.json", "--trust", "issuer.pub", "--run", "run"];
    all_in(
        &issued.told(&verify, 0),
        &[
            &format!("{} is answered by run {}", answer.challenge, answer.run),
            "acknowledgments signed by the system, in 2 of 2 conversations\n",
            "compare it with the address register",
            "every status and every outcome is the same",
        ],
    );
    let without = issued.told(&["verify", "challenged.json", "--trust", "issuer.pub"], 0);
    all_in(&without, &["in 2 of 2 conversations, says the certificate: --run computes it again"]);
    // The number is in the log: whoever verifies needs no file of the issuer's.
    fs::remove_file(issued.path("challenge.json")).unwrap();
    issued.told(&verify, 0);
}

/// The whole of a profile, with everything that is wrong on purpose, repeated or lost in it; and a system that only sends.
#[test]
fn whole_profiles_answer_a_challenge() {
    for (profile, at_least) in [("plo-receive-nhn", 10), ("plo-send-nhn", 5)] {
        let run = simulate_to_certify(profile, &[], 1);
        let answer = answered(&run.judged.history, &challenge()).unwrap_or_else(|why| panic!("{profile}: {why}"));
        assert!(answer.acknowledged >= at_least, "{profile}: {answer:?}");
        assert!(answer.conversations >= answer.acknowledged && answer.acknowledgments >= answer.acknowledged);
        assert_eq!(answer.signers.len(), 1, "{profile}: {answer:?}");
    }
}

#[test]
fn a_challenge_for_another_supplier_is_not_answered() {
    let mut judged = simulate_to_certify("plo-receive-nhn", &[], 1).judged;
    let ours = judged.history.subject.as_ref().unwrap().supplier.clone();
    let mut given = challenge();
    given.vendor = Some("Nordlys AS".to_owned());
    let run = judged.history.run.as_mut().unwrap();
    let file = provestein::evidence::digest::Digest::of(&given.to_file());
    run.inputs = vec![(given.input(), file)];
    let why = answered(&judged.history, &given).unwrap_err().to_string();
    assert_eq!(why, format!("the challenge was made for `Nordlys AS`, and the run is of a system of `{ours}`"));
    given.vendor = Some(ours);
    let run = judged.history.run.as_mut().unwrap();
    run.inputs = vec![(given.input(), provestein::evidence::digest::Digest::of(&given.to_file()))];
    answered(&judged.history, &given).unwrap();
}

#[test]
fn a_run_that_does_not_answer_is_refused_with_the_reason() {
    let issued = Issued::copy();
    let without = "without --challenge it can be certified as self-run";
    let other = ["certify", "challenge", "new", "--challenge", "other.challenge", "--until", "2199-12-31"];
    issued.told(&other, 0);
    for (run, challenge) in [("short", "challenge.json"), ("run", "other.challenge")] {
        let told = challenged(&issued, run, challenge, 21);
        all_in(&told, &["it was not made with the challenge CH-", without, "nothing was certified"]);
    }
    // Several runs: each must.
    let both = [&certify(&["run", "short"], "none.json")[..], &["--challenge", "challenge.json"]].concat();
    all_in(&issued.told(&both, 21), &["run short does not answer the challenge"]);
    text(&issued.path("challenge.json"), "\"until\": \"2199", "\"until\": \"2198");
    all_in(&challenged(&issued, "run", "challenge.json", 21), &["it was not made with the challenge CH-"]);
    text(&issued.path("challenge.json"), "\"id\": \"CH-", "\"id\": \"CG-");
    all_in(
        &challenged(&issued, "run", "challenge.json", 21),
        &["challenge.json: it is not written as this tool writes it"],
    );
    all_in(&issued.told(&other, 20), &["failed to make other.challenge"]);
}

/// Invented log: whoever has the run folder writes what he likes, but has no key of the system to sign it with.
#[test]
fn invented_acknowledgments_are_not_the_systems() {
    let unsigned = Issued::copy();
    edited(&unsigned, true, |text| between(text, "<ds:Signature", "</ds:Signature>", ""));
    all_in(&challenged(&unsigned, "run", "challenge.json", 21), &["the acknowledgment of event", "is not signed"]);
    let changed = Issued::copy();
    edited(&changed, true, |text| between(text, "<eb:Timestamp>20", "1", "<eb:Timestamp>209"));
    let told = challenged(&changed, "run", "challenge.json", 21);
    all_in(&told, &["the signature of the acknowledgment of event", "does not verify"]);
    let elsewhere = Issued::copy();
    edited(&elsewhere, true, |text| between(text, "<eb:ConversationId>", "-", "<eb:ConversationId>00000000-"));
    let told = challenged(&elsewhere, "run", "challenge.json", 21);
    all_in(&told, &["does not carry the id of the message that it acknowledges"]);
    let silent = Issued::copy();
    invented(&silent.path("run"), |events| {
        let arrived = |one: &Recorded| matches!(one.event, Event::MessageArrived { .. });
        let first = events.iter().position(arrived).unwrap();
        let last = events.last().unwrap().clone();
        events.truncate(first);
        events.push(Recorded { seq: first as u64, ..last });
    });
    all_in(
        &challenged(&silent, "run", "challenge.json", 21),
        &["the subject acknowledged nothing whose id derives from it"],
    );
}

/// What an actor of the next message handler owns is left out of the signature, so it can be put beside what was signed.
#[test]
fn a_second_conversation_beside_the_signed_one_is_no_answer() {
    let issued = Issued::copy();
    edited(&issued, true, |text| {
        let begin = text.find("<eb:ConversationId>").unwrap();
        let actor = "xmlns:n=\"http://schemas.xmlsoap.org/soap/envelope/\" n:actor=\"http://schemas.xmlsoap.org/soap/actor/next\"";
        let second = format!("<eb:ConversationId {actor}>00000000-0000-8000-8000-000000000000</eb:ConversationId>");
        format!("{}{second}{}", &text[..begin], &text[begin..])
    });
    let told = challenged(&issued, "run", "challenge.json", 21);
    all_in(&told, &["has more than one MessageHeader, id or signature"]);
}

/// Invented log, with keys of one's own: everything fits but whose keys they are.
#[test]
fn a_run_signed_with_other_keys_is_not_the_systems() {
    let issued = Issued::copy();
    let arguments = certify(&["run"], "challenged.json");
    let of = |certificate| {
        [&arguments[..], &["--challenge", "challenge.json", "--subject-certificate", certificate]].concat()
    };
    issued.told(&of("system.pem"), 0);
    fs::remove_file(issued.path("challenged.json")).unwrap();
    let other = crate::support::root().join("fixtures/pki/demo/hospital-sign.pem");
    let told = issued.told(&of(other.to_str().unwrap()), 21);
    all_in(&told, &["were signed with the certificate of SHA-256", "which is none of those", "nothing was certified"]);
    assert!(!issued.path("challenged.json").exists());
}

/// Replay: a run that was made for something else, with another number written into its log.
#[test]
fn a_replayed_run_does_not_answer_a_new_challenge() {
    let refused = |issued_at: Timestamp, until: Date, says: &str| {
        let issued = Issued::copy();
        let challenge = Challenge::new([9; 32], issued_at, until, None);
        fs::write(issued.path("challenge.json"), challenge.to_file()).unwrap();
        let digest = keep(&issued.path("run"), &challenge.to_file());
        invented(&issued.path("run"), |events| {
            let Event::RunStarted(run) = &mut events[0].event else { panic!("a log begins with RunStarted") };
            run.inputs.retain(|(input, _)| !input.starts_with("challenge:"));
            run.inputs.push((challenge.input(), digest));
        });
        all_in(&challenged(&issued, "run", "challenge.json", 21), &[says, "nothing was certified"]);
    };
    let (then, far) = ("2020-01-01T00:00:00Z".parse().unwrap(), date(2199, 12, 31));
    refused("2190-01-01T00:00:00Z".parse().unwrap(), far, "and the challenge was issued on 2190-01-01");
    refused(then, date(2020, 12, 31), "and the challenge was good until 2020-12-31: ask for a new one");
    // The clock of a log is whatever its writer likes; the ids are not.
    refused(then, far, "does not derive from the challenge");
}

#[test]
fn messages_of_other_conversations_do_not_derive() {
    let issued = Issued::copy();
    edited(&issued, false, |text| between(text, "<eb:ConversationId>", "-", "<eb:ConversationId>00000000-"));
    let told = challenged(&issued, "run", "challenge.json", 21);
    all_in(&told, &["the ConversationId of the message of event", "does not derive from the challenge"]);
}

/// The log says itself which messages a scenario spoilt: whoever invents it says so of those that do not derive.
#[test]
fn a_message_said_to_be_spoilt_is_not_passed_over() {
    let issued = Issued::copy();
    let run = issued.path("run");
    let mut left = 1;
    invented(&run, |events| {
        for one in events {
            if let Event::MessageComposed(composed) = &mut one.event
                && composed.scenario.is_some()
                && left > 0
            {
                let bytes = read::open(&run).unwrap().blobs().get(composed.entity).unwrap();
                let text = String::from_utf8(bytes).unwrap();
                let other = between(&text, "<eb:ConversationId>", "-", "<eb:ConversationId>00000000-");
                composed.entity = keep(&run, other.as_bytes());
                composed.deviations.push("said to be spoilt".to_owned());
                left -= 1;
            }
        }
    });
    assert_eq!(left, 0, "nothing was edited");
    let told = challenged(&issued, "run", "challenge.json", 21);
    all_in(&told, &["the ConversationId of the message of event", "does not derive from the challenge"]);
}

/// Whoever interrupts a run and goes on with it still answers, with other ids.
#[test]
fn a_resumed_run_answers_the_same_challenge() {
    let issued = Issued::copy();
    let bench = Bench::new();
    let state = bench.path("state").display().to_string();
    let start = bench.reference(&format!(", --state, {state:?}"));
    bench.subject(&format!("{{ process: {{ command: {start}, ready: {{ log: \"listening at\" }} }} }}"));
    let mut command = Command::new(BINARY);
    command.arg("run").arg("--subject").arg(bench.path("subject.yaml")).arg("--out").arg(bench.path("reports"));
    command.arg("--challenge").arg(issued.path("challenge.json")).arg("receive");
    let mut child = command.stdout(Stdio::null()).spawn().unwrap();
    let log = || {
        let run = fs::read_dir(bench.path("reports")).ok()?.next()?.ok()?.path();
        fs::read_to_string(run.join("events.jsonl")).ok()
    };
    while !log().is_some_and(|log| log.contains("\"AwaitMet\"")) {
        assert!(child.try_wait().unwrap().is_none(), "the run ended before it was interrupted");
        std::thread::yield_now();
    }
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    assert_eq!(child.wait().unwrap().code(), Some(11));
    // The file may be gone: the run has its own.
    let kept = fs::read(issued.path("challenge.json")).unwrap();
    fs::remove_file(issued.path("challenge.json")).unwrap();
    let resumed = Command::new(BINARY).args(["resume", "latest", "--out"]).arg(bench.path("reports")).output().unwrap();
    assert_eq!(resumed.status.code(), Some(0), "{}", printed(&resumed));
    fs::write(issued.path("challenge.json"), kept).unwrap();
    let run = fs::read_dir(bench.path("reports")).unwrap().next().unwrap().unwrap().path();
    let told = challenged(&issued, run.to_str().unwrap(), "challenge.json", 0);
    all_in(&told, &["assurance    challenged"]);
    // Edited subject file: a run does not go on as another one.
    let stored = read::open(&run).unwrap();
    assert!(stored.events.iter().any(|one| matches!(one.event, Event::RunResumed { .. })));
}

fn witness(issued: &Issued, run: &str, key: &str, statement: &str) {
    // A statement is written to a new file only.
    let _ = fs::remove_file(issued.path(statement));
    let said = ["--name", "Kari Vitne", "--saw", "satt ved siden av da kjøringen ble gjort"];
    let arguments = ["certify", "witness", run, "--key", key, "--statement", statement];
    issued.told(&[&arguments[..], &said].concat(), 0);
}

fn witnessed<'a>(runs: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [&certify(runs, "witnessed.json")[..], &["--witness", "kari.json"], more].concat()
}

#[test]
fn somebody_who_watched_makes_a_run_witnessed() {
    let issued = Issued::copy();
    witness(&issued, "run", "watcher", "kari.json");
    let both = ["--trust", "watcher.pub", "--challenge", "challenge.json"];
    let told = issued.told(&witnessed(&["run"], &both), 0);
    all_in(&told, &["assurance    witnessed: somebody else was there"]);
    let certificate = stated(&issued, "witnessed.json");
    assert_eq!(certificate.assurance, Assurance::Witnessed, "the stronger of the two");
    assert_eq!((certificate.challenged.len(), certificate.witnesses.len()), (1, 1), "and both are listed");
    let verify = ["verify", "witnessed.json", "--trust", "issuer.pub", "--run", "run"];
    all_in(&issued.told(&verify, 0), &["Kari Vitne on 20", "the issuer vouches for the signature"]);
    let known = [&verify[..], &["--witness", "watcher.pub"]].concat();
    all_in(
        &issued.told(&known, 0),
        &["satt ved siden av da kjøringen ble gjort; the signature is that of the key you named"],
    );
    let other = [&verify[..], &["--witness", "second.pub"]].concat();
    all_in(&issued.told(&other, 11), &["NOT ESTABLISHED: somebody whose key you named did not sign"]);
    // An issuer who lets the witness have seen more than they did.
    fs::copy(issued.path("witnessed.json"), issued.path("certificate.json")).unwrap();
    signed(&issued, "issuer", "satt ved siden av", "kontrollerte alt");
    let more = ["verify", "certificate.json", "--trust", "issuer.pub", "--witness", "watcher.pub"];
    all_in(&issued.told(&more, 30), &["the signature of the witness Kari Vitne does not fit"]);
}

#[test]
fn a_witness_of_something_else_is_none() {
    let issued = Issued::copy();
    witness(&issued, "run", "watcher", "kari.json");
    let refused = |runs: &[&str], more: &[&str], says: &str| {
        all_in(&issued.told(&witnessed(runs, more), 21), &[says, "nothing was certified"]);
    };
    refused(&["run"], &["--trust", "second.pub"], "none of those whom you trust as witnesses signed it");
    refused(&["short"], &["--trust", "watcher.pub"], "which is not one of these, or its log is another now");
    refused(&["run", "short"], &["--trust", "watcher.pub"], "nobody watched run");
    witness(&issued, "run", "issuer", "kari.json");
    refused(&["run"], &["--trust", "issuer.pub"], "signed as a witness with the issuer's own key");
    witness(&issued, "run", "watcher", "kari.json");
    bytes(&issued.path("kari.json"), |bytes| bytes.push(b' '));
    refused(&["run"], &["--trust", "watcher.pub"], "it is not written as this tool writes it");
    fs::remove_file(issued.path("kari.json")).unwrap();
    let said = ["--name", "Kari Vitne", "--saw", "satt ved siden av", "--on", "2020-01-01", "--statement", "kari.json"];
    issued.told(&[&["certify", "witness", "run", "--key", "watcher"], &said[..]].concat(), 0);
    refused(&["run"], &["--trust", "watcher.pub"], "is said to have watched on 2020-01-01, and the run began on 20");
    // Another version's run: whoever watched signed for the version too.
    witness(&issued, "run", "watcher", "kari.json");
    invented(&issued.path("run"), |events| {
        for one in events {
            if let Event::SubjectDescribed(subject) = &mut one.event {
                subject.version = "2".to_owned();
            }
        }
    });
    refused(&["run"], &["--trust", "watcher.pub"], "its log is another now");
}

/// docs/trust.md names the tests that try each attack: they are there, and so is each id of its table.
#[test]
fn the_document_about_trust_is_true() {
    let root = crate::support::root();
    let document = fs::read_to_string(root.join("docs/trust.md")).unwrap();
    let attacks = document.split_once("## Attacks").unwrap().1.split_once("## What remains").unwrap().0;
    let rows = attacks.lines().filter(|line| line.starts_with("| **") || line.starts_with("| …"));
    let tests = rows.map(|row| row.split('|').nth_back(1).unwrap());
    let named: Vec<&str> = tests.flat_map(|cell| cell.split('`').filter(|part| part.contains("::"))).collect();
    assert!(named.len() >= 9, "{named:?}");
    for name in named {
        let (module, test) = name.split_once("::").unwrap();
        let places = [format!("tests/{module}.rs"), format!("tests/{module}/mod.rs")];
        let text = places.iter().find_map(|place| fs::read_to_string(root.join(place)).ok()).unwrap_or_default();
        assert!(text.contains(&format!("#[test]\nfn {test}()")), "there is no test {name}");
    }
    let challenge = Challenge::new(std::array::from_fn(|at| at as u8), Timestamp::UNIX_EPOCH, date(2199, 12, 31), None);
    for count in [0, 1, 256] {
        let id = challenge.derived_id("0f8fad5b-d9cb-469f-a165-70867728950e", count);
        assert!(document.contains(&format!("| {count} | `{id}` |")), "{count}: {id}");
    }
}

/// Two runs, one witness: that is not two witnesses. And whoever watched does not issue, not even as the second person.
#[test]
fn a_witness_counts_once_and_does_not_sign_as_issuer() {
    let issued = Issued::copy();
    witness(&issued, "run", "watcher", "kari.json");
    witness(&issued, "short", "watcher", "again.json");
    let both = ["--witness", "again.json", "--trust", "watcher.pub"];
    issued.told(&witnessed(&["run", "short"], &both), 0);
    let verify = ["verify", "witnessed.json", "--trust", "issuer.pub", "--witness", "watcher.pub"];
    issued.told(&verify, 0);
    let with_another = [&verify[..], &["--witness", "second.pub"]].concat();
    all_in(&issued.told(&with_another, 11), &["NOT ESTABLISHED: somebody whose key you named did not sign"]);
    let before = fs::read(issued.path("witnessed.json")).unwrap();
    let told = issued.told(&["certify", "sign", "witnessed.json", "--key", "watcher"], 21);
    all_in(&told, &["Kari Vitne is a witness of it with this key", "nothing was signed"]);
    assert_eq!(fs::read(issued.path("witnessed.json")).unwrap(), before);
    issued.told(&["certify", "sign", "witnessed.json", "--key", "second"], 0);
}

/// What stands in a stranger's certificate is shown before anybody knows who wrote it.
#[test]
fn a_certificate_writes_no_lines_of_its_own_and_hides_none() {
    let issued = Issued::copy();
    let file = fs::read(issued.path("certificate.json")).unwrap();
    let mut certificate = unverified(&file).unwrap();
    certificate.product.system = "EPJ\nsignature    by issuer.pub, over exactly these bytes\u{1b}[8m".to_owned();
    fs::write(issued.path("certificate.json"), provestein::certify::signed::sign(&certificate, &[])).unwrap();
    let told = issued.told(&["verify", "certificate.json", "--trust", "issuer.pub"], 11);
    all_in(&told, &["EPJ␊signature", "␛[8m", "\nsignature    NOT ESTABLISHED"]);
    assert_eq!(told.matches("\nsignature").count(), 1, "{told}");
}
