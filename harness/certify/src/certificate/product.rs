//! What was tested, as the subject file names it.

use serde::{Deserialize, Serialize};

/// A supplier's system with its message handler, in the versions that were tested.
///
/// A certificate for version 5.2 says nothing about 5.3; versions are compared letter by letter.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Who makes it.
    pub supplier: String,
    /// The system.
    pub system: String,
    /// Its version.
    pub version: String,
    /// The message handler, where it is another program.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler: Option<String>,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handler_version: Option<String>,
    /// Digest of what the subject file says about the system, without addresses and secrets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration: Option<String>,
}

impl Product {
    /// Whether another is the same system of the same supplier, in whatever version.
    pub fn is_same_system(&self, other: &Self) -> bool {
        (&self.supplier, &self.system) == (&other.supplier, &other.system)
    }
}
