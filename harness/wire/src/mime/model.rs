//! What an entity holds.

use crate::defect::Defect;
use crate::place::{Located, Place, Span};

/// One header field as it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderField {
    /// The name, in the case that was written.
    pub name: String,
    /// The value, unfolded and trimmed. Bytes that are not UTF-8 are read as ISO-8859-1.
    pub value: String,
    /// Where, e.g. `MIME header SOAPAction` or `MIME part 2, Content-Type`.
    pub place: Place,
}

/// Header fields in their order.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Headers {
    pub(super) fields: Vec<HeaderField>,
}

impl Headers {
    /// The first field of that name, in any case.
    pub fn get(&self, name: &str) -> Option<&HeaderField> {
        self.fields.iter().find(|f| f.name.eq_ignore_ascii_case(name))
    }

    /// All fields of that name, in any case.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a HeaderField> {
        self.fields.iter().filter(move |f| f.name.eq_ignore_ascii_case(name))
    }

    /// Every field.
    pub fn iter(&self) -> impl Iterator<Item = &HeaderField> {
        self.fields.iter()
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.fields.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

/// A Content-Type field, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentType {
    /// `type/subtype`, in lower case.
    pub media_type: String,
    /// Parameters in their order; names in lower case, values without quotes.
    pub parameters: Vec<(String, String)>,
    /// Where.
    pub place: Place,
}

impl ContentType {
    /// The first parameter of that name.
    pub fn param(&self, name: &str) -> Option<&str> {
        let named = |(n, _): &&(String, String)| n.eq_ignore_ascii_case(name);
        self.parameters.iter().find(named).map(|(_, value)| value.as_str())
    }

    /// Whether the entity is composed of parts.
    pub fn is_multipart(&self) -> bool {
        self.media_type.starts_with("multipart/")
    }
}

/// One body part; for an entity without parts, the entity itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Its header fields.
    pub headers: Headers,
    /// Content-Type, if there is one.
    pub content_type: Option<ContentType>,
    /// Content-ID without the angle brackets.
    pub content_id: Option<Located<String>>,
    /// Content-Transfer-Encoding as written.
    pub transfer_encoding: Option<Located<String>>,
    /// The body on the wire, still transfer-encoded, in bytes of the entity.
    pub raw: Span,
    /// The body, transfer decoding undone.
    pub content: Vec<u8>,
    /// The parts of a part that is multipart itself.
    pub nested: Vec<Part>,
    /// What was found wrong in this part.
    pub defects: Vec<Defect>,
    /// Where, e.g. `MIME part 2`.
    pub place: Place,
}

impl Part {
    /// Whether its media type is this one.
    pub fn is(&self, media_type: &str) -> bool {
        self.content_type.as_ref().is_some_and(|c| c.media_type == media_type)
    }

    /// The `charset` parameter of its Content-Type.
    pub fn charset(&self) -> Option<&str> {
        self.content_type.as_ref().and_then(|c| c.param("charset"))
    }

    fn first_of(&self, media_type: &str) -> Option<&Part> {
        if self.is(media_type) {
            return Some(self);
        }
        self.nested.iter().find_map(|p| p.first_of(media_type))
    }

    fn collect_defects<'a>(&'a self, into: &mut Vec<&'a Defect>) {
        into.extend(&self.defects);
        self.nested.iter().for_each(|p| p.collect_defects(into));
    }
}

/// A whole entity.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Entity {
    /// Its header fields.
    pub headers: Headers,
    /// Content-Type, if there is one.
    pub content_type: Option<ContentType>,
    /// Whether Content-Type says that it is composed of parts.
    pub multipart: bool,
    /// Its parts; exactly one, with the entity's own headers, when it is not composed.
    pub parts: Vec<Part>,
    /// What stands before the first boundary.
    pub preamble: Vec<u8>,
    /// What stands after the closing boundary.
    pub epilogue: Vec<u8>,
    /// What was found wrong outside the parts.
    pub defects: Vec<Defect>,
}

impl Entity {
    /// The part with the SOAP envelope: the one that `start` names, else the first if it is `text/xml`, else
    /// the first that is, else (RFC 2387 3.2) the first part of `multipart/related`, whatever it says it is.
    pub fn soap_part(&self) -> Option<&Part> {
        let start = self.content_type.as_ref().and_then(|c| c.param("start"));
        start
            .and_then(|id| self.part_by_content_id(id))
            .or_else(|| self.parts.iter().find_map(|p| p.first_of("text/xml")))
            .or_else(|| self.parts.first().filter(|_| self.is_related()))
    }

    /// All parts but the SOAP part.
    pub fn attachments(&self) -> Vec<&Part> {
        let soap = self.soap_part();
        let is_soap = |part: &Part| soap.is_some_and(|s| std::ptr::eq(s, part));
        self.parts.iter().filter(|p| !is_soap(p)).collect()
    }

    /// The part with this Content-ID. `id` may have `cid:` in front, angle brackets around it, and
    /// percent-encoding in it (RFC 2392).
    pub fn part_by_content_id(&self, id: &str) -> Option<&Part> {
        let id = id.trim();
        let id = id.strip_prefix("cid:").unwrap_or(id);
        let id = bare_id(id);
        let decoded = percent_decoded(id);
        let having =
            |wanted: &str| self.parts.iter().find(|p| p.content_id.as_ref().is_some_and(|c| c.value == wanted));
        having(id).or_else(|| having(bare_id(&decoded)))
    }

    /// The defects of the entity and of all its parts.
    pub fn all_defects(&self) -> Vec<&Defect> {
        let mut all: Vec<&Defect> = self.defects.iter().collect();
        self.parts.iter().for_each(|p| p.collect_defects(&mut all));
        all
    }

    fn is_related(&self) -> bool {
        let related = |c: &ContentType| c.media_type == "multipart/related";
        self.content_type.as_ref().is_some_and(related)
    }
}

/// A Content-ID without its angle brackets.
pub(super) fn bare_id(value: &str) -> &str {
    let inner = value.strip_prefix('<').and_then(|v| v.strip_suffix('>'));
    inner.map_or(value, str::trim)
}

/// Undoes the escapes of a `cid:` URI (RFC 2392); what is no escape stays as it is.
pub(crate) fn percent_decoded(text: &str) -> String {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    let digit = |octet: u8| char::from(octet).to_digit(16);
    while let [first, others @ ..] = rest {
        let escaped = match others {
            [high, low, ..] if *first == b'%' => digit(*high).zip(digit(*low)),
            _ => None,
        };
        if let Some((high, low)) = escaped {
            octets.push((high * 16 + low) as u8);
            rest = &others[2..];
        } else {
            octets.push(*first);
            rest = others;
        }
    }
    String::from_utf8_lossy(&octets).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decodes_percent_and_strips_brackets() {
        assert_eq!(percent_decoded("a%40b%zz%+f%4"), "a@b%zz%+f%4");
        assert_eq!(percent_decoded("100%"), "100%");
        assert_eq!(bare_id("<a@b>"), "a@b");
        assert_eq!(bare_id("a@b"), "a@b");
    }
}
