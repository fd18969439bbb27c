//! What a certificate is about: one message, one version, one direction, one carrier, one AppRec version.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// Which way a message goes, seen from the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// The system sends it.
    Send,
    /// The system receives it.
    Receive,
}

/// What carried the messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Transport {
    /// HTTP or HTTPS.
    Http,
    /// SMTP and POP3.
    Mail,
}

/// One thing that a certificate can be about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Scope {
    /// The message by its name in the standards, e.g. `LOG_INNLAGT`.
    pub message: String,
    /// Its version, e.g. `1.6`.
    pub version: String,
    /// Which way it goes.
    pub direction: Direction,
    /// What carried it.
    pub carrier: Transport,
    /// Version of the AppRec that was exchanged for it, `1.0` or `1.1`; `None`: none was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apprec: Option<String>,
}

/// What is wrong with a message's name and version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no message with version: expected NAME@version, e.g. LOG_INNLAGT@1.6")]
pub struct ScopeError(pub String);

impl Scope {
    /// The message with its version, as claims name it: `LOG_INNLAGT@1.6`.
    pub fn name(&self) -> String {
        format!("{}@{}", self.message, self.version)
    }

    /// Takes `LOG_INNLAGT@1.6` apart.
    ///
    /// # Errors
    /// When one of the two is missing.
    pub fn split(name: &str) -> Result<(&str, &str), ScopeError> {
        let parts = name.split_once('@').filter(|(message, version)| !message.is_empty() && !version.is_empty());
        parts.ok_or_else(|| ScopeError(name.to_owned()))
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Send => "send",
            Self::Receive => "receive",
        })
    }
}

impl FromStr for Direction {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "send" => Ok(Self::Send),
            "receive" => Ok(Self::Receive),
            _ => Err(format!("`{text}` is no direction: expected send or receive")),
        }
    }
}

impl fmt::Display for Transport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "http",
            Self::Mail => "mail",
        })
    }
}

impl FromStr for Transport {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "http" => Ok(Self::Http),
            "mail" => Ok(Self::Mail),
            _ => Err(format!("`{text}` is no carrier: expected http or mail")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_named_with_its_version() {
        assert_eq!(Scope::split("LOG_INNLAGT@1.6"), Ok(("LOG_INNLAGT", "1.6")));
        for wrong in ["LOG_INNLAGT", "@1.6", "LOG_INNLAGT@"] {
            assert_eq!(Scope::split(wrong), Err(ScopeError(wrong.to_owned())));
        }
    }
}
