//! What the subject does when it sends: again or not again, made to send or not, and what people say.

use crate::sending_play::Kind::{Doctor, Hospital};
use crate::sending_play::{Came, SENDING, Says, Sending, content};
use crate::{play::CATALOGUE, text};
use evidence::event::{Allowed, Event, Expectation, Retry};
use provestein_checks::Judgement;

/// A run, and exactly what it violates.
pub struct Run {
    pub name: &'static str,
    pub judgement: Judgement,
    pub violated: Vec<&'static str>,
}

/// Every ten seconds, twice.
const RETRY: Option<Retry> = Some(Retry { interval_ms: 10_000, count: 2 });

fn run(name: &'static str, violated: &[&'static str], judgement: Judgement) -> Run {
    Run { name, judgement, violated: violated.to_vec() }
}

/// Begun, with a message that came.
fn begun(retry: Option<Retry>) -> (Sending, Came) {
    let mut play = Sending::new(retry);
    play.0.scenario(Vec::new());
    let came = play.message(Hospital, &[]);
    (play, came)
}

/// Begun, with a message that the scenario takes for lost.
fn lost(retry: Option<Retry>) -> (Sending, Came) {
    let (mut play, came) = begun(retry);
    play.ignore(came.seq);
    (play, came)
}

/// Lost, and these milliseconds between one sending and the next.
fn repeated(retry: Option<Retry>, gaps: &[u64]) -> (Sending, Came) {
    let (mut play, came) = lost(retry);
    for gap in gaps {
        play.0.wait(*gap);
        play.again(&came);
    }
    (play, came)
}

/// Answered at once, and the same message again after these milliseconds.
fn again_after(says: Says, ms: u64, retry: Option<Retry>) -> Judgement {
    let (mut play, came) = begun(retry);
    play.answer(&came, says);
    play.0.wait(ms);
    play.again(&came);
    play.end(30_000)
}

fn answered(says: Says, retry: Option<Retry>) -> Judgement {
    let (mut play, came) = begun(retry);
    play.answer(&came, says);
    play.end(30_000)
}

fn unanswered() -> Vec<Run> {
    let late = |gaps: &[u64]| {
        let (mut play, came) = repeated(RETRY, gaps);
        play.answer(&came, Says::Acknowledged);
        play.end(30_000)
    };
    vec![
        run("twice again, as declared", &[], repeated(RETRY, &[10_000, 10_000]).0.end(30_000)),
        run("twice again, nothing declared", &[], repeated(None, &[10_000, 10_000]).0.end(30_000)),
        run("acknowledged after the first repetition", &[], late(&[10_000])),
        run("the run ends before it is due", &[], lost(RETRY).0.end(8000)),
        run("not again, nothing declared", &[], lost(None).0.end(60_000)),
        run("never again", &["HIS1037-3.3-1", "HIS1037-5.2-4", "HITS1171-8.1-3"], lost(RETRY).0.end(60_000)),
        run("once too few", &["HIS1037-5.2-4"], repeated(RETRY, &[10_000]).0.end(60_000)),
        run("once too many", &["HIS1037-5.2-4"], repeated(RETRY, &[10_000, 10_000, 10_000]).0.end(30_000)),
        run("too soon", &["HITS1171-8.1-4"], repeated(RETRY, &[1000, 10_000]).0.end(30_000)),
        run("a new envelope", &["HITS1171-9.4-1"], new_envelope(None, false, false)),
        run("the same MessageId, packed anew", &["HITS1171-9.4-1"], new_envelope(None, true, false)),
        run("a new envelope, and that one is answered", &["HITS1171-9.4-1"], new_envelope(RETRY, false, true)),
        run("again after the answer to a repetition", &["HIS1037-3.3-1"], {
            let (mut play, came) = repeated(RETRY, &[10_000]);
            play.answer(&came, Says::Acknowledged);
            play.0.wait(10_000);
            play.again(&came);
            play.end(30_000)
        }),
    ]
}

/// Again, but signed and encrypted anew.
fn new_envelope(retry: Option<Retry>, same_id: bool, is_answered: bool) -> Judgement {
    let mut play = Sending::new(retry);
    play.0.scenario(Vec::new());
    let msg_id = play.0.uuid();
    let text = content(Hospital, &msg_id);
    let came = play.arrive(Hospital, &msg_id, &text, text::OURS.1);
    play.ignore(came.seq);
    play.0.wait(10_000);
    let (other, conversation) = (play.0.uuid(), play.0.uuid());
    let message_id = if same_id { came.message_id.clone() } else { other };
    let again = play.arrive_as(Hospital, [&msg_id, &message_id, &conversation], &text, text::OURS.1);
    if is_answered {
        play.answer(&again, Says::Acknowledged);
    }
    play.end(60_000)
}

