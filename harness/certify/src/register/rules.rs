//! What may follow what in a register: the state that its entries add up to.

use super::entry::{Entry, Issuer};
use super::{approval, note};
use crate::certificate::Certificate;
use crate::key::PublicKey;
use checks::ledger::Status;
use jiff::civil::Date;
use std::collections::{BTreeMap, BTreeSet};

/// What the entries so far say.
#[derive(Debug, Clone, Default)]
pub struct State {
    /// The register's name.
    pub origin: String,
    /// What people call it.
    pub title: String,
    /// How many of the issuers must have signed a certificate.
    pub signatures: u32,
    /// Who may issue, now.
    pub issuers: Vec<Issuer>,
    /// Who watches: verifier keys.
    pub witnesses: Vec<String>,
    /// Of each certificate: the digest of its file, and the entry that added it.
    pub certificates: BTreeMap<String, (String, u64)>,
    /// The digests of their files: asked for each new one, so not looked for among all.
    digests: BTreeSet<String>,
    /// What issuers sign beside certificates, without their signatures: each is written once.
    approved: BTreeSet<Vec<u8>>,
    /// Number of entries.
    pub size: u64,
}

impl State {
    /// Takes the next entry in.
    ///
    /// # Errors
    /// In one sentence, why it may not follow.
    pub fn take(&mut self, entry: &Entry) -> Result<(), String> {
        if let Some(blank) = blank(entry) {
            return Err(format!("the {} entry has no {blank}: what stands here is read for years", entry.kind()));
        }
        match (self.size, entry) {
            (0, Entry::Opened { origin, title, issuers, signatures, .. }) => {
                self.opened(origin, title, issuers, *signatures)?;
            }
            (0, _) => return Err("the first entry of a register opens it".to_owned()),
            (_, Entry::Opened { .. }) => return Err("a register is opened once".to_owned()),
            (_, Entry::IssuerNamed { issuer, .. }) => {
                // Else whoever keeps the register could name as many issuers of their own as must sign.
                self.approved(entry)?;
                self.named(issuer)?;
            }
            (_, Entry::IssuerRetired { name, .. }) => {
                let before = self.issuers.len();
                self.issuers.retain(|issuer| issuer.name != *name);
                if self.issuers.len() == before {
                    return Err(format!("nobody called `{name}` issues certificates here"));
                }
            }
            (_, Entry::WitnessNamed { key, .. }) => {
                note::check_key(key).map_err(|error| error.to_string())?;
                if note::name_of(key) == self.origin || self.witnesses.contains(key) {
                    return Err(format!("`{}` is known already", note::name_of(key)));
                }
                if let Some(issuer) = self.issuers.iter().find(|issuer| is_of(key, issuer)) {
                    return Err(format!(
                        "`{}` has the key of the issuer `{}`: {ALONE}",
                        note::name_of(key),
                        issuer.name
                    ));
                }
                self.witnesses.push(key.clone());
            }
            (_, Entry::Added { number, certificate, .. }) => {
                if self.certificates.contains_key(number) {
                    return Err(format!("there is a certificate {number} already"));
                }
                if !self.digests.insert(certificate.clone()) {
                    return Err(format!("the file of {number} is in the register already"));
                }
                self.certificates.insert(number.clone(), (certificate.clone(), self.size));
            }
            (_, about) => {
                self.about(about)?;
                if about.approvals().is_some() {
                    self.approved(about)?;
                }
            }
        }
        self.size += 1;
        Ok(())
    }

    fn opened(&mut self, origin: &str, title: &str, issuers: &[Issuer], signatures: u32) -> Result<(), String> {
        (self.origin, self.title) = (origin.to_owned(), title.to_owned());
        if !signed_note::is_key_name_valid(origin) {
            return Err(format!("`{origin}` cannot be the name of a register: no spaces, no `+`"));
        }
        issuers.iter().try_for_each(|issuer| self.named(issuer))?;
        if signatures == 0 || signatures as usize > issuers.len() {
            return Err(format!("{signatures} signatures are demanded, of {} who can sign", issuers.len()));
        }
        self.signatures = signatures;
        Ok(())
    }

    fn named(&mut self, issuer: &Issuer) -> Result<(), String> {
        let key = same_key(issuer);
        if self.issuers.iter().any(|known| known.name == issuer.name || same_key(known) == key) {
            return Err(format!("`{}` or the same key issues certificates already", issuer.name));
        }
        if let Some(witness) = self.witnesses.iter().find(|witness| is_of(witness, issuer)) {
            return Err(format!("`{}` has the key of the witness `{}`: {ALONE}", issuer.name, note::name_of(witness)));
        }
        self.issuers.push(issuer.clone());
        Ok(())
    }

