//! One SMTP connection.

use super::command::{self, Command, Sender};
use super::server::Smtp;
use super::{Envelope, Posted, Verdict, auth};
use crate::mail::Notice;
use crate::mail::dots::LineStart;
use crate::mail::lines::{LineFailure, Lines, Read};
use crate::mail::port::{Client, Next};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::oneshot;
use tokio::time::timeout;

/// What has been said so far.
pub(super) struct Session<'a> {
    server: &'a Smtp,
    client: Client,
    helo: Option<String>,
    user: Option<String>,
    /// MAIL FROM has been said.
    open: bool,
    envelope: Envelope,
    mistakes: usize,
}

/// The connection has ended, or must.
struct Over;

type Step<T> = Result<T, Over>;

impl<'a> Session<'a> {
    pub fn new(server: &'a Smtp, client: Client) -> Self {
        Self { server, client, helo: None, user: None, open: false, envelope: Envelope::default(), mistakes: 0 }
    }

    /// Speaks until the end, or until TLS is to begin.
    pub async fn run<S: AsyncRead + AsyncWrite + Unpin>(mut self, lines: &mut Lines<S>) -> Next {
        if !self.client.greeted {
            let greeting = format!("{} ESMTP Provestein, a test system", self.server.name);
            if self.say(lines, 220, &greeting).await.is_err() {
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
        let command = match command::parse(&line) {
            Ok(command) => command,
            Err((code, text)) => return self.mistake(lines, code, text).await.map(|()| None),
        };
        match command {
            Command::Helo(name) => {
                self.reset();
                self.helo = Some(name);
                let name = self.server.name.clone();
                self.say(lines, 250, &name).await?;
            }
            Command::Ehlo(name) => {
                self.reset();
                self.helo = Some(name);
                self.offer(lines).await?;
            }
            Command::Mail(sender) => self.mail_from(lines, sender).await?,
            Command::Recipient(_) if !self.open => self.mistake(lines, 503, "5.5.1 MAIL FROM comes first").await?,
            Command::Recipient(_) if self.envelope.recipients.len() >= self.server.desk.limits.recipients => {
                self.mistake(lines, 452, "4.5.3 too many recipients").await?;
            }
            Command::Recipient(recipient) => {
                self.envelope.recipients.push(recipient);
                self.say(lines, 250, "2.1.5 any recipient is taken here").await?;
            }
            Command::Data if self.envelope.recipients.is_empty() => {
                self.mistake(lines, 503, "5.5.1 RCPT TO comes first").await?;
            }
            Command::Data => self.data(lines).await?,
            Command::Reset => {
                self.reset();
                self.say(lines, 250, "2.0.0 forgotten").await?;
            }
            Command::Noop => self.say(lines, 250, "2.0.0 yes").await?,
            Command::Verify => self.say(lines, 252, "2.1.5 any recipient is taken here").await?,
            Command::Quit => {
                self.say(lines, 221, "2.0.0 good bye").await?;
                return Ok(Some(Next::End));
            }
            Command::StartTls => return self.start_tls(lines).await,
            Command::Auth { mechanism, initial } => self.auth(lines, &mechanism, initial).await?,
        }
        Ok(None)
    }

    fn reset(&mut self) {
        self.open = false;
        self.envelope = Envelope::default();
    }

    async fn offer<S: AsyncRead + AsyncWrite + Unpin>(&mut self, lines: &mut Lines<S>) -> Step<()> {
        let size = format!("SIZE {}", self.server.desk.limits.mail_bytes);
        let mut offered = vec![self.server.name.as_str(), &size, "8BITMIME", "DSN", "PIPELINING"];
        offered.extend(["ENHANCEDSTATUSCODES", "AUTH PLAIN LOGIN"]);
        if self.may_upgrade() {
            offered.push("STARTTLS");
        }
        let last = offered.len() - 1;
        let line = |(at, text): (usize, &&str)| format!("250{}{text}\r\n", if at == last { ' ' } else { '-' });
        let reply: String = offered.iter().enumerate().map(line).collect();
        self.write(lines, reply.as_bytes()).await
    }

    fn may_upgrade(&self) -> bool {
        self.server.desk.tls.is_some() && !self.client.secured
    }

    async fn mail_from<S: AsyncRead + AsyncWrite + Unpin>(&mut self, lines: &mut Lines<S>, sender: Sender) -> Step<()> {
        if self.helo.is_none() {
            return self.mistake(lines, 503, "5.5.1 EHLO or HELO comes first").await;
        }
        if self.open {
            return self.mistake(lines, 503, "5.5.1 a mail is begun already; RSET forgets it").await;
        }
        if sender.size.is_some_and(|size| size > self.server.desk.limits.mail_bytes) {
            let limit = self.server.desk.limits.mail_bytes;
            self.server.desk.refuse(self.client.from, &format!("552: a mail of more than {limit} bytes"), true);
            return self.mistake(lines, 552, "5.3.4 the mail is larger than is taken here").await;
        }
        let Sender { address, size, body, ret, envelope_id } = sender;
        self.envelope = Envelope { from: address, size, body, ret, envelope_id, ..Envelope::default() };
        self.open = true;
        self.say(lines, 250, "2.1.0 yes").await
    }

    async fn data<S: AsyncRead + AsyncWrite + Unpin>(&mut self, lines: &mut Lines<S>) -> Step<()> {
        self.say(lines, 354, "go on, and end with a dot on a line of its own").await?;
        let desk = &self.server.desk;
        let limits = desk.limits;
        let reading = lines.mail(LineStart::Crlf, limits.mail_bytes, Some(&desk.room), self.envelope.size);
        let Read { mail, bare_lf, room } = match timeout(limits.mail, reading).await {
            Ok(Ok(read)) => read,
            Ok(Err(failure)) => {
                desk.refuse(self.client.from, &format!("a mail could not be read: {failure}"), true);
                // The rest of it would be taken for commands: the connection ends here.
                if let LineFailure::LargeMail(_) = failure {
                    self.say(lines, 552, "5.3.4 the mail is larger than it may be").await?;
                }
                return Err(Over);
            }
            Err(_) => {
                desk.refuse(self.client.from, &format!("a mail was not complete within {:?}", limits.mail), true);
                return Err(Over);
            }
        };
        let (reply, verdict) = oneshot::channel();
        let mut envelope = std::mem::take(&mut self.envelope);
        self.open = false;
        envelope.helo = self.helo.clone().unwrap_or_default();
        envelope.user = self.user.clone();
        envelope.secured = self.client.secured;
        let posted = Posted { client: self.client.from, envelope, mail, bare_lf, reply };
        if self.server.posted.send(posted).await.is_err() {
            return self.say(lines, 451, "4.3.0 nobody is here any more").await;
        }
        let verdict = verdict.await;
        drop(room);
        match verdict {
            Ok(Verdict::Taken) => self.say(lines, 250, "2.0.0 taken").await,
            Ok(Verdict::Refused(code, text)) => self.say(lines, code, &text).await,
            Err(_) => self.say(lines, 451, "4.3.0 it could not be kept").await,
        }
    }

    /// Nothing that was said before TLS counts after it (RFC 3207 section 4.2). What came in one packet with STARTTLS
    /// cannot have been meant for TLS: somebody on the way put it there, and nothing is done with it.
    async fn start_tls<S: AsyncRead + AsyncWrite + Unpin>(&mut self, lines: &mut Lines<S>) -> Step<Option<Next>> {
        if !self.may_upgrade() {
            return self.mistake(lines, 502, "5.5.1 TLS is not to be had").await.map(|()| None);
        }
        if lines.ahead() > 0 {
            let ahead = lines.ahead();
            self.server.desk.refuse(self.client.from, &format!("{ahead} bytes were sent behind STARTTLS"), true);
            self.say(lines, 501, "5.5.1 nothing may follow STARTTLS before the handshake").await?;
            return Err(Over);
        }
        self.say(lines, 220, "2.0.0 begin").await?;
        Ok(Some(Next::Tls))
    }

    async fn auth<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        lines: &mut Lines<S>,
        mechanism: &str,
        initial: Option<String>,
    ) -> Step<()> {
        if self.helo.is_none() || self.user.is_some() || self.open {
            return self.mistake(lines, 503, "5.5.1 not now").await;
        }
        let given = match mechanism {
            "PLAIN" => {
                let answer = match initial {
                    Some(initial) => initial,
                    None => self.ask(lines, "").await?,
                };
                auth::plain(&answer)
            }
            "LOGIN" => {
                let user = match initial {
                    Some(initial) => initial,
                    None => self.ask(lines, &auth::encode("Username:")).await?,
                };
                let password = self.ask(lines, &auth::encode("Password:")).await?;
                let (user, password) = (auth::decode(&user), auth::decode(&password));
                user.zip(password).map(|(user, password)| auth::Given { user, password })
            }
            _ => return self.mistake(lines, 504, "5.5.4 only PLAIN and LOGIN are known").await,
        };
        let Some(given) = given else {
            return self.mistake(lines, 501, "5.5.2 the answer cannot be read").await;
        };
        if self.server.desk.accounts.by_password(&given.user, &given.password).is_none() {
            let notice = Notice::LoginRefused {
                service: "smtp",
                from: self.client.from,
                user: given.user,
                reason: "user or password is wrong".to_owned(),
            };
            self.server.desk.tell(notice).await;
            return self.mistake(lines, 535, "5.7.8 user or password is wrong").await;
        }
        let notice = Notice::LoggedIn { service: "smtp", from: self.client.from, user: given.user.clone() };
        self.server.desk.tell(notice).await;
        self.user = Some(given.user);
        self.say(lines, 235, "2.7.0 welcome").await
    }

    /// Asks for one more answer of an AUTH; `*` gives up (RFC 4954 section 4), which no answer in base64 can be.
    async fn ask<S: AsyncRead + AsyncWrite + Unpin>(&mut self, lines: &mut Lines<S>, what: &str) -> Step<String> {
        self.say(lines, 334, what).await?;
        let line = self.line(lines).await?;
        Ok(String::from_utf8_lossy(&line).into_owned())
    }

    async fn line<S: AsyncRead + AsyncWrite + Unpin>(&mut self, lines: &mut Lines<S>) -> Step<Vec<u8>> {
        let desk = &self.server.desk;
        match timeout(desk.limits.command, lines.line(desk.limits.line_bytes)).await {
            Ok(Ok(line)) => Ok(line),
            Ok(Err(failure)) => {
                if let LineFailure::LongLine(_) = failure {
                    desk.refuse(self.client.from, &failure.to_string(), false);
                    self.say(lines, 500, "5.5.2 the line is too long").await?;
                }
                Err(Over)
            }
            Err(_) => {
                self.say(lines, 421, "4.4.2 nothing came for too long").await?;
                Err(Over)
            }
        }
    }

    async fn mistake<S: AsyncRead + AsyncWrite + Unpin>(
        &mut self,
        lines: &mut Lines<S>,
        code: u16,
        text: &str,
    ) -> Step<()> {
        self.mistakes += 1;
        if self.mistakes > self.server.desk.limits.mistakes {
            self.server.desk.refuse(self.client.from, "too many commands were not understood", false);
            self.say(lines, 421, "4.7.0 too many mistakes").await?;
            return Err(Over);
        }
        self.say(lines, code, text).await
    }

    async fn say<S: AsyncRead + AsyncWrite + Unpin>(&self, lines: &mut Lines<S>, code: u16, text: &str) -> Step<()> {
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        self.write(lines, format!("{code} {text}\r\n").as_bytes()).await
    }

    async fn write<S: AsyncRead + AsyncWrite + Unpin>(&self, lines: &mut Lines<S>, bytes: &[u8]) -> Step<()> {
        match timeout(self.server.desk.limits.command, lines.write(bytes)).await {
            Ok(Ok(())) => Ok(()),
            _ => Err(Over),
        }
    }
}
