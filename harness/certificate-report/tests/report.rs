//! What a report says, whatever stands in the certificate.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests: a failure is a panic, with its place")]

mod sample;

use jiff::civil::date;
use provestein_certificate_report::document::{Block, Document, Text, Tone};
use provestein_certificate_report::stated::{Again, Registered, Seen, Signature};
use provestein_certificate_report::{Lang, html};
use sample::{Found, certificate, document, poisoned};
use std::collections::BTreeMap;

fn claim(document: &Document) -> String {
    let found = document.blocks.iter().find_map(|block| match block {
        Block::Claim(text) => Some(text.to_plain()),
        _ => None,
    });
    found.unwrap()
}

/// Titles of what must not be overlooked.
fn notices(document: &Document, tone: Tone) -> Vec<&str> {
    let notices = document.blocks.iter().filter_map(|block| match block {
        Block::Notice(notice) => Some(notice),
        _ => None,
    });
    notices.filter(|notice| notice.tone == tone).map(|notice| notice.title.as_str()).collect()
}

/// Every row of a table whose first cell is this one, without it.
fn rows(document: &Document, first: &str) -> Vec<Vec<String>> {
    let tables = document.blocks.iter().filter_map(|block| match block {
        Block::Table(table) => Some(table),
        _ => None,
    });
    let plain = |row: &Vec<provestein_certificate_report::document::Cell>| -> Vec<String> {
        row.iter().map(|cell| Text::to_plain(&cell.text)).collect()
    };
    let rows = tables.flat_map(|table| &table.rows).map(plain);
    rows.filter(|row| row[0] == first).map(|row| row[1..].to_vec()).collect()
}

#[test]
fn the_claim_names_who_says_it_only_when_that_was_verified() {
    let found = Found::default();
    let unverified = document(&certificate(), &found, None);
    assert_eq!(
        claim(&unverified),
        "Nordlys EPJ 5.2 fra Nordlys AS, med meldingstjeneren Melding+ 3.1, kan ta imot Melding om innlagt pasient 1.6 og sende \
         Innleggelsesrapport 1.6 fra 1. juni 2026 til og med 31. desember 2027, står det i en fil som oppgir Direktoratet \
         (syntetisk) som utsteder."
    );
    assert_eq!(notices(&unverified, Tone::Open), ["Underskriften er ikke kontrollert: du oppga ingen du stoler på"]);
    assert!(unverified.running.ends_with("IKKE kontrollert"));
    let few = Found { signature: Signature::TooFew { found: 1, demanded: 2 }, ..Found::default() };
    assert_eq!(
        notices(&document(&certificate(), &few, None), Tone::Bad),
        ["For få av dem du stoler på, har underskrevet"]
    );
    let verified = Found {
        signature: Signature::By { signers: vec!["issuer.pub".into()], organisation: None },
        lang: Lang::En,
        ..Found::default()
    };
    let verified = document(&certificate(), &verified, None);
    assert!(
        claim(&verified).ends_with(
            "may receive Notification of admitted patient 1.6 and send Admission report 1.6 from 1 June 2026 until \
         31 December 2027, says Direktoratet (syntetisk)."
        ),
        "{}",
        claim(&verified)
    );
    assert_eq!(notices(&verified, Tone::Good), ["The signature was verified"]);
    assert!(verified.running.ends_with("· verified"));
}

#[test]
fn without_a_met_message_nothing_is_approved() {
    let mut none = certificate();
    none["scope"].as_array_mut().unwrap().drain(..2);
    assert!(
        claim(&document(&none, &Found::default(), None)).starts_with("Ingen melding er godkjent for Nordlys EPJ 5.2")
    );
}

#[test]
fn outside_its_validity_the_report_says_so_at_once() {
    let late = Found { on: date(2028, 1, 1), ..Found::default() };
    assert_eq!(
        notices(&document(&certificate(), &late, None), Tone::Bad),
        ["Sertifikatet gjelder ikke 1. januar 2028"]
    );
}

#[test]
fn what_was_not_decided_is_listed_with_the_reason() {
    let why = |document: &Document, id: &str| {
        rows(document, id).into_iter().find(|row| row.len() == 2).map(|row| row[1].clone())
    };
    let nb = document(&certificate(), &Found::default(), None);
    assert_eq!(
        why(&nb, "HIS80415-2012-3.5-3").unwrap(),
        "Profilen bedømmer det bare når det dukker opp, og det gjorde det ikke."
    );
    assert_eq!(why(&nb, "HITS1172-18").unwrap(), "Gjelder bare over e-post.");
    assert!(why(&nb, "HITS1168-4.1-4").unwrap().contains("--run"));
    assert_eq!(why(&nb, "HITS1172-109"), None);
    let seen = Seen { satisfied: 1, violated: 0, cannot_tell: 2, minimum: 3 };
    let again = Again {
        is_same: true,
        tool: "provestein 0.1.0".into(),
        seen: BTreeMap::from([("HITS1168-4.1-4".into(), seen)]),
    };
    let with_runs = document(&certificate(), &Found { again: Some(again), lang: Lang::En, ..Found::default() }, None);
    let expected = "Seen met 1 times, and the profile asks for 3; in doubt 2 times.";
    assert_eq!(why(&with_runs, "HITS1168-4.1-4").unwrap(), expected);
    assert_eq!(notices(&with_runs, Tone::Good), ["The verdicts were computed again"]);
    let page = html::render(&nb);
    assert!(page.contains("om receive/accepted/log-innlagt"), "a scenario of the profile that was not played is named");
    assert!(!page.contains("om envelope/broken-signature – "), "and none that was");
    let foreign = document(&certificate(), &Found { profile: false, ..Found::default() }, None);
    assert!(html::render(&foreign).contains("vet derfor ikke hvilke"));
}

