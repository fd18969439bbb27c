//! Floor 3: the built-in conforming system: a municipality that receives PLO messages, and sends them on request.
//!
//! [`system::System`] is pure: an entity, a moment and a source of chance in; entities out. [`serve`] puts it
//! behind HTTP. It acknowledges, decrypts, validates, answers with the AppRec version that the message
//! demands, deduplicates on both layers, and refuses what it cannot handle.
//!
//! A [`defect::Defect`] makes it wrong in one named way that real systems are wrong in. It must not know what the
//! harness checks: it is written against the standards, so that the checks can be tried on it.

pub mod defect;
pub mod journal;
pub mod mailed;
pub mod memory;
mod receipt;
mod sending;
pub mod serve;
pub mod system;
