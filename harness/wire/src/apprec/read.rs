//! Bytes to AppRec.

use super::Version;
use super::model::{AdditionalId, AppRec, Hcp, Inst, Original, Party, Unit};
use crate::element::Elements;
use crate::xml::{self, Tree, XmlDefect, XmlText};
use roxmltree::Node;

/// Decodes an AppRec of either version.
///
/// # Errors
/// [`XmlDefect`] when the bytes cannot be read as XML at all. A root that is no AppRec is a value with a
/// defect and without version.
pub fn decode(bytes: &[u8]) -> Result<AppRec, XmlDefect> {
    let text = xml::read(bytes, None)?;
    let tree = text.parse()?;
    Ok(read(&text, &tree))
}

pub(crate) fn read(text: &XmlText, tree: &Tree<'_>) -> AppRec {
    let elements = Elements::of(tree);
    let root = tree.root();
    let version = root.tag_name().namespace().and_then(Version::of_namespace);
    let version = version.filter(|_| root.tag_name().name() == "AppRec");
    if version.is_none() {
        elements.defect("root-unknown", "the root is no AppRec 1.0 or 1.1".to_owned(), root);
    }
    let party = |name| elements.one(root, name).map(|n| party(&elements, n));
    AppRec {
        version,
        declaration: text.declaration.clone(),
        encoding: text.encoding,
        root: elements.root_name(),
        msg_type: elements.code(root, "MsgType"),
        mig_version: elements.text(root, "MIGversion"),
        software_name: elements.text(root, "SoftwareName"),
        software_version: elements.text(root, "SoftwareVersion"),
        gen_date: elements.text(root, "GenDate"),
        id: elements.text(root, "Id"),
        sender: party("Sender"),
        receiver: party("Receiver"),
        status: elements.code(root, "Status"),
        errors: elements.list(root, "Error").map(|n| elements.coded(n)).collect(),
        original: elements.one(root, "OriginalMsgId").map(|n| original(&elements, n)),
        defects: elements.into_defects(),
    }
}

fn party<'a, 't>(elements: &Elements<'a, 't>, node: Node<'a, 't>) -> Party {
    let hcp = elements.one(node, "HCP");
    let inst = hcp.and_then(|n| elements.one(n, "Inst"));
    let prof = hcp.and_then(|n| elements.one(n, "HCProf"));
    if let (Some(_), Some(prof)) = (inst, prof) {
        elements.defect("choice-both", "HCP holds both Inst and HCProf".to_owned(), prof);
    }
    Party {
        place: elements.tree.place(node),
        role: elements.code(node, "Role"),
        hcp: inst
            .map(|n| Hcp::Inst(Box::new(institution(elements, n))))
            .or_else(|| prof.map(|n| Hcp::HcProf(Box::new(unit(elements, n))))),
    }
}

fn institution<'a, 't>(elements: &Elements<'a, 't>, node: Node<'a, 't>) -> Inst {
    let units = |name| elements.list(node, name).map(|n| unit(elements, n)).collect();
    Inst {
        place: elements.tree.place(node),
        name: elements.text(node, "Name"),
        id: elements.text(node, "Id"),
        type_id: elements.code(node, "TypeId"),
        additional_ids: additional_ids(elements, node),
        depts: units("Dept"),
        persons: units("HCPerson"),
    }
}

fn unit<'a, 't>(elements: &Elements<'a, 't>, node: Node<'a, 't>) -> Unit {
    Unit {
        place: elements.tree.place(node),
        kind: elements.code(node, "Type"),
        name: elements.text(node, "Name"),
        id: elements.text(node, "Id"),
        type_id: elements.code(node, "TypeId"),
        additional_ids: additional_ids(elements, node),
    }
}

fn additional_ids<'a, 't>(elements: &Elements<'a, 't>, node: Node<'a, 't>) -> Vec<AdditionalId> {
    let one =
        |n| AdditionalId { place: elements.tree.place(n), id: elements.text(n, "Id"), kind: elements.code(n, "Type") };
    elements.list(node, "AdditionalId").map(one).collect()
}

