//! From bytes to text: byte order mark, XML declaration, character encoding.

use super::{XmlDefect, gate};
use encoding_rs::{Encoding as Charset, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The XML declaration as it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declaration {
    /// The version pseudo-attribute.
    pub version: String,
    /// The encoding pseudo-attribute, as written, if there is one.
    pub encoding: Option<String>,
}

/// The encoding by which the bytes were decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8, declared or by default.
    Utf8,
    /// UTF-16, by byte order mark.
    Utf16,
    /// ISO-8859-1 (or windows-1252, which contains it).
    Latin1,
    /// Any other encoding that is declared and known.
    Other(&'static str),
}

impl Encoding {
    /// The usual name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16 => "UTF-16",
            Self::Latin1 => "ISO-8859-1",
            Self::Other(name) => name,
        }
    }
}

/// A document that passed the gate: text, and how it was encoded.
#[derive(Debug, Clone)]
pub struct XmlText {
    text: String,
    /// The declaration, if there is one.
    pub declaration: Option<Declaration>,
    /// How the bytes were decoded.
    pub encoding: Encoding,
    /// Whether a byte order mark stood in front.
    pub byte_order_mark: bool,
}

impl XmlText {
    /// The decoded text, without byte order mark.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Parses the text; positions are in [`XmlText::as_str`].
    ///
    /// # Errors
    /// [`XmlDefect::NotWellFormed`] with the position.
    pub fn parse(&self) -> Result<super::Tree<'_>, XmlDefect> {
        super::Tree::parse(&self.text)
    }
}

/// Decodes and gates a document. `charset` is what the carrier says about the encoding (the `charset`
/// parameter of a MIME part), used only where the document itself is silent (RFC 7303 section 3).
///
/// # Errors
/// Any [`XmlDefect`] but `NotWellFormed`, which [`XmlText::parse`] finds.
pub fn read(bytes: &[u8], charset: Option<&str>) -> Result<XmlText, XmlDefect> {
    if bytes.len() > gate::BYTES_MAX {
        return Err(XmlDefect::TooLarge { bytes: bytes.len() });
    }
    let (marked, rest, byte_order_mark) = match Charset::for_bom(bytes) {
        Some((charset, length)) => (Some(charset), &bytes[length..], true),
        None => (None, bytes, false),
    };
    let declaration = declaration(rest, marked);
    let declared = declaration.as_ref().and_then(|d| d.encoding.as_deref());
    let charset = match (marked, declared.or(charset)) {
        (Some(marked), _) => marked,
        (None, Some(label)) => {
            Charset::for_label(label.as_bytes()).ok_or_else(|| XmlDefect::UnknownEncoding(label.to_owned()))?
        }
        (None, None) => UTF_8,
    };
    let text = decode(charset, rest)?;
    if text.trim().is_empty() {
        return Err(XmlDefect::Empty);
    }
    gate::check(&text)?;
    Ok(XmlText { text, declaration, encoding: encoding_of(charset), byte_order_mark })
}

fn encoding_of(charset: &'static Charset) -> Encoding {
    if charset == UTF_8 {
        Encoding::Utf8
    } else if charset == UTF_16BE || charset == UTF_16LE {
        Encoding::Utf16
    } else if charset == WINDOWS_1252 {
        Encoding::Latin1
    } else {
        Encoding::Other(charset.name())
    }
}

fn decode(charset: &'static Charset, bytes: &[u8]) -> Result<String, XmlDefect> {
    if charset == UTF_8 {
        return match std::str::from_utf8(bytes) {
            Ok(text) => Ok(text.to_owned()),
            Err(error) => Err(XmlDefect::WrongEncoding { encoding: "UTF-8", offset: error.valid_up_to() }),
        };
    }
    let (text, malformed) = charset.decode_without_bom_handling(bytes);
    if malformed {
        return Err(XmlDefect::WrongEncoding { encoding: charset.name(), offset: 0 });
    }
    Ok(text.into_owned())
}

/// Reads `<?xml version="…" encoding="…"?>` from the first bytes. Only ASCII matters there.
fn declaration(bytes: &[u8], marked: Option<&'static Charset>) -> Option<Declaration> {
    let head: String = if marked.is_some_and(|c| c != UTF_8) {
        let even = bytes.len().min(400) & !1;
        marked?.decode_without_bom_handling(&bytes[..even]).0.into_owned()
    } else {
        bytes.iter().take(200).map(|&b| char::from(b)).collect()
    };
    let inner = head.strip_prefix("<?xml")?;
    let inner = &inner[..inner.find("?>")?];
    Some(Declaration { version: pseudo_attribute(inner, "version")?, encoding: pseudo_attribute(inner, "encoding") })
}

fn pseudo_attribute(inner: &str, name: &str) -> Option<String> {
    let after = &inner[inner.find(name)? + name.len()..];
    let after = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let value = &after[1..];
    Some(value[..value.find(quote)?].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_declaration_and_utf8() {
        let text = read("<?xml version='1.0' encoding=\"utf-8\"?><å/>".as_bytes(), None).unwrap();
        assert_eq!(text.declaration, Some(Declaration { version: "1.0".into(), encoding: Some("utf-8".into()) }));
        assert_eq!(text.encoding, Encoding::Utf8);
        assert!(text.as_str().ends_with("<å/>"));
    }

    #[test]
    fn decodes_latin1_by_declaration_or_charset() {
        let bytes = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xe6</a>";
        let text = read(bytes, None).unwrap();
        assert_eq!(text.encoding, Encoding::Latin1);
        assert!(text.as_str().contains('æ'));
        assert_eq!(read(b"<a>\xe6</a>", Some("iso-8859-1")).unwrap().encoding, Encoding::Latin1);
        assert_eq!(read(b"<a>\xe6</a>", None).unwrap_err(), XmlDefect::WrongEncoding { encoding: "UTF-8", offset: 3 });
    }

    #[test]
    fn refuses_what_it_cannot_decode() {
        let unknown = read(b"<?xml version=\"1.0\" encoding=\"klingon\"?><a/>", None).unwrap_err();
        assert_eq!(unknown, XmlDefect::UnknownEncoding("klingon".into()));
        assert_eq!(read(b" \r\n", None).unwrap_err(), XmlDefect::Empty);
    }

    #[test]
    fn decodes_utf16_by_mark() {
        let mut bytes = vec![0xff, 0xfe];
        for unit in "<?xml version=\"1.0\"?><a>ø</a>".encode_utf16() {
            bytes.extend_from_slice(&unit.to_le_bytes());
        }
        let text = read(&bytes, None).unwrap();
        assert_eq!(text.encoding, Encoding::Utf16);
        assert!(text.byte_order_mark && text.as_str().contains('ø'));
    }
}
