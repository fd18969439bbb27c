//! Posts an entity: exactly these header fields and this body.

use super::Limits;
use super::reader::{self, ReadFailure};
use crate::tls::ClientTls;
use std::fmt;
use std::str::FromStr;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// An `http` or `https` address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    /// Whether over TLS.
    pub secure: bool,
    /// Host name or address.
    pub host: String,
    /// Port.
    pub port: u16,
    /// Path and query, beginning with `/`.
    pub path: String,
}

/// Why a text is no address.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{text}` is not an http:// or https:// address: {reason}")]
pub struct UrlError {
    text: String,
    reason: &'static str,
}

impl FromStr for Url {
    type Err = UrlError;

    fn from_str(text: &str) -> Result<Self, UrlError> {
        let wrong = |reason| UrlError { text: text.to_owned(), reason };
        let (secure, rest) = match (text.strip_prefix("http://"), text.strip_prefix("https://")) {
            (Some(rest), _) => (false, rest),
            (_, Some(rest)) => (true, rest),
            _ => return Err(wrong("it begins with neither")),
        };
        let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        if authority.contains('@') {
            return Err(wrong("it holds credentials; a subject file only points at secrets"));
        }
        let bracket = authority.rfind(']').unwrap_or(0);
        let (host, port) = match authority[bracket..].rfind(':') {
            Some(colon) => {
                let (host, port) = authority.split_at(bracket + colon);
                (host, port[1..].parse().map_err(|_| wrong("its port is not a number up to 65535"))?)
            }
            None => (authority, if secure { 443 } else { 80 }),
        };
        let host = host.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() || path.bytes().any(|b| b.is_ascii_control() || b == b' ') {
            return Err(wrong("it names no host, or its path holds blanks"));
        }
        Ok(Self { secure, host: host.to_owned(), port, path: path.to_owned() })
    }
}

impl fmt::Display for Url {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.secure { "https" } else { "http" };
        let (open, close) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        write!(f, "{scheme}://{open}{}{close}:{}{}", self.host, self.port, self.path)
    }
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Header fields, blank line, body.
    pub entity: Vec<u8>,
    /// Whether the body is empty.
    pub is_empty: bool,
}

/// What sort of failure it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// No connection: refused, no route, name unknown.
    Unreachable,
    /// No answer in time.
    TimedOut,
    /// Closed before the answer was complete.
    ClosedEarly,
    /// The answer is not HTTP.
    NotHttp,
    /// The answer is larger than is read.
    TooLarge,
    /// TLS could not be agreed.
    Tls,
}

/// Why a post got no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("failed to post to {url}: {detail}")]
pub struct Failure {
    /// Where to.
    pub url: String,
    /// What sort.
    pub kind: FailureKind,
    /// What was seen.
    pub detail: String,
}

/// Posts `entity` (header fields, blank line, body) and reads the answer.
///
/// # Errors
/// [`Failure`], which says what was attempted, how far it came and what was seen.
pub async fn post(url: &Url, entity: &[u8], tls: Option<&ClientTls>, limits: &Limits) -> Result<Answer, Failure> {
    request(url, &request_bytes(url, entity), tls, limits).await
}

/// Asks what the other side can do (`OPTIONS`) and reads the answer. No message goes with it, and nothing changes there:
/// the method is safe (RFC 9110 9.2.1).
///
/// # Errors
/// [`Failure`], as for [`post`].
pub async fn options(url: &Url, tls: Option<&ClientTls>, limits: &Limits) -> Result<Answer, Failure> {
    let bytes = format!(
        "OPTIONS {} HTTP/1.1\r\nHost: {}:{}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        url.path, url.host, url.port
    );
    request(url, bytes.as_bytes(), tls, limits).await
}

