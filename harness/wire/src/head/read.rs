//! Bytes to Hodemelding.

use super::NAMESPACE;
use super::model::{
    Actor, Content, ConversationRef, Document, Ident, MsgHead, MsgInfo, Organisation, OtherReceiver, Person, RefDoc,
};
use crate::element::Elements;
use crate::place::Located;
use crate::xml::{self, Tree, XmlDefect, XmlText};
use roxmltree::Node;

/// Decodes a Hodemelding.
///
/// # Errors
/// [`XmlDefect`] when the bytes cannot be read as XML at all. A root that is no MsgHead is a value with a
/// defect.
pub fn decode(bytes: &[u8]) -> Result<MsgHead, XmlDefect> {
    let text = xml::read(bytes, None)?;
    let tree = text.parse()?;
    Ok(read(&text, &tree))
}

pub(crate) fn read(text: &XmlText, tree: &Tree<'_>) -> MsgHead {
    let elements = Elements::of(tree);
    let root = tree.root();
    if root.tag_name().name() != "MsgHead" || root.tag_name().namespace() != Some(NAMESPACE) {
        elements.defect("root-unknown", "the root is no MsgHead 1.2".to_owned(), root);
    }
    let reader = Reader { elements: &elements };
    let mut documents: Vec<Document> = elements.list(root, "Document").map(|n| reader.document(n)).collect();
    let reports: Vec<Node<'_, '_>> = elements.list(root, "PatientReport").collect();
    for report in &reports {
        documents.extend(elements.list(*report, "Document").map(|n| reader.document(n)));
    }
    MsgHead {
        declaration: text.declaration.clone(),
        encoding: text.encoding,
        root: elements.root_name(),
        info: elements.one(root, "MsgInfo").map(|n| reader.info(n)),
        documents,
        patient_reports: reports.into_iter().map(|n| tree.place(n)).collect(),
        defects: elements.into_defects(),
    }
}

struct Reader<'r, 'a, 't> {
    elements: &'r Elements<'a, 't>,
}

impl<'a, 't> Reader<'_, 'a, 't> {
    fn info(&self, node: Node<'a, 't>) -> MsgInfo {
        let e = self.elements;
        MsgInfo {
            place: e.tree.place(node),
            message_type: e.code(node, "Type"),
            mig_version: e.text(node, "MIGversion"),
            gen_date: e.text(node, "GenDate"),
            msg_id: e.text(node, "MsgId"),
            processing_status: e.code(node, "ProcessingStatus"),
            requested_priority: e.code(node, "RequestedPriority"),
            ack: e.code(node, "Ack"),
            conversation_ref: e.one(node, "ConversationRef").map(|n| ConversationRef {
                place: e.tree.place(n),
                ref_to_parent: e.text(n, "RefToParent"),
                ref_to_conversation: e.text(n, "RefToConversation"),
            }),
            sender: e.one(node, "Sender").map(|n| self.actor(n)),
            receiver: e.one(node, "Receiver").map(|n| self.actor(n)),
            other_receivers: e.list(node, "OtherReceiver").map(|n| self.other_receiver(n)).collect(),
            patient: e.one(node, "Patient").map(|n| self.person(n)),
        }
    }

    fn actor(&self, node: Node<'a, 't>) -> Actor {
        let e = self.elements;
        Actor {
            place: e.tree.place(node),
            com_method: e.code(node, "ComMethod"),
            organisation: e.one(node, "Organisation").map(|n| self.organisation(n)),
        }
    }

    fn other_receiver(&self, node: Node<'a, 't>) -> OtherReceiver {
        let e = self.elements;
        let person = |name| e.one(node, name).map(|n| self.person(n));
        OtherReceiver {
            place: e.tree.place(node),
            com_method: e.code(node, "ComMethod"),
            role: e.code(node, "RoleReceiver"),
            organisation: e.one(node, "Organisation").map(|n| self.organisation(n)),
            patient: person("Patient"),
            person: person("Person"),
            healthcare_professional: person("HealthcareProfessional"),
        }
    }

    /// Recursion is bounded by the depth that the XML gate lets through.
    fn organisation(&self, node: Node<'a, 't>) -> Organisation {
        let e = self.elements;
        let inner = e.one(node, "Organisation");
        let person = e.one(node, "HealthcareProfessional");
        Organisation {
            place: e.tree.place(node),
            name: e.text(node, "OrganisationName"),
            kind: e.code(node, "TypeOrganisation"),
            idents: self.idents(node),
            telecoms: self.telecoms(node),
            organisation: inner.map(|n| Box::new(self.organisation(n))),
            healthcare_professional: person.map(|n| self.person(n)),
        }
    }

    fn person(&self, node: Node<'a, 't>) -> Person {
        let e = self.elements;
        Person {
            place: e.tree.place(node),
            kind: e.code(node, "TypeHealthcareProfessional"),
            role_to_patient: e.code(node, "RoleToPatient"),
            family_name: e.text(node, "FamilyName"),
            middle_name: e.text(node, "MiddleName"),
            given_name: e.text(node, "GivenName"),
            date_of_birth: e.text(node, "DateOfBirth"),
            sex: e.code(node, "Sex"),
            nationality: e.code(node, "Nationality"),
            idents: self.idents(node),
            telecoms: self.telecoms(node),
        }
    }

    fn idents(&self, node: Node<'a, 't>) -> Vec<Ident> {
        let e = self.elements;
        let ident = |n| Ident { place: e.tree.place(n), id: e.text(n, "Id"), type_id: e.code(n, "TypeId") };
        e.list(node, "Ident").map(ident).collect()
    }

    fn telecoms(&self, node: Node<'a, 't>) -> Vec<Located<String>> {
        let e = self.elements;
        let address = |n| e.attribute(e.one(n, "TeleAddress")?, "V");
        e.list(node, "TeleCom").filter_map(address).collect()
    }

    fn document(&self, node: Node<'a, 't>) -> Document {
        let e = self.elements;
        Document {
            place: e.tree.place(node),
            connection: e.code(node, "DocumentConnection"),
            content_type: e.code(node, "ContentType"),
            content_description: e.text(node, "ContentDescription"),
            consent: e.code(node, "Consent"),
            ref_doc: e.one(node, "RefDoc").map(|n| self.ref_doc(n)),
        }
    }

    fn ref_doc(&self, node: Node<'a, 't>) -> RefDoc {
        let e = self.elements;
        let content = e.one(node, "Content").into_iter();
        let content = e.few(content.flat_map(|n| n.children().filter(Node::is_element)));
        RefDoc {
            place: e.tree.place(node),
            issue_date: e.one(node, "IssueDate").and_then(|n| e.attribute(n, "V")),
            msg_type: e.code(node, "MsgType"),
            id: e.text(node, "Id"),
            mime_type: e.text(node, "MimeType"),
            description: e.text(node, "Description"),
            file_reference: e.text(node, "FileReference"),
            content: content
                .map(|n| Content {
                    place: e.tree.place(n),
                    namespace: n.tag_name().namespace().map(str::to_owned),
                    name: n.tag_name().name().to_owned(),
                })
                .collect(),
        }
    }
}
