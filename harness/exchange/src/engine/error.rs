//! Why a run could not go on.

use evidence::log::LogError;
use msh::compose::ComposeError;
use std::io;
use std::net::SocketAddr;
use thiserror::Error;

/// Why a run could not go on. Never the subject's fault.
#[derive(Debug, Error)]
pub enum EngineError {
    /// The log cannot be written: the run stops, because nothing is acted on unrecorded.
    #[error("the run stops because it cannot be recorded")]
    Log(#[from] LogError),
    /// The inbox port cannot be had.
    #[error(
        "failed to listen at {address} for the subject's messages; choose another port under `inbox`, or stop what uses it"
    )]
    Inbox {
        /// Where.
        address: SocketAddr,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A port of the registers cannot be had.
    #[error(
        "failed to open the registers at {places}; choose other ports under `registers` (and make a kit that names them), or stop what uses these"
    )]
    Registers {
        /// Where.
        places: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A task beside the steps panicked: a mistake of the harness.
    #[error("the harness made a mistake while it handled a message, please report it: {0}")]
    Panicked(String),
    /// Somebody put a question off: the run is interrupted, not ended.
    #[error("a question was put off: the run waits for its answer")]
    PutOff,
    /// A message of a scenario cannot be made.
    #[error("{file}:{line}: failed to compose the message")]
    Compose {
        /// The scenario's file.
        file: String,
        /// The step's line.
        line: u32,
        /// Why.
        #[source]
        source: ComposeError,
    },
    /// A template cannot be filled.
    #[error("{file}:{line}: failed to fill the message")]
    Fill {
        /// The scenario's file.
        file: String,
        /// The step's line.
        line: u32,
        /// Why.
        #[source]
        source: crate::message::MessageError,
    },
}
