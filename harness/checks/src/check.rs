//! What a check is: a pure function of one message, or of one message and its answers.

use crate::facts::Facts;
use crate::profile::Profile;
use crate::verdict::{Cause, Verdict};
use evidence::event::{Seq, TransportFailure};
use evidence::history::{Exchange, History, MessageRecord, TransportOutcome};
use wire::ebxml::{Envelope, MessageHeader, MessageKind, names};
use wire::place::{Located, Place};

/// A check about what somebody wrote.
#[derive(Clone, Copy)]
pub(crate) struct MessageCheck {
    /// The requirement.
    pub id: &'static str,
    /// What is allowed, all of it.
    pub expected: &'static str,
    /// The check.
    pub run: fn(&Seen<'_>) -> Option<Finding>,
}

/// A check about what the subject did after a message of ours.
#[derive(Clone, Copy)]
pub(crate) struct ExchangeCheck {
    /// The requirement.
    pub id: &'static str,
    /// What is allowed, all of it.
    pub expected: &'static str,
    /// The check.
    pub run: fn(&Answered<'_>) -> Vec<Finding>,
}

/// A check about a run as a whole.
#[derive(Clone, Copy)]
pub(crate) struct RunCheck {
    /// The requirement.
    pub id: &'static str,
    /// What is allowed, all of it.
    pub expected: &'static str,
    /// The check; each finding names its event.
    pub run: fn(&RunView<'_>) -> Vec<Finding>,
}

/// A run as a check sees it.
#[derive(Clone, Copy)]
pub(crate) struct RunView<'h> {
    /// The run.
    pub history: &'h History,
    /// By what it is judged.
    pub profile: &'h Profile,
    /// What is known about the run as a whole.
    pub facts: &'h Facts,
}

/// A row of a table of run checks.
pub(crate) const fn run(id: &'static str, expected: &'static str, run: fn(&RunView<'_>) -> Vec<Finding>) -> RunCheck {
    RunCheck { id, expected, run }
}

/// A row of a table of message checks.
pub(crate) const fn message(
    id: &'static str,
    expected: &'static str,
    run: fn(&Seen<'_>) -> Option<Finding>,
) -> MessageCheck {
    MessageCheck { id, expected, run }
}

/// A row of a table of exchange checks.
pub(crate) const fn exchange(
    id: &'static str,
    expected: &'static str,
    run: fn(&Answered<'_>) -> Vec<Finding>,
) -> ExchangeCheck {
    ExchangeCheck { id, expected, run }
}

/// What came out of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said {
    /// An observation.
    Verdict(Verdict),
    /// A remark: counts neither for nor against.
    Remark(&'static str),
}

/// One thing that a check found; requirement and expectation stand in its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Finding {
    /// The event, when it is not the message that was looked at.
    pub about: Option<Seq>,
    /// What it says.
    pub said: Said,
    /// Where.
    pub place: Place,
    /// What was seen.
    pub got: String,
    /// What is allowed, where it depends on the message.
    pub expected: Option<String>,
    /// The likely cause.
    pub hint: Option<&'static str>,
}

impl Finding {
    fn new(said: Said, place: &Place, got: String) -> Self {
        Self { about: None, said, place: place.clone(), got, expected: None, hint: None }
    }

    /// It is as it has to be.
    pub fn satisfied(place: &Place, got: impl Into<String>) -> Self {
        Self::new(Said::Verdict(Verdict::Satisfied), place, got.into())
    }

    /// It is not.
    pub fn violated(place: &Place, got: impl Into<String>) -> Self {
        Self::new(Said::Verdict(Verdict::Violated), place, got.into())
    }

    /// It cannot be told.
    pub fn cannot_tell(cause: Cause, place: &Place, got: impl Into<String>) -> Self {
        Self::new(Said::Verdict(Verdict::CannotTell(cause)), place, got.into())
    }

    /// The standards leave it open; `why` names the source.
    pub fn remark(place: &Place, got: impl Into<String>, why: &'static str) -> Self {
        Self::new(Said::Remark(why), place, got.into())
    }

    /// Satisfied or violated.
    pub fn when(holds: bool, place: &Place, got: impl Into<String>) -> Self {
        if holds { Self::satisfied(place, got) } else { Self::violated(place, got) }
    }

    /// The event that shows it, when it is another than the message that was looked at.
    #[must_use]
    pub fn about(mut self, seq: Seq) -> Self {
        self.about = Some(seq);
        self
    }

    /// The likely cause, in one sentence.
    #[must_use]
    pub fn hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }

    /// What is allowed in this very message.
    #[must_use]
    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    /// Whether it is a violation.
    pub fn is_violation(&self) -> bool {
        self.said == Said::Verdict(Verdict::Violated)
    }
}

/// A message as a check sees it.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'h> {
    /// The run.
    pub history: &'h History,
    /// By what it is judged.
    pub profile: &'h Profile,
    /// What is known about the run as a whole.
    pub facts: &'h Facts,
    /// The message.
    pub record: &'h MessageRecord,
    /// The message of the other side that it answers.
    pub stimulus: Option<&'h MessageRecord>,
}

impl<'h> Seen<'h> {
    /// The envelope, when the root is one and the message is not a SOAP Fault: Faults are not validated
    /// (HITS 1172 4.2.2).
    pub fn envelope(&self) -> Option<&'h Envelope> {
        let envelope = self.record.message.soap()?;
        (envelope.root.value == "SOAP:Envelope" && envelope.faults.is_empty()).then_some(envelope)
    }

