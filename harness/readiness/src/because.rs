//! Why an answer is what it is: one word for each reason.

use serde::Serialize;
use std::fmt;

/// An answer, from best to worst: of several, the last one counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Certificates say so, for exactly this.
    Yes,
    /// Nobody can tell. Never a pass.
    NotEstablished,
    /// A certificate says that an obligation is broken.
    No,
}

/// The main reason. Those of one certificate are in the order of how far it reached towards an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Because {
    /// The roster names no system of this party that handles the message.
    NoSystem,
    /// The roster names nobody of the class that was asked about.
    NoCounterpart,
    /// No certificate is about the system, in whatever version.
    NoCertificate,
    /// Certificates are about other versions of the system.
    OtherVersion,
    /// They are about the version with another message handler, or another version of it.
    OtherHandler,
    /// They say nothing about the message.
    OtherMessage,
    /// They are about another version of the message.
    OtherMessageVersion,
    /// They are about the other direction only.
    OtherDirection,
    /// The roster does not say how messages travel to the system.
    UnknownCarrier,
    /// They are about another carrier.
    OtherCarrier,
    /// The roster does not say which AppRec versions are switched on.
    UnknownApprec,
    /// They are about another version of the AppRec, or none was seen.
    OtherApprec,
    /// The certificate begins to hold later.
    NotYetValid,
    /// It has ceased to hold by then.
    Expired,
    /// Its issuer has withdrawn it.
    Withdrawn,
    /// It was superseded by one that is not here: what that one says, nobody can tell.
    SuccessorMissing,
    /// It holds, and says that not every obligation could be established.
    OutcomeOpen,
    /// Both ends are certified, but with carriers or AppRec versions that do not meet.
    NoCommonWay,
    /// It holds, and says that an obligation is broken.
    Violated,
    /// It holds, and says that every obligation is met.
    Met,
}

impl Because {
    /// What follows from it.
    pub fn verdict(self) -> Verdict {
        match self {
            Self::Met => Verdict::Yes,
            Self::Violated => Verdict::No,
            _ => Verdict::NotEstablished,
        }
    }

    /// All of them, in order.
    pub const ALL: [Self; 20] = [
        Self::NoSystem,
        Self::NoCounterpart,
        Self::NoCertificate,
        Self::OtherVersion,
        Self::OtherHandler,
        Self::OtherMessage,
        Self::OtherMessageVersion,
        Self::OtherDirection,
        Self::UnknownCarrier,
        Self::OtherCarrier,
        Self::UnknownApprec,
        Self::OtherApprec,
        Self::NotYetValid,
        Self::Expired,
        Self::Withdrawn,
        Self::SuccessorMissing,
        Self::OutcomeOpen,
        Self::NoCommonWay,
        Self::Violated,
        Self::Met,
    ];

    /// Its word, as JSON and CSV have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::NoSystem => "no-system",
            Self::NoCounterpart => "no-counterpart",
            Self::NoCertificate => "no-certificate",
            Self::OtherVersion => "other-version",
            Self::OtherHandler => "other-handler",
            Self::OtherMessage => "other-message",
            Self::OtherMessageVersion => "other-message-version",
            Self::OtherDirection => "other-direction",
            Self::UnknownCarrier => "unknown-carrier",
            Self::OtherCarrier => "other-carrier",
            Self::UnknownApprec => "unknown-apprec",
            Self::OtherApprec => "other-apprec",
            Self::NotYetValid => "not-yet-valid",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
            Self::SuccessorMissing => "successor-missing",
            Self::OutcomeOpen => "outcome-open",
            Self::NoCommonWay => "no-common-way",
            Self::Violated => "violated",
            Self::Met => "met",
        }
    }
}

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Verdict {
    /// Its word, as JSON and CSV have it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::NotEstablished => "not-established",
            Self::No => "no",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NotEstablished => "not established",
            other => other.word(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_met_is_yes_and_only_what_is_violated_is_no() {
        for because in Because::ALL {
            let expected = match because {
                Because::Met => Verdict::Yes,
                Because::Violated => Verdict::No,
                _ => Verdict::NotEstablished,
            };
            assert_eq!(because.verdict(), expected, "{because}");
            assert_eq!(serde_json::to_value(because).unwrap(), because.word());
            assert_eq!(serde_json::to_value(because.verdict()).unwrap(), because.verdict().word());
        }
        assert!(
            Verdict::Yes < Verdict::NotEstablished && Verdict::NotEstablished < Verdict::No,
            "the worst comes last"
        );
    }
}
