//! Reads an envelope: everything that stands there, nothing assumed.

use super::model::{
    AckRequested, Acknowledgment, Block, Envelope, ErrorEntry, ErrorList, Fault, Manifest, ManifestReference,
    MessageData, MessageHeader, PartyBlock, PartyId, SchemaBlock, Service,
};
use super::names::{DS, EB, SOAP, XLINK};
use crate::defect::{Defect, Layer};
use crate::place::{Located, Place};
use crate::signature::{self, Reference};
use crate::xml::{self, Tree, XmlDefect, XmlText, canonical_name};
use roxmltree::Node;
use std::cell::Cell;

/// Blocks of Header and of Body that are read, and misplaced ones that are named: real messages have fewer than 10.
const BLOCKS_MAX: usize = 64;
/// Elements inside the blocks that are read: real messages have fewer than 200. What is kept of an element, its path
/// above all, is many times as large as the element can be.
const ELEMENTS_MAX: usize = 2_048;

/// Decodes an envelope. `charset` is the MIME part's charset, used where the XML itself is silent.
///
/// # Errors
/// [`XmlDefect`] when the bytes cannot be read as XML at all. Everything else, a root that is not
/// `SOAP:Envelope` included, is in the value and its defects.
pub fn decode(bytes: &[u8], charset: Option<&str>) -> Result<Envelope, XmlDefect> {
    let text = xml::read(bytes, charset)?;
    let tree = text.parse()?;
    Ok(of_tree(&text, &tree))
}

/// The envelope in a document that is parsed already.
pub(crate) fn of_tree(text: &XmlText, tree: &Tree<'_>) -> Envelope {
    let reader = Reader { tree, left: Cell::new(ELEMENTS_MAX), unread: Cell::new(0) };
    let root = tree.root();
    let mut envelope = Envelope {
        declaration: text.declaration.clone(),
        encoding: text.encoding,
        root: Located::new(canonical_name(root.tag_name().namespace(), root.tag_name().name()), tree.place(root)),
        headers: reader.places(root, SOAP, "Header"),
        bodies: reader.places(root, SOAP, "Body"),
        header_blocks: Vec::new(),
        body_blocks: Vec::new(),
        message_headers: Vec::new(),
        ack_requested: Vec::new(),
        acknowledgments: Vec::new(),
        error_lists: Vec::new(),
        signatures: Vec::new(),
        manifests: Vec::new(),
        faults: Vec::new(),
        test_marking: None,
        defects: Vec::new(),
    };
    for header in children(root, SOAP, "Header") {
        reader.header(header, &mut envelope);
    }
    for body in children(root, SOAP, "Body") {
        reader.body(body, &mut envelope);
    }
    reader.misplaced(root, &mut envelope);
    reader.limits(root, &mut envelope);
    envelope
}

struct Reader<'a, 't> {
    tree: &'a Tree<'t>,
    /// How many more elements are read.
    left: Cell<usize>,
    /// How many were left unread.
    unread: Cell<usize>,
}

impl<'a, 't> Reader<'a, 't> {
    fn header(&self, header: Node<'a, 't>, out: &mut Envelope) {
        out.test_marking = header
            .children()
            .find(|node| !(node.is_text() && node.text().is_some_and(|t| t.trim().is_empty())))
            .filter(|node| node.is_comment() && is_test_marking(node.text().unwrap_or_default()))
            .map(|node| self.tree.place(node));
        for node in header.children().filter(Node::is_element) {
            if out.header_blocks.len() == BLOCKS_MAX {
                self.unread.update(|unread| unread + 1);
                continue;
            }
            out.header_blocks.push(self.block(node));
            match (node.tag_name().namespace(), node.tag_name().name()) {
                (Some(EB), "MessageHeader") => out.message_headers.push(self.message_header(node)),
                (Some(EB), "AckRequested") => out.ack_requested.push(self.ack_requested(node)),
                (Some(EB), "Acknowledgment") => out.acknowledgments.push(self.acknowledgment(node)),
                (Some(EB), "ErrorList") => out.error_lists.push(self.error_list(node)),
                (Some(DS), "Signature") => out.signatures.push(signature::read_block(self.tree, node)),
                _ => {}
            }
        }
    }