fn original<'a, 't>(elements: &Elements<'a, 't>, node: Node<'a, 't>) -> Original {
    Original {
        place: elements.tree.place(node),
        msg_type: elements.code(node, "MsgType"),
        issue_date: elements.text(node, "IssueDate"),
        id: elements.text(node, "Id"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FULL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<a:AppRec xmlns:a="http://www.kith.no/xmlstds/apprec/2004-11-21"><a:MsgType V="APPREC" DN="Applikasjonskvittering"/>
<a:Id>i1</a:Id><a:Sender><a:Role V="SPR"/><a:HCP><a:Inst><a:Name>Nordvik</a:Name><a:Id>310000000</a:Id><a:TypeId V="ENH"/>
<a:Dept><a:Name>Pleie</a:Name><a:Id>21</a:Id><a:TypeId V="HER"/></a:Dept>
<a:AdditionalId><a:Id>20</a:Id><a:Type V="HER" DN="HER-id"/></a:AdditionalId>
<a:HCPerson><a:Name>Ola</a:Name></a:HCPerson></a:Inst></a:HCP></a:Sender>
<a:Receiver><a:HCP><a:HCProf><a:Id>11</a:Id><a:TypeId V="HER"/></a:HCProf></a:HCP></a:Receiver>
<a:Status V="2"/><a:Error V="E21" S="2.16.578.1.12.4.1.1.8221" DN="Mottaker finnes ikke" OT="x"/><a:Error/>
<a:OriginalMsgId><a:MsgType V="LOG_INNLAGT"/><a:IssueDate>2026-01-01T10:00:00</a:IssueDate><a:Id>m1</a:Id></a:OriginalMsgId>
<a:Status V="1"/></a:AppRec>"#;

    #[test]
    fn reads_every_element_with_its_place() {
        let apprec = decode(FULL.as_bytes()).unwrap();
        assert_eq!(apprec.version, Some(Version::V10));
        assert_eq!(apprec.original_id(), Some("m1"));
        assert_eq!(apprec.status_code(), Some("2"));
        assert_eq!(apprec.error_codes().collect::<Vec<_>>(), ["E21"]);
        assert_eq!(apprec.errors.len(), 2);
        let sender = apprec.sender.as_ref().unwrap();
        assert_eq!((sender.her_of_enterprise(), sender.her_of_party()), (Some(20), Some(21)));
        assert_eq!(apprec.receiver.as_ref().unwrap().her_of_party(), Some(11));
        let error = apprec.errors[0].v.as_ref().unwrap();
        assert_eq!((error.place.path.as_str(), error.place.line), ("/AppRec/Error[1]/@V", 8));
        assert_eq!(apprec.defects.len(), 1, "Status twice: {:?}", apprec.defects);
    }

    #[test]
    fn many_errors_are_read_up_to_a_number() {
        let errors = "<Error V='1' S='2' DN='3' OT='4'/>".repeat(30_000);
        let text = format!("<AppRec xmlns='{}'>{errors}</AppRec>", Version::V11.namespace());
        let apprec = decode(text.as_bytes()).unwrap();
        assert_eq!(apprec.errors.len(), 2_048);
        let last = apprec.defects.last().unwrap();
        assert_eq!(last.code, "elements-too-many");
        assert!(last.message.starts_with("27952 more elements"), "{last}");
        assert!(format!("{apprec:?}").len() < 3 * text.len());
    }

    #[test]
    fn anything_that_is_xml_is_a_value() {
        let apprec = decode(br#"<AppRec xmlns="urn:other"><Id>1</Id></AppRec>"#).unwrap();
        assert_eq!((apprec.version, apprec.defects[0].code), (None, "root-unknown"));
        assert_eq!(apprec.id.unwrap().value, "1");
        assert!(apprec.sender.is_none() && apprec.original.is_none() && apprec.errors.is_empty());
        assert!(decode(b"no").is_err());
    }
}
