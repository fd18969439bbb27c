//! Hodemelding (MsgHead) 1.2, HIS 80601:2006: who sends what to whom about whom, and which documents.
//!
//! ```
//! use provestein_wire::head;
//! let text = br#"<MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24"><MsgInfo><Type V="LOG_INNLAGT"/></MsgInfo></MsgHead>"#;
//! let head = head::decode(text).expect("it is XML");
//! assert_eq!(head.message_function(), Some("LOG_INNLAGT"));
//! assert_eq!(head.body_namespace(), None);
//! ```

mod model;
mod read;
mod template;
mod write;

pub use crate::code::{Code, Coded, ORGANISATION_ID_LIST, PERSON_ID_LIST};
pub use model::{
    Actor, Content, ConversationRef, Document, Ident, Level, MsgHead, MsgInfo, Organisation, OtherReceiver, Person,
    RefDoc,
};
pub use read::decode;
pub(crate) use read::read;
pub use template::{TemplateError, fill, placeholders};
pub use write::{HeadDraft, IdentDraft, OrganisationDraft, PersonDraft, encode};

/// Namespace of Hodemelding 1.2.
pub const NAMESPACE: &str = "http://www.kith.no/xmlstds/msghead/2006-05-24";
/// The text of MIGversion, fixed by the schema.
pub const MIG_VERSION: &str = "v1.2 2006-05-24";
