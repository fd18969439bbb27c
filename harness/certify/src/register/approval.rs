//! Two-person issue beside certificates: where a register demands the signatures of several issuers on a certificate, it
//! demands them on whatever else can decide an answer, too (`Entry::approvals`). Else whoever keeps the register could alone turn a `no` into
//! a `yes`.

use super::entry::{Approval, Entry, Issuer};
use super::note::Signs as _;
use crate::key::{PublicKey, SecretKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::collections::BTreeSet;

/// What the signature is over beside the entry, so that it is none over anything else (as DSSE does it).
const TYPE: &str = "application/vnd.provestein.entry+json";

/// The bytes that an issuer signs: the register's name, and the entry as it would stand without any signature.
fn bytes(origin: &str, entry: &Entry) -> Option<Vec<u8>> {
    let mut bare = entry.clone();
    bare.approvals_mut()?.clear();
    let payload = [origin.as_bytes(), b"\n", &bare.to_bytes().ok()?].concat();
    let head = format!("DSSEv1 {} {TYPE} {} ", TYPE.len(), payload.len());
    Some([head.as_bytes(), &payload].concat())
}

/// Adds the signature of an issuer to an entry, once. Whether it was one that can be signed.
pub fn approve(entry: &mut Entry, origin: &str, key: &SecretKey) -> bool {
    let signature = bytes(origin, entry).and_then(|bytes| key.sign(&bytes));
    let (Some(signature), Some(approvals)) = (signature, entry.approvals_mut()) else { return false };
    let approval = Approval { key: key.public_key().id(), signature: STANDARD.encode(signature) };
    if !approvals.contains(&approval) {
        approvals.push(approval);
    }
    true
}

/// Names of the issuers who signed an entry.
pub fn approved_by<'i>(entry: &Entry, origin: &str, issuers: &'i [Issuer]) -> BTreeSet<&'i str> {
    let (Some(bytes), Some(approvals)) = (bytes(origin, entry), entry.approvals()) else { return BTreeSet::new() };
    let signed = |issuer: &&Issuer| {
        let Ok(key) = PublicKey::from_pem(&issuer.key) else { return false };
        let id = key.id();
        let own = approvals.iter().filter(|approval| approval.key == id);
        let signatures: Vec<Vec<u8>> = own.filter_map(|one| STANDARD.decode(&one.signature).ok()).collect();
        signatures.iter().any(|signature| key.verifies(&bytes, signature))
    };
    issuers.iter().filter(signed).map(|issuer| issuer.name.as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn entry(number: &str) -> Entry {
        Entry::Overridden {
            on: date(2027, 1, 1),
            until: date(2027, 3, 31),
            number: number.into(),
            requirement: "HITS1172-117".into(),
            status: "verified".into(),
            by: vec!["Kari".into(), "Ola".into()],
            reason: "feil i testen".into(),
            approvals: Vec::new(),
        }
    }

    #[test]
    fn a_signature_is_for_one_override_in_one_register() {
        let keys = [1, 2].map(|seed| SecretKey::of_seed([seed; 32]));
        let issuer = |(name, key): (&str, &SecretKey)| Issuer { name: name.into(), key: key.public_key().to_pem() };
        let issuers: Vec<Issuer> = ["a", "b"].into_iter().zip(&keys).map(issuer).collect();
        let mut signed = entry("PV-1");
        assert!(approve(&mut signed, "register.test", &keys[0]) && approve(&mut signed, "register.test", &keys[0]));
        assert_eq!(approved_by(&signed, "register.test", &issuers), BTreeSet::from(["a"]));
        assert!(approve(&mut signed, "register.test", &keys[1]));
        assert_eq!(approved_by(&signed, "register.test", &issuers).len(), 2);
        assert_eq!(approved_by(&signed, "register.other", &issuers).len(), 0, "another register");
        let Entry::Overridden { approvals: of_one, .. } = signed else { unreachable!() };
        let mut other = entry("PV-2");
        let Entry::Overridden { approvals, .. } = &mut other else { unreachable!() };
        *approvals = of_one;
        assert_eq!(approved_by(&other, "register.test", &issuers).len(), 0, "another certificate");
        let mut retired = Entry::IssuerRetired { on: date(2027, 1, 1), name: "a".into(), reason: "x".into() };
        assert!(!approve(&mut retired, "register.test", &keys[0]));
    }
}
