//! Floor 2: how bytes travel. HTTP and mail both ways, each with or without TLS, and a simulated network for tests.
//!
//! A carrier knows entities (header block, blank line, body) and addresses, never what a message means.
//! Requests and answers are read and written by [`http`] itself, on httparse: the evidence needs the header
//! bytes exactly as they came, and a scenario the right to send exactly the bytes it says. For the same reason
//! [`mail`] speaks SMTP and POP3 itself.

pub mod command;
pub mod handshake;
pub mod http;
pub mod mail;
mod places;
pub mod port;
mod refusals;
mod room;
pub mod simulated;
pub mod stand_in;
pub mod tls;
