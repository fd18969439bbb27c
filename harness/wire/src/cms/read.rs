//! The structure of an enveloped-data: for whom, with which algorithms, in which encoding.

use super::ber::{self, Element, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, SET};
use super::cipher::ContentCipher;
use super::names::{cipher_name, content_type_name, hint, looks_cut, name, oid_text};
use super::transport::{KeyTransport, algorithm};
use super::{BYTES_MAX, CmsDefect, RECIPIENTS_MAX};
use crate::certificate::{Certificate, hex, unpadded};
use std::borrow::Cow;
use std::fmt;

const ENVELOPED_DATA: &str = "1.2.840.113549.1.7.3";
const AUTH_ENVELOPED_DATA: &str = "1.2.840.113549.1.9.16.1.23";

/// What can be seen of an enveloped-data without a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enveloped {
    /// For whom it is encrypted.
    pub recipients: Vec<Recipient>,
    /// The content cipher.
    pub cipher: Algorithm,
    /// The same, if it is known here.
    pub content_cipher: Option<ContentCipher>,
    /// Whether a length is indefinite: BER, where the standards say nothing and practice is DER.
    pub indefinite_length: bool,
    /// Whether it is an authEnvelopedData.
    pub authenticated: bool,
    /// Length of the encrypted content in bytes.
    pub encrypted_length: usize,
    /// Bytes after the object.
    pub trailing: usize,
}

/// An algorithm as an object identifier, with its name where it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Algorithm {
    /// The object identifier.
    pub oid: String,
    /// The name, or `unknown`.
    pub name: &'static str,
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.oid)
    }
}

/// One recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Who.
    pub id: RecipientId,
    /// How the content key is encrypted.
    pub transport: Algorithm,
    /// The same, if it is known here.
    pub key_transport: Option<KeyTransport>,
}

/// How a recipient is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RecipientId {
    /// By issuer and serial number.
    IssuerSerial {
        /// Issuer's name, as [`Certificate::issuer`] writes it.
        issuer: String,
        /// Serial number in lower-case hexadecimal.
        serial: String,
    },
    /// By subject key identifier, in lower-case hexadecimal.
    SubjectKey(String),
    /// Not by certificate: key agreement, password and so on.
    Other(&'static str),
}

impl fmt::Display for RecipientId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IssuerSerial { issuer, serial } => write!(f, "serial {serial} issued by {issuer}"),
            Self::SubjectKey(id) => write!(f, "subject key identifier {id}"),
            Self::Other(kind) => f.write_str(kind),
        }
    }
}

/// Reads the structure of an enveloped-data or authEnvelopedData, in DER or BER.
///
/// # Errors
/// [`CmsDefect`]: not CMS, not enveloped, damaged or too large.
pub fn inspect(bytes: &[u8]) -> Result<Enveloped, CmsDefect> {
    parse(bytes).map(|parsed| parsed.seen)
}

/// What [`inspect`] shows, and the octets that opening needs.
pub(super) struct Parsed<'a> {
    pub(super) seen: Enveloped,
    /// In the order of `seen.recipients`; `None` for those without key transport.
    pub(super) keys: Vec<Option<WrappedKey<'a>>>,
    pub(super) vector: Vec<u8>,
    pub(super) content: Option<Cow<'a, [u8]>>,
    pub(super) tag: Vec<u8>,
    pub(super) additional: Vec<u8>,
}

pub(super) struct WrappedKey<'a> {
    pub(super) rid: Element<'a>,
    pub(super) octets: Cow<'a, [u8]>,
}

impl WrappedKey<'_> {
    /// Whether the recipient is this certificate.
    pub(super) fn is_for(&self, certificate: &Certificate) -> bool {
        match self.rid.tag {
            SEQUENCE => {
                let Some([issuer, serial]) = pair(self.rid) else {
                    return false;
                };
                let (our_issuer, our_serial) = certificate.issuer_and_serial();
                let same_serial = unpadded(serial.contents) == unpadded(our_serial);
                // A re-encoded name may differ in its octets and still be the same name.
                same_serial && (issuer.whole == our_issuer || name(issuer.whole) == certificate.issuer())
            }
            _ => certificate
                .subject_key_identifier()
                .is_some_and(|id| self.rid.octets(0x80).is_some_and(|found| *found == id)),
        }
    }
}

pub(super) fn parse(bytes: &[u8]) -> Result<Parsed<'_>, CmsDefect> {
    if bytes.len() > BYTES_MAX {
        return Err(CmsDefect::TooLarge { bytes: bytes.len() });
    }
    let not_cms = || CmsDefect::NotCms { hint: hint(bytes) };
    let (info, rest) = match ber::first(bytes) {
        Some(found) => found,
        None if looks_cut(bytes) => {
            return Err(CmsDefect::Damaged { what: "it ends too early" });
        }
        None => return Err(not_cms()),
    };
    let fields = info.expect(SEQUENCE).and_then(ber::all).ok_or_else(not_cms)?;
    let [content_type, content, ..] = fields[..] else {
        return Err(not_cms());
    };
    let oid = content_type.expect(OBJECT_IDENTIFIER).map(oid_text).ok_or_else(not_cms)?;
    let authenticated = oid == AUTH_ENVELOPED_DATA;
    if oid != ENVELOPED_DATA && !authenticated {
        let name = content_type_name(&oid);
        return Err(CmsDefect::NotEnveloped { oid, name });
    }
    let data = content.expect(0xa0).and_then(ber::first).map(|(data, _)| data);
    let data = data.ok_or(CmsDefect::Damaged { what: "it has no content" })?;
    let mut parsed = enveloped(data, authenticated)?;
    parsed.seen.indefinite_length = info.indefinite || content.indefinite || data.indefinite;
    parsed.seen.trailing = rest.len();
    Ok(parsed)
}

