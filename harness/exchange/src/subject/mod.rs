//! The subject: what is tested, how it is reached, and with which partners.

mod carrier;
mod file;
mod registers;
mod resolve;
pub mod start;
mod trigger;
mod way;

pub(crate) use file::duration;
pub use file::{PatienceFile, SubjectFile, known_messages, parse, schema};
pub use registers::{Registers, RegistersFile};
pub use resolve::{
    HarnessParty, PARTNER_TABLE, Patience, ResolveError, Signers, Subject, SubjectParty, harness_party, resolve,
};
pub use trigger::{DEFAULT as DEFAULT_TRIGGER, Inside, Pull, RetryFile, Trigger, TriggerFile};
pub use way::{Ports, Servers, Way};
