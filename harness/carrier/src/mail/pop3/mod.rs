//! POP3: a server over mailboxes in memory, and a client that polls.

mod client;
mod server;
mod session;

pub use client::{Collected, Found, Holding, Keeper, collect, probe};
pub use server::{Server, Settings};