    fn body(&self, body: Node<'a, 't>, out: &mut Envelope) {
        for node in body.children().filter(Node::is_element) {
            if out.body_blocks.len() == BLOCKS_MAX {
                self.unread.update(|unread| unread + 1);
                continue;
            }
            out.body_blocks.push(self.block(node));
            match (node.tag_name().namespace(), node.tag_name().name()) {
                (Some(EB), "Manifest") => out.manifests.push(self.manifest(node)),
                (Some(SOAP), "Fault") => out.faults.push(self.fault(node)),
                _ => {}
            }
        }
    }

    /// Blocks that stand somewhere else than where the profile puts them are seen, and said.
    fn misplaced(&self, root: Node<'a, 't>, out: &mut Envelope) {
        let mut more = 0usize;
        for node in root.descendants().filter(Node::is_element) {
            let Some(home) = home_of(node.tag_name().namespace(), node.tag_name().name()) else {
                continue;
            };
            let parent = node.parent().filter(Node::is_element).map(|p| p.tag_name());
            if parent.is_some_and(|p| p.namespace() == Some(SOAP) && p.name() == home) {
                continue;
            }
            if out.defects.len() == BLOCKS_MAX {
                more += 1;
                continue;
            }
            let name = canonical_name(node.tag_name().namespace(), node.tag_name().name());
            let message = format!("{name} does not stand in SOAP:{home}");
            out.defects.push(Defect::new(Layer::Envelope, "block-misplaced", message, self.tree.place(node)));
        }
        if more > 0 {
            let message = format!("{more} more blocks do not stand where the profile puts them");
            out.defects.push(Defect::new(Layer::Envelope, "block-misplaced", message, self.tree.place(root)));
        }
    }

    /// What was left unread is said, because nothing is concluded from what nobody read.
    fn limits(&self, root: Node<'a, 't>, out: &mut Envelope) {
        let unread = self.unread.get();
        if unread > 0 {
            let message = format!(
                "{unread} more elements are not read: {BLOCKS_MAX} blocks of Header and Body are, and {ELEMENTS_MAX} \
                 elements in them"
            );
            out.defects.push(Defect::new(Layer::Envelope, "elements-too-many", message, self.tree.place(root)));
        }
    }

    /// The children of that name, as far as they are read.
    fn list(
        &self,
        node: Node<'a, 't>,
        namespace: &'static str,
        name: &'static str,
    ) -> std::vec::IntoIter<Node<'a, 't>> {
        let mut listed = Vec::new();
        for child in children(node, namespace, name) {
            match self.left.get().checked_sub(1) {
                Some(left) => {
                    self.left.set(left);
                    listed.push(child);
                }
                None => self.unread.update(|unread| unread + 1),
            }
        }
        listed.into_iter()
    }

    fn block(&self, node: Node<'a, 't>) -> Block {
        let tag = node.tag_name();
        let name = canonical_name(tag.namespace(), tag.name());
        let name = match (name.contains(':'), tag.namespace()) {
            (false, Some(namespace)) => format!("{{{namespace}}}{}", tag.name()),
            _ => name,
        };
        Block {
            name,
            must_understand: self.attribute(node, SOAP, "mustUnderstand"),
            actor: self.attribute(node, SOAP, "actor"),
            place: self.tree.place(node),
        }
    }

