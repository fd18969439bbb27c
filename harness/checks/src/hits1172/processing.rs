//! HITS 1172 5.7.2 and 5.8: what a receiver does with a message. Exercised by messages of ours that carry the
//! matching deviation; whether they do is told by the very checks that judge the subject's own messages.

use super::c4_2::{Answer, behaviour, first_answer, is_turned_away};
use super::{c5_8_party, c5_10_verify};
use crate::check::{Answered, ExchangeCheck, Finding, exchange};
use crate::facts::{AnswerKind, Silence};
use evidence::history::{Author, Sending};
use wire::ebxml::MessageKind;

pub(super) const CHECKS: &[ExchangeCheck] = &[
    exchange("HITS1172-5.7.2-p1", "ErrorList Error or SOAP Fault, as with mustUnderstand 1", validated_all_the_same),
    exchange("HITS1172-5.7.2-p2", "ErrorList Error or SOAP Fault", broken_signature),
    exchange("HITS1172-5.8-p1", "SOAP Fault, or ErrorList Error where both parties can be read", unreadable_party),
    exchange("HITS1172-5.8.2-p3", "the same answer again", true_repeat),
    exchange("HITS1172-5.8.3-p1", "no refusal", running_number),
    exchange("HITS1172-5.8.4-p1", "no refusal", other_party_id),
];

/// An invalid signature refuses the message; the answer names it, or is a Fault that is not linked to it.
fn broken_signature(a: &Answered<'_>) -> Vec<Finding> {
    let broken = c5_10_verify::verifies(&a.seen()).is_some_and(|f| f.is_violation());
    refused(a, broken)
}

/// Until the communication party can be read there is nobody to send an ErrorList to; over HTTP one can come
/// all the same, and refuses as well.
fn unreadable_party(a: &Answered<'_>) -> Vec<Finding> {
    refused(a, has_unreadable_party(a))
}

fn has_unreadable_party(a: &Answered<'_>) -> bool {
    let seen = a.seen();
    seen.envelope().is_some() && c5_8_party::CHECKS.iter().any(|c| (c.run)(&seen).is_some_and(|f| f.is_violation()))
}

/// SOAP 1.1 lets a receiver pass over a block with mustUnderstand 0; here it is validated like any other. Seen by
/// a MessageHeader with that value whose party cannot be read: whoever looked at it refuses the message.
fn validated_all_the_same(a: &Answered<'_>) -> Vec<Finding> {
    let seen = a.seen();
    let value = seen.header().and_then(|h| h.must_understand.as_ref());
    refused(a, value.is_some_and(|v| v.value.trim() == "0") && has_unreadable_party(a))
}

fn refused(a: &Answered<'_>, applies: bool) -> Vec<Finding> {
    let Some((signal, answer)) = first_answer(a).filter(|_| applies) else { return Vec::new() };
    vec![Finding::when(answer.refuses(), &behaviour("transport answer"), answer.name()).about(signal.seq)]
}

