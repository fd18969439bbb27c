//! Every byte of a register and of a certificate, not only some at random.

use crate::support::files;
use crate::support::issued::Issued;
use provestein::certify::key::PublicKey;
use provestein::certify::register::shelf::InMemory;
use provestein::certify::register::{Trusted, examine};
use provestein::certify::signed::{SignedFiles, verify};
use provestein::certify::trust::Trust;
use std::fs;

/// Certificates are large; each byte of them is under the same digest.
const STEP: usize = 499;

#[test]
fn every_byte_of_a_register_is_found_when_it_changes() {
    let issued = Issued::copy();
    let folder = issued.path("reg");
    let mut shelf = InMemory::default();
    for path in files(&folder, "") {
        let name = path.strip_prefix(&folder).unwrap().display().to_string();
        shelf.0.insert(name, fs::read(path).unwrap());
    }
    let key = fs::read_to_string(issued.path("register.pub")).unwrap();
    let holds = |shelf: &InMemory| examine(shelf, Trusted { key: key.trim(), seen: None, reads: &SignedFiles }).is_ok();
    assert!(holds(&shelf));
    let mut tried = 0;
    for name in shelf.0.keys().cloned().collect::<Vec<_>>() {
        let step = if name.starts_with("certificates/") { STEP } else { 1 };
        for at in (0..shelf.0[&name].len()).step_by(step) {
            let change = |shelf: &mut InMemory| shelf.0.get_mut(&name).unwrap()[at] ^= 1 << (at % 8);
            change(&mut shelf);
            assert!(!holds(&shelf), "{name}, byte {at}");
            change(&mut shelf);
            tried += 1;
        }
    }
    assert!(tried > 1000 && holds(&shelf), "{tried}");
}

#[test]
fn every_byte_of_a_certificate_is_found_when_it_changes() {
    let issued = Issued::copy();
    let key = fs::read_to_string(issued.path("issuer.pub")).unwrap();
    assert!(PublicKey::from_pem(&key).is_ok());
    let issuer = provestein::certify::register::entry::Issuer { name: "issuer".to_owned(), key };
    let trust = Trust::of(&[issuer], 1).unwrap();
    let mut file = fs::read(issued.path("certificate.json")).unwrap();
    assert!(verify(&file, &trust).is_ok());
    for at in (0..file.len()).step_by(7).chain(0..200).chain(file.len() - 400..file.len()) {
        file[at] ^= 1 << (at % 8);
        assert!(verify(&file, &trust).is_err(), "byte {at}");
        file[at] ^= 1 << (at % 8);
    }
}
