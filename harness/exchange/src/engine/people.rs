//! The people at the subject: who asks them is for the caller of the engine to say.

use carrier::port::Pending;
use evidence::event::Question;
use std::fmt;
use std::sync::Arc;

/// What became of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reply {
    /// Somebody answered.
    Answered {
        /// The answer.
        answer: String,
        /// Who, as they call themselves.
        by: String,
        /// A remark.
        comment: String,
        /// Name and bytes of each attachment.
        attachments: Vec<(String, Vec<u8>)>,
    },
    /// Nobody did, and why: the run goes on, and what the answer would have shown is not established.
    Passed(String),
    /// The run is to be interrupted here, and gone on with another day.
    PutOff,
}

/// Asks people, or knows their answers.
pub trait Operator: Send + Sync {
    /// Asks; comes back when there is an answer or when the question's patience has run out, or what it was extended to.
    fn ask<'a>(&'a self, question: &'a Question) -> Pending<'a, Reply>;
}

/// Nobody is there.
#[derive(Debug, Clone, Copy)]
pub struct Nobody;

impl Operator for Nobody {
    fn ask<'a>(&'a self, _question: &'a Question) -> Pending<'a, Reply> {
        Box::pin(async { Reply::Passed("nobody was there to answer".to_owned()) })
    }
}

/// Whom the engine asks.
#[derive(Clone)]
pub struct People(pub Arc<dyn Operator>);

impl Default for People {
    fn default() -> Self {
        Self(Arc::new(Nobody))
    }
}

impl fmt::Debug for People {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("People")
    }
}
