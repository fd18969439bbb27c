//! The catalogue of defects: each a mistake that vendors have made.

use msh::{Overrides, SignalShape};
use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// A named way of being wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Defect {
    /// A duplicate is recognised, but the acknowledgment is not given again.
    AckNotRepeated,
    /// The acknowledgment names the ConversationId instead of the MessageId.
    AckRefersConversation,
    /// The acknowledgment copies only the root reference of the signature.
    AckWithoutCid,
    /// The acknowledgment is not signed.
    AckUnsigned,
    /// The acknowledgment carries DuplicateElimination.
    AckWithDuplicateElimination,
    /// A message whose signature does not verify is acknowledged and handed on.
    AckDespiteBrokenSignature,
    /// The AppRec names the ebXML MessageId instead of the MsgId.
    AppRecRefersEbxmlId,
    /// The same MsgId in a new envelope gets an AppRec again.
    AppRecTwiceForCopiedMsgId,
    /// PLO 1.6 is answered with AppRec 1.0, PLO 1.5 with 1.1.
    AppRecWrongVersion,
    /// The AppRec returns only the organisation, not the service below it.
    AppRecNotMirrored,
    /// Its mails have none of the header fields From, To, Date and Message-ID.
    MailHeaderMissing,
    /// Its mails have the header fields From, To, Date and Message-ID, and nothing in them.
    MailHeaderEmpty,
    /// A bounce is validated as if it were a message, and answered by a SOAP Fault.
    MailBounceAnswered,
    /// A mail that is no ebXML is thrown away without a word.
    MailFaultMissing,
    /// The sent message says another MsgInfo/Type than its body is.
    TypeDiffers,
    /// The sent message has a GenDate without time.
    GenDateWithoutTime,
    /// The sent message has elements without content.
    EmptyElements,
    /// Every message is sent with the same MsgId.
    MsgIdReused,
    /// A code of type CS has no display name.
    CsWithoutDn,
    /// The receiver is addressed on one level only.
    LevelTwoMissing,
    /// What is sent again gets a new envelope with a new MessageId.
    RetryWithNewMessageId,
    /// What is not acknowledged is sent again without end.
    RetryForEver,
    /// An AppRec is answered with an AppRec.
    AppRecForAppRec,
    /// The payload is sent in the clear.
    PayloadUnencrypted,
}

impl Defect {
    /// All of them.
    pub const ALL: [Self; 24] = [
        Self::AckNotRepeated,
        Self::AckRefersConversation,
        Self::AckWithoutCid,
        Self::AckUnsigned,
        Self::AckWithDuplicateElimination,
        Self::AckDespiteBrokenSignature,
        Self::AppRecRefersEbxmlId,
        Self::AppRecTwiceForCopiedMsgId,
        Self::AppRecWrongVersion,
        Self::AppRecNotMirrored,
        Self::MailHeaderMissing,
        Self::MailHeaderEmpty,
        Self::MailBounceAnswered,
        Self::MailFaultMissing,
        Self::TypeDiffers,
        Self::GenDateWithoutTime,
        Self::EmptyElements,
        Self::MsgIdReused,
        Self::CsWithoutDn,
        Self::LevelTwoMissing,
        Self::RetryWithNewMessageId,
        Self::RetryForEver,
        Self::AppRecForAppRec,
        Self::PayloadUnencrypted,
    ];

    /// Whether it only shows over mail.
    pub fn is_of_mail(self) -> bool {
        matches!(
            self,
            Self::MailHeaderMissing | Self::MailHeaderEmpty | Self::MailBounceAnswered | Self::MailFaultMissing
        )
    }

