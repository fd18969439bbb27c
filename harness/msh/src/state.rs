//! The state machine: receive, acknowledge, refuse, deduplicate, resend, give up.

use crate::Overrides;
use crate::assess::Assessment;
use std::collections::BTreeMap;
use wire::ebxml::write::ErrorDraft;
use wire::ebxml::{MessageKind, Severity};

/// Milliseconds since some fixed moment.
pub type Millis = u64;

/// When to resend and when to give up. The national default is five times, every 12 hours (HIS 1037 5.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryPolicy {
    /// Resends after the first sending.
    pub retries: u32,
    /// Between sendings.
    pub interval_ms: Millis,
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self { retries: 5, interval_ms: 12 * 60 * 60 * 1000 }
    }
}

/// Something that happens to a message service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A message came in.
    Arrived(Arrival),
    /// The application hands over a message to be sent.
    Submitted {
        /// Its MessageId.
        message_id: String,
    },
    /// Time went by.
    Tick,
}

/// What the state machine needs to know of a message that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// The kind.
    pub kind: MessageKind,
    /// MessageId; empty where none could be read.
    pub message_id: String,
    /// For signals: the MessageId they are about.
    pub about: Option<String>,
    /// For ErrorLists: the severity.
    pub severity: Option<Severity>,
    /// All DigestValues of the signature, to tell a true repeat from a false one (HITS 1172 5.8.2).
    pub digests: Vec<String>,
    /// What it deserves.
    pub assessment: Assessment,
}

/// What a message service does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Hand the payload to the application.
    Deliver {
        /// Of this message.
        message_id: String,
    },
    /// Answer for the first time.
    Answer {
        /// The message.
        message_id: String,
        /// With what.
        answer: Answer,
    },
    /// Give the stored answer again, byte for byte.
    Repeat {
        /// The message that was answered before.
        message_id: String,
    },
    /// Send the message (again).
    Transmit {
        /// The message.
        message_id: String,
        /// From 1.
        attempt: u32,
    },
    /// No more resends: an answer came.
    Settled {
        /// The message.
        message_id: String,
        /// Whether it was accepted.
        accepted: bool,
    },
    /// The last interval passed without an answer; somebody must be told (HIS 1037 5.2).
    GaveUp {
        /// The message.
        message_id: String,
    },
    /// The same MessageId with other digests: to be flagged, no answer prescribed (HITS 1172 5.8.2).
    FlagFalseRepeat {
        /// The message.
        message_id: String,
    },
    /// A signal about nothing that is outstanding; harmless.
    Ignore {
        /// Why.
        reason: &'static str,
    },
}

/// An answer to a payload message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Acknowledgment.
    Acknowledgment,
    /// ErrorList, Warning or Error.
    ErrorList(ErrorDraft),
    /// SOAP Fault.
    Fault(String),
}

/// A message service. Cloneable, so that a simulation can branch.
#[derive(Debug, Clone, Default)]
pub struct MessageService {
    overrides: Overrides,
    retry: RetryPolicy,
    received: BTreeMap<String, Received>,
    outstanding: BTreeMap<String, Outstanding>,
}

/// What is kept of a message that was answered.
#[derive(Debug, Clone)]
struct Received {
    digests: Vec<String>,
    deserved: Deserved,
}

/// How well a message did, from worst to best.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Deserved {
    Refusal,
    Warning,
    Acknowledgment,
}

impl Deserved {
    fn of(assessment: &Assessment) -> Self {
        match assessment {
            Assessment::Acceptable => Self::Acknowledgment,
            Assessment::Warn(_) => Self::Warning,
            Assessment::Refuse(_) | Assessment::Fault(_) => Self::Refusal,
        }
    }
}

#[derive(Debug, Clone)]
struct Outstanding {
    attempts: u32,
    next_at: Millis,
}

impl MessageService {
    /// A message service with nothing received and nothing outstanding.
    pub fn new(overrides: Overrides, retry: RetryPolicy) -> Self {
        Self { overrides, retry, ..Self::default() }
    }

    /// The overrides.
    pub fn overrides(&self) -> &Overrides {
        &self.overrides
    }

    /// Takes an input at a moment; returns what to do, in order.
    pub fn step(&mut self, input: Input, now: Millis) -> Vec<Action> {
        match input {
            Input::Arrived(arrival) => self.arrived(arrival),
            Input::Submitted { message_id } => {
                let next_at = now + self.retry.interval_ms;
                self.outstanding.insert(message_id.clone(), Outstanding { attempts: 1, next_at });
                vec![Action::Transmit { message_id, attempt: 1 }]
            }
            Input::Tick => self.tick(now),
        }
    }

