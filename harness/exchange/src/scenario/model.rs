//! The types of a scenario file. The JSON Schema is made from them.

use super::acting::{AnswerStep, AskStep, TriggerStep};
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A scenario.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Title in bokmål and English.
    pub title: Title,
    /// Where it comes from: document and section, or test case.
    pub source: String,
    /// What the subject must be able to do.
    pub needs: Needs,
    /// Who plays which role: `harness` or `subject`.
    pub parties: BTreeMap<String, Side>,
    /// Requirements that this scenario should exercise: a lint, never a verdict.
    #[serde(default)]
    pub exercises: Vec<String>,
    /// What happens, in order.
    pub steps: Vec<Step>,
    /// For each labelled message, every outcome that the standard allows.
    pub outcomes: BTreeMap<String, Vec<Outcome>>,
}

/// A title in two languages.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// Bokmål.
    pub nb: String,
    /// English.
    pub en: String,
}

/// What the subject must be able to do.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Needs {
    /// Message and version, e.g. `LOG_INNLAGT@1.6`.
    pub message: String,
    /// Whether the subject sends or receives it.
    pub direction: Direction,
    /// The carrier that it takes; without, any will do.
    #[serde(default)]
    pub carrier: Option<CarrierKind>,
}

/// A carrier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum CarrierKind {
    /// HTTP or HTTPS.
    Http,
    /// SMTP and POP3.
    Mail,
}

/// Whether the subject sends or receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The subject sends.
    Send,
    /// The subject receives.
    Receive,
}

/// Who plays a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// The harness.
    Harness,
    /// The system under test.
    Subject,
}

impl Side {
    /// The word in scenarios.
    pub fn word(self) -> &'static str {
        match self {
            Self::Harness => "harness",
            Self::Subject => "subject",
        }
    }
}

/// A step.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// Compose a message and send it.
    Send(Box<SendStep>),
    /// Send the very same bytes again.
    Resend(String),
    /// Wait for a receipt; if it does not come in time the scenario goes on and nothing is concluded.
    Await(AwaitStep),
    /// Wait to see that none comes.
    Quiet(QuietStep),
    /// Wait for a receipt and treat it as lost.
    Ignore(AwaitStep),
    /// Send the acknowledgment of the AppRec of a message once more, under a label of its own.
    Reacknowledge(Reacknowledge),
    /// Have a register answer wrongly in a named way, until the scenario ends.
    Mode(ModeStep),
    /// Stop the subject and start it again.
    Restart(Restart),
    /// Make the subject send a message.
    Trigger(Box<TriggerStep>),
    /// Answer a message of the subject's with an AppRec.
    Answer(Box<AnswerStep>),
    /// Ask a person what no program can see.
    Ask(Box<AskStep>),
}

/// How a subject is stopped for a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Restart {
    /// It is asked to end, as by an operator.
    Orderly,
    /// It is killed, as by a power cut.
    Abruptly,
}

/// What is sent.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SendStep {
    /// Label, by which later steps and outcomes speak of it.
    #[serde(rename = "as")]
    pub label: String,
    /// Message and version.
    #[serde(default)]
    pub message: Option<String>,
    /// Role of the sender.
    #[serde(default)]
    pub from: Option<String>,
    /// Role of the receiver.
    #[serde(default)]
    pub to: Option<String>,
    /// Which patient the fagmelding is about.
    #[serde(default)]
    pub patient: Option<PatientKind>,
    /// Take the message sent under this label instead of making a new one.
    #[serde(default)]
    pub copy: Option<String>,
    /// What gets a new value in the copy.
    #[serde(default)]
    pub renew: Vec<Renew>,
    /// Name the stranger as receiver in the fagmelding (both levels), while the envelope goes to the subject.
    #[serde(default)]
    pub addressed: Option<Stranger>,
    /// Encrypt to the stranger's certificate instead of the receiver's.
    #[serde(default)]
    pub encrypt: Option<Stranger>,
    /// Sign with a certificate of the sender's that must not be accepted, from the kit's `scenario-keys`.
    #[serde(default)]
    pub sign: Option<SignWith>,
    /// Changes made on purpose, each in one layer.
    #[serde(default)]
    pub alter: Vec<Alteration>,
}

/// A certificate that must not be accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SignWith {
    /// Its time is over.
    Expired,
    /// Its issuer has revoked it.
    Revoked,
}

impl SignWith {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Expired, Self::Revoked];

    /// The word in scenarios and in the names of the kit's files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

/// The party that nobody in the scenario is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Stranger {
    /// The stranger of the cast.
    Stranger,
}

/// Which patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PatientKind {
    /// One that the subject has a record of.
    Known,
    /// One that it has not.
    Unknown,
}

/// What gets a new value in a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum Renew {
    /// The envelope's id. A changed envelope must have a new one.
    MessageId,
}

