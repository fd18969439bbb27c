//! A mailbox in memory.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A mail in a mailbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Number that whoever put it there gave; UIDL shows it.
    pub number: u64,
    /// The mail.
    pub mail: Arc<[u8]>,
}

/// A mailbox; clones are the same one.
#[derive(Debug, Clone, Default)]
pub struct Mailbox {
    name: Arc<str>,
    letters: Arc<Mutex<Vec<Letter>>>,
}

impl Mailbox {
    /// An empty mailbox. Name and number together are what UIDL shows, which must never come again (RFC 1939
    /// section 7): a client that leaves mails on the server skips what it has seen before.
    pub fn named(name: &str) -> Self {
        Self { name: name.into(), letters: Arc::default() }
    }

    /// What UIDL calls a mail.
    pub(super) fn uid(&self, number: u64) -> String {
        if self.name.is_empty() { number.to_string() } else { format!("{}-{number}", self.name) }
    }

    /// Puts a mail in. `number` must not have been used before.
    pub fn put(&self, number: u64, mail: &[u8]) {
        self.letters().push(Letter { number, mail: mail.into() });
    }

    /// What lies in it now, the oldest first.
    pub fn list(&self) -> Vec<Letter> {
        self.letters().clone()
    }

    /// Takes mails out; those that are gone already are gone.
    pub fn remove(&self, numbers: &[u64]) {
        self.letters().retain(|letter| !numbers.contains(&letter.number));
    }

    fn letters(&self) -> MutexGuard<'_, Vec<Letter>> {
        self.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_mails_until_they_are_taken_out() {
        let mailbox = Mailbox::default();
        let same = mailbox.clone();
        same.put(7, b"a");
        same.put(9, b"b");
        let listed = mailbox.list();
        mailbox.remove(&[7, 8]);
        same.remove(&[7]);
        assert_eq!((listed.len(), mailbox.list().len(), mailbox.list()[0].number), (2, 1, 9));
        assert_eq!(&*listed[0].mail, b"a", "whoever has listed it can still read it");
    }
}
