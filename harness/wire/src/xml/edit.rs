//! Changes one node of a document and nothing else: for scenarios that send something wrong on purpose.

use super::{Tree, XmlDefect, canonical_name};
use roxmltree::Node;
use std::fmt;
use std::ops::Range;
use std::str::FromStr;
use thiserror::Error;

/// A path of a documented small subset: `/A/B[2]/@c`, or `//B` for an element anywhere. Names carry the
/// canonical prefixes of [`super::canonical_name`]; elements of message bodies are written without prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    anywhere: bool,
    steps: Vec<(String, Option<usize>)>,
    attribute: Option<String>,
}

/// What to do with the one node that a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Give it this value (an element's content becomes this text).
    Set(String),
    /// Take it away.
    Remove,
    /// Write it twice.
    Duplicate,
    /// Put this XML before the end tag.
    Append(String),
}

/// Why an edit cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EditError {
    /// The path is not of the subset.
    #[error("path `{0}` is not of the form /A/B[2]/@c or //B")]
    BadPath(String),
    /// The path names no node, or several.
    #[error("path `{path}` names {found} nodes, it must name exactly one")]
    NotOne {
        /// The path.
        path: String,
        /// How many it names.
        found: usize,
    },
    /// The edit does not fit the node.
    #[error("an attribute cannot be duplicated or appended to (path `{0}`)")]
    NotForAttributes(String),
    /// The document cannot be read.
    #[error(transparent)]
    Xml(#[from] XmlDefect),
}

impl FromStr for Path {
    type Err = EditError;

    fn from_str(text: &str) -> Result<Self, EditError> {
        let bad = || EditError::BadPath(text.to_owned());
        let (anywhere, rest) = match text.strip_prefix("//") {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('/').ok_or_else(bad)?),
        };
        let mut steps = Vec::new();
        let mut attribute = None;
        for step in rest.split('/') {
            if attribute.is_some() || step.is_empty() {
                return Err(bad());
            }
            if let Some(name) = step.strip_prefix('@') {
                attribute = Some(name.to_owned());
            } else if let Some((name, position)) = step.split_once('[') {
                let position = position.strip_suffix(']').and_then(|p| p.parse().ok()).filter(|p| *p > 0);
                steps.push((name.to_owned(), Some(position.ok_or_else(bad)?)));
            } else {
                steps.push((step.to_owned(), None));
            }
        }
        if steps.is_empty() { Err(bad()) } else { Ok(Self { anywhere, steps, attribute }) }
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.anywhere { "//" } else { "/" })?;
        let steps: Vec<String> = self
            .steps
            .iter()
            .map(|(name, position)| position.map_or_else(|| name.clone(), |p| format!("{name}[{p}]")))
            .collect();
        f.write_str(&steps.join("/"))?;
        self.attribute.as_ref().map_or(Ok(()), |name| write!(f, "/@{name}"))
    }
}

/// Applies an edit to the one node that `path` names; every other byte stays.
///
/// # Errors
/// [`EditError`], saying how many nodes the path names.
pub fn edit(text: &str, path: &Path, edit: &Edit) -> Result<String, EditError> {
    let tree = Tree::parse(text)?;
    let mut nodes = select(&tree, path);
    if let Some(name) = &path.attribute {
        nodes.retain(|node| node.attributes().any(|a| canonical_name(a.namespace(), a.name()) == *name));
    }
    let [node] = nodes[..] else {
        return Err(EditError::NotOne { path: path.to_string(), found: nodes.len() });
    };
    let (range, replacement) = match &path.attribute {
        Some(name) => attribute_edit(node, name, path, edit)?,
        None => element_edit(text, node, edit),
    };
    Ok(format!("{}{replacement}{}", &text[..range.start], &text[range.end..]))
}

fn select<'a, 't>(tree: &'a Tree<'t>, path: &Path) -> Vec<Node<'a, 't>> {
    let mut steps = path.steps.iter();
    let Some(first) = steps.next() else { return Vec::new() };
    let mut found: Vec<Node<'_, '_>> = if path.anywhere {
        tree.root().descendants().filter(|node| matches(*node, first)).collect()
    } else {
        Some(tree.root()).into_iter().filter(|node| matches(*node, first)).collect()
    };
    for step in steps {
        found = found.into_iter().flat_map(|node| node.children().filter(|child| matches(*child, step))).collect();
    }
    found
}

