//! SignedData with the statement inside, one signer, and the signer's certificate; as strict as the other form: one changed
//! byte and it is none, or does not fit.

use super::{NotFit, Organisation, OrganisationKey, SecureRandom};
use cms::cert::{CertificateChoices, IssuerAndSerialNumber};
use cms::content_info::{CmsVersion, ContentInfo};
use cms::signed_data::{
    CertificateSet, EncapsulatedContentInfo, SignedData, SignerIdentifier, SignerInfo, SignerInfos,
};
use der::asn1::{Null, ObjectIdentifier, OctetString, SetOfVec};
use der::pem::LineEnding;
use der::{Any, Decode as _, Encode as _};
use sha2::{Digest as _, Sha256};
use thiserror::Error;
use x509_cert::attr::{Attribute, Attributes};
use x509_cert::ext::pkix::SubjectKeyIdentifier;
use x509_cert::spki::AlgorithmIdentifierOwned;

/// Label of the PEM block.
const LABEL: &str = "CMS";
/// Longest file, as that of the other form.
const FILE_MAX: usize = 16 << 20;

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.1");
const CONTENT_TYPE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.3");
const MESSAGE_DIGEST: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.4");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap(super::RSA);
const SHA256_WITH_RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const ECDSA_WITH_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");

/// Why some bytes are no certificate in this form.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CmsError {
    /// Not CMS.
    #[error("it is no CMS SignedData in PEM: {0}")]
    Format(String),
    /// Written by something else, or touched.
    #[error("it is not written in the one form that CMS SignedData has in DER: something in it was changed")]
    NotCanonical,
    /// Not what is signed here.
    #[error("its SignedData has {0}")]
    Other(&'static str),
    /// The statement does not fit.
    #[error("the statement in it is not the one that was signed: it was changed")]
    Changed,
    /// The signature does not fit.
    #[error("its signature does not fit its organisation certificate: one of them, or what was signed, was changed")]
    Forged,
    /// The certificate in it.
    #[error(transparent)]
    Certificate(#[from] NotFit),
}

/// What a file holds whose signature fits the certificate in it. Whether that is believed is another question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedFile {
    /// The bytes of the statement.
    pub statement: Vec<u8>,
    /// Who signed.
    pub signer: Organisation,
}

/// Whether a file claims to be of this form.
pub fn is_one(file: &[u8]) -> bool {
    file.starts_with(b"-----BEGIN CMS-----")
}

/// Signs a statement. The key must be the certificate's.
///
/// # Errors
/// [`CmsError`].
pub fn sign(
    statement: &[u8],
    signer: &Organisation,
    key: &OrganisationKey,
    chance: &dyn SecureRandom,
) -> Result<Vec<u8>, CmsError> {
    if !signer.is_canonical() {
        return Err(CmsError::Other("a certificate that is not written as DER demands"));
    }
    let attributes = attributes(statement).map_err(format)?;
    let signature = key.sign(&attributes.to_der().map_err(format)?, chance)?;
    let algorithm = |oid, parameters| AlgorithmIdentifierOwned { oid, parameters };
    let signature_algorithm = if signer.is_rsa() {
        algorithm(SHA256_WITH_RSA, Some(Any::from(Null)))
    } else {
        algorithm(ECDSA_WITH_SHA256, None)
    };
    let tbs = signer.parsed.tbs_certificate();
    let info = SignerInfo {
        version: CmsVersion::V1,
        sid: SignerIdentifier::IssuerAndSerialNumber(IssuerAndSerialNumber {
            issuer: tbs.issuer().clone(),
            serial_number: tbs.serial_number().clone(),
        }),
        digest_alg: algorithm(SHA256, None),
        signed_attrs: Some(attributes),
        signature_algorithm,
        signature: OctetString::new(signature).map_err(format)?,
        unsigned_attrs: None,
    };
    let data = SignedData {
        version: CmsVersion::V1,
        digest_algorithms: SetOfVec::try_from(vec![algorithm(SHA256, None)]).map_err(format)?,
        encap_content_info: EncapsulatedContentInfo {
            econtent_type: DATA,
            econtent: Some(Any::encode_from(&OctetString::new(statement).map_err(format)?).map_err(format)?),
        },
        certificates: Some(
            CertificateSet::try_from(vec![CertificateChoices::Certificate(signer.parsed.clone())]).map_err(format)?,
        ),
        crls: None,
        signer_infos: SignerInfos::try_from(vec![info]).map_err(format)?,
    };
    let content = Any::encode_from(&data).map_err(format)?;
    let der = ContentInfo { content_type: SIGNED_DATA, content }.to_der().map_err(format)?;
    Ok(to_pem(&der)?.into_bytes())
}

