//! Reads one HTTP message off a stream, bounded in every direction.

use super::Limits;
use crate::room::Room;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::OwnedSemaphorePermit;

/// Header fields that belong to the connection, not to the entity.
const HOP: [&str; 8] =
    ["connection", "content-length", "transfer-encoding", "host", "keep-alive", "te", "trailer", "expect"];
const FIELDS_MAX: usize = 200;
const CHUNK: usize = 16 * 1024;

/// One HTTP message.
#[derive(Debug)]
pub(super) struct Read {
    /// Request line or status line.
    pub start: String,
    /// The Host field of a request, in lower case.
    pub host: Option<String>,
    /// The header fields of the entity, the bytes as they came, each line ended by CRLF.
    pub fields: Vec<u8>,
    /// The body, transfer coding removed.
    pub body: Vec<u8>,
    /// Whether the other side means to go on on this connection.
    pub keep_alive: bool,
    /// Whether it sends the body only when it is told to go on (RFC 9110 10.1.1).
    pub expects_continue: bool,
    /// The room that the body takes, for as long as it is held.
    pub room: Option<OwnedSemaphorePermit>,
}

impl Read {
    /// Header fields, blank line, body.
    pub fn entity(&self) -> Vec<u8> {
        [&self.fields[..], b"\r\n", &self.body].concat()
    }
}

#[derive(Debug, Error)]
pub(super) enum ReadFailure {
    #[error("the connection was closed after {received} bytes")]
    Closed { received: usize },
    #[error("what came is not HTTP: {0}")]
    NotHttp(String),
    #[error("more than {limit} bytes came")]
    TooLarge { limit: usize },
    #[error("{0}")]
    Io(std::io::Error),
}

pub(super) enum Framing {
    Length(usize),
    Chunked,
    UntilClose,
}

/// Reads one message. `buffer` holds what was read beyond the message before.
pub(super) async fn read<S: AsyncRead + Unpin>(
    stream: &mut S,
    buffer: &mut Vec<u8>,
    is_request: bool,
    limits: &Limits,
    room: Option<&Room>,
) -> Result<Read, ReadFailure> {
    let head = read_head(stream, buffer, is_request, limits).await?;
    read_body(stream, buffer, head, limits, room).await
}

/// Reads the head of one message: what it says of itself, and how its body ends.
pub(super) async fn read_head<S: AsyncRead + Unpin>(
    stream: &mut S,
    buffer: &mut Vec<u8>,
    is_request: bool,
    limits: &Limits,
) -> Result<(Read, Framing), ReadFailure> {
    let mut searched = 0;
    let head_end = loop {
        if let Some(at) = find(&buffer[searched..], b"\r\n\r\n") {
            break searched + at + 4;
        }
        searched = buffer.len().saturating_sub(3);
        if buffer.len() > limits.head_bytes {
            return Err(ReadFailure::TooLarge { limit: limits.head_bytes });
        }
        // Whoever does not begin like HTTP need not be listened to any further.
        if let Some(reason) = not_http(buffer, is_request) {
            return Err(ReadFailure::NotHttp(reason));
        }
        fill(stream, buffer).await?;
    };
    let head: Vec<u8> = buffer.drain(..head_end).collect();
    match parse_head(&head, is_request)? {
        (_, Framing::Length(length)) if length > limits.body_bytes => {
            Err(ReadFailure::TooLarge { limit: limits.body_bytes })
        }
        head => Ok(head),
    }
}

