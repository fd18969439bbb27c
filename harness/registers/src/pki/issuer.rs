//! What the issuing CA is called. Some systems have a table of issuers and the addresses of their revocation lists
//! compiled in, and refuse every other: for them the CA has the name of a national *test* CA, with a key of its own.

use super::Seid;
use rcgen::{DistinguishedName, DnType};

/// Whose name the issuing CA has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IssuerName {
    /// Our own.
    Own,
    /// The test CA of Buypass, of the generation of the certificates.
    Buypass,
    /// The test CA of Commfides; there is one for SEID 2 only.
    Commfides,
}

/// Paths of the lists of those test CAs, in lower case, as they stand in systems: with a host alias they lead here.
pub const LIST_PATHS: [&str; 3] =
    ["/bpcl3cag2stbs.crl", "/crl/bpclass3t4ca3.crl", "/g3/commfideslegalpersonca-g3-test.crl"];

/// organizationIdentifier.
const ORGANIZATION_IDENTIFIER: [u64; 4] = [2, 5, 4, 97];

impl IssuerName {
    pub(super) fn name(self, seid: Seid) -> DistinguishedName {
        let mut name = DistinguishedName::new();
        name.push(DnType::CountryName, "NO");
        let identifier = || DnType::CustomDnType(ORGANIZATION_IDENTIFIER.to_vec());
        match (self, seid) {
            (Self::Own, _) => {
                name.push(DnType::OrganizationName, "Prøvestein");
                name.push(DnType::CommonName, "Prøvestein kit issuing CA");
            }
            (Self::Buypass, Seid::One) => {
                name.push(DnType::OrganizationName, "Buypass AS-983163327");
                name.push(DnType::CommonName, "Buypass Class 3 Test4 CA 3");
            }
            (Self::Buypass, Seid::Two) => {
                name.push(identifier(), "NTRNO-983163327");
                name.push(DnType::OrganizationName, "Buypass AS");
                name.push(DnType::CommonName, "Buypass Class 3 Test4 CA G2 ST Business");
            }
            (Self::Commfides, _) => {
                name.push(DnType::OrganizationName, "Commfides Norge AS");
                name.push(identifier(), "NTRNO-988312495");
                name.push(DnType::CommonName, "Commfides Legal Person - G3 - TEST");
            }
        }
        name
    }
}
