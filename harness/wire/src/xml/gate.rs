//! The limits on XML from outside, checked in one cheap pass before the real parser sees it.
//!
//! roxmltree alone accepts 300,000 levels and needs seconds for 50,000 attributes on one element;
//! quick-xml alone accepts ill-formed documents. Together they are safe and strict.

use super::XmlDefect;
use quick_xml::Reader;
use quick_xml::events::Event;

/// Bytes of one XML document: EDI 2.0 caps a request at 35 MB, so nothing legitimate is larger.
pub const BYTES_MAX: usize = 40 * 1024 * 1024;
/// Levels of elements: the deepest official sample has fewer than 30.
pub const DEPTH_MAX: usize = 256;
/// Attributes of one element, namespace declarations included.
pub const ATTRIBUTES_MAX: usize = 256;
/// Namespace declarations in scope at one place: real messages have fewer than 40, and the parser copies them all
/// wherever one is added.
pub const NAMESPACES_MAX: usize = 256;
/// Elements, texts, comments and instructions of one document.
pub const NODES_MAX: usize = 2_000_000;

pub(super) fn check(text: &str) -> Result<(), XmlDefect> {
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = false;
    let mut nodes = 0usize;
    // For each open element, how many namespace declarations are in scope in it.
    let mut scopes: Vec<usize> = Vec::new();
    loop {
        let line = |reader: &Reader<&[u8]>| line_at(text, reader.buffer_position());
        nodes += 1;
        if nodes > NODES_MAX {
            return Err(XmlDefect::TooManyNodes);
        }
        match reader.read_event() {
            Ok(Event::Start(element)) => {
                if scopes.len() >= DEPTH_MAX {
                    return Err(XmlDefect::TooDeep { line: line(&reader) });
                }
                let declared = element.attributes_raw().matches("xmlns").count();
                let scope = scopes.last().copied().unwrap_or(0) + declared;
                if scope > NAMESPACES_MAX {
                    return Err(XmlDefect::TooManyNamespaces { line: line(&reader) });
                }
                scopes.push(scope);
                attributes(&element).map_err(|()| XmlDefect::TooManyAttributes { line: line(&reader) })?;
            }
            Ok(Event::Empty(element)) => {
                attributes(&element).map_err(|()| XmlDefect::TooManyAttributes { line: line(&reader) })?;
            }
            Ok(Event::End(_)) => drop(scopes.pop()),
            Ok(Event::DocType(_)) => return Err(XmlDefect::Doctype { line: line(&reader) }),
            // What this reader cannot tokenise, the strict parser explains better.
            Ok(Event::Eof) | Err(_) => return Ok(()),
            Ok(_) => {}
        }
    }
}

fn attributes(element: &quick_xml::events::BytesStart<'_>) -> Result<(), ()> {
    // Counting equals signs overestimates, so only a suspicious element is counted exactly.

    if element.attributes_raw().bytes().filter(|b| *b == b'=').count() <= ATTRIBUTES_MAX {
        return Ok(());
    }
    let count = element.attributes().with_checks(false).take(ATTRIBUTES_MAX + 1).count();
    if count > ATTRIBUTES_MAX { Err(()) } else { Ok(()) }
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
}
