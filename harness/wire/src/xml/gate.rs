//! The limits on XML from outside, checked in one cheap pass before the real parser sees it.
//!
//! roxmltree alone accepts 300,000 levels and needs seconds for 50,000 attributes on one element;
//! quick-xml alone accepts ill-formed documents. Together they are safe and strict.

use super::XmlDefect;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Bytes of one XML document: EDI 2.0 caps a request at 35 MB, so nothing legitimate is larger.
pub const BYTES_MAX: usize = 40 * 1024 * 1024;
/// Levels of elements: the deepest official sample has fewer than 30.
pub const DEPTH_MAX: usize = 256;
/// Attributes of one element, namespace declarations included.
pub const ATTRIBUTES_MAX: usize = 256;
/// Namespace declarations in scope at one place: real messages have fewer than 40, and the parser copies them all
/// wherever one is added.
pub const NAMESPACES_MAX: usize = 256;
/// Entries of namespaces that the parser copies in one document: it copies all that are in scope wherever one is added.
const NAMESPACE_ENTRIES_MAX: usize = 8_000_000;
/// Bytes of one name of an element or attribute: the longest in this traffic has fewer than 60. Names stand again in
/// every place below them.
pub const NAME_BYTES_MAX: usize = 256;
/// Bytes of one namespace URI: the longest in this traffic has fewer than 100. Canonical form may repeat it for every
/// element.
pub const URI_BYTES_MAX: usize = 1_024;
/// Elements, texts, comments and instructions of one document.
pub const NODES_MAX: usize = 2_000_000;

pub(super) fn check(text: &str) -> Result<(), XmlDefect> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut nodes = 0usize;
    // For each open element, how many namespace declarations are in scope in it.
    let mut scopes: Vec<usize> = Vec::new();
    let mut copied = 0usize;
    loop {
        let line = |reader: &Reader<&[u8]>| line_at(text, reader.buffer_position());
        nodes += 1;
        if nodes > NODES_MAX {
            return Err(XmlDefect::TooManyNodes);
        }
        let event = reader.read_event();
        match &event {
            Ok(Event::Start(element) | Event::Empty(element)) => {
                let is_open = matches!(event, Ok(Event::Start(_)));
                if is_open && scopes.len() >= DEPTH_MAX {
                    return Err(XmlDefect::TooDeep { line: line(&reader) });
                }
                let declared = element.attributes_raw().matches("xmlns").count();
                let scope = scopes.last().copied().unwrap_or(0) + declared;
                copied += if declared > 0 { scope } else { 0 };
                if scope > NAMESPACES_MAX || copied > NAMESPACE_ENTRIES_MAX {
                    return Err(XmlDefect::TooManyNamespaces { line: line(&reader) });
                }
                if is_open {
                    scopes.push(scope);
                }
                start_tag(element, || line(&reader))?;
            }
            Ok(Event::End(_)) => drop(scopes.pop()),
            Ok(Event::DocType(_)) => return Err(XmlDefect::Doctype { line: line(&reader) }),
            // What this reader cannot tokenise, the strict parser explains better.
            Ok(Event::Eof) | Err(_) => return Ok(()),
            Ok(_) => {}
        }
    }
}

fn start_tag(element: &BytesStart<'_>, line: impl Fn() -> u32) -> Result<(), XmlDefect> {
    if element.name().as_ref().len() > NAME_BYTES_MAX {
        return Err(XmlDefect::NameTooLong { line: line() });
    }
    // Counting equals signs overestimates, and a long name or URI makes long attributes, so only a suspicious element
    // is looked at exactly.
    let raw = element.attributes_raw();
    if raw.len() <= NAME_BYTES_MAX && raw.bytes().filter(|b| *b == b'=').count() <= ATTRIBUTES_MAX {
        return Ok(());
    }
    for (index, attribute) in element.attributes().with_checks(false).enumerate() {
        if index == ATTRIBUTES_MAX {
            return Err(XmlDefect::TooManyAttributes { line: line() });
        }
        // What cannot be read as an attribute, the strict parser refuses.
        let Ok(attribute) = attribute else { continue };
        if attribute.key.as_ref().len() > NAME_BYTES_MAX {
            return Err(XmlDefect::NameTooLong { line: line() });
        }
        if attribute.key.as_namespace_binding().is_some() && attribute.value.len() > URI_BYTES_MAX {
            return Err(XmlDefect::NamespaceTooLong { line: line() });
        }
    }
    Ok(())
}

fn line_at(text: &str, offset: u64) -> u32 {
    let end = usize::try_from(offset).unwrap_or(usize::MAX).min(text.len());
    1 + text.as_bytes()[..end].iter().filter(|&&b| b == b'\n').count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declarations(range: std::ops::Range<u32>) -> String {
        range.map(|i| format!(" xmlns:p{i}=\"u\"")).collect()
    }

    #[test]
    fn caps_depth_attributes_and_doctype() {
        let deep = "<a>".repeat(300);
        assert_eq!(check(&deep), Err(XmlDefect::TooDeep { line: 1 }));
        let wide: String = (0..300).map(|i| format!(" a{i}=\"\"")).collect();
        assert_eq!(check(&format!("\n<a{wide}/>")), Err(XmlDefect::TooManyAttributes { line: 2 }));
        assert_eq!(check("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"), Err(XmlDefect::Doctype { line: 1 }));
        let crowded = format!("<a{0}><b{1}/><b{1}><c/></b></a>", declarations(0..200), declarations(200..300));
        assert_eq!(check(&crowded), Err(XmlDefect::TooManyNamespaces { line: 1 }));
        assert_eq!(check("<a b=\"=======\"><c/></a>"), Ok(()));
    }

    #[test]
    fn caps_names_and_namespaces() {
        let name = "n".repeat(NAME_BYTES_MAX);
        let uri = "u".repeat(URI_BYTES_MAX);
        assert_eq!(check(&format!("<{name} {name}='x' xmlns='{uri}' b='{uri}{uri}'/>")), Ok(()));
        assert_eq!(check(&format!("<a>\n<{name}n/></a>")), Err(XmlDefect::NameTooLong { line: 2 }));
        assert_eq!(check(&format!("<a {name}n='1'/>")), Err(XmlDefect::NameTooLong { line: 1 }));
        assert_eq!(check(&format!("<a xmlns='{uri}u'/>")), Err(XmlDefect::NamespaceTooLong { line: 1 }));
        assert_eq!(check(&format!("<a xmlns:q = '{uri}u'></a>")), Err(XmlDefect::NamespaceTooLong { line: 1 }));
    }

    #[test]
    fn caps_what_is_copied_for_namespaces() {
        let many = "<b xmlns:q=\"u\"/>".repeat(NAMESPACE_ENTRIES_MAX / 200);
        let crowded = format!("<a{}>{many}</a>", declarations(0..200));
        assert_eq!(check(&crowded), Err(XmlDefect::TooManyNamespaces { line: 1 }));
        assert_eq!(check(&format!("<a xmlns=\"u\">{many}</a>")), Ok(()));
    }
}
