//! What whoever keeps a register that demands two signatures cannot do alone, though they have its key.
#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::civil::{Date, date};
use provestein_certify::key::SecretKey;
use provestein_certify::register::State;
use provestein_certify::register::approval::approve;
use provestein_certify::register::entry::{Entry, Issuer};

const ORIGIN: &str = "register.test/helse";
const DAY: Date = date(2027, 1, 1);

fn key(seed: u8) -> SecretKey {
    SecretKey::of_seed([seed; 32])
}

fn issuer(name: &str, seed: u8) -> Issuer {
    Issuer { name: name.into(), key: key(seed).public_key().to_pem() }
}

fn opened(issuers: Vec<Issuer>) -> Entry {
    Entry::Opened { on: DAY, origin: ORIGIN.into(), title: "Register (syntetisk)".into(), issuers, signatures: 2 }
}

fn register() -> State {
    let mut state = State::default();
    state.take(&opened(vec![issuer("a", 1), issuer("b", 2)])).unwrap();
    state.take(&Entry::Added { on: DAY, number: "PV-1".into(), certificate: "aa".into() }).unwrap();
    state
}

fn signed(mut entry: Entry, seeds: &[u8]) -> Entry {
    for seed in seeds {
        assert!(approve(&mut entry, ORIGIN, &key(*seed)));
    }
    entry
}

#[test]
fn nobody_is_made_an_issuer_by_the_keeper_alone() {
    let named = || Entry::IssuerNamed { on: DAY, issuer: issuer("c", 3), approvals: Vec::new() };
    let mut state = register();
    for seeds in [&[][..], &[1], &[1, 3], &[3, 4]] {
        let refused = state.take(&signed(named(), seeds)).unwrap_err();
        assert!(refused.contains("signed the issuer-named entry, and this register demands 2"), "{seeds:?}: {refused}");
    }
    state.take(&signed(named(), &[1, 2])).unwrap();
    assert_eq!(state.issuers.len(), 3);
    // Retired, for instance because the key leaked: the same signatures do not bring it back.
    state.take(&Entry::IssuerRetired { on: DAY, name: "c".into(), reason: "nøkkel på avveie".into() }).unwrap();
    assert!(state.take(&signed(named(), &[1, 2])).unwrap_err().contains("in the register already"));
}

#[test]
fn what_issuers_signed_once_is_written_once_in_whatever_order_they_stand() {
    let overridden = Entry::Overridden {
        on: DAY,
        until: date(2027, 3, 31),
        number: "PV-1".into(),
        requirement: "HITS1172-117".into(),
        status: "verified".into(),
        by: vec!["Kari".into(), "Ola".into()],
        reason: "feil i testen".into(),
        approvals: Vec::new(),
    };
    let mut state = register();
    state.take(&signed(overridden.clone(), &[1, 2])).unwrap();
    for seeds in [&[1, 2][..], &[2, 1], &[1, 2, 9]] {
        let again = state.take(&signed(overridden.clone(), seeds)).unwrap_err();
        assert!(again.contains("in the register already"), "{seeds:?}: {again}");
    }
}

#[test]
fn one_key_is_one_issuer_however_its_file_is_written() {
    let (one, other) = (issuer("a", 1), issuer("b", 1));
    for written in [format!("{}\n", other.key), other.key.replace('\n', "\r\n")] {
        let again = Issuer { key: written.clone(), ..other.clone() };
        let refused = State::default().take(&opened(vec![one.clone(), again])).unwrap_err();
        assert!(refused.contains("the same key"), "{written:?}: {refused}");
    }
}
