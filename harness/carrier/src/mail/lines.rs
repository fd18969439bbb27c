//! Lines and mails off a stream, bounded in every direction.

use super::dots::{LineStart, Unstuffing};
use crate::room::{Room, SMALL};
use std::io;
use thiserror::Error;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::OwnedSemaphorePermit;

const CHUNK: usize = 16 * 1024;

/// Why reading ended.
#[derive(Debug, Error)]
pub(super) enum LineFailure {
    /// Nothing more comes.
    #[error("the connection was closed")]
    Closed,
    /// A line without an end.
    #[error("a line is longer than {0} bytes")]
    LongLine(usize),
    /// A mail without an end.
    #[error("a mail is larger than {0} bytes")]
    LargeMail(usize),
    /// The socket.
    #[error("{0}")]
    Io(io::Error),
}

/// A mail as it came, the doubled dots undone.
#[derive(Debug)]
pub(super) struct Read {
    /// Its bytes, line ends as they were.
    pub mail: Vec<u8>,
    /// Whether it holds an LF without a CR before it.
    pub bare_lf: bool,
    /// The room that it takes, for as long as it is held.
    pub room: Option<OwnedSemaphorePermit>,
}

/// A stream that is read line by line.
#[derive(Debug)]
pub(super) struct Lines<S> {
    stream: S,
    buffer: Vec<u8>,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Lines<S> {
    /// Nothing read yet.
    pub fn new(stream: S) -> Self {
        Self { stream, buffer: Vec::new() }
    }

    /// The stream; what was read beyond the last line is gone.
    pub fn into_stream(self) -> S {
        self.stream
    }

    /// Bytes that came behind the last line.
    pub fn ahead(&self) -> usize {
        self.buffer.len()
    }

    /// One line of at most `limit` bytes, without its end (LF, or CRLF).
    pub async fn line(&mut self, limit: usize) -> Result<Vec<u8>, LineFailure> {
        let mut searched = 0;
        loop {
            if let Some(at) = self.buffer[searched..].iter().position(|&b| b == b'\n') {
                let mut line: Vec<u8> = self.buffer.drain(..=searched + at).collect();
                line.pop();
                if line.ends_with(b"\r") {
                    line.pop();
                }
                return if line.len() > limit { Err(LineFailure::LongLine(limit)) } else { Ok(line) };
            }
            searched = self.buffer.len();
            if searched > limit {
                return Err(LineFailure::LongLine(limit));
            }
            self.fill().await?;
        }
    }

    /// One mail, up to its final dot. `room` is waited for as soon as it turns out not to be small.
    pub async fn mail(
        &mut self,
        start: LineStart,
        limit: usize,
        room: Option<&Room>,
        announced: Option<usize>,
    ) -> Result<Read, LineFailure> {
        let mut unstuffing = Unstuffing::new(start);
        // RFC 1870 section 3 lets the announced size be an estimate: an eighth and a bit more is still it.
        let mut bound = limit;
        let mut taken = None;
        loop {
            if let Some(used) = unstuffing.take(&self.buffer) {
                self.buffer.drain(..used);
                let Unstuffing { mail, bare_lf, .. } = unstuffing;
                if mail.len() > limit {
                    return Err(LineFailure::LargeMail(limit));
                }
                return Ok(Read { mail, bare_lf, room: taken });
            }
            self.buffer.clear();
            let length = unstuffing.mail.len();
            if let (Some(room), None) = (room, &taken)
                && length > SMALL
            {
                // How much will come need not be said: room for the most, or nobody who has begun could ever end.
                bound = announced.map_or(limit, |bytes| bytes.saturating_add(bytes / 8 + CHUNK)).min(limit);
                taken = room.take(bound.max(SMALL + 1)).await;
            }
            if length > bound {
                return Err(LineFailure::LargeMail(bound));
            }
            self.fill().await?;
        }
    }

    /// Writes all of it.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    async fn fill(&mut self) -> Result<(), LineFailure> {
        self.buffer.reserve(CHUNK);
        match self.stream.read_buf(&mut self.buffer).await {
            Ok(0) => Err(LineFailure::Closed),
            Ok(_) => Ok(()),
            Err(error) if is_close(&error) => Err(LineFailure::Closed),
            Err(error) => Err(LineFailure::Io(error)),
        }
    }
}

fn is_close(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), ConnectionReset | ConnectionAborted | BrokenPipe | UnexpectedEof)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn block_on<T>(work: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(work)
    }

    /// A stream that gives `bytes` and then ends.
    fn stream(bytes: &[u8]) -> Lines<tokio::io::Join<&[u8], tokio::io::Sink>> {
        Lines::new(tokio::io::join(bytes, tokio::io::sink()))
    }

    #[test]
    fn reads_lines_with_either_end_and_no_endless_one() {
        block_on(async {
            let mut lines = stream(b"EHLO a\r\nNOOP\nQUIT");
            assert_eq!(lines.line(10).await.unwrap(), b"EHLO a");
            assert_eq!(lines.ahead(), 9);
            assert_eq!(lines.line(10).await.unwrap(), b"NOOP");
            assert!(matches!(lines.line(10).await, Err(LineFailure::Closed)));
            assert!(matches!(stream(&[b'x'; 30]).line(10).await, Err(LineFailure::LongLine(10))));
            assert!(matches!(stream(b"0123456789a\r\n").line(10).await, Err(LineFailure::LongLine(10))));
        });
    }

    #[test]
    fn a_mail_is_no_larger_than_the_limit_or_than_it_said() {
        block_on(async {
            let large = [vec![b'x'; 200_000], b"\r\n.\r\n".to_vec()].concat();
            let room = Room::new(0, 300_000);
            let mut whole = stream(&large);
            let read = whole.mail(LineStart::Crlf, 300_000, Some(&room), None).await.unwrap();
            assert_eq!((read.mail.len(), read.room.is_some()), (200_002, true));
            let limited = stream(&large).mail(LineStart::Crlf, 100_000, None, None).await;
            assert!(matches!(limited, Err(LineFailure::LargeMail(100_000))));
            drop(read);
            let lied = stream(&large).mail(LineStart::Crlf, 300_000, Some(&room), Some(100_000)).await;
            assert!(matches!(lied, Err(LineFailure::LargeMail(_))));
        });
    }

    proptest! {
        #[test]
        fn never_panics_and_leaves_what_follows(
            mail in proptest::collection::vec(any::<u8>(), 0..200), next in "[A-Z]{1,8}",
        ) {
            let stuffed = super::super::dots::stuff(&mail, LineStart::Crlf);
            let bytes = [&stuffed, next.as_bytes(), b"\r\n"].concat();
            let (read, line) = block_on(async {
                let mut lines = stream(&bytes);
                let read = lines.mail(LineStart::Crlf, 1000, None, None).await.unwrap();
                (read, lines.line(100).await.unwrap())
            });
            prop_assert!(read.mail.starts_with(&mail));
            prop_assert_eq!(line, next.into_bytes());
        }
    }
}
