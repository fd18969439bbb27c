//! The branch that signs and encrypts messages.

use super::crl::{self, Revoked};
use super::keys::{self, RsaKeys};
use super::{Issued, PkiError, Seid, Terms, extension, time_of};
use crate::party::Pair;
use jiff::{SignedDuration, Timestamp};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, CrlDistributionPoint, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SerialNumber, SigningKey as _,
};

/// Whose certificates they are to be.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    /// Beginning of the file names.
    pub files: &'a str,
    /// Name of the service.
    pub service: &'a str,
    /// Name of the organisation.
    pub organisation: &'a str,
    /// Organisation number; empty when unknown.
    pub number: &'a str,
}

/// Root, issuing CA, and the root's list that revokes nothing for as long as the kit lasts.
#[derive(Debug)]
pub struct MessageBranch {
    terms: Terms,
    keys: RsaKeys,
    /// The root.
    pub root: Certificate,
    /// The root's revocation list, DER.
    pub root_crl: Vec<u8>,
    /// The issuing CA.
    pub issuing: Issuing,
}

/// The issuing CA with its key.
#[derive(Debug)]
pub struct Issuing {
    issuer: Issuer<'static, KeyPair>,
    der: Vec<u8>,
}

impl Issuing {
    /// Reads the CA of a kit from the PEM texts of its certificate and key.
    ///
    /// # Errors
    /// [`PkiError`] when they are not that.
    pub fn load(certificate: &str, key: &str) -> Result<Self, PkiError> {
        let key = KeyPair::from_pem(key)?;
        let issuer = Issuer::from_ca_cert_pem(certificate, key)?;
        let certificate = wire::certificate::Certificate::from_pem(certificate);
        let der = certificate.map_err(|_| rcgen::Error::CouldNotParseCertificate)?.der().to_vec();
        Ok(Self { issuer, der })
    }

    /// The certificate, DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// The key, PEM.
    pub fn key_pem(&self) -> String {
        self.issuer.key().serialize_pem()
    }

    /// A revocation list in DER.
    ///
    /// # Errors
    /// [`PkiError::Certificate`].
    pub fn revocation_list(&self, revoked: &[Revoked], now: Timestamp, next: Timestamp) -> Result<Vec<u8>, PkiError> {
        crl::write(&self.issuer, revoked, now, next)
    }

    /// Signs bytes, RSA PKCS#1 v1.5 with SHA-256.
    ///
    /// # Errors
    /// [`PkiError::Certificate`].
    pub fn sign(&self, bytes: &[u8]) -> Result<Vec<u8>, PkiError> {
        Ok(self.issuer.key().sign(bytes)?)
    }
}

impl MessageBranch {
    /// Makes root and issuing CA; `keys` holds keys made in advance.
    ///
    /// # Errors
    /// [`PkiError`].
    pub fn make(terms: Terms, keys: RsaKeys) -> Result<Self, PkiError> {
        let root_key = keys.take(terms.bits)?;
        let mut params = params(&terms, name("Prøvestein kit root", "Prøvestein", None), terms.end());
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(1));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let root = params.self_signed(&root_key)?;
        let root_issuer = Issuer::new(params, root_key);
        let root_crl = crl::write(&root_issuer, &[], terms.now, terms.end())?;

        let key = keys.take(terms.bits)?;
        let mut params = self::params(&terms, terms.issuer.name(terms.seid), terms.end());
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages =
            vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign, KeyUsagePurpose::DigitalSignature];
        // Without serverAuth: whoever trusts the root trusts no web server by it.
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::EmailProtection, ExtendedKeyUsagePurpose::ClientAuth];
        // No OCSP: the root's key will be gone, so nobody could sign an answer.
        params.crl_distribution_points = vec![list_at(&terms.registers, "root")];
        let issuing = params.signed_by(&key, &root_issuer)?;
        let issuing = Issuing { der: issuing.der().to_vec(), issuer: Issuer::new(params, key) };
        Ok(Self { terms, keys, root, root_crl, issuing })
    }

    /// The two certificates of a party.
    ///
    /// # Errors
    /// [`PkiError`].
    pub fn pair(&self, owner: Owner<'_>) -> Result<Pair<Issued>, PkiError> {
        Ok(Pair { sign: self.signing(owner, "sign")?, encrypt: self.encrypting(owner, "encrypt")? })
    }

    /// A signing certificate; `kind` ends its file names.
    ///
    /// # Errors
    /// [`PkiError`].
    pub fn signing(&self, owner: Owner<'_>, kind: &str) -> Result<Issued, PkiError> {
        self.issue(owner, kind, vec![KeyUsagePurpose::ContentCommitment], self.terms.end())
    }

    /// An encryption certificate; `kind` ends its file names.
    ///
    /// # Errors
    /// [`PkiError`].
    pub fn encrypting(&self, owner: Owner<'_>, kind: &str) -> Result<Issued, PkiError> {
        let usages = match self.terms.seid {
            Seid::One => vec![KeyUsagePurpose::KeyEncipherment, KeyUsagePurpose::DataEncipherment],
            Seid::Two => vec![KeyUsagePurpose::KeyEncipherment],
        };
        self.issue(owner, kind, usages, self.terms.end())
    }

    /// A signing certificate that expired an hour before the kit was made.
    ///
    /// # Errors
    /// [`PkiError`].
    pub fn expired(&self, owner: Owner<'_>) -> Result<Issued, PkiError> {
        let until = self.terms.now.saturating_sub(SignedDuration::from_hours(1)).unwrap_or(self.terms.now);
        self.issue(owner, "sign-expired", vec![KeyUsagePurpose::ContentCommitment], until)
    }

    /// A signing certificate that is revoked from the beginning.
    ///
    /// # Errors
    /// [`PkiError`].
    pub fn revoked(&self, owner: Owner<'_>) -> Result<Issued, PkiError> {
        let issued = self.issue(owner, "sign-revoked", vec![KeyUsagePurpose::ContentCommitment], self.terms.end())?;
        Ok(Issued { revoked: true, ..issued })
    }

    fn issue(
        &self,
        owner: Owner<'_>,
        kind: &str,
        usages: Vec<KeyUsagePurpose>,
        until: Timestamp,
    ) -> Result<Issued, PkiError> {
        let key = self.keys.take(self.terms.bits)?;
        let number = (!owner.number.is_empty()).then_some((self.terms.seid, owner.number));
        let mut params = params(&self.terms, name(owner.service, owner.organisation, number), until);
        params.key_usages = usages;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::EmailProtection];
        let registers = &self.terms.registers;
        params.crl_distribution_points = vec![list_at(registers, "issuing")];
        let access = extension::access(&format!("{registers}/ocsp"), &format!("{registers}/ca/issuing.cer"))?;
        params.custom_extensions.push(access);
        let serial = params.serial_number.as_ref().map(SerialNumber::to_bytes).unwrap_or_default();
        let certificate = params.signed_by(&key, &self.issuing.issuer)?;
        Ok(Issued { name: format!("{}-{kind}", owner.files), certificate, key, serial, revoked: false })
    }
}

