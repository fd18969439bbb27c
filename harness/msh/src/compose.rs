//! Composes messages layer by layer; a scenario can alter each layer on its way.

use crate::SignalShape;
use crate::identity::{Identity, Peer};
use thiserror::Error;
use wire::CryptoRng;
use wire::certificate::Certificate;
use wire::cms::{self, CmsDefect, ContentCipher, ContentKey, KeyTransport};
use wire::ebxml::write::{self, ErrorDraft, HeaderDraft, PartyDraft, PayloadDraft};
use wire::ebxml::{Envelope, names};
use wire::mime::{BodyDraft, EntityDraft, PartDraft, TransferEncoding};
use wire::signature::{self, SignError};

/// Why a message cannot be composed.
#[derive(Debug, Error)]
pub enum ComposeError {
    /// Encryption.
    #[error("failed to encrypt the payload")]
    Seal(#[from] CmsDefect),
    /// Signing.
    #[error("failed to sign the envelope")]
    Sign(#[from] SignError),
    /// An alteration does not fit.
    #[error("failed to alter the {layer}: {reason}")]
    Alter {
        /// The layer.
        layer: &'static str,
        /// Why.
        reason: String,
    },
}

/// Changes a message on purpose while it is composed. Each method gets a layer and returns it changed.
pub trait Alter {
    /// The fagmelding, before encryption.
    ///
    /// # Errors
    /// Why it cannot be altered.
    fn message(&self, message: Vec<u8>) -> Result<Vec<u8>, String> {
        Ok(message)
    }

    /// The envelope, before signing.
    ///
    /// # Errors
    /// Why it cannot be altered.
    fn envelope(&self, envelope: String) -> Result<String, String> {
        Ok(envelope)
    }

    /// The envelope, after signing, as bytes with their charset.
    ///
    /// # Errors
    /// Why it cannot be altered.
    fn signed(&self, envelope: String) -> Result<(Vec<u8>, &'static str), String> {
        Ok((envelope.into_bytes(), "UTF-8"))
    }

    /// The entity: headers and body.
    ///
    /// # Errors
    /// Why it cannot be altered.
    fn entity(&self, entity: Vec<u8>) -> Result<Vec<u8>, String> {
        Ok(entity)
    }

    /// Whether the payload is encrypted.
    fn encrypts(&self) -> bool {
        true
    }

    /// Whom to encrypt to instead of the receiver.
    fn recipient(&self) -> Option<&Certificate> {
        None
    }
}

/// Alters nothing.
#[derive(Debug, Clone, Copy)]
pub struct Unaltered;

impl Alter for Unaltered {}

/// What a payload message is to be.
#[derive(Debug, Clone)]
pub struct PayloadMessage<'a> {
    /// MsgInfo/Type of the fagmelding that the process is about, e.g. `LOG_INNLAGT`.
    pub function: &'a str,
    /// Whether this is the AppRec of that process, going the other way.
    pub is_apprec: bool,
    /// ConversationId.
    pub conversation_id: &'a str,
    /// MessageId.
    pub message_id: &'a str,
    /// `CCYY-MM-DDThh:mm:ssZ`.
    pub timestamp: &'a str,
    /// Namespace and version for HITS 1210.
    pub schema: Option<(String, String)>,
    /// CPAId to copy; by default made of the two HER-ids.
    pub cpa_id: Option<&'a str>,
    /// The fagmelding.
    pub message: Vec<u8>,
}

/// A composed message.
#[derive(Debug, Clone)]
pub struct Composed {
    /// Headers and body, exact bytes.
    pub entity: Vec<u8>,
    /// Content key of the payload, for the evidence.
    pub content_key: Option<ContentKey>,
    /// The envelope as it was signed.
    pub envelope: String,
}

/// Composes a payload message: encrypt, build the envelope, sign, package (HIS 1037 5.5).
///
/// # Errors
/// [`ComposeError`].
pub fn payload(
    from: &Identity,
    to: &Peer,
    what: PayloadMessage<'_>,
    alter: &dyn Alter,
    rng: &mut dyn CryptoRng,
) -> Result<Composed, ComposeError> {
    let altered = |layer: &'static str| move |reason| ComposeError::Alter { layer, reason };
    let message = alter.message(what.message.clone()).map_err(altered("message"))?;
    let content_id = format!("payload-{}@provestein.test", what.message_id);
    let recipient = alter.recipient().unwrap_or(&to.encrypt_certificate);
    let (object, content_key) = if alter.encrypts() {
        let (object, key) = seal(&message, recipient, rng)?;
        (object, Some(key))
    } else {
        (message, None)
    };
    let (sender, receiver) = (names::sender_role(what.function), names::receiver_role(what.function));
    let (from_role, to_role) = if what.is_apprec { (receiver, sender) } else { (sender, receiver) };
    let header = HeaderDraft {
        from: PartyDraft { her: from.her, role: Some(from_role) },
        to: PartyDraft { her: to.her, role: Some(to_role) },
        cpa_id: what.cpa_id.map_or_else(|| names::default_cpa_id(from.her, to.her), str::to_owned),
        conversation_id: what.conversation_id.to_owned(),
        message_id: what.message_id.to_owned(),
        timestamp: what.timestamp.to_owned(),
        duplicate_elimination: true,
        software: Some(from.software.clone()),
    };
    let action = if what.is_apprec { names::APPREC } else { what.function };
    let payloads = [PayloadDraft { content_id: content_id.clone(), schema: what.schema }];
    let envelope = write::payload(&header, &names::service_of(what.function), action, &payloads);
    let envelope = alter.envelope(envelope).map_err(altered("envelope"))?;
    let attachments = [(content_id.as_str(), object.as_slice())];
    let signed = signature::sign(&envelope, &from.sign_key, &from.sign_certificate, from.algorithms, &attachments)?;
    let (bytes, charset) = alter.signed(signed.clone()).map_err(altered("signed envelope"))?;
    let root = Root { content: bytes, charset, encoding: from.envelope_encoding };
    let sealed = content_key.is_some();
    let entity = multipart(what.message_id, root, &content_id, (object, sealed)).encode();
    let entity = alter.entity(entity).map_err(altered("entity"))?;
    Ok(Composed { entity, content_key, envelope: signed })
}

/// Puts the fagmelding into a MIME part of its own and encrypts it (HITS 1172 5.15.1).
fn seal(message: &[u8], recipient: &Certificate, rng: &mut dyn CryptoRng) -> Result<(Vec<u8>, ContentKey), CmsDefect> {
    let mut clear =
        b"Content-Type: application/xml\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <fagmelding>\r\n\r\n"
            .to_vec();
    clear.extend_from_slice(message);
    cms::seal_with_key(&clear, recipient, ContentCipher::Aes256Cbc, KeyTransport::Pkcs1v15, rng)
}

/// The part with the envelope.
struct Root {
    content: Vec<u8>,
    charset: &'static str,
    encoding: TransferEncoding,
}

fn multipart(message_id: &str, root: Root, content_id: &str, (object, sealed): (Vec<u8>, bool)) -> EntityDraft {
    let Root { content, charset, encoding } = root;
    let payload_type = if sealed { "application/pkcs7-mime; smime-type=enveloped-data" } else { "application/xml" };
    let boundary = format!("=_provestein_{message_id}");
    let field = |name: &str, value: String| (name.to_owned(), value);
    EntityDraft {
        headers: vec![
            field("MIME-Version", "1.0".into()),
            field("SOAPAction", "\"ebXML\"".into()),
            field(
                "Content-Type",
                format!(
                    "multipart/related; type=\"text/xml\"; boundary=\"{boundary}\"; start=\"<soap-{message_id}@provestein.test>\""
                ),
            ),
        ],
        body: BodyDraft::Multipart {
            boundary,
            preamble: names::TEST_MARKING.trim().as_bytes().to_vec(),
            parts: vec![
                PartDraft {
                    headers: vec![
                        field("Content-Type", format!("text/xml; charset=\"{charset}\"")),
                        field("Content-Transfer-Encoding", encoding.name().to_owned()),
                        field("Content-ID", format!("<soap-{message_id}@provestein.test>")),
                    ],
                    content,
                    encoding,
                },
                PartDraft {
                    headers: vec![
                        field("Content-Type", payload_type.into()),
                        field("Content-Transfer-Encoding", TransferEncoding::Base64.name().to_owned()),
                        field("Content-ID", format!("<{content_id}>")),
                    ],
                    content: object,
                    encoding: TransferEncoding::Base64,
                },
            ],
            epilogue: Vec::new(),
        },
    }
}

/// What both kinds of signal need.
#[derive(Debug, Clone)]
pub struct Signal<'a> {
    /// The message that is answered.
    pub about: &'a Envelope,
    /// MessageId of the signal.
    pub message_id: &'a str,
    /// `CCYY-MM-DDThh:mm:ssZ`.
    pub timestamp: &'a str,
}

