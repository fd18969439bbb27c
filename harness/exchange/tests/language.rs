//! Properties of the scenario language and the subject file: every mistake has a place, nothing panics.
#![allow(clippy::unwrap_used, reason = "tests")]

use proptest::prelude::*;
use provestein_exchange::{scenario, subject};

const GOOD: &str = include_str!("../../../scenarios/receipts/duplicate/msgid-in-new-envelope.yaml");

#[test]
fn three_mistakes_are_three_mistakes() {
    let text = GOOD
        .replace("title:", "titel:")
        .replace("{ acknowledgment: first }", "{ acknowledgement: first }")
        .replace("copy: first", "copy: frist");
    let mistakes = scenario::parse("x", "x.yaml", &text).unwrap_err();
    let shown = mistakes.to_string();
    for words in ["unknown key `titel`", "`title` is missing", "unknown field `acknowledgement`"] {
        assert!(shown.contains(words), "{words} is not in\n{shown}");
    }
    assert!(mistakes.list.iter().all(|m| m.line > 0 && m.column > 0));
}

#[test]
fn labels_roles_and_outcomes_must_fit() {
    for (from, to, words) in [
        ("copy: first", "copy: frist", "label `frist` is not given by any earlier step"),
        ("as: again", "as: first", "label `first` is given twice"),
        ("from: hospital", "from: gp", "role `gp` is not under `parties`"),
        ("  again:\n", "  other:\n", "no step sends `other`"),
        ("signal: acknowledgment", "signal: ack", "`ack` is no transport receipt"),
        ("apprec: \"1\"", "apprec: \"9\"", "`9` is no AppRec status"),
    ] {
        let text = GOOD.replace(from, to);
        assert_ne!(text, GOOD, "{from} is not in the scenario");
        let shown = scenario::parse("x", "x.yaml", &text).unwrap_err().to_string();
        assert!(shown.contains(words), "{words} is not in\n{shown}");
    }
}

#[test]
fn the_schema_describes_every_step() {
    let schema = scenario::schema().to_string();
    for word in ["send", "resend", "await", "quiet", "ignore", "reacknowledge", "truncate", "encoding"] {
        assert!(schema.contains(&format!("\"{word}\"")), "{word} is not in the schema");
    }
}

proptest! {
    #[test]
    fn no_text_panics(text in "[ -~\n]{0,200}") {
        let _ = scenario::parse("x", "x.yaml", &text);
        let _ = subject::parse("x.yaml", &text);
    }

    #[test]
    fn a_mutilated_scenario_is_refused_or_read(at in any::<proptest::sample::Index>(), cut in 1usize..40, with in "[ -~]{0,5}") {
        let at = at.index(GOOD.len());
        let end = (at + cut).min(GOOD.len());
        prop_assume!(GOOD.is_char_boundary(at) && GOOD.is_char_boundary(end));
        let text = format!("{}{with}{}", &GOOD[..at], &GOOD[end..]);
        if let Err(mistakes) = scenario::parse("x", "x.yaml", &text) {
            prop_assert!(!mistakes.list.is_empty());
            prop_assert!(mistakes.to_string().contains("x.yaml:"));
        }
    }
}
