//! What is known about a run as a whole: who answered what, how slowly, and what silence means.
//!
//! **Silence.** Until anything of the subject was seen, silence is a matter of configuration, never of
//! conformance (design §4). An answer that is due and does not come is *not established*, since patience is
//! ours and not the standard's. An absence that is wanted counts only when the scenario watched for it, and
//! only to a horizon: from the last sending to the end of the run, at least the profile's quiet time and ten
//! times the slowest answer of that kind in this run.
//!
//! **Several envelopes with one MsgId.** An AppRec names a MsgId and not an envelope. The first AppRec of a
//! recipient belongs to the first envelope (or to the envelope that was addressed to that recipient, when the
//! first was not); each further one of the same recipient belongs to the envelope sent last before it.

use crate::profile::Profile;
use crate::verdict::Cause;
use evidence::event::{Seq, TransportFailure};
use evidence::history::{Author, AwaitOutcome, Exchange, History, MessageRecord, TransportOutcome};
use std::collections::{BTreeMap, BTreeSet};
use wire::ebxml::{Envelope, MessageKind};
use wire::head::MsgHead;

/// Answers this many times slower than the slowest one seen would still be waited for.
const PATIENCE_FACTOR: u64 = 10;

/// The carrier of messages that were captured elsewhere.
const CAPTURED: &str = "file";

/// So many messages with AppRec and without transport answer are no accident any more.
const MUTE_MIN: usize = 5;

/// See the module's page.
#[derive(Debug, Default)]
pub(crate) struct Facts {
    exchange_of_answer: BTreeMap<usize, usize>,
    signals: Vec<Vec<usize>>,
    apprecs: Vec<Vec<usize>>,
    slowest_signal_ms: u64,
    slowest_apprec_ms: u64,
    heard: bool,
    waited: bool,
    accepted: bool,
    sent_without_message_id: bool,
    receipted: Vec<usize>,
    signalled: usize,
    met: BTreeMap<Seq, usize>,
    labelled: BTreeMap<(String, String), usize>,
    last_start: BTreeMap<String, Seq>,
    /// The scenarios in which the subject went down unasked: first event, and the stop.
    downs: Vec<(Seq, Seq)>,
    /// The sendings that were answered by a message on the same connection: a SOAP Fault comes with HTTP 500.
    spoken_to: BTreeSet<Seq>,
    by_message_id: BTreeMap<String, Vec<usize>>,
    by_msg_id: BTreeMap<String, Vec<usize>>,
}

/// The two sorts of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AnswerKind {
    /// Acknowledgment, ErrorList, SOAP Fault.
    Signal,
    /// AppRec.
    AppRec,
}

/// Whether an absence counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Silence {
    /// It does; so long nothing came, in milliseconds.
    Established(u64),
    /// It does not, and why.
    Open(Cause, String),
}

/// Whether a scenario had a register answer wrongly while this message was under way; the engine says so among what was
/// altered.
fn meets_a_wrong_register(stimulus: &MessageRecord) -> bool {
    stimulus.composed.as_ref().is_some_and(|composed| composed.deviations.iter().any(|d| d.starts_with("register: ")))
}

