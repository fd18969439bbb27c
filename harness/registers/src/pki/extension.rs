//! Extensions that rcgen has no fields for.

use super::PkiError;
use der::Encode as _;
use der::asn1::{Ia5String, ObjectIdentifier};
use rcgen::CustomExtension;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{AccessDescription, AuthorityInfoAccessSyntax};

/// id-pe-authorityInfoAccess (RFC 5280 4.2.2.1).
const AUTHORITY_INFO_ACCESS: [u64; 9] = [1, 3, 6, 1, 5, 5, 7, 1, 1];
const OCSP: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1");
const CA_ISSUERS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.2");

/// Where the state of a certificate is asked for, and where its issuer's certificate lies.
pub(super) fn access(ocsp: &str, issuer: &str) -> Result<CustomExtension, PkiError> {
    let at = |access_method, url: &str| {
        let access_location = GeneralName::UniformResourceIdentifier(Ia5String::new(url)?);
        Ok::<_, der::Error>(AccessDescription { access_method, access_location })
    };
    let content = AuthorityInfoAccessSyntax(vec![at(OCSP, ocsp)?, at(CA_ISSUERS, issuer)?]).to_der()?;
    Ok(CustomExtension::from_oid_content(&AUTHORITY_INFO_ACCESS, content))
}
