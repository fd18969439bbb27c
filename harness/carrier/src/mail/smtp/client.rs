//! The SMTP client: sends exactly the mail it is given, and keeps every reply.

use super::auth;
use super::command::to_xtext;
use crate::mail::dialog::{Dialog, Upgrade};
use crate::mail::dots::{LineStart, stuff};
use crate::mail::{Limits, Route, Talk, Trouble, TroubleKind};

/// A mail and what SMTP says about it.
#[derive(Debug, Clone, Copy)]
pub struct Outgoing<'a> {
    /// The return path.
    pub from: &'a str,
    /// Whom it goes to.
    pub recipients: &'a [String],
    /// ENVID, where the server knows DSN (RFC 3461): a bounce repeats it.
    pub envelope_id: Option<&'a str>,
    /// The mail. CRLF is added at its end where it has none; nothing else is changed.
    pub mail: &'a [u8],
}

const UPGRADE: Upgrade =
    Upgrade { before: Some("EHLO provestein"), command: "STARTTLS", is_last: is_last_line, is_yes };

/// The last line of a reply has a blank behind its code, those before it a hyphen (RFC 5321 4.2.1).
fn is_last_line(line: &str) -> bool {
    line.as_bytes().get(3) != Some(&b'-')
}

fn is_yes(reply: &str) -> bool {
    code(reply).is_some_and(|code| (200..400).contains(&code))
}

fn code(reply: &str) -> Option<u16> {
    let digits = reply.get(..3)?;
    let separated = matches!(reply.as_bytes().get(3), None | Some(b' ' | b'-'));
    (separated && digits.bytes().all(|b| b.is_ascii_digit())).then(|| digits.parse().ok())?
}

/// Sends a mail.
///
/// # Errors
/// [`Trouble`], with everything that was said and heard up to there.
pub async fn send(route: &Route, outgoing: &Outgoing<'_>, limits: &Limits) -> Result<Vec<Talk>, Trouble> {
    let mut client = Client { dialog: Dialog::begin(route, limits, &UPGRADE).await? };
    client.greeted()?;
    let offered = client.hello().await?;
    if let Some((user, password)) = &route.login {
        client.login(&offered, user, password.reveal()).await?;
    }
    client.mail(&offered, outgoing).await?;
    // The mail is taken; what becomes of the farewell does not matter any more.
    let _ = client.say("QUIT").await;
    Ok(client.dialog.talk)
}

/// Connects, greets and logs in, and sends nothing.
///
/// # Errors
/// [`Trouble`].
pub async fn probe(route: &Route, limits: &Limits) -> Result<Vec<Talk>, Trouble> {
    let mut client = Client { dialog: Dialog::begin(route, limits, &UPGRADE).await? };
    client.greeted()?;
    let offered = client.hello().await?;
    if let Some((user, password)) = &route.login {
        client.login(&offered, user, password.reveal()).await?;
    }
    let _ = client.say("QUIT").await;
    Ok(client.dialog.talk)
}

/// Connects, greets, logs in and asks whether a mail from `from` to `to` would be taken: MAIL and RCPT, then RSET instead
/// of DATA, so that no mail is sent. A full mailbox and an unknown address are refused there.
///
/// # Errors
/// [`Trouble`].
pub async fn would_take(route: &Route, from: &str, to: &str, limits: &Limits) -> Result<(), Trouble> {
    let mut client = Client { dialog: Dialog::begin(route, limits, &UPGRADE).await? };
    client.greeted()?;
    let offered = client.hello().await?;
    if let Some((user, password)) = &route.login {
        client.login(&offered, user, password.reveal()).await?;
    }
    client.say(&format!("MAIL FROM:<{from}>")).await?;
    client.say(&format!("RCPT TO:<{to}>")).await?;
    client.say("RSET").await?;
    let _ = client.say("QUIT").await;
    Ok(())
}

struct Client {
    dialog: Dialog,
}

impl Client {
    fn greeted(&self) -> Result<(), Trouble> {
        match self.dialog.talk.first() {
            Some(first) => self.yes(&first.heard),
            None => Ok(()),
        }
    }

