//! AUTH PLAIN (RFC 4616) and AUTH LOGIN (never an RFC, but what many clients know).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A name and a password as they came over the wire.
pub(super) struct Given {
    pub user: String,
    pub password: String,
}

/// The answer to PLAIN: identity to act as, name and password, with NUL between.
pub(super) fn plain(answer: &str) -> Option<Given> {
    let text = decode(answer)?;
    let mut pieces = text.split('\0');
    let (_identity, user, password) = (pieces.next()?, pieces.next()?, pieces.next()?);
    pieces.next().is_none().then(|| Given { user: user.to_owned(), password: password.to_owned() })
}

/// Base64 of a UTF-8 text.
pub(super) fn decode(answer: &str) -> Option<String> {
    String::from_utf8(STANDARD.decode(answer.trim()).ok()?).ok()
}

/// A text in base64.
pub(super) fn encode(text: &str) -> String {
    STANDARD.encode(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_plain() {
        let given = plain(&encode("\0epj@edi.test\0hemmelig")).unwrap();
        assert_eq!((given.user.as_str(), given.password.as_str()), ("epj@edi.test", "hemmelig"));
        for wrong in ["", "=", "////", &encode("a\0b"), &encode("\0a\0b\0c")] {
            assert!(plain(wrong).is_none(), "{wrong}");
        }
    }
}
