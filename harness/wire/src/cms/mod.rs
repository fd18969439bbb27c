//! CMS enveloped-data: what the payload of a message is encrypted with (HIS 1037 5.5, HITS 1172 rule 263).
//!
//! Reading takes DER and BER. Opening gives the content *and* the key that encrypted it, so that the message can be
//! opened again from the evidence without anybody's private key ([`open_with`]).

mod ber;
mod cipher;
mod names;
mod open;
mod read;
mod seal;
mod transport;

pub use cipher::{ContentCipher, ContentKey};
pub use open::{Opened, open, open_with};
pub use read::{Algorithm, Enveloped, Recipient, RecipientId, inspect};
pub use seal::{seal, seal_with_key};
pub use transport::KeyTransport;

use thiserror::Error;

/// Bytes of one CMS object: EDI 2.0 caps a request at 35 MB, so nothing legitimate is larger.
pub const BYTES_MAX: usize = 40 * 1024 * 1024;
/// Recipients of one CMS object: a message has one receiver.
pub const RECIPIENTS_MAX: usize = 100;

/// Why a CMS object cannot be read, opened or made.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CmsDefect {
    /// Not a CMS object at all.
    #[error("not a CMS object: {hint}")]
    NotCms {
        /// What it looks like instead.
        hint: &'static str,
    },
    /// A CMS object of another content type.
    #[error("a CMS object, but {name} ({oid}), not enveloped-data")]
    NotEnveloped {
        /// Content type found.
        oid: String,
        /// Its name.
        name: &'static str,
    },
    /// The structure does not add up.
    #[error("the enveloped-data is damaged: {what}")]
    Damaged {
        /// Which part.
        what: &'static str,
    },
    /// Larger than [`BYTES_MAX`].
    #[error("{bytes} bytes are more than the {BYTES_MAX} that are read")]
    TooLarge {
        /// Size found.
        bytes: usize,
    },
    /// More than [`RECIPIENTS_MAX`] recipients.
    #[error("{count} recipients are more than the {RECIPIENTS_MAX} that are read")]
    TooManyRecipients {
        /// Number found.
        count: usize,
    },
    /// No recipient is one of the certificates given.
    #[error("not encrypted for us: {}", recipient_list(.recipients))]
    NotForUs {
        /// For whom it is encrypted.
        recipients: Vec<Recipient>,
    },
    /// The recipient is right, but the key does not open it.
    #[error("the private key does not open it: {reason}")]
    WrongKey {
        /// How that shows.
        reason: String,
    },
    /// A key transport algorithm that is not known here.
    #[error("key transport {0} is not known")]
    UnknownTransport(Algorithm),
    /// A content cipher that is not known here.
    #[error("content cipher {0} is not known")]
    UnknownCipher(Algorithm),
    /// The encrypted content is left out.
    #[error("the enveloped-data has no encrypted content")]
    NoContent,
    /// The content does not decrypt.
    #[error("the content does not decrypt: {reason}")]
    ContentBad {
        /// How that shows.
        reason: String,
    },
    /// Not the text form of a [`ContentKey`].
    #[error("not a content key of the form CIPHER:HEX")]
    BadKeyText,
    /// The object cannot be made.
    #[error("cannot encrypt: {reason}")]
    CannotSeal {
        /// Why.
        reason: String,
    },
}

fn recipient_list(recipients: &[Recipient]) -> String {
    if recipients.is_empty() {
        return "it has no recipient".to_owned();
    }
    let list: Vec<String> = recipients.iter().map(|recipient| recipient.id.to_string()).collect();
    format!("it is for {}", list.join("; "))
}
