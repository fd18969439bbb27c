//! What a run amounts to: what scenarios allow, what silence means, and how it ends.

use crate::play::{Change, On, PROFILE, Play, SCENARIO};
use crate::text;
use evidence::event::{Allowed, AppRecExpected, Event, Expectation, ScenarioOutcome, SignalExpected, TransportFailure};
use provestein_checks::exit::Exit;
use provestein_checks::ledger::Status;
use provestein_checks::observation::Observation;
use provestein_checks::verdict::{Cause, Verdict};
use provestein_checks::{Judgement, Outcome};
use wire::xml::Edit;

const ID: &str = "HITS1168-5.4-1";

fn allowed(signal: Option<SignalExpected>, apprec: Option<AppRecExpected>) -> Allowed {
    Allowed { signal, apprec, arrives: None, requirements: vec![ID.to_owned()] }
}

fn status(status: &str, errors: &[&str]) -> AppRecExpected {
    let errors = errors.iter().map(ToString::to_string).collect();
    AppRecExpected::Status { status: status.to_owned(), errors }
}

fn expect(allowed: &[Allowed]) -> Vec<Expectation> {
    vec![Expectation { label: "first".into(), line: 17, allowed: allowed.to_vec() }]
}

/// A run with one message, judged.
fn told(allowed: &[Allowed], story: impl FnOnce(&mut Play)) -> Judgement {
    let mut play = Play::new(&[]);
    play.scenario(expect(allowed));
    story(&mut play);
    play.wait(3000);
    play.end(ScenarioOutcome::Finished);
    play.judge()
}

fn verdict(judgement: &Judgement) -> Option<Verdict> {
    judgement.evidence(ID).find(|o| o.scenario_line == Some(17)).map(|o| o.verdict)
}

fn scenario(judgement: &Judgement) -> Outcome {
    judgement.scenarios[0].verdict
}

const ACK: Option<SignalExpected> = Some(SignalExpected::Acknowledgment);

#[test]
fn what_is_allowed_and_comes_passes() {
    let judgement = told(&[allowed(ACK, Some(status("1", &[])))], |p| {
        let sent = p.stimulus("first", &[]);
        p.acknowledge(&sent);
        p.receipt(&sent, text::ACCEPTED);
    });
    assert_eq!(verdict(&judgement), Some(Verdict::Satisfied));
    assert_eq!((scenario(&judgement), judgement.exit), (Outcome::Passed, Exit::MET));
    let observation = judgement.evidence(ID).next().unwrap();
    assert_eq!(observation.expected, "Acknowledgment and AppRec status 1");
    assert_eq!(observation.got, "AppRec status 1");
}

/// The transport did right and the AppRec did not, and the reverse: only the rules of that half are touched.
#[test]
fn each_half_speaks_of_its_own_requirements() {
    const OF_TRANSPORT: &str = "HITS1172-4.2.2-p4";
    let both = || {
        let mut allowed = allowed(ACK, Some(status("1", &[])));
        allowed.requirements.push(OF_TRANSPORT.to_owned());
        [allowed]
    };
    let of = |judgement: &Judgement, id: &str| {
        let from_scenario = |o: &&Observation| o.place.path.starts_with("the answer to");
        judgement.evidence(id).find(from_scenario).map(|o| o.verdict)
    };
    let rejected = told(&both(), |p| {
        let sent = p.stimulus("first", &[]);
        p.acknowledge(&sent);
        p.receipt(&sent, text::REJECTED);
    });
    assert_eq!(of(&rejected, OF_TRANSPORT), Some(Verdict::Satisfied));
    assert_eq!(of(&rejected, ID), Some(Verdict::Violated));
    assert_eq!(scenario(&rejected), Outcome::Failed);
    let refused = told(&both(), |p| {
        let sent = p.stimulus("first", &[]);
        p.refuse(&sent, "OtherXml", "Error");
        p.receipt(&sent, text::ACCEPTED);
    });
    assert_eq!(of(&refused, OF_TRANSPORT), Some(Verdict::Violated));
    assert_eq!(of(&refused, ID), Some(Verdict::Satisfied));
    assert_eq!(scenario(&refused), Outcome::Failed);
}