    /// The first MessageHeader.
    pub fn header(&self) -> Option<&'h MessageHeader> {
        self.envelope()?.header()
    }

    /// Whether it is a bare business document, as it is saved from a payload: no envelope, and not held to be one.
    pub fn is_bare_business(&self) -> bool {
        let root = self.record.message.soap().map(|e| e.root.value.as_str());
        self.record.message.bare && root.is_some_and(|r| !r.starts_with("SOAP:"))
    }

    /// The SOAP document, whatever its root is called; not that of a SOAP Fault.
    pub fn document(&self) -> Option<&'h Envelope> {
        self.record.message.soap().filter(|e| e.faults.is_empty() && !self.is_bare_business())
    }

    /// The kind. Where no block tells, another Service than that of signals means a payload message
    /// (HITS 1172 5.11.3).
    pub fn kind(&self) -> MessageKind {
        match self.record.message.kind() {
            MessageKind::Unknown => {
                let service = self.envelope().and_then(Envelope::service).filter(|s| !s.is_empty());
                let payload = service.is_some_and(|s| s != names::SIGNAL_SERVICE);
                if payload { MessageKind::Payload } else { MessageKind::Unknown }
            }
            kind => kind,
        }
    }

    /// The envelope, when the message is of this kind.
    pub fn of_kind(&self, kind: MessageKind) -> Option<&'h Envelope> {
        self.envelope().filter(|_| self.kind() == kind)
    }

    /// Whether it came, or is meant to go, as a mail. Of a captured file only its header fields tell.
    pub fn over_mail(&self) -> bool {
        let headers = &self.record.message.entity.headers;
        match self.record.carrier.as_str() {
            "mail" => true,
            "file" | "" => {
                headers.get("Received").is_some() || (headers.get("From").is_some() && headers.get("To").is_some())
            }
            _ => false,
        }
    }

    /// The first value of an element of the message that this one answers, to tell what was only copied.
    pub fn stimulus_envelope(&self) -> Option<&'h Envelope> {
        self.stimulus?.message.soap()
    }
}

/// A message of ours and what the subject answered.
#[derive(Clone, Copy)]
pub(crate) struct Answered<'h> {
    /// The run.
    pub history: &'h History,
    /// By what it is judged.
    pub profile: &'h Profile,
    /// What is known about the run as a whole.
    pub facts: &'h Facts,
    /// The exchange, with its index.
    pub exchange: &'h Exchange,
    /// Its index among [`History::exchanges`].
    pub index: usize,
    /// Our message.
    pub stimulus: &'h MessageRecord,
}

