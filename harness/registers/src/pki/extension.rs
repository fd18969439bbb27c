//! Extensions that rcgen has no fields for.

use super::PkiError;
use der::asn1::{Ia5String, ObjectIdentifier};
use der::{Decode as _, Encode as _};
use rcgen::CustomExtension;
use x509_cert::Certificate;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{AccessDescription, AuthorityInfoAccessSyntax, CrlDistributionPoints};

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

/// The first address at which a certificate says that its issuer's list lies.
pub fn list_address(certificate: &[u8]) -> Option<String> {
    let certificate = Certificate::from_der(certificate).ok()?;
    let (_, points) = certificate.tbs_certificate().get_extension::<CrlDistributionPoints>().ok()??;
    let names = points.0.into_iter().filter_map(|point| point.distribution_point).flat_map(|name| match name {
        DistributionPointName::FullName(names) => names,
        DistributionPointName::NameRelativeToCRLIssuer(_) => Vec::new(),
    });
    names.into_iter().find_map(|name| match name {
        GeneralName::UniformResourceIdentifier(url) => Some(url.as_str().to_owned()),
        _ => None,
    })
}
