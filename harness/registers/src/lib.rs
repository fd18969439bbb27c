//! Floor 3: what a system asks besides its counterpart. The kit's PKI with revocation, the agreements and register
//! files that a vendor imports, and the registers themselves as stand-ins.
//!
//! One cast, many faces: everything here is made from the same [`party::Party`] values, so kit, stand-ins and
//! scenarios tell one story. Nothing here knows scenarios, events or verdicts; `cli` wires it to the engine.

pub mod address;
pub mod cpa;
pub mod kit;
pub mod party;
pub mod pki;
pub mod revocation;
pub mod stand;