/// Same MessageId and same digests. HIS 1037 6.2.1 lets the receiver answer anew, HITS 1171 9.6 with the same
/// message as before: the kind of answer has to be the same, its bytes need not be. Without AckRequested
/// HIS 1037 lets a duplicate be ignored.
///
/// A missing repetition is a violation only when it is the rule in this run: the scenario watched for it to the
/// horizon, the subject answered a message that was sent later, it answered every message that was sent once,
/// and not one that was repeated. Anything less can be a loss on the way.
fn true_repeat(a: &Answered<'_>) -> Vec<Finding> {
    let deliveries = a.true_repeats();
    if deliveries < 2 {
        return Vec::new();
    }
    let answers: Vec<_> = a.signals().filter_map(|s| Some((s, Answer::of(s)?))).collect();
    let Some((_, first)) = answers.first() else { return Vec::new() };
    let place = behaviour("answer to the repeated message");
    if let Some((signal, other)) = answers.iter().find(|(_, answer)| answer != first) {
        let got = format!("{}, before it was {}", other.name(), first.name());
        return vec![Finding::violated(&place, got).about(signal.seq)];
    }
    if let Some((signal, again)) = answers.get(deliveries - 1) {
        return vec![Finding::satisfied(&place, again.name()).about(signal.seq)];
    }
    if a.seen().envelope().is_some_and(|e| e.ack_requested.is_empty()) {
        return Vec::new();
    }
    let hint = "handlers that drop a duplicate without repeating the acknowledgment make the sender resend for days";
    let got = format!("{} answers to {deliveries} sendings", answers.len());
    let silence = a.facts.silence(a.history, a.profile, a.stimulus, AnswerKind::Signal);
    vec![match silence {
        Silence::Established(ms) if a.facts.answered_after(a.history, a.stimulus) && never_repeats(a) => {
            let got = format!("{got}: none for {ms} ms, while every message that was sent once was answered");
            Finding::violated(&place, got).hint(hint)
        }
        _ => {
            let (cause, why) = a.facts.why_missing(a.stimulus);
            Finding::cannot_tell(cause, &place, format!("{got}: {why}")).hint(hint)
        }
    }]
}

/// Whether in this run every correct message that was sent once was answered, and none that was repeated was
/// answered again. One repeated message is enough where the network lost nothing that is known of; where it did, a
/// single answer may have been lost too.
fn never_repeats(a: &Answered<'_>) -> bool {
    let exchanges = a.history.exchanges.iter().enumerate();
    let ours = exchanges.filter(|(_, e)| a.history.messages[e.stimulus].author == Author::Harness);
    let views = ours.map(|(index, exchange)| Answered {
        exchange,
        index,
        stimulus: &a.history.messages[exchange.stimulus],
        ..*a
    });
    let views: Vec<Answered<'_>> = views.collect();
    let is_lossy = a.history.messages.iter().flat_map(|m| &m.sendings).any(Sending::failed);
    let repeated = views.iter().filter(|other| other.true_repeats() > 1).count();
    let never = views.iter().all(|other| match other.true_repeats() {
        0 => true,
        1 => {
            !other.stimulus.is_undeviated()
                || other.seen().kind() != MessageKind::Payload
                || other.signals().next().is_some()
        }
        repeats => other.signals().count() < repeats,
    });
    never && (repeated > 1 || !is_lossy)
}

/// A message that no check of ours finds fault with.
fn is_right(a: &Answered<'_>) -> bool {
    let seen = a.seen();
    let rules = super::MESSAGE_CHECKS.iter().flat_map(|table| table.iter());
    let mut demanded = rules.filter(|c| a.profile.obligation(c.id).is_some_and(|o| o.level.is_obligation()));
    seen.kind() == MessageKind::Payload && demanded.all(|c| (c.run)(&seen).is_none_or(|f| !f.is_violation()))
}

fn not_refused(a: &Answered<'_>, applies: bool) -> Vec<Finding> {
    let applies = applies && !is_turned_away(a) && is_right(a);
    let Some((signal, answer)) = first_answer(a).filter(|_| applies) else { return Vec::new() };
    vec![Finding::when(!answer.refuses(), &behaviour("transport answer"), answer.name()).about(signal.seq)]
}

fn running_number(a: &Answered<'_>) -> Vec<Finding> {
    let cpa_id = a.seen().envelope().and_then(|e| e.cpa_id());
    not_refused(a, cpa_id.is_some_and(|id| id.split('_').count() == 3))
}

fn other_party_id(a: &Answered<'_>) -> Vec<Finding> {
    let seen = a.seen();
    let blocks = seen.header().into_iter().flat_map(|h| h.from.iter().chain(&h.to));
    let kinds = blocks.flat_map(|b| &b.party_ids).filter_map(|id| id.kind.as_ref());
    let other = kinds.into_iter().any(|kind| !matches!(kind.value.trim(), "HER" | "ENH"));
    not_refused(a, other)
}
