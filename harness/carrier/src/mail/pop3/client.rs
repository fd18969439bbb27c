//! The POP3 client: fetches what is new, and deletes only what has been kept.

use crate::mail::account::apop;
use crate::mail::dialog::{Dialog, Upgrade};
use crate::mail::dots::LineStart;
use crate::mail::{Limits, Route, Talk, Trouble, TroubleKind};
use crate::port::Pending;
use tokio::time::timeout;

/// A mail that was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What UIDL calls it; absent where the server does not know UIDL.
    pub uid: Option<String>,
    /// The mail.
    pub mail: Vec<u8>,
}

/// What a visit to the mailbox was like.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Collected {
    /// How many mails were fetched and kept.
    pub kept: usize,
    /// Mails that were not fetched: too large.
    pub too_large: usize,
    /// Everything said and heard.
    pub talk: Vec<Talk>,
}

const UPGRADE: Upgrade = Upgrade { before: None, command: "STLS", is_last: |_| true, is_yes };

fn is_yes(reply: &str) -> bool {
    reply.starts_with("+OK")
}

/// How many mails are fetched in one visit; the rest waits for the next.
const VISIT_MAX: usize = 1000;

/// Whoever keeps the mails of a mailbox.
pub trait Keeper: Send {
    /// Whether a mail was kept before: it is deleted without being fetched again.
    fn knows(&self, uid: &str) -> bool;

    /// Keeps a mail; whether it is kept for good, and may be deleted.
    fn keep(&mut self, found: Found) -> Pending<'_, bool>;
}

/// Visits a mailbox: each mail goes to `keeper`, and is deleted when that says it is kept. What it knows was kept
/// before, when the connection broke before it was deleted: it is deleted now. With `digest` the password is shown by
/// APOP.
///
/// # Errors
/// [`Trouble`]; what was kept stays kept, and is deleted at the next visit.
pub async fn collect(
    route: &Route,
    digest: bool,
    limits: &Limits,
    keeper: &mut dyn Keeper,
) -> Result<Collected, Trouble> {
    let mut client = Client { dialog: Dialog::begin(route, limits, &UPGRADE).await? };
    client.login(route, digest).await?;
    let mut collected = Collected::default();
    let sizes = client.listing("LIST").await?;
    let uids = client.listing("UIDL").await.unwrap_or_default();
    for (number, size) in sizes.into_iter().take(VISIT_MAX) {
        let uid = uids.iter().find(|(of, _)| *of == number).map(|(_, uid)| uid.clone());
        if !uid.as_deref().is_some_and(|uid| keeper.knows(uid)) {
            if size.parse::<usize>().is_ok_and(|size| size > limits.mail_bytes) {
                collected.too_large += 1;
                continue;
            }
            let mail = client.fetch(&number).await?;
            if !keeper.keep(Found { uid, mail }).await {
                continue;
            }
            collected.kept += 1;
        }
        client.say(&format!("DELE {number}")).await?;
    }
    // Only QUIT deletes.
    client.say("QUIT").await?;
    collected.talk = client.dialog.talk;
    Ok(collected)
}

/// What a mailbox holds, as STAT says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// How many mails.
    pub mails: u64,
    /// How many bytes they have together.
    pub bytes: u64,
}

/// Connects, logs in, asks what is there and leaves again: nothing is fetched and nothing deleted. Nothing is said about
/// what is there when the answer to STAT cannot be read.
///
/// # Errors
/// [`Trouble`].
pub async fn probe(route: &Route, digest: bool, limits: &Limits) -> Result<Option<Holding>, Trouble> {
    let mut client = Client { dialog: Dialog::begin(route, limits, &UPGRADE).await? };
    client.login(route, digest).await?;
    let stat = client.dialog.say("STAT", "STAT", |_| true).await?;
    client.say("QUIT").await?;
    Ok(holding(&stat))
}

/// `+OK 2 320` (RFC 1939 section 5).
fn holding(reply: &str) -> Option<Holding> {
    let mut numbers = reply.strip_prefix("+OK ")?.split_whitespace();
    Some(Holding { mails: numbers.next()?.parse().ok()?, bytes: numbers.next()?.parse().ok()? })
}

struct Client {
    dialog: Dialog,
}

