//! HITS 1172 5.6: XML. Only what the decoder sees by itself; validity against the schemas is another matter.

use crate::check::{Finding, MessageCheck, Seen, message, shown};
use crate::verdict::Cause;
use wire::ebxml::MessageKind;
use wire::message::NoEnvelope;
use wire::place::Place;
use wire::xml::{Encoding, XmlDefect};

pub(super) const CHECKS: &[MessageCheck] = &[
    message("HITS1172-78", "XML declaration with version 1.0 and encoding UTF-8", declaration),
    message("HITS1172-68", "the bytes are UTF-8", encoding),
    message("HITS1172-86", "root in the namespace http://schemas.xmlsoap.org/soap/envelope/", root),
    message("HITS1172-5.6-p1", "well-formed XML 1.0", well_formed),
];

const START: &str = "the first line of the SOAP document";

/// Rule 78 takes no other encoding; what is said about one that is declared and used is rule 68's.
fn declaration(seen: &Seen<'_>) -> Option<Finding> {
    let envelope = seen.document()?;
    let place = Place::named(START);
    let Some(found) = &envelope.declaration else {
        return Some(Finding::violated(&place, "no XML declaration"));
    };
    let encoding = found.encoding.as_deref();
    let stated = encoding.map_or_else(|| "without encoding".to_owned(), |e| format!("encoding {}", shown(e)));
    let got = format!("version {}, {stated}", shown(&found.version));
    if envelope.encoding != Encoding::Utf8 {
        return None;
    }
    let is_right = found.version == "1.0" && encoding.is_some_and(|e| e.eq_ignore_ascii_case("UTF-8"));
    Some(Finding::when(is_right, &place, got))
}

fn encoding(seen: &Seen<'_>) -> Option<Finding> {
    let place = Place::named(START);
    match &seen.record.message.envelope {
        Ok(_) => {
            let used = seen.document()?.encoding;
            Some(Finding::when(used == Encoding::Utf8, &place, used.name()))
        }
        Err(NoEnvelope::Unreadable(defect @ (XmlDefect::WrongEncoding { .. } | XmlDefect::UnknownEncoding(_))))
            if is_soap_part(seen) =>
        {
            Some(Finding::violated(&place, defect.to_string()))
        }
        _ => None,
    }
}

/// Rule 86: recognised as ebXML by the namespace of the root, whatever the root is called (rule 43).
fn root(seen: &Seen<'_>) -> Option<Finding> {
    let name = &seen.document()?.root;
    Some(Finding::when(name.value.starts_with("SOAP:"), &name.place, shown(&name.value)))
}

/// The prose of 5.6 says that what is not well-formed or not valid is not sent. Being valid is the matter of
/// rules 16 and 17, the encoding of rule 68, the declaration of rule 78; what is left here is the rest of XML.
fn well_formed(seen: &Seen<'_>) -> Option<Finding> {
    if seen.record.message.kind() == MessageKind::Fault || seen.is_bare_business() {
        return None;
    }
    match &seen.record.message.envelope {
        Err(NoEnvelope::Unreadable(XmlDefect::WrongEncoding { .. } | XmlDefect::UnknownEncoding(_))) => None,
        Err(NoEnvelope::Unreadable(defect)) if is_soap_part(seen) => {
            let mut place = Place::named("the SOAP document");
            if let XmlDefect::NotWellFormed { line, column, .. } = defect {
                (place.line, place.column) = (*line, *column);
            }
            Some(match defect {
                XmlDefect::NotWellFormed { .. } | XmlDefect::Empty | XmlDefect::Doctype { .. } => {
                    Finding::violated(&place, defect.to_string())
                }
                // How much is read is this tool's choice; no document says where to stop.
                _ => Finding::cannot_tell(Cause::Harness, &place, format!("more than is read here: {defect}")),
            })
        }
        Ok(envelope) => Some(Finding::satisfied(&envelope.root.place, "well-formed")),
        Err(_) => None,
    }
}

/// What is no text/xml part at all is rule 67's.
fn is_soap_part(seen: &Seen<'_>) -> bool {
    seen.record.message.entity.soap_part().is_some_and(|part| part.is("text/xml"))
}