fn enveloped(data: Element<'_>, authenticated: bool) -> Result<Parsed<'_>, CmsDefect> {
    let damaged = |what| CmsDefect::Damaged { what };
    let fields = data.expect(SEQUENCE).and_then(ber::all);
    let fields = fields.ok_or(damaged("EnvelopedData is no SEQUENCE"))?;
    let recipients = fields.iter().find(|field| field.tag == SET);
    let recipients = recipients.and_then(|set| ber::all(set.contents));
    let recipients = recipients.ok_or(damaged("the recipients cannot be read"))?;
    if recipients.len() > RECIPIENTS_MAX {
        return Err(CmsDefect::TooManyRecipients { count: recipients.len() });
    }
    let (recipients, keys) = recipients
        .into_iter()
        .map(|info| recipient(info).ok_or(damaged("a recipient cannot be read")))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .unzip();
    let info = fields.iter().find(|field| field.tag == SEQUENCE);
    let info = info.and_then(|info| ber::all(info.contents));
    let info = info.ok_or(damaged("the encrypted content info cannot be read"))?;
    let (oid, parameters) =
        info.get(1).and_then(|id| algorithm(*id)).ok_or(damaged("the content cipher cannot be read"))?;
    let content = match info.get(2) {
        Some(element) => Some(element.octets(0x80).ok_or(damaged("the encrypted content cannot be read"))?),
        None => None,
    };
    let content_cipher = ContentCipher::ALL.into_iter().find(|cipher| cipher.oid() == oid);
    let tail = |tag: u8| fields.iter().copied().find(|field| field.tag == tag);
    let name = content_cipher.map_or_else(|| cipher_name(&oid), ContentCipher::name);
    Ok(Parsed {
        seen: Enveloped {
            recipients,
            cipher: Algorithm { oid, name },
            content_cipher,
            indefinite_length: false,
            authenticated,
            encrypted_length: content.as_ref().map_or(0, |octets| octets.len()),
            trailing: 0,
        },
        keys,
        vector: parameters.and_then(vector).unwrap_or_default(),
        content,
        tag: tail(OCTET_STRING).map(|tag| tag.contents.to_vec()).unwrap_or_default(),
        // RFC 5083 section 2.2: the attributes are authenticated as a SET, not with their context tag.
        additional: tail(0xa1)
            .filter(|_| authenticated)
            .map(|attributes| [&[SET], &attributes.whole[1..]].concat())
            .unwrap_or_default(),
    })
}

fn recipient(info: Element<'_>) -> Option<(Recipient, Option<WrappedKey<'_>>)> {
    let other = |kind| {
        let transport = Algorithm { oid: String::new(), name: kind };
        let recipient = Recipient { id: RecipientId::Other(kind), transport, key_transport: None };
        Some((recipient, None))
    };
    match info.tag {
        SEQUENCE => {}
        0xa1 => return other("key agreement"),
        0xa2 => return other("key encryption key"),
        0xa3 => return other("password"),
        _ => return other("other recipient"),
    }
    let fields = ber::all(info.contents)?;
    let [version, rid, transport, key] = fields[..] else {
        return None;
    };
    version.expect(INTEGER)?;
    let id = match rid.tag {
        SEQUENCE => {
            let [issuer, serial] = pair(rid)?;
            RecipientId::IssuerSerial { issuer: name(issuer.whole), serial: hex(unpadded(serial.expect(INTEGER)?)) }
        }
        _ => RecipientId::SubjectKey(hex(&rid.octets(0x80)?)),
    };
    let (oid, parameters) = algorithm(transport)?;
    let key_transport = KeyTransport::of(&oid, parameters);
    let recipient = Recipient {
        id,
        transport: Algorithm { name: key_transport.map_or("unknown", KeyTransport::name), oid },
        key_transport,
    };
    let octets = key.octets(OCTET_STRING)?;
    Some((recipient, Some(WrappedKey { rid, octets })))
}

fn pair(element: Element<'_>) -> Option<[Element<'_>; 2]> {
    ber::all(element.contents)?.try_into().ok()
}

/// The initialisation vector (RFC 3565, RFC 3370) or the nonce of `GCMParameters` (RFC 5084).
fn vector(parameters: Element<'_>) -> Option<Vec<u8>> {
    match parameters.tag {
        SEQUENCE => vector(ber::first(parameters.contents)?.0),
        _ => parameters.octets(OCTET_STRING).map(Cow::into_owned),
    }
}
