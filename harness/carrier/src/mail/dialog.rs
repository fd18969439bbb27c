//! What both clients do: connect, secure, say a line, hear a reply, keep both.

use super::lines::{LineFailure, Lines};
use super::trouble::{Route, Talk, Trouble, TroubleKind};
use super::{Limits, Security};
use crate::tls::ClientTls;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// Any stream.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// How many lines of a reply are read, and how many commands with their replies are kept.
const LINES_MAX: usize = 100;
const TALK_MAX: usize = 200;

/// A connection to a server.
pub(super) struct Dialog {
    pub lines: Lines<Box<dyn Stream>>,
    pub limits: Limits,
    pub talk: Vec<Talk>,
    address: String,
}

/// What is said in the clear before TLS begins, and how a reply says yes.
pub(super) struct Upgrade {
    /// Said first, where the protocol wants it.
    pub before: Option<&'static str>,
    pub command: &'static str,
    pub is_last: fn(&str) -> bool,
    pub is_yes: fn(&str) -> bool,
}

impl Dialog {
    /// Connects and secures; the greeting has been heard afterwards.
    pub async fn begin(route: &Route, limits: &Limits, upgrade: &Upgrade) -> Result<Self, Trouble> {
        let trouble = |kind, detail: String| Trouble { address: route.to_string(), kind, detail, talk: Vec::new() };
        let connecting = timeout(limits.connect, TcpStream::connect((route.host.as_str(), route.port)));
        let stream = match connecting.await {
            Err(_) => {
                let detail = format!("no connection within {:?}", limits.connect);
                return Err(trouble(TroubleKind::Unreachable, detail));
            }
            Ok(Err(error)) => return Err(trouble(TroubleKind::Unreachable, error.to_string())),
            Ok(Ok(stream)) => stream,
        };
        // Only a matter of delay.
        let _ = stream.set_nodelay(true);
        let new = |stream: Box<dyn Stream>, talk| Self {
            lines: Lines::new(stream),
            limits: *limits,
            talk,
            address: route.to_string(),
        };
        let mut dialog = match &route.security {
            Security::Plain => new(Box::new(stream), Vec::new()),
            Security::Implicit(tls) => new(secure(route, tls, stream, limits, &[]).await?, Vec::new()),
            Security::Upgrade(tls) => {
                let (stream, talk) = in_the_clear(route, stream, limits, upgrade).await?;
                let stream = secure(route, tls, stream, limits, &talk).await?;
                return Ok(new(stream, talk));
            }
        };
        dialog.reply("", upgrade.is_last).await?;
        Ok(dialog)
    }

    /// Says a line and hears the reply. `shown` is what the evidence keeps of it.
    pub async fn say(&mut self, line: &str, shown: &str, is_last: fn(&str) -> bool) -> Result<String, Trouble> {
        // A line end in what came from outside would be a second command.
        let line: String = line.chars().filter(|c| !matches!(c, '\r' | '\n')).collect();
        self.write(format!("{line}\r\n").as_bytes(), self.limits.command).await?;
        self.reply(shown, is_last).await
    }

    /// Writes bytes as they are.
    pub async fn write(&mut self, bytes: &[u8], patience: std::time::Duration) -> Result<(), Trouble> {
        match timeout(patience, self.lines.write(bytes)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(self.trouble(TroubleKind::ClosedEarly, format!("while sending: {error}"))),
            Err(_) => Err(self.trouble(TroubleKind::TimedOut, format!("nothing was taken for {patience:?}"))),
        }
    }

    /// Hears a reply of one or more lines.
    pub async fn reply(&mut self, shown: &str, is_last: fn(&str) -> bool) -> Result<String, Trouble> {
        let limits = self.limits;
        let heard = match timeout(limits.command, hear(&mut self.lines, &limits, is_last)).await {
            Ok(Ok(heard)) => heard,
            Ok(Err(failure)) => return Err(self.failed(&failure)),
            Err(_) => {
                let asked = if shown.is_empty() { "the greeting" } else { shown };
                let detail = format!("no reply to {asked} within {:?}", limits.command);
                return Err(self.trouble(TroubleKind::TimedOut, detail));
            }
        };
        if self.talk.len() < TALK_MAX {
            self.talk.push(Talk { said: shown.to_owned(), heard: heard.clone() });
        }
        Ok(heard)
    }