/// Reads the body after its head.
pub(super) async fn read_body<S: AsyncRead + Unpin>(
    stream: &mut S,
    buffer: &mut Vec<u8>,
    (mut message, framing): (Read, Framing),
    limits: &Limits,
    room: Option<&Room>,
) -> Result<Read, ReadFailure> {
    message.body = match framing {
        Framing::Length(length) => {
            if let Some(room) = room {
                message.room = room.take(length).await;
            }
            while buffer.len() < length {
                fill(stream, buffer).await?;
            }
            // The room is given back with the body: the buffer must not keep its size.
            let rest = buffer.split_off(length);
            std::mem::replace(buffer, rest)
        }
        Framing::Chunked => {
            // How much will come is not said: room for the most, or nobody who has begun could ever end.
            if let Some(room) = room {
                message.room = room.take(limits.body_bytes).await;
            }
            chunked(stream, buffer, limits).await?
        }
        Framing::UntilClose => {
            message.keep_alive = false;
            until_close(stream, buffer, limits).await?
        }
    };
    Ok(message)
}

fn not_http(buffer: &[u8], is_request: bool) -> Option<String> {
    let start = &buffer[..buffer.len().min(8)];
    let fits = if is_request {
        start.iter().all(|b| b.is_ascii_uppercase() || *b == b' ' || *b == b'/')
    } else {
        b"HTTP/1.".starts_with(&start[..start.len().min(7)])
    };
    (!fits).then(|| format!("it begins with `{}`", start.escape_ascii()))
}

pub(super) fn parse_head(head: &[u8], is_request: bool) -> Result<(Read, Framing), ReadFailure> {
    // httparse refuses folded fields; Norwegian senders fold Content-Type as they do in mail.
    let unfolded = unfold(head);
    let mut fields = [httparse::EMPTY_HEADER; FIELDS_MAX];
    let bad = |e: httparse::Error| ReadFailure::NotHttp(e.to_string());
    let (parsed, status, is_11) = if is_request {
        let mut request = httparse::Request::new(&mut fields);
        request.parse(&unfolded).map_err(bad)?;
        (request.headers, None, request.version == Some(1))
    } else {
        let mut response = httparse::Response::new(&mut fields);
        response.parse(&unfolded).map_err(bad)?;
        (response.headers, response.code, response.version == Some(1))
    };
    let value = |name: &str| {
        parsed.iter().find(|f| f.name.eq_ignore_ascii_case(name)).map(|f| f.value.trim_ascii().to_ascii_lowercase())
    };
    let connection = value("connection").unwrap_or_default();
    let framing = if value("transfer-encoding").is_some_and(|v| v.ends_with(b"chunked")) {
        Framing::Chunked
    } else if let Some(length) = value("content-length") {
        let text = String::from_utf8_lossy(&length).into_owned();
        Framing::Length(text.parse().map_err(|_| ReadFailure::NotHttp(format!("Content-Length `{text}`")))?)
    } else if is_request || matches!(status, Some(100..=199 | 204 | 304)) {
        Framing::Length(0)
    } else {
        Framing::UntilClose
    };
    let start = String::from_utf8_lossy(head.split(|&b| b == b'\r').next().unwrap_or_default()).into_owned();
    let keep_alive = is_11 && connection != b"close";
    let expects_continue = is_11 && value("expect").is_some_and(|v| v == b"100-continue");
    let host = value("host").map(|host| String::from_utf8_lossy(&host).into_owned());
    let fields = entity_fields(head);
    Ok((Read { start, host, fields, body: Vec::new(), keep_alive, expects_continue, room: None }, framing))
}

fn unfold(head: &[u8]) -> Vec<u8> {
    let mut unfolded: Vec<u8> = Vec::with_capacity(head.len());
    for line in head.split_inclusive(|&b| b == b'\n') {
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            unfolded.truncate(unfolded.trim_ascii_end().len());
            unfolded.push(b' ');
            unfolded.extend_from_slice(line.trim_ascii_start());
            if line.trim_ascii().is_empty() {
                unfolded.extend_from_slice(b"\r\n");
            }
        } else {
            unfolded.extend_from_slice(line);
        }
    }
    unfolded
}

