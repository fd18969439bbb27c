//! What makes an entity a mail: the header fields of RFC 5322, and what a bounce (RFC 3464) says.

use super::{Entity, Headers};
use crate::ebxml::MessageKind;
use crate::message::Message;

/// The header fields that HITS 1172 5.5.1.1 asks for, and what pairs an answer with a mail.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MailDraft {
    /// Address of the sender.
    pub from: String,
    /// Address of the receiver.
    pub to: String,
    /// `Thu, 15 Jan 2026 09:30:00 +0000`.
    pub date: String,
    /// Message-ID, without angle brackets.
    pub message_id: String,
    /// Free text; left out when empty.
    pub subject: String,
    /// For a SOAP Fault: Message-ID of the mail that it is about, without angle brackets.
    pub in_reply_to: Option<String>,
}

impl MailDraft {
    /// The mail: these fields, then the entity's own, then its body. A mail ends with a line end; where the entity has
    /// none, CRLF is added, because SMTP would add it (RFC 5321 4.1.1.4).
    pub fn around(&self, entity: &[u8]) -> Vec<u8> {
        let mut mail = String::new();
        let mut field = |name: &str, value: &str| mail.push_str(&format!("{name}: {value}\r\n"));
        field("From", &self.from);
        field("To", &self.to);
        field("Date", &self.date);
        field("Message-ID", &format!("<{}>", self.message_id));
        if let Some(id) = &self.in_reply_to {
            field("In-Reply-To", &format!("<{id}>"));
        }
        if !self.subject.is_empty() {
            field("Subject", &self.subject);
        }
        let mut mail = mail.into_bytes();
        mail.extend_from_slice(entity);
        if !mail.ends_with(b"\r\n") {
            mail.extend_from_slice(b"\r\n");
        }
        mail
    }
}

/// The same mail as another SMTP message: with a new Message-ID and Date where it has them, and otherwise untouched
/// (HITS 1172 4.2.3.2: what is sent again is the same ebXML message in a new SMTP message).
pub fn again(mail: &[u8], message_id: &str, date: &str) -> Vec<u8> {
    let mut renewed = Vec::with_capacity(mail.len());
    let mut in_header = true;
    for line in mail.split_inclusive(|&b| b == b'\n') {
        in_header &= !line.trim_ascii().is_empty();
        let name = line.split(|&b| b == b':').next().unwrap_or_default();
        let value = match () {
            () if in_header && name.eq_ignore_ascii_case(b"Message-ID") => Some(format!("<{message_id}>")),
            () if in_header && name.eq_ignore_ascii_case(b"Date") => Some(date.to_owned()),
            () => None,
        };
        match value {
            Some(value) => {
                renewed.extend_from_slice(name);
                renewed.extend_from_slice(format!(": {value}\r\n").as_bytes());
            }
            None => renewed.extend_from_slice(line),
        }
    }
    renewed
}

/// What is done to a header field on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldEdit<'a> {
    /// It gets this value; where there is none of the name, it is put at the end of the header.
    Set(&'a str),
    /// It is taken away, folded lines and all.
    Remove,
    /// It is written twice.
    Duplicate,
}

/// Where the empty line begins that ends the header; the whole length when there is none.
fn head_of(entity: &[u8]) -> usize {
    let mut at = 0;
    for line in entity.split_inclusive(|&b| b == b'\n') {
        if line.trim_ascii().is_empty() {
            return at;
        }
        at += line.len();
    }
    entity.len()
}

