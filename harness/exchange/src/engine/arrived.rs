//! Messages that the subject sends by itself: which of them a `trigger` step asked for, and how we answer them.
//!
//! A message is told by its references: the first new one after the trigger is the one that was asked for, if
//! several came that whose eb:Action names the type, and what has its MessageId or its MsgId is a repetition. What is
//! in it is for the checks.

use crate::scenario::TransportAnswer;
use evidence::event::Seq;
use std::collections::BTreeSet;
use wire::ebxml::write::ErrorDraft;
use wire::ebxml::{Envelope, Severity};
use wire::head::MsgHead;

/// A payload message of the subject's, AppRecs excepted.
#[derive(Debug, Clone)]
pub(super) struct Arrived {
    /// The arrival.
    pub seq: Seq,
    /// MessageId, lower case; empty where there is none.
    pub message_id: String,
    /// MsgId, lower case, where it could be read.
    pub msg_id: Option<String>,
    /// The envelope.
    pub envelope: Option<Box<Envelope>>,
    /// The hodemelding, where it could be read.
    pub head: Option<Box<MsgHead>>,
}

impl Arrived {
    fn function(&self) -> Option<&str> {
        self.envelope.as_ref().and_then(|e| e.action())
    }

    fn repeats(&self, earlier: &Self) -> bool {
        let same_envelope = !self.message_id.is_empty() && self.message_id == earlier.message_id;
        same_envelope || self.msg_id.is_some() && self.msg_id == earlier.msg_id
    }
}

/// A trigger that was pulled.
#[derive(Debug, Clone)]
pub(super) struct Pulled {
    /// MsgInfo/Type and eb:Action of the message that was asked for.
    pub function: String,
    /// Message and version.
    pub message: String,
    /// Roles.
    pub from: String,
    /// Roles.
    pub to: String,
    /// The event `TriggerPulled`.
    pub seq: Seq,
    /// The first arrival of the message, once there is one.
    pub first: Option<usize>,
}

/// How the sendings of one message are answered, also after its scenario has ended.
#[derive(Debug, Clone)]
pub(super) struct Handling {
    transport: TransportAnswer,
    ids: BTreeSet<String>,
    seen: u32,
}

/// What to do with one sending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Treatment {
    /// As a correct party does.
    Usual,
    /// As if it had never come.
    Lost,
    /// With this ErrorList.
    Signal(ErrorDraft),
}

/// What came from the subject by itself, and what was asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Inward {
    pub arrived: Vec<Arrived>,
    handlings: Vec<Handling>,
}

impl Inward {
    /// What came before is only remembered by its ids, to tell a repetition: a long run must not fill the memory.
    pub fn begin_scenario(&mut self) {
        for arrived in &mut self.arrived {
            (arrived.envelope, arrived.head) = (None, None);
        }
    }

    /// From now on the next new message is treated so.
    pub fn expect(&mut self, transport: TransportAnswer) {
        self.handlings.push(Handling { transport, ids: BTreeSet::new(), seen: 0 });
    }

    /// How to treat a sending: as its first one was meant to be treated.
    pub fn treat(&mut self, message_id: &str, msg_id: Option<&str>) -> Treatment {
        let ids: BTreeSet<String> =
            [Some(message_id), msg_id].into_iter().flatten().filter(|id| !id.is_empty()).map(str::to_owned).collect();
        let known = self.handlings.iter().position(|h| !h.ids.is_disjoint(&ids));
        let index = known.or_else(|| self.handlings.iter().rposition(|h| h.ids.is_empty()));
        let Some(handling) = index.map(|index| &mut self.handlings[index]) else { return Treatment::Usual };
        handling.ids.extend(ids);
        handling.seen += 1;
        let signal = |severity, code: &str| {
            Treatment::Signal(ErrorDraft {
                code: code.to_owned(),
                severity,
                location: None,
                description: "on purpose: a scenario of the conformance test asks for it".to_owned(),
            })
        };
        match &handling.transport {
            TransportAnswer { never: true, .. } => Treatment::Lost,
            TransportAnswer { lost: Some(lost), .. } if handling.seen <= *lost => Treatment::Lost,
            TransportAnswer { error: Some(code), .. } => signal(Severity::Error, code),
            TransportAnswer { warning: Some(code), .. } => signal(Severity::Warning, code),
            _ => Treatment::Usual,
        }
    }

