//! Who has which system, and which day it is: what stands in no signature of ours, and is checked all the same.

use super::Attempt;
use super::change::{signed, text};
use crate::support::issued::Issued;
use crate::support::root;
use std::fs;

const WITH_RUN: &[&str] =
    &["verify", "certificate.json", "--trust", "issuer.pub", "--run", "run", "--on", "2027-06-01"];
const READY: &[&str] = &[
    "ready",
    "LOG_INNLAGT@1.6",
    "--municipality",
    "9001",
    "--on",
    "2027-02-15",
    "--register",
    "reg",
    "--trust",
    "register.pub",
    "--roster",
    "roster.yaml",
];
const IN_REGISTER: &[&str] = &[
    "verify",
    "certificate.json",
    "--trust",
    "issuer.pub",
    "--register",
    "reg",
    "--register-trust",
    "register.pub",
    "--on",
    "2027-06-01",
];

const fn roster(what: &'static str, how: fn(&Issued), says: &'static str) -> Attempt {
    Attempt { what, how, command: READY, code: 21, says }
}

/// The roster of the questions, with one change.
fn changed(issued: &Issued, from: &str, to: &str) {
    fs::copy(root().join("fixtures/readiness/roster.yaml"), issued.path("roster.yaml")).unwrap();
    text(&issued.path("roster.yaml"), from, to);
}

fn number(issued: &Issued) -> String {
    let list = issued.told(&["register", "list", "reg", "--trust", "register.pub"], 0);
    let file = super::change::read_envelope(&issued.path("certificate.json"));
    let statement = String::from_utf8(file.payload).unwrap();
    let numbers = list.lines().filter_map(|line| line.split(' ').next());
    numbers.filter(|number| number.starts_with("PV-") && statement.contains(number)).collect::<String>()
}

pub(super) const ATTEMPTS: &[Attempt] = &[
    roster(
        "a municipality stands in the roster twice",
        |i| changed(i, "\"9002\":", "\"9001\":"),
        "duplicate mapping key: 9001",
    ),
    roster(
        "a number of five digits",
        |i| changed(i, "\"9001\":", "\"90011\":"),
        "`90011` is no municipality number: four digits were expected",
    ),
    roster(
        "a key that there is not",
        |i| changed(i, "population: 2100", "inhabitants: 2100"),
        "unknown key `inhabitants`; known are name",
    ),
    roster(
        "people who cannot be counted",
        |i| changed(i, "population: 2100", "population: -5"),
        "`-5` is no number of people",
    ),
    roster(
        "a counterpart that there is not",
        |i| changed(i, "counterparts: [fjordbyen-hf, ", "counterparts: [fjordby-hf, "),
        "there is no party `fjordby-hf`",
    ),
    roster("a system without a version", |i| changed(i, "version: \"5.2\", ", ""), "`version` of a system is missing"),
    roster(
        "a carrier that there is not",
        |i| changed(i, "carrier: http", "carrier: fax"),
        "`fax` is no carrier: expected http or mail",
    ),
    roster(
        "an AppRec version that there is not",
        |i| changed(i, "apprec: [\"1.1\", \"1.0\"]", "apprec: [\"2.0\"]"),
        "`2.0` is no version of the AppRec",
    ),
    Attempt {
        what: "the register behind an answer",
        how: |i| {
            changed(i, "population: 2100", "population: 2101");
            text(&i.path("reg/checkpoint"), "\n4\n", "\n5\n");
        },
        command: READY,
        code: 30,
        says: "the register in reg does not hold",
    },
    Attempt {
        what: "a day that there is not",
        how: |_| {},
        command: &["verify", "certificate.json", "--trust", "issuer.pub", "--on", "2027-02-30"],
        code: 20,
        says: "invalid value '2027-02-30' for '--on <DATE>': parsed date is not valid",
    },
    Attempt {
        what: "the day after the last",
        how: |_| {},
        command: &["verify", "certificate.json", "--trust", "issuer.pub", "--on", "2029-01-01"],
        code: 11,
        says: "it does NOT hold on 2029-01-01: only from",
    },
    Attempt {
        what: "a day before the first",
        how: |_| {},
        command: &["verify", "certificate.json", "--trust", "issuer.pub", "--on", "2020-01-01"],
        code: 11,
        says: "NOT ESTABLISHED: it is said to be of",
    },
    Attempt {
        what: "the issuer dates a certificate before its run",
        how: |i| issued_on(i, "2020-01-01"),
        command: WITH_RUN,
        code: 30,
        says: "it would be older than its run",
    },
    Attempt {
        what: "the issuer dates a certificate after today",
        how: |i| issued_on(i, "2028-01-01"),
        command: &["verify", "certificate.json", "--trust", "issuer.pub", "--on", "2027-06-01"],
        code: 11,
        says: "NOT ESTABLISHED: it is said to be of 2028-01-01, which is after 2027-06-01",
    },
    Attempt {
        what: "a certificate that was withdrawn is shown without saying so",
        how: |i| {
            let number = number(i);
            let revoke = ["register", "revoke", "reg", &number, "--reason", "feil", "--on", "2027-01-01"];
            i.told(&[&revoke[..], &["--key", "keeper"]].concat(), 0);
        },
        command: IN_REGISTER,
        code: 11,
        says: "register     NOT ESTABLISHED: it was withdrawn",
    },
    Attempt {
        what: "a withdrawal is dated later in the register",
        how: |i| {
            let number = number(i);
            let revoke = ["register", "revoke", "reg", &number, "--reason", "feil", "--on", "2027-01-01"];
            i.told(&[&revoke[..], &["--key", "keeper"]].concat(), 0);
            let entries = crate::support::files(&i.path("reg/tile/entries"), "");
            text(&entries[0], "2027-01-01", "2027-12-01");
        },
        command: IN_REGISTER,
        code: 30,
        says: "an entry was changed",
    },
    Attempt {
        what: "a certificate that is in no register",
        how: |i| drop(i.told(&["certify", "sign", "certificate.json", "--key", "second"], 0)),
        command: IN_REGISTER,
        code: 11,
        says: "NOT ESTABLISHED: this file is not in the register",
    },
];

/// The certificate of another day, signed by its issuer.
fn issued_on(issued: &Issued, day: &str) {
    let file = super::change::read_envelope(&issued.path("certificate.json"));
    let statement = String::from_utf8(file.payload).unwrap();
    let at = statement.find("\"issued\":\"").unwrap();
    signed(issued, "issuer", &statement[at..at + 20], &format!("\"issued\":\"{day}"));
}