impl Facts {
    /// Looks at a history once.
    pub fn of(history: &History) -> Self {
        let mut facts = Self { heard: history.heard_subject(), waited: waited(history), ..Self::default() };
        for (scenario, started, _) in &history.scenarios {
            facts.last_start.insert(scenario.scenario.clone(), *started);
        }
        for record in history.stops.iter().filter(|record| !record.stop.reason.is_planned()) {
            let began = history.scenarios.iter().map(|(_, seq, _)| *seq).filter(|seq| *seq < record.seq).max();
            facts.downs.push((began.unwrap_or_default(), record.seq));
        }
        for (index, awaited) in history.awaits.iter().enumerate() {
            if let Some(AwaitOutcome::Met(seq)) = awaited.outcome {
                facts.met.entry(seq).or_insert(index);
            }
        }
        let on_connection = history.messages.iter().filter(|message| message.carrier == "http-response");
        facts.spoken_to = on_connection.filter_map(|message| message.answers).collect();
        for (index, message) in history.messages.iter().enumerate() {
            if let Some(id) = message_id(message) {
                facts.by_message_id.entry(id).or_default().push(index);
            }
            if let Some(id) = message.head().and_then(MsgHead::msg_id).filter(|id| !id.is_empty()) {
                facts.by_msg_id.entry(id.to_ascii_lowercase()).or_default().push(index);
            }
        }
        facts.place_own_receipts(history);
        for (index, exchange) in history.exchanges.iter().enumerate() {
            let signals = facts.signals_of(history, exchange);
            for &answer in signals.iter().chain(&exchange.apprecs) {
                facts.exchange_of_answer.entry(answer).or_insert(index);
            }
            facts.signals.push(signals);
            let stimulus = &history.messages[exchange.stimulus];
            let label = stimulus.composed.as_ref().and_then(|c| Some((c.scenario.clone()?, c.label.clone()?)));
            if let Some(label) = label.filter(|_| !facts.is_superseded(stimulus)) {
                facts.labelled.entry(label).or_insert(index);
            }
        }
        facts.apprecs = vec![Vec::new(); history.exchanges.len()];
        facts.attribute_apprecs(history);
        facts.measure(history);
        facts.sent_without_message_id = history.messages.iter().any(|m| {
            m.author == Author::Harness && m.message.soap().is_some_and(|e| e.message_id().is_none_or(str::is_empty))
        });
        facts
    }

    /// Whether the subject gives AppRecs but no transport answer at all: it took several correct messages in, one
    /// after the other, answered none of them, and each was waited for long enough. One lost answer looks like one
    /// that was never given; that all of them got lost while every AppRec came through does not happen.
    pub fn is_mute(&self, history: &History, profile: &Profile) -> bool {
        let settled = |&&index: &&usize| {
            let last = history.messages[history.exchanges[index].stimulus].sendings.last();
            last.is_some_and(|s| self.settled_after(history, profile, s.reached_ms, AnswerKind::AppRec).is_some())
        };
        self.signalled == 0 && self.receipted.iter().filter(settled).count() >= MUTE_MIN
    }

    /// How many correct messages of ours got an AppRec.
    pub fn receipted(&self) -> usize {
        self.receipted.len()
    }

    /// The transport answers of an exchange that came after its message was sent, as message indices.
    pub fn signals(&self, exchange: usize) -> &[usize] {
        self.signals.get(exchange).map_or(&[], Vec::as_slice)
    }

    /// The AppRecs that belong to an exchange's very envelope, as message indices.
    pub fn apprecs(&self, exchange: usize) -> &[usize] {
        self.apprecs.get(exchange).map_or(&[], Vec::as_slice)
    }

    /// Whether a message of ours belongs to an attempt at its scenario that was interrupted and begun anew.
    pub fn is_superseded(&self, record: &MessageRecord) -> bool {
        let scenario = record.composed.as_ref().and_then(|c| c.scenario.as_ref());
        scenario.and_then(|s| self.last_start.get(s)).is_some_and(|&start| record.seq < start)
    }

    /// The exchange whose message carries a label in the last attempt at a scenario.
    pub fn labelled(&self, scenario: &str, label: &str) -> Option<usize> {
        self.labelled.get(&(scenario.to_owned(), label.to_owned())).copied()
    }

    /// The exchange in which a message is an answer.
    pub fn exchange_of_answer(&self, message: usize) -> Option<usize> {
        self.exchange_of_answer.get(&message).copied()
    }

    /// The step that waited for what this event brought, as an index among [`History::awaits`].
    pub fn awaited(&self, event: Seq) -> Option<usize> {
        self.met.get(&event).copied()
    }

    /// The message of the other side that an answer names: a signal by MessageId, whatever kind it names, and among
    /// captured messages an AppRec by MsgId. Who wrote what is not known of captures.
    pub fn named_by(&self, history: &History, answer: &MessageRecord) -> Option<usize> {
        let is_captured = |record: &MessageRecord| record.carrier == CAPTURED;
        let is_other = |index: &usize| {
            let named = &history.messages[*index];
            named.author != answer.author || is_captured(answer) && named.seq != answer.seq
        };
        if answer.message.kind().is_signal() {
            let about = answer.message.soap()?.about()?.to_ascii_lowercase();
            return self.by_message_id.get(&about)?.iter().copied().find(is_other);
        }
        let original = answer.apprec().filter(|_| is_captured(answer))?.original_id()?;
        self.by_msg_id.get(&original.to_ascii_lowercase())?.iter().copied().find(is_other)
    }

