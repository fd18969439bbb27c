//! XML in: bounded, without DTD or entities, with positions. XML out: exact bytes.
//!
//! Every XML document that comes from outside passes [`read`] before anything looks at it. The pass caps
//! size, depth and attributes, refuses a DOCTYPE, decodes the character encoding and leaves the strict
//! well-formedness check to roxmltree. Nothing in here resolves anything outside the document.

mod edit;
mod gate;
mod text;
mod tree;
mod write;

pub use edit::{Edit, EditError, Path, edit};
pub use gate::{ATTRIBUTES_MAX, BYTES_MAX, DEPTH_MAX, NAME_BYTES_MAX, NAMESPACES_MAX, NODES_MAX, URI_BYTES_MAX};
pub use text::{Declaration, Encoding, XmlText, read};
pub use tree::{Tree, canonical_name};
pub use write::XmlWriter;

use thiserror::Error;

/// Why a text cannot be read as XML at all.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum XmlDefect {
    /// Nothing but white space.
    #[error("the document is empty")]
    Empty,
    /// Larger than [`BYTES_MAX`].
    #[error("the document has {bytes} bytes, more than the {BYTES_MAX} that are read")]
    TooLarge {
        /// Size found.
        bytes: usize,
    },
    /// Nested deeper than [`DEPTH_MAX`].
    #[error("elements are nested deeper than {DEPTH_MAX} levels (line {line})")]
    TooDeep {
        /// Line of the first element that is too deep.
        line: u32,
    },
    /// More attributes on one element than [`ATTRIBUTES_MAX`].
    #[error("an element has more than {ATTRIBUTES_MAX} attributes (line {line})")]
    TooManyAttributes {
        /// Line of the element.
        line: u32,
    },
    /// More namespace declarations in scope than [`NAMESPACES_MAX`].
    #[error("more than {NAMESPACES_MAX} namespace declarations are in scope (line {line})")]
    TooManyNamespaces {
        /// Line of the element.
        line: u32,
    },
    /// A name of an element or attribute is longer than [`NAME_BYTES_MAX`].
    #[error("a name has more than {NAME_BYTES_MAX} bytes (line {line})")]
    NameTooLong {
        /// Line of the element.
        line: u32,
    },
    /// A namespace URI is longer than [`URI_BYTES_MAX`].
    #[error("a namespace URI has more than {URI_BYTES_MAX} bytes (line {line})")]
    NamespaceTooLong {
        /// Line of the element.
        line: u32,
    },
    /// More nodes than [`NODES_MAX`].
    #[error("the document has more than {NODES_MAX} nodes")]
    TooManyNodes,
    /// A DOCTYPE: never needed in this traffic, and the way to entity attacks.
    #[error("the document has a DOCTYPE (line {line}); document type definitions are refused")]
    Doctype {
        /// Line of the DOCTYPE.
        line: u32,
    },
    /// The encoding that is declared or marked is not one that is read.
    #[error("encoding `{0}` is not known")]
    UnknownEncoding(String),
    /// The bytes are not in the encoding that is declared.
    #[error("byte {offset} is not valid {encoding}")]
    WrongEncoding {
        /// Name of the encoding.
        encoding: &'static str,
        /// First offending byte.
        offset: usize,
    },
    /// Not well-formed.
    #[error("not well-formed: {message}")]
    NotWellFormed {
        /// What the parser says.
        message: String,
        /// Line, from 1.
        line: u32,
        /// Column, from 1.
        column: u32,
    },
}
