//! Reads the structure of a signature out of a parsed document; what it proves is another question.

use super::REFERENCES_MAX;
use super::model::{KeyInfo, Reference, SignatureBlock, SignedInfo, Transform, X509Data};
use super::resolve::TRANSFORMS_MAX;
use crate::ebxml::names::DS;
use crate::place::Located;
use crate::xml::Tree;
use roxmltree::Node;

/// Prefixes of one list that are read: real lists have fewer than 5, and each is looked for at every element.
const PREFIXES_MAX: usize = 16;
/// Bindings of one XPath that are kept: the expression of HIS 1037 5.5 has two prefixes at most.
const BINDINGS_MAX: usize = 4;
/// Elements of one kind that are read where one is expected, or very few.
const FEW: usize = 8;

const EXC_C14N_NS: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";

/// Reads a `ds:Signature` element. Where a number is limited, one more than what is verified is read, so that the
/// verification says so.
pub fn read_block<'t>(tree: &Tree<'t>, node: Node<'_, 't>) -> SignatureBlock {
    SignatureBlock {
        place: tree.place(node),
        signed_info: children(node, "SignedInfo").take(2).map(|n| signed_info(tree, n)).collect(),
        signature_value: children(node, "SignatureValue").take(2).map(|n| text(tree, n)).collect(),
        key_info: children(node, "KeyInfo")
            .take(FEW)
            .map(|n| KeyInfo {
                place: tree.place(n),
                x509_data: children(n, "X509Data")
                    .take(FEW)
                    .map(|d| X509Data {
                        place: tree.place(d),
                        certificates: children(d, "X509Certificate").take(FEW).map(|c| text(tree, c)).collect(),
                    })
                    .collect(),
            })
            .collect(),
    }
}

fn signed_info<'t>(tree: &Tree<'t>, node: Node<'_, 't>) -> SignedInfo {
    let method = |name: &'static str| children(node, name).next().and_then(|n| attribute(tree, n, "Algorithm"));
    SignedInfo {
        place: tree.place(node),
        canonicalization: method("CanonicalizationMethod"),
        method: method("SignatureMethod"),
        references: children(node, "Reference").take(REFERENCES_MAX + 1).map(|n| read_reference(tree, n)).collect(),
    }
}

/// Reads a `ds:Reference` element.
pub fn read_reference<'t>(tree: &Tree<'t>, node: Node<'_, 't>) -> Reference {
    Reference {
        place: tree.place(node),
        uri: attribute(tree, node, "URI"),
        transforms: children(node, "Transforms")
            .flat_map(|n| children(n, "Transform"))
            .take(TRANSFORMS_MAX + 1)
            .map(|n| Transform {
                algorithm: attribute(tree, n, "Algorithm")
                    .unwrap_or_else(|| Located::new(String::new(), tree.place(n).child("@Algorithm"))),
                xpath: children(n, "XPath").next().map(|x| text(tree, x).value),
                xpath_bindings: children(n, "XPath").next().map(bindings).unwrap_or_default(),
                inclusive_prefixes: prefix_list(n),
            })
            .collect(),
        digest_method: children(node, "DigestMethod").next().and_then(|n| attribute(tree, n, "Algorithm")),
        digest_value: children(node, "DigestValue").next().map(|n| text(tree, n)),
    }
}

/// `PrefixList` of the `InclusiveNamespaces` in a transform or a CanonicalizationMethod.
pub(super) fn prefix_list(node: Node<'_, '_>) -> Vec<String> {
    node.children()
        .find(|child| child.has_tag_name((EXC_C14N_NS, "InclusiveNamespaces")))
        .and_then(|child| child.attribute("PrefixList"))
        .map(|list| list.split_whitespace().take(PREFIXES_MAX).map(str::to_owned).collect())
        .unwrap_or_default()
}

/// The bindings in scope whose prefix occurs in the expression.
fn bindings(xpath: Node<'_, '_>) -> Vec<(String, String)> {
    let expression: String = xpath.children().filter_map(|n| n.text()).collect();
    xpath
        .namespaces()
        .filter_map(|namespace| Some((namespace.name()?.to_owned(), namespace.uri().to_owned())))
        .filter(|(prefix, _)| expression.contains(&format!("{prefix}:")))
        .take(BINDINGS_MAX)
        .collect()
}

pub(super) fn children<'a, 't>(node: Node<'a, 't>, name: &'static str) -> impl Iterator<Item = Node<'a, 't>> {
    node.children().filter(move |n| n.has_tag_name((DS, name)))
}

fn text<'t>(tree: &Tree<'t>, node: Node<'_, 't>) -> Located<String> {
    let value: String = node.descendants().filter(Node::is_text).filter_map(|n| n.text()).collect();
    Located::new(value, tree.place(node))
}

fn attribute<'t>(tree: &Tree<'t>, node: Node<'_, 't>, name: &str) -> Option<Located<String>> {
    let found = node.attributes().find(|a| a.namespace().is_none() && a.name() == name)?;
    Some(Located::new(found.value().to_owned(), tree.attribute_place(node, &found)))
}
