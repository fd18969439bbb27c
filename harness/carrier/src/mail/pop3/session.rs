//! One POP3 connection. It sees the mailbox as it was at its login; two at once do not disturb each other.

use super::server::Pop3;
use crate::mail::dots::{LineStart, stuff};
use crate::mail::lines::{LineFailure, Lines};
use crate::mail::port::{Client, Next};
use crate::mail::{Letter, Mailbox, Notice};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::timeout;

/// What has been said so far.
pub(super) struct Session<'a> {
    server: &'a Pop3,
    client: Client,
    timestamp: String,
    user: Option<String>,
    open: Option<Open>,
    mistakes: usize,
}

/// A mailbox after a login.
struct Open {
    mailbox: Mailbox,
    letters: Vec<Letter>,
    deleted: Vec<bool>,
}

impl Open {
    fn new(mailbox: &Mailbox) -> Self {
        let letters = mailbox.list();
        Self { mailbox: mailbox.clone(), deleted: vec![false; letters.len()], letters }
    }

    /// Those that are left, with their numbers of this session.
    fn left(&self) -> impl Iterator<Item = (usize, &Letter)> {
        let numbered = self.letters.iter().zip(&self.deleted).enumerate();
        numbered.filter(|(_, (_, deleted))| !**deleted).map(|(at, (letter, _))| (at + 1, letter))
    }

    fn find(&self, number: &str) -> Option<(usize, &Letter)> {
        let number: usize = number.parse().ok()?;
        self.left().find(|(at, _)| *at == number)
    }

    fn total(&self) -> String {
        let bytes: usize = self.left().map(|(_, letter)| letter.mail.len()).sum();
        format!("{} {bytes}", self.left().count())
    }
}

/// The connection has ended, or must.
struct Over;

type Step<T> = Result<T, Over>;

/// What a command leads to.
enum Reply {
    Ok(String),
    /// Lines, each without its end.
    Lines(String, Vec<String>),
    /// A mail or the beginning of one; the number when all of it counts as fetched.
    Mail(Vec<u8>, Option<u64>),
    Wrong(&'static str),
    LoginRefused(String),
    StartTls,
    Quit,
}

impl<'a> Session<'a> {
    pub fn new(server: &'a Pop3, client: Client) -> Self {
        Self { server, client, timestamp: server.timestamp(client), user: None, open: None, mistakes: 0 }
    }

    /// Speaks until the end, or until TLS is to begin.
    pub async fn run<S: AsyncRead + AsyncWrite + Unpin>(mut self, lines: &mut Lines<S>) -> Next {
        if !self.client.greeted {
            let greeting = format!("+OK Provestein, a test system {}\r\n", self.timestamp);
            if self.write(lines, greeting.as_bytes()).await.is_err() {
                return Next::End;
            }
        }
        loop {
            match self.turn(lines).await {
                Ok(None) => {}
                Ok(Some(next)) => return next,
                Err(Over) => return Next::End,
            }
        }
    }

    async fn turn<S: AsyncRead + AsyncWrite + Unpin>(&mut self, lines: &mut Lines<S>) -> Step<Option<Next>> {
        let line = self.line(lines).await?;
        let line = String::from_utf8_lossy(&line).into_owned();
        let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
        let verb = verb.to_ascii_uppercase();
        let reply = match (self.open.is_some(), verb.as_str()) {
            (_, "CAPA") => Reply::Lines("what there is".to_owned(), self.capabilities()),
            (_, "QUIT") => Reply::Quit,
            (true, "NOOP") => Reply::Ok("yes".to_owned()),
            (false, "STLS") => self.start_tls(),
            (false, "USER") => {
                self.user = Some(rest.to_owned());
                Reply::Ok("and the password?".to_owned())
            }
            (false, "PASS") => self.pass(rest).await,
            (false, "APOP") => self.apop(rest).await,
            (true, verb) => self.transaction(verb, rest.trim()),
            (false, _) => Reply::Wrong("log in first"),
        };
        match reply {
            Reply::Ok(text) => self.write(lines, format!("+OK {text}\r\n").as_bytes()).await?,
            Reply::Lines(text, list) => {
                let list: String = list.iter().map(|line| format!("{line}\r\n")).collect();
                self.write(lines, format!("+OK {text}\r\n{list}.\r\n").as_bytes()).await?;
            }
            Reply::Mail(mail, number) => self.send(lines, &mail, number).await?,
            Reply::Wrong(text) => self.mistake(lines, text).await?,
            Reply::LoginRefused(user) => self.refuse_login(lines, user).await?,
            Reply::StartTls => return self.begin_tls(lines).await,
            Reply::Quit => {
                self.quit(lines).await?;
                return Ok(Some(Next::End));
            }
        }
        Ok(None)
    }

