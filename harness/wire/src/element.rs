//! Reads elements of a message body by name: values with places, absence as absence.

use crate::code::Coded;
use crate::defect::{Defect, Layer};
use crate::place::Located;
use crate::xml::{Tree, canonical_name};
use roxmltree::Node;
use std::cell::{Cell, RefCell};

/// A reader of elements in one namespace.
pub(crate) struct Elements<'a, 't> {
    pub(crate) tree: &'a Tree<'t>,
    namespace: Option<&'a str>,
    defects: RefCell<Vec<Defect>>,
    /// How many more elements of lists are read.
    left: Cell<usize>,
    /// How many were left unread.
    unread: Cell<usize>,
}

/// Elements of lists that are read of one message: the longest lists of real messages have fewer than 100. What is kept
/// of an element, its path above all, is many times as large as the element can be.
const ELEMENTS_MAX: usize = 2_048;
/// Defects that are kept of one message.
const DEFECTS_MAX: usize = 64;

impl<'a, 't> Elements<'a, 't> {
    /// Reads elements of the root's namespace.
    pub(crate) fn of(tree: &'a Tree<'t>) -> Self {
        Self {
            tree,
            namespace: tree.root().tag_name().namespace(),
            defects: RefCell::default(),
            left: Cell::new(ELEMENTS_MAX),
            unread: Cell::new(0),
        }
    }

    /// The root's name, with prefix only for the namespaces that have a canonical one.
    pub(crate) fn root_name(&self) -> Located<String> {
        let root = self.tree.root();
        let name = canonical_name(root.tag_name().namespace(), root.tag_name().name());
        Located::new(name, self.tree.place(root))
    }

    /// All children of that name, as far as they are read.
    pub(crate) fn list(&self, node: Node<'a, 't>, name: &'static str) -> std::vec::IntoIter<Node<'a, 't>> {
        self.few(self.all(node, name))
    }

    /// All of these elements, as far as they are read.
    pub(crate) fn few(&self, nodes: impl Iterator<Item = Node<'a, 't>>) -> std::vec::IntoIter<Node<'a, 't>> {
        let mut listed = Vec::new();
        for node in nodes {
            match self.left.get().checked_sub(1) {
                Some(left) => {
                    self.left.set(left);
                    listed.push(node);
                }
                None => self.unread.update(|unread| unread + 1),
            }
        }
        listed.into_iter()
    }

    fn all(&self, node: Node<'a, 't>, name: &'static str) -> impl Iterator<Item = Node<'a, 't>> + use<'a, 't> {
        let namespace = self.namespace;
        node.children()
            .filter(move |n| n.is_element() && n.tag_name().name() == name && n.tag_name().namespace() == namespace)
    }

    /// The only child of that name; the first, and a defect, when it occurs again.
    pub(crate) fn one(&self, node: Node<'a, 't>, name: &'static str) -> Option<Node<'a, 't>> {
        let mut found = self.all(node, name);
        let first = found.next();
        if let Some(again) = found.next() {
            self.defect("element-repeated", format!("{name} occurs more than once"), again);
        }
        first
    }

    /// The text of the only child of that name, as written.
    pub(crate) fn text(&self, node: Node<'a, 't>, name: &'static str) -> Option<Located<String>> {
        self.one(node, name).map(|n| {
            let texts = n.descendants().filter(Node::is_text).filter_map(|n| n.text());
            Located::new(texts.collect(), self.tree.place(n))
        })
    }

    /// The coded value of the only child of that name.
    pub(crate) fn code(&self, node: Node<'a, 't>, name: &'static str) -> Option<Coded> {
        self.one(node, name).map(|n| self.coded(n))
    }

    /// A coded value.
    pub(crate) fn coded(&self, node: Node<'a, 't>) -> Coded {
        Coded {
            v: self.attribute(node, "V"),
            s: self.attribute(node, "S"),
            dn: self.attribute(node, "DN"),
            ot: self.attribute(node, "OT"),
            place: self.tree.place(node),
        }
    }

    /// An attribute without namespace.
    pub(crate) fn attribute(&self, node: Node<'a, 't>, name: &str) -> Option<Located<String>> {
        let found = node.attribute_node(name)?;
        let place = self.tree.attribute_place(node, &found);
        Some(Located::new(found.value().to_owned(), place))
    }

    /// Notes a defect of the message at a node.
    pub(crate) fn defect(&self, code: &'static str, message: String, node: Node<'a, 't>) {
        let mut defects = self.defects.borrow_mut();
        if defects.len() < DEFECTS_MAX {
            defects.push(Defect::new(Layer::Message, code, message, self.tree.place(node)));
        } else if defects.len() == DEFECTS_MAX {
            let message = format!("there are more defects than the {DEFECTS_MAX} that are named");
            defects.push(Defect::new(Layer::Message, "defects-too-many", message, self.tree.place(node)));
        }
    }

    /// What was found wrong, and last how much was not read.
    pub(crate) fn into_defects(self) -> Vec<Defect> {
        let mut defects = self.defects.into_inner();
        let unread = self.unread.get();
        if unread > 0 {
            let message = format!("{unread} more elements than the {ELEMENTS_MAX} of lists that are read");
            let place = self.tree.place(self.tree.root());
            defects.push(Defect::new(Layer::Message, "elements-too-many", message, place));
        }
        defects
    }
}
