//! Identifiers of messages: eb:MessageId, MsgId, the Id of an AppRec.

use std::fmt;
use std::str::FromStr;
use thiserror::Error;

/// The identifier of an ebXML message: a UUID (HIS 1037 6.2.1) or, since 15.11.2019, `local@domain` of
/// RFC 2822 (HITS 1172 rules 102, 108 and 122).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MessageId {
    text: String,
    form: MessageIdForm,
}

/// The two allowed forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MessageIdForm {
    /// A UUID.
    Uuid,
    /// `local@domain`, without angle brackets.
    Rfc2822,
}

/// Why a text is no MessageId.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MessageIdError {
    /// Nothing there.
    #[error("the identifier is empty")]
    Empty,
    /// Blanks or control characters.
    #[error("identifier `{0}` has blanks")]
    Blanks(String),
    /// The brackets belong to mail headers, not to eb:MessageId.
    #[error("identifier `{0}` has angle brackets")]
    AngleBrackets(String),
    /// Neither form.
    #[error("identifier `{0}` is neither a UUID nor local@domain")]
    NeitherForm(String),
}

impl MessageId {
    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Which form it has.
    pub fn form(&self) -> MessageIdForm {
        self.form
    }
}

impl FromStr for MessageId {
    type Err = MessageIdError;

    fn from_str(text: &str) -> Result<Self, MessageIdError> {
        let owned = || text.to_owned();
        let form = if text.is_empty() {
            return Err(MessageIdError::Empty);
        } else if text.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(MessageIdError::Blanks(owned()));
        } else if is_uuid(text) {
            MessageIdForm::Uuid
        } else if text.contains(['<', '>']) {
            return Err(MessageIdError::AngleBrackets(owned()));
        } else if is_rfc2822(text) {
            MessageIdForm::Rfc2822
        } else {
            return Err(MessageIdError::NeitherForm(owned()));
        };
        Ok(Self { text: owned(), form })
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whether a text is a UUID in its usual form: 8-4-4-4-12 hexadecimal digits, either case, no braces.
pub fn is_uuid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let mut groups = text.split('-');
    let fits =
        |length: &usize| groups.next().is_some_and(|g| g.len() == *length && g.bytes().all(|b| b.is_ascii_hexdigit()));
    lengths.iter().all(fits) && groups.next().is_none()
}

/// The dot-atoms of RFC 2822 3.6.4; the right side may be a literal in square brackets.
fn is_rfc2822(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let literal = domain.strip_prefix('[').and_then(|d| d.strip_suffix(']'));
    is_dot_atom(local)
        && literal.map_or_else(
            || is_dot_atom(domain),
            |l| !l.is_empty() && l.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'[' | b']' | b'\\')),
        )
}

fn is_dot_atom(text: &str) -> bool {
    let is_atext = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b);
    text.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atext))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms() {
        let form = |text: &str| text.parse::<MessageId>().map(|id| id.form());
        assert_eq!(form("3FB0A6C2-94D5-4b9f-8d53-ff9b2f3c86cb"), Ok(MessageIdForm::Uuid));
        assert_eq!(form("20110621.031313@mail-1.example"), Ok(MessageIdForm::Rfc2822));
        assert_eq!(form("a@[10.0.0.1]"), Ok(MessageIdForm::Rfc2822));
        assert_eq!(form("3fb0a6c2-94d5-4b9f-8d53-ff9b2f3c86cb@host"), Ok(MessageIdForm::Rfc2822));
    }

    #[test]
    fn neither_form_says_why() {
        let error = |text: &str| text.parse::<MessageId>().unwrap_err();
        assert_eq!(error(""), MessageIdError::Empty);
        assert_eq!(error(" a@b"), MessageIdError::Blanks(" a@b".into()));
        assert_eq!(error("<a@b>"), MessageIdError::AngleBrackets("<a@b>".into()));
        for text in ["1", "a@", "@b", "a@b@c", "a..b@c", "{3fb0a6c2-94d5-4b9f-8d53-ff9b2f3c86cb}", "a@[]"] {
            assert_eq!(error(text), MessageIdError::NeitherForm(text.into()), "{text}");
        }
    }

    #[test]
    fn uuids_are_strict() {
        assert!(is_uuid("00000000-0000-0000-0000-000000000000"));
        for text in ["3fb0a6c294d54b9f8d53ff9b2f3c86cb", "3fb0a6c2-94d5-4b9f-8d53-ff9b2f3c86cg", "", "-----"] {
            assert!(!is_uuid(text), "{text}");
        }
    }
}
