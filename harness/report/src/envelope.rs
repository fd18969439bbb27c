//! Which part of a message may be quoted.
//!
//! An envelope holds addresses, ids and signatures; a payload holds a patient. Only an envelope is ever quoted, and only
//! one in which everything under Header and Body belongs to the envelope: a system that puts its fagmelding there gets
//! it masked like any payload.

use evidence::history::MessageRecord;
use wire::ebxml::Envelope;
use wire::xml::XmlText;

/// The envelope's text, if it may be quoted.
pub(crate) fn quotable(record: &MessageRecord) -> Option<XmlText> {
    let is_plain = record.message.soap().is_some_and(is_only_envelope);
    let part = record.message.entity.soap_part().filter(|_| is_plain)?;
    wire::xml::read(&part.content, part.charset()).ok()
}

fn is_only_envelope(envelope: &Envelope) -> bool {
    let blocks = envelope.header_blocks.iter().chain(&envelope.body_blocks);
    let mut names = blocks.map(|block| block.name.as_str());
    envelope.root.value == "SOAP:Envelope"
        && names.all(|name| ["SOAP:", "eb:", "ds:"].iter().any(|p| name.starts_with(p)))
}
