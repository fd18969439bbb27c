//! The history of a run: who sent what, what it answered, and when. Folded from the log and the blobs anew
//! at each judging, so that a better decoder corrects old runs.

mod fold;
mod model;

pub use fold::of;
pub use model::{
    Author, AwaitOutcome, AwaitRecord, Exchange, History, MessageRecord, Payload, QuestionOutcome, QuestionRecord,
    Sending, StopRecord, TransportOutcome, TriggerRecord,
};