/// Composes an acknowledgment.
///
/// # Errors
/// [`ComposeError`].
pub fn acknowledgment(from: &Identity, signal: &Signal<'_>, shape: SignalShape) -> Result<Composed, ComposeError> {
    let header = HeaderDraft { duplicate_elimination: shape.duplicate_elimination, ..signal_header(from, signal) };
    let references: Vec<_> = signal
        .about
        .signatures
        .first()
        .map(signature::SignatureBlock::references)
        .unwrap_or_default()
        .iter()
        .filter(|reference| shape.copy_cid || reference.content_id().is_none())
        .cloned()
        .collect();
    let about = if shape.refer_to_conversation { signal.about.conversation_id() } else { signal.about.message_id() };
    let envelope = write::acknowledgment(&header, signal.timestamp, about.unwrap_or_default(), &references);
    finish_signal(from, envelope, shape.signed)
}

/// Composes an ErrorList.
///
/// # Errors
/// [`ComposeError`].
pub fn error_list(from: &Identity, signal: &Signal<'_>, problem: &ErrorDraft) -> Result<Composed, ComposeError> {
    let header = signal_header(from, signal);
    let envelope = write::error_list(&header, signal.about.message_id(), std::slice::from_ref(problem));
    finish_signal(from, envelope, true)
}

