//! The certificates of a kit and their files.

use super::{File, Plan};
use crate::party::{Pair, Party};
use crate::pki::crl::Revoked;
use crate::pki::p12::{self, Protection};
use crate::pki::{Issued, MessageBranch, Owner, PkiError, TlsBranch};
use rcgen::Certificate;
use wire::certificate::Certificate as Read;

/// Path of the table of what the issuing CA has issued.
pub const ISSUED: &str = "ca/issued.tsv";

/// A certificate that the issuing CA knows of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// Serial number, big-endian.
    pub serial: Vec<u8>,
    /// Name of its files.
    pub name: String,
    /// Whether it is revoked from the beginning.
    pub revoked: bool,
}

impl Known {
    /// Reads the table; a line that is not of it is left out.
    pub fn read(table: &str) -> Vec<Self> {
        let line = |line: &str| {
            let mut cells = line.split('\t');
            let (serial, name, state) = (cells.next()?, cells.next()?, cells.next()?);
            Some(Self { serial: bytes(serial)?, name: name.to_owned(), revoked: state == "revoked" })
        };
        table.lines().filter_map(line).collect()
    }

    fn line(&self) -> String {
        let serial: String = self.serial.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{serial}\t{}\t{}\n", self.name, if self.revoked { "revoked" } else { "good" })
    }
}

fn bytes(hex: &str) -> Option<Vec<u8>> {
    if hex.is_empty() || !hex.len().is_multiple_of(2) || !hex.is_ascii() {
        return None;
    }
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).ok()).collect()
}

/// Root and issuing CA, two for each party, and what scenarios need.
pub(super) fn keys_needed(plan: &Plan) -> usize {
    let subject = if plan.subject.certificates.is_none() { 2 } else { 0 };
    2 + 2 * plan.ours.len() + subject + TRICKS
}

/// Expired, revoked, and two replacements.
const TRICKS: usize = 4;

/// Everything that was issued.
pub(super) struct Made {
    ours: Vec<Pair<Issued>>,
    subject: Option<Pair<Issued>>,
    tricks: Vec<Issued>,
}

impl Made {
    pub fn of(plan: &Plan, branch: &MessageBranch) -> Result<Self, PkiError> {
        let ours: Result<Vec<_>, _> = plan.ours.iter().map(|member| branch.pair(owner(member))).collect();
        let subject = match plan.subject.certificates {
            Some(_) => None,
            None => Some(branch.pair(owner(&plan.subject.member))?),
        };
        let mut tricks = Vec::new();
        if let Some(member) = plan.ours.first() {
            let owner = owner(member);
            tricks.push(branch.expired(owner)?);
            tricks.push(branch.revoked(owner)?);
            tricks.push(branch.signing(owner, "sign-next")?);
            tricks.push(branch.encrypting(owner, "encrypt-next")?);
        }
        Ok(Self { ours: ours?, subject, tricks })
    }

    /// The known parties with their certificates, the subject last.
    pub fn parties(&self, plan: &Plan) -> Result<Vec<Party>, PkiError> {
        let read = |issued: &Issued| issued.read().map_err(|_| PkiError::from(rcgen::Error::CouldNotParseCertificate));
        let party = |member: &super::Member, certificates| Party {
            role: member.role.clone(),
            organisation: member.organisation.clone(),
            service: member.service.clone(),
            edi: member.edi.clone(),
            certificates,
        };
        let pair =
            |pair: &Pair<Issued>| Ok::<_, PkiError>(Pair { sign: read(&pair.sign)?, encrypt: read(&pair.encrypt)? });
        let mut parties = Vec::new();
        for (member, issued) in plan.ours.iter().zip(&self.ours).filter(|(member, _)| member.is_known) {
            parties.push(party(member, pair(issued)?));
        }
        let own = match (&plan.subject.certificates, &self.subject) {
            (Some(given), _) => Some(given.clone()),
            (None, Some(made)) => Some(pair(made)?),
            (None, None) => None,
        };
        parties.extend(own.map(|certificates| party(&plan.subject.member, certificates)));
        Ok(parties)
    }

