//! The TLS branch: a CA that can speak for nobody but the hosts of this kit.

use super::keys;
use super::{PkiError, Terms, time_of};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CidrSubnet, DistinguishedName, DnType, ExtendedKeyUsagePurpose,
    GeneralSubtree, IsCa, Issuer, KeyPair, KeyUsagePurpose, NameConstraints, SanType, SerialNumber,
};
use std::net::IpAddr;

/// Hosts of the national test environment that systems have compiled in. With an alias they lead to the harness.
pub const NATIONAL_TEST_HOSTS: [&str; 14] = [
    "api.tjener.test.melding.nhn.no",
    "cpapi.test.grunndata.nhn.no",
    "cppa.test.grunndata.nhn.no",
    "crl.test.commfides.com",
    "crl.test4.buypass.no",
    "crl.test4.buypassca.com",
    "crl1.test.commfides.com",
    "helseid-sts.test.nhn.no",
    "ldap.test.commfides.com",
    "ldap.test4.buypass.no",
    "register-web.test.nhn.no",
    "tb.test.nhn.no",
    "ws-web.test.nhn.no",
    "ws.test.nhn.no",
];

/// Names by which this machine and the machine around a container go.
const LOCAL_HOSTS: [&str; 4] = ["localhost", "host.docker.internal", "127.0.0.1", "::1"];

/// CA, server certificate of the harness, and a client certificate.
#[derive(Debug)]
pub struct TlsBranch {
    /// The CA; its key is gone.
    pub ca: Certificate,
    /// What the harness shows.
    pub server: (Certificate, KeyPair),
    /// What the harness, or the subject, shows as a client.
    pub client: (Certificate, KeyPair),
    /// The hosts, the advertised ones first.
    pub hosts: Vec<String>,
}

/// The hosts of some URLs, each once, and those that are always there.
pub fn hosts_of(urls: &[&str]) -> Vec<String> {
    let named = urls.iter().filter_map(|url| url.parse::<carrier::http::Url>().ok()).map(|url| url.host);
    let always = LOCAL_HOSTS.iter().chain(&NATIONAL_TEST_HOSTS).map(|host| (*host).to_owned());
    let mut hosts = Vec::new();
    for host in named.chain(always) {
        let host = host.trim_matches(['[', ']']).to_ascii_lowercase();
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    hosts
}

impl TlsBranch {
    /// Makes the branch. Its keys are of elliptic curves: they cost nothing, and every TLS stack in use has P-256.
    ///
    /// # Errors
    /// [`PkiError`].
    pub fn make(terms: &Terms, hosts: Vec<String>) -> Result<Self, PkiError> {
        let key = KeyPair::generate()?;
        let mut params = params(terms, "Prøvestein kit TLS CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let permitted = hosts.iter().map(|host| match host.parse::<IpAddr>() {
            Ok(IpAddr::V4(address)) => GeneralSubtree::IpAddress(CidrSubnet::V4(address.octets(), [255; 4])),
            Ok(IpAddr::V6(address)) => GeneralSubtree::IpAddress(CidrSubnet::V6(address.octets(), [255; 16])),
            Err(_) => GeneralSubtree::DnsName(host.clone()),
        });
        params.name_constraints =
            Some(NameConstraints { permitted_subtrees: permitted.collect(), excluded_subtrees: Vec::new() });
        let ca = params.self_signed(&key)?;
        let issuer = Issuer::new(params, key);

        let mut params = self::params(terms, "Prøvestein harness");
        params.subject_alt_names = hosts.iter().map(|host| san(host)).collect::<Result<_, _>>()?;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate()?;
        let server = (params.signed_by(&key, &issuer)?, key);

        let mut params = self::params(terms, "Prøvestein client");
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        let key = KeyPair::generate()?;
        let client = (params.signed_by(&key, &issuer)?, key);
        Ok(Self { ca, server, client, hosts })
    }
}

fn params(terms: &Terms, common_name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Prøvestein");
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.not_before = time_of(terms.start());
    params.not_after = time_of(terms.end());
    params.serial_number = Some(SerialNumber::from(keys::serial()));
    params.use_authority_key_identifier_extension = true;
    params
}

fn san(host: &str) -> Result<SanType, PkiError> {
    Ok(match host.parse::<IpAddr>() {
        Ok(address) => SanType::IpAddress(address),
        Err(_) => SanType::DnsName(host.try_into()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_advertised_hosts_come_first_and_each_once() {
        let hosts = hosts_of(&["http://harness.test:8480/", "https://LOCALHOST:8491", "no url"]);
        assert_eq!(hosts[..2], ["harness.test", "localhost"]);
        assert_eq!(hosts.iter().filter(|host| *host == "localhost").count(), 1);
        assert!(hosts.iter().any(|host| host == "ws-web.test.nhn.no"));
    }
}
