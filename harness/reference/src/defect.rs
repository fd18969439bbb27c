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
}

impl Defect {
    /// All of them.
    pub const ALL: [Self; 14] = [
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
        }
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