    fn capabilities(&self) -> Vec<String> {
        let mut list: Vec<&str> =
            vec!["USER", "TOP", "UIDL", "PIPELINING", "EXPIRE NEVER", "IMPLEMENTATION Provestein"];
        if self.may_upgrade() {
            list.push("STLS");
        }
        list.into_iter().map(str::to_owned).collect()
    }

    fn may_upgrade(&self) -> bool {
        self.server.desk.tls.is_some() && !self.client.secured && self.open.is_none()
    }

    fn start_tls(&self) -> Reply {
        if self.may_upgrade() { Reply::StartTls } else { Reply::Wrong("TLS is not to be had") }
    }

    async fn pass(&mut self, password: &str) -> Reply {
        let Some(user) = self.user.take() else { return Reply::Wrong("USER comes first") };
        let mailbox = self.server.desk.accounts.by_password(&user, password).map(Open::new);
        self.enter(user, mailbox).await
    }

    async fn apop(&mut self, rest: &str) -> Reply {
        let Some((user, digest)) = rest.trim().rsplit_once(' ') else {
            return Reply::Wrong("APOP takes a name and a digest");
        };
        let mailbox = self.server.desk.accounts.by_digest(user, &self.timestamp, digest).map(Open::new);
        self.enter(user.to_owned(), mailbox).await
    }

    async fn enter(&mut self, user: String, mailbox: Option<Open>) -> Reply {
        let Some(open) = mailbox else { return Reply::LoginRefused(user) };
        let total = open.total();
        let notice = Notice::LoggedIn { service: "pop3", from: self.client.from, user: user.clone() };
        self.server.desk.tell(notice).await;
        self.user = Some(user);
        self.open = Some(open);
        Reply::Ok(format!("welcome, {total}"))
    }

    fn transaction(&mut self, verb: &str, rest: &str) -> Reply {
        const NONE: Reply = Reply::Wrong("there is no such mail");
        // Only asked for after a login.
        let Some(open) = self.open.as_mut() else { return Reply::Wrong("log in first") };
        match verb {
            "STAT" => Reply::Ok(open.total()),
            "LIST" => listed(open, rest, |letter| letter.mail.len().to_string()),
            "UIDL" => listed(open, rest, |letter| open.mailbox.uid(letter.number)),
            "RETR" => match open.find(rest) {
                Some((_, letter)) => Reply::Mail(stuff(&letter.mail, LineStart::Lf), Some(letter.number)),
                None => NONE,
            },
            "TOP" => {
                let (number, count) = rest.split_once(' ').unwrap_or((rest, ""));
                let Ok(count) = count.trim().parse() else { return Reply::Wrong("TOP takes two numbers") };
                match open.find(number) {
                    Some((_, letter)) => Reply::Mail(stuff(top(&letter.mail, count), LineStart::Lf), None),
                    None => NONE,
                }
            }
            "DELE" => match open.find(rest).map(|(at, _)| at) {
                Some(at) => {
                    open.deleted[at - 1] = true;
                    Reply::Ok("it goes at QUIT".to_owned())
                }
                None => NONE,
            },
            "RSET" => {
                open.deleted.fill(false);
                Reply::Ok(open.total())
            }
            _ => Reply::Wrong("the command is not known here"),
        }
    }

    async fn send<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        lines: &mut Lines<S>,
        stuffed: &[u8],
        number: Option<u64>,
    ) -> Step<()> {
        let writing = async {
            lines.write(format!("+OK {} bytes\r\n", stuffed.len()).as_bytes()).await?;
            lines.write(stuffed).await
        };
        match timeout(self.server.desk.limits.mail, writing).await {
            Ok(Ok(())) => {}
            _ => return Err(Over),
        }
        if let Some(number) = number {
            let user = self.user.clone().unwrap_or_default();
            self.server.desk.tell(Notice::Fetched { from: self.client.from, user, number }).await;
        }
        Ok(())
    }

