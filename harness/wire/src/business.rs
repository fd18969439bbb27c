//! The business document of a message: what the payload turns out to be.

use crate::apprec::{self, AppRec};
use crate::head::{self, MsgHead};
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

    fn read_error(bytes: &[u8]) -> XmlDefect {
        xml::read(bytes, None).and_then(|t| t.parse().map(|_| ())).unwrap_err()
    }
}