#[test]
fn another_answer_than_allowed_fails() {
    let judgement = told(&[allowed(ACK, Some(status("1", &[])))], |p| {
        let sent = p.stimulus("first", &[]);
        p.acknowledge(&sent);
        p.receipt(&sent, text::REJECTED);
    });
    assert_eq!(verdict(&judgement), Some(Verdict::Violated));
    assert_eq!((scenario(&judgement), judgement.exit), (Outcome::Failed, Exit::VIOLATED));
    assert_eq!(
        judgement.scenarios[0].reasons[0],
        "`first` (line 17): expected Acknowledgment and AppRec status 1, got AppRec status 2 E10"
    );
}

#[test]
fn several_outcomes_may_be_allowed() {
    let choices = [allowed(ACK, Some(status("1", &[]))), allowed(ACK, Some(status("2", &["E21", "E10"])))];
    let story = |verdict: &'static str| {
        told(&choices, move |p| {
            let sent = p.stimulus("first", &[]);
            p.acknowledge(&sent);
            p.receipt(&sent, verdict);
        })
    };
    assert_eq!(verdict(&story(text::REJECTED)), Some(Verdict::Satisfied));
    assert_eq!(verdict(&story(text::ACCEPTED)), Some(Verdict::Satisfied));
    let other = r#"<Status V="2" DN="Avvist"/><Error V="T02" S="2.16.578.1.12.4.1.1.8221" DN="x"/>"#;
    assert_eq!(verdict(&story(other)), Some(Verdict::Violated));
    assert_eq!(
        story(other).evidence(ID).next().unwrap().expected,
        "Acknowledgment and AppRec status 1, or Acknowledgment and AppRec status 2 with E21 or E10"
    );
}

#[test]
fn an_answer_that_has_not_come_is_not_established() {
    let judgement = told(&[allowed(ACK, Some(status("1", &[])))], |p| {
        let sent = p.stimulus("first", &[]);
        p.acknowledge(&sent);
    });
    assert_eq!(verdict(&judgement), Some(Verdict::CannotTell(Cause::TimedOut)));
    assert_eq!((scenario(&judgement), judgement.exit), (Outcome::NotEstablished, Exit::NOT_ESTABLISHED));
}

#[test]
fn absence_counts_when_it_was_watched_for_to_the_horizon() {
    let none = [allowed(ACK, Some(AppRecExpected::None))];
    let watched = |ms: u64| {
        told(&none, move |p| {
            let sent = p.stimulus("first", &[]);
            p.acknowledge(&sent);
            p.quiet("first", "apprec", ms);
        })
    };
    assert_eq!(verdict(&watched(2000)), Some(Verdict::Satisfied));
    assert_eq!(scenario(&watched(2000)), Outcome::Passed);
    let unwatched = told(&none, |p| {
        let sent = p.stimulus("first", &[]);
        p.acknowledge(&sent);
    });
    assert_eq!(verdict(&unwatched), Some(Verdict::CannotTell(Cause::TimedOut)));
    let came = told(&none, |p| {
        let sent = p.stimulus("first", &[]);
        p.acknowledge(&sent);
        p.receipt(&sent, text::ACCEPTED);
    });
    assert_eq!(verdict(&came), Some(Verdict::Violated));
}

#[test]
fn a_slow_subject_is_waited_for_longer() {
    let none = [allowed(ACK, Some(AppRecExpected::None))];
    let judgement = told(&none, |p| {
        let before = p.stimulus("before", &[]);
        p.acknowledge(&before);
        p.wait(5000);
        p.receipt(&before, text::ACCEPTED);
        let sent = p.stimulus("first", &[]);
        p.acknowledge(&sent);
        p.quiet("first", "apprec", 2000);
    });
    assert_eq!(verdict(&judgement), Some(Verdict::CannotTell(Cause::TimedOut)));
    let got = &judgement.evidence(ID).find(|o| o.scenario_line == Some(17)).unwrap().got;
    assert!(got.starts_with("no AppRec: nothing for 5"), "{got}");
}

#[test]
fn until_the_subject_was_heard_silence_is_configuration() {
    let judgement = told(&[allowed(ACK, None)], |p| {
        p.stimulus("first", &[]);
    });
    assert_eq!(verdict(&judgement), Some(Verdict::CannotTell(Cause::Configuration)));
    assert_eq!(judgement.exit, Exit::CONFIGURATION);
    assert_eq!(judgement.conditions.len(), 1);
    assert_eq!(judgement.conditions[0].cause, Cause::Configuration);
}

