//! What a register that answers wrongly on purpose changes in a judgement.

use crate::play::{Play, SCENARIO};
use crate::text;
use evidence::digest::Digest;
use evidence::event::{Allowed, AppRecExpected, Event, Expectation, ScenarioOutcome, Seq, SignalExpected};
use evidence::register::{ModeSet, RegisterAsked};
use provestein_checks::verdict::{Cause, Verdict};
use provestein_checks::{Judgement, Outcome};

const ID: &str = "HITS1172-4.2.2.3-p4";
const DEVIATION: &str = "register: `address` answers unknown-party about 990000011";

fn refused_by_fault() -> Vec<Expectation> {
    let allowed = Allowed {
        arrives: None,
        signal: Some(SignalExpected::Fault),
        apprec: Some(AppRecExpected::None),
        requirements: vec![ID.to_owned()],
    };
    vec![Expectation { label: "first".into(), line: 17, allowed: vec![allowed] }]
}

fn switch(play: &mut Play) -> Seq {
    let (register, mode) = ("address".to_owned(), "unknown-party".to_owned());
    play.push(None, Event::ModeSet(ModeSet { register, call: None, mode, about: Some(990_000_011), line: 8 }))
}

fn ask(play: &mut Play, mode: Option<&str>) -> Seq {
    play.push(
        None,
        Event::RegisterAsked(RegisterAsked {
            register: "address".to_owned(),
            operation: "GetCommunicationPartyDetails".to_owned(),
            about: Some("990000011".to_owned()),
            from: "10.0.0.2:1".to_owned(),
            mode: mode.map(str::to_owned),
            status: Some(500),
            request: Digest::ZERO,
            response: Digest::ZERO,
        }),
    )
}

fn told(story: impl FnOnce(&mut Play)) -> Judgement {
    let mut play = Play::new(&[]);
    play.scenario(refused_by_fault());
    switch(&mut play);
    story(&mut play);
    play.wait(3000);
    play.end(ScenarioOutcome::Finished);
    play.judge()
}

fn verdict(judgement: &Judgement) -> Option<Verdict> {
    judgement.evidence(ID).map(|o| o.verdict).next()
}

/// Sent to an endpoint that answers HTTP 500 with a SOAP Fault, as SOAP 1.1 6.2 demands of one.
fn answered_by_fault(play: &mut Play) {
    let msg_id = play.uuid();
    let sent = play.compose("first", &msg_id, &[DEVIATION]);
    let composed = sent.composed;
    let to = "http://subject".to_owned();
    let sending = play.push(Some(composed), Event::MessageSent { composed, to, attempt: 1, mail: None });
    play.push(Some(sending), Event::TransportAnswered { status: 500, entity: None });
    play.fault(sending);
}

#[test]
fn a_refusal_of_whoever_asked_is_judged_and_no_apprec_after_it_counts() {
    let judgement = told(|play| {
        ask(play, Some("unknown-party"));
        answered_by_fault(play);
        play.quiet("first", "apprec", 2000);
    });
    assert_eq!(verdict(&judgement), Some(Verdict::Satisfied));
    let scenario = judgement.scenarios.iter().find(|one| one.id == SCENARIO).unwrap();
    assert_eq!(scenario.verdict, Outcome::Passed, "{:?}", scenario.reasons);
}

#[test]
fn whoever_asked_and_accepts_all_the_same_violates() {
    let judgement = told(|play| {
        ask(play, Some("unknown-party"));
        let sent = play.stimulus("first", &[DEVIATION]);
        play.acknowledge(&sent);
        play.receipt(&sent, text::ACCEPTED);
    });
    assert_eq!(verdict(&judgement), Some(Verdict::Violated));
}

#[test]
fn whoever_did_not_ask_is_not_judged_by_it() {
    for asked in [None, Some(None)] {
        let judgement = told(|play| {
            if let Some(mode) = asked {
                ask(play, mode);
            }
            let sent = play.stimulus("first", &[DEVIATION]);
            play.acknowledge(&sent);
            play.receipt(&sent, text::ACCEPTED);
        });
        assert_eq!(verdict(&judgement), Some(Verdict::CannotTell(Cause::Configuration)));
        assert_eq!(judgement.scenarios[0].verdict, Outcome::NotEstablished);
        assert!(judgement.scenarios[0].reasons[0].contains("was not asked while it answered unknown-party"));
    }
}
