//! The address register (Adresseregisteret): who a HER-id is, where it is reached, and which certificates it has.

mod contract;
mod export;

pub use contract::{COMMON, Entry, NAMESPACE, write_entries, write_entry};
pub use export::{csv, json, xml};