#[test]
fn who_watched_and_what_was_signed_stands_with_what_it_proves() {
    let mut backed = certificate();
    backed["assurance"] = "witnessed".into();
    backed["challenged"] = serde_json::json!([{
        "run": "run-1", "challenge": "tall-1", "sha256": "ab", "conversations": 12, "acknowledged": 11, "acknowledgments": 13,
        "signers": ["cd", "ef"],
    }]);
    backed["witnesses"] = serde_json::json!([{
        "run": "run-1", "name": "Kari Vitne", "on": "2026-05-30", "saw": "satt ved siden av", "key": "12", "signature": "34",
    }]);
    let document = document(&backed, &Found::default(), None);
    assert!(notices(&document, Tone::Neutral).contains(&"Noen andre enn leverandøren var til stede"));
    assert_eq!(rows(&document, "Kari Vitne"), [["30. mai 2026", "satt ved siden av", "run-1", "12"]]);
    let counted = "11 av 12 samtaler er kvittert for, med 13 underskrevne kvitteringer";
    assert_eq!(rows(&document, "run-1"), [["tall-1", counted, "cd, ef"]]);
}

#[test]
fn sums_are_counted_and_a_wrong_one_is_named() {
    let right = document(&certificate(), &Found::default(), None);
    assert_eq!(rows(&right, "I alt")[0][0], "5");
    assert_eq!(rows(&right, "Oppfylt")[0][0], "1");
    assert_eq!(notices(&right, Tone::Bad), Vec::<&str>::new());
    let mut wrong = certificate();
    wrong["totals"]["verified"] = 4.into();
    wrong["totals"]["violated"] = 0.into();
    let wrong = document(&wrong, &Found::default(), None);
    assert_eq!(notices(&wrong, Tone::Bad), ["Summene stemmer ikke"]);
    assert!(html::render(&wrong).contains("Det gjelder: Oppfylt og Brutt."));
}

#[test]
fn another_edition_of_the_catalogue_is_said() {
    let mut other = certificate();
    other["rules"]["catalogue"] = "00".into();
    let other = document(&other, &Found::default(), None);
    assert!(notices(&other, Tone::Open).contains(&"Ordlyden er fra en annen utgave"));
}

#[test]
fn a_certificate_that_a_register_does_not_know_is_said() {
    let registered = Registered { standing: None, is_verified: true };
    let document = document(&certificate(), &Found::default(), Some(&registered));
    assert_eq!(notices(&document, Tone::Bad), ["Sertifikatet står ikke i registeret"]);
    assert!(document.running.ends_with("IKKE kontrollert"), "a register that does not know it verifies nothing");
}

#[test]
fn nothing_in_a_certificate_becomes_markup_or_part_of_a_command() {
    let poison = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>\u{202e}; rm -rf ~ #{{7*7}}";
    let mut hostile = certificate();
    poisoned(&mut hostile, poison);
    for lang in [Lang::Nb, Lang::En] {
        let document = document(&hostile, &Found { lang, ..Found::default() }, None);
        let page = html::render(&document);
        assert!(page.matches("rm -rf").count() > 15, "the texts are shown: {}", page.matches("rm -rf").count());
        for forbidden in ["<script", "<img", "\u{202e}", "49"] {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
        let commands = document.blocks.iter().filter_map(|block| match block {
            Block::List { items, .. } => Some(items.iter().flat_map(|item| &item.commands)),
            _ => None,
        });
        let commands: Vec<&String> = commands.flatten().collect();
        assert!(commands.iter().any(|command| command.ends_with("--run RUN")), "{commands:?}");
        assert!(commands.iter().all(|command| !command.contains("rm")), "{commands:?}");
    }
}

#[test]
fn the_page_keeps_the_rules_of_accessibility_that_a_program_sees() {
    for lang in [Lang::Nb, Lang::En] {
        let page = html::render(&document(&certificate(), &Found { lang, ..Found::default() }, None));
        assert!(page.contains(&format!("<html lang=\"{}\">", lang.code())));
        assert_eq!(page.matches("<h1").count(), 1);
        let headers = page.matches("<th ").count();
        assert_eq!(headers, page.matches("<th scope=").count());
        assert_eq!(page.matches("<table").count(), page.matches("<caption>").count());
        let mut level = 1;
        for found in page.split("<h").skip(1).filter_map(|rest| rest.chars().next()?.to_digit(10)) {
            assert!(found <= level + 1, "a heading of level {found} follows one of level {level}");
            level = found;
        }
        for chapter in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert_eq!(page.matches(&format!("id=\"{chapter}\"")).count(), 1, "{chapter}");
        }
        for fetched in ["http://", "https://", " src=", "<link", "<script", "url("] {
            assert!(!page.contains(fetched), "{fetched}");
        }
    }
}
