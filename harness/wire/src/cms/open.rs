//! Opening an enveloped-data with private keys, or again with the content key kept as evidence.

use super::CmsDefect;
use super::cipher::{ContentKey, Sealed};
use super::read::{Enveloped, Parsed, parse};
use crate::certificate::Certificate;
use crate::key::PrivateKey;
use std::fmt;

/// An opened enveloped-data. `Debug` shows the length of the content only: it is about a patient.
#[derive(Clone, PartialEq, Eq)]
pub struct Opened {
    /// The content in clear.
    pub content: Vec<u8>,
    /// The key that encrypted it.
    pub key: ContentKey,
    /// What was seen of the structure.
    pub enveloped: Enveloped,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Opened({} bytes, {:?}, {:?})", self.content.len(), self.key, self.enveloped)
    }
}

/// Opens an enveloped-data with the first of the keys that it is encrypted for.
///
/// # Errors
/// [`CmsDefect`]. When several recipients are ours and none opens, the last one's defect.
pub fn open(bytes: &[u8], keys: &[(&Certificate, &PrivateKey)]) -> Result<Opened, CmsDefect> {
    let parsed = parse(bytes)?;
    let mut defect = CmsDefect::NotForUs { recipients: parsed.seen.recipients.clone() };
    for (index, wrapped) in parsed.keys.iter().enumerate() {
        let Some(wrapped) = wrapped else { continue };
        for (certificate, key) in keys.iter().filter(|(certificate, _)| wrapped.is_for(certificate)) {
            if certificate.public_key() != Some(key.public()) {
                defect = CmsDefect::WrongKey {
                    reason: "it does not belong to the certificate that the object is encrypted for".to_owned(),
                };
                continue;
            }
            let opened = content_key(&parsed, index, &wrapped.octets, key)
                .and_then(|key| content(&parsed, &key).map(|content| (content, key)));
            match opened {
                Ok((content, key)) => {
                    return Ok(Opened { content, key, enveloped: parsed.seen });
                }
                Err(found) => defect = found,
            }
        }
    }
    Err(defect)
}

/// Opens an enveloped-data with its content key.
///
/// # Errors
/// [`CmsDefect`].
pub fn open_with(bytes: &[u8], key: &ContentKey) -> Result<Vec<u8>, CmsDefect> {
    let parsed = parse(bytes)?;
    if parsed.seen.content_cipher != Some(key.cipher()) {
        return Err(CmsDefect::WrongKey {
            reason: format!("the key is for {}, the content is {}", key.cipher().name(), parsed.seen.cipher),
        });
    }
    content(&parsed, key)
}

fn content_key(parsed: &Parsed<'_>, index: usize, octets: &[u8], key: &PrivateKey) -> Result<ContentKey, CmsDefect> {
    let recipient = &parsed.seen.recipients[index];
    let transport = recipient.key_transport.ok_or_else(|| CmsDefect::UnknownTransport(recipient.transport.clone()))?;
    let cipher = parsed.seen.content_cipher.ok_or_else(|| CmsDefect::UnknownCipher(parsed.seen.cipher.clone()))?;
    let wrong = |reason: String| CmsDefect::WrongKey { reason };
    let modulus = key.public().bits().div_ceil(8);
    if octets.len() != modulus {
        return Err(wrong(format!(
            "the content key is encrypted to an RSA key of {} bytes, ours has {modulus}",
            octets.len()
        )));
    }
    let unwrapped =
        transport.unwrap(key, octets).ok_or_else(|| wrong(format!("{} does not decrypt with it", transport.name())))?;
    // A wrong key shows here: PKCS #1 v1.5 answers it with octets of a random length.
    let found = unwrapped.len();
    ContentKey::new(cipher, unwrapped).ok_or_else(|| {
        wrong(format!("it gives {found} octets where {} needs a key of {}", cipher.name(), cipher.key_len()))
    })
}

fn content(parsed: &Parsed<'_>, key: &ContentKey) -> Result<Vec<u8>, CmsDefect> {
    key.decrypt(&Sealed {
        vector: &parsed.vector,
        octets: parsed.content.as_deref().ok_or(CmsDefect::NoContent)?,
        tag: &parsed.tag,
        additional: &parsed.additional,
    })
}

#[cfg(test)]
mod tests {
    use super::super::{ContentCipher, KeyTransport, inspect, seal};
    use super::*;
    use proptest::prelude::*;
    use rsa::rand_core::UnwrapErr;

    fn party(certificate: &str, key: &str) -> (Certificate, PrivateKey) {
        (Certificate::from_pem(certificate).unwrap(), PrivateKey::from_pem(key).unwrap())
    }

    fn municipality() -> (Certificate, PrivateKey) {
        party(
            include_str!("../../../../fixtures/pki/demo/municipality-encrypt.pem"),
            include_str!("../../../../fixtures/pki/demo/municipality-encrypt.key.pem"),
        )
    }

    fn stranger() -> (Certificate, PrivateKey) {
        party(
            include_str!("../../../../fixtures/pki/demo/stranger-encrypt.pem"),
            include_str!("../../../../fixtures/pki/demo/stranger-encrypt.key.pem"),
        )
    }

