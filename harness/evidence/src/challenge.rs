//! A challenge: a number that somebody drew, so that a run can be shown to have been made after it. Ids of the run derive from
//! it, and the subject's own signatures cover those.

use crate::digest::Digest;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Version of the file.
const FORMAT: u32 = 1;
/// What stands before the number, so that a digest of ours is never one of somebody else's.
const DOMAIN: &[u8] = b"provestein challenge v1\0";
/// Bytes of the number.
pub const NONCE: usize = 32;
/// Name under which the file of a challenge stands among a run's inputs, before its id.
pub const INPUT: &str = "challenge:";
/// Longest file.
pub const FILE_MAX: usize = 4096;

/// A challenge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Challenge {
    /// What people call it.
    pub id: String,
    /// The number that was drawn.
    pub nonce: [u8; NONCE],
    /// When it was issued.
    pub issued: Timestamp,
    /// The last day (UTC) on which a run for it may begin.
    pub until: Date,
    /// Whom it is for.
    pub vendor: Option<String>,
}

/// Why a file is no challenge.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChallengeError {
    /// Not JSON of this form.
    #[error("it is no challenge: {0}")]
    Format(String),
    /// A newer format.
    #[error("the challenge has format {0}; this tool reads format {FORMAT}: use a newer version")]
    Newer(u32),
    /// Its parts do not fit each other.
    #[error("it is not written as this tool writes it: something in it was changed")]
    Changed,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileV1 {
    format: u32,
    id: String,
    nonce: Digest32,
    issued: Timestamp,
    until: Date,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vendor: Option<String>,
}

/// 32 bytes in hexadecimal digits.
struct Digest32([u8; NONCE]);

impl Serialize for Digest32 {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for Digest32 {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse::<Digest>().map(|digits| Self(digits.bytes())).map_err(serde::de::Error::custom)
    }
}

struct Hex<'b>(&'b [u8]);

impl std::fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl Challenge {
    /// A challenge around a number that was drawn.
    pub fn new(nonce: [u8; NONCE], issued: Timestamp, until: Date, vendor: Option<String>) -> Self {
        let year = Offset::UTC.to_datetime(issued).year();
        let id = format!("CH-{year}-{}", &Digest::of(&nonce).to_string()[..10]);
        Self { id, nonce, issued, until, vendor }
    }

    /// The file.
    ///
    /// # Panics
    /// Never: plain structures with string keys always serialise.
    pub fn to_file(&self) -> Vec<u8> {
        let file = FileV1 {
            format: FORMAT,
            id: self.id.clone(),
            nonce: Digest32(self.nonce),
            issued: self.issued,
            until: self.until,
            vendor: self.vendor.clone(),
        };
        let mut text = serde_json::to_vec_pretty(&file).expect("plain structures with string keys always serialise");
        text.push(b'\n');
        text
    }

    /// Reads the file. Only what [`Challenge::to_file`] writes is one.
    ///
    /// # Errors
    /// [`ChallengeError`].
    pub fn read(file: &[u8]) -> Result<Self, ChallengeError> {
        if file.len() > FILE_MAX {
            return Err(ChallengeError::Format(format!("it has {} bytes", file.len())));
        }
        let read: FileV1 = serde_json::from_slice(file).map_err(|e| ChallengeError::Format(e.to_string()))?;
        if read.format != FORMAT {
            return Err(ChallengeError::Newer(read.format));
        }
        let challenge = Self::new(read.nonce.0, read.issued, read.until, read.vendor);
        if challenge.id == read.id && challenge.to_file() == file {
            Ok(challenge)
        } else {
            Err(ChallengeError::Changed)
        }
    }

    /// How the file stands among a run's inputs.
    pub fn input(&self) -> String {
        format!("{INPUT}{}", self.id)
    }

    /// The nth id of a run that the subject's acknowledgments are to carry: a UUID of version 8 (RFC 9562 5.8).
    pub fn derived_id(&self, run: &str, number: u64) -> String {
        let seed = [DOMAIN, self.nonce.as_slice(), run.as_bytes(), &[0], &number.to_be_bytes()].concat();
        let digest = Digest::of(&seed).bytes();
        let mut id: [u8; 16] = std::array::from_fn(|at| digest[at]);
        id[6] = id[6] & 0x0f | 0x80;
        id[8] = id[8] & 0x3f | 0x80;
        let hex = Hex(&id).to_string();
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    const RUN: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";

    fn challenge() -> Challenge {
        let issued = "2026-11-25T08:00:00Z".parse().unwrap();
        Challenge::new(std::array::from_fn(|at| at as u8), issued, date(2026, 12, 31), Some("Nordlys AS".to_owned()))
    }

    /// The vector of docs/trust.md: computed there with `sha256sum`.
    #[test]
    fn ids_are_those_of_the_published_vector() {
        let ids: Vec<String> = [0, 1, 256].iter().map(|number| challenge().derived_id(RUN, *number)).collect();
        assert_eq!(
            ids,
            [
                "dfeed800-0b31-8ee7-bd30-c5c44518f6af",
                "446fb4ca-4abf-8f7b-99e2-782c1102d13a",
                "144d9f3b-facd-8c9b-9aa7-598a7522a9c9",
            ]
        );
    }

    #[test]
    fn other_numbers_runs_and_counts_give_other_ids() {
        let one = challenge();
        let mut other = challenge();
        other.nonce[31] ^= 1;
        let first = one.derived_id(RUN, 0);
        for id in [one.derived_id(RUN, 1), other.derived_id(RUN, 0), one.derived_id("another", 0)] {
            assert_ne!(id, first);
        }
        assert_eq!((&first[14..15], "89ab".contains(&first[19..20])), ("8", true), "{first}");
    }

    #[test]
    fn a_file_is_read_as_it_was_written() {
        let file = challenge().to_file();
        assert_eq!(Challenge::read(&file), Ok(challenge()));
        assert!(challenge().id.starts_with("CH-2026-"), "{}", challenge().id);
        let text = String::from_utf8(file).unwrap();
        let newer = text.replace("\"format\": 1", "\"format\": 2");
        assert_eq!(Challenge::read(newer.as_bytes()), Err(ChallengeError::Newer(2)));
        let other = text.replace("0102", "0103");
        assert_eq!(Challenge::read(other.as_bytes()), Err(ChallengeError::Changed), "the id is drawn from the number");
    }

    proptest! {
        #[test]
        fn hostile_files_are_answered(file in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(Challenge::read(&file).is_err());
        }
    }
}
