//! Canonical XML 1.0, inclusive and exclusive, with and without comments, over a part of a document.
//!
//! The parts that are signed in this traffic are whole subtrees without some smaller subtrees (enveloped-signature and the
//! XPath of HIS 1037 5.5 step 4 both leave out a node with everything in it), so that is the node set that is offered.

mod lexical;

use super::algorithm;
use lexical::{escape, prefix_of, push_unix, qname, start_tag};
use roxmltree::{Attribute, Node};
use std::collections::HashMap;

/// Why [`within_limit`] gives nothing.
pub(super) const TOO_LARGE: &str = "the canonical form is far larger than its document";
/// Bytes that a canonical form may always have.
const GROWTH_BYTES: usize = 1024 * 1024;
/// How many times as large as its document a canonical form may be beyond that.
const GROWTH_FACTOR: usize = 8;

const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// A canonicalisation method.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Method {
    /// Which namespaces are written.
    pub kind: Kind,
    /// Whether comments are written.
    pub comments: bool,
    /// `PrefixList` of an exclusive method: prefixes treated as the inclusive method does; `#default` for none.
    pub inclusive_prefixes: Vec<String>,
}

/// Inclusive or exclusive canonicalisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Kind {
    /// Canonical XML 1.0: every namespace in scope is written, and `xml:` attributes are inherited.
    #[default]
    Inclusive,
    /// Exclusive XML Canonicalization 1.0: only namespaces that are visibly used are written.
    Exclusive,
}

impl Method {
    /// The method that an algorithm URI names; `None` when it is no canonicalisation that is known here.
    pub fn of(uri: &str, inclusive_prefixes: &[String]) -> Option<Self> {
        let (kind, comments) = match uri {
            algorithm::C14N => (Kind::Inclusive, false),
            algorithm::C14N_COMMENTS => (Kind::Inclusive, true),
            algorithm::EXC_C14N => (Kind::Exclusive, false),
            algorithm::EXC_C14N_COMMENTS => (Kind::Exclusive, true),
            _ => return None,
        };
        Some(Self { kind, comments, inclusive_prefixes: inclusive_prefixes.to_vec() })
    }
}

/// Writes `apex` (an element, or the root node for a whole document) and what is in it in canonical form, without the
/// nodes for which `left_out` says true and everything in those.
///
/// ```
/// use provestein_wire::{signature::canonical::{Method, canonicalise}, xml::Tree};
/// let tree = Tree::parse("<a  c='1' b = \"2\"><!-- x --><d/></a>").expect("it is XML");
/// let text = canonicalise(tree.document().root(), &Method::default(), &|_| false);
/// assert_eq!(text, "<a b=\"2\" c=\"1\"><d></d></a>");
/// ```
pub fn canonicalise(apex: Node<'_, '_>, method: &Method, left_out: &dyn Fn(Node<'_, '_>) -> bool) -> String {
    write(apex, method, left_out, usize::MAX).unwrap_or_default()
}

/// [`canonicalise`] for documents from outside; `None` when the form outgrows its document. Exclusive canonicalisation
/// repeats a namespace on every element that uses it, which makes 175 bytes out of one at worst, in real messages 2.
pub(super) fn within_limit(
    apex: Node<'_, '_>,
    method: &Method,
    left_out: &dyn Fn(Node<'_, '_>) -> bool,
) -> Option<String> {
    let limit = GROWTH_BYTES + GROWTH_FACTOR * apex.document().input_text().len();
    write(apex, method, left_out, limit)
}

fn write(apex: Node<'_, '_>, method: &Method, left_out: &dyn Fn(Node<'_, '_>) -> bool, limit: usize) -> Option<String> {
    let mut writer = Writer {
        out: String::with_capacity(apex.range().len()),
        method,
        past_root: false,
        bound: HashMap::new(),
        rendered: Vec::new(),
        marks: Vec::new(),
    };
    // Not recursive, so that depth costs no stack.
    let mut next = Some(apex);
    while let Some(node) = next {
        if writer.out.len() > limit {
            return None;
        }
        writer.past_root |= node.is_element();
        let kept = !left_out(node);
        if kept {
            writer.enter(node, node == apex);
        }
        if kept && let Some(child) = node.first_child() {
            next = Some(child);
            continue;
        }
        next = None;
        let mut done = Some((node, kept));
        while let Some((node, kept)) = done {
            if kept {
                writer.leave(node);
            }
            if node == apex {
                break;
            }
            if let Some(sibling) = node.next_sibling() {
                next = Some(sibling);
                break;
            }
            done = node.parent().map(|parent| (parent, true));
        }
    }
    Some(writer.out)
}

struct Writer<'m, 'a> {
    out: String,
    method: &'m Method,
    /// Whether an element was met: outside of it, that is the document element.
    past_root: bool,
    /// For each prefix the namespaces written on the elements that are open, innermost last.
    bound: HashMap<&'a str, Vec<&'a str>>,
    /// The prefixes in the order in which they were written.
    rendered: Vec<&'a str>,
    /// Length of `rendered` before each open element.
    marks: Vec<usize>,
}

