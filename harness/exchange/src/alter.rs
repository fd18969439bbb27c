//! Carries out the alterations of a `send` step, each in its layer.

use crate::scenario::{Alteration, Change, Layer};
use msh::compose::Alter;
use wire::certificate::Certificate;
use wire::mime::mail::{self, MailDraft};
use wire::xml;

/// The alterations of one step.
#[derive(Debug)]
pub struct Alterations<'a> {
    /// In the order of the file.
    pub list: &'a [Alteration],
    /// Whom to encrypt to instead of the receiver.
    pub recipient: Option<&'a Certificate>,
    /// Over mail: the header fields of the mail, which belong to the layer `entity`.
    pub mail: Option<MailDraft>,
}

impl Alterations<'_> {
    fn changes(&self, layer: Layer) -> impl Iterator<Item = Result<Change, String>> {
        self.list.iter().filter(move |a| a.layer == layer).map(Alteration::change)
    }

    fn bytes(&self, layer: Layer, mut bytes: Vec<u8>) -> Result<Vec<u8>, String> {
        for change in self.changes(layer) {
            bytes = apply(&change?, bytes)?;
        }
        Ok(bytes)
    }
}

impl Alter for Alterations<'_> {
    fn message(&self, message: Vec<u8>) -> Result<Vec<u8>, String> {
        self.bytes(Layer::Message, message)
    }

    fn envelope(&self, envelope: String) -> Result<String, String> {
        let bytes = self.bytes(Layer::Envelope, envelope.into_bytes())?;
        String::from_utf8(bytes).map_err(|_| "the altered envelope is not UTF-8 any more".to_owned())
    }

    fn signed(&self, envelope: String) -> Result<(Vec<u8>, &'static str), String> {
        let (mut bytes, mut charset) = (envelope.into_bytes(), "UTF-8");
        for change in self.changes(Layer::Signed) {
            match change? {
                Change::Latin1 => (bytes, charset) = (latin1(bytes)?, "ISO-8859-1"),
                change => bytes = apply(&change, bytes)?,
            }
        }
        Ok((bytes, charset))
    }

    fn entity(&self, entity: Vec<u8>) -> Result<Vec<u8>, String> {
        let entity = self.mail.as_ref().map_or_else(|| entity.clone(), |mail| mail.around(&entity));
        self.bytes(Layer::Entity, entity)
    }

    fn recipient(&self) -> Option<&Certificate> {
        self.recipient
    }
}

fn apply(change: &Change, mut bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    match change {
        Change::Node(path, edit) => {
            let text = String::from_utf8(bytes).map_err(|_| "the layer is not UTF-8".to_owned())?;
            xml::edit(&text, path, edit).map(String::into_bytes).map_err(|e| e.to_string())
        }
        Change::Replace(text, with) => {
            let needle = text.as_bytes();
            let found: Vec<usize> = bytes
                .windows(needle.len().max(1))
                .enumerate()
                .filter(|(_, window)| *window == needle)
                .map(|(at, _)| at)
                .collect();
            let [at] = found[..] else {
                return Err(format!("`{text}` occurs {} times, it must occur exactly once", found.len()));
            };
            bytes.splice(at..at + needle.len(), with.bytes());
            Ok(bytes)
        }
        Change::Truncate(count) => {
            bytes.truncate(bytes.len().saturating_sub(*count));
            Ok(bytes)
        }
        Change::Header(name, edit) => mail::edit(&bytes, name, edit_of(edit)),
        Change::Body(text) => Ok(mail::with_body(&bytes, text)),
        Change::Latin1 => Err("`encoding` belongs to layer `signed`".to_owned()),
    }
}

fn edit_of(edit: &xml::Edit) -> mail::FieldEdit<'_> {
    match edit {
        xml::Edit::Set(value) => mail::FieldEdit::Set(value),
        xml::Edit::Remove => mail::FieldEdit::Remove,
        xml::Edit::Duplicate | xml::Edit::Append(_) => mail::FieldEdit::Duplicate,
    }
}

/// The same document in ISO-8859-1, declared as such. Canonical XML is UTF-8 whatever the document's
/// encoding, so the signature still holds.
fn latin1(bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    let text = String::from_utf8(bytes).map_err(|_| "the envelope is not UTF-8".to_owned())?;
    let declared = text.replacen("encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\"", 1);
    declared.chars().map(|c| u8::try_from(u32::from(c)).map_err(|_| format!("`{c}` is not in ISO-8859-1"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn alteration(yaml: &str) -> Alteration {
        serde_saphyr::from_str(yaml).unwrap()
    }

    #[test]
    fn each_layer_gets_its_own_changes() {
        let list = [
            alteration("{ layer: message, path: /a/b, set: x }"),
            alteration("{ layer: signed, replace: { text: sign, with: SIGN } }"),
            alteration("{ layer: entity, truncate: 2 }"),
        ];
        let alter = Alterations { list: &list, recipient: None, mail: None };
        assert_eq!(alter.message(b"<a><b/></a>".to_vec()).unwrap(), b"<a><b>x</b></a>");
        assert_eq!(alter.envelope("<a/>".into()).unwrap(), "<a/>");
        assert_eq!(alter.signed("signed".into()).unwrap(), (b"SIGNed".to_vec(), "UTF-8"));
        assert_eq!(alter.entity(b"abcd".to_vec()).unwrap(), b"ab");
        assert!(alter.signed("signsign".into()).unwrap_err().contains("2 times"));
    }

    #[test]
    fn header_fields_and_the_body_belong_to_the_entity() {
        let list = [
            alteration("{ layer: entity, header: from, remove: true }"),
            alteration("{ layer: entity, header: Content-Type, set: text/plain }"),
            alteration("{ layer: entity, header: X, set: '' }"),
            alteration("{ layer: entity, header: Date, duplicate: true }"),
            alteration("{ layer: entity, body: \"a\\nb\" }"),
        ];
        let alter = Alterations { list: &list, recipient: None, mail: None };
        let entity = b"From: a\r\nDate: d\r\nContent-Type: text/xml;\r\n charset=x\r\n\r\n<a/>".to_vec();
        let altered = String::from_utf8(alter.entity(entity).unwrap()).unwrap();
        assert_eq!(altered, "Date: d\r\nDate: d\r\nContent-Type: text/plain\r\nX: \r\n\r\na\r\nb\r\n");
        let missing = [alteration("{ layer: entity, header: Sender, remove: true }")];
        let alter = Alterations { list: &missing, recipient: None, mail: None };
        assert!(alter.entity(b"A: b\r\n\r\n".to_vec()).unwrap_err().contains("Sender"));
        for wrong in [
            "{ layer: signed, header: A, set: b }",
            "{ layer: entity, header: A, append: b }",
            "{ layer: message, body: x }",
        ] {
            assert!(alteration(wrong).change().is_err(), "{wrong}");
        }
    }

    #[test]
    fn latin1_is_declared_and_written() {
        let list = [alteration("{ layer: signed, encoding: ISO-8859-1 }")];
        let alter = Alterations { list: &list, recipient: None, mail: None };
        let (bytes, charset) = alter.signed("<?xml version=\"1.0\" encoding=\"UTF-8\"?><a>ø</a>".into()).unwrap();
        assert_eq!(
            (bytes, charset),
            (b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xf8</a>".to_vec(), "ISO-8859-1")
        );
        assert!(alter.signed("<a>€</a>".into()).is_err());
    }
}