    fn message_header(&self, node: Node<'a, 't>) -> MessageHeader {
        MessageHeader {
            place: self.tree.place(node),
            version: self.attribute(node, EB, "version"),
            must_understand: self.attribute(node, SOAP, "mustUnderstand"),
            from: self.list(node, EB, "From").map(|n| self.party(n)).collect(),
            to: self.list(node, EB, "To").map(|n| self.party(n)).collect(),
            cpa_id: self.texts(node, EB, "CPAId"),
            conversation_id: self.texts(node, EB, "ConversationId"),
            service: self
                .list(node, EB, "Service")
                .map(|n| Service { kind: self.attribute(n, EB, "type"), value: self.text(n) })
                .collect(),
            action: self.texts(node, EB, "Action"),
            message_data: self.list(node, EB, "MessageData").map(|n| self.message_data(n)).collect(),
            duplicate_elimination: self.places(node, EB, "DuplicateElimination"),
            description: self.texts(node, EB, "Description"),
        }
    }

    fn party(&self, node: Node<'a, 't>) -> PartyBlock {
        PartyBlock {
            place: self.tree.place(node),
            party_ids: self
                .list(node, EB, "PartyId")
                .map(|n| PartyId { kind: self.attribute(n, EB, "type"), value: self.text(n) })
                .collect(),
            role: self.texts(node, EB, "Role"),
        }
    }

    fn message_data(&self, node: Node<'a, 't>) -> MessageData {
        MessageData {
            place: self.tree.place(node),
            message_id: self.texts(node, EB, "MessageId"),
            timestamp: self.texts(node, EB, "Timestamp"),
            ref_to_message_id: self.texts(node, EB, "RefToMessageId"),
            time_to_live: self.texts(node, EB, "TimeToLive"),
        }
    }

    fn ack_requested(&self, node: Node<'a, 't>) -> AckRequested {
        AckRequested {
            place: self.tree.place(node),
            version: self.attribute(node, EB, "version"),
            must_understand: self.attribute(node, SOAP, "mustUnderstand"),
            actor: self.attribute(node, SOAP, "actor"),
            signed: self.attribute(node, EB, "signed"),
        }
    }

    fn acknowledgment(&self, node: Node<'a, 't>) -> Acknowledgment {
        let references: Vec<Reference> =
            self.list(node, DS, "Reference").map(|n| signature::read_reference(self.tree, n)).collect();
        Acknowledgment {
            place: self.tree.place(node),
            version: self.attribute(node, EB, "version"),
            must_understand: self.attribute(node, SOAP, "mustUnderstand"),
            actor: self.attribute(node, SOAP, "actor"),
            timestamp: self.texts(node, EB, "Timestamp"),
            ref_to_message_id: self.texts(node, EB, "RefToMessageId"),
            from: self.list(node, EB, "From").map(|n| self.party(n)).collect(),
            references,
        }
    }

    fn error_list(&self, node: Node<'a, 't>) -> ErrorList {
        ErrorList {
            place: self.tree.place(node),
            version: self.attribute(node, EB, "version"),
            must_understand: self.attribute(node, SOAP, "mustUnderstand"),
            highest_severity: self.attribute(node, EB, "highestSeverity"),
            errors: self
                .list(node, EB, "Error")
                .map(|n| ErrorEntry {
                    place: self.tree.place(n),
                    code: self.attribute(n, EB, "errorCode"),
                    severity: self.attribute(n, EB, "severity"),
                    location: self.attribute(n, EB, "location"),
                    description: self.texts(n, EB, "Description").into_iter().next(),
                })
                .collect(),
        }
    }

    fn manifest(&self, node: Node<'a, 't>) -> Manifest {
        Manifest {
            place: self.tree.place(node),
            version: self.attribute(node, EB, "version"),
            references: self
                .list(node, EB, "Reference")
                .map(|n| ManifestReference {
                    place: self.tree.place(n),
                    href: self.attribute(n, XLINK, "href"),
                    schemas: self
                        .list(n, EB, "Schema")
                        .map(|s| SchemaBlock {
                            place: self.tree.place(s),
                            location: self.attribute(s, EB, "location"),
                            version: self.attribute(s, EB, "version"),
                        })
                        .collect(),
                    description: self.texts(n, EB, "Description"),
                })
                .collect(),
        }
    }

