//! Bytes of messages: parts, entities, and changes in them.

use crate::text;

/// The signature's references, as an acknowledgment copies them.
pub fn references(envelope: &str) -> String {
    let info = envelope.split("<ds:SignedInfo").nth(1).and_then(|t| t.split("</ds:SignedInfo>").next());
    let Some(start) = info.and_then(|i| i.find("<ds:Reference")) else { return String::new() };
    info.map(|i| i[start..].to_owned()).unwrap_or_default()
}

pub fn part(content: &str) -> Vec<u8> {
    let head = "Content-Type: application/xml\r\nContent-Transfer-Encoding: 8bit\r\n\r\n";
    format!("{head}{content}").into_bytes()
}

/// A signal by itself, a payload message as multipart/related.
pub fn packed(envelope: &[u8], payload: Option<&[u8]>) -> Vec<u8> {
    let top = "MIME-Version: 1.0\r\nSOAPAction: \"ebXML\"\r\n";
    let soap = "Content-Type: text/xml; charset=UTF-8\r\nContent-Transfer-Encoding: 8bit\r\n";
    let mut out = Vec::new();
    let Some(payload) = payload else {
        out.extend_from_slice(format!("{top}{soap}\r\n").as_bytes());
        out.extend_from_slice(envelope);
        return out;
    };
    let kind = "Content-Type: multipart/related; boundary=\"----=_1\"; type=\"text/xml\"; start=\"<soap-part>\"\r\n";
    out.extend_from_slice(format!("{top}{kind}\r\n------=_1\r\nContent-ID: <soap-part>\r\n{soap}\r\n").as_bytes());
    out.extend_from_slice(envelope);
    let second = format!(
        "\r\n------=_1\r\nContent-ID: <{}>\r\nContent-Type: application/pkcs7-mime; smime-type=enveloped-data\r\nContent-Transfer-Encoding: base64\r\n\r\n",
        text::CONTENT_ID
    );
    out.extend_from_slice(second.as_bytes());
    out.extend_from_slice(wrapped(payload).as_bytes());
    out.extend_from_slice(b"\r\n------=_1--\r\n");
    out
}

pub fn packed_binary(envelope: &[u8], payload: &[u8]) -> Vec<u8> {
    let entity = packed(envelope, Some(payload));
    let text = wrapped(payload);
    let at = entity.windows(text.len()).position(|w| w == text.as_bytes()).unwrap();
    let mut out =
        replaced_bytes(&entity[..at], "Content-Transfer-Encoding: base64", "Content-Transfer-Encoding: binary");
    out.extend_from_slice(payload);
    out.extend_from_slice(&entity[at + text.len()..]);
    out
}

pub fn without_attachment(entity: &[u8]) -> Vec<u8> {
    let second = b"\r\n------=_1\r\nContent-ID: <payload";
    let at = entity.windows(second.len()).position(|w| w == second).unwrap();
    let mut out = entity[..at].to_vec();
    out.extend_from_slice(b"\r\n------=_1--\r\n");
    out
}

fn wrapped(payload: &[u8]) -> String {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(payload);
    let lines: Vec<&str> = text.as_bytes().chunks(76).map(|c| std::str::from_utf8(c).unwrap()).collect();
    lines.join("\r\n")
}

pub fn replaced(text: &str, old: &str, new: &str) -> String {
    assert!(text.contains(old), "`{old}` does not stand in {text}");
    text.replacen(old, new, 1)
}

pub fn replaced_bytes(bytes: &[u8], old: &str, new: &str) -> Vec<u8> {
    let at = bytes.windows(old.len()).position(|w| w == old.as_bytes());
    let at = at.unwrap_or_else(|| panic!("`{old}` does not stand in the entity"));
    let mut out = bytes[..at].to_vec();
    out.extend_from_slice(new.as_bytes());
    out.extend_from_slice(&bytes[at + old.len()..]);
    out
}

pub fn latin1(text: &str) -> Vec<u8> {
    text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
}
