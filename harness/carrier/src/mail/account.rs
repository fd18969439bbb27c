//! Who may log in, and to which mailbox.

use super::{Mailbox, Password};
use md5::{Digest as _, Md5};

/// One user.
#[derive(Debug, Clone)]
pub struct Account {
    /// The name.
    pub user: String,
    /// The password.
    pub password: Password,
    /// What POP3 shows.
    pub mailbox: Mailbox,
}

/// All users.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    /// Those who have a password.
    pub known: Vec<Account>,
    /// The mailbox of anybody else, whatever password is given; `None` lets nobody else in.
    pub anybody: Option<Mailbox>,
}

impl Accounts {
    /// One mailbox, and everybody gets in.
    pub fn open(mailbox: Mailbox) -> Self {
        Self { known: Vec::new(), anybody: Some(mailbox) }
    }

    /// The mailbox for a user with this password.
    pub(super) fn by_password(&self, user: &str, password: &str) -> Option<&Mailbox> {
        match self.account(user) {
            Some(account) => (account.password.reveal() == password).then_some(&account.mailbox),
            None => self.anybody.as_ref(),
        }
    }

    /// The mailbox for a user who shows the digest of the greeting's timestamp and the password (RFC 1939 APOP).
    pub(super) fn by_digest(&self, user: &str, timestamp: &str, digest: &str) -> Option<&Mailbox> {
        match self.account(user) {
            Some(account) => {
                apop(timestamp, &account.password).eq_ignore_ascii_case(digest).then_some(&account.mailbox)
            }
            None => self.anybody.as_ref(),
        }
    }

    fn account(&self, user: &str) -> Option<&Account> {
        self.known.iter().find(|account| account.user == user)
    }
}

/// The digest of APOP: MD5 over the timestamp of the greeting, angle brackets included, and the password.
pub(super) fn apop(timestamp: &str, password: &Password) -> String {
    let digest = Md5::new().chain_update(timestamp).chain_update(password.reveal()).finalize();
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apop_as_in_rfc_1939() {
        let digest = apop("<1896.697170952@dbc.mtview.ca.us>", &Password::new("tanstaaf"));
        assert_eq!(digest, "c4c9334bac560ecc979e58001b3e22fb");
    }

    #[test]
    fn lets_in_whom_it_knows_and_anybody_only_when_told() {
        let known = Account { user: "epj".to_owned(), password: Password::new("right"), mailbox: Mailbox::default() };
        let mut accounts = Accounts { known: vec![known], anybody: None };
        assert!(accounts.by_password("epj", "right").is_some());
        assert!(accounts.by_password("epj", "wrong").is_none());
        assert!(accounts.by_password("other", "right").is_none());
        assert!(accounts.by_digest("epj", "<1@a>", &apop("<1@a>", &Password::new("right"))).is_some());
        assert!(accounts.by_digest("epj", "<2@a>", &apop("<1@a>", &Password::new("right"))).is_none());
        accounts.anybody = Some(Mailbox::default());
        assert!(accounts.by_password("other", "whatever").is_some());
        assert!(accounts.by_password("epj", "wrong").is_none(), "a known user's password still counts");
    }
}
