//! The stored form of events: one JSON object a line, versioned, apart from the domain types.
//!
//! The contract is `docs/event-log.md`. Each line ends with the digest of what stands before it in the
//! line, and names the digest of the whole line before it, so that one changed bit anywhere is found.

mod v1;
mod v1_acting;
mod v1_life;
mod v1_look;
mod v1_mail;
mod v1_parts;
mod v1_register;

use crate::digest::Digest;
use crate::event::{Event, Recorded};
use thiserror::Error;

/// The version that is written.
pub const VERSION: u32 = 1;

/// What is wrong with a complete line.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum LineError {
    /// Not UTF-8 or not the JSON of an event.
    #[error("not an event: {0}")]
    NotAnEvent(String),
    /// The digest at its end does not fit.
    #[error("its bytes do not fit the digest at its end")]
    Altered,
    /// It does not follow the line before.
    #[error("it does not follow the line before: the chain names {named}, the line before is {before}")]
    Chain {
        /// What the line names.
        named: Digest,
        /// What the line before is.
        before: Digest,
    },
    /// It is not the next.
    #[error("event number {found} where {expected} was due")]
    Order {
        /// The number in the line.
        found: u64,
        /// The number due.
        expected: u64,
    },
    /// Written by a later tool.
    #[error("format version {0} is not known to this tool (it reads {VERSION}); use the tool that wrote it")]
    Version(u32),
    /// Another byte stands where the newline was.
    #[error("another byte stands where its newline was")]
    LineEnd,
    /// What follows the end of the run is not the beginning of a line.
    #[error("{0} bytes stand behind the end of the run: they were added")]
    Added(usize),
}

const SUM_KEY: &str = ",\"sha256\":\"";

/// Writes an event as a line, without newline.
///
/// # Panics
/// Never: plain structures with string keys always serialise.
pub fn write_line(recorded: &Recorded, prev: Digest) -> String {
    let mut line = serde_json::to_string(&v1::LineV1::of(recorded, prev))
        .expect("plain structures with string keys always serialise");
    line.pop();
    let sum = Digest::of(line.as_bytes());
    line.push_str(SUM_KEY);
    line.push_str(&sum.to_string());
    line.push_str("\"}");
    line
}

/// Whether bytes can be what was written of event number `expected` when the writing was cut short.
pub fn begins_line(bytes: &[u8], expected: u64) -> bool {
    let begin = format!("{{\"v\":{VERSION},\"seq\":{expected},\"at\":\"");
    let both = bytes.len().min(begin.len());
    // A character may have been cut in two; anything else that is no text was never written.
    let is_text = std::str::from_utf8(bytes).map_or_else(|error| error.error_len().is_none(), |_| true);
    bytes[..both] == begin.as_bytes()[..both] && is_text && !bytes.iter().any(u8::is_ascii_control)
}

/// Reads a line that must be event number `expected` after a line with digest `before`.
///
/// # Errors
/// [`LineError`].
pub fn read_line(line: &[u8], expected: u64, before: Digest) -> Result<Recorded, LineError> {
    let text = std::str::from_utf8(line).map_err(|e| LineError::NotAnEvent(e.to_string()))?;
    let body = text.rfind(SUM_KEY).ok_or_else(|| LineError::NotAnEvent("it has no digest at its end".into()))?;
    let sum = text[body + SUM_KEY.len()..].strip_suffix("\"}").and_then(|sum| sum.parse::<Digest>().ok());
    if sum != Some(Digest::of(&line[..body])) {
        return Err(LineError::Altered);
    }
    let object = format!("{}}}", &text[..body]);
    let probe: v1::VersionProbe = serde_json::from_str(&object).map_err(|e| LineError::NotAnEvent(e.to_string()))?;
    if probe.v != VERSION {
        return Err(LineError::Version(probe.v));
    }
    let parsed: v1::LineV1 = serde_json::from_str(&object).map_err(|e| LineError::NotAnEvent(e.to_string()))?;
    let (recorded, named) = parsed.into_recorded().map_err(LineError::NotAnEvent)?;
    if named != before {
        return Err(LineError::Chain { named, before });
    }
    if recorded.seq != expected {
        return Err(LineError::Order { found: recorded.seq, expected });
    }
    Ok(recorded)
}

/// The blobs that an event names: what the run was made from, messages, keys. Other digests name no blob: the suite's
/// and a scenario's are of files that are embedded in the tool or lie elsewhere.
pub fn blobs_of(event: &Event) -> Vec<Digest> {
    match event {
        Event::RunStarted(run) => run.inputs.iter().map(|(_, digest)| *digest).collect(),
        Event::MessageComposed(composed) => vec![composed.entity],
        Event::TransportAnswered { entity, .. } => entity.iter().copied().collect(),
        Event::MessageSent { mail: Some(mail), .. } => mail.entity.iter().copied().collect(),
        Event::MessageArrived { entity, .. } => vec![*entity],
        Event::PayloadOpened { key, .. } => vec![*key],
        Event::RegisterAsked(asked) => vec![asked.request, asked.response],
        Event::TailRecovered { tail, .. } => vec![*tail],
        Event::SubjectStopped(stop) => stop.output.iter().copied().collect(),
        Event::TriggerPulled(trigger) => trigger.request.iter().copied().collect(),
        Event::TriggerAnswered(outcome) => outcome.output.iter().copied().collect(),
        Event::OperatorAnswered(answer) => answer.attachments.iter().map(|(_, digest)| *digest).collect(),
        _ => Vec::new(),
    }
}
