//! Whether a run answers a challenge: ids of its messages derive from the number, and the subject signed for them.

use crate::certificate::Challenged;
use crate::register::digest;
use evidence::challenge::Challenge;
use evidence::digest::Digest;
use evidence::event::Seq;
use evidence::history::{Author, Exchange, History, MessageRecord};
use jiff::civil::Date;
use jiff::tz::Offset;
use std::collections::{BTreeSet, HashSet};
use thiserror::Error;
use wire::ebxml::MessageKind;

/// Why a run does not answer a challenge.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Unanswered {
    /// It was made without it.
    #[error("it was not made with the challenge {0}: `provestein run --challenge FILE` makes one that is")]
    NotCarried(String),
    /// It was given to somebody else.
    #[error("the challenge was made for `{vendor}`, and the run is of a system of `{supplier}`")]
    Another {
        /// Whom the challenge is for.
        vendor: String,
        /// Whose system it is.
        supplier: String,
    },
    /// It was made before.
    #[error("it began on {began}, and the challenge was issued on {issued}")]
    Before {
        /// The day of the run (UTC).
        began: Date,
        /// The day of the challenge (UTC).
        issued: Date,
    },
    /// It was made too late.
    #[error("it began on {began}, and the challenge was good until {until}: ask for a new one")]
    After {
        /// The day of the run (UTC).
        began: Date,
        /// The last day of the challenge.
        until: Date,
    },
    /// A conversation of its own making.
    #[error(
        "the ConversationId of the message of event {0} (of an AppRec, its MessageId) does not derive from the challenge"
    )]
    Foreign(Seq),
    /// An acknowledgment of something else.
    #[error("the acknowledgment of event {0} does not carry the id of the message that it acknowledges")]
    Elsewhere(Seq),
    /// Parts that an actor of the next message handler hides from the signature (HIS 1037 5.5) could stand beside the signed ones.
    #[error(
        "the acknowledgment of event {0} has more than one MessageHeader, id or signature: which of them the subject signed \
         cannot be told"
    )]
    Twice(Seq),
    /// An acknowledgment that nobody signed.
    #[error("the acknowledgment of event {0} is not signed")]
    Unsigned(Seq),
    /// A signature that does not fit.
    #[error("the signature of the acknowledgment of event {0} does not verify")]
    Unfit(Seq),
    /// Silence proves nothing.
    #[error("the subject acknowledged nothing whose id derives from it: nothing of its own covers the challenge")]
    Nothing,
}

/// How a run answers a challenge.
///
/// # Errors
/// [`Unanswered`]: the first reason why it does not.
pub fn answered(history: &History, challenge: &Challenge) -> Result<Challenged, Unanswered> {
    let not_carried = || Unanswered::NotCarried(challenge.id.clone());
    let run = history.run.as_ref().ok_or_else(not_carried)?;
    let file = challenge.to_file();
    if !run.inputs.contains(&(challenge.input(), Digest::of(&file))) {
        return Err(not_carried());
    }
    let supplier = history.subject.as_ref().map_or("", |subject| subject.supplier.as_str());
    if let Some(vendor) = challenge.vendor.as_ref().filter(|vendor| *vendor != supplier) {
        return Err(Unanswered::Another { vendor: vendor.clone(), supplier: supplier.to_owned() });
    }
    in_time(history, challenge)?;
    // A count goes up by one with each conversation, and begins at the number of events after an interruption.
    let derived: HashSet<String> = (0..history.events * 2).map(|n| challenge.derived_id(&run.run, n)).collect();
    let mut found = Found::default();
    for exchange in &history.exchanges {
        let message = &history.messages[exchange.stimulus];
        let began = message.composed.as_ref().filter(|_| message.author == Author::Harness);
        let Some(composed) = began.filter(|composed| composed.scenario.is_some()) else { continue };
        let carried = Carried::by(&composed.what);
        let Some(id) = carried.of_message(message).filter(|id| derived.contains(id)) else {
            // A scenario may have spoilt it on purpose; but what the subject acknowledged, it could read.
            if composed.deviations.is_empty() || acknowledgments(history, exchange).next().is_some() {
                return Err(Unanswered::Foreign(message.seq));
            }
            continue;
        };
        found.take(history, exchange, (carried, &id))?;
        found.conversations.insert(id);
    }
    if found.acknowledgments == 0 {
        return Err(Unanswered::Nothing);
    }
    Ok(Challenged {
        run: run.run.clone(),
        challenge: challenge.id.clone(),
        sha256: digest(&file),
        conversations: number(found.conversations.len()),
        acknowledged: number(found.acknowledged.len()),
        acknowledgments: number(found.acknowledgments),
        signers: found.signers.into_iter().collect(),
    })
}