    /// All messages with the MessageId of this one, as message indices; none without MessageId.
    pub fn with_same_id(&self, record: &MessageRecord) -> &[usize] {
        message_id(record).and_then(|id| self.by_message_id.get(&id)).map_or(&[], Vec::as_slice)
    }

    /// Whether a correct message of ours was ever acknowledged in this run.
    pub fn accepted(&self) -> bool {
        self.accepted
    }

    /// Whether anything of the subject was ever seen.
    pub fn heard(&self) -> bool {
        self.heard
    }

    /// Whether the run came to its end, or patience did once. A log that was cut off before says nothing by its silence:
    /// that the harness was killed is not the subject's wiring.
    pub fn waited(&self) -> bool {
        self.waited
    }

    /// Whether a message of ours had no MessageId: its ErrorList can refer to nothing (rule 76 against rule 122).
    pub fn sent_without_message_id(&self) -> bool {
        self.sent_without_message_id
    }

    /// A MessageId that went out in two compositions has every signal in both exchanges; one that came before a
    /// composition was sent does not answer it. A signal whose reference is unknown is paired by its
    /// conversation; one that names another message than this does not answer it either.
    fn signals_of(&self, history: &History, exchange: &Exchange) -> Vec<usize> {
        let stimulus = &history.messages[exchange.stimulus];
        let (sent, own) = (first_sending(stimulus), message_id(stimulus));
        let answers = |index: &&usize| {
            let signal = &history.messages[**index];
            let about = signal.message.soap().and_then(|e| e.about()).map(str::to_ascii_lowercase);
            let names_another =
                about.is_some() && about != own && about.is_some_and(|a| self.by_message_id.contains_key(&a));
            sent.is_none_or(|sent| signal.at_ms >= sent) && !names_another
        };
        exchange.signals.iter().filter(answers).copied().collect()
    }

    /// Our AppRec answers a message of its own conversation. A subject that uses one MsgId for several messages would
    /// else have it taken for the answer to another one.
    fn place_own_receipts(&mut self, history: &History) {
        let conversation = |index: usize| history.messages[index].message.soap().and_then(|e| e.conversation_id());
        for (index, exchange) in history.exchanges.iter().enumerate() {
            let ours = exchange.apprecs.iter().filter(|&&a| history.messages[a].author == Author::Harness);
            for &answer in
                ours.filter(|&&a| conversation(a).is_some() && conversation(a) == conversation(exchange.stimulus))
            {
                self.exchange_of_answer.entry(answer).or_insert(index);
            }
        }
    }

    fn measure(&mut self, history: &History) {
        for (index, exchange) in history.exchanges.iter().enumerate() {
            let stimulus = &history.messages[exchange.stimulus];
            let (Author::Harness, Some(sent)) = (stimulus.author, stimulus.sendings.first().map(|s| s.reached_ms))
            else {
                continue;
            };
            let delay = |answer: &usize| history.messages[*answer].at_ms.saturating_sub(sent);
            // A register that was slow on purpose says nothing about how slow the subject is.
            if !meets_a_wrong_register(stimulus) {
                // While nobody listened an answer may have come, and gone again: how late its repetition is says nothing.
                if !stimulus.interrupted {
                    self.slowest_signal_ms = self.slowest_signal_ms.max(self.signals[index].first().map_or(0, delay));
                    self.slowest_apprec_ms = self.slowest_apprec_ms.max(self.apprecs[index].first().map_or(0, delay));
                }
            }
            let acknowledged = |i: &usize| history.messages[*i].message.kind() == MessageKind::Acknowledgment;
            if stimulus.is_undeviated() && !self.apprecs[index].is_empty() {
                self.receipted.push(index);
            }
            self.signalled += usize::from(!self.signals[index].is_empty());
            self.accepted |= stimulus.is_undeviated() && self.signals[index].iter().any(acknowledged);
        }
    }

