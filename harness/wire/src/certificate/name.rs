//! A distinguished name as people read it: the order and escaping of RFC 4514, but every text value as text.

use der::asn1::ObjectIdentifier;
use der::{Any, Tag, Tagged};
use x509_cert::name::Name;

/// Writes a name, the innermost part first: `CN=…,O=…,C=NO`.
pub(crate) fn name_text(name: &Name) -> String {
    let parts = name.iter_rdn().map(|part| {
        let pairs = part.iter().map(|pair| format!("{}={}", key(&pair.oid), value(&pair.value)));
        pairs.collect::<Vec<_>>().join("+")
    });
    let mut parts: Vec<String> = parts.collect();
    parts.reverse();
    parts.join(",")
}

fn key(oid: &ObjectIdentifier) -> String {
    let oid = oid.to_string();
    let short = match oid.as_str() {
        "2.5.4.3" => "CN",
        "2.5.4.4" => "SN",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "C",
        "2.5.4.7" => "L",
        "2.5.4.8" => "ST",
        "2.5.4.10" => "O",
        "2.5.4.11" => "OU",
        "2.5.4.42" => "GN",
        // SEID 2: the organisation number as NTRNO-123456789.
        "2.5.4.97" => "organizationIdentifier",
        "0.9.2342.19200300.100.1.25" => "DC",
        "1.2.840.113549.1.9.1" => "emailAddress",
        _ => return oid,
    };
    short.to_owned()
}

/// Old certificates have characters in a PrintableString that do not belong there, so the octets are read leniently.
fn value(value: &Any) -> String {
    let octets = value.value();
    let text = match value.tag() {
        Tag::BmpString => {
            let units: Vec<u16> = octets.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
            String::from_utf16_lossy(&units)
        }
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::VisibleString => {
            String::from_utf8_lossy(octets).into_owned()
        }
        Tag::TeletexString => octets.iter().map(|&octet| char::from(octet)).collect(),
        _ => return format!("#{}", super::hex(octets)),
    };
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '"' | '+' | ',' | ';' | '<' | '>' | '\\') {
            escaped.push('\\');
        }
        escaped.push(if character.is_control() { '\u{fffd}' } else { character });
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::Decode;

    fn name(tag: u8, octets: &[u8]) -> String {
        let tagged = |tag: u8, octets: &[u8]| [&[tag, octets.len() as u8], octets].concat();
        let pair = tagged(0x30, &[&[6, 3, 0x55, 4, 3][..], &tagged(tag, octets)].concat());
        let der = tagged(0x30, &tagged(0x31, &pair));
        name_text(&Name::from_der(&der).unwrap())
    }

    #[test]
    fn reads_every_kind_of_text() {
        assert_eq!(name(0x0c, "Sjø, AS".as_bytes()), "CN=Sjø\\, AS");
        assert_eq!(name(0x13, b"A_B"), "CN=A_B");
        assert_eq!(name(0x1e, &[0, b'S', 0, 0xf8]), "CN=Sø");
        assert_eq!(name(0x14, &[b'S', 0xf8]), "CN=Sø");
        assert_eq!(name(0x0c, b"a\nb"), "CN=a\u{fffd}b");
        assert_eq!(name(0x02, &[5]), "CN=#05");
    }
}
