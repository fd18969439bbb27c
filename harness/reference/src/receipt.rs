//! A defect that needs a message of its own: an AppRec that answers an AppRec.

use crate::system::{Outgoing, Surroundings, System, SystemError};
use msh::compose::{self, PayloadMessage, Unaltered};
use wire::apprec::Version;
use wire::ebxml::Envelope;
use wire::xml::{self, Edit, Path};

impl System {
    /// The AppRec sent back with both sides exchanged, naming itself.
    pub(crate) fn receipt_for_receipt(
        &mut self,
        envelope: &Envelope,
        payload: &[u8],
        around: &mut Surroundings<'_>,
    ) -> Result<Option<Outgoing>, SystemError> {
        let Some(peer) = envelope.from_her().and_then(|her| self.peers.get(&her)).cloned() else { return Ok(None) };
        let Ok(text) = std::str::from_utf8(payload) else { return Ok(None) };
        let Some((own, text)) = turned(text) else { return Ok(None) };
        let (id, message_id, timestamp) = (around.uuid(), around.uuid(), around.timestamp());
        let text = set(&text, "/AppRec/Id", &id).and_then(|text| set(&text, "/AppRec/OriginalMsgId/Id", &own));
        let Some(text) = text else { return Ok(None) };
        let function = envelope.service().and_then(|s| s.strip_prefix("S-")).unwrap_or_default();
        let what = PayloadMessage {
            function,
            is_apprec: true,
            conversation_id: envelope.conversation_id().unwrap_or_default(),
            message_id: &message_id,
            timestamp: &timestamp,
            schema: Some((Version::V11.namespace().to_owned(), Version::V11.name().to_owned())),
            cpa_id: envelope.cpa_id(),
            message: text.into_bytes(),
        };
        let composed = compose::payload(&self.identity, &peer, what, &Unaltered, around.chance)?;
        Ok(Some(Outgoing { to: peer.her, entity: composed.entity }))
    }
}

/// The document with the insides of Sender and Receiver exchanged, and its own Id.
fn turned(text: &str) -> Option<(String, String)> {
    let between = |name: &str| -> Option<(usize, usize)> {
        let begin = text.find(&format!("<{name}>"))? + name.len() + 2;
        Some((begin, begin + text[begin..].find(&format!("</{name}>"))?))
    };
    let within = |name: &str| -> Option<(usize, usize)> {
        let (begin, end) = between(name)?;
        let inner = begin + text[begin..end].find("<HCP>")?;
        Some((inner, inner + text[inner..end].find("</HCP>")?))
    };
    let id = between("Id")?;
    // The roles stay where they are: only who they are is exchanged.
    let (sender, receiver) = (within("Sender")?, within("Receiver")?);
    let own = text[id.0..id.1].to_owned();
    let parts = [
        &text[..sender.0],
        &text[receiver.0..receiver.1],
        &text[sender.1..receiver.0],
        &text[sender.0..sender.1],
        &text[receiver.1..],
    ];
    (sender.1 <= receiver.0).then(|| (own, parts.concat()))
}

fn set(text: &str, path: &str, value: &str) -> Option<String> {
    let path: Path = path.parse().ok()?;
    xml::edit(text, &path, &Edit::Set(value.to_owned())).ok()
}
