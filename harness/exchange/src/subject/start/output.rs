//! What a subject prints: its beginning and its end, in a bounded room, and a look-out for one line.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::Notify;

/// Kept from the beginning: versions, settings, the first complaint.
const HEAD_MAX: usize = 256 * 1024;
/// Kept from the end: why it ended.
const TAIL_MAX: usize = 1024 * 1024;
/// Longest text that is looked for across two readings.
const SEARCH_MAX: usize = 64 * 1024;

/// A subject's output.
#[derive(Debug, Default)]
pub(super) struct Output {
    kept: Mutex<Kept>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Kept {
    head: Vec<u8>,
    tail: VecDeque<u8>,
    cut: u64,
    /// What was printed last, for the look-out; whole lines and the one being printed.
    recent: Vec<u8>,
    wanted: Option<Vec<u8>>,
    is_seen: bool,
}

impl Output {
    /// Looks out for a text from now on.
    pub fn look_out_for(&self, text: &str) {
        self.lock().wanted = Some(text.as_bytes().to_vec());
    }

    /// Is there when the text was printed.
    pub async fn seen(&self) {
        loop {
            let news = self.news.notified();
            tokio::pin!(news);
            news.as_mut().enable();
            if self.lock().is_seen {
                return;
            }
            news.await;
        }
    }

    /// Takes what was printed.
    pub fn take(&self, bytes: &[u8]) {
        let mut kept = self.lock();
        let room = HEAD_MAX - kept.head.len();
        let (head, tail) = bytes.split_at(bytes.len().min(room));
        kept.head.extend_from_slice(head);
        kept.tail.extend(tail);
        let surplus = kept.tail.len().saturating_sub(TAIL_MAX);
        kept.tail.drain(..surplus);
        kept.cut += surplus as u64;
        if !kept.is_seen && kept.wanted.is_some() {
            kept.recent.extend_from_slice(bytes);
            let found = kept.wanted.as_ref().is_some_and(|wanted| contains(&kept.recent, wanted));
            let surplus = kept.recent.len().saturating_sub(SEARCH_MAX);
            kept.recent.drain(..surplus);
            if found {
                kept.is_seen = true;
                drop(kept);
                self.news.notify_waiters();
            }
        }
    }

    /// Takes everything from a stream until it ends.
    pub async fn drain(&self, mut stream: impl AsyncRead + Unpin) {
        let mut buffer = [0; 8192];
        while let Ok(count @ 1..) = stream.read(&mut buffer).await {
            self.take(&buffer[..count]);
        }
    }

    /// What was kept, and how many bytes in its middle were not.
    pub fn snapshot(&self) -> (Vec<u8>, u64) {
        let kept = self.lock();
        let mut bytes = kept.head.clone();
        if kept.cut > 0 {
            bytes.extend_from_slice(format!("\n[… {} bytes were not kept …]\n", kept.cut).as_bytes());
        }
        bytes.extend(&kept.tail);
        (bytes, kept.cut)
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    !wanted.is_empty() && bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginning_and_end_are_kept_whatever_comes() {
        let output = Output::default();
        output.take(b"first\n");
        for _ in 0..40 {
            output.take(&vec![b'x'; 65536]);
        }
        output.take(b"\nlast\n");
        let (bytes, cut) = output.snapshot();
        assert!(bytes.starts_with(b"first\n") && bytes.ends_with(b"\nlast\n"));
        assert!(bytes.len() < HEAD_MAX + TAIL_MAX + 100, "{}", bytes.len());
        assert_eq!(cut, (6 + 40 * 65536 + 6 - HEAD_MAX - TAIL_MAX) as u64);
    }

    #[test]
    fn a_text_is_seen_across_two_readings() {
        let output = Output::default();
        output.look_out_for("MSH started");
        output.take(b"... MSH sta");
        assert!(!output.lock().is_seen);
        output.take(b"rted\n");
        assert!(output.lock().is_seen);
    }
}