/// What is signed: that it is data, and its digest (RFC 5652 11.1 and 11.2).
fn attributes(statement: &[u8]) -> der::Result<Attributes> {
    let attribute = |oid, value| Ok::<_, der::Error>(Attribute { oid, values: SetOfVec::try_from(vec![value])? });
    let digest = OctetString::new(Sha256::digest(statement).to_vec())?;
    let kind = attribute(CONTENT_TYPE, Any::encode_from(&DATA)?)?;
    Attributes::try_from(vec![kind, attribute(MESSAGE_DIGEST, Any::encode_from(&digest)?)?])
}

fn to_pem(der: &[u8]) -> Result<String, CmsError> {
    let pem = der::pem::encode_string(LABEL, LineEnding::LF, der);
    pem.map_err(|error| CmsError::Format(error.to_string()))
}

fn format(error: impl std::fmt::Display) -> CmsError {
    CmsError::Format(error.to_string())
}

/// Reads a file, whoever signed it: its signature must fit the certificate in it.
///
/// # Errors
/// [`CmsError`].
pub fn read(file: &[u8]) -> Result<SignedFile, CmsError> {
    if file.len() > FILE_MAX {
        return Err(CmsError::Format(format!("it has {} bytes", file.len())));
    }
    let (label, der) = der::pem::decode_vec(file).map_err(format)?;
    if label != LABEL || to_pem(&der)?.as_bytes() != file {
        return Err(CmsError::NotCanonical);
    }
    let outer = ContentInfo::from_der(&der).map_err(format)?;
    if outer.content_type != SIGNED_DATA {
        return Err(CmsError::Other("another content than SignedData"));
    }
    let data = outer.content.decode_as::<SignedData>().map_err(format)?;
    let again = ContentInfo { content_type: SIGNED_DATA, content: Any::encode_from(&data).map_err(format)? };
    if again.to_der().map_err(format)? != der {
        return Err(CmsError::NotCanonical);
    }
    opened(&data)
}

fn opened(data: &SignedData) -> Result<SignedFile, CmsError> {
    let [info] = data.signer_infos.0.as_slice() else {
        return Err(CmsError::Other("not exactly one signature"));
    };
    let certificates = data.certificates.as_ref().map_or(&[][..], |set| set.0.as_slice());
    let [CertificateChoices::Certificate(certificate)] = certificates else {
        return Err(CmsError::Other("not exactly one certificate, which must be the signer's"));
    };
    let signer = Organisation::from_der(&certificate.to_der().map_err(format)?)?;
    plain(data, info, &signer)?;
    let content = data.encap_content_info.econtent.as_ref();
    let content = content.ok_or(CmsError::Other("no statement: it was signed beside its content, not around it"))?;
    let statement = content.decode_as::<OctetString>().map_err(format)?.as_bytes().to_vec();
    let signed = info.signed_attrs.as_ref().ok_or(CmsError::Other("no signed attributes"))?;
    let digest = OctetString::new(Sha256::digest(&statement).to_vec()).map_err(format)?;
    if value(signed, CONTENT_TYPE)? != Any::encode_from(&DATA).map_err(format)? {
        return Err(CmsError::Other("a signature over something else than data"));
    }
    if value(signed, MESSAGE_DIGEST)? != Any::encode_from(&digest).map_err(format)? {
        return Err(CmsError::Changed);
    }
    if signer.verifies(&signed.to_der().map_err(format)?, info.signature.as_bytes()) {
        Ok(SignedFile { statement, signer })
    } else {
        Err(CmsError::Forged)
    }
}