    /// SOAP 1.1 leaves `faultcode` and `faultstring` unqualified.
    fn fault(&self, node: Node<'a, 't>) -> Fault {
        let child =
            |name: &str| node.children().find(|n| n.is_element() && n.tag_name().name() == name).map(|n| self.text(n));
        Fault { place: self.tree.place(node), code: child("faultcode"), string: child("faultstring") }
    }

    fn texts(&self, node: Node<'a, 't>, namespace: &'static str, name: &'static str) -> Vec<Located<String>> {
        self.list(node, namespace, name).map(|n| self.text(n)).collect()
    }

    fn text(&self, node: Node<'a, 't>) -> Located<String> {
        let value: String = node.descendants().filter(Node::is_text).filter_map(|n| n.text()).collect();
        Located::new(value, self.tree.place(node))
    }

    fn places(&self, node: Node<'a, 't>, namespace: &'static str, name: &'static str) -> Vec<Place> {
        self.list(node, namespace, name).map(|n| self.tree.place(n)).collect()
    }

    fn attribute(&self, node: Node<'a, 't>, namespace: &str, name: &str) -> Option<Located<String>> {
        let found = node.attributes().find(|a| a.namespace() == Some(namespace) && a.name() == name)?;
        Some(Located::new(found.value().to_owned(), self.tree.attribute_place(node, &found)))
    }
}

fn children<'a, 't>(
    node: Node<'a, 't>,
    namespace: &'static str,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 't>> {
    node.children()
        .filter(move |n| n.is_element() && n.tag_name().name() == name && n.tag_name().namespace() == Some(namespace))
}

fn home_of(namespace: Option<&str>, name: &str) -> Option<&'static str> {
    match (namespace?, name) {
        (EB, "MessageHeader" | "AckRequested" | "Acknowledgment" | "ErrorList") | (DS, "Signature") => Some("Header"),
        (EB, "Manifest" | "StatusRequest" | "StatusResponse") => Some("Body"),
        _ => None,
    }
}

/// The sentence of HITS 1172 5.15.2; the official sample writes it without the inner blanks.
fn is_test_marking(comment: &str) -> bool {
    comment.trim() == super::names::TEST_MARKING.trim()
}

#[cfg(test)]
mod tests {
    use super::super::MessageKind;
    use super::*;

    const ACK: &str = r#"<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:e="http://www.oasis-open.org/committees/ebxml-msg/schema/msg-header-2_0.xsd"><s:Header><e:MessageHeader s:mustUnderstand="1" e:version="2.0"><e:From><e:PartyId e:type="HER">1001</e:PartyId></e:From><e:To><e:PartyId e:type="HER">1212</e:PartyId></e:To><e:Action>Acknowledgment</e:Action><e:MessageData><e:MessageId> m1</e:MessageId></e:MessageData></e:MessageHeader><e:Acknowledgment><e:RefToMessageId>m0</e:RefToMessageId></e:Acknowledgment></s:Header><s:Body><e:Signature/></s:Body></s:Envelope>"#;

    #[test]
    fn reads_by_namespace_not_prefix() {
        let envelope = decode(ACK.as_bytes(), None).unwrap();
        assert_eq!(envelope.kind(), MessageKind::Acknowledgment);
        assert_eq!(envelope.about(), Some("m0"));
        assert_eq!(envelope.from_her(), Some(1001));
        assert_eq!(envelope.message_id(), Some("m1"));
        let header = envelope.header().unwrap();
        assert_eq!(header.message_data[0].message_id[0].value, " m1", "the value stays as written");
        assert_eq!(
            header.message_data[0].message_id[0].place.path,
            "/SOAP:Envelope/SOAP:Header/eb:MessageHeader/eb:MessageData/eb:MessageId"
        );
        assert!(header.cpa_id.is_empty());
        assert_eq!(envelope.body_blocks[0].name, "eb:Signature");
    }

    #[test]
    fn a_root_that_is_no_envelope_is_a_value() {
        let envelope = decode(b"<a><MessageHeader/></a>", None).unwrap();
        assert_eq!(envelope.root.value, "a");
        assert_eq!(envelope.kind(), MessageKind::Unknown);
        assert!(envelope.headers.is_empty() && envelope.bodies.is_empty());
    }