    fn sealed(content: &[u8], cipher: ContentCipher, transport: KeyTransport) -> Vec<u8> {
        let mut rng = UnwrapErr(getrandom::SysRng);
        seal(content, &municipality().0, cipher, transport, &mut rng).unwrap()
    }

    #[test]
    fn opens_what_was_sealed_and_again_with_the_content_key() {
        let (certificate, key) = municipality();
        for cipher in ContentCipher::ALL {
            for transport in KeyTransport::ALL {
                let bytes = sealed(b"innhold", cipher, transport);
                let opened = open(&bytes, &[(&certificate, &key)]).unwrap();
                assert_eq!(opened.content, b"innhold", "{cipher:?} {transport:?}");
                let seen = &opened.enveloped;
                assert_eq!((seen.content_cipher, seen.recipients[0].key_transport), (Some(cipher), Some(transport)));
                assert_eq!((seen.authenticated, seen.indefinite_length), (cipher.is_authenticated(), false));
                let stored = ContentKey::from_bytes(&opened.key.to_bytes()).unwrap();
                assert_eq!(open_with(&bytes, &stored).unwrap(), b"innhold");
                assert!(
                    format!("{opened:?}").starts_with(&format!("Opened(7 bytes, ContentKey({}:***)", cipher.name()))
                );
            }
        }
    }

    #[test]
    fn says_for_whom_it_is() {
        let (certificate, key) = stranger();
        let bytes = sealed(b"x", ContentCipher::Aes256Cbc, KeyTransport::Pkcs1v15);
        let defect = open(&bytes, &[(&certificate, &key)]).unwrap_err();
        let serial = municipality().0.serial_hex();
        assert!(defect.to_string().contains(&serial), "{defect}");
        assert!(matches!(open(&bytes, &[]), Err(CmsDefect::NotForUs { recipients }) if recipients.len() == 1));
    }

    #[test]
    fn a_key_that_does_not_belong_to_the_certificate_is_named_first() {
        let bytes = sealed(b"x", ContentCipher::Aes256Cbc, KeyTransport::Pkcs1v15);
        let defect = open(&bytes, &[(&municipality().0, &stranger().1)]).unwrap_err();
        assert!(defect.to_string().contains("does not belong"), "{defect}");
    }

    #[test]
    fn a_wrong_key_is_said_to_be_wrong() {
        let (_, key) = stranger();
        for transport in KeyTransport::ALL {
            for _ in 0..8 {
                let bytes = sealed(b"x", ContentCipher::Aes256Gcm, transport);
                let parsed = parse(&bytes).unwrap();
                let wrapped = parsed.keys[0].as_ref().unwrap();
                let defect =
                    content_key(&parsed, 0, &wrapped.octets, &key).and_then(|key| content(&parsed, &key)).unwrap_err();
                let is_wrong = matches!(defect, CmsDefect::WrongKey { .. } | CmsDefect::ContentBad { .. });
                assert!(is_wrong, "{defect}");
            }
        }
    }

    #[test]
    fn names_what_is_no_enveloped_data() {
        let message = |bytes: &[u8]| inspect(bytes).unwrap_err().to_string();
        assert!(message(b"").contains("no bytes"));
        assert!(message("\u{feff}<?xml version='1.0'?>".as_bytes()).contains("XML"));
        assert!(message(b"MIIGRAYJKoZIhvcNAQcDoIIGNTCCBjEC\r\nAQAx").contains("base64"));
        assert!(message(b"Content-Type: text/xml\r\n\r\n").contains("MIME part"));
        assert!(message(&[0xff; 40]).contains("no ASN.1"));
        let signed = [0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2, 0xa0, 0];
        assert!(message(&signed).contains("signed-data"), "{}", message(&signed));
        let bytes = sealed(b"x", ContentCipher::Aes256Cbc, KeyTransport::Pkcs1v15);
        assert!(message(&bytes[..bytes.len() - 3]).contains("ends too early"));
    }

    #[test]
    fn damaged_content_is_seen() {
        let (certificate, key) = municipality();
        let mut bytes = sealed(b"innhold", ContentCipher::Aes256Gcm, KeyTransport::OaepSha256);
        let last = bytes.len() - 1;
        bytes[last] ^= 1;
        assert!(matches!(open(&bytes, &[(&certificate, &key)]), Err(CmsDefect::ContentBad { .. })));
        let content_key = ContentKey::new(ContentCipher::Aes128Cbc, vec![0; 16]).unwrap();
        assert!(matches!(open_with(&bytes, &content_key), Err(CmsDefect::WrongKey { .. })));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn never_panics_on_changed_bytes(at in 0usize..1000, byte: u8, cut in 0usize..1200) {
            let (certificate, key) = municipality();
            let mut bytes = sealed(b"innhold", ContentCipher::Aes256Cbc, KeyTransport::Pkcs1v15);
            let at = at % bytes.len();
            bytes[at] = byte;
            bytes.truncate(cut.max(at + 1));
            let _ = open(&bytes, &[(&certificate, &key)]);
        }
    }
}