    fn arrived(&mut self, arrival: Arrival) -> Vec<Action> {
        match arrival.kind {
            MessageKind::Acknowledgment | MessageKind::ErrorList => self.signal(&arrival),
            // Faults and bounces are filtered out first and never answered (HITS 1172 4.2.2).
            MessageKind::Fault => vec![Action::Ignore { reason: "a SOAP Fault is never answered" }],
            // They are signals of the message service too; the national profile uses none of them.
            MessageKind::Ping | MessageKind::Pong | MessageKind::StatusRequest | MessageKind::StatusResponse => {
                vec![Action::Ignore { reason: "Ping, Pong and Status are not used" }]
            }
            // An Acknowledgment is for payload messages only (HITS 1172 4.2.2).
            MessageKind::Unknown if arrival.assessment == Assessment::Acceptable => {
                vec![Action::Ignore { reason: "it cannot be told what kind of message this is" }]
            }
            MessageKind::Payload | MessageKind::Unknown => self.payload(arrival),
        }
    }

    fn payload(&mut self, arrival: Arrival) -> Vec<Action> {
        let Arrival { message_id, digests, assessment, .. } = arrival;
        if let Assessment::Fault(reason) = assessment {
            // Without a MessageId there is nothing to recognise a repeat by.
            return vec![Action::Answer { message_id, answer: Answer::Fault(reason) }];
        }
        let deserved = Deserved::of(&assessment);
        if let Some(before) = self.received.get(&message_id) {
            // The stored answer may say yes to something that deserves no: then it is no repeat of what was answered.
            let too_good = before.deserved > deserved;
            let mut actions = Vec::new();
            if before.digests != digests || too_good {
                actions.push(Action::FlagFalseRepeat { message_id: message_id.clone() });
            }
            if self.overrides.repeat_answer && !too_good {
                actions.push(Action::Repeat { message_id });
            }
            return actions;
        }
        self.received.insert(message_id.clone(), Received { digests, deserved });
        let answer = |answer| Action::Answer { message_id: message_id.clone(), answer };
        let deliver = Action::Deliver { message_id: message_id.clone() };
        match assessment {
            Assessment::Acceptable => vec![answer(Answer::Acknowledgment), deliver],
            Assessment::Warn(problem) => vec![answer(Answer::ErrorList(problem)), deliver],
            Assessment::Refuse(problem) => vec![answer(Answer::ErrorList(problem))],
            Assessment::Fault(reason) => vec![answer(Answer::Fault(reason))],
        }
    }

    /// Acknowledgment and ErrorList of either severity end resending (HITS 1171 8.1).
    fn signal(&mut self, arrival: &Arrival) -> Vec<Action> {
        let Some(message_id) = arrival.about.clone().filter(|id| self.outstanding.remove(id).is_some()) else {
            return vec![Action::Ignore { reason: "a signal about nothing that is outstanding" }];
        };
        vec![Action::Settled { message_id, accepted: arrival.severity != Some(Severity::Error) }]
    }