    /// The index of the first sending of what a trigger asked for. `others` are the first sendings that belong to
    /// other triggers.
    pub fn first_of(&self, pulled: &Pulled, others: &[usize]) -> Option<usize> {
        let fresh: Vec<usize> = (0..self.arrived.len())
            .filter(|&index| self.arrived[index].seq > pulled.seq && !others.contains(&index))
            .filter(|&index| {
                let same = |earlier: &Arrived| {
                    !earlier.message_id.is_empty() && earlier.message_id == self.arrived[index].message_id
                };
                !self.arrived[..index].iter().any(same)
            })
            .collect();
        let is_asked_for = |index: &usize| self.arrived[*index].function() == Some(&pulled.function);
        // A MsgId that came before may be a repetition in a new envelope, or a MsgId used twice.
        let is_new = |index: &usize| !self.arrived[..*index].iter().any(|e| self.arrived[*index].repeats(e));
        let first = |fits: &dyn Fn(&usize) -> bool| fresh.iter().copied().find(|index| fits(index));
        first(&|index| is_new(index) && is_asked_for(index)).or_else(|| first(&is_new)).or_else(|| first(&is_asked_for))
    }

    /// The `number`th sending of the message whose first one is given.
    pub fn sending_of(&self, first: usize, number: u32, others: &[usize]) -> Option<Seq> {
        let later = (first + 1..self.arrived.len()).filter(|index| !others.contains(index));
        let again = later.filter(|&index| self.arrived[index].repeats(&self.arrived[first]));
        let wanted = std::iter::once(first).chain(again).nth(number.saturating_sub(1) as usize)?;
        Some(self.arrived[wanted].seq)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrived(seq: Seq, message_id: &str, msg_id: &str) -> Arrived {
        let msg_id = (!msg_id.is_empty()).then(|| msg_id.to_owned());
        Arrived { seq, message_id: message_id.into(), msg_id, envelope: None, head: None }
    }

    fn pulled(seq: Seq) -> Pulled {
        let text = String::new;
        Pulled { function: "X".into(), message: text(), from: text(), to: text(), seq, first: None }
    }

    #[test]
    fn a_repetition_is_told_by_either_id() {
        let mut inward = Inward::default();
        inward.arrived.push(arrived(1, "old", "a"));
        inward.arrived.push(arrived(5, "old", "a"));
        inward.arrived.push(arrived(6, "new", "b"));
        inward.arrived.push(arrived(7, "new", "b"));
        inward.arrived.push(arrived(8, "other", "b"));
        let first = inward.first_of(&pulled(2), &[]).unwrap();
        assert_eq!(inward.arrived[first].seq, 6, "what repeats an earlier message was not asked for");
        assert_eq!(inward.sending_of(first, 2, &[]), Some(7));
        assert_eq!(inward.sending_of(first, 3, &[]), Some(8), "a new envelope around the same message repeats it");
        assert_eq!(inward.sending_of(first, 4, &[]), None);
        assert_eq!(inward.first_of(&pulled(9), &[]), None);
    }

    #[test]
    fn a_message_is_treated_as_its_trigger_says_for_as_long_as_it_comes() {
        let mut inward = Inward::default();
        assert_eq!(inward.treat("early", None), Treatment::Usual);
        inward.expect(TransportAnswer { lost: Some(1), ..TransportAnswer::default() });
        assert_eq!(inward.treat("m", Some("a")), Treatment::Lost);
        inward.expect(TransportAnswer { error: Some("SecurityFailure".into()), ..TransportAnswer::default() });
        assert!(matches!(inward.treat("n", Some("b")), Treatment::Signal(error) if error.code == "SecurityFailure"));
        assert_eq!(inward.treat("m", Some("a")), Treatment::Usual, "the second sending is acknowledged");
        assert_eq!(inward.treat("another", Some("c")), Treatment::Usual, "nobody asked for this one");
    }
}
