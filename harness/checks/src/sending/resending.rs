//! Sending again what is not acknowledged (HIS 1037 5.2, HITS 1171 8.1 and 9.4).
//!
//! A subject is held to the interval and count that its own subject file declares: a test system has no 12 hours. Where
//! it declares nothing, what did not come again may still come, and nothing is established.
//!
//! What came again is told by MessageId, or by the hodemelding's MsgId with the same bytes: a new envelope around the
//! same message is a repetition too, and a wrong one.

use crate::check::{Finding, RunCheck, RunView, run};
use crate::verdict::Cause;
use evidence::event::Retry;
use evidence::history::{Author, MessageRecord, TransportOutcome};
use wire::ebxml::{Envelope, ErrorList, MessageKind, Severity};
use wire::place::Place;
use wire::signature::SignatureBlock;

pub(crate) const CHECKS: &[RunCheck] = &[
    run("HIS1037-3.3-1", "sent again as long as nothing answers it, and not after an answer", again_until_answered),
    run("HITS1171-8.1-3", "sent again when neither acknowledgment nor error message comes", again_when_unanswered),
    run("HITS1171-9.4-1", "the same MessageId and the same digests", same_envelope),
    run("HIS1037-5.2-4", "sent again as many times as declared, and no more", given_number),
    run("HITS1171-8.1-4", "the interval that is declared", interval),
    run("HITS1171-5.2.4-3", "not sent again after a Warning", warning_ends_it),
];

/// A message of the subject's with everything that came of it.
struct Family<'h> {
    /// Every sending, in order; the first is the message.
    sendings: Vec<&'h MessageRecord>,
    /// When our first answer reached the subject, and what it was.
    answered: Option<(u64, Given)>,
    /// Whether a scenario treated the first sending as lost.
    unanswered: bool,
    /// The end of the run.
    horizon_ms: u64,
}

/// What our first answer said.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Given {
    Accepted,
    Warning,
    Error,
}

impl Family<'_> {
    fn first(&self) -> &MessageRecord {
        self.sendings[0]
    }

    /// The sendings that had no answer of ours before them.
    fn before_answer(&self) -> impl Iterator<Item = &MessageRecord> {
        let answered = self.answered.map_or(u64::MAX, |(at_ms, _)| at_ms);
        self.sendings.iter().copied().filter(move |m| m.at_ms <= answered)
    }
}

fn families<'h>(view: &RunView<'h>) -> Vec<Family<'h>> {
    let theirs = |m: &&MessageRecord| m.author == Author::Subject && m.message.kind() == MessageKind::Payload;
    let mut families: Vec<Family<'h>> = Vec::new();
    for message in view.history.messages.iter().filter(theirs) {
        match families.iter_mut().find(|family| repeats(message, family.sendings[0])) {
            Some(family) => family.sendings.push(message),
            None => families.push(Family {
                answered: None,
                unanswered: message.ignored,
                sendings: vec![message],
                horizon_ms: view.history.horizon_ms,
            }),
        }
    }
    // An answer to any of them ends it: one sent again in a new envelope is answered under that one's MessageId.
    for family in &mut families {
        let answers = family.sendings.iter().filter_map(|sending| answered(view, sending));
        family.answered = answers.min_by_key(|(at_ms, _)| *at_ms);
    }
    families
}

fn repeats(message: &MessageRecord, first: &MessageRecord) -> bool {
    let id = |m: &MessageRecord| m.message.soap().and_then(|e| e.message_id()).map(str::to_ascii_lowercase);
    let same_envelope = id(first).is_some() && id(message) == id(first);
    let content = |m: &MessageRecord| m.payload().map(|p| p.content.clone());
    // The same hodemelding goes to each of its receivers in an envelope of that one's own.
    let to = |m: &MessageRecord| m.message.soap().and_then(Envelope::to_her);
    same_envelope
        || to(message) == to(first)
            && message.msg_id().is_some()
            && message.msg_id() == first.msg_id()
            && content(message) == content(first)
}

