//! What an envelope holds. Every element that ought to occur once is a list, because a subject may
//! leave it out or write it twice, and both must be said with a place.

use super::names;
use crate::defect::Defect;
use crate::place::{Located, Place};
use crate::signature::{Reference, SignatureBlock};
use crate::xml::{Declaration, Encoding};

/// A decoded SOAP envelope.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    /// The XML declaration.
    pub declaration: Option<Declaration>,
    /// How the document was encoded.
    pub encoding: Encoding,
    /// Canonical name of the root element, and where.
    pub root: Located<String>,
    /// `SOAP:Header` elements.
    pub headers: Vec<Place>,
    /// `SOAP:Body` elements.
    pub bodies: Vec<Place>,
    /// All children of the Header, in order.
    pub header_blocks: Vec<Block>,
    /// All children of the Body, in order.
    pub body_blocks: Vec<Block>,
    /// `eb:MessageHeader` in the Header.
    pub message_headers: Vec<MessageHeader>,
    /// `eb:AckRequested` in the Header.
    pub ack_requested: Vec<AckRequested>,
    /// `eb:Acknowledgment` in the Header.
    pub acknowledgments: Vec<Acknowledgment>,
    /// `eb:ErrorList` in the Header.
    pub error_lists: Vec<ErrorList>,
    /// `ds:Signature` in the Header.
    pub signatures: Vec<SignatureBlock>,
    /// `eb:Manifest` in the Body.
    pub manifests: Vec<Manifest>,
    /// `SOAP:Fault` in the Body.
    pub faults: Vec<Fault>,
    /// The comment that marks a test message (HITS 1172 5.15.2), if it is the first node of the Header.
    pub test_marking: Option<Place>,
    /// What was found wrong while reading.
    pub defects: Vec<Defect>,
}

/// What kind of message an envelope is (HITS 1172 5.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MessageKind {
    /// A message with (or announcing) a payload.
    Payload,
    /// A transport acknowledgment.
    Acknowledgment,
    /// An ErrorList, Error or Warning.
    ErrorList,
    /// A SOAP Fault.
    Fault,
    /// Ping.
    Ping,
    /// Pong.
    Pong,
    /// StatusRequest.
    StatusRequest,
    /// StatusResponse.
    StatusResponse,
    /// None of these.
    Unknown,
}

impl MessageKind {
    /// Whether it is answered by no ebXML signal (HITS 1172 4.2.2).
    pub fn is_signal(self) -> bool {
        matches!(self, Self::Acknowledgment | Self::ErrorList)
    }

    /// The name in the field's words.
    pub fn name(self) -> &'static str {
        match self {
            Self::Payload => "payload message",
            Self::Acknowledgment => "Acknowledgment",
            Self::ErrorList => "ErrorList",
            Self::Fault => "SOAP Fault",
            Self::Ping => "Ping",
            Self::Pong => "Pong",
            Self::StatusRequest => "StatusRequest",
            Self::StatusResponse => "StatusResponse",
            Self::Unknown => "unknown message",
        }
    }
}

/// A child of Header or Body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Canonical name, e.g. `eb:AckRequested`; `{namespace}local` for namespaces without canonical prefix.
    pub name: String,
    /// `SOAP:mustUnderstand`, as written.
    pub must_understand: Option<Located<String>>,
    /// `SOAP:actor`.
    pub actor: Option<Located<String>>,
    /// Where.
    pub place: Place,
}

/// `eb:MessageHeader`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct MessageHeader {
    /// Where.
    pub place: Place,
    /// `eb:version`.
    pub version: Option<Located<String>>,
    /// `SOAP:mustUnderstand`.
    pub must_understand: Option<Located<String>>,
    /// `eb:From`.
    pub from: Vec<PartyBlock>,
    /// `eb:To`.
    pub to: Vec<PartyBlock>,
    /// `eb:CPAId`.
    pub cpa_id: Vec<Located<String>>,
    /// `eb:ConversationId`.
    pub conversation_id: Vec<Located<String>>,
    /// `eb:Service`.
    pub service: Vec<Service>,
    /// `eb:Action`.
    pub action: Vec<Located<String>>,
    /// `eb:MessageData`.
    pub message_data: Vec<MessageData>,
    /// `eb:DuplicateElimination`.
    pub duplicate_elimination: Vec<Place>,
    /// `eb:Description`.
    pub description: Vec<Located<String>>,
}

