//! Floor 3: scenarios, the subject, and the engine that carries one out against the other.
//!
//! The engine sends, receives, waits and records. It judges nothing: an unmet `await` is an event, and what an
//! outcome means is for `checks` to say from the log.

pub mod alter;
pub mod cast;
pub mod engine;
pub mod message;
pub mod plan;
pub mod preflight;
pub mod scenario;
pub mod subject;
pub mod yaml;
