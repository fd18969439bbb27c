//! A file a command.

pub mod answer;
pub(crate) mod ci;
pub mod collect;
pub mod demo;
pub mod doctor;
pub mod explain;
pub mod generated;
pub mod init;
pub mod inspect;
mod interrupt;
pub mod judge;
pub mod kit;
mod people;
mod progress;
pub mod ready;
pub mod reference;
mod repeat;
pub mod report;
pub mod requirements;
pub mod resume;
pub mod run;
pub mod runs;
pub mod scenarios;
pub mod show;
pub(crate) mod terminal;
pub mod verify;