/// A change made on purpose in one layer: exactly one of the operations.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Alteration {
    /// The layer.
    pub layer: Layer,
    /// The one node that is changed, e.g. `/MsgHead/MsgInfo/MsgId` or `//eb:Manifest/@eb:version`.
    #[serde(default)]
    pub path: Option<String>,
    /// In layer `entity`: the header field that is changed, by name.
    #[serde(default)]
    pub header: Option<String>,
    /// In layer `entity`: everything behind the header is this instead.
    #[serde(default)]
    pub body: Option<String>,
    /// Give the node or header field this value.
    #[serde(default)]
    pub set: Option<String>,
    /// Take the node away.
    #[serde(default)]
    pub remove: bool,
    /// Write the node twice.
    #[serde(default)]
    pub duplicate: bool,
    /// Put this XML before the node's end tag.
    #[serde(default)]
    pub append: Option<String>,
    /// Replace a text that occurs exactly once.
    #[serde(default)]
    pub replace: Option<Replace>,
    /// Cut this many bytes off the end.
    #[serde(default)]
    pub truncate: Option<usize>,
    /// Write the signed envelope in this encoding, declared as such.
    #[serde(default)]
    pub encoding: Option<String>,
}

/// A replacement.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Replace {
    /// What stands there, exactly once.
    pub text: String,
    /// What is to stand there.
    pub with: String,
}

/// The layers of a message, from the inside out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Layer {
    /// The fagmelding, before encryption.
    Message,
    /// The envelope, before signing.
    Envelope,
    /// The envelope, after signing.
    Signed,
    /// The MIME entity.
    Entity,
}

impl Layer {
    /// The word in scenarios.
    pub fn word(self) -> &'static str {
        match self {
            Self::Message => "message",
            Self::Envelope => "envelope",
            Self::Signed => "signed",
            Self::Entity => "entity",
        }
    }
}

/// What an alteration does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// An edit of one node.
    Node(wire::xml::Path, wire::xml::Edit),
    /// A replacement of text.
    Replace(String, String),
    /// A cut.
    Truncate(usize),
    /// Another encoding.
    Latin1,
    /// An edit of one header field.
    Header(String, wire::xml::Edit),
    /// Another body.
    Body(String),
}

/// Exactly one of the first three keys: the label of the message whose receipt is awaited, or of a message that the
/// subject is to send.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AwaitStep {
    /// A transport receipt: Acknowledgment, ErrorList or SOAP Fault, whichever comes.
    #[serde(default)]
    pub acknowledgment: Option<String>,
    /// An AppRec.
    #[serde(default)]
    pub apprec: Option<String>,
    /// The message that a `trigger` step made the subject send.
    #[serde(default)]
    pub message: Option<String>,
    /// With `message`: which sending of it, from 1. Each sending after the first is a repetition.
    #[serde(default)]
    pub sending: Option<SendingNumber>,
}

/// Which sending of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum SendingNumber {
    /// By number, from 1.
    Number(u32),
    /// The last one, by the count that the subject file declares under `retry`.
    Last(Last),
}

/// The word `last`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Last {
    /// The only one.
    Last,
}

/// Exactly one of the keys: the label of the message that no receipt should come to.
pub type QuietStep = AwaitStep;

/// An acknowledgment sent once more.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reacknowledge {
    /// Label of the new acknowledgment.
    #[serde(rename = "as")]
    pub label: String,
    /// Label of the message whose AppRec is acknowledged again.
    pub apprec: String,
}

/// A deliberate fault of a register.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ModeStep {
    /// The register: `address` or `revocation`.
    pub register: String,
    /// The call on which it is wrong; every one when it is left out.
    #[serde(default)]
    pub call: Option<String>,
    /// The fault, e.g. `empty-certificate`.
    #[serde(rename = "as")]
    pub name: String,
    /// The role about which it is wrong; everybody when it is left out.
    #[serde(default)]
    pub about: Option<String>,
    /// For `slow`: how long the answer is held back, e.g. `20 s`.
    #[serde(default)]
    pub delay: Option<String>,
}

/// An outcome that the standard allows.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// The transport receipt: `acknowledgment`, `warning`, `error`, `fault` or `none`.
    #[serde(default)]
    pub signal: Option<String>,
    /// The AppRec: its status, or `none`.
    #[serde(default)]
    pub apprec: Option<String>,
    /// For a rejection, the codes of 8221 that are allowed.
    #[serde(default)]
    pub error: Vec<String>,
    /// For a message that the subject is to send: `arrives` or `none`.
    #[serde(default)]
    pub message: Option<String>,
    /// The requirement (or several) that this outcome fulfils.
    #[serde(default)]
    pub requirement: OneOrMany,
}

/// One id or a list.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    /// Nothing.
    #[default]
    None,
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl OneOrMany {
    /// As a list.
    pub fn list(&self) -> Vec<String> {
        match self {
            Self::None => Vec::new(),
            Self::One(one) => vec![one.clone()],
            Self::Many(many) => many.clone(),
        }
    }
}

impl AwaitStep {
    /// The kind of receipt and the label, if exactly one is given.
    pub fn target(&self) -> Option<(&'static str, &str)> {
        if self.sending.is_some() && self.message.is_none() {
            return None;
        }
        match (&self.acknowledgment, &self.apprec, &self.message) {
            (Some(label), None, None) => Some(("acknowledgment", label)),
            (None, Some(label), None) => Some(("apprec", label)),
            (None, None, Some(label)) => Some(("message", label)),
            _ => None,
        }
    }
}
