//! The cast: organisations, services, people and their keys. One form for the built-in cast, the kit's partner
//! table and whatever a tester writes.

use crate::yaml::{Mistakes, Reader};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Everybody who occurs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cast {
    /// Parties by role.
    pub parties: BTreeMap<String, CastParty>,
    /// Patients: `known` and `unknown` to the subject.
    pub patients: BTreeMap<String, Patient>,
}

/// A communication party.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CastParty {
    /// Level 1.
    pub organisation: Organisation,
    /// Level 2.
    pub service: Service,
    /// Mail address.
    pub edi: String,
    /// Who signs for what is sent.
    pub responsible: Responsible,
    /// Certificates, as file names beside the table.
    #[serde(default)]
    pub certificates: Option<KeyFiles>,
    /// Private keys, as file names beside the table.
    #[serde(default)]
    pub keys: Option<KeyFiles>,
}

/// Level 1.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// HER-id.
    pub her: u32,
    /// Name.
    pub name: String,
    /// Organisation number.
    #[serde(default)]
    pub number: Option<String>,
}

/// Level 2.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// HER-id.
    pub her: u32,
    /// Name.
    pub name: String,
    /// Telephone.
    #[serde(default)]
    pub phone: Option<String>,
}

/// The person responsible.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Responsible {
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// HPR number.
    pub hpr: String,
}

/// A pair of files.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFiles {
    /// For signing.
    pub sign: String,
    /// For encryption.
    pub encrypt: String,
}

/// A patient.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patient {
    /// Identity number.
    pub id: String,
    /// Its kind by list 8116.
    pub kind: String,
    /// Given name.
    pub given_name: String,
    /// Family name.
    pub family_name: String,
    /// `YYYY-MM-DD`.
    pub date_of_birth: String,
    /// Sex by list 3101.
    pub sex: CodeName,
}

/// A code and its display name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeName {
    /// The code.
    pub code: String,
    /// The display name.
    pub name: String,
}

impl Cast {
    /// Reads a cast.
    ///
    /// # Errors
    /// [`Mistakes`].
    pub fn parse(file: &str, text: &str) -> Result<Self, Mistakes> {
        let (mut reader, root) = Reader::parse(file, text)?;
        reader.only(&root, &["parties", "patients"]);
        let parties = reader.required(&root, "parties");
        let patients = reader.required(&root, "patients");
        match (parties, patients) {
            (Some(parties), Some(patients)) if reader.is_clean() => Ok(Self { parties, patients }),
            _ => Err(reader.into_mistakes()),
        }
    }
}