#[test]
fn what_cannot_be_reached_or_understood_is_environment() {
    for failure in [TransportFailure::Unreachable, TransportFailure::NotHttp, TransportFailure::Tls] {
        let judgement = told(&[allowed(ACK, None)], |p| {
            let sent = p.compose("first", "5d0c9b5e-6f0a-4a55-9d4c-0000000000aa", &[]);
            p.send_in_vain(sent.composed, failure);
        });
        assert_eq!(verdict(&judgement), Some(Verdict::CannotTell(Cause::Environment)));
        assert_eq!(judgement.exit, Exit::ENVIRONMENT);
        assert!(judgement.conditions[0].detail.starts_with(failure.code()), "{:?}", judgement.conditions);
    }
}

#[test]
fn a_refusal_before_anything_was_accepted_is_configuration() {
    let refused = |code: &'static str| {
        told(&[allowed(ACK, None)], move |p| {
            let sent = p.stimulus("first", &[]);
            p.refuse(&sent, code, "Error");
        })
    };
    let stranger = refused("SecurityFailure");
    assert_eq!(verdict(&stranger), Some(Verdict::CannotTell(Cause::Configuration)));
    assert_eq!(stranger.exit, Exit::CONFIGURATION);
    assert_eq!(refused("ValueNotRecognized").exit, Exit::CONFIGURATION);
    assert_eq!(refused("OtherXml").exit, Exit::VIOLATED);
}

/// What is deeper or longer than this tool reads is not thereby wrong.
#[test]
fn the_limits_of_this_tool_accuse_nobody() {
    let deep = format!("Content-Type: text/xml\r\nSOAPAction: \"ebXML\"\r\n\r\n{}", "<a>".repeat(5000));
    let mut play = Play::new(&[(On::Ack, Change::Instead(deep.leak()))]);
    let sent = play.stimulus("first", &[]);
    play.acknowledge(&sent);
    let judgement = play.judge();
    let told: Vec<Verdict> = judgement.evidence("HITS1172-5.6-p1").map(|o| o.verdict).collect();
    assert_eq!(told, [Verdict::CannotTell(Cause::Harness)]);
}

/// The subject answers, but encrypts to a certificate that is not ours: nobody can say what its AppRec holds.
#[test]
fn what_is_encrypted_to_somebody_else_is_configuration() {
    let judgement = told(&[allowed(ACK, Some(status("1", &[])))], |p| {
        let sent = p.stimulus("first", &[]);
        p.acknowledge(&sent);
        p.receipt(&sent, text::ACCEPTED);
        let entity = p.arrived().pop().unwrap();
        let message = p.arrive(On::Receipt, entity);
        p.push(Some(message), Event::PayloadSealed { message, part: 1, reason: "not encrypted for us".into() });
    });
    assert_eq!(judgement.exit, Exit::CONFIGURATION);
    assert!(judgement.conditions[0].detail.contains("not encrypted for us"), "{:?}", judgement.conditions);
}

#[test]
fn a_rule_that_our_own_message_breaks_is_a_defect_of_the_suite() {
    let mut play = Play::new(&[(On::Stimulus, Change::Edit("//eb:DuplicateElimination", Edit::Remove))]);
    play.scenario(Vec::new());
    let sent = play.stimulus("first", &[]);
    play.acknowledge(&sent);
    play.end(ScenarioOutcome::Finished);
    let judgement = play.judge();
    let ids: Vec<&str> = judgement.suite_defects.iter().map(|o| o.requirement.as_str()).collect();
    assert_eq!((ids, judgement.exit), (vec!["HITS1172-74"], Exit::SUITE_DEFECT));
    let altered = {
        let mut play = Play::new(&[(On::Stimulus, Change::Edit("//eb:DuplicateElimination", Edit::Remove))]);
        play.stimulus("first", &["envelope: no DuplicateElimination"]);
        play.judge()
    };
    assert_eq!(altered.suite_defects, Vec::new(), "what is altered on purpose may be wrong");
}

#[test]
fn a_scenario_that_was_given_up_is_not_established() {
    let mut play = Play::new(&[]);
    play.scenario(expect(&[allowed(ACK, None)]));
    play.end(ScenarioOutcome::Abandoned { reason: "the inbox port is in use".into() });
    let judgement = play.judge();
    assert_eq!((scenario(&judgement), judgement.exit), (Outcome::NotEstablished, Exit::NOT_ESTABLISHED));
    let reasons = judgement.scenarios[0].reasons.join("; ");
    assert!(
        reasons.contains("never made") && reasons.contains("abandoned") && reasons.contains("nothing was observed"),
        "{reasons}"
    );
}

