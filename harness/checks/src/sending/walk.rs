//! Walks through the elements of a hodemelding and its body.

use crate::check::Seen;
use wire::place::Place;
use wire::xml;

/// An element with what checks look at.
pub(super) struct Element {
    /// Local name.
    pub name: String,
    /// Attributes without namespace.
    pub attributes: Vec<(String, String)>,
    /// Whether there is an element or a text in it.
    pub is_filled: bool,
    /// Where it stands.
    pub place: Place,
}

impl Element {
    /// An attribute's value.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }

    /// An attribute's value, if it is there and says something.
    pub fn said(&self, name: &str) -> Option<&str> {
        self.get(name).filter(|value| !value.trim().is_empty())
    }
}

/// The first element that a check objects to, and how many it looked at.
pub(super) struct Looked {
    pub objection: Option<(Element, String)>,
    pub count: usize,
    pub root: Place,
}

/// Formats with rules of their own inside a body: markup of a text, whose line break is no information that is missing,
/// and calendars, whose lists may be empty (dialogue messages 1.1).
const FOREIGN: [&str; 2] = ["http://www.w3.org/1999/xhtml", "urn:ietf:params:xml:ns:icalendar-2.0"];

/// Lets `look` see the elements of the hodemelding, one after the other, until it objects to one. It returns nothing
/// about an element that it is not for.
pub(super) fn look(seen: &Seen<'_>, look: impl Fn(&Element) -> Option<Result<(), String>>) -> Option<Looked> {
    seen.record.head()?;
    let text = xml::read(&seen.record.payload()?.content, None).ok()?;
    let tree = text.parse().ok()?;
    let mut looked = Looked { objection: None, count: 0, root: tree.place(tree.root()) };
    for node in tree.root().descendants() {
        if !node.is_element() || node.tag_name().namespace().is_some_and(|n| FOREIGN.contains(&n)) {
            continue;
        }
        let plain = node.attributes().filter(|a| a.namespace().is_none());
        let mut element = Element {
            name: node.tag_name().name().to_owned(),
            attributes: plain.map(|a| (a.name().to_owned(), a.value().to_owned())).collect(),
            is_filled: node.children().any(|c| c.is_element() || c.text().is_some_and(|t| !t.trim().is_empty())),
            place: Place::default(),
        };
        let Some(found) = look(&element) else { continue };
        looked.count += 1;
        if let Err(reason) = found {
            element.place = tree.place(node);
            looked.objection = Some((element, reason));
            break;
        }
    }
    Some(looked)
}
