//! A parsed document with positions and canonical paths.

use super::XmlDefect;
use crate::place::{Place, Span};
use roxmltree::{Attribute, Document, Node, ParsingOptions};
use std::collections::HashMap;

/// Bytes between two places where the characters so far are known.
const STRIDE: usize = 256;
/// About how many bytes a path has at most: a hostile document has many places, and long names above all of them.
const PATH_BYTES: usize = 1_024;

/// A parsed document. Borrowed from the text it was parsed from.
#[derive(Debug)]
pub struct Tree<'t> {
    document: Document<'t>,
    line_starts: Vec<usize>,
    /// Characters before each multiple of [`STRIDE`]: a document may be one long line.
    characters: Vec<usize>,
    /// For each node its position among siblings of the same name, 0 where it is the only one. Counted once:
    /// counting at each question would take quadratic time for many siblings.
    positions: Vec<u32>,
}

impl<'t> Tree<'t> {
    /// Parses text that has passed the gate.
    ///
    /// # Errors
    /// [`XmlDefect::NotWellFormed`].
    pub fn parse(text: &'t str) -> Result<Self, XmlDefect> {
        let options = ParsingOptions { allow_dtd: false, nodes_limit: u32::MAX, ..ParsingOptions::default() };
        let document = Document::parse_with_options(text, options).map_err(|error| {
            let position = error.pos();
            XmlDefect::NotWellFormed { message: error.to_string(), line: position.row, column: position.col }
        })?;
        let line_starts = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1))
            .collect();
        let positions = positions(&document);
        Ok(Self { document, line_starts, characters: characters(text), positions })
    }

    /// The underlying document.
    pub fn document(&self) -> &Document<'t> {
        &self.document
    }

    /// The root element.
    pub fn root(&self) -> Node<'_, 't> {
        self.document.root_element()
    }

    /// Where a node stands.
    pub fn place(&self, node: Node<'_, 't>) -> Place {
        let range = node.range();
        self.at(self.path_of(node), Span::new(range.start, range.end))
    }

    /// Where an attribute of a node stands.
    pub fn attribute_place(&self, node: Node<'_, 't>, attribute: &Attribute<'_, 't>) -> Place {
        let range = attribute.range();
        let name = canonical_name(attribute.namespace(), attribute.name());
        self.at(format!("{}/@{name}", self.path_of(node)), Span::new(range.start, range.end))
    }

    fn path_of(&self, node: Node<'_, 't>) -> String {
        let steps: Vec<Node<'_, 't>> = node.ancestors().filter(Node::is_element).collect();
        // The lowest steps say most, and the outermost where it all is; what is too long loses its middle.
        let (mut low, mut room) = (0, PATH_BYTES);
        for step in &steps {
            room = room.saturating_sub(width(*step));
            if room == 0 && low > 0 {
                break;
            }
            low += 1;
        }
        let mut path = String::with_capacity(low * 24);
        if low < steps.len() {
            if let Some(root) = steps.last() {
                path.push('/');
                self.add_step(&mut path, *root);
            }
            path.push_str("/…");
        }
        for step in steps[..low].iter().rev() {
            path.push('/');
            self.add_step(&mut path, *step);
        }
        if path.is_empty() { "/".to_owned() } else { path }
    }

    /// A position is added only where siblings of the same name make it necessary.
    fn add_step(&self, path: &mut String, node: Node<'_, 't>) {
        let tag = node.tag_name();
        if let Some(prefix) = tag.namespace().and_then(prefix_of) {
            path.push_str(prefix);
            path.push(':');
        }
        path.push_str(tag.name());
        if let Some(position) = self.positions.get(node.id().get_usize()).filter(|p| **p > 0) {
            path.push_str(&format!("[{position}]"));
        }
    }

    fn characters_before(&self, offset: usize) -> usize {
        let chunk = offset / STRIDE;
        self.characters[chunk] + self.characters_between(chunk * STRIDE, offset)
    }

    fn characters_between(&self, start: usize, end: usize) -> usize {
        characters_in(&self.document.input_text().as_bytes()[start..end])
    }

    fn at(&self, path: String, span: Span) -> Place {
        let line = self.line_starts.partition_point(|&start| start <= span.start);
        let start = self.line_starts[line - 1];
        let before = if span.start - start < STRIDE {
            self.characters_between(start, span.start)
        } else {
            self.characters_before(span.start) - self.characters_before(start)
        };
        Place { path, span, line: line as u32, column: before as u32 + 1 }
    }
}

