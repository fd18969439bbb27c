//! HTTP/1.1 with the bytes kept as they were.

mod capture;
mod client;
mod inbox;
mod reader;

pub use crate::refusals::{Refusal, Refusals};
pub use capture::put_together;
pub use client::{Answer, Failure, FailureKind, Url, UrlError, options, post};
pub use inbox::{Arrival, Inbox, Reply, Request};

use std::time::Duration;

/// What one side may make the other wait for, and how much it may send.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of the header block.
    pub head_bytes: usize,
    /// Bytes of the body: EDI 2.0 caps a request at 35 MB.
    pub body_bytes: usize,
    /// For the whole of one request or answer to come in.
    pub read: Duration,
    /// To connect, TLS included.
    pub connect: Duration,
    /// Connections served at once.
    pub connections: usize,
    /// Bytes of request bodies held at once, over all connections; at least one body of the largest size fits.
    pub bytes_in_flight: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head_bytes: 64 * 1024,
            body_bytes: 40 * 1024 * 1024,
            read: Duration::from_secs(30),
            connect: Duration::from_secs(10),
            connections: 256,
            bytes_in_flight: 256 * 1024 * 1024,
        }
    }
}