async fn request(url: &Url, bytes: &[u8], tls: Option<&ClientTls>, limits: &Limits) -> Result<Answer, Failure> {
    let fail = |kind, detail: String| Failure { url: url.to_string(), kind, detail };
    let connecting = tokio::time::timeout(limits.connect, TcpStream::connect((url.host.as_str(), url.port)));
    let stream = match connecting.await {
        Err(_) => return Err(fail(FailureKind::Unreachable, format!("no connection within {:?}", limits.connect))),
        Ok(Err(error)) => return Err(fail(FailureKind::Unreachable, error.to_string())),
        Ok(Ok(stream)) => stream,
    };
    // Receipts are small; waiting to fill a packet would only delay them. Failing to set it harms nothing.
    let _ = stream.set_nodelay(true);
    let exchange = async {
        if !url.secure {
            return talk(stream, bytes, limits).await;
        }
        let tls = tls.ok_or((FailureKind::Tls, "no trust is configured for https".to_owned()))?;
        let stream = tls.connect(&url.host, stream).await.map_err(|e| (FailureKind::Tls, e))?;
        talk(stream, bytes, limits).await
    };
    match tokio::time::timeout(limits.read, exchange).await {
        Ok(outcome) => outcome.map_err(|(kind, detail)| fail(kind, detail)),
        Err(_) => Err(fail(FailureKind::TimedOut, format!("connected, but no answer within {:?}", limits.read))),
    }
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: S,
    request: &[u8],
    limits: &Limits,
) -> Result<Answer, (FailureKind, String)> {
    let written = match stream.write_all(request).await {
        Ok(()) => stream.flush().await,
        Err(error) => Err(error),
    };
    let mut buffer = Vec::new();
    let read = final_answer(&mut stream, &mut buffer, limits).await;
    let read = match (read, written) {
        (Ok(read), _) => read,
        // A subject may answer and close before it has read everything; the answer counts more than our write.
        (Err(_), Err(error)) => return Err((FailureKind::ClosedEarly, format!("while sending: {error}"))),
        (Err(failure), Ok(())) => return Err((kind_of(&failure), failure.to_string())),
    };
    let status = read.start.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.ok_or_else(|| (FailureKind::NotHttp, format!("status line `{}`", read.start)))?;
    Ok(Answer { status, entity: read.entity(), is_empty: read.body.is_empty() })
}

/// How many interim answers are read over: `100 Continue` comes once, and `102 Processing` now and then.
const INTERIM_MAX: usize = 32;

/// The answer, past the interim ones (1xx) that a server may send before it.
async fn final_answer<S: AsyncRead + Unpin>(
    stream: &mut S,
    buffer: &mut Vec<u8>,
    limits: &Limits,
) -> Result<reader::Read, ReadFailure> {
    for _ in 0..INTERIM_MAX {
        let read = reader::read(stream, buffer, false, limits, None).await?;
        let code = read.start.split(' ').nth(1).unwrap_or_default();
        // 101 is final: the connection speaks something else from there on, and we never asked for it.
        if !(code.len() == 3 && code.starts_with('1') && code != "101") {
            return Ok(read);
        }
    }
    Err(ReadFailure::NotHttp(format!("{INTERIM_MAX} interim answers and no final one")))
}

fn kind_of(failure: &ReadFailure) -> FailureKind {
    match failure {
        ReadFailure::Closed { .. } | ReadFailure::Io(_) => FailureKind::ClosedEarly,
        ReadFailure::NotHttp(_) => FailureKind::NotHttp,
        ReadFailure::TooLarge { .. } => FailureKind::TooLarge,
    }
}

/// Request line and the connection's own fields, then the entity's bytes as given.
fn request_bytes(url: &Url, entity: &[u8]) -> Vec<u8> {
    let split = entity.windows(4).position(|w| w == b"\r\n\r\n").map_or(entity.len(), |at| at + 4);
    let length = entity.len() - split;
    let mut request = format!(
        "POST {} HTTP/1.1\r\nHost: {}:{}\r\nConnection: close\r\nContent-Length: {length}\r\n",
        url.path, url.host, url.port
    )
    .into_bytes();
    request.extend_from_slice(entity);
    request
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_addresses() {
        let url: Url = "https://localhost:8443/ebxml?x=1".parse().unwrap();
        assert_eq!((url.secure, url.port, url.path.as_str()), (true, 8443, "/ebxml?x=1"));
        assert_eq!("http://[::1]".parse::<Url>().unwrap().to_string(), "http://[::1]:80/");
        for wrong in ["ftp://x", "http://", "http://a:b@c/", "http://x:99999/", "localhost:80"] {
            assert!(wrong.parse::<Url>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn sends_the_entity_as_given() {
        let url: Url = "http://h:1/p".parse().unwrap();
        let text = String::from_utf8(request_bytes(&url, b"A: b\r\n\r\nxyz")).unwrap();
        assert_eq!(text, "POST /p HTTP/1.1\r\nHost: h:1\r\nConnection: close\r\nContent-Length: 3\r\nA: b\r\n\r\nxyz");
    }
}