/// `prefix:local` with the prefix that this tool always prints for a namespace, whatever the document used.
pub fn canonical_name(namespace: Option<&str>, local: &str) -> String {
    match namespace.and_then(prefix_of) {
        Some(prefix) => format!("{prefix}:{local}"),
        None => local.to_owned(),
    }
}

fn prefix_of(namespace: &str) -> Option<&'static str> {
    use crate::ebxml::names;
    Some(match namespace {
        names::SOAP => "SOAP",
        names::EB => "eb",
        names::DS => "ds",
        names::XLINK => "xlink",
        "http://www.w3.org/XML/1998/namespace" => "xml",
        "http://www.w3.org/2001/XMLSchema-instance" => "xsi",
        _ => return None,
    })
}

/// About how many bytes the step of a node adds to a path.
fn width(node: Node<'_, '_>) -> usize {
    node.tag_name().name().len() + 8
}

/// How many characters stand before each multiple of [`STRIDE`].
fn characters(text: &str) -> Vec<usize> {
    let mut total = 0;
    let chunks = text.as_bytes().chunks(STRIDE).map(|chunk| {
        let before = total;
        total += characters_in(chunk);
        before
    });
    let mut counts: Vec<usize> = chunks.collect();
    counts.push(total);
    counts
}

/// Every byte that does not continue a character begins one.
fn characters_in(bytes: &[u8]) -> usize {
    bytes.iter().map(|b| usize::from(b & 0xc0 != 0x80)).sum()
}

fn positions(document: &Document<'_>) -> Vec<u32> {
    let mut positions = Vec::new();
    let mut last: HashMap<_, (usize, u32)> = HashMap::new();
    for parent in document.descendants().filter(Node::has_children) {
        last.clear();
        for child in parent.children().filter(Node::is_element) {
            let id = child.id().get_usize();
            if positions.len() <= id {
                positions.resize(id + 1, 0);
            }
            let entry = last.entry((child.tag_name().namespace(), child.tag_name().name())).or_insert((id, 0));
            entry.1 += 1;
            if entry.1 > 1 {
                positions[entry.0] = 1;
                positions[id] = entry.1;
            }
        }
    }
    positions
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_places_with_canonical_prefixes() {
        let text =
            "<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'>\n  <æ/><b/><b x='1'/></s:Envelope>";
        let tree = Tree::parse(text).unwrap();
        let last = tree.root().last_element_child().unwrap();
        let place = tree.place(last);
        assert_eq!(place.path, "/SOAP:Envelope/b[2]");
        assert_eq!((place.line, place.column), (2, 11));
        let attribute = last.attributes().next().unwrap();
        assert_eq!(tree.attribute_place(last, &attribute).path, "/SOAP:Envelope/b[2]/@x");
    }

    #[test]
    fn a_long_path_loses_its_middle() {
        let name = "n".repeat(200);
        let text = format!("<a>{}<b/>{}</a>", format!("<{name}>").repeat(20), format!("</{name}>").repeat(20));
        let tree = Tree::parse(&text).unwrap();
        let deepest = tree.root().descendants().find(|node| node.has_tag_name("b")).unwrap();
        let path = tree.place(deepest).path;
        assert!(path.starts_with("/a/…/nnn") && path.ends_with("n/b"), "{path}");
        assert!(path.len() < 1_100, "{}", path.len());
        let text = format!("{}<b/>{}", "<c>".repeat(100), "</c>".repeat(100));
        let tree = Tree::parse(&text).unwrap();
        let deepest = tree.root().descendants().find(|node| node.has_tag_name("b")).unwrap();
        assert_eq!(tree.place(deepest).path, format!("{}/b", "/c".repeat(100)));
    }

    #[test]
    fn says_where_it_is_not_well_formed() {
        let Err(XmlDefect::NotWellFormed { line, .. }) = Tree::parse("<a>\n<b></a>") else { panic!("parsed") };
        assert_eq!(line, 2);
    }
}