/// Edits every header field of a name.
///
/// # Errors
/// When there is none to remove or to write twice.
pub fn edit(entity: &[u8], name: &str, edit: FieldEdit<'_>) -> Result<Vec<u8>, String> {
    let (head, rest) = entity.split_at(head_of(entity));
    let mut fields: Vec<Vec<u8>> = Vec::new();
    for line in head.split_inclusive(|&b| b == b'\n') {
        match fields.last_mut() {
            Some(field) if line.starts_with(b" ") || line.starts_with(b"\t") => field.extend_from_slice(line),
            _ => fields.push(line.to_vec()),
        }
    }
    let is_named = |field: &[u8]| {
        field.split(|&b| b == b':').next().is_some_and(|n| n.trim_ascii().eq_ignore_ascii_case(name.as_bytes()))
    };
    let is_there = fields.iter().any(|field| is_named(field));
    if !is_there && !matches!(edit, FieldEdit::Set(_)) {
        return Err(format!("there is no header field `{name}`"));
    }
    let written = |value: &str| format!("{name}: {value}\r\n").into_bytes();
    let mut edited: Vec<u8> = Vec::with_capacity(entity.len() + 80);
    for field in fields {
        match edit {
            _ if !is_named(&field) => edited.extend(field),
            FieldEdit::Set(value) => edited.extend(written(value)),
            FieldEdit::Remove => {}
            FieldEdit::Duplicate => edited.extend([&field[..], &field[..]].concat()),
        }
    }
    if let (false, FieldEdit::Set(value)) = (is_there, edit) {
        edited.extend(written(value));
    }
    edited.extend_from_slice(rest);
    Ok(edited)
}

/// The same header with another body; its lines are ended by CRLF.
pub fn with_body(entity: &[u8], body: &str) -> Vec<u8> {
    let mut whole = entity[..head_of(entity)].to_vec();
    whole.extend_from_slice(b"\r\n");
    for line in body.lines() {
        whole.extend_from_slice(line.as_bytes());
        whole.extend_from_slice(b"\r\n");
    }
    whole
}

/// The ids that a field names (Message-ID, In-Reply-To, References), without angle brackets. A bare word is taken as
/// one too: HITS 1172 5.3 prints a Message-ID without brackets.
pub fn ids(headers: &Headers, name: &str) -> Vec<String> {
    let fields = headers.all(name).flat_map(|field| field.value.split_ascii_whitespace());
    fields.map(|word| word.trim_matches(['<', '>', ',']).to_owned()).filter(|id| !id.is_empty()).collect()
}

/// The bare address in a From, To, Sender or Reply-To: without display name, brackets and `mailto:`, in lower case.
pub fn address(value: &str) -> Option<String> {
    let inside = value.rfind('<').and_then(|at| value[at + 1..].split('>').next());
    let plain = inside.unwrap_or(value).trim();
    let scheme = plain.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
    let plain = scheme.map_or(plain, |scheme| plain[scheme.len()..].trim_start_matches('/'));
    let is_address = plain.contains('@') && !plain.contains(|c: char| c.is_whitespace() || c.is_control());
    is_address.then(|| plain.to_lowercase())
}

/// Whether a mail tells of another one that it could not be delivered. HITS 1172 4.2.2.2: never answered.
pub fn is_bounce(entity: &Entity) -> bool {
    entity.content_type.as_ref().is_some_and(|c| c.media_type == "multipart/report")
}

/// What a bounce is about.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Bounce {
    /// Original-Envelope-Id: ENVID of the mail that came back.
    pub envelope_id: Option<String>,
    /// Message-IDs of the returned mail, where its header is enclosed.
    pub message_ids: Vec<String>,
    /// Status and Diagnostic-Code, as far as they are there.
    pub diagnosis: String,
}

/// Reads a bounce; `None` when the entity is none.
pub fn bounce(entity: &Entity) -> Option<Bounce> {
    if !is_bounce(entity) {
        return None;
    }
    let mut bounce = Bounce::default();
    for part in &entity.parts {
        if part.is("message/delivery-status") {
            // Groups of fields, with blank lines between: the first is about the mail, the others about recipients.
            let lines = String::from_utf8_lossy(&part.content).into_owned();
            let value = |name: &str| {
                lines
                    .lines()
                    .filter_map(|line| line.split_once(':'))
                    .find_map(|(field, value)| field.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned()))
            };
            bounce.envelope_id = value("Original-Envelope-Id");
            let told = [value("Status"), value("Diagnostic-Code")];
            bounce.diagnosis = told.into_iter().flatten().collect::<Vec<_>>().join(" ");
        } else if part.is("message/rfc822") || part.is("text/rfc822-headers") {
            let mut returned = part.content.clone();
            returned.extend_from_slice(b"\r\n\r\n");
            bounce.message_ids.extend(ids(&Entity::decode(&returned).headers, "Message-ID"));
        }
    }
    Some(bounce)
}

