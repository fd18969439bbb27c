//! The file of a certificate: statement, signatures, envelope.

use super::change::{bytes, envelope, read_envelope, replaced, signed, stated, swap, text};
use super::{Attempt, CERTIFICATE};
use crate::support::issued::Issued;
use provestein::certify::dsse::Envelope;
use std::fs;

/// The certificate, of two of whom both must have signed.
const BOTH: &[&str] =
    &["verify", "certificate.json", "--trust", "issuer.pub", "--trust", "second.pub", "--signatures", "2"];
const FORGED: &str = "the signature of issuer.pub does not fit the statement: one of them was changed";
const NOBODYS: &str = "0 of those you trust signed it, and 1 must have";

const fn without_key(what: &'static str, how: fn(&Issued)) -> Attempt {
    Attempt { what, how, command: CERTIFICATE, code: 30, says: FORGED }
}

const fn found(what: &'static str, how: fn(&Issued), code: i32, says: &'static str) -> Attempt {
    Attempt { what, how, command: CERTIFICATE, code, says }
}

/// By the issuer's own hand, who signs again: only the run tells.
const fn by_issuer(what: &'static str, how: fn(&Issued), says: &'static str) -> Attempt {
    Attempt { what, how, command: CERTIFICATE, code: 30, says }
}

fn both_sign(issued: &Issued) {
    issued.told(&["certify", "sign", "certificate.json", "--key", "second"], 0);
}