/// `eb:From` or `eb:To`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PartyBlock {
    /// Where.
    pub place: Place,
    /// `eb:PartyId`.
    pub party_ids: Vec<PartyId>,
    /// `eb:Role`.
    pub role: Vec<Located<String>>,
}

/// `eb:PartyId`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyId {
    /// `eb:type`, e.g. `HER`.
    pub kind: Option<Located<String>>,
    /// The value as written.
    pub value: Located<String>,
}

/// `eb:Service`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// `eb:type`.
    pub kind: Option<Located<String>>,
    /// The value as written.
    pub value: Located<String>,
}

/// `eb:MessageData`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessageData {
    /// Where.
    pub place: Place,
    /// `eb:MessageId`.
    pub message_id: Vec<Located<String>>,
    /// `eb:Timestamp`.
    pub timestamp: Vec<Located<String>>,
    /// `eb:RefToMessageId`.
    pub ref_to_message_id: Vec<Located<String>>,
    /// `eb:TimeToLive`.
    pub time_to_live: Vec<Located<String>>,
}

/// `eb:AckRequested`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AckRequested {
    /// Where.
    pub place: Place,
    /// `eb:version`.
    pub version: Option<Located<String>>,
    /// `SOAP:mustUnderstand`.
    pub must_understand: Option<Located<String>>,
    /// `SOAP:actor`.
    pub actor: Option<Located<String>>,
    /// `eb:signed`.
    pub signed: Option<Located<String>>,
}

/// `eb:Acknowledgment`.
#[derive(Debug, Clone, PartialEq)]
pub struct Acknowledgment {
    /// Where.
    pub place: Place,
    /// `eb:version`.
    pub version: Option<Located<String>>,
    /// `SOAP:mustUnderstand`.
    pub must_understand: Option<Located<String>>,
    /// `SOAP:actor`.
    pub actor: Option<Located<String>>,
    /// `eb:Timestamp`.
    pub timestamp: Vec<Located<String>>,
    /// `eb:RefToMessageId`.
    pub ref_to_message_id: Vec<Located<String>>,
    /// `eb:From` (allowed by the schema, kept out by HIS 1037 7.2.3).
    pub from: Vec<PartyBlock>,
    /// `ds:Reference`, copied from the acknowledged message.
    pub references: Vec<Reference>,
}

/// Severity of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The message is accepted all the same; stands in for the acknowledgment.
    Warning,
    /// The message is refused.
    Error,
}

impl Severity {
    /// The value on the wire.
    pub fn code(self) -> &'static str {
        match self {
            Self::Warning => "Warning",
            Self::Error => "Error",
        }
    }

    /// Reads the value on the wire.
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "Warning" => Some(Self::Warning),
            "Error" => Some(Self::Error),
            _ => None,
        }
    }
}

/// `eb:ErrorList`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorList {
    /// Where.
    pub place: Place,
    /// `eb:version`.
    pub version: Option<Located<String>>,
    /// `SOAP:mustUnderstand`.
    pub must_understand: Option<Located<String>>,
    /// `eb:highestSeverity`.
    pub highest_severity: Option<Located<String>>,
    /// `eb:Error`.
    pub errors: Vec<ErrorEntry>,
}

impl ErrorList {
    /// The severity of the list: the worse of the attribute and its entries; Error when nothing is readable,
    /// because a list that cannot be read accepts nothing.
    pub fn severity(&self) -> Severity {
        let stated = self.highest_severity.iter().chain(self.errors.iter().filter_map(|e| e.severity.as_ref()));
        stated.filter_map(|s| Severity::parse(s.value.trim())).max().unwrap_or(Severity::Error)
    }
}

/// `eb:Error`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ErrorEntry {
    /// Where.
    pub place: Place,
    /// `eb:errorCode`.
    pub code: Option<Located<String>>,
    /// `eb:severity`.
    pub severity: Option<Located<String>>,
    /// `eb:location`.
    pub location: Option<Located<String>>,
    /// `eb:Description`.
    pub description: Option<Located<String>>,
}

/// `eb:Manifest`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manifest {
    /// Where.
    pub place: Place,
    /// `eb:version`.
    pub version: Option<Located<String>>,
    /// `eb:Reference`.
    pub references: Vec<ManifestReference>,
}

/// `eb:Reference` of the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ManifestReference {
    /// Where.
    pub place: Place,
    /// `xlink:href`.
    pub href: Option<Located<String>>,
    /// `eb:Schema`.
    pub schemas: Vec<SchemaBlock>,
    /// `eb:Description`.
    pub description: Vec<Located<String>>,
}

