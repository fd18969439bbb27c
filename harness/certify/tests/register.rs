//! The register as somebody meets it who does not believe it.
#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::civil::{Date, date};
use proptest::prelude::*;
use provestein_certify::certificate::Certificate;
use provestein_certify::register::entry::{Entry, Issuer};
use provestein_certify::register::note::{self, Signs};
use provestein_certify::register::shelf::{InMemory, Shelf as _};
use provestein_certify::register::{
    self, CHECKPOINT, Examined, GrowError, Proof, Reads, Trusted, append, cosign, digest, examine, prove,
};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use std::sync::OnceLock;

const ORIGIN: &str = "register.test/helse";

struct Key(Ed25519KeyPair);

impl Key {
    fn new(seed: u8) -> Self {
        Self(Ed25519KeyPair::from_seed_unchecked(&[seed; 32]).unwrap())
    }
}

impl Signs for Key {
    fn public(&self) -> [u8; 32] {
        self.0.public_key().as_ref().try_into().unwrap()
    }

    fn sign(&self, message: &[u8]) -> Option<[u8; 64]> {
        self.0.sign(message).as_ref().try_into().ok()
    }
}

/// A certificate here is its JSON; that signatures are looked at is the reader's matter.
struct Plain;

impl Reads for Plain {
    fn certificate(&self, file: &[u8], issuers: &[Issuer], _: u32) -> Result<Certificate, String> {
        let read: Certificate = serde_json::from_slice(file).map_err(|error| error.to_string())?;
        let known = issuers.iter().any(|issuer| issuer.name == read.issuer);
        if known { Ok(read) } else { Err(format!("{} may not issue", read.issuer)) }
    }
}

fn certificate(number: &str, issuer: &str) -> Vec<u8> {
    let text = format!(
        r#"{{"format":1,"number":"{number}","issuer":"{issuer}","issued":"2026-11-20",
        "validity":{{"from":"2026-11-20","until":"2028-11-20"}},
        "product":{{"supplier":"Nordlys AS","system":"Nordlys EPJ","version":"5.2"}},"scope":[],
        "rules":{{"tool":"t","suite":"s","catalogue":"c","profile":"p@1","profile_digest":"d","scenarios":{{}}}},
        "runs":[],"assurance":"self-run","totals":{{}},"requirements":[]}}"#
    );
    text.into_bytes()
}

const DAY: Date = date(2026, 11, 25);

fn opened() -> Entry {
    let issuer = |name: &str| Issuer { name: name.into(), key: format!("key of {name}") };
    Entry::Opened {
        on: DAY,
        origin: ORIGIN.into(),
        title: "Register over meldingsgodkjenninger (syntetisk)".into(),
        issuers: vec![issuer("direktoratet"), issuer("helsenett")],
        signatures: 1,
    }
}

fn added(number: &str) -> (Entry, Vec<u8>) {
    let file = certificate(number, "direktoratet");
    (Entry::Added { on: DAY, number: number.into(), certificate: digest(&file) }, file)
}

fn withdrawn(number: &str) -> Entry {
    Entry::Withdrawn { on: DAY, number: number.into(), reason: "feil funnet i drift".into(), approvals: Vec::new() }
}

fn key() -> String {
    note::verifier_key(ORIGIN, &Key::new(1).public())
}

/// A register with 600 certificates, so that it has full tiles, one withdrawal, and a witness.
fn whole() -> &'static InMemory {
    static WHOLE: OnceLock<InMemory> = OnceLock::new();
    WHOLE.get_or_init(|| {
        let (mut shelf, own, witness) = (InMemory::default(), Key::new(1), Key::new(2));
        assert_eq!(register::open(&mut shelf, &opened(), &own).unwrap(), key());
        let watched = Entry::WitnessNamed { on: DAY, key: note::witness_key("kommunene", &witness.public()) };
        append(&mut shelf, &own, &[watched], &[]).unwrap();
        let (entries, files): (Vec<_>, Vec<_>) = (0..600).map(|n| added(&format!("PV-{n}"))).unzip();
        append(&mut shelf, &own, &entries, &files).unwrap();
        append(&mut shelf, &own, &[withdrawn("PV-7")], &[]).unwrap();
        cosign(&mut shelf, &key(), "kommunene", 1_795_000_000, &witness).unwrap();
        shelf
    })
}

