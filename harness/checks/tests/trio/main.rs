//! Every check, three times: verified, violated, untouched. And: each single change calls forth exactly the
//! findings that it should, and nothing else.

mod play;
mod sign;
mod text;
mod written;

use evidence::event::ScenarioOutcome;
use play::{Change, On, Play};
use provestein_checks::Judgement;
use provestein_checks::verdict::Verdict;
use std::collections::BTreeSet;
use written::Case;

/// A correct message is acknowledged and receipted; the receipt is acknowledged.
fn accepted(changes: &[(On, Change)]) -> Judgement {
    let mut play = Play::new(changes);
    play.scenario(Vec::new());
    let sent = play.stimulus("first", &[]);
    play.acknowledge(&sent);
    let (_, id) = play.receipt(&sent, text::ACCEPTED);
    play.acknowledge_receipt(&sent, &id);
    play.wait(3000);
    play.end(ScenarioOutcome::Finished);
    play.judge()
}

/// A message whose signature is broken is refused. (The change that breaks it stands first.)
fn refused(changes: &[(On, Change)]) -> Judgement {
    let broken = (On::Stimulus, Change::Signed("2026-01-15T09:30:00Z", "2026-01-15T09:30:01Z"));
    let mut play = Play::new(&[&[broken], changes].concat());
    play.scenario(Vec::new());
    let sent = play.stimulus("first", &["signed: Timestamp"]);
    play.refuse(&sent, "SecurityFailure", "Error");
    play.wait(3000);
    play.end(ScenarioOutcome::Finished);
    play.judge()
}

fn violated(judgement: &Judgement) -> BTreeSet<&str> {
    let of = judgement.observations.iter().filter(|o| o.verdict == Verdict::Violated);
    of.map(|o| o.requirement.as_str()).collect()
}

fn judged(case: &Case) -> Judgement {
    let (on, change, _) = case;
    let change = [(*on, change.clone())];
    if *on == On::Error { refused(&change) } else { accepted(&change) }
}

fn cases() -> Vec<Case> {
    [
        written::mime(),
        written::soap(),
        written::header(),
        written::signature(),
        written::signals(),
        written::payload(),
        written::mirroring(),
        written::receipt(),
    ]
    .concat()
}

#[test]
fn without_a_change_nothing_is_violated() {
    for judgement in [accepted(&[]), refused(&[])] {
        assert_eq!(violated(&judgement), BTreeSet::new());
        assert!(judgement.suite_defects.is_empty(), "{:?}", judgement.suite_defects);
        assert!(judgement.remarks.is_empty(), "{:?}", judgement.remarks);
    }
}

#[test]
fn a_change_violates_exactly_what_it_should() {
    let mut wrong = Vec::new();
    for case in cases() {
        let judgement = judged(&case);
        let found = violated(&judgement);
        let wanted: BTreeSet<&str> = case.2.iter().copied().collect();
        if found != wanted {
            wrong.push(format!("{:?} {:?}\n   wanted {wanted:?}\n   found  {found:?}", case.0, case.1));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), cases().len(), wrong.join("\n"));
}
