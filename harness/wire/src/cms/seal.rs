//! Making an enveloped-data for one recipient, in DER.

use super::CmsDefect;
use super::cipher::{ContentCipher, ContentKey};
use super::transport::KeyTransport;
use crate::certificate::Certificate;
use cms::authenveloped_data::AuthEnvelopedData;
use cms::cert::IssuerAndSerialNumber;
use cms::content_info::{CmsVersion, ContentInfo};
use cms::enveloped_data::{
    EncryptedContentInfo, EnvelopedData, KeyTransRecipientInfo, RecipientIdentifier, RecipientInfo, RecipientInfos,
};
use der::asn1::{ObjectIdentifier, OctetString};
use der::{Any, Encode};
use rsa::rand_core::CryptoRng;
use x509_cert::spki::AlgorithmIdentifierOwned;

const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const ENVELOPED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.3");
const AUTH_ENVELOPED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.23");

/// Encrypts `content` for the holder of `recipient`, named by issuer and serial number.
///
/// # Errors
/// [`CmsDefect::CannotSeal`], for instance when the certificate has no RSA key.
pub fn seal<R: CryptoRng + ?Sized>(
    content: &[u8],
    recipient: &Certificate,
    cipher: ContentCipher,
    transport: KeyTransport,
    rng: &mut R,
) -> Result<Vec<u8>, CmsDefect> {
    seal_with_key(content, recipient, cipher, transport, rng).map(|(object, _)| object)
}

/// [`seal`], and the content-encryption key besides: for the evidence of what the harness itself sent.
///
/// # Errors
/// As [`seal`].
pub fn seal_with_key<R: CryptoRng + ?Sized>(
    content: &[u8],
    recipient: &Certificate,
    cipher: ContentCipher,
    transport: KeyTransport,
    rng: &mut R,
) -> Result<(Vec<u8>, ContentKey), CmsDefect> {
    let cannot = |reason: &str| CmsDefect::CannotSeal { reason: reason.to_owned() };
    let public = recipient
        .public_key()
        .ok_or_else(|| cannot("the recipient's certificate has no RSA key of at least 1,024 bits"))?;
    let mut key = vec![0; cipher.key_len()];
    rng.fill_bytes(&mut key);
    if cipher == ContentCipher::TripleDes {
        for octet in &mut key {
            *octet = odd_parity(*octet);
        }
    }
    let mut vector = vec![0; cipher.vector_len()];
    rng.fill_bytes(&mut vector);
    let key = ContentKey::new(cipher, key).ok_or_else(|| cannot("the key does not fit the cipher"))?;
    let wrapped = transport
        .wrap(&public, key.bytes(), rng)
        .ok_or_else(|| cannot("the recipient's key is too short for the content key"))?;
    let (octets, tag) = key.encrypt(content, &vector).ok_or_else(|| cannot("the cipher refuses the content"))?;
    let parts = Parts { cipher, vector, octets, tag, transport, wrapped };
    let object = parts.encode(recipient).map_err(|error| cannot(&error.to_string()))?;
    Ok((object, key))
}

struct Parts {
    cipher: ContentCipher,
    vector: Vec<u8>,
    octets: Vec<u8>,
    tag: Vec<u8>,
    transport: KeyTransport,
    wrapped: Vec<u8>,
}

impl Parts {
    fn encode(self, recipient: &Certificate) -> der::Result<Vec<u8>> {
        let recipient = KeyTransRecipientInfo {
            version: CmsVersion::V0,
            rid: RecipientIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
                issuer: recipient.x509().issuer().clone(),
                serial_number: recipient.x509().serial_number().clone(),
            }),
            key_enc_alg: self.transport.identifier()?,
            enc_key: OctetString::new(self.wrapped)?,
        };
        let recip_infos = RecipientInfos::try_from(vec![RecipientInfo::Ktri(recipient)])?;
        let encrypted_content = EncryptedContentInfo {
            content_type: DATA,
            content_enc_alg: AlgorithmIdentifierOwned {
                oid: ObjectIdentifier::new(self.cipher.oid()).map_err(der::Error::from)?,
                parameters: Some(parameters(self.cipher, &self.vector)?),
            },
            encrypted_content: Some(OctetString::new(self.octets)?),
        };
        let (content_type, content) = if self.cipher.is_authenticated() {
            let data = AuthEnvelopedData {
                version: CmsVersion::V0,
                originator_info: None,
                recip_infos,
                auth_encrypted_content_info: encrypted_content,
                auth_attrs: None,
                mac: OctetString::new(self.tag)?,
                unauth_attrs: None,
            };
            (AUTH_ENVELOPED_DATA, Any::encode_from(&data)?)
        } else {
            let data = EnvelopedData {
                version: CmsVersion::V0,
                originator_info: None,
                recip_infos,
                encrypted_content,
                unprotected_attrs: None,
            };
            (ENVELOPED_DATA, Any::encode_from(&data)?)
        };
        ContentInfo { content_type, content }.to_der()
    }
}

/// The initialisation vector, or `GCMParameters` with a tag of 16 octets.
fn parameters(cipher: ContentCipher, vector: &[u8]) -> der::Result<Any> {
    let vector = OctetString::new(vector)?;
    if cipher.is_authenticated() {
        let fields = [vector.to_der()?, 16u8.to_der()?].concat();
        Any::new(der::Tag::Sequence, fields)
    } else {
        Any::encode_from(&vector)
    }
}

/// DES keys carry an odd number of ones in each octet; some decoders check that.
fn odd_parity(octet: u8) -> u8 {
    let high = octet & 0xfe;
    high | u8::from(high.count_ones().is_multiple_of(2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parity_is_odd() {
        assert!((0..=255u8).all(|octet| odd_parity(octet).count_ones() % 2 == 1));
        assert_eq!(odd_parity(0b1010_1011), 0b1010_1011);
    }
}
