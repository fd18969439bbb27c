//! The reports of the sample run, as they look. Each golden text stands beside an assertion of what must be in it, so
//! that a snapshot accepted blindly is caught.

use crate::html::Lang;
use crate::sample::{self, HOSTILE, SCENARIO_TEXT, Sample};
use crate::terminal::{self, Paths};
use crate::{Style, View, diagnostic, html, json, junit, markdown};
use checks::verdict::Cause;
use diagnostic::Class;
use std::collections::HashSet;

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

#[test]
fn html_has_both_views_and_every_link_leads_somewhere() {
    for (sample, lang) in [(sample::run(), Lang::En), (sample::run(), Lang::Nb), (sample::inspection(), Lang::En)] {
        let page = html::render(&sample.view(), lang);
        let values = |attribute: &str| -> Vec<String> {
            page.split(&format!(" {attribute}=\""))
                .skip(1)
                .filter_map(|rest| Some(rest.split_once('"')?.0.to_owned()))
                .collect()
        };
        let ids = values("id");
        let known: HashSet<&str> = ids.iter().map(String::as_str).collect();
        assert_eq!(ids.len(), known.len(), "an id occurs twice");
        for target in values("href") {
            let target = target.strip_prefix('#').expect("links stay in the page");
            assert!(known.contains(target), "#{target} leads nowhere");
        }
        for labelled in values("aria-labelledby").iter().flat_map(|v| v.split(' ')) {
            assert!(known.contains(labelled), "{labelled}");
        }
        assert!(page.contains(&format!("<html lang=\"{}\">", lang.code())));
        assert!(
            page.contains("id=\"finding-violated-HITS1172-109\"") && page.contains("id=\"requirement-HITS1172-109\"")
        );
        assert!(page.contains("<svg class=\"arrow\" role=\"img\""));
    }
}

#[test]
fn html_shows_deviation_signature_and_masked_payload() {
    let page = html::render(&sample::run().view(), Lang::En);
    for expected in [
        "altered on purpose",
        "does not verify",
        "verifies: the value and every reference",
        "/MsgHead/MsgInfo/Patient/FamilyName",
        "waited 2.000 s for acknowledgment",
        "sent again (2)",
        "HITS1172-109 violated",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
}

/// One file that loads nothing, whatever a subject writes into it.
#[test]
fn html_loads_nothing_and_runs_nothing() {
    for sample in [sample::run(), sample::hostile(), sample::inspection()] {
        let page = html::render(&sample.view(), Lang::En);
        for forbidden in
            ["<script", "<link", "<iframe", "<img", " src=", "url(", "@import", "href=\"http", "javascript:"]
        {
            assert!(!page.contains(forbidden), "{forbidden}");
        }
        assert!(!page.contains("13116900216") && !page.contains("Danser") && !page.contains('\u{202e}'));
        assert!(page.contains("default-src 'none'"));
        assert_eq!(page, html::render(&sample.view(), Lang::En), "the same view gives the same bytes");
    }
}

/// What nobody could open in a browser is not written: rows and details are capped, and the report says so.
#[test]
fn a_long_run_makes_no_long_report() {
    let (short, long) = (sample::long(200), sample::long(500));
    let pages = [&short, &long].map(|sample| html::render(&sample.view(), Lang::En));
    assert!(pages[1].contains("further messages are not drawn"));
    assert!(pages[1].len() < pages[0].len() + 20_000, "{} {}", pages[0].len(), pages[1].len());
    assert!(terminal::findings(&long.view(), &STYLE).len() < 4000);
    assert!(markdown::render(&long.view()).len() < 4000);
}

#[test]
fn json_masks_identity_numbers() {
    let text = json::render(&sample::hostile().view());
    assert!(text.contains("131169*****") && !text.contains("13116900216"));
}

#[test]
fn scenarios_of_the_profile_that_did_not_run_are_counted_wherever_a_pass_is_claimed() {
    let mut sample = sample::run();
    sample.profile.scenarios = vec![sample.judgement.scenarios[0].id.clone(), "never/run".to_owned()];
    sample.judgement.exit = checks::exit::Exit::MET;
    let view = sample.view();
    assert_eq!(view.not_run(), ["never/run"]);
    let words = "all obligations that were tested are met; 1 of 2 scenarios of the profile did not run";
    for text in [terminal::closing(&view, &STYLE, &PATHS), markdown::render(&view), junit::render(&view)] {
        assert!(text.contains(words) && !text.contains("all obligations met"), "{text}");
    }
    assert!(html::render(&view, Lang::Nb).contains("1 av profilens 2 scenarioer ble ikke kjørt"));
    assert!(!html::render(&view, Lang::En).contains("All obligations met"));
    sample.profile.scenarios.pop();
    assert_eq!(sample.view().meaning(), "all obligations met");
}

#[test]
fn a_scenario_that_failed_says_why_and_in_which_half() {
    let mut case = crate::cases::of(&sample::run().view()).remove(0);
    case.result = crate::CaseResult::Failed;
    case.reasons = vec!["event 8: HITS1172-117 violated: got absent".to_owned(), "event 9: x".to_owned()];
    let line = terminal::scenario_line(&case, &STYLE);
    assert!(line.contains("transport answer: event 8: HITS1172-117 violated") && !line.contains("event 9"), "{line}");
    case.reasons = vec!["event 8: HIS80415-2012-3.1-2 violated: got absent".to_owned()];
    assert!(terminal::scenario_line(&case, &STYLE).contains("AppRec: event 8"));
}

#[test]
fn a_report_in_bokmal_has_titles_and_counts_in_bokmal() {
    let sample = sample::run();
    let (nb, en) = (html::render(&sample.view(), Lang::Nb), html::render(&sample.view(), Lang::En));
    assert!(nb.contains("1 bestått, 2 feilet, 1 hoppet over") && !nb.contains(" skipped"));
    assert!(nb.contains(r#"<span class="sub" lang="nb">Prøve</span>"#));
    assert!(!nb.contains("Admission message is accepted"), "the title of the log");
    assert!(en.contains("1 passed, 2 failed, 1 skipped") && en.contains("Admission message is accepted"));
    let other_text = View { scenario_text: |_| Some("title: { nb: Prøve, en: Other }"), ..sample.view() };
    assert!(html::render(&other_text, Lang::Nb).contains("Admission message is accepted"), "not the text that ran");
}