fn matches(node: Node<'_, '_>, (name, position): &(String, Option<usize>)) -> bool {
    if !node.is_element() || canonical_name(node.tag_name().namespace(), node.tag_name().name()) != *name {
        return false;
    }
    position.is_none_or(|wanted| {
        let before = node.prev_siblings().skip(1).filter(|o| o.is_element() && o.tag_name() == node.tag_name()).count();
        before + 1 == wanted
    })
}

fn attribute_edit(
    node: Node<'_, '_>,
    name: &str,
    path: &Path,
    edit: &Edit,
) -> Result<(Range<usize>, String), EditError> {
    let attribute = node
        .attributes()
        .find(|a| canonical_name(a.namespace(), a.name()) == name)
        .ok_or_else(|| EditError::NotOne { path: path.to_string(), found: 0 })?;
    match edit {
        Edit::Set(value) => Ok((attribute.range_value(), quick_xml::escape::escape(value).into_owned())),
        Edit::Remove => Ok((attribute.range(), String::new())),
        Edit::Duplicate | Edit::Append(_) => Err(EditError::NotForAttributes(path.to_string())),
    }
}

fn element_edit(text: &str, node: Node<'_, '_>, edit: &Edit) -> (Range<usize>, String) {
    let range = node.range();
    let whole = &text[range.clone()];
    match edit {
        Edit::Remove => (range, String::new()),
        Edit::Duplicate => (range, whole.repeat(2)),
        Edit::Set(value) => {
            let (start, end) = tags(whole);
            (range, format!("{start}{}{end}", quick_xml::escape::partial_escape(value)))
        }
        Edit::Append(xml) => {
            let (start, end) = tags(whole);
            let inner = if whole.ends_with("/>") { "" } else { &whole[start.len()..whole.len() - end.len()] };
            (range, format!("{start}{inner}{xml}{end}"))
        }
    }
}

/// The start and end tag of a serialised element; an empty element is opened.
fn tags(whole: &str) -> (String, String) {
    let mut quote = None;
    let mut close = whole.len() - 1;
    for (index, byte) in whole.bytes().enumerate() {
        match (quote, byte) {
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            (None, b'>') => {
                close = index;
                break;
            }
            _ => {}
        }
    }
    let start = &whole[..=close];
    if let Some(open) = start.strip_suffix("/>") {
        let name_end = open[1..].find(|c: char| c.is_whitespace() || c == '/').map_or(open.len(), |i| i + 1);
        return (format!("{open}>"), format!("</{}>", &open[1..name_end]));
    }
    let end = whole.rfind("</").unwrap_or(whole.len());
    (start.to_owned(), whole[end..].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(text: &str, path: &str, change: impl Into<Edit>) -> Result<String, EditError> {
        edit(text, &path.parse()?, &change.into())
    }

    #[test]
    fn changes_exactly_one_node() {
        let text = "<a x=\"1\"><b>t</b><c/><b/></a>";
        assert_eq!(run(text, "/a/b[1]", Edit::Set("<".into())).unwrap(), "<a x=\"1\"><b>&lt;</b><c/><b/></a>");
        assert_eq!(run(text, "/a/c", Edit::Set("z".into())).unwrap(), "<a x=\"1\"><b>t</b><c>z</c><b/></a>");
        assert_eq!(run(text, "//b[2]", Edit::Remove).unwrap(), "<a x=\"1\"><b>t</b><c/></a>");
        assert_eq!(run(text, "/a/@x", Edit::Set("\"".into())).unwrap(), "<a x=\"&quot;\"><b>t</b><c/><b/></a>");
        assert_eq!(run(text, "/a", Edit::Append("<d/>".into())).unwrap(), "<a x=\"1\"><b>t</b><c/><b/><d/></a>");
        assert_eq!(run(text, "/a/c", Edit::Duplicate).unwrap(), "<a x=\"1\"><b>t</b><c/><c/><b/></a>");
    }

    #[test]
    fn says_how_many_nodes_a_path_names() {
        let found = run("<a><b/><b/></a>", "/a/b", Edit::Remove).unwrap_err();
        assert_eq!(found.to_string(), "path `/a/b` names 2 nodes, it must name exactly one");
        assert!(matches!(run("<a/>", "a", Edit::Remove), Err(EditError::BadPath(_))));
        assert!(matches!(run("<a/>", "/a/@b", Edit::Remove), Err(EditError::NotOne { found: 0, .. })));
    }
}