#[test]
fn advice_that_is_not_followed_fails_nothing() {
    let mut play = Play::new(&[(On::Ack, Change::Wrapped(false))]);
    play.scenario(expect(&[allowed(ACK, None)]));
    let sent = play.stimulus("first", &[]);
    play.acknowledge(&sent);
    play.wait(3000);
    play.end(ScenarioOutcome::Finished);
    let judgement = play.judge();
    assert_eq!(judgement.ledger.get("HITS1172-5.2-p6").unwrap().status, Status::Violated);
    assert_eq!((scenario(&judgement), judgement.exit), (Outcome::Passed, Exit::MET));
}

#[test]
fn a_finding_in_a_message_fails_its_scenario() {
    let mut play = Play::new(&[(On::Ack, Change::Edit("//eb:Acknowledgment/ds:Reference[2]", Edit::Remove))]);
    play.scenario(expect(&[allowed(ACK, None)]));
    let sent = play.stimulus("first", &[]);
    play.acknowledge(&sent);
    play.end(ScenarioOutcome::Finished);
    let judgement = play.judge();
    assert_eq!(verdict(&judgement), Some(Verdict::Satisfied), "the answer itself is the right one");
    assert_eq!((scenario(&judgement), judgement.exit), (Outcome::Failed, Exit::VIOLATED));
    assert!(judgement.scenarios[0].reasons[0].contains("HITS1172-117"), "{:?}", judgement.scenarios[0].reasons);
}

#[test]
fn of_a_whole_run_everything_demanded_is_due() {
    let mut profile = PROFILE.clone();
    let run = |profile: &provestein_checks::profile::Profile| {
        let mut play = Play::new(&[]);
        play.scenario(expect(&[allowed(ACK, None)]));
        let sent = play.stimulus("first", &[]);
        play.acknowledge(&sent);
        play.wait(3000);
        play.end(ScenarioOutcome::Finished);
        play.judge_by(profile)
    };
    assert_eq!(run(&profile).exit, Exit::MET, "of a selection nobody expects that");
    profile.scenarios = vec![SCENARIO.to_owned()];
    assert_eq!(run(&profile).exit, Exit::NOT_ESTABLISHED, "ErrorLists were never seen");
}

#[test]
fn the_claim_decides_what_applies() {
    let judgement = told(&[], |p| {
        p.stimulus("first", &[]);
    });
    assert_eq!(judgement.ledger.get("HITS1168-8.3-14").unwrap().status, Status::NotApplicable);
    assert_eq!(judgement.ledger.get("HITS1168-8.3-8").unwrap().status, Status::NotExercised);
}

#[test]
fn the_same_history_gives_the_same_judgement() {
    let mut play = Play::new(&[]);
    play.scenario(expect(&[allowed(ACK, Some(status("1", &[])))]));
    let sent = play.stimulus("first", &[]);
    play.acknowledge(&sent);
    play.receipt(&sent, text::ACCEPTED);
    play.end(ScenarioOutcome::Finished);
    assert_eq!(play.judge(), play.judge());
    assert!(!play.judge().has_harness_bug());
}

#[test]
fn the_profile_decides_which_algorithms_are_right() {
    let by_the_letter = provestein_checks::profile::find("plo-receive-his1037").unwrap();
    let judged = |changes: &[(On, Change)]| {
        let mut play = Play::new(changes);
        let sent = play.stimulus("first", &["signed with another algorithm than the profile's"]);
        play.acknowledge(&sent);
        play.judge_by(&by_the_letter)
    };
    let violated = |judgement: &Judgement| -> Vec<String> {
        let of = judgement.observations.iter().filter(|o| o.verdict == Verdict::Violated);
        of.map(|o| o.requirement.to_string()).collect()
    };
    assert_eq!(violated(&judged(&[(On::Ack, Change::Sha1)])), Vec::<String>::new());
    let found = judged(&[]);
    assert_eq!(violated(&found), ["HITS1172-33", "HITS1172-84"]);
    assert_eq!(found.evidence("HITS1172-33").next().unwrap().expected, "http://www.w3.org/2000/09/xmldsig#sha1");
    for id in ["HITS1172-33", "HITS1172-84"] {
        assert!(PROFILE.obligation(id).unwrap().reason.is_some(), "{id} is read otherwise than by the letter");
    }
}