fn look(shelf: &InMemory, seen: Option<&[u8]>) -> Result<Examined, String> {
    examine(shelf, Trusted { key: &key(), seen, reads: &Plain }).map_err(|broken| broken.to_string())
}

#[test]
fn a_register_says_how_each_certificate_stands() {
    let examined = look(whole(), None).unwrap();
    assert_eq!((examined.head.size, examined.entries.len(), examined.standings.len()), (603, 603, 600));
    assert_eq!(examined.cosigned, ["kommunene"]);
    let standing = examined.standings.iter().find(|s| s.certificate.number == "PV-7").unwrap();
    assert_eq!(standing.withdrawn.as_ref().unwrap().reason, "feil funnet i drift");
    assert!(!standing.holds(DAY) && standing.holds(date(2026, 11, 24)));
    assert!(examined.standings.iter().filter(|s| s.withdrawn.is_some()).count() == 1);
}

/// A day far ahead, written by mistake, does not keep a certificate alive.
#[test]
fn a_withdrawal_can_be_brought_forward_and_never_put_off() {
    let mut shelf = whole().clone();
    let on = |day, reason: &str| Entry::Withdrawn {
        on: day,
        number: "PV-9".into(),
        reason: reason.into(),
        approvals: Vec::new(),
    };
    let days = [on(date(2096, 11, 25), "skrivefeil"), on(DAY, "feil funnet"), on(date(2027, 1, 1), "utsatt")];
    append(&mut shelf, &Key::new(1), &days, &[]).unwrap();
    let examined = look(&shelf, None).unwrap();
    let standing = examined.standings.iter().find(|s| s.certificate.number == "PV-9").unwrap();
    assert!(!standing.holds(DAY), "{:?}", standing.withdrawn);
    assert_eq!(standing.withdrawn.as_ref().unwrap().reason, "feil funnet");
}

/// An issuer who was retired and named again, and one who was named later, do not stand in the way of a withdrawal.
#[test]
fn a_certificate_is_read_with_the_issuers_of_its_day() {
    let mut shelf = whole().clone();
    let own = Key::new(1);
    let retired = Entry::IssuerRetired { on: DAY, name: "direktoratet".into(), reason: "ny nøkkel".into() };
    let issuer = Issuer { name: "direktoratet".into(), key: "key of direktoratet".into() };
    let named = Entry::IssuerNamed { on: DAY, issuer, approvals: Vec::new() };
    append(&mut shelf, &own, &[retired, named], &[]).unwrap();
    let reads = OneNameOnce;
    register::admits(&shelf, &own, (&[withdrawn("PV-3")], &[]), &reads).unwrap();
}

#[test]
fn nobody_watches_their_own_register_and_no_other_system_takes_a_place() {
    let mut shelf = whole().clone();
    let own = Key::new(1);
    let watches = Entry::WitnessNamed { on: DAY, key: note::witness_key("venn", &own.public()) };
    let refused = append(&mut shelf, &own, std::slice::from_ref(&watches), &[]).unwrap_err().to_string();
    assert!(refused.contains("`venn` has the key of the register itself"), "{refused}");
    assert!(register::may_begin(&[opened(), watches], &own).is_err());
    let other = String::from_utf8(certificate("PV-other", "direktoratet")).unwrap().replace("Nordlys EPJ", "Annet EPJ");
    let entry = Entry::Added { on: DAY, number: "PV-other".into(), certificate: digest(other.as_bytes()) };
    append(&mut shelf, &own, &[entry], &[other.into_bytes()]).unwrap();
    let by = |by: &str| Entry::Superseded { on: DAY, number: "PV-3".into(), by: by.into(), approvals: Vec::new() };
    register::admits(&shelf, &own, (&[by("PV-4")], &[]), &Plain).unwrap();
    let refused = register::admits(&shelf, &own, (&[by("PV-other")], &[]), &Plain).unwrap_err().to_string();
    assert!(refused.contains("PV-other is of Nordlys AS Annet EPJ: one of another system"), "{refused}");
    append(&mut shelf, &own, &[by("PV-other")], &[]).unwrap();
    assert!(look(&shelf, None).unwrap_err().contains("one of another system"), "smuggled in");
}

