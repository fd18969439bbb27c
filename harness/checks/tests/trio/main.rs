//! Every check, three times: verified, violated, untouched. And: each single change calls forth exactly the
//! findings that it should, and nothing else.

mod play;
mod sign;
mod text;

use play::Play;

#[test]
fn smoke() {
    let mut play = Play::new(&[]);
    play.scenario(Vec::new());
    let sent = play.stimulus("first", &[]);
    play.acknowledge(&sent);
    let (_, id) = play.receipt(&sent, text::ACCEPTED);
    play.acknowledge_receipt(&sent, &id);
    play.wait(3000);
    play.end(evidence::event::ScenarioOutcome::Finished);
    let j = play.judge();
    for o in j.observations.iter().filter(|o| o.verdict != provestein_checks::verdict::Verdict::Satisfied) {
        println!("{o:?}");
    }
    println!("{:?}\n{:?}\n{:?}", j.suite_defects, j.totals, j.remarks);
    for r in j.ledger.rows().filter(|r| r.satisfied==0) { println!("{} {:?}", r.requirement, r.status); }
    println!("{:?} {:?}", j.exit, j.scenarios);
}