/// When an answer of ours to this MessageId was taken by the subject's endpoint.
fn answered(view: &RunView<'_>, message: &MessageRecord) -> Option<(u64, Given)> {
    let index = view.history.exchanges.iter().position(|e| view.history.messages[e.stimulus].seq == message.seq)?;
    let signals = view.facts.signals(index).iter().map(|&i| &view.history.messages[i]);
    let taken = signals.filter_map(|signal| {
        let is_there = |outcome: &Option<TransportOutcome>| match outcome {
            Some(TransportOutcome::Answered { status, .. }) => *status < 400,
            Some(TransportOutcome::Taken { .. }) => true,
            _ => false,
        };
        let sent = signal.sendings.iter().find(|s| is_there(&s.outcome))?;
        let severity = signal.message.soap().and_then(|e| e.error_lists.first()).map(ErrorList::severity);
        let given = match severity {
            None => Given::Accepted,
            Some(Severity::Warning) => Given::Warning,
            Some(_) => Given::Error,
        };
        Some((sent.reached_ms, given))
    });
    taken.min_by_key(|(at_ms, _)| *at_ms)
}

fn declared(view: &RunView<'_>) -> Option<Retry> {
    view.history.subject.as_ref()?.retry
}

/// How long nothing must come until a sending that was due has not been made.
fn overdue_ms(view: &RunView<'_>, retry: Retry) -> u64 {
    retry.interval_ms.saturating_mul(3) / 2 + view.profile.quiet_ms
}

fn place(family: &Family<'_>) -> Place {
    let id = family.first().message.soap().and_then(|e| e.message_id()).unwrap_or_default();
    Place::named(format!("the sendings of {id}"))
}

fn undeclared(family: &Family<'_>) -> Finding {
    let why = "not again in this run; the subject file declares no `retry`, and the standard's interval is 12 hours";
    Finding::cannot_tell(Cause::TimedOut, &place(family), why).about(family.first().seq)
}

/// Looks at the messages that a scenario left unanswered.
fn unanswered<'v>(view: &'v RunView<'_>, one: impl Fn(&Family<'_>) -> Option<Finding> + 'v) -> Vec<Finding> {
    families(view).iter().filter(|f| f.unanswered).filter_map(one).collect()
}

fn again_when_unanswered(view: &RunView<'_>) -> Vec<Finding> {
    unanswered(view, |family| Some(sent_again(view, family)))
}

fn sent_again(view: &RunView<'_>, family: &Family<'_>) -> Finding {
    if let Some(second) = family.before_answer().nth(1) {
        let after = second.at_ms.saturating_sub(family.first().at_ms);
        return Finding::satisfied(&place(family), format!("again after {after} ms")).about(second.seq);
    }
    let Some(retry) = declared(view) else { return undeclared(family) };
    let watched = family.horizon_ms.saturating_sub(family.first().at_ms);
    if watched >= overdue_ms(view, retry) {
        let got = format!("not again for {watched} ms; declared are {} ms", retry.interval_ms);
        return Finding::violated(&place(family), got).about(family.first().seq);
    }
    let got = format!("not again for {watched} ms, the end of the run");
    Finding::cannot_tell(Cause::TimedOut, &place(family), got).about(family.first().seq)
}

fn again_until_answered(view: &RunView<'_>) -> Vec<Finding> {
    let mut found = again_when_unanswered(view);
    found.extend(families(view).iter().filter_map(|family| ended_by(view, family, &[Given::Accepted, Given::Error])));
    found
}

fn warning_ends_it(view: &RunView<'_>) -> Vec<Finding> {
    families(view).iter().filter_map(|family| ended_by(view, family, &[Given::Warning])).collect()
}