/// What no signature covers can only be as it always is.
fn plain(data: &SignedData, info: &SignerInfo, signer: &Organisation) -> Result<(), CmsError> {
    let is_sha256 = |one: &AlgorithmIdentifierOwned| one.oid == SHA256 && is_empty(one);
    let is_by_key = |one: &AlgorithmIdentifierOwned| {
        is_empty(one)
            && if signer.is_rsa() { [RSA, SHA256_WITH_RSA].contains(&one.oid) } else { one.oid == ECDSA_WITH_SHA256 }
    };
    let names_signer = match &info.sid {
        SignerIdentifier::IssuerAndSerialNumber(id) => {
            let tbs = signer.parsed.tbs_certificate();
            info.version == CmsVersion::V1 && id.issuer == *tbs.issuer() && id.serial_number == *tbs.serial_number()
        }
        SignerIdentifier::SubjectKeyIdentifier(id) => {
            let found = signer.parsed.tbs_certificate().get_extension::<SubjectKeyIdentifier>();
            info.version == CmsVersion::V3 && found.ok().flatten().is_some_and(|(_, own)| own == *id)
        }
    };
    let expected = match info.sid {
        SignerIdentifier::IssuerAndSerialNumber(_) => CmsVersion::V1,
        SignerIdentifier::SubjectKeyIdentifier(_) => CmsVersion::V3,
    };
    if !matches!(data.digest_algorithms.as_slice(), [one] if is_sha256(one)) || !is_sha256(&info.digest_alg) {
        return Err(CmsError::Other("another digest than SHA-256"));
    }
    if !is_by_key(&info.signature_algorithm) {
        return Err(CmsError::Other("another algorithm than RSA (PKCS #1 1.5) or ECDSA with SHA-256"));
    }
    if !names_signer || data.version != expected {
        return Err(CmsError::Other("a signature by another certificate than the one in it"));
    }
    if data.crls.is_some() || info.unsigned_attrs.is_some() || data.encap_content_info.econtent_type != DATA {
        return Err(CmsError::Other("something beside a statement, a certificate and a signature"));
    }
    Ok(())
}

/// Without parameters, or with NULL: both are in use (RFC 5754 2).
fn is_empty(algorithm: &AlgorithmIdentifierOwned) -> bool {
    algorithm.parameters.as_ref().is_none_or(Any::is_null)
}

fn value(attributes: &Attributes, oid: ObjectIdentifier) -> Result<Any, CmsError> {
    let mut found = attributes.iter().filter(|attribute| attribute.oid == oid);
    match (found.next().map(|attribute| attribute.values.as_slice()), found.next()) {
        (Some([value]), None) => Ok(value.clone()),
        _ => Err(CmsError::Other("an attribute that is missing or there twice")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn around(der: &[u8]) -> Vec<u8> {
        to_pem(der).unwrap().into_bytes()
    }

    #[test]
    fn what_is_no_signed_data_is_said() {
        assert!(matches!(read(b"{}"), Err(CmsError::Format(_))));
        assert!(matches!(read(&around(b"\x30\x00")), Err(CmsError::Format(_))));
        let other = ContentInfo { content_type: DATA, content: Any::from(Null) }.to_der().unwrap();
        assert_eq!(read(&around(&other)), Err(CmsError::Other("another content than SignedData")));
        // The same bytes with other line ends are another file.
        let text = String::from_utf8(around(&other)).unwrap();
        assert_eq!(read(text.replace('\n', "\r\n").as_bytes()), Err(CmsError::NotCanonical));
        assert!(is_one(text.as_bytes()) && !is_one(b"{\"payload\""));
        assert!(matches!(read(&vec![b'x'; FILE_MAX + 1]), Err(CmsError::Format(_))));
    }

    proptest! {
        #[test]
        fn hostile_files_are_answered(der in prop::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(read(&der).is_err() && read(&around(&der)).is_err());
        }

        #[test]
        fn hostile_signed_data_is_answered(inner in prop::collection::vec(any::<u8>(), 0..300)) {
            let content = Any::new(der::Tag::Sequence, inner).unwrap();
            let der = ContentInfo { content_type: SIGNED_DATA, content }.to_der().unwrap();
            prop_assert!(read(&around(&der)).is_err());
        }
    }
}
