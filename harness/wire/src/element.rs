//! Reads elements of a message body by name: values with places, absence as absence.

use crate::code::Coded;
use crate::defect::{Defect, Layer};
use crate::place::Located;
use crate::xml::{Tree, canonical_name};
use roxmltree::Node;
use std::cell::RefCell;

/// A reader of elements in one namespace.
pub(crate) struct Elements<'a, 't> {
    pub(crate) tree: &'a Tree<'t>,
    namespace: Option<&'a str>,
    defects: RefCell<Vec<Defect>>,
}

impl<'a, 't> Elements<'a, 't> {
    /// Reads elements of the root's namespace.
    pub(crate) fn of(tree: &'a Tree<'t>) -> Self {
        Self { tree, namespace: tree.root().tag_name().namespace(), defects: RefCell::default() }
    }

    /// The root's name, with prefix only for the namespaces that have a canonical one.
    pub(crate) fn root_name(&self) -> Located<String> {
        let root = self.tree.root();
        let name = canonical_name(root.tag_name().namespace(), root.tag_name().name());
        Located::new(name, self.tree.place(root))
    }

    /// All children of that name.
    pub(crate) fn all(
        &self,
        node: Node<'a, 't>,
        name: &'static str,
    ) -> impl Iterator<Item = Node<'a, 't>> + use<'a, 't> {
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
        let defect = Defect::new(Layer::Message, code, message, self.tree.place(node));
        self.defects.borrow_mut().push(defect);
    }

    /// What was found wrong.
    pub(crate) fn into_defects(self) -> Vec<Defect> {
        self.defects.into_inner()
    }
}