    /// The id on the command line.
    pub fn id(self) -> &'static str {
        match self {
            Self::AckNotRepeated => "ack-not-repeated",
            Self::AckRefersConversation => "ack-refers-conversation",
            Self::AckWithoutCid => "ack-without-cid",
            Self::AckUnsigned => "ack-unsigned",
            Self::AckWithDuplicateElimination => "ack-with-duplicate-elimination",
            Self::AckDespiteBrokenSignature => "ack-despite-broken-signature",
            Self::AppRecRefersEbxmlId => "apprec-refers-ebxml-id",
            Self::AppRecTwiceForCopiedMsgId => "apprec-twice-for-copied-msgid",
            Self::AppRecWrongVersion => "apprec-wrong-version",
            Self::AppRecNotMirrored => "apprec-not-mirrored",
            Self::MailHeaderMissing => "mail-header-missing",
            Self::MailHeaderEmpty => "mail-header-empty",
            Self::MailBounceAnswered => "mail-bounce-answered",
            Self::MailFaultMissing => "mail-fault-missing",
            Self::TypeDiffers => "type-differs",
            Self::GenDateWithoutTime => "gendate-without-time",
            Self::EmptyElements => "empty-elements",
            Self::MsgIdReused => "msgid-reused",
            Self::CsWithoutDn => "cs-without-dn",
            Self::LevelTwoMissing => "level-two-missing",
            Self::RetryWithNewMessageId => "retry-with-new-message-id",
            Self::RetryForEver => "retry-for-ever",
            Self::AppRecForAppRec => "apprec-for-apprec",
            Self::PayloadUnencrypted => "payload-unencrypted",
        }
    }

    /// What the system then does wrong, in one sentence.
    pub fn description(self) -> &'static str {
        match self {
            Self::AckNotRepeated => "stays silent when the same envelope arrives again",
            Self::AckRefersConversation => "puts the ConversationId into Acknowledgment/RefToMessageId",
            Self::AckWithoutCid => "leaves the payload's cid: reference out of the acknowledgment",
            Self::AckUnsigned => "sends acknowledgments without a signature",
            Self::AckWithDuplicateElimination => "puts eb:DuplicateElimination into acknowledgments",
            Self::AckDespiteBrokenSignature => "acknowledges a message whose signature does not verify",
            Self::AppRecRefersEbxmlId => "puts the ebXML MessageId into OriginalMsgId/Id",
            Self::AppRecTwiceForCopiedMsgId => "answers the same MsgId in a new envelope with a second AppRec",
            Self::AppRecWrongVersion => "answers PLO 1.6 with AppRec 1.0",
            Self::AppRecNotMirrored => "returns only the organisation level of the addresses in the AppRec",
            Self::MailHeaderMissing => "sends mails without From, To, Date and Message-ID (only over mail)",
            Self::MailHeaderEmpty => "sends mails with empty From, To, Date and Message-ID (only over mail)",
            Self::MailBounceAnswered => "answers a bounce with a SOAP Fault (only over mail)",
            Self::MailFaultMissing => "throws a mail that is no ebXML away without a SOAP Fault (only over mail)",
            Self::TypeDiffers => "names another message in MsgInfo/Type than its body is",
            Self::GenDateWithoutTime => "leaves the time out of GenDate",
            Self::EmptyElements => "sends elements without content",
            Self::MsgIdReused => "sends every message with the same MsgId",
            Self::CsWithoutDn => "sends a coded value of type CS without its display name",
            Self::LevelTwoMissing => "addresses only the organisation, not the service below it",
            Self::RetryWithNewMessageId => "puts a new MessageId on what it sends again",
            Self::RetryForEver => "sends again without end what is not acknowledged",
            Self::AppRecForAppRec => "answers an AppRec with an AppRec",
            Self::PayloadUnencrypted => "sends the payload in the clear",
        }
    }

    /// Whether it shows in what the system sends by itself, and not in its answers.
    pub fn is_of_sending(self) -> bool {
        self >= Self::TypeDiffers
    }

    /// The overrides of the message service under this defect.
    pub fn overrides(defects: &[Self]) -> Overrides {
        let has = |defect| defects.contains(&defect);
        Overrides {
            repeat_answer: !has(Self::AckNotRepeated),
            refuse_broken_signature: !has(Self::AckDespiteBrokenSignature),
            signal: SignalShape {
                refer_to_conversation: has(Self::AckRefersConversation),
                copy_cid: !has(Self::AckWithoutCid),
                signed: !has(Self::AckUnsigned),
                duplicate_elimination: has(Self::AckWithDuplicateElimination),
            },
        }
    }
}

/// No defect has this id.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{0}` is no defect; `provestein reference --list-defects` lists them")]
pub struct UnknownDefect(String);

impl FromStr for Defect {
    type Err = UnknownDefect;

    fn from_str(id: &str) -> Result<Self, UnknownDefect> {
        Self::ALL.into_iter().find(|d| d.id() == id).ok_or_else(|| UnknownDefect(id.to_owned()))
    }
}

impl fmt::Display for Defect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back() {
        for defect in Defect::ALL {
            assert_eq!(defect.id().parse::<Defect>().unwrap(), defect);
        }
        assert!("ack".parse::<Defect>().is_err());
        assert_eq!(Defect::overrides(&[]), Overrides::default());
    }
}
