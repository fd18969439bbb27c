//! Reads a request, writes a signed answer.

pub use super::asn1::Status;
use super::asn1::{
    BasicOcspResponse, CertId, CertStatus, OcspRequest, OcspResponse, ResponderId, ResponseBytes, ResponseData,
    RevokedInfo, SingleResponse,
};
use crate::pki::{Issuing, PkiError};
use der::asn1::{Any, BitString, GeneralizedTime, Null, ObjectIdentifier, OctetString};
use der::{Decode as _, Encode as _};
use jiff::Timestamp;
use sha1::{Digest as _, Sha1};
use sha2::Sha256;
use std::time::Duration;
use x509_cert::Certificate;
use x509_cert::ext::{Extension, Extensions};
use x509_cert::spki::AlgorithmIdentifierOwned;

/// id-pkix-ocsp-basic.
const BASIC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.1");
/// id-pkix-ocsp-nonce.
const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.2");
const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
/// sha256WithRSAEncryption.
const RSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");

/// A request of one certificate has about 100 bytes; nobody asks about more than a chain at once.
const REQUEST_BYTES_MAX: usize = 16 * 1024;
const CERTIFICATES_MAX: usize = 32;
/// RFC 8954 allows 32 octets; older clients send more.
const NONCE_BYTES_MAX: usize = 256;

/// What is asked.
#[derive(Debug, Clone)]
pub struct Asked {
    certificates: Vec<CertId>,
    nonce: Option<Extension>,
}

impl Asked {
    /// The serial numbers, big-endian without the zero that DER may put in front.
    pub fn serials(&self) -> Vec<Vec<u8>> {
        self.certificates.iter().map(serial).collect()
    }
}

/// What is known of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Issued and not revoked.
    Good,
    /// Revoked since then.
    Revoked(Timestamp),
    /// Never issued.
    Unknown,
}

/// Reads a request; `None` when it is none, or asks for more than anybody needs.
pub fn read(bytes: &[u8]) -> Option<Asked> {
    if bytes.len() > REQUEST_BYTES_MAX {
        return None;
    }
    let request = OcspRequest::from_der(bytes).ok()?.tbs_request;
    if request.request_list.is_empty() || request.request_list.len() > CERTIFICATES_MAX {
        return None;
    }
    let extensions = request.request_extensions.unwrap_or_default();
    let nonce = extensions.into_iter().find(|extension| extension.extn_id == NONCE);
    Some(Asked {
        certificates: request.request_list.into_iter().map(|one| one.req_cert).collect(),
        nonce: nonce.filter(|nonce| nonce.extn_value.as_bytes().len() <= NONCE_BYTES_MAX),
    })
}

/// An answer without a signature: nothing was looked up.
///
/// # Errors
/// [`PkiError::Der`].
pub fn refusal(status: Status) -> Result<Vec<u8>, PkiError> {
    Ok(OcspResponse { response_status: status, response_bytes: None }.to_der()?)
}

/// A signed answer; `state` knows each serial number of our issuer. Of other issuers nothing is known, and when only
/// they are asked for we are not the one to ask.
///
/// # Errors
/// [`PkiError`].
pub fn answer(
    asked: &Asked,
    issuing: &Issuing,
    state: &dyn Fn(&[u8]) -> State,
    now: Timestamp,
    valid: Duration,
) -> Result<Vec<u8>, PkiError> {
    let issuer = Issuer::of(issuing)?;
    if !asked.certificates.iter().any(|id| issuer.is(id)) {
        return refusal(Status::Unauthorized);
    }
    let until = now.saturating_add(valid).unwrap_or(now);
    let single = |id: &CertId| {
        let cert_status = match if issuer.is(id) { state(&serial(id)) } else { State::Unknown } {
            State::Good => CertStatus::Good(Null),
            State::Revoked(since) => CertStatus::Revoked(RevokedInfo { revocation_time: time(since)? }),
            State::Unknown => CertStatus::Unknown(Null),
        };
        Ok::<_, der::Error>(SingleResponse {
            cert_id: id.clone(),
            cert_status,
            this_update: time(now)?,
            next_update: Some(time(until)?),
        })
    };
    let data = ResponseData {
        responder_id: ResponderId::ByKey(OctetString::new(&Sha1::digest(&issuer.key)[..])?),
        produced_at: time(now)?,
        responses: asked.certificates.iter().map(single).collect::<Result<_, _>>()?,
        response_extensions: asked.nonce.clone().map(|nonce| Extensions::from(vec![nonce])),
    };
    let signature = BitString::from_bytes(&issuing.sign(&data.to_der()?)?)?;
    let algorithm = AlgorithmIdentifierOwned { oid: RSA_SHA256, parameters: Some(Any::null()) };
    let basic = BasicOcspResponse { tbs_response_data: data, signature_algorithm: algorithm, signature };
    let bytes = ResponseBytes { response_type: BASIC, response: OctetString::new(basic.to_der()?)? };
    Ok(OcspResponse { response_status: Status::Successful, response_bytes: Some(bytes) }.to_der()?)
}

/// Name and key of the issuer, as requests name it.
struct Issuer {
    name: Vec<u8>,
    key: Vec<u8>,
}

impl Issuer {
    fn of(issuing: &Issuing) -> Result<Self, PkiError> {
        let certificate = Certificate::from_der(issuing.der())?;
        let tbs = certificate.tbs_certificate();
        let key = tbs.subject_public_key_info().subject_public_key.raw_bytes().to_vec();
        Ok(Self { name: tbs.subject().to_der()?, key })
    }

    fn is(&self, id: &CertId) -> bool {
        let hash = |bytes: &[u8]| match id.hash_algorithm.oid {
            SHA1 => Some(Sha1::digest(bytes).to_vec()),
            SHA256 => Some(Sha256::digest(bytes).to_vec()),
            _ => None,
        };
        hash(&self.name).is_some_and(|hash| hash == id.issuer_name_hash.as_bytes())
            && hash(&self.key).is_some_and(|hash| hash == id.issuer_key_hash.as_bytes())
    }
}

fn serial(id: &CertId) -> Vec<u8> {
    let bytes = id.serial_number.as_bytes();
    bytes[bytes.iter().take_while(|byte| **byte == 0).count()..].to_vec()
}

fn time(at: Timestamp) -> der::Result<GeneralizedTime> {
    GeneralizedTime::from_unix_duration(Duration::from_secs(u64::try_from(at.as_second()).unwrap_or_default()))
}
