//! The reports of the sample run, as they look. Each golden text stands beside an assertion of what must be in it, so
//! that a snapshot accepted blindly is caught.

use crate::sample::{self, HOSTILE, SCENARIO_TEXT, Sample};
use crate::terminal::{self, Paths};
use crate::{Style, diagnostic, junit, markdown};
use checks::verdict::Cause;
use diagnostic::Class;

const STYLE: Style = Style { color: false, width: 100 };
const PATHS: Paths<'_> = Paths {
    log: "runs/0b8f/events.jsonl",
    report: "runs/0b8f/report.html",
    reproduce: "provestein run --subject subject.yaml --seed 42",
};

fn screens(sample: &Sample, style: Style) -> String {
    let view = sample.view();
    let opening = terminal::Opening {
        run: sample.history.run.as_ref().unwrap(),
        subject: sample.history.subject.as_ref(),
        profile: &sample.profile,
        cases: sample.judgement.scenarios.len(),
        log: PATHS.log,
        style,
    };
    let parts = [
        terminal::opening(&opening),
        terminal::scenarios(&view, &style),
        terminal::findings(&view, &style),
        terminal::closing(&view, &style, &PATHS),
    ];
    parts.join("\n")
}

#[test]
fn terminal_of_a_run() {
    let text = screens(&sample::run(), STYLE);
    assert!(text.contains("violated[HITS1172-109]") && text.contains("advice not followed[HITS1172-117]"));
    assert_eq!(text.lines().last(), Some("1 passed, 2 failed, 1 skipped"));
    assert!(text.contains("10: conformance violated"));
    insta::assert_snapshot!(text);
}

#[test]
fn terminal_of_an_inspection() {
    let text = screens(&sample::inspection(), STYLE);
    assert!(text.contains("violated[HITS1172-108]"));
    assert_eq!(text.lines().last(), Some("0 passed, 2 failed, 0 skipped"));
    insta::assert_snapshot!(text);
}

#[test]
fn colour_adds_escapes_and_changes_no_word() {
    let sample = sample::run();
    let (plain, coloured) = (screens(&sample, STYLE), screens(&sample, Style { color: true, ..STYLE }));
    assert!(!plain.contains('\u{1b}') && coloured.contains('\u{1b}'));
    let mut stripped = String::new();
    let mut rest = coloured.as_str();
    while let Some(at) = rest.find('\u{1b}') {
        stripped.push_str(&rest[..at]);
        rest = rest[at..].split_once('m').unwrap().1;
    }
    stripped.push_str(rest);
    assert_eq!(stripped, plain);
}

#[test]
fn findings_are_grouped_and_placed() {
    let sample = sample::run();
    let findings = diagnostic::findings(&sample.view());
    let first = &findings[0];
    assert_eq!((first.class, first.requirement.as_str(), first.count), (Class::Violated, "HITS1172-109", 3));
    assert_eq!(first.others.len(), 2);
    let place = first.scenario.as_ref().unwrap();
    assert_eq!(place.line, Some(4));
    assert_eq!(place.text, SCENARIO_TEXT.lines().nth(3));
    let excerpt = first.excerpt.as_ref().unwrap();
    let quoted: String = excerpt.lines[excerpt.marked].1.chars().skip(excerpt.column).collect();
    assert!(quoted.starts_with("<eb:RefToMessageId>"), "{quoted}");
    assert!(findings.iter().any(|f| f.class == Class::NotEstablished(Cause::TimedOut)));
    let mut anchors: Vec<String> = findings.iter().map(diagnostic::Finding::anchor).collect();
    anchors.dedup();
    assert_eq!(anchors.len(), findings.len());
}

#[test]
fn junit_of_a_run() {
    let text = junit::render(&sample::run().view());
    assert!(text.contains("<failure message=\"violated[HITS1172-109]"));
    // The catalogue grows, and its digest with it.
    let digest = sample::run().catalogue.digest().to_string();
    insta::assert_snapshot!(text.replace(&digest, &"0".repeat(64)));
}

#[test]
fn markdown_of_a_run() {
    let text = markdown::render(&sample::run().view());
    assert!(text.contains("`HITS1172-109` ×3"));
    insta::assert_snapshot!(text);
}

/// What a subject writes moves no cursor, opens no element and shows nobody's identity number.
#[test]
fn hostile_values_do_nothing() {
    let sample = sample::hostile();
    let view = sample.view();
    let terminal = screens(&sample, STYLE);
    assert!(terminal.contains("<script>alert(\"131169*****\")</script><U+202E>"), "{terminal}");
    let (junit, markdown) = (junit::render(&view), markdown::render(&view));
    for text in [&terminal, &junit, &markdown] {
        assert!(!text.contains("13116900216") && !text.contains("Danser"));
        assert!(!text.contains('\u{202e}') && !text.contains('\u{1b}'));
    }
    assert!(!junit.contains("<script") && junit.contains("&lt;script"));
    assert!(markdown.contains("&lt;script"), "{markdown}");
    assert!(markdown.lines().filter(|l| l.contains("<script")).all(|l| l.contains('`')), "{markdown}");
    assert!(HOSTILE.contains("<script"));
}
