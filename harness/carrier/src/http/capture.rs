//! An HTTP message that somebody else captured: its chunks put together, as the reader of this carrier does it live.

use super::Limits;
use super::reader::{self, Framing, ReadFailure};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

/// The entity of a captured request or answer whose body is still in chunks (RFC 9112 section 7.1), as it would stand in
/// a log. `None` when there is nothing to put together: no HTTP, another framing, or chunks that the capturing tool has
/// put together already while it left the `Transfer-Encoding` field.
///
/// # Errors
/// Why the chunks cannot be put together, in words that go on after "its chunks cannot be put together:".
pub fn put_together(bytes: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let is_request = !bytes.starts_with(b"HTTP/");
    let Some(body) = reader::find(bytes, b"\r\n\r\n").map(|at| at + 4) else {
        return Ok(None);
    };
    let framing = reader::parse_head(&bytes[..body], is_request).map(|(_, framing)| framing);
    if !matches!(framing, Ok(Framing::Chunked)) || !begins_with_size(&bytes[body..]) {
        return Ok(None);
    }
    let mut rest = bytes;
    let mut buffer = Vec::new();
    let limits = Limits::default();
    let reading = pin!(reader::read(&mut rest, &mut buffer, is_request, &limits, None));
    // Bytes in memory are there at once; nothing is waited for.
    match reading.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Ok(message)) => Ok(Some(message.entity())),
        Poll::Ready(Err(ReadFailure::Closed { .. })) => Err("the last one is missing".to_owned()),
        Poll::Ready(Err(failure)) => Err(failure.to_string()),
        Poll::Pending => Err("they cannot be read".to_owned()),
    }
}

/// Whether a body begins with the line of a chunk: no entity of this traffic begins with a hexadecimal number.
fn begins_with_size(body: &[u8]) -> bool {
    let line = body.split(|&b| b == b'\n').next().unwrap_or_default();
    let size = line.split(|&b| b == b';').next().unwrap_or_default().trim_ascii();
    !size.is_empty() && size.len() <= 16 && size.iter().all(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HEAD: &str = "POST /in HTTP/1.1\r\nHost: a\r\nContent-Type: text/xml;\r\n charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n";

    fn captured(body: &str) -> Result<Option<Vec<u8>>, String> {
        put_together(format!("{HEAD}{body}").as_bytes())
    }

    #[test]
    fn puts_chunks_together() {
        let entity = captured("2\r\n<a\r\nA;x=y\r\n>\r\n0\r\n</a>\r\n0\r\nT: 1\r\n\r\n").unwrap().unwrap();
        assert_eq!(entity, b"Content-Type: text/xml;\r\n charset=utf-8\r\n\r\n<a>\r\n0\r\n</a>");
        let answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n";
        assert_eq!(put_together(answer).unwrap().unwrap(), b"\r\nx");
    }

    #[test]
    fn leaves_what_has_no_chunks() {
        assert_eq!(captured("<a/>"), Ok(None), "the capturing tool has put them together");
        for other in
            ["", "<a/>", "Content-Type: text/xml\r\n\r\n2\r\n<a\r\n", "HTTP/1.1 200 OK\r\n\r\n2\r\nab\r\n0\r\n\r\n"]
        {
            assert_eq!(put_together(other.as_bytes()), Ok(None), "{other}");
        }
    }

    #[test]
    fn says_what_is_wrong_with_the_chunks() {
        assert_eq!(captured("5\r\n<a"), Err("the last one is missing".to_owned()));
        assert!(captured("2\r\n<a\r\nzz\r\n").unwrap_err().contains("chunk size `zz`"));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = put_together(&bytes);
            let _ = put_together(&[HEAD.as_bytes(), b"2\r\n", &bytes].concat());
        }
    }
}