impl Client {
    async fn say(&mut self, line: &str) -> Result<String, Trouble> {
        let reply = self.dialog.say(line, line, |_| true).await?;
        self.yes(&reply)?;
        Ok(reply)
    }

    fn yes(&self, reply: &str) -> Result<(), Trouble> {
        if is_yes(reply) {
            return Ok(());
        }
        if reply.starts_with("-ERR") {
            return Err(self.dialog.trouble(TroubleKind::Refused, format!("the server refuses: {reply}")));
        }
        let shown: String = reply.chars().take(80).collect();
        let detail = format!("what came is not POP3: `{}`", shown.escape_debug());
        Err(self.dialog.trouble(TroubleKind::NotMail, detail))
    }

    async fn login(&mut self, route: &Route, digest: bool) -> Result<(), Trouble> {
        let greeting = self.dialog.talk.first().map(|talk| talk.heard.clone()).unwrap_or_default();
        self.yes(&greeting)?;
        let Some((user, password)) = &route.login else {
            let detail = "a mailbox needs a user and a password".to_owned();
            return Err(self.dialog.trouble(TroubleKind::Login, detail));
        };
        let outcome = if digest {
            let Some(timestamp) = timestamp(&greeting) else {
                let detail = format!("APOP is asked for, but there is no timestamp in the greeting: {greeting}");
                return Err(self.dialog.trouble(TroubleKind::Login, detail));
            };
            let line = format!("APOP {user} {}", apop(timestamp, password));
            self.dialog.say(&line, &format!("APOP {user} (masked)"), |_| true).await?
        } else {
            let reply = self.dialog.say(&format!("USER {user}"), &format!("USER {user}"), |_| true).await?;
            if is_yes(&reply) {
                let line = format!("PASS {}", password.reveal());
                self.dialog.say(&line, "PASS (masked)", |_| true).await?
            } else {
                reply
            }
        };
        self.yes(&outcome).map_err(|trouble| match trouble.kind {
            TroubleKind::Refused => Trouble { kind: TroubleKind::Login, ..trouble },
            _ => trouble,
        })
    }

    /// LIST or UIDL: number and what belongs to it.
    async fn listing(&mut self, command: &str) -> Result<Vec<(String, String)>, Trouble> {
        self.say(command).await?;
        let bytes = self.lines_up_to_dot().await?;
        let text = String::from_utf8_lossy(&bytes);
        let pairs = text.lines().filter_map(|line| line.split_once(' '));
        Ok(pairs.map(|(number, rest)| (number.to_owned(), rest.trim().to_owned())).collect())
    }

    async fn fetch(&mut self, number: &str) -> Result<Vec<u8>, Trouble> {
        self.say(&format!("RETR {number}")).await?;
        self.lines_up_to_dot().await
    }

    async fn lines_up_to_dot(&mut self) -> Result<Vec<u8>, Trouble> {
        let limits = self.dialog.limits;
        let reading = self.dialog.lines.mail(LineStart::Lf, limits.mail_bytes, None, None);
        match timeout(limits.mail, reading).await {
            Ok(Ok(read)) => Ok(read.mail),
            Ok(Err(failure)) => Err(self.dialog.failed(&failure)),
            Err(_) => {
                let detail = format!("a mail was not complete within {:?}", limits.mail);
                Err(self.dialog.trouble(TroubleKind::TimedOut, detail))
            }
        }
    }
}

/// The timestamp of a greeting, angle brackets included.
fn timestamp(greeting: &str) -> Option<&str> {
    let begin = greeting.find('<')?;
    let length = greeting[begin..].find('>')?;
    Some(&greeting[begin..=begin + length]).filter(|text| text.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_a_mailbox_holds() {
        assert_eq!(holding("+OK 2 320 and more"), Some(Holding { mails: 2, bytes: 320 }));
        assert_eq!((holding("-ERR 2 320"), holding("+OK"), holding("+OK x 1")), (None, None, None));
    }

    #[test]
    fn finds_the_timestamp() {
        assert_eq!(timestamp("+OK ready <1.2@a>"), Some("<1.2@a>"));
        assert_eq!(timestamp("+OK <ready>"), None);
        assert_eq!(timestamp("+OK > <"), None);
    }
}