fn in_time(history: &History, challenge: &Challenge) -> Result<(), Unanswered> {
    let day = |at| Offset::UTC.to_datetime(at).date();
    let Some(started) = history.started else { return Err(Unanswered::Nothing) };
    let (began, until) = (day(started), challenge.until);
    if started < challenge.issued {
        return Err(Unanswered::Before { began, issued: day(challenge.issued) });
    }
    if began > until { Err(Unanswered::After { began, until }) } else { Ok(()) }
}

#[derive(Default)]
struct Found {
    conversations: BTreeSet<String>,
    acknowledged: BTreeSet<String>,
    signers: BTreeSet<String>,
    acknowledgments: usize,
}

impl Found {
    /// Each acknowledgment of the subject's in an exchange must carry its id under a signature that verifies.
    fn take(
        &mut self,
        history: &History,
        exchange: &Exchange,
        (carried, id): (Carried, &str),
    ) -> Result<(), Unanswered> {
        for signal in acknowledgments(history, exchange) {
            if is_twofold(signal) {
                return Err(Unanswered::Twice(signal.seq));
            }
            if carried.of_acknowledgment(signal).as_deref() != Some(id) {
                return Err(Unanswered::Elsewhere(signal.seq));
            }
            let signature = signal.message.signature.as_ref().ok_or(Unanswered::Unsigned(signal.seq))?;
            // A signature that leaves the envelope out does not cover what stands in it.
            let covers = signature.references.iter().any(|reference| reference.uri.as_deref() == Some(""));
            let signer = signature.certificate.as_ref().filter(|_| covers && signature.is_valid());
            self.signers.insert(digest(signer.ok_or(Unanswered::Unfit(signal.seq))?.der()));
            self.acknowledged.insert(id.to_owned());
            self.acknowledgments += 1;
        }
        Ok(())
    }
}

/// The subject's acknowledgments in an exchange.
fn acknowledgments<'h>(history: &'h History, exchange: &'h Exchange) -> impl Iterator<Item = &'h MessageRecord> {
    let signals = exchange.signals.iter().map(|&index| &history.messages[index]);
    signals.filter(|m| m.author == Author::Subject && m.message.kind() == MessageKind::Acknowledgment)
}

fn is_twofold(record: &MessageRecord) -> bool {
    record.message.soap().is_some_and(|envelope| {
        let conversations: usize = envelope.message_headers.iter().map(|header| header.conversation_id.len()).sum();
        let about: usize = envelope.acknowledgments.iter().map(|block| block.ref_to_message_id.len()).sum();
        let numbers = [envelope.message_headers.len(), conversations, envelope.acknowledgments.len(), about];
        numbers.into_iter().any(|number| number > 1) || envelope.signatures.len() > 1
    })
}

/// Which id of a message of ours the subject's acknowledgment carries.
#[derive(Clone, Copy)]
enum Carried {
    /// Of a conversation that we began: its ConversationId.
    Conversation,
    /// Of an AppRec in a conversation that the subject began: its MessageId, which RefToMessageId names.
    Message,
}

impl Carried {
    fn by(what: &str) -> Self {
        if what == "AppRec" { Self::Message } else { Self::Conversation }
    }

    fn of_message(self, record: &MessageRecord) -> Option<String> {
        let envelope = record.message.soap()?;
        let id = match self {
            Self::Conversation => envelope.conversation_id(),
            Self::Message => envelope.message_id(),
        };
        id.map(str::to_ascii_lowercase)
    }

    fn of_acknowledgment(self, record: &MessageRecord) -> Option<String> {
        let envelope = record.message.soap()?;
        let id = match self {
            Self::Conversation => envelope.conversation_id(),
            Self::Message => envelope.about(),
        };
        id.map(str::to_ascii_lowercase)
    }
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