/// Refuses what `Trust::of` refuses: somebody named twice.
struct OneNameOnce;

impl Reads for OneNameOnce {
    fn certificate(&self, file: &[u8], issuers: &[Issuer], signatures: u32) -> Result<Certificate, String> {
        let names: std::collections::BTreeSet<&str> = issuers.iter().map(|issuer| issuer.name.as_str()).collect();
        if names.len() < issuers.len() {
            return Err("somebody is named twice".into());
        }
        Plain.certificate(file, issuers, signatures)
    }
}

#[test]
fn nothing_is_written_that_may_not_follow_or_by_another_key() {
    let mut shelf = whole().clone();
    let refused = |result: Result<_, GrowError>| result.unwrap_err().to_string();
    let (entry, file) = added("PV-3");
    assert!(refused(append(&mut shelf, &Key::new(1), &[entry], &[file])).contains("PV-3 already"));
    assert!(
        refused(append(&mut shelf, &Key::new(9), &[withdrawn("PV-3")], &[])).contains("not the one of the register")
    );
    assert!(
        refused(cosign(&mut shelf, &key(), "ingen", 1, &Key::new(2)).map(|()| unreachable!()))
            .contains("does not name")
    );
    assert!(matches!(register::open(&mut shelf, &opened(), &Key::new(1)), Err(GrowError::Exists(_))));
    assert_eq!(&shelf, whole(), "and nothing was");
}

#[test]
fn a_certificate_by_somebody_else_does_not_hold() {
    let mut shelf = whole().clone();
    let file = certificate("PV-x", "en annen");
    let entry = Entry::Added { on: DAY, number: "PV-x".into(), certificate: digest(&file) };
    append(&mut shelf, &Key::new(1), &[entry], &[file]).unwrap();
    assert!(look(&shelf, None).unwrap_err().contains("PV-x does not hold: en annen may not issue"));
}

#[test]
fn who_saw_an_older_checkpoint_finds_a_register_that_was_cut_or_rewritten() {
    let own = Key::new(1);
    let seen = whole().0[CHECKPOINT].clone();
    let mut grown = whole().clone();
    append(&mut grown, &own, &[withdrawn("PV-8")], &[]).unwrap();
    assert_eq!(look(&grown, Some(&seen)).unwrap().continues, Some(603));
    // The same keys, another history.
    let mut other = InMemory::default();
    register::open(&mut other, &opened(), &own).unwrap();
    let watched = Entry::WitnessNamed { on: DAY, key: note::witness_key("kommunene", &Key::new(2).public()) };
    append(&mut other, &own, &[watched], &[]).unwrap();
    assert!(look(&other, None).is_ok(), "it holds in itself");
    assert!(look(&other, Some(&seen)).unwrap_err().contains("was cut"));
    let (entries, files): (Vec<_>, Vec<_>) = (0..700).map(|n| added(&format!("PV-{}", n + 1))).unzip();
    append(&mut other, &own, &entries, &files).unwrap();
    assert!(look(&other, Some(&seen)).unwrap_err().contains("was rewritten"));
    // A checkpoint of somebody else is none.
    let mut foreign = InMemory::default();
    register::open(&mut foreign, &opened(), &Key::new(5)).unwrap();
    assert!(look(&grown, Some(&foreign.0[CHECKPOINT])).unwrap_err().contains("does not hold"));
    let trusted = Trusted { key: &key(), seen: None, reads: &Plain };
    assert!(examine(&foreign, trusted).unwrap_err().to_string().contains("signature"));
}