    /// Where several issuers must sign a certificate, as many must sign an override, an equivalent version, a withdrawal, a
    /// supersession or another issuer; and each is written once, whoever signed it in which order, so that one that was ended is not brought back by whoever
    /// keeps the register alone.
    fn approved(&mut self, entry: &Entry) -> Result<(), String> {
        let found = approval::approved_by(entry, &self.origin, &self.issuers).len();
        if self.signatures > 1 && found < self.signatures as usize {
            return Err(format!(
                "{found} of its issuers signed the {} entry, and this register demands {}, as on a certificate; \
                 `register propose`, `approve` and `enter` collect them",
                entry.kind(),
                self.signatures
            ));
        }
        let mut bare = entry.clone();
        if let Some(approvals) = bare.approvals_mut() {
            approvals.clear();
        }
        if self.approved.insert(bare.to_bytes().map_err(|error| error.to_string())?) {
            Ok(())
        } else {
            Err(format!("that entry ({}) is in the register already", entry.kind()))
        }
    }

    /// That nobody watches their own register. Its key is not among the entries.
    pub(super) fn is_watched_by_others(&self, verifier: &str) -> Result<(), String> {
        let own = self.witnesses.iter().find(|witness| note::is_same_key(witness, verifier));
        own.map_or(Ok(()), |own| Err(format!("`{}` has the key of the register itself: {ALONE}", note::name_of(own))))
    }

    fn about(&self, entry: &Entry) -> Result<(), String> {
        let number = entry.number().unwrap_or_default();
        if !self.certificates.contains_key(number) {
            return Err(format!("there is no certificate {number} in the register"));
        }
        match entry {
            Entry::Superseded { by, .. } if by == number || !self.certificates.contains_key(by) => {
                Err(format!("there is no other certificate {by} in the register"))
            }
            Entry::Overridden { by, on, until, status, .. } => overridden(by, *on, *until, status),
            Entry::Disputed { by, reason, .. } if by.trim().is_empty() || reason.trim().is_empty() => {
                Err("a dispute needs a name and a reason".to_owned())
            }
            _ => Ok(()),
        }
    }
}

/// Which text of an entry is blank that somebody will look for.
fn blank(entry: &Entry) -> Option<&'static str> {
    let texts: &[(&'static str, &str)] = match entry {
        Entry::Opened { title, .. } => &[("title", title)],
        Entry::IssuerNamed { issuer, .. } => &[("name", &issuer.name)],
        Entry::IssuerRetired { reason, .. } | Entry::Withdrawn { reason, .. } | Entry::Overridden { reason, .. } => {
            &[("reason", reason)]
        }
        Entry::Equivalent { version, reason, .. } => &[("version", version), ("reason", reason)],
        _ => &[],
    };
    texts.iter().find(|(_, text)| text.trim().is_empty()).map(|(name, _)| *name)
}

/// Why a witness has a key of their own.
const ALONE: &str = "a witness is somebody else";

/// Whether a witness's verifier key has the key of an issuer.
fn is_of(witness: &str, issuer: &Issuer) -> bool {
    let key = PublicKey::from_pem(&issuer.key);
    key.is_ok_and(|key| note::is_same_key(witness, &note::witness_key(&issuer.name, &key.0)))
}

/// A key however its file is written: with other line ends or blanks it is the same.
fn same_key(issuer: &Issuer) -> String {
    PublicKey::from_pem(&issuer.key).map_or_else(|_| issuer.key.split_whitespace().collect(), |key| key.id())
}

/// Two people answer for it, and it ends.
fn overridden(by: &[String], on: Date, until: Date, status: &str) -> Result<(), String> {
    let plain = |name: &String| name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    let names = by.iter().map(plain).filter(|name| !name.is_empty());
    let different = names.collect::<BTreeSet<_>>().len();
    if different < 2 {
        return Err("an override needs the names of two people".to_owned());
    }
    if different < by.len() {
        return Err("an override names somebody twice, or nobody".to_owned());
    }
    if !Status::ALL.iter().any(|known| known.code() == status) {
        let known: Vec<&str> = Status::ALL.into_iter().map(Status::code).collect();
        return Err(format!("`{status}` is no status: expected one of {}", known.join(", ")));
    }
    if until < on { Err("the override ends before it begins".to_owned()) } else { Ok(()) }
}

