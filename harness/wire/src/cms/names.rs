//! What things are called, and what bytes look like that are no CMS object.

use super::ber::SEQUENCE;
use crate::certificate::{hex, name_text};
use der::Decode;

pub(super) fn name(der: &[u8]) -> String {
    x509_cert::name::Name::from_der(der).map_or_else(|_| format!("#{}", hex(der)), |name| name_text(&name))
}

pub(super) fn oid_text(contents: &[u8]) -> String {
    der::asn1::ObjectIdentifier::from_bytes(contents)
        .map_or_else(|_| format!("#{}", hex(contents)), |oid| oid.to_string())
}

pub(super) fn content_type_name(oid: &str) -> &'static str {
    match oid {
        "1.2.840.113549.1.7.1" => "data",
        "1.2.840.113549.1.7.2" => "signed-data",
        "1.2.840.113549.1.7.5" => "digested-data",
        "1.2.840.113549.1.7.6" => "encrypted-data",
        "1.2.840.113549.1.9.16.1.9" => "compressed-data",
        _ => "an unknown content type",
    }
}

pub(super) fn cipher_name(oid: &str) -> &'static str {
    match oid {
        "1.3.14.3.2.7" => "DES-CBC",
        "1.2.840.113549.3.2" => "RC2-CBC",
        "2.16.840.1.101.3.4.1.26" => "AES192-GCM",
        _ => "unknown",
    }
}

pub(super) fn looks_cut(bytes: &[u8]) -> bool {
    let oid = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07];
    bytes.first() == Some(&SEQUENCE)
        && bytes.iter().take(24).copied().collect::<Vec<u8>>().windows(10).any(|w| w == oid)
}

pub(super) fn hint(bytes: &[u8]) -> &'static str {
    let text = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(bytes).trim_ascii();
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || b"+/=\r\n \t".contains(byte);
    if text.is_empty() {
        "there are no bytes"
    } else if text.starts_with(b"<") {
        "it looks like XML that was not encrypted"
    } else if text.starts_with(b"-----BEGIN") {
        "it looks like PEM"
    } else if text.len() >= 4 && text.iter().all(is_base64) {
        "it looks like base64 text that was not decoded"
    } else if text.to_ascii_lowercase().starts_with(b"content-") || text.to_ascii_lowercase().starts_with(b"mime-") {
        "it looks like a MIME part that was not encrypted"
    } else if bytes.starts_with(&[0x1f, 0x8b]) {
        "it looks like gzip"
    } else {
        "it is no ASN.1 structure of that kind"
    }
}
