//! Floor 0: the nouns of Norwegian health messaging and the codecs between bytes and nouns.
//!
//! Decoders are total: they return a value *and* its [`defect::Defect`]s with places, and never panic,
//! whatever a subject sends. Encoders write exactly the bytes asked for. Nothing in here opens a file or
//! a socket, reads a clock or draws a random number: time and chance are arguments.
//!
//! ```
//! let envelope = provestein_wire::ebxml::decode(b"<a/>", None).expect("it is XML");
//! assert_eq!(envelope.root.value, "a");
//! assert!(envelope.headers.is_empty());
//! ```

pub mod apprec;
pub mod business;
pub mod certificate;
pub mod cms;
pub mod code;
pub mod defect;
pub mod ebxml;
mod element;
pub mod head;
pub mod identifier;
pub mod key;
pub mod message;
pub mod mime;
pub mod place;
pub mod signature;
pub mod xml;

/// Where chance comes from: an argument, never drawn in here.
pub use rsa::rand_core::CryptoRng;