/// Composes a SOAP Fault: unsigned, without ebXML.
pub fn fault(reason: &str) -> Composed {
    let envelope = write::fault("Client", reason);
    Composed { entity: single(envelope.clone().into_bytes(), TransferEncoding::EightBit), content_key: None, envelope }
}

/// Signals go the other way, copy CPAId and ConversationId, and carry no Role (HIS 1037 7.2.1, HITS 1171 5.2.1.3).
fn signal_header(from: &Identity, signal: &Signal<'_>) -> HeaderDraft {
    let to = signal.about.from_her().unwrap_or_default();
    HeaderDraft {
        from: PartyDraft { her: signal.about.to_her().unwrap_or(from.her), role: None },
        to: PartyDraft { her: to, role: None },
        cpa_id: signal.about.cpa_id().map_or_else(|| names::default_cpa_id(from.her, to), str::to_owned),
        conversation_id: signal.about.conversation_id().unwrap_or_default().to_owned(),
        message_id: signal.message_id.to_owned(),
        timestamp: signal.timestamp.to_owned(),
        duplicate_elimination: false,
        software: Some(from.software.clone()),
    }
}

fn finish_signal(from: &Identity, envelope: String, signed: bool) -> Result<Composed, ComposeError> {
    let envelope = if signed {
        signature::sign(&envelope, &from.sign_key, &from.sign_certificate, from.algorithms, &[])?
    } else {
        envelope
    };
    Ok(Composed { entity: single(envelope.clone().into_bytes(), from.envelope_encoding), content_key: None, envelope })
}

/// A signal is best packed as plain text/xml without multipart (HITS 1172 5.2).
fn single(content: Vec<u8>, encoding: TransferEncoding) -> Vec<u8> {
    let headers = vec![
        ("MIME-Version".to_owned(), "1.0".to_owned()),
        ("SOAPAction".to_owned(), "\"ebXML\"".to_owned()),
        ("Content-Type".to_owned(), "text/xml; charset=\"UTF-8\"".to_owned()),
        ("Content-Transfer-Encoding".to_owned(), encoding.name().to_owned()),
    ];
    EntityDraft { headers, body: BodyDraft::Single { content, encoding } }.encode()
}
