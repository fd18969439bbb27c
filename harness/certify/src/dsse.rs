//! Signatures over exact bytes: the DSSE envelope (secure-systems-lab/dsse, protocol v1.0.2), with an in-toto statement in it.

use crate::key::{PublicKey, SecretKey};
use crate::register::note::Signs as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use thiserror::Error;

/// Type of an in-toto statement.
pub const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";
/// Largest file: ten times a certificate with every requirement there is.
pub const FILE_MAX: usize = 1 << 20;
/// More signatures than anybody gives.
const SIGNATURES_MAX: usize = 16;

/// An envelope.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Envelope {
    /// The bytes that are signed.
    pub payload: Vec<u8>,
    /// The signatures.
    pub signatures: Vec<Signature>,
}

/// A signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// Which key, by [`PublicKey::id`]: a hint, which is not signed.
    pub key: String,
    /// The signature.
    pub bytes: Vec<u8>,
}

/// Why a file is no envelope.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EnvelopeError {
    /// Too large.
    #[error("it has {0} bytes; a certificate has {FILE_MAX} at most")]
    TooLarge(usize),
    /// Not JSON of this form.
    #[error("it is no DSSE envelope: {0}")]
    Format(String),
    /// Another payload.
    #[error("its payload is `{0}`, not {PAYLOAD_TYPE}")]
    Type(String),
    /// Not base64.
    #[error("its {0} is no base64")]
    Base64(&'static str),
    /// Two signatures of one key.
    #[error("the key {0} stands under two signatures: one of them was added")]
    Twice(String),
    /// Written by something else, or touched.
    #[error("it is not written as this tool writes it: something in it was changed")]
    NotCanonical,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct EnvelopeV1 {
    payload_type: String,
    payload: String,
    signatures: Vec<SignatureV1>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SignatureV1 {
    keyid: String,
    sig: String,
}

/// The bytes that a signature is over: pre-authentication encoding.
pub fn signed_bytes(payload: &[u8]) -> Vec<u8> {
    let head = format!("DSSEv1 {} {PAYLOAD_TYPE} {} ", PAYLOAD_TYPE.len(), payload.len());
    [head.as_bytes(), payload].concat()
}

impl Envelope {
    /// An envelope without a signature.
    pub fn around(payload: Vec<u8>) -> Self {
        Self { payload, signatures: Vec::new() }
    }

    /// Adds the signature of a key, once.
    ///
    /// # Panics
    /// Never: an Ed25519 key signs everything.
    pub fn sign(&mut self, key: &SecretKey) {
        let bytes = key.sign(&signed_bytes(&self.payload)).expect("an Ed25519 key signs everything");
        let own = Signature { key: key.public_key().id(), bytes: bytes.to_vec() };
        if !self.signatures.contains(&own) {
            self.signatures.push(own);
        }
    }

    /// Whether a key signed.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        let signed = signed_bytes(&self.payload);
        let id = key.id();
        self.signatures.iter().any(|signature| signature.key == id && key.verifies(&signed, &signature.bytes))
    }

    /// Whether a signature is by a key, whatever id stands beside it.
    pub fn bears_signature_of(&self, key: &PublicKey) -> bool {
        let signed = signed_bytes(&self.payload);
        self.signatures.iter().any(|signature| key.verifies(&signed, &signature.bytes))
    }

    /// The file.
    ///
    /// # Panics
    /// Never: plain structures with string keys always serialise.
    pub fn to_file(&self) -> Vec<u8> {
        let sign = |signature: &Signature| SignatureV1 {
            keyid: signature.key.clone(),
            sig: STANDARD.encode(&signature.bytes),
        };
        let envelope = EnvelopeV1 {
            payload_type: PAYLOAD_TYPE.to_owned(),
            payload: STANDARD.encode(&self.payload),
            signatures: self.signatures.iter().map(sign).collect(),
        };
        let text = serde_json::to_string_pretty(&envelope);
        let mut text = text.expect("plain structures with string keys always serialise");
        text.push('\n');
        text.into_bytes()
    }

    /// Reads the file. Only what [`Envelope::to_file`] writes is one, so that a changed character is a change.
    ///
    /// # Errors
    /// [`EnvelopeError`].
    pub fn read(file: &[u8]) -> Result<Self, EnvelopeError> {
        if file.len() > FILE_MAX {
            return Err(EnvelopeError::TooLarge(file.len()));
        }
        let read: EnvelopeV1 =
            serde_json::from_slice(file).map_err(|error| EnvelopeError::Format(error.to_string()))?;
        if read.payload_type != PAYLOAD_TYPE {
            return Err(EnvelopeError::Type(read.payload_type));
        }
        if read.signatures.len() > SIGNATURES_MAX {
            return Err(EnvelopeError::Format(format!("more than {SIGNATURES_MAX} signatures")));
        }
        let payload = STANDARD.decode(&read.payload).map_err(|_| EnvelopeError::Base64("payload"))?;
        let signature = |signature: SignatureV1| {
            let bytes = STANDARD.decode(&signature.sig).map_err(|_| EnvelopeError::Base64("signature"))?;
            Ok(Signature { key: signature.keyid, bytes })
        };
        let signatures: Result<Vec<_>, EnvelopeError> = read.signatures.into_iter().map(signature).collect();
        let envelope = Self { payload, signatures: signatures? };
        let mut keys = BTreeSet::new();
        if let Some(twice) = envelope.signatures.iter().find(|signature| !keys.insert(&signature.key)) {
            return Err(EnvelopeError::Twice(twice.key.clone()));
        }
        if envelope.to_file() == file { Ok(envelope) } else { Err(EnvelopeError::NotCanonical) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_signed_bytes_are_those_of_the_protocol() {
        let signed = signed_bytes(b"hei");
        assert_eq!(signed, b"DSSEv1 28 application/vnd.in-toto+json 3 hei");
    }

    #[test]
    fn two_people_can_sign() {
        let (one, two) = (SecretKey::of_seed([1; 32]), SecretKey::of_seed([2; 32]));
        let mut envelope = Envelope::around(b"{}".to_vec());
        envelope.sign(&one);
        envelope.sign(&one);
        envelope.sign(&two);
        let read = Envelope::read(&envelope.to_file()).unwrap();
        assert_eq!((read.signatures.len(), &read), (2, &envelope));
        assert!(read.is_signed_by(&one.public_key()) && read.is_signed_by(&two.public_key()));
        assert!(!read.is_signed_by(&SecretKey::of_seed([3; 32]).public_key()));
    }

    proptest! {
        #[test]
        fn a_changed_bit_is_not_the_same_signed_envelope(at in any::<prop::sample::Index>(), bit in 0u32..8) {
            let key = SecretKey::of_seed([1; 32]);
            let mut envelope = Envelope::around(br#"{"a":"b","c":[1,2,3]}"#.to_vec());
            envelope.sign(&key);
            let mut file = envelope.to_file();
            let at = at.index(file.len());
            file[at] ^= 1 << bit;
            let holds = Envelope::read(&file).is_ok_and(|read| read.is_signed_by(&key.public_key()));
            prop_assert!(!holds, "byte {at}, bit {bit}");
        }

        #[test]
        fn hostile_files_are_answered(file in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(Envelope::read(&file).is_err());
        }
    }
}
