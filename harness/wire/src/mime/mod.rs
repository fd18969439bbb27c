//! MIME entities as they stand on the wire: a mail, or an HTTP request with its headers in front.
//!
//! [`Entity::decode`] is total: header block, parts and transfer encodings are read as leniently as the
//! field's software reads them, and everything that is not as RFC 2045, 2046 and 5322 say is a
//! [`Defect`](crate::defect::Defect) beside the value. [`EntityDraft::encode`] writes exactly the bytes
//! asked for, right or wrong.
//!
//! ```
//! use provestein_wire::mime::Entity;
//! let entity = Entity::decode(b"SOAPAction: \"ebXML\"\r\nContent-Type: text/xml; charset=UTF-8\r\n\r\n<a/>");
//! assert_eq!(entity.headers.get("soapaction").expect("it is there").value, "\"ebXML\"");
//! assert_eq!(entity.soap_part().expect("text/xml").content, b"<a/>");
//! ```

mod content_type;
mod header;
pub mod mail;
mod model;
mod read;
mod source;
mod transfer;
mod write;

pub(crate) use model::percent_decoded;
pub use model::{ContentType, Entity, HeaderField, Headers, Part};
pub use write::{BodyDraft, EntityDraft, PartDraft, TransferEncoding, join};

/// Bytes of one entity: base64 of the 35 MB that EDI 2.0 takes at most, and its headers.
pub const BYTES_MAX: usize = 56 * 1024 * 1024;
/// Header fields of one header block: mail that passed many relays has fewer than 100.
pub const HEADERS_MAX: usize = 500;
/// Header fields of the header block of one part: real ones have fewer than 10.
pub const PART_HEADERS_MAX: usize = 64;
/// Defects of one header block that are kept.
pub const HEADER_DEFECTS_MAX: usize = 64;
/// Parameters of one Content-Type that are read.
pub const PARAMETERS_MAX: usize = 64;
/// Bytes of one header block: relays refuse far less.
pub const HEADER_BYTES_MAX: usize = 256 * 1024;
/// Parts of one entity, nested ones included.
pub const PARTS_MAX: usize = 500;
/// Levels of multipart inside multipart.
pub const NESTING_MAX: usize = 4;
