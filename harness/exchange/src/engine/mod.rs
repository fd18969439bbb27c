//! The engine: carries out a plan and records everything.
//!
//! The inbox is open from the first moment: whatever arrives is recorded first, answered by the party's message
//! service, and matched afterwards. A step that waits looks through what has come, so a receipt that overtakes its
//! step is normal.

mod aside;
mod desk;
mod inbox;
mod life;
mod outbound;
mod ports;
mod post;
mod registers;
mod run;
mod signer;
mod step;

pub use ports::Listening;
pub use run::{EngineError, Options, Progress, Quiet, Recorder, Resumed, execute, execute_over};