fn after_an_answer() -> Vec<Run> {
    use Says::{Acknowledged, Error, Warning};
    vec![
        run("acknowledged at once", &[], answered(Acknowledged, RETRY)),
        run("refused", &[], answered(Error, RETRY)),
        run("warned", &[], answered(Warning, RETRY)),
        run("acknowledged, nothing declared", &[], answered(Acknowledged, None)),
        run("a sending that crossed our answer", &[], again_after(Acknowledged, 300, RETRY)),
        run("a sending that crossed our warning", &[], again_after(Warning, 300, RETRY)),
        run("again after an acknowledgment", &["HIS1037-3.3-1"], again_after(Acknowledged, 10_000, RETRY)),
        run("again after an error", &["HIS1037-3.3-1"], again_after(Error, 10_000, None)),
        run("again after a warning", &["HITS1171-5.2.4-3"], again_after(Warning, 10_000, RETRY)),
    ]
}

/// One hodemelding to two receivers, one MsgId for two messages, an answer to a message before.
fn several() -> Vec<Run> {
    let two = |other: &dyn Fn(&str) -> (String, u32)| {
        let mut play = Sending::new(RETRY);
        play.0.scenario(Vec::new());
        let msg_id = play.0.uuid();
        let text = content(Hospital, &msg_id);
        let first = play.arrive(Hospital, &msg_id, &text, text::OURS.1);
        play.answer(&first, Says::Acknowledged);
        play.0.wait(10_000);
        let (text, to) = other(&text);
        let second = play.arrive(Hospital, &msg_id, &text, to);
        play.answer(&second, Says::Acknowledged);
        play.end(30_000)
    };
    let thread = {
        let (mut play, came) = begun(None);
        play.answer(&came, Says::Acknowledged);
        let reference =
            format!("</MsgId><ConversationRef><RefToParent>{}</RefToParent></ConversationRef>", came.msg_id);
        let msg_id = play.0.uuid();
        let text = content(Doctor, &msg_id).replacen("</MsgId>", &reference, 1);
        play.arrive(Doctor, &msg_id, &text, text::OURS.1);
        play.end(3000)
    };
    vec![
        run("an answer to a message before", &[], thread),
        run("one hodemelding to two receivers", &[], two(&|text| (text.to_owned(), 223))),
        run(
            "one MsgId for two messages",
            &["HIS80601-5_MsgInfo-5", "PLOAT-S10"],
            two(&|text| (text.replace("Kari", "Ola"), text::OURS.1)),
        ),
    ]
}

fn receipts() -> Vec<Run> {
    let receipted = |again: bool| {
        let (mut play, came) = begun(None);
        play.answer(&came, Says::Acknowledged);
        let receipt = play.receipt(Hospital, &came);
        if again {
            play.receipt_for_receipt(&receipt);
        }
        play.end(30_000)
    };
    vec![
        run("our AppRec is not answered by another", &[], receipted(false)),
        run("an AppRec for our AppRec", &["HITS1168-8.3-21"], receipted(true)),
    ]
}

/// What becomes of an awaited message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Awaited {
    Comes,
    /// Watched for in vain, in a run in which another one was seen or not.
    Silent(bool),
    Lapses,
}

/// A scenario in which a step allows that the message comes, or that none comes; what made the subject send, and
/// whether that was carried out.
pub fn arrival(arrives: bool, awaited: Awaited, how: &str, done: bool) -> Judgement {
    let allowed = Allowed {
        arrives: Some(arrives),
        signal: None,
        apprec: None,
        requirements: vec!["HITS1171-9.1.1-1".to_owned()],
    };
    let mut play = Sending::new(None);
    play.0.scenario(vec![Expectation { label: "report".to_owned(), line: 17, allowed: vec![allowed] }]);
    if awaited == Awaited::Silent(true) {
        let other = play.message(Hospital, &[]);
        play.answer(&other, Says::Acknowledged);
    }
    play.trigger("report", how, done);
    match awaited {
        Awaited::Comes => {
            let opened = play.awaited("report");
            let came = play.message(Hospital, &[]);
            play.met(opened, came.seq);
            play.answer(&came, Says::Acknowledged);
        }
        Awaited::Silent(_) => play.0.quiet("report", "message", 5000),
        Awaited::Lapses => {
            let opened = play.awaited("report");
            play.0.push(None, Event::AwaitLapsed { awaited: opened, reason: "patience".to_owned() });
        }
    }
    play.end(3000)
}

fn people() -> Vec<Run> {
    let ids: Vec<&'static str> = SENDING
        .obligations
        .keys()
        .map(provestein_checks::catalogue::RequirementId::as_str)
        .filter(|id| CATALOGUE.get(id).is_some_and(|r| r.observable != "wire"))
        .collect();
    let said = |answer: &str| {
        let mut play = Sending::new(None);
        play.0.scenario(Vec::new());
        play.asked(&ids, answer);
        play.end(0)
    };
    vec![run("people say yes", &[], said("yes")), run("people say no", &ids, said("no"))]
}

/// Every run.
pub fn runs() -> Vec<Run> {
    let arrivals = vec![
        run("it comes, as allowed", &[], arrival(true, Awaited::Comes, "person", true)),
        run("it comes, and must not", &["HITS1171-9.1.1-1"], arrival(false, Awaited::Comes, "POST http://epj", true)),
    ];
    [unanswered(), after_an_answer(), several(), receipts(), arrivals, people()].into_iter().flatten().collect()
}