impl<'a> Writer<'_, 'a> {
    fn enter<'i: 'a>(&mut self, node: Node<'a, 'i>, is_apex: bool) {
        if node.is_element() {
            self.start_tag(node, is_apex);
        } else if node.is_text() {
            escape(&mut self.out, node.text().unwrap_or_default(), false);
        } else if node.is_comment() {
            if self.method.comments {
                self.outside_line(node, |out| {
                    out.push_str("<!--");
                    push_unix(out, node.text().unwrap_or_default());
                    out.push_str("-->");
                });
            }
        } else if let Some(instruction) = node.pi() {
            self.outside_line(node, |out| {
                out.push_str("<?");
                out.push_str(instruction.target);
                if let Some(value) = instruction.value {
                    out.push(' ');
                    push_unix(out, value);
                }
                out.push_str("?>");
            });
        }
    }

    fn leave(&mut self, node: Node<'_, '_>) {
        if node.is_element() {
            self.out.push_str("</");
            self.out.push_str(qname(start_tag(node)));
            self.out.push('>');
            let mark = self.marks.pop().unwrap_or(0);
            for prefix in self.rendered.drain(mark..) {
                self.bound.get_mut(prefix).and_then(Vec::pop);
            }
        }
    }

    /// Comments and instructions outside the document element stand on lines of their own.
    fn outside_line(&mut self, node: Node<'_, '_>, write: impl FnOnce(&mut String)) {
        let outside = node.parent().is_some_and(|parent| parent.is_root());
        let after = outside && self.past_root;
        if after {
            self.out.push('\n');
        }
        write(&mut self.out);
        if outside && !after {
            self.out.push('\n');
        }
    }

    fn start_tag<'i: 'a>(&mut self, node: Node<'a, 'i>, is_apex: bool) {
        let source = start_tag(node);
        self.out.push('<');
        self.out.push_str(qname(source));
        let mut attributes: Vec<(Attribute<'a, 'i>, &'a str)> = node
            .attributes()
            .map(|attribute| (attribute, &node.document().input_text()[attribute.range_qname()]))
            .collect();
        if is_apex && self.method.kind == Kind::Inclusive {
            inherit(node, &mut attributes);
        }
        attributes.sort_by(|(a, _), (b, _)| {
            (a.namespace().unwrap_or(""), a.name()).cmp(&(b.namespace().unwrap_or(""), b.name()))
        });
        self.marks.push(self.rendered.len());
        let mut namespaces = match self.method.kind {
            Kind::Inclusive if !is_apex && !source.contains("xmlns") => Vec::new(),
            Kind::Inclusive => self.all_in_scope(node),
            Kind::Exclusive => self.visibly_used(node, source, &attributes),
        };
        namespaces.sort_unstable();
        for (prefix, uri) in namespaces {
            self.out.push_str(if prefix.is_empty() { " xmlns" } else { " xmlns:" });
            self.out.push_str(prefix);
            self.value(uri);
            self.bound.entry(prefix).or_default().push(uri);
            self.rendered.push(prefix);
        }
        for (attribute, name) in attributes {
            self.out.push(' ');
            self.out.push_str(name);
            self.value(attribute.value());
        }
        self.out.push('>');
    }

    fn value(&mut self, value: &str) {
        self.out.push_str("=\"");
        escape(&mut self.out, value, true);
        self.out.push('"');
    }

    fn all_in_scope<'i: 'a>(&self, node: Node<'a, 'i>) -> Vec<(&'a str, &'a str)> {
        node.namespaces()
            .map(|namespace| (namespace.name().unwrap_or(""), namespace.uri()))
            .filter(|(prefix, uri)| self.is_news(prefix, uri))
            .collect()
    }

    fn visibly_used<'i: 'a>(
        &self,
        node: Node<'a, 'i>,
        source: &'a str,
        attributes: &[(Attribute<'a, 'i>, &'a str)],
    ) -> Vec<(&'a str, &'a str)> {
        let mut used: Vec<(&'a str, &'a str)> =
            vec![(prefix_of(qname(source)).unwrap_or(""), node.tag_name().namespace().unwrap_or(""))];
        for (attribute, name) in attributes {
            if let (Some(prefix), Some(uri)) = (prefix_of(name), attribute.namespace()) {
                used.push((prefix, uri));
            }
        }
        for listed in &self.method.inclusive_prefixes {
            let listed = if listed == "#default" { "" } else { listed };
            let found = node.namespaces().find(|n| n.name().unwrap_or("") == listed);
            if let Some(found) = found {
                used.push((found.name().unwrap_or(""), found.uri()));
            }
        }
        used.sort_unstable();
        used.dedup();
        used.retain(|(prefix, uri)| self.is_news(prefix, uri));
        used
    }

    /// Whether a binding differs from what the nearest element written around it says.
    fn is_news(&self, prefix: &str, uri: &str) -> bool {
        if prefix == "xml" {
            return false;
        }
        match self.bound.get(prefix).and_then(|uris| uris.last()) {
            Some(known) => *known != uri,
            None => !uri.is_empty(),
        }
    }
}

/// Canonical XML 1.0 section 2.4: the apex takes over the `xml:` attributes of its ancestors.
fn inherit<'a, 'i: 'a>(apex: Node<'a, 'i>, attributes: &mut Vec<(Attribute<'a, 'i>, &'a str)>) {
    for ancestor in apex.ancestors().skip(1) {
        for attribute in ancestor.attributes().filter(|a| a.namespace() == Some(XML)) {
            let known =
                attributes.iter().any(|(other, _)| other.namespace() == Some(XML) && other.name() == attribute.name());
            if !known {
                let name = &apex.document().input_text()[attribute.range_qname()];
                attributes.push((attribute, name));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::xml::Tree;

    fn whole(text: &str, method: &Method) -> String {
        let tree = Tree::parse(text).unwrap();
        canonicalise(tree.document().root(), method, &|_| false)
    }

    fn exclusive(prefixes: &[&str]) -> Method {
        let prefixes: Vec<String> = prefixes.iter().map(|&p| p.to_owned()).collect();
        Method::of(algorithm::EXC_C14N, &prefixes).unwrap()
    }

    #[test]
    fn orders_escapes_and_expands() {
        let text = "<?xml version='1.0'?>\n<?pi  some\r\ndata?><!-- c -->\n<e z='1' a='&#9;&#10;&#13;\"&lt;>' xmlns:b='urn:b' \
                    b:a='x'  >\r\n<![CDATA[<&>]]>&#13;<f/></e>\n<!-- d --><?end?>\n";
        let body =
            "<e xmlns:b=\"urn:b\" a=\"&#x9;&#xA;&#xD;&quot;&lt;>\" z=\"1\" b:a=\"x\">\n&lt;&amp;&gt;&#xD;<f></f></e>";
        assert_eq!(whole(text, &Method::default()), format!("<?pi some\ndata?>\n{body}\n<?end?>"));
        let comments = Method::of(algorithm::C14N_COMMENTS, &[]).unwrap();
        assert_eq!(whole(text, &comments), format!("<?pi some\ndata?>\n<!-- c -->\n{body}\n<!-- d -->\n<?end?>"));
    }

    #[test]
    fn inclusive_writes_every_namespace_once() {
        let text = "<a xmlns='urn:1' xmlns:p='urn:p'><b xmlns='urn:1' xmlns:p='urn:p'><p:c xmlns=''><d xmlns=''/></p:c></b></a>";
        assert_eq!(
            whole(text, &Method::default()),
            "<a xmlns=\"urn:1\" xmlns:p=\"urn:p\"><b><p:c xmlns=\"\"><d></d></p:c></b></a>"
        );
    }

    #[test]
    fn exclusive_writes_a_namespace_where_it_is_used() {
        let text = "<a xmlns:p='urn:p' xmlns:q='urn:q' xmlns='urn:1'><b p:x='1'/><p:c><p:d/></p:c></a>";
        assert_eq!(
            whole(text, &exclusive(&[])),
            "<a xmlns=\"urn:1\"><b xmlns:p=\"urn:p\" p:x=\"1\"></b><p:c xmlns:p=\"urn:p\"><p:d></p:d></p:c></a>"
        );
        assert_eq!(
            whole(text, &exclusive(&["q", "none"])),
            "<a xmlns=\"urn:1\" xmlns:q=\"urn:q\"><b xmlns:p=\"urn:p\" p:x=\"1\"></b><p:c xmlns:p=\"urn:p\"><p:d></p:d></p:c></a>"
        );
    }

    #[test]
    fn a_part_takes_namespaces_and_xml_attributes_from_above() {
        let text = "<a xmlns:p='urn:p' xml:lang='nb' xml:space='preserve'><b xml:lang='nn'><c/></b></a>";
        let tree = Tree::parse(text).unwrap();
        let part = tree.root().first_element_child().unwrap();
        assert_eq!(
            canonicalise(part, &Method::default(), &|_| false),
            "<b xmlns:p=\"urn:p\" xml:lang=\"nn\" xml:space=\"preserve\"><c></c></b>"
        );
        assert_eq!(canonicalise(part, &exclusive(&[]), &|_| false), "<b xml:lang=\"nn\"><c></c></b>");
    }

    #[test]
    fn a_form_that_outgrows_its_document_is_given_up() {
        let text = format!("<a xmlns:q='{}'>{}</a>", "u".repeat(1_000), "<q:b/>".repeat(20_000));
        let tree = Tree::parse(&text).unwrap();
        let root = tree.document().root();
        assert_eq!(within_limit(root, &exclusive(&[]), &|_| false), None);
        let inclusive = within_limit(root, &Method::default(), &|_| false).unwrap();
        assert!(inclusive.len() < 3 * text.len());
    }

    #[test]
    fn leaves_out_subtrees() {
        let tree = Tree::parse("<a><b><c/></b>t<b/><d/></a>").unwrap();
        let text = canonicalise(tree.document().root(), &Method::default(), &|node| node.has_tag_name("b"));
        assert_eq!(text, "<a>t<d></d></a>");
        let text = canonicalise(tree.root(), &Method::default(), &|node| node.has_tag_name("a"));
        assert_eq!(text, "");
    }
}