fn params(terms: &Terms, name: DistinguishedName, until: Timestamp) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = name;
    params.not_before = time_of(terms.start());
    params.not_after = time_of(until);
    params.serial_number = Some(SerialNumber::from(keys::serial()));
    params.use_authority_key_identifier_extension = true;
    params
}

/// Where the list of an issuer lies.
fn list_at(registers: &str, issuer: &str) -> CrlDistributionPoint {
    CrlDistributionPoint { uris: vec![format!("{registers}/crl/{issuer}.crl")] }
}

fn name(common_name: &str, organisation: &str, number: Option<(Seid, &str)>) -> DistinguishedName {
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, "NO");
    name.push(DnType::OrganizationName, organisation);
    match number {
        // organizationIdentifier 2.5.4.97, semantics of ETSI EN 319 412-1 5.1.4.
        Some((Seid::Two, number)) => {
            name.push(DnType::CustomDnType(vec![2, 5, 4, 97]), format!("NTRNO-{number}"));
        }
        // serialNumber 2.5.4.5.
        Some((Seid::One, number)) => name.push(DnType::CustomDnType(vec![2, 5, 4, 5]), number),
        None => {}
    }
    name.push(DnType::CommonName, common_name);
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::{Issued, IssuerName};

    fn branch() -> MessageBranch {
        let terms = Terms {
            bits: 2048,
            now: "2026-01-15T09:30:00Z".parse().unwrap(),
            days: 90,
            registers: "http://reg.test:8490".to_owned(),
            seid: Seid::Two,
            issuer: IssuerName::Own,
        };
        MessageBranch::make(terms, RsaKeys::make(0, 2048).unwrap()).unwrap()
    }

    #[test]
    fn certificates_are_valid_when_they_should_be_and_have_their_usage() {
        let branch = branch();
        let owner = Owner { files: "hospital", service: "Avdeling", organisation: "Sykehus", number: "310000019" };
        let pair = branch.pair(owner).unwrap();
        let (sign, encrypt) = (pair.sign.read().unwrap(), pair.encrypt.read().unwrap());
        assert!(sign.key_usage().unwrap().non_repudiation && !sign.key_usage().unwrap().key_encipherment);
        assert!(encrypt.key_usage().unwrap().key_encipherment && !encrypt.key_usage().unwrap().data_encipherment);
        assert_eq!(super::extension::list_address(sign.der()).unwrap(), "http://reg.test:8490/crl/issuing.crl");
        assert_eq!(super::extension::list_address(b"no certificate"), None);
        assert_eq!(sign.not_before(), "2026-01-14T09:30:00Z".parse().unwrap());
        assert_eq!(sign.not_after(), "2026-04-15T09:30:00Z".parse().unwrap());
        let expired = branch.expired(owner).unwrap().read().unwrap();
        assert_eq!(expired.not_after(), "2026-01-15T08:30:00Z".parse().unwrap());
        let Issued { name, revoked, serial, certificate, .. } = branch.revoked(owner).unwrap();
        assert!(revoked && name == "hospital-sign-revoked");
        let hex: String = serial.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(wire::certificate::Certificate::from_der(certificate.der()).unwrap().serial_hex(), hex);
    }

    #[test]
    fn the_issuing_ca_of_a_kit_is_read_again_and_goes_on_signing() {
        let branch = branch();
        let pem = wire::certificate::Certificate::from_der(branch.issuing.der()).unwrap().to_pem();
        let again = Issuing::load(&pem, &branch.issuing.key_pem()).unwrap();
        assert_eq!(again.sign(b"x").unwrap(), branch.issuing.sign(b"x").unwrap());
        assert_eq!(again.der(), branch.issuing.der());
        assert!(Issuing::load(&pem, "no key").is_err());
    }
}
