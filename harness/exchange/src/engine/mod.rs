//! The engine: carries out a plan and records everything.
//!
//! The inbox is open from the first moment: whatever arrives is recorded first, answered by the party's message
//! service, and matched afterwards. A step that waits looks through what has come, so a receipt that overtakes its
//! step is normal.

mod answer;
mod arrived;
mod aside;
mod ask;
mod challenged;
mod collect;
mod desk;
mod error;
mod fault;
mod inbox;
mod kept;
mod life;
mod outbound;
mod people;
mod ports;
mod post;
mod registers;
mod run;
mod send;
mod signer;
mod standing;
mod step;
mod trigger;
mod wait;

pub use collect::Collecting;
pub use people::{Nobody, Operator, People, Reply};
pub use ports::Listening;
pub use run::{EngineError, Options, Progress, Quiet, Recorder, Resumed, execute, execute_over};
pub use standing::Standing;
