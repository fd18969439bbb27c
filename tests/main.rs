//! The integration tests, one binary.
#![allow(clippy::unwrap_used, reason = "tests: a failure is a panic, with its place")]

mod attended;
mod carrier;
mod certification_report;
mod certify;
mod ci;
mod cli;
mod container;
mod documents;
mod exceptions;
mod faults;
mod foreign_peer;
mod foreign_sending;
mod init;
mod interruption;
mod kill_matrix;
mod kit;
mod layering;
mod mail;
mod mail_ports;
mod mail_servers;
mod oracle;
mod organisation;
mod process;
mod readme;
mod ready;
mod recompute;
mod register_defect;
mod register_runs;
mod registers;
mod rejudge;
mod simulation;
mod support;
mod tampering;
mod tidy;
mod website;
