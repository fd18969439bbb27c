//! SOAP 1.1 envelopes with ebMS 2.0 blocks, as the Norwegian profile uses them (HIS 1037, HITS 1172).
//!
//! [`decode`] reads whatever stands there, every element as often as it occurs, each with its place;
//! [`mod@write`] makes envelopes that the OASIS schema accepts. Ping, Pong, StatusRequest and StatusResponse
//! are recognised only: no national document lays down how to answer them (HITS 1172 5.11).

mod model;
pub mod names;
mod read;
pub mod write;

pub use model::{
    AckRequested, Acknowledgment, Block, Envelope, ErrorEntry, ErrorList, Fault, Manifest, ManifestReference,
    MessageData, MessageHeader, MessageKind, PartyBlock, PartyId, SchemaBlock, Service, Severity,
};
pub use read::decode;
pub(crate) use read::of_tree;