/// Whether a certificate can take the place of another: only one of the same system can.
pub(super) fn succeeds(successor: &Certificate, certificate: &Certificate) -> Result<(), String> {
    if certificate.product.is_same_system(&successor.product) {
        return Ok(());
    }
    let named = |one: &Certificate| format!("{} is of {} {}", one.number, one.product.supplier, one.product.system);
    Err(format!("{}, and {}: one of another system takes no place of it", named(certificate), named(successor)))
}

/// Whether an entry speaks about what its certificate has.
pub(super) fn fits(entry: &Entry, certificate: &Certificate) -> Result<(), String> {
    if let Entry::Equivalent { compared: Some(compared), .. } = entry {
        let (run, head) = (&compared.run, &compared.head);
        let is_of_it = certificate.runs.iter().any(|known| known.id == *run && known.head == *head);
        if !is_of_it {
            return Err(format!(
                "the certificate {} is not drawn from a run {run} that ends in {head}",
                certificate.number
            ));
        }
        if compared.with == *run {
            return Err(format!("run {run} was compared with itself"));
        }
    }
    let (Entry::Disputed { requirement, .. } | Entry::Overridden { requirement, .. }) = entry else { return Ok(()) };
    let number = &certificate.number;
    if !certificate.requirements.iter().any(|known| known.id == *requirement) {
        return Err(format!("the certificate {number} says nothing about a requirement {requirement}"));
    }
    let Entry::Disputed { run, event, .. } = entry else { return Ok(()) };
    let known = certificate.runs.iter().find(|known| known.id == *run);
    let events = known.ok_or_else(|| format!("the certificate {number} is not drawn from a run {run}"))?.events;
    if *event < events {
        Ok(())
    } else {
        Err(format!("there is no event {event}: the log of run {run} has {events}, from 0"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn opened() -> Entry {
        let issuers = vec![Issuer { name: "direktoratet".into(), key: "k1".into() }];
        Entry::Opened {
            on: date(2026, 1, 1),
            origin: "register.test/a".into(),
            title: "A".into(),
            issuers,
            signatures: 1,
        }
    }

    fn added(number: &str, certificate: &str) -> Entry {
        Entry::Added { on: date(2026, 1, 2), number: number.into(), certificate: certificate.into() }
    }

    #[test]
    fn what_may_not_follow_is_refused_in_words() {
        let mut state = State::default();
        assert!(state.take(&added("PV-1", "aa")).unwrap_err().contains("opens it"));
        state.take(&opened()).unwrap();
        assert!(state.take(&opened()).unwrap_err().contains("once"));
        state.take(&added("PV-1", "aa")).unwrap();
        assert!(state.take(&added("PV-1", "bb")).unwrap_err().contains("PV-1 already"));
        assert!(state.take(&added("PV-2", "aa")).unwrap_err().contains("already"));
        let on = date(2026, 2, 1);
        let gone = Entry::Withdrawn { on, number: "PV-9".into(), reason: "x".into(), approvals: Vec::new() };
        assert!(state.take(&gone).unwrap_err().contains("no certificate PV-9"));
        let itself = Entry::Superseded { on, number: "PV-1".into(), by: "PV-1".into(), approvals: Vec::new() };
        assert!(state.take(&itself).is_err());
        let alone = |by: &[&str], until| Entry::Overridden {
            on,
            until,
            number: "PV-1".into(),
            requirement: "HITS1172-117".into(),
            status: "verified".into(),
            by: by.iter().map(|&name| name.to_owned()).collect(),
            reason: "feil i testen".into(),
            approvals: Vec::new(),
        };
        for again in ["Kari Vik", "kari  vik ", "Kari\u{a0}Vik"] {
            let refused = state.take(&alone(&["Kari Vik", again], date(2026, 3, 1))).unwrap_err();
            assert!(refused.contains("two people"), "{again}");
        }
        assert!(state.take(&alone(&["Kari", "Ola"], date(2026, 1, 1))).unwrap_err().contains("ends before"));
        state.take(&alone(&["Kari", "Ola"], date(2026, 3, 1))).unwrap();
        assert!(state.take(&alone(&["Kari", "Ola"], date(2026, 3, 1))).unwrap_err().contains("already"));
        let stranger = Entry::IssuerRetired { on, name: "noen".into(), reason: "x".into() };
        assert!(state.take(&stranger).is_err());
        assert_eq!(state.size, 3);
        let mut demanding = State::default();
        let Entry::Opened { origin, title, issuers, .. } = opened() else { unreachable!() };
        let two = Entry::Opened { on, origin, title, issuers, signatures: 2 };
        assert!(demanding.take(&two).unwrap_err().contains("2 signatures"));
    }
}