    async fn quit<S: AsyncRead + AsyncWrite + Unpin>(&mut self, lines: &mut Lines<S>) -> Step<()> {
        if let Some(open) = self.open.take() {
            let marked = open.letters.iter().zip(&open.deleted).filter(|(_, deleted)| **deleted);
            let numbers: Vec<u64> = marked.map(|(letter, _)| letter.number).collect();
            open.mailbox.remove(&numbers);
            for number in numbers {
                self.server.desk.tell(Notice::Deleted { number }).await;
            }
        }
        self.write(lines, b"+OK good bye\r\n").await
    }

    /// As for SMTP: what came in one packet with STLS is not meant for TLS, and nothing is done with it.
    async fn begin_tls<S: AsyncRead + AsyncWrite + Unpin>(&mut self, lines: &mut Lines<S>) -> Step<Option<Next>> {
        if lines.ahead() > 0 {
            let ahead = lines.ahead();
            self.server.desk.refuse(self.client.from, &format!("{ahead} bytes were sent behind STLS"), false);
            self.write(lines, b"-ERR nothing may follow STLS before the handshake\r\n").await?;
            return Err(Over);
        }
        self.write(lines, b"+OK begin\r\n").await?;
        Ok(Some(Next::Tls))
    }

    async fn refuse_login<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        lines: &mut Lines<S>,
        user: String,
    ) -> Step<()> {
        let reason = "user or password is wrong".to_owned();
        let notice = Notice::LoginRefused { service: "pop3", from: self.client.from, user, reason };
        self.server.desk.tell(notice).await;
        self.mistake(lines, "[AUTH] user or password is wrong").await
    }

    async fn line<S: AsyncRead + AsyncWrite + Unpin>(&mut self, lines: &mut Lines<S>) -> Step<Vec<u8>> {
        let desk = &self.server.desk;
        match timeout(desk.limits.command, lines.line(desk.limits.line_bytes)).await {
            Ok(Ok(line)) => Ok(line),
            Ok(Err(failure)) => {
                if let LineFailure::LongLine(_) = failure {
                    desk.refuse(self.client.from, &failure.to_string(), false);
                    self.write(lines, b"-ERR the line is too long\r\n").await?;
                }
                Err(Over)
            }
            // RFC 1939 section 3: the connection is closed without a word, and nothing is deleted.
            Err(_) => Err(Over),
        }
    }

    async fn mistake<S: AsyncRead + AsyncWrite + Unpin>(&mut self, lines: &mut Lines<S>, text: &str) -> Step<()> {
        self.mistakes += 1;
        self.write(lines, format!("-ERR {text}\r\n").as_bytes()).await?;
        if self.mistakes > self.server.desk.limits.mistakes {
            self.server.desk.refuse(self.client.from, "too many commands were not understood", false);
            return Err(Over);
        }
        Ok(())
    }

    async fn write<S: AsyncRead + AsyncWrite + Unpin>(&self, lines: &mut Lines<S>, bytes: &[u8]) -> Step<()> {
        match timeout(self.server.desk.limits.command, lines.write(bytes)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Over),
        }
    }
}

/// LIST and UIDL, of one mail or of all.
fn listed(open: &Open, rest: &str, what: impl Fn(&Letter) -> String) -> Reply {
    if rest.is_empty() {
        let list = open.left().map(|(at, letter)| format!("{at} {}", what(letter))).collect();
        return Reply::Lines(open.total(), list);
    }
    match open.find(rest) {
        Some((at, letter)) => Reply::Ok(format!("{at} {}", what(letter))),
        None => Reply::Wrong("there is no such mail"),
    }
}

/// The header and `count` lines of the body.
fn top(mail: &[u8], count: usize) -> &[u8] {
    let mut length = 0;
    let mut left: Option<usize> = None;
    for line in mail.split_inclusive(|&b| b == b'\n') {
        match &mut left {
            Some(0) => break,
            Some(left) => *left -= 1,
            None if line.trim_ascii().is_empty() => left = Some(count),
            None => {}
        }
        length += line.len();
    }
    &mail[..length]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_of_a_mail() {
        let mail = b"A: b\r\n\r\none\r\ntwo\r\n";
        assert_eq!(top(mail, 0), b"A: b\r\n\r\n");
        assert_eq!(top(mail, 1), b"A: b\r\n\r\none\r\n");
        assert_eq!(top(mail, 9), mail);
        assert_eq!(top(b"A: b", 1), b"A: b");
    }
}
