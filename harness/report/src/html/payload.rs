//! A payload by its structure alone: where each value stands, how long it is, and the first digits of its SHA-256.

use evidence::digest::Digest;
use evidence::history::MessageRecord;

/// Values that are listed of one document.
const VALUES_MAX: usize = 300;

/// One payload, masked.
pub(super) struct Masked {
    /// What it is.
    pub title: String,
    /// Why it could not be opened or read.
    pub problem: Option<String>,
    /// Path, number of characters, first digits of the digest.
    pub values: Vec<(String, usize, String)>,
    /// Values that are not listed.
    pub left_out: usize,
}

/// The payloads of a message; and the SOAP part, where that is not an envelope that may be quoted.
pub(super) fn of(record: &MessageRecord, with_soap_part: bool) -> Vec<Masked> {
    let opened = record.payloads.iter().map(|(part, payload)| match payload {
        Ok(payload) => document(title(*part, &payload.business), &payload.content),
        Err(reason) => Masked {
            title: format!("MIME part {}", part + 1),
            problem: Some(crate::visible::clean(reason)),
            values: Vec::new(),
            left_out: 0,
        },
    });
    let mut all: Vec<Masked> = opened.collect();
    if let Some(part) = record.message.entity.soap_part().filter(|_| with_soap_part && record.payloads.is_empty()) {
        all.push(document("SOAP part".to_owned(), &part.content));
    }
    all
}

fn title(part: usize, business: &wire::business::Business) -> String {
    use wire::business::Business;
    let what = match business {
        Business::AppRec(apprec) => apprec.version.map_or("AppRec", |v| match v {
            wire::apprec::Version::V10 => "AppRec 1.0",
            wire::apprec::Version::V11 => "AppRec 1.1",
        }),
        Business::Head(_) => "MsgHead",
        Business::Other { .. } => "XML",
        Business::NotXml(_) => "not XML",
    };
    format!("MIME part {}: {what}", part + 1)
}

fn document(title: String, bytes: &[u8]) -> Masked {
    let mut masked = Masked { title, problem: None, values: Vec::new(), left_out: 0 };
    let text = wire::xml::read(bytes, None);
    let tree = text.as_ref().map_err(Clone::clone).and_then(wire::xml::XmlText::parse);
    let tree = match tree {
        Ok(tree) => tree,
        Err(defect) => {
            // What a parser says may quote what it choked on.
            let position = match defect {
                wire::xml::XmlDefect::NotWellFormed { line, column, .. } => {
                    format!("not well-formed at line {line}, column {column}")
                }
                other => other.to_string(),
            };
            masked.problem = Some(format!("{position}; {} bytes, SHA-256 {}…", bytes.len(), prefix(bytes)));
            return masked;
        }
    };
    let mut add = |path: String, value: &str| {
        if masked.values.len() < VALUES_MAX {
            masked.values.push((crate::visible::clean(&path), value.chars().count(), prefix(value.as_bytes())));
        } else {
            masked.left_out += 1;
        }
    };
    for node in tree.root().descendants() {
        if !node.is_element() {
            continue;
        }
        for attribute in node.attributes() {
            add(tree.attribute_place(node, &attribute).path, attribute.value());
        }
        let text: String = node.children().filter_map(|child| child.text().filter(|_| child.is_text())).collect();
        if !text.trim().is_empty() {
            add(tree.place(node).path, &text);
        }
    }
    masked
}

/// Eight digits: enough to see whether two values are the same.
fn prefix(bytes: &[u8]) -> String {
    Digest::of(bytes).to_string()[..8].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_places_and_never_values() {
        let masked = document("x".into(), b"<a><Id>13116900216</Id><b V='Danser'/><c> </c></a>");
        let shown: Vec<_> = masked.values.iter().map(|(path, length, _)| (path.as_str(), *length)).collect();
        assert_eq!(shown, [("/a/Id", 11), ("/a/b/@V", 6)]);
        assert_eq!(masked.values[1].2, prefix(b"Danser"));
        let broken = document("x".into(), b"<a><Id>13116900216</Id");
        assert!(broken.values.is_empty() && !broken.problem.unwrap().contains("1311"));
    }
}