/// The lines of the entity's own fields, folded lines included.
fn entity_fields(head: &[u8]) -> Vec<u8> {
    let mut kept = Vec::new();
    let mut keep = false;
    let lines = head.split_inclusive(|&b| b == b'\n').skip(1);
    for line in lines.filter(|line| !line.trim_ascii().is_empty()) {
        if !line.starts_with(b" ") && !line.starts_with(b"\t") {
            let name = line.split(|&b| b == b':').next().unwrap_or_default().trim_ascii();
            keep = !HOP.iter().any(|hop| name.eq_ignore_ascii_case(hop.as_bytes()));
        }
        if keep {
            kept.extend_from_slice(line.strip_suffix(b"\n").map_or(line, |l| l.strip_suffix(b"\r").unwrap_or(l)));
            kept.extend_from_slice(b"\r\n");
        }
    }
    kept
}

async fn chunked<S: AsyncRead + Unpin>(
    stream: &mut S,
    buffer: &mut Vec<u8>,
    limits: &Limits,
) -> Result<Vec<u8>, ReadFailure> {
    let mut body = Vec::new();
    // What lies before `at` is used up. It is cut off when it is the larger part, not for each chunk: chunks may be
    // one byte long.
    let mut at = 0;
    loop {
        let line = line(stream, buffer, &mut at, limits).await?;
        let size = line.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| ReadFailure::NotHttp(format!("chunk size `{size}`")))?;
        if body.len().saturating_add(size) > limits.body_bytes {
            return Err(ReadFailure::TooLarge { limit: limits.body_bytes });
        }
        if size == 0 {
            // Trailer fields, up to the empty line.
            while !self::line(stream, buffer, &mut at, limits).await?.is_empty() {}
            buffer.drain(..at);
            buffer.shrink_to(CHUNK);
            return Ok(body);
        }
        while buffer.len() - at < size + 2 {
            fill(stream, buffer).await?;
        }
        body.extend_from_slice(&buffer[at..at + size]);
        at += size + 2;
        if at >= CHUNK && at > buffer.len() / 2 {
            buffer.drain(..at);
            at = 0;
        }
    }
}

/// The line that begins at `at`, without its end; `at` moves behind it.
async fn line<S: AsyncRead + Unpin>(
    stream: &mut S,
    buffer: &mut Vec<u8>,
    at: &mut usize,
    limits: &Limits,
) -> Result<String, ReadFailure> {
    loop {
        if let Some(length) = find(&buffer[*at..], b"\r\n") {
            let line = String::from_utf8_lossy(&buffer[*at..*at + length]).into_owned();
            *at += length + 2;
            return Ok(line);
        }
        if buffer.len() - *at > limits.head_bytes {
            return Err(ReadFailure::TooLarge { limit: limits.head_bytes });
        }
        fill(stream, buffer).await?;
    }
}

async fn until_close<S: AsyncRead + Unpin>(
    stream: &mut S,
    buffer: &mut Vec<u8>,
    limits: &Limits,
) -> Result<Vec<u8>, ReadFailure> {
    loop {
        if buffer.len() > limits.body_bytes {
            return Err(ReadFailure::TooLarge { limit: limits.body_bytes });
        }
        match fill(stream, buffer).await {
            Ok(()) => {}
            Err(ReadFailure::Closed { .. }) => return Ok(std::mem::take(buffer)),
            Err(error) => return Err(error),
        }
    }
}

async fn fill<S: AsyncRead + Unpin>(stream: &mut S, buffer: &mut Vec<u8>) -> Result<(), ReadFailure> {
    let received = buffer.len();
    buffer.reserve(CHUNK);
    match stream.read_buf(buffer).await {
        Ok(0) => Err(ReadFailure::Closed { received }),
        Ok(_) => Ok(()),
        Err(error) if is_close(&error) => Err(ReadFailure::Closed { received }),
        Err(error) => Err(ReadFailure::Io(error)),
    }
}

fn is_close(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), ConnectionReset | ConnectionAborted | BrokenPipe | UnexpectedEof)
}