/// `eb:Schema` of a manifest reference (HITS 1210).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaBlock {
    /// Where.
    pub place: Place,
    /// `eb:location`.
    pub location: Option<Located<String>>,
    /// `eb:version`.
    pub version: Option<Located<String>>,
}

/// `SOAP:Fault`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: Place,
    /// `faultcode`.
    pub code: Option<Located<String>>,
    /// `faultstring`.
    pub string: Option<Located<String>>,
}

impl Envelope {
    /// The first MessageHeader.
    pub fn header(&self) -> Option<&MessageHeader> {
        self.message_headers.first()
    }

    /// The kind, by the order of HITS 1172 5.11; Action breaks the tie between contradictory blocks.
    pub fn kind(&self) -> MessageKind {
        let action = self.action().unwrap_or_default();
        let body = |name: &str| self.body_blocks.iter().any(|block| block.name == name);
        if !self.faults.is_empty() {
            MessageKind::Fault
        } else if body("eb:StatusRequest") {
            MessageKind::StatusRequest
        } else if body("eb:StatusResponse") {
            MessageKind::StatusResponse
        } else if !self.acknowledgments.is_empty() && !self.error_lists.is_empty() {
            if action == names::MESSAGE_ERROR { MessageKind::ErrorList } else { MessageKind::Acknowledgment }
        } else if !self.acknowledgments.is_empty() {
            MessageKind::Acknowledgment
        } else if !self.error_lists.is_empty() {
            MessageKind::ErrorList
        } else if !self.manifests.is_empty() || !self.ack_requested.is_empty() {
            MessageKind::Payload
        } else {
            self.kind_by_action(action)
        }
    }

    /// Without any block that tells, Service and Action do (HITS 1172 5.11.1).
    fn kind_by_action(&self, action: &str) -> MessageKind {
        match (self.service() == Some(names::SIGNAL_SERVICE), action) {
            (true, "Ping") => MessageKind::Ping,
            (true, "Pong") => MessageKind::Pong,
            (true, names::ACKNOWLEDGMENT) => MessageKind::Acknowledgment,
            (true, names::MESSAGE_ERROR) => MessageKind::ErrorList,
            _ => MessageKind::Unknown,
        }
    }

    /// The MessageId, trimmed.
    pub fn message_id(&self) -> Option<&str> {
        first(&self.header()?.message_data.first()?.message_id)
    }

    /// The ConversationId, trimmed.
    pub fn conversation_id(&self) -> Option<&str> {
        first(&self.header()?.conversation_id)
    }

    /// The CPAId, trimmed.
    pub fn cpa_id(&self) -> Option<&str> {
        first(&self.header()?.cpa_id)
    }

    /// The Service, trimmed.
    pub fn service(&self) -> Option<&str> {
        self.header()?.service.first().map(|s| s.value.value.trim())
    }

    /// The Action, trimmed.
    pub fn action(&self) -> Option<&str> {
        first(&self.header()?.action)
    }

    /// MessageData/Timestamp, trimmed.
    pub fn timestamp(&self) -> Option<&str> {
        first(&self.header()?.message_data.first()?.timestamp)
    }

    /// The HER-id of `eb:From`, if there is one that reads as a HER-id.
    pub fn from_her(&self) -> Option<u32> {
        self.header()?.from.first()?.her()
    }

    /// The HER-id of `eb:To`, if there is one that reads as a HER-id.
    pub fn to_her(&self) -> Option<u32> {
        self.header()?.to.first()?.her()
    }

    /// The MessageId that a signal is about: Acknowledgment/RefToMessageId, or for an ErrorList
    /// MessageData/RefToMessageId (HITS 1172 4.2.3).
    pub fn about(&self) -> Option<&str> {
        match self.kind() {
            MessageKind::Acknowledgment => first(&self.acknowledgments.first()?.ref_to_message_id),
            _ => first(&self.header()?.message_data.first()?.ref_to_message_id),
        }
    }
}

impl PartyBlock {
    /// The first PartyId of type HER that is a number a HER-id can be.
    pub fn her(&self) -> Option<u32> {
        self.party_ids
            .iter()
            .filter(|id| id.kind.as_ref().is_some_and(|k| k.value.trim() == "HER"))
            .find_map(|id| id.value.value.trim().parse().ok())
    }
}

fn first(values: &[Located<String>]) -> Option<&str> {
    values.first().map(|v| v.value.trim())
}