impl<'h> Answered<'h> {
    /// Our message, as a check of messages sees it.
    pub fn seen(&self) -> Seen<'h> {
        Seen { history: self.history, profile: self.profile, facts: self.facts, record: self.stimulus, stimulus: None }
    }

    /// The transport answers, in order of arrival.
    pub fn signals(&self) -> impl Iterator<Item = &'h MessageRecord> {
        let history = self.history;
        self.facts.signals(self.index).iter().map(move |&index| &history.messages[index])
    }

    /// How many sendings of this MessageId may have arrived, in whatever composition. Counted once, at the
    /// first composition; none at the others.
    pub fn deliveries(&self) -> usize {
        self.sendings_of(may_have_arrived, |_| true)
    }

    /// How many sendings of this MessageId with these digests have arrived (HITS 1172 5.8.2), counted likewise.
    pub fn true_repeats(&self) -> usize {
        let digests = |record: &MessageRecord| -> Vec<String> {
            let references = record
                .message
                .soap()
                .into_iter()
                .flat_map(|e| &e.signatures)
                .flat_map(wire::signature::SignatureBlock::references);
            let values = references.filter_map(|r| r.digest_value.as_ref());
            values.map(|v| v.value.split_whitespace().collect()).collect()
        };
        let mine = digests(self.stimulus);
        self.sendings_of(arrived, |other| digests(other) == mine)
    }

    fn sendings_of(&self, count: fn(&MessageRecord) -> usize, fits: impl Fn(&MessageRecord) -> bool) -> usize {
        let same = self.facts.with_same_id(self.stimulus).iter().map(|&index| &self.history.messages[index]);
        let mut compositions = same.filter(|m| m.author == self.stimulus.author).peekable();
        let is_first = compositions.peek().is_none_or(|first| first.seq == self.stimulus.seq);
        if !is_first {
            return 0;
        }
        let others = compositions.filter(|m| m.seq != self.stimulus.seq && fits(m));
        count(self.stimulus) + others.map(count).sum::<usize>()
    }

    /// Whether the envelope names a party of the subject's as receiver; when nothing is known about the
    /// subject, it is taken to.
    pub fn is_to_subject(&self) -> bool {
        let parties = self.history.subject.as_ref().map_or(&[][..], |s| &s.parties);
        let to = self.stimulus.message.soap().and_then(Envelope::to_her);
        parties.is_empty()
            || to.is_some_and(|to| parties.iter().any(|(organisation, party)| *organisation == to || *party == to))
    }

    /// The AppRecs that belong to this very envelope, in order of arrival.
    pub fn apprecs(&self) -> impl Iterator<Item = &'h MessageRecord> {
        let history = self.history;
        self.facts.apprecs(self.index).iter().map(move |&index| &history.messages[index])
    }
}

/// Sendings that did not fail.
fn arrived(record: &MessageRecord) -> usize {
    record.sendings.iter().filter(|s| !s.failed()).count()
}

/// Sendings that the subject may have got. Whoever answers late, half or in another language than HTTP has
/// perhaps taken the message all the same, and answers it.
fn may_have_arrived(record: &MessageRecord) -> usize {
    use TransportFailure::{ClosedEarly, NotHttp, NotMail, TimedOut, TooLarge};
    let is_possible = |outcome: &Option<TransportOutcome>| match outcome {
        Some(TransportOutcome::Failed { failure, .. }) => {
            matches!(failure, TimedOut | ClosedEarly | NotHttp | NotMail | TooLarge)
        }
        _ => true,
    };
    record.sendings.iter().filter(|s| is_possible(&s.outcome)).count()
}

/// Shows a value in a report: short, on one line.
pub(crate) fn shown(value: &str) -> String {
    const SHOWN_MAX: usize = 120;
    let flat: String = value.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SHOWN_MAX + 1).collect();
    if flat.chars().count() > SHOWN_MAX {
        format!("`{}…`", flat.chars().take(SHOWN_MAX).collect::<String>())
    } else if flat.is_empty() {
        "empty".to_owned()
    } else {
        format!("`{flat}`")
    }
}

/// Shows an optional value.
pub(crate) fn shown_or_absent(value: Option<&Located<String>>) -> String {
    value.map_or_else(|| "absent".to_owned(), |v| shown(&v.value))
}

/// Where a value stands, or where it ought to.
pub(crate) fn place_or(value: Option<&Located<String>>, parent: &Place, name: &str) -> Place {
    value.map_or_else(|| parent.child(name), |v| v.place.clone())
}
