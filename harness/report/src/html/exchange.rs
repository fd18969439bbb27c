//! What stands behind an arrow: one message in all its layers, with the payload masked.

use super::labels::Labels;
use super::payload::{self, Masked};
use super::pretty;
use crate::envelope;
use crate::index::Index;
use crate::visible::{clean, clipped};
use evidence::history::{MessageRecord, TransportOutcome};
use wire::mime::{Headers, Part};
use wire::signature::{ValueOutcome, Verdict, Verification};

/// Characters of one header value.
const HEADER_MAX: usize = 1000;
/// Defects that are listed.
const DEFECTS_MAX: usize = 50;

/// A message in all its layers.
pub(super) struct Detail {
    /// Ids, addresses, times.
    pub facts: Vec<(&'static str, String)>,
    /// Everything that was altered on purpose.
    pub deviations: Vec<String>,
    /// Header fields of the entity.
    pub headers: Vec<(String, String)>,
    /// Its parts.
    pub parts: Vec<PartDetail>,
    /// The envelope on several lines, if it may be quoted.
    pub envelope: Option<String>,
    /// What the signature proves.
    pub signature: Option<SignatureDetail>,
    /// What decoders found wrong.
    pub defects: Vec<String>,
    /// The payloads.
    pub payloads: Vec<Masked>,
}

/// A MIME part.
pub(super) struct PartDetail {
    /// Number, from 1, and size.
    pub title: String,
    /// Its header fields.
    pub headers: Vec<(String, String)>,
}

/// What a signature proves.
pub(super) struct SignatureDetail {
    /// `good`, `bad` or `doubt`.
    pub role: &'static str,
    /// In words.
    pub outcome: String,
    /// The references, the certificate.
    pub lines: Vec<String>,
}

impl Detail {
    /// Roughly how many bytes it takes in the report.
    pub fn size(&self) -> usize {
        let pairs = |pairs: &[(String, String)]| pairs.iter().map(|(n, v)| n.len() + v.len() + 60).sum::<usize>();
        let values: usize = self.payloads.iter().flat_map(|p| &p.values).map(|(path, ..)| path.len() + 90).sum();
        let parts: usize = self.parts.iter().map(|part| pairs(&part.headers)).sum();
        1500 + self.envelope.as_ref().map_or(0, String::len) + pairs(&self.headers) + parts + values
    }
}

/// Looks at every layer of a message.
pub(super) fn of(index: &Index<'_>, record: &MessageRecord, labels: &Labels) -> Detail {
    let message = &record.message;
    let envelope = envelope::quotable(record).map(|text| pretty::xml(text.as_str()));
    let mut defects: Vec<String> = message.entity.all_defects().into_iter().map(|d| clean(&d.to_string())).collect();
    if let Some(envelope) = message.soap() {
        defects.extend(envelope.defects.iter().map(|d| clean(&d.to_string())));
    } else if let Err(reason) = &message.envelope {
        defects.push(clean(&reason.to_string()));
    }
    defects.truncate(DEFECTS_MAX);
    let parts = &message.entity.parts;
    Detail {
        facts: facts(index, record, labels),
        deviations: record.composed.iter().flat_map(|c| &c.deviations).map(|d| clean(d)).collect(),
        headers: if message.bare { Vec::new() } else { fields(&message.entity.headers) },
        parts: if message.entity.multipart { parts.iter().enumerate().map(part).collect() } else { Vec::new() },
        payloads: payload::of(record, envelope.is_none()),
        envelope,
        signature: message.signature.as_ref().map(signature),
        defects,
    }
}

fn facts(index: &Index<'_>, record: &MessageRecord, labels: &Labels) -> Vec<(&'static str, String)> {
    let mut facts =
        vec![(labels.event, record.seq.to_string()), ("UTC", record.at.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())];
    if let Some(blob) = index.blob(record.seq) {
        facts.push(("blob", blob.to_string()));
    }
    if !record.carrier.is_empty() {
        let from = index.origin(record.seq).map(|from| format!(", {}", clean(from))).unwrap_or_default();
        facts.push(("carrier", format!("{}{from}", clean(&record.carrier))));
    }
    for sending in &record.sendings {
        let outcome = match &sending.outcome {
            Some(TransportOutcome::Answered { status, seq }) => format!("HTTP {status} (event {seq})"),
            Some(TransportOutcome::Taken { how, seq }) => format!("{how} (event {seq})"),
            Some(TransportOutcome::Failed { failure, detail, seq }) => {
                format!("{}: {} (event {seq})", failure.code(), clean(detail))
            }
            None => "no answer recorded".to_owned(),
        };
        facts.push(("sent", format!("event {}, +{}: {outcome}", sending.seq, seconds(sending.at_ms))));
    }
    let Some(envelope) = record.message.soap() else { return facts };
    let ids = [
        ("MessageId", envelope.message_id()),
        ("RefToMessageId", envelope.about()),
        ("ConversationId", envelope.conversation_id()),
        ("CPAId", envelope.cpa_id()),
        ("Service", envelope.service()),
        ("Action", envelope.action()),
    ];
    facts.extend(ids.into_iter().filter_map(|(name, value)| Some((name, clipped(&clean(value?), HEADER_MAX)))));
    if let (Some(from), Some(to)) = (envelope.from_her(), envelope.to_her()) {
        facts.push(("From / To", format!("HER {from} / HER {to}")));
    }
    facts
}

fn fields(headers: &Headers) -> Vec<(String, String)> {
    headers.iter().map(|f| (clean(&f.name), clipped(&clean(&f.value), HEADER_MAX))).collect()
}

fn part((index, part): (usize, &Part)) -> PartDetail {
    PartDetail { title: format!("{}, {} bytes", index + 1, part.content.len()), headers: fields(&part.headers) }
}

fn signature(verification: &Verification) -> SignatureDetail {
    let doubtful = matches!(verification.value, ValueOutcome::CannotTell(_))
        || verification.references.iter().any(|r| matches!(r.verdict, Verdict::CannotTell(_)));
    let (role, outcome) = match (verification.is_valid(), doubtful) {
        (true, _) => ("good", "verifies: the value and every reference"),
        (false, true) => ("doubt", "cannot be told"),
        (false, false) => ("bad", "does not verify"),
    };
    let mut lines = vec![match &verification.value {
        ValueOutcome::Verified => "value over SignedInfo: verified".to_owned(),
        ValueOutcome::Broken => "value over SignedInfo: broken".to_owned(),
        ValueOutcome::CannotTell(reason) => format!("value over SignedInfo: {}", clean(reason)),
    }];
    for reference in &verification.references {
        let uri = clean(reference.uri.as_deref().unwrap_or("(no URI)"));
        let said = match &reference.verdict {
            Verdict::Matches => "matches".to_owned(),
            Verdict::Differs { computed, stated } => format!("differs: stated {}, computed {computed}", clean(stated)),
            Verdict::CannotTell(reason) => clean(reason),
        };
        lines.push(format!("reference URI=\"{}\": {}", clipped(&uri, 200), clipped(&said, 300)));
    }
    if let Some(method) = &verification.method {
        lines.push(format!("method: {}", clipped(&clean(method), 200)));
    }
    if let Some(certificate) = &verification.certificate {
        let subject = clipped(&clean(&certificate.subject()), 300);
        lines.push(format!("certificate: {subject}, serial {}", clipped(&certificate.serial_hex(), 80)));
        lines.push(format!("valid: {} to {}", certificate.not_before(), certificate.not_after()));
    }
    SignatureDetail { role, outcome: outcome.to_owned(), lines }
}

/// `12.345 s`.
pub(super) fn seconds(ms: u64) -> String {
    format!("{}.{:03} s", ms / 1000, ms % 1000)
}