pub(super) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack.windows(needle.len()).position(|window| window == needle)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn run(bytes: &[u8], is_request: bool) -> Result<Read, ReadFailure> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let limits = Limits { body_bytes: 100, ..Limits::default() };
        runtime.block_on(read(&mut &bytes[..], &mut Vec::new(), is_request, &limits, None))
    }

    #[test]
    fn many_chunks_of_one_byte_take_little_time_and_leave_the_next_message() {
        const COUNT: usize = 500_000;
        let mut bytes = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
        bytes.extend_from_slice(&b"1\r\nx\r\n".repeat(COUNT));
        bytes.extend_from_slice(b"0\r\n\r\nPOST /next");
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut buffer = bytes;
        let read = runtime.block_on(read(&mut &b""[..], &mut buffer, true, &Limits::default(), None)).unwrap();
        assert_eq!(read.body, vec![b'x'; COUNT]);
        assert_eq!(buffer, b"POST /next");
    }

    #[test]
    fn bodies_wait_for_room() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let limits = Limits { body_bytes: 100 * 1024, ..Limits::default() };
        let room = Room::new(0, limits.body_bytes);
        let large = [b"POST / HTTP/1.1\r\nContent-Length: 102400\r\n\r\n".to_vec(), vec![b'x'; 102_400]].concat();
        let small = b"POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc".to_vec();
        runtime.block_on(async {
            let (mut first, mut second) = (large.clone(), large);
            let held = read(&mut &b""[..], &mut first, true, &limits, Some(&room)).await.unwrap();
            assert!(first.capacity() < 102_400);
            let mut nothing = &b""[..];
            let waiting = read(&mut nothing, &mut second, true, &limits, Some(&room));
            tokio::pin!(waiting);
            tokio::select! {
                biased;
                _ = &mut waiting => panic!("it did not wait"),
                () = tokio::task::yield_now() => {}
            }
            let mut third = small;
            assert_eq!(read(&mut &b""[..], &mut third, true, &limits, Some(&room)).await.unwrap().body, b"abc");
            drop(held);
            assert_eq!(waiting.await.unwrap().body.len(), 102_400);
        });
    }

    #[test]
    fn keeps_the_entity_fields_as_they_came() {
        let read = run(
            b"POST /x HTTP/1.1\r\nHost: a\r\nSOAPaction: \"ebXML\"\r\nContent-Type: text/xml;\r\n charset=x\r\nContent-Length: 3\r\n\r\nabc",
            true,
        )
        .unwrap();
        assert_eq!(read.start, "POST /x HTTP/1.1");
        let entity = read.entity();
        assert_eq!(entity, b"SOAPaction: \"ebXML\"\r\nContent-Type: text/xml;\r\n charset=x\r\n\r\nabc");
    }

    #[test]
    fn reads_every_framing() {
        let chunked =
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\nT: 1\r\n\r\n";
        assert_eq!(run(chunked, false).unwrap().body, b"abc");
        assert_eq!(run(b"HTTP/1.0 500 No\r\n\r\nrest", false).unwrap().body, b"rest");
        assert_eq!(run(b"HTTP/1.1 204 No\r\n\r\n", false).unwrap().body, b"");
    }

    #[test]
    fn says_what_is_wrong() {
        assert!(matches!(run(b"SSH-2.0-x\r\n", false), Err(ReadFailure::NotHttp(_))));
        assert!(matches!(
            run(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab", false),
            Err(ReadFailure::Closed { .. })
        ));
        assert!(matches!(
            run(b"HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", false),
            Err(ReadFailure::TooLarge { limit: 100 })
        ));
        let endless = [b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'x'; 500]].concat();
        assert!(matches!(run(&endless, false), Err(ReadFailure::TooLarge { limit: 100 })));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300), is_request: bool) {
            let _ = run(&bytes, is_request);
            let _ = run(&[b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec(), bytes].concat(), false);
        }
    }
}