pub(super) const ATTEMPTS: &[Attempt] = &[
    without_key("an outcome becomes met", |i| stated(i, r#""outcome":"not-established""#, r#""outcome":"met""#)),
    without_key("it holds a year longer", |i| stated(i, r#""until":"2028-12-31""#, r#""until":"2029-12-31""#)),
    without_key("another number", |i| stated(i, r#""number":"PV-"#, r#""number":"PW-"#)),
    without_key("another version of the system", |i| {
        stated(i, r#""system":"reference","version":"1""#, r#""system":"reference","version":"2""#);
    }),
    without_key("another head of the run", |i| stated(i, r#""head":""#, r#""head":"0"#)),
    without_key("the run in the statement's subject", |i| stated(i, r#""name":"run "#, r#""name":"run x"#)),
    without_key("a requirement becomes verified", |i| {
        stated(i, r#""status":"not-exercised""#, r#""status":"verified""#);
    }),
    without_key("self-run becomes witnessed", |i| stated(i, r#""self-run""#, r#""witnessed""#)),
    without_key("another issuer", |i| stated(i, "Direktoratet (syntetisk)", "Direktoratet (syntetisk) AS")),
    without_key("a condition is put in", |i| {
        stated(i, r#""conditions":[]"#, r#""conditions":[{"nb":"Ingen","en":"None","messages":[]}]"#);
    }),
    without_key("a field stands in it twice", |i| stated(i, r#""format":1"#, r#""format":1,"format":1"#)),
    without_key("the signature of another certificate", |i| {
        let other = read_envelope(&i.path("other.json")).signatures;
        envelope(i, |envelope| envelope.signatures = other);
    }),
    without_key("a bit of the signature", |i| envelope(i, |envelope| envelope.signatures[0].bytes[9] ^= 4)),
    found(
        "the key id beside the signature",
        |i| envelope(i, |envelope| envelope.signatures[0].key = "0".repeat(64)),
        30,
        "the signature of issuer.pub bears the id of another key: its `keyid` was changed",
    ),
    found(
        "the signature stands there twice",
        |i| {
            envelope(i, |envelope| {
                let again = envelope.signatures[0].clone();
                envelope.signatures.push(again);
            });
        },
        30,
        "stands under two signatures: one of them was added",
    ),
    found("all signatures are taken away", |i| envelope(i, |envelope| envelope.signatures.clear()), 11, NOBODYS),
    found(
        "somebody else signs in the issuer's name",
        |i| signed(i, "second", r#""outcome":"not-established""#, r#""outcome":"met""#),
        30,
        NOBODYS,
    ),
    Attempt {
        what: "the second person's signature is taken away",
        how: |i| {
            both_sign(i);
            envelope(i, |envelope| drop(envelope.signatures.pop()));
        },
        command: BOTH,
        code: 11,
        says: "1 of those you trust signed it, and 2 must have",
    },
    Attempt {
        what: "the second person's signature is replaced by the first's",
        how: |i| {
            both_sign(i);
            envelope(i, |envelope| envelope.signatures[1].bytes = envelope.signatures[0].bytes.clone());
        },
        command: BOTH,
        code: 30,
        says: "the signature of second.pub does not fit the statement",
    },
    Attempt {
        what: "one key is named as two people",
        how: |i| replaced(&i.path("second.pub"), &i.path("issuer.pub")),
        command: BOTH,
        code: 20,
        says: "the key second.pub cannot be used: it is the key of `issuer.pub` too, and nobody counts twice",
    },
    found(
        "the payload type",
        |i| text(&i.path("certificate.json"), "vnd.in-toto+json", "json"),
        30,
        "its payload is `application/json`, not application/vnd.in-toto+json",
    ),
    found(
        "a field of the envelope stands in it twice",
        |i| text(&i.path("certificate.json"), "\"payload\"", "\"payload\": \"e30=\",\n  \"payload\""),
        30,
        "it is no DSSE envelope: duplicate field `payload`",
    ),
    found(
        "a field is put into the envelope",
        |i| text(&i.path("certificate.json"), "\"payload\"", "\"note\": \"\",\n  \"payload\""),
        30,
        "it is no DSSE envelope: unknown field `note`",
    ),
    found(
        "a blank in the base64 of the payload",
        |i| text(&i.path("certificate.json"), "\"payload\": \"", "\"payload\": \" "),
        30,
        "its payload is no base64",
    ),
    found(
        "an empty line at the end",
        |i| bytes(&i.path("certificate.json"), |bytes| bytes.push(b'\n')),
        30,
        "it is not written as this tool writes it: something in it was changed",
    ),
    found(
        "the file is cut",
        |i| bytes(&i.path("certificate.json"), |bytes| bytes.truncate(bytes.len() / 2)),
        30,
        "it is no DSSE envelope: EOF",
    ),
    found(
        "another certificate in its place",
        |i| swap(&i.path("certificate.json"), &i.path("other.json")),
        30,
        "the certificate is not about these logs, or a log was changed",
    ),
    by_issuer(
        "the issuer signs another outcome",
        |i| signed(i, "issuer", r#""outcome":"not-established""#, r#""outcome":"met""#),
        "the certificate does not state what its runs give: the outcome of a message differs",
    ),
    by_issuer(
        "the issuer signs another status",
        |i| signed(i, "issuer", r#""status":"not-exercised""#, r#""status":"verified""#),
        "is verified in it, and the logs give",
    ),
    by_issuer(
        "the issuer signs another version of the system",
        |i| signed(i, "issuer", r#""system":"reference","version":"1""#, r#""system":"reference","version":"2""#),
        "it names another system, or another version of it",
    ),
    by_issuer(
        "the issuer signs another version of the system, and other rules",
        |i| {
            signed(i, "issuer", r#""catalogue":""#, r#""catalogue":"0"#);
            signed(i, "issuer", r#""system":"reference","version":"1""#, r#""system":"reference","version":"2""#);
        },
        "it names another system, or another version of it",
    ),
    by_issuer(
        "the issuer signs that a run of the supplier's own was challenged",
        |i| signed(i, "issuer", r#""self-run""#, r#""challenged""#),
        "its assurance, or what it says of challenge and witnesses, does not come out of them",
    ),
    by_issuer(
        "the issuer signs that somebody watched",
        |i| signed(i, "issuer", r#""self-run""#, r#""witnessed""#),
        "its assurance, or what it says of challenge and witnesses, does not come out of them",
    ),
    by_issuer(
        "the issuer signs another number",
        |i| signed(i, "issuer", r#""number":"PV-"#, r#""number":"PW-"#),
        "its sums, rules, number or list of requirements differ",
    ),
    by_issuer(
        "the issuer signs a statement with a field twice",
        |i| signed(i, "issuer", r#""totals":{"#, r#""totals":{"verified":999,"#),
        "a field stands in it twice, or something was added",
    ),
    by_issuer(
        "the issuer signs something that is no certificate",
        |i| signed(i, "issuer", "certificate/v1", "certificate/v9"),
        "the statement is a `https://provestein.test/certificate/v9`, which is no certificate of this tool",
    ),
    Attempt {
        what: "something else is signed and called a certificate",
        how: |i| fs::write(i.path("certificate.json"), Envelope::around(b"{}".to_vec()).to_file()).unwrap(),
        command: CERTIFICATE,
        code: 30,
        says: "the statement cannot be read: missing field `_type`",
    },
];
