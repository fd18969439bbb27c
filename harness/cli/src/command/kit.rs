//! `kit`: what a vendor imports to talk to the harness. The CA is made here and its key stays with whoever ran it.

use super::terminal::say;
use crate::args::Kit;
use crate::embedded;
use crate::failure::Failure;
use checks::exit::Exit;
use exchange::cast::{Cast, CastParty};
use exchange::subject::PARTNER_TABLE;
use rcgen::{BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use std::fs;
use std::path::Path;
use wire::key::PrivateKey;

/// Writes a kit.
///
/// # Errors
/// [`Failure`].
pub fn run(args: &Kit) -> Result<Exit, Failure> {
    let dir = &args.dir;
    if dir.join(PARTNER_TABLE).exists() {
        return Err(Failure::new(
            Exit::USAGE,
            format!("{} holds a kit already; its keys are not overwritten", dir.display()),
        )
        .hint("choose another folder, or remove that one"));
    }
    let wrong = |error: std::io::Error| {
        Failure::new(Exit::USAGE, format!("failed to write the kit into {}: {error}", dir.display()))
    };
    fs::create_dir_all(dir).map_err(wrong)?;
    let cast = embedded::cast()?;
    let maker = Maker::new(args.bits)?;
    fs::write(dir.join("ca.pem"), &maker.ca_pem).map_err(wrong)?;
    let roles = ["hospital", "stranger"];
    for role in roles {
        let party = cast
            .parties
            .get(role)
            .ok_or_else(|| Failure::new(Exit::HARNESS_BUG, format!("the cast has no `{role}`")))?;
        for (kind, usages) in [
            ("sign", vec![KeyUsagePurpose::ContentCommitment]),
            ("encrypt", vec![KeyUsagePurpose::KeyEncipherment, KeyUsagePurpose::DataEncipherment]),
        ] {
            let (certificate, key) = maker.party(party, usages)?;
            fs::write(dir.join(format!("{role}-{kind}.pem")), certificate).map_err(wrong)?;
            write_key(&dir.join(format!("{role}-{kind}.key.pem")), &key).map_err(wrong)?;
        }
    }
    fs::write(dir.join(PARTNER_TABLE), table(&cast, &roles)).map_err(wrong)?;
    fs::write(dir.join("README.md"), readme(&cast, &args.harness)).map_err(wrong)?;
    say(format!("kit written into {}: partner table, certificates, README.md", dir.display()));
    say("import the certificates and addresses that its README.md lists into the system under test,");
    say("then point `partners` of the subject file at this folder");
    Ok(Exit::MET)
}

struct Maker {
    issuer: Issuer<'static, KeyPair>,
    ca_pem: String,
    bits: usize,
}

impl Maker {
    fn new(bits: u16) -> Result<Self, Failure> {
        let bits = usize::from(bits);
        let key = pair(bits)?.1;
        let mut params = params("Prøvestein kit CA", "Prøvestein", None);
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let certificate = params.self_signed(&key).map_err(|error| Failure::of(Exit::HARNESS_BUG, &error))?;
        Ok(Self { ca_pem: certificate.pem(), issuer: Issuer::new(params, key), bits })
    }

    /// A certificate and its key, PEM.
    fn party(&self, party: &CastParty, usages: Vec<KeyUsagePurpose>) -> Result<(String, String), Failure> {
        let (pem, key) = pair(self.bits)?;
        let number = party.organisation.number.as_deref();
        let mut params = params(&party.service.name, &party.organisation.name, number);
        params.key_usages = usages;
        let certificate =
            params.signed_by(&key, &self.issuer).map_err(|error| Failure::of(Exit::HARNESS_BUG, &error))?;
        Ok((certificate.pem(), pem))
    }
}

/// ring cannot make RSA keys, so they are made by `rsa` and handed over as PKCS#8.
fn pair(bits: usize) -> Result<(String, KeyPair), Failure> {
    let mut chance = rsa::rand_core::UnwrapErr(getrandom::SysRng);
    let bug = |error: &dyn std::error::Error| Failure::of(Exit::HARNESS_BUG, error);
    let key = PrivateKey::generate(&mut chance, bits).map_err(|error| bug(&error))?;
    let pem = key.to_pkcs8_pem().map_err(|error| bug(&error))?;
    let pair = KeyPair::from_pem(&pem).map_err(|error| bug(&error))?;
    Ok((pem, pair))
}

fn params(common_name: &str, organisation: &str, number: Option<&str>) -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut name = DistinguishedName::new();
    name.push(DnType::CountryName, "NO");
    name.push(DnType::OrganizationName, organisation);
    name.push(DnType::CommonName, common_name);
    if let Some(number) = number {
        // serialNumber 2.5.4.5, as Norwegian organisation certificates carry it.
        name.push(DnType::CustomDnType(vec![2, 5, 4, 5]), number);
    }
    params.distinguished_name = name;
    params
}

