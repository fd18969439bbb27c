//! The address register (Adresseregisteret): who a HER-id is, where it is reached, and which certificates it has.

mod calls;
mod contract;
mod export;
mod soap;
mod wsdl;

pub use calls::{Directory, OPERATIONS, Twist, action};
pub use contract::{COMMON, Entry, NAMESPACE, write_entries, write_entry};
pub use export::{csv, json, xml};
pub use soap::{Call, Fault, NoCall, Version};
pub use wsdl::write as wsdl;
