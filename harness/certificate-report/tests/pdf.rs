//! The PDF of a report: what it holds, and what poppler reads in it.
#![cfg(feature = "pdf")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests: a failure is a panic, with its place")]
#![allow(clippy::disallowed_methods, reason = "poppler reads files")]

mod sample;

use jiff::civil::date;
use provestein_certificate_report::document::Document;
use provestein_certificate_report::{Lang, pdf};
use sample::{Found, certificate, document, poisoned};
use std::process::Command;

/// What a program of poppler says about a file; `None`: it is not here.
fn told(program: &str, arguments: &[&str], bytes: &[u8]) -> Option<String> {
    if Command::new(program).arg("-v").output().is_err() {
        println!("skipped: {program} is not installed (apt-get install poppler-utils)");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.pdf");
    std::fs::write(&file, bytes).unwrap();
    let mut command = Command::new(program);
    command.args(["-enc", "UTF-8"]).args(arguments).arg(&file);
    if program == "pdftotext" {
        command.arg("-");
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
    // In its boxes, poppler repeats the title as the file has it, in UTF-16.
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn report(lang: Lang) -> Document {
    document(&certificate(), &Found { lang, ..Found::default() }, None)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn the_file_says_what_it_keeps_to_and_in_which_language_it_is() {
    for lang in [Lang::Nb, Lang::En] {
        let bytes = pdf::render(&report(lang)).unwrap();
        assert!(bytes.starts_with(b"%PDF-1.7"));
        for said in [
            "<pdfaid:part>2</pdfaid:part>",
            "<pdfaid:conformance>A</pdfaid:conformance>",
            "<pdfuaid:part>1</pdfuaid:part>",
        ] {
            assert!(holds(&bytes, said), "{said}");
        }
        assert!(holds(&bytes, &format!("/Lang({})/StructTreeRoot", lang.code())), "the language");
        assert!(holds(&bytes, "/DisplayDocTitle true"));
        assert!(!holds(&bytes, "/JavaScript") && !holds(&bytes, "/URI"), "nothing is run and nothing is fetched");
        let again = pdf::render(&report(lang)).unwrap();
        assert!(bytes == again, "the same report is the same bytes");
    }
}

#[test]
fn everything_can_be_read_out_of_it() {
    for lang in [Lang::Nb, Lang::En] {
        let document = report(lang);
        let bytes = pdf::render(&document).unwrap();
        let Some(text) = told("pdftotext", &["-raw"], &bytes) else { return };
        let text = one_line(&text);
        for requirement in certificate()["requirements"].as_array().unwrap() {
            let id = requirement["id"].as_str().unwrap();
            assert!(text.contains(id), "{id} is missing in\n{text}");
            let catalogue = checks::catalogue::Catalogue::embedded();
            let wording = checks::explain::explain(&catalogue, id, lang.code()).unwrap();
            assert!(text.contains(&one_line(wording)), "`{wording}` is missing in\n{text}");
        }
        let chapters = lang.pick("Hva som ikke er prøvd, og hvorfor", "What was not exercised, and why");
        let foot = lang.pick(
            "Sertifikat PV-2026-1 · IKKE kontrollert Side 1 av",
            "Certificate PV-2026-1 · NOT verified Page 1 of",
        );
        for expected in [chapters, foot, "Nordlys EPJ 5.2", "Innleggelsesrapport"] {
            let expected = if lang == Lang::En {
                expected.replace("Innleggelsesrapport", "Admission report")
            } else {
                expected.to_owned()
            };
            assert!(text.contains(&expected), "`{expected}` is missing in\n{text}");
        }
    }
}

#[test]
fn headings_lists_and_tables_are_tagged() {
    let document = report(Lang::Nb);
    let Some(structure) = told("pdfinfo", &["-struct-text"], &pdf::render(&document).unwrap()) else { return };
    let chapters = structure.matches("\n  H2 ").count();
    assert_eq!(chapters, 7, "{structure}");
    assert_eq!(structure.matches("  H1 ").count(), 1);
    let tables = document.blocks.iter().filter_map(|block| match block {
        provestein_certificate_report::document::Block::Table(table) => Some(table),
        _ => None,
    });
    let (mut columns, mut rows) = (0, 0);
    for table in tables {
        columns += table.columns.len();
        rows += table.rows.len();
    }
    assert_eq!(structure.matches("/Scope /Column").count(), columns, "the header of a table is tagged once");
    assert!(structure.matches("/Scope /Row").count() > rows, "each row has its header, and so has each fact");
    for tag in ["L (block)", "LI (block)", "Lbl (block)", "LBody (block)", "THead", "TBody"] {
        assert!(structure.contains(tag), "{tag} is missing in\n{structure}");
    }
    assert!(!structure.contains("Side 1 av"), "the foot of a page is no part of what it says");
}

/// Numbers of an attribute in poppler's boxes.
fn numbers<'t>(text: &'t str, name: &str) -> impl Iterator<Item = f64> + 't {
    let begin = format!("{name}=\"");
    let values: Vec<f64> =
        text.split(begin.as_str()).skip(1).map(|rest| rest.split('"').next().unwrap().parse().unwrap()).collect();
    values.into_iter()
}

#[test]
fn whatever_stands_in_a_certificate_the_file_keeps_to_the_standards_and_nothing_leaves_the_page() {
    let long = format!("{} {}", "ord ".repeat(700), "x".repeat(1500));
    for poison in [
        "\"'><script>\u{202e}; rm -rf ~ \u{0}\u{7f}\u{ad}\u{200d}\u{fffe}",
        "שלום עולם مرحبا 中文字符 \u{e000}\u{f8ff} 👩‍👧 e\u{301}\u{fb01}\u{10ffff}",
        long.as_str(),
    ] {
        let mut hostile = certificate();
        poisoned(&mut hostile, poison);
        let document = document(&hostile, &Found { on: date(-9999, 1, 1), ..Found::default() }, None);
        let bytes = pdf::render(&document).unwrap_or_else(|error| panic!("{error}"));
        let text = String::from_utf8_lossy(&bytes);
        let metadata =
            &text[text.find("<x:xmpmeta").unwrap()..text.find("</x:xmpmeta>").unwrap() + "</x:xmpmeta>".len()];
        roxmltree::Document::parse(metadata).unwrap_or_else(|error| panic!("the metadata are no XML: {error}"));
        let Some(boxes) = told("pdftotext", &["-bbox"], &bytes) else { return };
        assert!(numbers(&boxes, "xMin").chain(numbers(&boxes, "yMin")).all(|least| least > 30.0));
        assert!(numbers(&boxes, "xMax").all(|most| most < 595.28 - 50.0), "beyond the right edge");
        assert!(numbers(&boxes, "yMax").all(|most| most < 841.89 - 30.0), "beyond the lower edge");
    }
}