/// The ids of the mails that a SOAP Fault by mail is about (HITS 1172 4.2.3.2).
pub fn answered_by_fault(message: &Message) -> Vec<String> {
    if message.kind() != MessageKind::Fault {
        return Vec::new();
    }
    let headers = &message.entity.headers;
    let mut named = ids(headers, "In-Reply-To");
    named.extend(ids(headers, "References"));
    named
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn draft() -> MailDraft {
        MailDraft {
            from: "a@edi.test".to_owned(),
            to: "b@edi.test".to_owned(),
            date: "Thu, 15 Jan 2026 09:30:00 +0000".to_owned(),
            message_id: "1@edi.test".to_owned(),
            subject: "LOG_INNLAGT".to_owned(),
            in_reply_to: None,
        }
    }

    #[test]
    fn a_mail_has_the_fields_and_ends_with_a_line_end() {
        let mail = draft().around(b"MIME-Version: 1.0\r\n\r\n<a/>");
        let text = String::from_utf8(mail.clone()).unwrap();
        assert_eq!(
            text,
            "From: a@edi.test\r\nTo: b@edi.test\r\nDate: Thu, 15 Jan 2026 09:30:00 +0000\r\nMessage-ID: <1@edi.test>\r\n\
             Subject: LOG_INNLAGT\r\nMIME-Version: 1.0\r\n\r\n<a/>\r\n"
        );
        let again = String::from_utf8(again(&mail, "2@edi.test", "Fri, 16 Jan 2026 09:30:00 +0000")).unwrap();
        assert_eq!(again, text.replace("<1@", "<2@").replace("Thu, 15", "Fri, 16"));
    }

    #[test]
    fn reads_addresses_and_ids_as_they_are_written() {
        for (value, address_) in [
            ("Nordvik <A@Edi.test>", Some("a@edi.test")),
            ("mailto:a@edi.test", Some("a@edi.test")),
            ("mailto://a@edi.test", Some("a@edi.test")),
            ("a@edi.test", Some("a@edi.test")),
            ("nobody", None),
            ("", None),
            ("æøå@", Some("æøå@")),
        ] {
            assert_eq!(address(value).as_deref(), address_, "{value}");
        }
        let entity = Entity::decode(b"References: <a@b>\r\n <c@d>\r\nMessage-ID: 1.2@x\r\n\r\n");
        assert_eq!(ids(&entity.headers, "references"), ["a@b", "c@d"]);
        assert_eq!(ids(&entity.headers, "Message-ID"), ["1.2@x"]);
    }

    #[test]
    fn reads_a_bounce() {
        let mail = b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n\r\n--x\r\n\r\nsorry\r\n--x\r\n\
            Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; a\r\nOriginal-Envelope-Id: e-1\r\n\r\n\
            Final-Recipient: rfc822; b@c\r\nAction: failed\r\nStatus: 5.1.1\r\n--x\r\nContent-Type: text/rfc822-headers\r\n\r\n\
            Message-ID: <1@a>\r\n--x--\r\n";
        let bounce = bounce(&Entity::decode(mail)).unwrap();
        assert_eq!(bounce.envelope_id.as_deref(), Some("e-1"));
        assert_eq!((bounce.message_ids, bounce.diagnosis), (vec!["1@a".to_owned()], "5.1.1".to_owned()));
        assert!(super::bounce(&Entity::decode(b"Content-Type: text/plain\r\n\r\nx")).is_none());
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200), text in "\\PC{0,30}") {
            let _ = address(&text);
            let mail = [b"Content-Type: multipart/report; boundary=x\r\n", &bytes[..]].concat();
            let _ = bounce(&Entity::decode(&mail));
            let _ = again(&bytes, "a", "b");
            let _ = edit(&bytes, &text, FieldEdit::Set("x"));
            let _ = edit(&bytes, "a", FieldEdit::Remove);
            let _ = with_body(&bytes, &text);
        }
    }
}