    /// A trouble of this connection.
    pub fn trouble(&self, kind: TroubleKind, detail: String) -> Trouble {
        Trouble { address: self.address.clone(), kind, detail, talk: self.talk.clone() }
    }

    /// The trouble behind a failure to read.
    pub fn failed(&self, failure: &LineFailure) -> Trouble {
        self.trouble(kind_of(failure), failure.to_string())
    }
}

fn kind_of(failure: &LineFailure) -> TroubleKind {
    match failure {
        LineFailure::Closed | LineFailure::Io(_) => TroubleKind::ClosedEarly,
        LineFailure::LongLine(_) => TroubleKind::NotMail,
        LineFailure::LargeMail(_) => TroubleKind::TooLarge,
    }
}

async fn hear<S: AsyncRead + AsyncWrite + Unpin>(
    lines: &mut Lines<S>,
    limits: &Limits,
    is_last: fn(&str) -> bool,
) -> Result<String, LineFailure> {
    let mut heard = String::new();
    for _ in 0..LINES_MAX {
        let line = lines.line(limits.line_bytes).await?;
        let line = String::from_utf8_lossy(&line);
        heard.push_str(&line);
        if is_last(&line) {
            return Ok(heard);
        }
        heard.push('\n');
    }
    Err(LineFailure::LongLine(limits.line_bytes))
}

/// Everything before TLS: greeting, and the command that asks for it.
async fn in_the_clear(
    route: &Route,
    stream: TcpStream,
    limits: &Limits,
    upgrade: &Upgrade,
) -> Result<(TcpStream, Vec<Talk>), Trouble> {
    let mut lines = Lines::new(stream);
    let mut talk = Vec::new();
    let trouble =
        |kind, detail: String, talk: &[Talk]| Trouble { address: route.to_string(), kind, detail, talk: talk.to_vec() };
    for command in [Some(""), upgrade.before, Some(upgrade.command)].into_iter().flatten() {
        let asking = async {
            if !command.is_empty() {
                lines.write(format!("{command}\r\n").as_bytes()).await.map_err(LineFailure::Io)?;
            }
            hear(&mut lines, limits, upgrade.is_last).await
        };
        let heard = match timeout(limits.command, asking).await {
            Ok(Ok(heard)) => heard,
            Ok(Err(failure)) => return Err(trouble(kind_of(&failure), failure.to_string(), &talk)),
            Err(_) => {
                let detail = format!("no reply within {:?}", limits.command);
                return Err(trouble(TroubleKind::TimedOut, detail, &talk));
            }
        };
        let agreed = (upgrade.is_yes)(&heard);
        talk.push(Talk { said: command.to_owned(), heard: heard.clone() });
        if !agreed {
            let (kind, what) = if command == upgrade.command {
                (TroubleKind::Tls, "TLS is not offered")
            } else {
                (TroubleKind::Refused, "the server does not want to talk")
            };
            return Err(trouble(kind, format!("{what}: {heard}"), &talk));
        }
    }
    // What came behind the yes came from somebody on the way.
    if lines.ahead() > 0 {
        let detail = format!("{} bytes came in the clear behind the reply to {}", lines.ahead(), upgrade.command);
        return Err(trouble(TroubleKind::Tls, detail, &talk));
    }
    Ok((lines.into_stream(), talk))
}

async fn secure(
    route: &Route,
    tls: &ClientTls,
    stream: TcpStream,
    limits: &Limits,
    talk: &[Talk],
) -> Result<Box<dyn Stream>, Trouble> {
    let detail = match timeout(limits.connect, tls.connect(&route.host, stream)).await {
        Ok(Ok(stream)) => return Ok(Box::new(stream)),
        Ok(Err(detail)) => detail,
        Err(_) => format!("no TLS was agreed within {:?}", limits.connect),
    };
    Err(Trouble { address: route.to_string(), kind: TroubleKind::Tls, detail, talk: talk.to_vec() })
}