    fn attribute_apprecs(&mut self, history: &History) {
        let mut families: BTreeMap<(usize, Author), Vec<usize>> = BTreeMap::new();
        for (index, exchange) in history.exchanges.iter().enumerate() {
            let first = exchange.same_msg_id.first().unwrap_or(&exchange.stimulus);
            let author = history.messages[exchange.stimulus].author;
            families.entry((*first, author)).or_default().push(index);
        }
        for family in families.into_values() {
            let all: BTreeSet<usize> = family.iter().flat_map(|&i| &history.exchanges[i].apprecs).copied().collect();
            let mut answered = BTreeSet::new();
            for apprec in all {
                let is_first = answered.insert(recipient_of(&history.messages[apprec]));
                let owner = owner_of(history, &family, apprec, is_first);
                self.apprecs[owner].push(apprec);
            }
        }
    }

    /// Why an answer that was due is not there.
    pub fn why_missing(&self, stimulus: &MessageRecord) -> (Cause, String) {
        let outcomes: Vec<&TransportOutcome> = stimulus.sendings.iter().filter_map(|s| s.outcome.as_ref()).collect();
        let reached =
            outcomes.iter().any(|o| matches!(o, TransportOutcome::Answered { .. } | TransportOutcome::Taken { .. }));
        let told = stimulus.sendings.last().is_some_and(|sending| self.spoken_to.contains(&sending.seq));
        match outcomes.last() {
            _ if stimulus.sendings.is_empty() => (Cause::Harness, "the message was never sent".to_owned()),
            // A peer that is slow to answer on the connection may have taken the message all the same.
            Some(TransportOutcome::Failed { failure, detail, .. })
                if !reached && (*failure != TransportFailure::TimedOut || !self.heard) =>
            {
                (Cause::Environment, format!("{}: {detail}", failure.code()))
            }
            Some(TransportOutcome::Answered { status, .. }) if !told && (400..500).contains(status) => {
                (Cause::Configuration, format!("none; the endpoint answered HTTP {status}"))
            }
            Some(TransportOutcome::Answered { status, .. }) if !told && *status >= 500 => {
                (Cause::Environment, format!("none; the endpoint answered HTTP {status}"))
            }
            _ if self.went_down_after(stimulus) => {
                (Cause::Environment, "none; the subject went down before it answered".to_owned())
            }
            _ if !self.waited => (Cause::TimedOut, "none; the log ends before patience did".to_owned()),
            _ if !self.heard => (Cause::Configuration, "none; nothing of the subject was seen in this run".to_owned()),
            _ => (Cause::TimedOut, "none in time".to_owned()),
        }
    }

    /// Whether the subject went down in the scenario of a message, after it was sent.
    fn went_down_after(&self, stimulus: &MessageRecord) -> bool {
        let last = stimulus.sendings.last().map_or(stimulus.seq, |sending| sending.seq);
        self.downs.iter().any(|(began, stop)| stimulus.seq > *began && last < *stop)
    }

    /// Whether the absence of an answer counts (see the module's page).
    pub fn silence(&self, history: &History, profile: &Profile, stimulus: &MessageRecord, kind: AnswerKind) -> Silence {
        let sendings: Vec<u64> = stimulus.sendings.iter().map(|s| s.reached_ms).collect();
        let Some(&last) = sendings.last() else {
            return Silence::Open(Cause::Harness, "the message was never sent".to_owned());
        };
        let (cause, why) = self.why_missing(stimulus);
        if cause != Cause::TimedOut {
            return Silence::Open(cause, why);
        }
        if !watched(history, stimulus, kind) {
            return Silence::Open(Cause::TimedOut, "nothing, but nobody watched for it".to_owned());
        }
        let horizon = history.horizon_ms.saturating_sub(last);
        let needed = self.needed_ms(profile, kind);
        if horizon >= needed {
            Silence::Established(horizon)
        } else {
            Silence::Open(Cause::TimedOut, format!("nothing for {horizon} ms, {needed} ms are needed"))
        }
    }

