//! A whole message as it came: entity, envelope, signature.

use crate::ebxml::{self, Envelope, MessageKind};
use crate::mime::{Entity, Part};
use crate::signature::{self, Verification};
use crate::xml::{self, XmlDefect};
use thiserror::Error;

/// A message with its outer layers decoded. Decoding never fails; what cannot be read is said where it would be.
#[derive(Debug)]
pub struct Message {
    /// The MIME entity.
    pub entity: Entity,
    /// The envelope, or why there is none.
    pub envelope: Result<Envelope, NoEnvelope>,
    /// What the signature proves, when the envelope has one.
    pub signature: Option<Verification>,
    /// Whether the bytes were bare XML, with no MIME header at all: then nothing about MIME can be judged.
    pub bare: bool,
}

/// Why a message has no envelope.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoEnvelope {
    /// No text/xml part.
    #[error("the entity holds no text/xml part")]
    NoPart,
    /// The part is not XML.
    #[error("the SOAP part cannot be read: {0}")]
    Unreadable(XmlDefect),
}

impl Message {
    /// Decodes an entity: header block, blank line, body.
    pub fn decode(bytes: &[u8]) -> Self {
        Self::of_entity(Entity::decode(bytes), false)
    }

    /// Decodes bare XML, as saved from a tool that shows only the envelope.
    pub fn decode_bare(xml: &[u8]) -> Self {
        let mut bytes = b"Content-Type: text/xml\r\nContent-Transfer-Encoding: binary\r\n\r\n".to_vec();
        bytes.extend_from_slice(xml);
        Self::of_entity(Entity::decode(&bytes), true)
    }

    fn of_entity(entity: Entity, bare: bool) -> Self {
        let (envelope, signature) = match entity.soap_part() {
            None => (Err(NoEnvelope::NoPart), None),
            Some(part) => read_part(part, &entity),
        };
        Self { entity, envelope, signature, bare }
    }

    /// The envelope, if there is one.
    pub fn soap(&self) -> Option<&Envelope> {
        self.envelope.as_ref().ok()
    }

    /// The kind; `Unknown` without an envelope.
    pub fn kind(&self) -> MessageKind {
        self.soap().map_or(MessageKind::Unknown, Envelope::kind)
    }

    /// The parts that can hold a payload, with their index among [`Entity::parts`].
    pub fn attachments(&self) -> impl Iterator<Item = (usize, &Part)> {
        let soap = self.entity.soap_part();
        let is_soap = move |part: &Part| soap.is_some_and(|soap| std::ptr::eq(soap, part));
        self.entity.parts.iter().enumerate().filter(move |(_, part)| !is_soap(part))
    }
}

/// The octets of what matches have nothing more to tell, and are as large as the message: whoever holds ten thousand
/// messages must not hold them twice.
fn forget_what_fits(signature: &mut Verification) {
    for reference in signature.references.iter_mut().filter(|r| r.verdict == signature::Verdict::Matches) {
        reference.octets = Vec::new();
    }
    if signature.value == signature::ValueOutcome::Verified {
        signature.signed_info = Vec::new();
    }
}

fn read_part(part: &Part, entity: &Entity) -> (Result<Envelope, NoEnvelope>, Option<Verification>) {
    let charset = part.content_type.as_ref().and_then(|c| c.param("charset"));
    let unreadable = |defect| (Err(NoEnvelope::Unreadable(defect)), None);
    let text = match xml::read(&part.content, charset) {
        Ok(text) => text,
        Err(defect) => return unreadable(defect),
    };
    // One parse serves both: reading the envelope and verifying its signature.
    let tree = match text.parse() {
        Ok(tree) => tree,
        Err(defect) => return unreadable(defect),
    };
    let envelope = ebxml::of_tree(&text, &tree);
    let attachment = |id: &str| entity.part_by_content_id(id).map(|part| part.content.clone());
    let mut signature = (!envelope.signatures.is_empty()).then(|| signature::verify_tree(&tree, &attachment));
    signature.iter_mut().for_each(forget_what_fits);
    (Ok(envelope), signature)
}
