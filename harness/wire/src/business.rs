//! The business document of a message: what the payload turns out to be.

use crate::apprec::{self, AppRec};
use crate::head::{self, MsgHead};
use crate::mime::Entity;
use crate::xml::{self, XmlDefect};

/// A payload, read as far as this floor knows its kind.
#[derive(Debug, Clone, PartialEq)]
pub enum Business {
    /// An application receipt.
    AppRec(Box<AppRec>),
    /// A message with Hodemelding.
    Head(Box<MsgHead>),
    /// XML of another kind, by its root element.
    Other {
        /// Namespace of the root.
        namespace: Option<String>,
        /// Local name of the root.
        name: String,
    },
    /// Not readable as XML.
    NotXml(XmlDefect),
}

/// Reads a payload by the name of its root element.
pub fn read(bytes: &[u8]) -> Business {
    let read = || -> Result<Business, XmlDefect> {
        let text = xml::read(bytes, None)?;
        let tree = text.parse()?;
        let tag = tree.root().tag_name();
        Ok(match (tag.namespace(), tag.name()) {
            (Some(apprec::NAMESPACE_V10 | apprec::NAMESPACE_V11), "AppRec") => {
                Business::AppRec(Box::new(apprec::read(&text, &tree)))
            }
            (Some(head::NAMESPACE), "MsgHead") => Business::Head(Box::new(head::read(&text, &tree))),
            (namespace, name) => Business::Other { namespace: namespace.map(str::to_owned), name: name.to_owned() },
        })
    };
    read().unwrap_or_else(Business::NotXml)
}

/// The fagmelding in the clear text of a payload: the content of the MIME part that HITS 1172 5.15.1 prescribes, or,
/// where a sender leaves the MIME header out, the clear text itself.
pub fn inside(clear: &[u8]) -> Vec<u8> {
    if is_bare(clear) {
        return clear.to_vec();
    }
    let mut inner = Entity::decode(clear);
    if inner.parts.is_empty() { clear.to_vec() } else { inner.parts.swap_remove(0).content }
}

/// Whether bytes are XML without any header before it; a byte order mark may stand there.
pub fn is_bare(bytes: &[u8]) -> bool {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = start.trim_ascii_start();
    start.starts_with(b"<") || start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff")
}

impl Business {
    /// Namespace of the message that this is: of the first document inside a Hodemelding, else of the root.
    pub fn namespace(&self) -> Option<&str> {
        match self {
            Self::AppRec(apprec) => apprec.version.map(apprec::Version::namespace),
            Self::Head(head) => head.body_namespace(),
            Self::Other { namespace, .. } => namespace.as_deref(),
            Self::NotXml(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goes_by_the_root_element() {
        let apprec = read(br#"<x:AppRec xmlns:x="http://www.kith.no/xmlstds/apprec/2012-02-15"/>"#);
        assert!(matches!(&apprec, Business::AppRec(a) if a.version == Some(apprec::Version::V11)));
        let head = read(br#"<MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24"/>"#);
        assert!(matches!(head, Business::Head(_)));
        let other = read(br#"<AppRec xmlns="urn:x"/>"#);
        assert_eq!(other.namespace(), Some("urn:x"));
        assert_eq!(read(b"hei"), Business::NotXml(read_error(b"hei")));
        assert_eq!(read(b""), Business::NotXml(XmlDefect::Empty));
    }

    #[test]
    fn finds_the_message_with_and_without_a_mime_header() {
        assert_eq!(inside(b"Content-Type: text/xml\r\n\r\n<a/>"), b"<a/>");
        assert_eq!(inside(b" <a/>"), b" <a/>");
        assert_eq!(inside(b"\xef\xbb\xbf<a/>"), b"\xef\xbb\xbf<a/>");
        assert_eq!(inside(b"\xff\xfe<\0"), b"\xff\xfe<\0");
        assert_eq!(inside(b""), b"");
    }

    fn read_error(bytes: &[u8]) -> XmlDefect {
        xml::read(bytes, None).and_then(|t| t.parse().map(|_| ())).unwrap_err()
    }
}
