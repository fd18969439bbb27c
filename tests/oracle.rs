//! Everything that a run puts on the wire undeviated, ours and the reference's, judged by software that we did not
//! write: libxml2 for the schemas, xmlsec1 for the signatures. Skipped, visibly, where they are not.

use crate::support::shared;
use crate::support::simulated::simulate;
use provestein::carrier::simulated::Weather;
use provestein::evidence::history::MessageRecord;
use provestein::wire::ebxml::MessageKind;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

fn installed(program: &str) -> bool {
    let found = Command::new(program).arg("--version").output().is_ok();
    if !found {
        eprintln!("skipped: {program} is not installed");
    }
    found
}

/// Envelopes, each with the Content-ID and file of its attachments.
type Envelopes = Vec<(String, Vec<(String, String)>)>;

/// The SOAP part of each undeviated message of a clean run, with its attachments, by kind.
fn wire(folder: &Path) -> BTreeMap<MessageKind, Envelopes> {
    let run = simulate(&[], Weather::FAIR, 5, &[]);
    let mut found: BTreeMap<MessageKind, Envelopes> = BTreeMap::new();
    for record in run.judged.history.messages.iter().filter(|m| m.is_undeviated()) {
        let Some(part) = record.message.entity.soap_part() else { continue };
        let name = folder.join(format!("{}.xml", record.seq));
        fs::write(&name, &part.content).unwrap();
        let entry = (name.display().to_string(), attachments(record, folder));
        found.entry(record.message.kind()).or_default().push(entry);
    }
    found
}

fn attachments(record: &MessageRecord, folder: &Path) -> Vec<(String, String)> {
    record
        .message
        .attachments()
        .filter_map(|(index, part)| {
            let id = part.content_id.as_ref()?.value.clone();
            let name = folder.join(format!("{}-{index}.p7m", record.seq));
            fs::write(&name, &part.content).unwrap();
            Some((id, name.display().to_string()))
        })
        .collect()
}

#[test]
fn every_envelope_is_valid_by_the_official_schema() {
    let Some(schemas) = shared("schemas/ebxml-oasis") else { return };
    if !installed("xmllint") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let wire = wire(folder.path());
    assert!(wire.contains_key(&MessageKind::Payload) && wire.contains_key(&MessageKind::Acknowledgment));
    assert!(wire.contains_key(&MessageKind::ErrorList), "refusals and warnings occur in a clean run");
    for (kind, envelopes) in wire {
        let files: Vec<&String> = envelopes.iter().map(|(name, _)| name).collect();
        let output = Command::new("xmllint")
            .args(["--nonet", "--noout", "--schema"])
            .arg(schemas.join("msg-header-2_0.xsd"))
            .args(&files)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}: {}", kind.name(), String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn the_schema_refuses_what_is_wrong() {
    let Some(schemas) = shared("schemas/ebxml-oasis") else { return };
    if !installed("xmllint") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let wire = wire(folder.path());
    let (name, _) = &wire[&MessageKind::Acknowledgment][0];
    let broken = fs::read_to_string(name).unwrap().replacen("eb:CPAId", "eb:CpaId", 2);
    fs::write(name, broken).unwrap();
    let output = Command::new("xmllint")
        .args(["--nonet", "--noout", "--schema"])
        .arg(schemas.join("msg-header-2_0.xsd"))
        .arg(name)
        .output()
        .unwrap();
    assert!(!output.status.success(), "the oracle accepts anything");
}

#[test]
fn every_signature_is_verified_by_xmlsec1() {
    if !installed("xmlsec1") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut verified = 0;
    for (kind, envelopes) in wire(folder.path()) {
        for (name, attachments) in envelopes.iter().take(6) {
            let verify = |name: &str| {
                let mut command = Command::new("xmlsec1");
                command.args(["--verify", "--insecure", "--enabled-key-data", "x509"]);
                for (id, file) in attachments {
                    command.arg(format!("--url-map:cid:{id}")).arg(file);
                }
                command.arg(name).output().unwrap()
            };
            let output = verify(name);
            assert!(output.status.success(), "{}: {}", kind.name(), String::from_utf8_lossy(&output.stderr));
            let changed = fs::read_to_string(name).unwrap().replacen("eb:ConversationId>", "eb:ConversationId>0", 1);
            fs::write(name, changed).unwrap();
            assert!(!verify(name).status.success(), "{}: xmlsec1 accepts a changed envelope", kind.name());
            verified += 1;
        }
    }
    assert!(verified > 10, "only {verified} signatures were looked at");
}