/// Whether an answer ended the resending. A sending that crossed our answer on the way is no breach: what comes within
/// the profile's quiet time after it may have been under way.
fn ended_by(view: &RunView<'_>, family: &Family<'_>, given: &[Given]) -> Option<Finding> {
    let (answered_ms, answer) = family.answered?;
    if !given.contains(&answer) {
        return None;
    }
    let crossed = answered_ms + view.profile.quiet_ms;
    if let Some(late) = family.sendings.iter().skip(1).find(|m| m.at_ms > crossed) {
        let after = late.at_ms - answered_ms;
        return Some(Finding::violated(&place(family), format!("again {after} ms after the answer")).about(late.seq));
    }
    let retry = declared(view)?;
    let watched = family.horizon_ms.saturating_sub(answered_ms);
    let is_enough = watched >= overdue_ms(view, retry);
    is_enough
        .then(|| Finding::satisfied(&place(family), format!("not again for {watched} ms")).about(family.first().seq))
}

fn digests(record: &MessageRecord) -> Vec<String> {
    let blocks = record.message.soap().into_iter().flat_map(|e| &e.signatures);
    let values = blocks.flat_map(SignatureBlock::references).filter_map(|r| r.digest_value.as_ref());
    values.map(|v| v.value.split_whitespace().collect()).collect()
}

fn same_envelope(view: &RunView<'_>) -> Vec<Finding> {
    let mut found = Vec::new();
    for family in families(view) {
        let first = family.first();
        let id =
            |m: &MessageRecord| m.message.soap().and_then(|e| e.message_id()).unwrap_or_default().to_ascii_lowercase();
        for again in family.sendings.iter().skip(1) {
            let got = match (id(again) == id(first), digests(again) == digests(first)) {
                (true, true) => None,
                (true, false) => Some("the same MessageId with other digests".to_owned()),
                (false, _) => Some(format!("MessageId {}", id(again))),
            };
            let place = place(&family);
            found.push(match got {
                None => Finding::satisfied(&place, "the same").about(again.seq),
                Some(got) => Finding::violated(&place, got)
                    .about(again.seq)
                    .hint("the receiver cannot tell it from a new message, and takes it in twice or answers it twice"),
            });
        }
    }
    found
}

fn given_number(view: &RunView<'_>) -> Vec<Finding> {
    unanswered(view, |family| {
        let count = family.before_answer().count().saturating_sub(1);
        let last = family.before_answer().last()?;
        let Some(retry) = declared(view) else { return Some(undeclared(family)) };
        let got = format!("{count} times again; declared are {}", retry.count);
        if count > retry.count as usize {
            return Some(Finding::violated(&place(family), got).about(last.seq));
        }
        // After an answer nothing is due any more, and how often it would have come is not seen.
        if family.answered.is_some() {
            return None;
        }
        let watched = family.horizon_ms.saturating_sub(last.at_ms);
        Some(if watched < overdue_ms(view, retry) {
            Finding::cannot_tell(Cause::TimedOut, &place(family), format!("{got}; the run ended {watched} ms later"))
                .about(last.seq)
        } else {
            Finding::when(count == retry.count as usize, &place(family), got).about(last.seq)
        })
    })
}

/// Half as soon and twice as late are still taken for the interval: clocks tick, queues wait.
fn interval(view: &RunView<'_>) -> Vec<Finding> {
    let Some(retry) = declared(view) else { return Vec::new() };
    unanswered(view, |family| {
        let sendings: Vec<&MessageRecord> = family.before_answer().collect();
        let gaps = sendings.windows(2).map(|pair| (pair[1].seq, pair[1].at_ms.saturating_sub(pair[0].at_ms)));
        let allowed = retry.interval_ms / 2..=retry.interval_ms.saturating_mul(2) + view.profile.quiet_ms;
        let gaps: Vec<(u64, u64)> = gaps.collect();
        let words = |gap: u64| format!("{gap} ms; declared are {} ms", retry.interval_ms);
        match gaps.iter().find(|(_, gap)| !allowed.contains(gap)) {
            Some((seq, gap)) => Some(Finding::violated(&place(family), words(*gap)).about(*seq)),
            None => gaps.first().map(|(seq, gap)| Finding::satisfied(&place(family), words(*gap)).about(*seq)),
        }
    })
}