    fn document(namespaces: &str, content: &str) -> String {
        format!("<s:Envelope xmlns:s='{SOAP}' xmlns:e='{EB}' {namespaces}>{content}</s:Envelope>")
    }

    /// Bytes that are kept of an envelope, about: what it says of itself has every name, path and value in it.
    fn kept(envelope: &Envelope) -> usize {
        format!("{envelope:?}").len()
    }

    #[test]
    fn many_misplaced_blocks_below_long_names_are_kept_in_small_space() {
        let name = "a".repeat(1_000);
        let blocks = |name: &str| {
            let (open, close) = (format!("<{name}>").repeat(240), format!("</{name}>").repeat(240));
            document("", &format!("{open}{}{close}", "<e:Manifest/>".repeat(40_000)))
        };
        assert_eq!(decode(blocks(&name).as_bytes(), None), Err(XmlDefect::NameTooLong { line: 1 }));
        let envelope = decode(blocks(&name[..250]).as_bytes(), None).unwrap();
        assert_eq!(envelope.defects.len(), BLOCKS_MAX + 1);
        assert_eq!(envelope.defects[64].message, "39936 more blocks do not stand where the profile puts them");
        assert!(kept(&envelope) < 200_000, "{}", kept(&envelope));
    }

    #[test]
    fn many_blocks_in_a_long_namespace_are_kept_in_small_space() {
        let blocks = |uri: usize| {
            let content = format!("<s:Header>{}</s:Header><s:Body>{0}</s:Body>", "<q:a/>".repeat(60_000));
            document(&format!("xmlns:q='{}'", "u".repeat(uri)), &content.replace("{0}", &"<q:b/>".repeat(60_000)))
        };
        assert_eq!(decode(blocks(300_000).as_bytes(), None), Err(XmlDefect::NamespaceTooLong { line: 1 }));
        let envelope = decode(blocks(1_000).as_bytes(), None).unwrap();
        assert_eq!((envelope.header_blocks.len(), envelope.body_blocks.len()), (BLOCKS_MAX, BLOCKS_MAX));
        assert_eq!((envelope.defects.len(), envelope.defects[0].code), (1, "elements-too-many"));
        assert!(envelope.defects[0].message.starts_with("119872 more elements are not read"), "{:?}", envelope.defects);
        assert!(kept(&envelope) < 200_000, "{}", kept(&envelope));
    }

    #[test]
    fn what_stands_in_blocks_is_read_up_to_a_number() {
        let references = "<e:Reference><e:Schema/><e:Description/></e:Reference>".repeat(20_000);
        let content = format!(
            "<s:Header><e:MessageHeader><e:From>{}</e:From></e:MessageHeader></s:Header><s:Body><e:Manifest>{references}</e:Manifest></s:Body>",
            "<e:PartyId/>".repeat(100)
        );
        let envelope = decode(document("", &content).as_bytes(), None).unwrap();
        assert_eq!(envelope.header().unwrap().from[0].party_ids.len(), 100);
        let listed = &envelope.manifests[0].references;
        let inner: usize = listed.iter().map(|r| r.schemas.len() + r.description.len()).sum();
        assert!(listed.len() + inner <= ELEMENTS_MAX, "{} and {inner}", listed.len());
        assert_eq!(envelope.defects.last().unwrap().code, "elements-too-many");
        assert!(kept(&envelope) < 4 * content.len(), "{}", kept(&envelope));
    }

    #[test]
    fn misplaced_blocks_are_defects() {
        let text = r#"<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" xmlns:e="http://www.oasis-open.org/committees/ebxml-msg/schema/msg-header-2_0.xsd"><s:Body><e:AckRequested/></s:Body></s:Envelope>"#;
        let envelope = decode(text.as_bytes(), None).unwrap();
        assert_eq!(envelope.defects.len(), 1);
        assert_eq!(envelope.defects[0].code, "block-misplaced");
    }
}
