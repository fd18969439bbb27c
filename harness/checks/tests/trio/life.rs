//! A subject that the harness starts: what its going down says, and what it does not.

use crate::play::Play;
use crate::text;
use evidence::event::{
    Allowed, AppRecExpected, Event, Expectation, ScenarioOutcome, SignalExpected, StopReason, SubjectStart,
    SubjectStop, TransportFailure,
};
use provestein_checks::exit::Exit;
use provestein_checks::verdict::Cause;
use provestein_checks::{Judgement, Outcome};

fn expectations() -> Vec<Expectation> {
    let status = AppRecExpected::Status { status: "1".to_owned(), errors: Vec::new() };
    let allowed = Allowed {
        arrives: None,
        signal: Some(SignalExpected::Acknowledgment),
        apprec: Some(status),
        requirements: vec!["HITS1168-5.4-1".to_owned()],
    };
    vec![Expectation { label: "first".to_owned(), line: 17, allowed: vec![allowed] }]
}

fn start(play: &mut Play) -> u64 {
    let text = |text: &str| text.to_owned();
    let event = SubjectStart { how: text("process"), what: text("epj"), ready: text("it printed `up`") };
    play.push(None, Event::SubjectStarted(event))
}

fn stop(play: &mut Play, started: u64, reason: StopReason) {
    let event = SubjectStop { reason, code: Some(1), detail: "exit status: 1".to_owned(), output: None, cut: 0 };
    play.push(Some(started), Event::SubjectStopped(event));
}

fn causes(judgement: &Judgement) -> Vec<Cause> {
    judgement.conditions.iter().map(|condition| condition.cause).collect()
}

/// A subject that dies has violated nothing, and its silence afterwards says nothing, however long.
#[test]
fn a_subject_that_dies_is_the_environments() {
    let mut play = Play::new(&[]);
    let started = start(&mut play);
    play.scenario(expectations());
    play.stimulus("first", &[]);
    stop(&mut play, started, StopReason::Ended);
    play.wait(60_000);
    play.end(ScenarioOutcome::Abandoned { reason: "the subject is down".to_owned() });
    let judgement = play.judge();
    assert_eq!((causes(&judgement), judgement.exit), (vec![Cause::Environment], Exit::ENVIRONMENT));
    assert_eq!((judgement.totals.violated, judgement.scenarios[0].verdict), (0, Outcome::NotEstablished));
    assert!(play.history().horizon_ms < 1000, "the horizon ends where it died");
}

#[test]
fn a_program_that_is_not_there_is_a_matter_of_the_subject_file() {
    let mut play = Play::new(&[]);
    stop(&mut play, 0, StopReason::NotStarted);
    let judgement = play.judge();
    assert_eq!((causes(&judgement), judgement.exit), (vec![Cause::Configuration], Exit::CONFIGURATION));
}

/// Stopping it when the run is over, and restarting it, is our own doing.
#[test]
fn what_the_harness_does_itself_is_nobodys_fault() {
    let mut play = Play::new(&[]);
    let started = start(&mut play);
    play.scenario(expectations());
    let sent = play.stimulus("first", &[]);
    play.acknowledge(&sent);
    stop(&mut play, started, StopReason::Restart);
    let started = start(&mut play);
    play.receipt(&sent, text::ACCEPTED);
    play.wait(3000);
    play.end(ScenarioOutcome::Finished);
    stop(&mut play, started, StopReason::RunOver);
    let judgement = play.judge();
    assert_eq!((causes(&judgement), judgement.exit), (Vec::new(), Exit::MET));
}

/// A message of ours that met the restart failed by our own doing; one that failed before, with the subject seen alive
/// in between, did not.
#[test]
fn only_what_failed_by_the_restart_is_excused() {
    for (alive_in_between, expected) in [(false, vec![]), (true, vec![Cause::Environment])] {
        let mut play = Play::new(&[]);
        let started = start(&mut play);
        play.scenario(expectations());
        let lost = play.compose("lost", "7c2d1c7e-0000-4000-8000-000000000001", &[]);
        play.send_in_vain(lost.composed, TransportFailure::ClosedEarly);
        if alive_in_between {
            let sent = play.stimulus("first", &[]);
            play.acknowledge(&sent);
            play.receipt(&sent, text::ACCEPTED);
        }
        stop(&mut play, started, StopReason::Restart);
        start(&mut play);
        if !alive_in_between {
            let sent = play.stimulus("first", &[]);
            play.acknowledge(&sent);
            play.receipt(&sent, text::ACCEPTED);
        }
        play.wait(3000);
        play.end(ScenarioOutcome::Finished);
        assert_eq!(causes(&play.judge()), expected, "alive in between: {alive_in_between}");
    }
}
