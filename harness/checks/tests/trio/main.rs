//! Every check, three times: verified, violated, untouched. And: each single change calls forth exactly the
//! findings that it should, and nothing else.

#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

mod done;
mod hostile;
mod judging;
mod life;
mod mailed;
mod pack;
mod play;
mod registers;
mod samples;
mod sending;
mod sending_play;
mod sending_runs;
mod sign;
mod text;
mod written;
mod written_answer;

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
        written::proof(),
        written::validity(),
        written::signals(),
        written::payload(),
        written_answer::mirroring(),
        written_answer::receipt(),
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

fn runs() -> Vec<done::Run> {
    let all = [
        done::answers(),
        done::missing_answers(),
        done::processing(),
        done::repeats(),
        done::receipts(),
        done::duplicates(),
        done::recipients(),
    ];
    all.into_iter().flatten().collect()
}

#[test]
fn a_run_violates_exactly_what_it_should() {
    let mut wrong = Vec::new();
    for run in runs() {
        let found = violated(&run.judgement);
        let wanted: BTreeSet<&str> = run.violated.iter().copied().collect();
        if found != wanted {
            wrong.push(format!("{}\n   wanted {wanted:?}\n   found  {found:?}", run.name));
        }
        assert_eq!(run.judgement.suite_defects, Vec::new(), "{}", run.name);
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// What a mail server sees and what comes in by another connection may stand in the log either way.
#[test]
fn an_answer_that_overtakes_the_note_that_its_mail_was_fetched_counts() {
    let mut play = Play::new(&mailed::whole());
    let msg_id = play.uuid();
    let sent = play.compose("first", &msg_id, &[]);
    let sending = play.post(sent.composed);
    play.acknowledge(&sent);
    play.fetch(sending);
    play.end(ScenarioOutcome::Finished);
    let judgement = play.judge();
    assert!(judgement.evidence("HITS1172-4.2.2-p4").any(|o| o.verdict == Verdict::Satisfied));
    let history = play.history();
    let stimulus = &history.messages[history.exchanges[0].stimulus];
    assert!(stimulus.sendings[0].reached_ms > stimulus.sendings[0].at_ms);
}

/// Signals that carry a Role are a remark and never a violation (HIS 1037 7.2.1 against HITS 1171 5.2.1.3).
const REMARKED: [&str; 2] = ["HITS1171-5.2.1.3-2", "HITS1171-5.2.1.3-3"];

#[test]
fn every_requirement_of_the_first_profile_is_seen_verified_violated_and_untouched() {
    let mut all: Vec<Judgement> = cases().iter().map(judged).collect();
    let sync_reply = written::sync_reply();
    let over_mail = accepted(&[sync_reply, mailed::whole()].concat());
    assert_eq!(violated(&over_mail), BTreeSet::from(["HITS1172-5.7.2-p3"]));
    all.push(over_mail);
    for (changes, id) in mailed::cases() {
        let judgement = accepted(&changes);
        assert_eq!(violated(&judgement), BTreeSet::from([id]));
        all.push(judgement);
    }
    all.push(accepted(&written::sync_reply()));
    all.extend([accepted(&[]), refused(&[])]);
    all.extend(runs().into_iter().map(|run| run.judgement));
    let mut missing = Vec::new();
    for id in play::PROFILE.obligations.keys() {
        let id = id.as_str();
        let seen = |verdict: Verdict| all.iter().any(|j| j.evidence(id).any(|o| o.verdict == verdict));
        let remarked = all.iter().any(|j| j.remarks.iter().any(|r| r.requirement.as_str() == id));
        let untouched = all.iter().any(|j| j.evidence(id).next().is_none());
        if !seen(Verdict::Satisfied) {
            missing.push(format!("{id} is never verified"));
        }
        if !(seen(Verdict::Violated) || REMARKED.contains(&id) && remarked) {
            missing.push(format!("{id} is never violated"));
        }
        if !untouched {
            missing.push(format!("{id} is never untouched"));
        }
    }
    assert!(missing.is_empty(), "{}:\n{}", missing.len(), missing.join("\n"));
}