    async fn say(&mut self, line: &str) -> Result<String, Trouble> {
        let reply = self.dialog.say(line, line, is_last_line).await?;
        self.yes(&reply)?;
        Ok(reply)
    }

    fn yes(&self, reply: &str) -> Result<(), Trouble> {
        match code(reply) {
            Some(200..400) => Ok(()),
            Some(_) => Err(self.dialog.trouble(TroubleKind::Refused, format!("the server refuses: {reply}"))),
            None => {
                let shown: String = reply.chars().take(80).collect();
                let detail = format!("what came is not SMTP: `{}`", shown.escape_debug());
                Err(self.dialog.trouble(TroubleKind::NotMail, detail))
            }
        }
    }

    /// What the server offers, in capitals; with HELO only, nothing.
    async fn hello(&mut self) -> Result<Vec<String>, Trouble> {
        match self.say("EHLO provestein").await {
            Ok(reply) => {
                let lines = reply.lines().skip(1).filter_map(|line| line.get(4..));
                Ok(lines.map(|line| line.trim().to_ascii_uppercase()).collect())
            }
            Err(trouble) if trouble.kind == TroubleKind::Refused => {
                self.say("HELO provestein").await?;
                Ok(Vec::new())
            }
            Err(trouble) => Err(trouble),
        }
    }

    async fn login(&mut self, offered: &[String], user: &str, password: &str) -> Result<(), Trouble> {
        let words = offered.iter().filter_map(|line| line.strip_prefix("AUTH"));
        let mechanisms: Vec<&str> = words.flat_map(|line| line.split([' ', '='])).collect();
        let outcome = if mechanisms.contains(&"PLAIN") {
            let answer = auth::encode(&format!("\0{user}\0{password}"));
            self.secret(&format!("AUTH PLAIN {answer}"), "AUTH PLAIN (masked)").await
        } else if mechanisms.contains(&"LOGIN") {
            self.say("AUTH LOGIN").await?;
            self.secret(&auth::encode(user), "(user)").await?;
            self.secret(&auth::encode(password), "(password)").await
        } else {
            let detail = "a user is given, but the server offers neither AUTH PLAIN nor AUTH LOGIN".to_owned();
            return Err(self.dialog.trouble(TroubleKind::Login, detail));
        };
        outcome.map_err(|trouble| match trouble.kind {
            TroubleKind::Refused => Trouble { kind: TroubleKind::Login, ..trouble },
            _ => trouble,
        })
    }

    async fn secret(&mut self, line: &str, shown: &str) -> Result<(), Trouble> {
        let reply = self.dialog.say(line, shown, is_last_line).await?;
        self.yes(&reply)
    }

    async fn mail(&mut self, offered: &[String], outgoing: &Outgoing<'_>) -> Result<(), Trouble> {
        let offers = |what: &str| offered.iter().any(|line| line.split(' ').next() == Some(what));
        let mut from = format!("MAIL FROM:<{}>", outgoing.from);
        if offers("SIZE") {
            from.push_str(&format!(" SIZE={}", outgoing.mail.len()));
        }
        if offers("8BITMIME") && !outgoing.mail.is_ascii() {
            from.push_str(" BODY=8BITMIME");
        }
        let envelope_id = outgoing.envelope_id.filter(|_| offers("DSN"));
        if let Some(id) = envelope_id {
            from.push_str(&format!(" RET=HDRS ENVID={}", to_xtext(id)));
        }
        self.say(&from).await?;
        let notify = if envelope_id.is_some() { " NOTIFY=FAILURE" } else { "" };
        for recipient in outgoing.recipients {
            self.say(&format!("RCPT TO:<{recipient}>{notify}")).await?;
        }
        self.say("DATA").await?;
        self.dialog.write(&stuff(outgoing.mail, LineStart::Crlf), self.dialog.limits.mail).await?;
        let reply = self.dialog.reply("(mail)", is_last_line).await?;
        self.yes(&reply)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_replies() {
        assert_eq!(code("250-a\n250 b"), Some(250));
        assert_eq!((code("220"), code("22x a"), code("2500"), code("æøå")), (Some(220), None, None, None));
        assert!(is_last_line("250 b") && is_last_line("250") && !is_last_line("250-a"));
        assert!(is_yes("354 go on") && !is_yes("550 no"));
    }
}