    pub fn files(&self, plan: &Plan, branch: &MessageBranch) -> Result<Vec<File>, PkiError> {
        let issuing = pem(branch.issuing.der());
        let mut files = vec![
            File::open("ca.pem", branch.root.pem()),
            File::open("issuing.pem", issuing.clone()),
            File::open("chain.pem", format!("{issuing}{}", branch.root.pem())),
            File::open("crl/root.crl", branch.root_crl.clone()),
            File::secret("ca/issuing.key.pem", branch.issuing.key_pem()),
        ];
        for issued in self.ours.iter().flat_map(|pair| [&pair.sign, &pair.encrypt]) {
            files.extend(in_pem("", issued));
        }
        for issued in &self.tricks {
            files.extend(in_pem("scenario-keys/", issued));
        }
        for issued in self.subject.iter().flat_map(|pair| [&pair.sign, &pair.encrypt]) {
            files.extend(in_pem("subject/", issued));
            let above = [branch.issuing.der(), &branch.root.der()[..]];
            for (ending, protection) in [("", Protection::Modern), ("-legacy", Protection::Legacy)] {
                let bytes = p12::keys(issued, &above, protection)?;
                files.push(File::secret(format!("subject/{}{ending}.p12", issued.name), bytes));
            }
        }
        files.extend(self.trust(plan, branch)?);
        let known: Vec<Known> = self.all().map(known).collect();
        let revoked: Vec<Revoked> = known
            .iter()
            .filter(|known| known.revoked)
            .map(|known| Revoked { serial: known.serial.clone(), since: plan.terms.start() })
            .collect();
        let list = branch.issuing.revocation_list(&revoked, plan.terms.now, plan.terms.end())?;
        files.push(File::open("crl/issuing.crl", list));
        files.push(File::open(ISSUED, known.iter().map(Known::line).collect::<String>()));
        Ok(files)
    }

    /// The CAs and the certificates of our parties in one PKCS#12 file, without any key.
    fn trust(&self, plan: &Plan, branch: &MessageBranch) -> Result<Vec<File>, PkiError> {
        let mut all: Vec<(&str, &[u8])> = vec![("root", branch.root.der()), ("issuing", branch.issuing.der())];
        let members = plan.ours.iter().zip(&self.ours).filter(|(member, _)| member.is_known);
        for issued in members.flat_map(|(_, pair)| [&pair.sign, &pair.encrypt]) {
            all.push((&issued.name, issued.certificate.der()));
        }
        Ok(vec![
            File::open("partners.p12", p12::trust(&all, Protection::Modern)?),
            File::open("partners-legacy.p12", p12::trust(&all, Protection::Legacy)?),
        ])
    }

    fn all(&self) -> impl Iterator<Item = &Issued> {
        let pairs = self.ours.iter().chain(&self.subject).flat_map(|pair| [&pair.sign, &pair.encrypt]);
        pairs.chain(&self.tricks)
    }
}

fn owner(member: &super::Member) -> Owner<'_> {
    Owner {
        files: &member.role,
        service: &member.service.name,
        organisation: &member.organisation.name,
        number: &member.organisation.number,
    }
}

fn known(issued: &Issued) -> Known {
    Known { serial: issued.serial.clone(), name: issued.name.clone(), revoked: issued.revoked }
}

fn in_pem(folder: &str, issued: &Issued) -> [File; 2] {
    [
        File::open(format!("{folder}{}.pem", issued.name), issued.certificate.pem()),
        File::secret(format!("{folder}{}.key.pem", issued.name), issued.key.serialize_pem()),
    ]
}

fn pem(der: &[u8]) -> String {
    // It was written by us a moment ago, and is read again when the kit is used.
    Read::from_der(der).map(|certificate| certificate.to_pem()).unwrap_or_default()
}

/// The files of the TLS branch.
pub(super) fn tls(tls: &TlsBranch) -> Vec<File> {
    let chain = |certificate: &Certificate| format!("{}{}", certificate.pem(), tls.ca.pem());
    vec![
        File::open("tls/ca.pem", tls.ca.pem()),
        File::open("tls/server.pem", chain(&tls.server.0)),
        File::secret("tls/server.key.pem", tls.server.1.serialize_pem()),
        File::open("tls/client.pem", chain(&tls.client.0)),
        File::secret("tls/client.key.pem", tls.client.1.serialize_pem()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_the_issued_is_read_as_it_was_written() {
        let known = Known { serial: vec![0x41, 0, 0xff], name: "hospital-sign".into(), revoked: true };
        let table = format!("{}not a line\nzz\tname\tgood\n", known.line());
        assert_eq!(Known::read(&table), [known]);
    }
}
