//! Rules of the message service that can be broken on purpose.

/// Everything a message service can be told to do wrong. The default does everything right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Overrides {
    /// Whether the first answer is given again when the same MessageId arrives again
    /// (HIS 1037 6.2.1, HITS 1171 9.6).
    pub repeat_answer: bool,
    /// Whether a signature that does not verify refuses the message (HITS 1172 rule 50).
    pub refuse_broken_signature: bool,
    /// How signals are written.
    pub signal: SignalShape,
}

/// How an acknowledgment is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignalShape {
    /// Put the ConversationId where the MessageId belongs (rule 108).
    pub refer_to_conversation: bool,
    /// Copy the `cid:` references into the acknowledgment (rule 117).
    pub copy_cid: bool,
    /// Sign (rule 45).
    pub signed: bool,
    /// Put `eb:DuplicateElimination` into the MessageHeader (HIS 1037 table 4.2 forbids it).
    pub duplicate_elimination: bool,
}

impl Default for Overrides {
    fn default() -> Self {
        Self { repeat_answer: true, refuse_broken_signature: true, signal: SignalShape::default() }
    }
}

impl Default for SignalShape {
    fn default() -> Self {
        Self { refer_to_conversation: false, copy_cid: true, signed: true, duplicate_elimination: false }
    }
}