    fn tick(&mut self, now: Millis) -> Vec<Action> {
        let mut actions = Vec::new();
        let retry = self.retry;
        self.outstanding.retain(|message_id, out| {
            if out.next_at > now {
                return true;
            }
            let message_id = message_id.clone();
            if out.attempts > retry.retries {
                actions.push(Action::GaveUp { message_id });
                return false;
            }
            out.attempts += 1;
            out.next_at = now + retry.interval_ms;
            actions.push(Action::Transmit { message_id, attempt: out.attempts });
            true
        });
        actions
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn arrival(id: &str, digest: &str, assessment: Assessment) -> Input {
        Input::Arrived(Arrival {
            kind: MessageKind::Payload,
            message_id: id.into(),
            about: None,
            severity: None,
            digests: vec![digest.into()],
            assessment,
        })
    }

    fn signal(about: &str, severity: Option<Severity>) -> Input {
        let kind = if severity.is_some() { MessageKind::ErrorList } else { MessageKind::Acknowledgment };
        Input::Arrived(Arrival {
            kind,
            message_id: "s".into(),
            about: Some(about.into()),
            severity,
            digests: Vec::new(),
            assessment: Assessment::Acceptable,
        })
    }

    #[test]
    fn answers_once_then_repeats() {
        let mut msh = MessageService::default();
        let first = msh.step(arrival("m", "d", Assessment::Acceptable), 0);
        assert_eq!(
            first,
            [
                Action::Answer { message_id: "m".into(), answer: Answer::Acknowledgment },
                Action::Deliver { message_id: "m".into() }
            ]
        );
        assert_eq!(msh.step(arrival("m", "d", Assessment::Acceptable), 1), [Action::Repeat { message_id: "m".into() }]);
        let false_repeat = msh.step(arrival("m", "e", Assessment::Acceptable), 2);
        assert_eq!(false_repeat[0], Action::FlagFalseRepeat { message_id: "m".into() });
    }

    #[test]
    fn a_refused_message_is_not_delivered() {
        let problem = ErrorDraft {
            code: "SecurityFailure".into(),
            severity: Severity::Error,
            location: None,
            description: String::new(),
        };
        let actions = MessageService::default().step(arrival("m", "d", Assessment::Refuse(problem)), 0);
        assert!(matches!(&actions[..], [Action::Answer { answer: Answer::ErrorList(_), .. }]));
    }

    #[test]
    fn an_acknowledgment_is_not_repeated_to_a_message_that_deserves_none() {
        let problem = |severity| ErrorDraft {
            code: "SecurityFailure".into(),
            severity,
            location: None,
            description: String::new(),
        };
        let mut msh = MessageService::default();
        msh.step(arrival("m", "d", Assessment::Acceptable), 0);
        let flagged = [Action::FlagFalseRepeat { message_id: "m".into() }];
        // The digests are the same: the content was altered under an unaltered signature.
        let broken = Assessment::Refuse(problem(Severity::Error));
        assert_eq!(msh.step(arrival("m", "d", broken.clone()), 1), flagged);
        assert_eq!(msh.step(arrival("m", "d", Assessment::Warn(problem(Severity::Warning))), 2), flagged);
        // The other way round the refusal stands.
        msh.step(arrival("n", "d", broken), 3);
        assert_eq!(msh.step(arrival("n", "d", Assessment::Acceptable), 4), [Action::Repeat { message_id: "n".into() }]);
    }

    #[test]
    fn resends_until_given_up_and_stops_on_any_signal() {
        let retry = RetryPolicy { retries: 2, interval_ms: 10 };
        let mut msh = MessageService::new(Overrides::default(), retry);
        msh.step(Input::Submitted { message_id: "a".into() }, 0);
        msh.step(Input::Submitted { message_id: "b".into() }, 0);
        assert_eq!(msh.step(Input::Tick, 9), []);
        assert_eq!(msh.step(Input::Tick, 10).len(), 2);
        assert_eq!(
            msh.step(signal("b", Some(Severity::Error)), 11),
            [Action::Settled { message_id: "b".into(), accepted: false }]
        );
        assert_eq!(msh.step(Input::Tick, 20), [Action::Transmit { message_id: "a".into(), attempt: 3 }]);
        assert_eq!(msh.step(Input::Tick, 30), [Action::GaveUp { message_id: "a".into() }]);
        assert!(matches!(msh.step(signal("a", None), 31)[..], [Action::Ignore { .. }]));
    }

    proptest! {
        /// Whatever arrives in whatever order and number: delivered at most once, answered as often as it came.
        #[test]
        fn delivers_at_most_once(ids in proptest::collection::vec(0u8..4, 1..40)) {
            let mut msh = MessageService::default();
            let mut delivered = [0; 4];
            for (index, id) in ids.iter().enumerate() {
                let actions = msh.step(arrival(&id.to_string(), "d", Assessment::Acceptable), index as u64);
                let answered = actions
                    .iter()
                    .filter(|a| matches!(a, Action::Answer { .. } | Action::Repeat { .. }))
                    .count();
                prop_assert_eq!(answered, 1);
                delivered[usize::from(*id)] +=
                    actions.iter().filter(|a| matches!(a, Action::Deliver { .. })).count();
            }
            for id in 0..4u8 {
                prop_assert_eq!(delivered[usize::from(id)], usize::from(ids.contains(&id)));
            }
        }

        /// Sent at most 1 + retries times, and never after a signal.
        #[test]
        fn never_sends_too_often(retries in 0u32..6, steps in proptest::collection::vec(any::<bool>(), 0..30)) {
            let mut msh = MessageService::new(Overrides::default(), RetryPolicy { retries, interval_ms: 1 });
            let mut sent = msh.step(Input::Submitted { message_id: "a".into() }, 0).len();
            let mut settled = false;
            for (now, acknowledged) in steps.into_iter().enumerate() {
                let actions = if acknowledged {
                    msh.step(signal("a", None), now as u64)
                } else {
                    msh.step(Input::Tick, now as u64 + 1)
                };
                let transmitted = actions.iter().filter(|a| matches!(a, Action::Transmit { .. })).count();
                prop_assert!(!settled || transmitted == 0);
                settled |= acknowledged;
                sent += transmitted;
            }
            prop_assert!(sent <= 1 + retries as usize);
        }
    }
}