    /// The slowest answer of either kind, in milliseconds.
    pub fn slowest_ms(&self) -> u64 {
        self.slowest_signal_ms.max(self.slowest_apprec_ms)
    }

    /// How long nothing must come until that says something, in milliseconds.
    fn needed_ms(&self, profile: &Profile, kind: AnswerKind) -> u64 {
        let slowest = match kind {
            AnswerKind::Signal => self.slowest_signal_ms,
            AnswerKind::AppRec => self.slowest_apprec_ms,
        };
        profile.quiet_ms.max(slowest.saturating_mul(PATIENCE_FACTOR))
    }

    /// Whether a message of ours that was sent after this one's last sending got a transport answer.
    pub fn answered_after(&self, history: &History, stimulus: &MessageRecord) -> bool {
        let Some(last) = stimulus.sendings.last() else {
            return false;
        };
        let is_later = |exchange: &Exchange| {
            let sent = history.messages[exchange.stimulus].sendings.first();
            sent.is_some_and(|sent| sent.seq > last.seq)
        };
        let mut answered = history.exchanges.iter().zip(&self.signals).filter(|(_, signals)| !signals.is_empty());
        answered.any(|(exchange, _)| is_later(exchange))
    }

    /// How long a moment was followed by the run, in milliseconds, when that is enough to have seen another answer.
    pub fn settled_after(&self, history: &History, profile: &Profile, at_ms: u64, kind: AnswerKind) -> Option<u64> {
        let horizon = history.horizon_ms.saturating_sub(at_ms);
        (horizon >= self.needed_ms(profile, kind)).then_some(horizon)
    }
}

fn message_id(record: &MessageRecord) -> Option<String> {
    let id = record.message.soap().and_then(|e| e.message_id());
    id.filter(|id| !id.is_empty()).map(str::to_ascii_lowercase)
}

fn first_sending(record: &MessageRecord) -> Option<u64> {
    record.sendings.first().map(|s| s.at_ms)
}

/// Who answers in an AppRec: the HER-ids of its Sender.
pub(crate) fn recipient_of(record: &MessageRecord) -> (Option<u32>, Option<u32>) {
    let sender = record.apprec().and_then(|a| a.sender.as_ref());
    sender.map_or((None, None), |s| (s.her_of_enterprise(), s.her_of_party()))
}

fn owner_of(history: &History, family: &[usize], apprec: usize, is_first: bool) -> usize {
    let record = &history.messages[apprec];
    let to = |&exchange: &usize| {
        history.messages[history.exchanges[exchange].stimulus].message.soap().and_then(Envelope::to_her)
    };
    let was_sent = |exchange: &&usize| {
        let sent = first_sending(&history.messages[history.exchanges[**exchange].stimulus]);
        sent.is_some_and(|sent| sent <= record.at_ms)
    };
    let latest = family.iter().rev().find(was_sent).copied().unwrap_or(family[0]);
    let party = recipient_of(record).1;
    let meant_for_latest = party.is_some() && to(&latest) == party && to(&family[0]) != party;
    if is_first && !meant_for_latest { family[0] } else { latest }
}

/// Whether a step of the scenario waited in vain for such an answer to this message, as it hoped.
fn watched(history: &History, stimulus: &MessageRecord, kind: AnswerKind) -> bool {
    let Some(composed) = &stimulus.composed else {
        return false;
    };
    history.awaits.iter().any(|a| {
        let same = Some(&a.awaited.scenario) == composed.scenario.as_ref()
            && Some(&a.awaited.label) == composed.label.as_ref();
        let fits = match kind {
            AnswerKind::AppRec => a.awaited.what == "apprec",
            AnswerKind::Signal => a.awaited.what != "apprec",
        };
        same && fits && matches!(a.outcome, Some(AwaitOutcome::Quiet(_)))
    })
}

fn waited(history: &History) -> bool {
    let ran_out = |outcome: &AwaitOutcome| matches!(outcome, AwaitOutcome::Lapsed(_) | AwaitOutcome::Quiet(_));
    history.ended || history.awaits.iter().any(|a| a.outcome.as_ref().is_some_and(ran_out))
}