#[test]
fn an_entry_is_proven_without_the_register() {
    let witnesses = [note::witness_key("kommunene", &Key::new(2).public())];
    for index in [0, 1, 255, 256, 602] {
        let proof = prove(whole(), &key(), &witnesses, index).unwrap();
        let text = proof.to_text();
        let read = Proof::read(&text).unwrap();
        let (entry, head) = read.check(&key(), &witnesses).unwrap();
        assert_eq!((head.size, &entry), (603, &look(whole(), None).unwrap().entries[index as usize]));
        let mut other = read.clone();
        other.entry = withdrawn("PV-9").to_bytes().unwrap();
        assert!(other.check(&key(), &witnesses).is_err());
    }
    assert!(prove(whole(), &key(), &witnesses, 603).is_err());
}

/// Whoever has the register's key can write what they like; whoever examines it does not take what fits no certificate.
#[test]
fn an_entry_that_does_not_fit_its_certificate_breaks_the_register() {
    let own = Key::new(1);
    let text = String::from_utf8(certificate("PV-r", "direktoratet")).unwrap();
    let requirement = r#""requirements":[{"id":"HITS1172-117","level":"MUST","status":"violated"}]"#;
    let run = r#""runs":[{"id":"r1","started":"2026-11-20T08:00:00Z","events":10,"head":"aa"}]"#;
    let file = text.replace(r#""requirements":[]"#, requirement).replace(r#""runs":[]"#, run).into_bytes();
    let mut shelf = whole().clone();
    let entry = Entry::Added { on: DAY, number: "PV-r".into(), certificate: digest(&file) };
    append(&mut shelf, &own, &[entry], &[file]).unwrap();
    let overridden = |requirement: &str, reason: &str| Entry::Overridden {
        on: DAY,
        until: date(2027, 1, 31),
        number: "PV-r".into(),
        requirement: requirement.into(),
        status: "verified".into(),
        by: vec!["Kari".into(), "Ola".into()],
        reason: reason.into(),
        approvals: Vec::new(),
    };
    let disputed = |run: &str, event| Entry::Disputed {
        on: DAY,
        number: "PV-r".into(),
        requirement: "HITS1172-117".into(),
        run: run.into(),
        event,
        by: "Nordlys AS".into(),
        reason: "feltet er med".into(),
    };
    append(&mut shelf, &own, &[overridden("HITS1172-117", "feil i testen"), disputed("r1", 9)], &[]).unwrap();
    let examined = look(&shelf, None).unwrap();
    let standing = examined.standings.iter().find(|one| one.certificate.number == "PV-r").unwrap();
    assert_eq!((standing.overrides.len(), standing.disputes[0].event), (1, 9));
    assert_eq!(standing.overrides[0].stands(date(2027, 2, 1)), "expired");
    for (entry, why) in [
        (overridden("HITS1172-118", "x"), "says nothing about a requirement HITS1172-118"),
        (disputed("r1", 10), "no event 10"),
        (disputed("r2", 1), "not drawn from a run r2"),
    ] {
        let reads = register::admits(&shelf, &own, (std::slice::from_ref(&entry), &[]), &Plain);
        assert!(reads.unwrap_err().to_string().contains(why), "{why}");
        let mut smuggled = shelf.clone();
        append(&mut smuggled, &own, &[entry], &[]).unwrap();
        let found = look(&smuggled, None).unwrap_err();
        assert!(found.contains("entry 606 cannot be") && found.contains(why), "{found}");
    }
}

/// What a power failure leaves behind when it comes before the checkpoint.
#[test]
fn a_growth_that_was_cut_short_is_seen_and_does_no_harm() {
    let mut grown = whole().clone();
    append(&mut grown, &Key::new(1), &[withdrawn("PV-8")], &[]).unwrap();
    let mut torn = whole().clone();
    for (path, bytes) in &grown.0 {
        if path != CHECKPOINT {
            torn.put(path, bytes).unwrap();
        }
    }
    assert!(look(&torn, None).unwrap_err().contains("does not belong"), "it is told");
    let head = append(&mut torn, &Key::new(1), &[withdrawn("PV-8")], &[]).unwrap();
    assert_eq!((head.size, look(&torn, None).unwrap().entries.len()), (604, 604), "and gone on with");
}

/// What it leaves behind when it comes after the checkpoint: the half-filled files of the tree before.
#[test]
fn files_of_the_tree_before_do_no_harm_as_long_as_they_are_its_beginning() {
    let mut grown = whole().clone();
    append(&mut grown, &Key::new(1), &[withdrawn("PV-8")], &[]).unwrap();
    let old: Vec<_> = whole().0.iter().filter(|(path, _)| !grown.0.contains_key(*path)).collect();
    assert!(old.iter().any(|(path, _)| path.starts_with("tile/entries/")), "{:?}", grown.0.keys());
    assert!(old.iter().any(|(path, _)| path.starts_with("tile/0/")));
    let mut torn = grown.clone();
    torn.0.extend(old.iter().map(|(path, bytes)| ((*path).clone(), (*bytes).clone())));
    assert_eq!(look(&torn, None).unwrap().entries.len(), 604);
    for (path, bytes) in &old {
        let mut changed = torn.clone();
        changed.0.get_mut(*path).unwrap()[40] ^= 1;
        assert!(look(&changed, None).unwrap_err().contains("it was changed"), "{path}");
        let beside = format!("{path}0");
        let stranger = [grown.clone().0, [(beside.clone(), (*bytes).clone())].into()].into_iter().flatten().collect();
        assert!(look(&InMemory(stranger), None).unwrap_err().contains("does not belong"), "{beside}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// One changed byte of any file is found.
    #[test]
    fn a_changed_byte_is_found(file in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), bit in 0u32..8) {
        let mut shelf = whole().clone();
        let path = file.get(&shelf.list().unwrap()).clone();
        let bytes = shelf.0.get_mut(&path).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        prop_assert!(look(&shelf, None).is_err(), "{path}, byte {at}, bit {bit}");
    }

    /// So is one of the files that are few among the certificates.
    #[test]
    fn a_changed_byte_of_the_tree_is_found(file in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), bit in 0u32..8) {
        let mut shelf = whole().clone();
        let of_tree: Vec<String> = shelf.list().unwrap().into_iter().filter(|p| !p.starts_with("certificates/")).collect();
        let path = file.get(&of_tree).clone();
        let bytes = shelf.0.get_mut(&path).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        prop_assert!(look(&shelf, None).is_err(), "{path}, byte {at}, bit {bit}");
    }

    /// So is a file that is gone, cut, or came from elsewhere.
    #[test]
    fn a_lost_or_strange_file_is_found(file in any::<prop::sample::Index>(), how in 0u8..3) {
        let mut shelf = whole().clone();
        let path = file.get(&shelf.list().unwrap()).clone();
        match how {
            0 => shelf.remove(&path).unwrap(),
            1 => { shelf.0.get_mut(&path).unwrap().pop(); }
            _ => shelf.put(&format!("{path}.bak"), b"x").unwrap(),
        }
        prop_assert!(look(&shelf, None).is_err(), "{path}");
    }

    /// A proof of which anything was changed proves nothing.
    #[test]
    fn a_changed_proof_is_found(index in 0u64..603, at in any::<prop::sample::Index>(), bit in 0u32..8) {
        let witnesses = [note::witness_key("kommunene", &Key::new(2).public())];
        let mut text = prove(whole(), &key(), &witnesses, index).unwrap().to_text();
        let at = at.index(text.len());
        text[at] ^= 1 << bit;
        prop_assert!(Proof::read(&text).and_then(|proof| proof.check(&key(), &witnesses)).is_err(), "byte {at}, bit {bit}");
    }

    /// Whatever stands in the files, it is an answer and no panic.
    #[test]
    fn hostile_files_are_answered(checkpoint in prop::collection::vec(any::<u8>(), 0..300), size in any::<u64>()) {
        let mut shelf = whole().clone();
        shelf.put(CHECKPOINT, &checkpoint).unwrap();
        prop_assert!(look(&shelf, None).is_err());
        let text = String::from_utf8_lossy(&whole().0[CHECKPOINT]).replacen("\n603\n", &format!("\n{size}\n"), 1);
        shelf.put(CHECKPOINT, text.as_bytes()).unwrap();
        prop_assert!(size == 603 || look(&shelf, None).is_err());
    }
}