/// Keys are for their owner only.
fn write_key(path: &Path, pem: &str) -> std::io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    std::io::Write::write_all(&mut options.open(path)?, pem.as_bytes())
}

fn table(cast: &Cast, roles: &[&str]) -> String {
    let mut out = String::from(
        "# Written by `provestein kit`. Our parties, their keys, and the patients that scenarios are about.\nparties:\n",
    );
    for role in roles {
        let Some(party) = cast.parties.get(*role) else { continue };
        let number = party.organisation.number.clone().unwrap_or_default();
        let phone = party.service.phone.clone().unwrap_or_default();
        let responsible = &party.responsible;
        out.push_str(&format!(
            "  {role}:\n    organisation: {{ her: {}, name: {:?}, number: {number:?} }}\n    service: {{ her: {}, name: {:?}, phone: {phone:?} }}\n    edi: {}\n    responsible: {{ given_name: {:?}, family_name: {:?}, hpr: {:?} }}\n    certificates: {{ sign: {role}-sign.pem, encrypt: {role}-encrypt.pem }}\n    keys: {{ sign: {role}-sign.key.pem, encrypt: {role}-encrypt.key.pem }}\n",
            party.organisation.her,
            party.organisation.name,
            party.service.her,
            party.service.name,
            party.edi,
            responsible.given_name,
            responsible.family_name,
            responsible.hpr,
        ));
    }
    out.push_str("patients:\n");
    for (kind, patient) in &cast.patients {
        out.push_str(&format!(
            "  {kind}: {{ id: {:?}, kind: {}, given_name: {:?}, family_name: {:?}, date_of_birth: {:?}, sex: {{ code: {:?}, name: {:?} }} }}\n",
            patient.id,
            patient.kind,
            patient.given_name,
            patient.family_name,
            patient.date_of_birth,
            patient.sex.code,
            patient.sex.name,
        ));
    }
    out
}

fn readme(cast: &Cast, harness: &str) -> String {
    let mut out = format!(
        "# Prøvestein kit\n\n\
         Import this into the system under test, once. / Legg dette inn i systemet som skal testes, én gang.\n\n\
         The harness receives messages and receipts at `{harness}`.\n\
         Testverktøyet tar imot meldinger og kvitteringer på `{harness}`.\n\n\
         | role | enterprise (HER-id) | service (HER-id) | address | signs with | encrypt to |\n|---|---|---|---|---|---|\n"
    );
    for role in ["hospital", "stranger"] {
        let Some(party) = cast.parties.get(role) else { continue };
        let address = if role == "stranger" { "none: it never sends" } else { harness };
        out.push_str(&format!(
            "| {role} | {} ({}) | {} ({}) | {address} | `{role}-sign.pem` | `{role}-encrypt.pem` |\n",
            party.organisation.name, party.organisation.her, party.service.name, party.service.her
        ));
    }
    out.push_str("\nThe certificates are issued by `ca.pem`, which was made for this kit alone; trust it in test systems only.\n");
    out.push_str("Sertifikatene er utstedt av `ca.pem`, som er laget for dette settet alene; stol på den bare i testsystemer.\n\n");
    out.push_str("The stranger is a party that the system must not know: leave it out of the partner table.\n");
    out.push_str(
        "`stranger` er en part som systemet ikke skal kjenne: den legges ikke inn.\n\n## Patients / Pasienter\n\n",
    );
    for (kind, patient) in &cast.patients {
        let (en, nb) = if kind == "known" {
            ("make a record", "opprett journal")
        } else {
            ("make no record", "opprett ikke journal")
        };
        out.push_str(&format!("- {} {}, {}: {en} / {nb}\n", patient.given_name, patient.family_name, patient.id));
    }
    out.push_str("\nAll persons and organisations are invented or official test persons.\n");
    out.push_str("Keep the `*.key.pem` files where the harness runs; the system under test does not need them.\n");
    out
}
