//! Entity to bytes: exactly what the draft says, nothing added or set right.

use super::transfer;

/// An entity to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntityDraft {
    /// Header fields in order, Content-Type included. A value may hold line breaks: it is then folded by the caller.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: BodyDraft,
}

/// The body of an entity to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BodyDraft {
    /// One content.
    Single {
        /// The content, not yet transfer-encoded.
        content: Vec<u8>,
        /// How it is written. The header that says so is the caller's.
        encoding: TransferEncoding,
    },
    /// Several parts between boundaries.
    Multipart {
        /// The boundary, without the hyphens in front.
        boundary: String,
        /// Written before the first boundary, with a line break after it, unless empty.
        preamble: Vec<u8>,
        /// The parts.
        parts: Vec<PartDraft>,
        /// Written after the line of the closing boundary.
        epilogue: Vec<u8>,
    },
}

/// A part to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartDraft {
    /// Header fields in order.
    pub headers: Vec<(String, String)>,
    /// The content, not yet transfer-encoded.
    pub content: Vec<u8>,
    /// How it is written.
    pub encoding: TransferEncoding,
}

/// A transfer encoding of RFC 2045.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TransferEncoding {
    /// Lines of 76 characters.
    Base64,
    /// As it is.
    EightBit,
    /// As it is.
    Binary,
    /// As it is.
    SevenBit,
    /// Printable ASCII with `=XX` for the rest.
    QuotedPrintable,
}

impl TransferEncoding {
    /// The value of Content-Transfer-Encoding.
    pub fn name(self) -> &'static str {
        match self {
            Self::Base64 => "base64",
            Self::EightBit => "8bit",
            Self::Binary => "binary",
            Self::SevenBit => "7bit",
            Self::QuotedPrintable => "quoted-printable",
        }
    }

    fn apply(self, content: &[u8]) -> Vec<u8> {
        match self {
            Self::Base64 => transfer::encode_base64(content),
            Self::QuotedPrintable => transfer::encode_quoted_printable(content),
            Self::EightBit | Self::Binary | Self::SevenBit => content.to_vec(),
        }
    }
}

impl EntityDraft {
    /// The bytes of the whole entity: header block, blank line, body.
    pub fn encode(&self) -> Vec<u8> {
        join(&self.headers, &self.body.encode())
    }

    /// The header fields and the bytes of the body apart, as HTTP wants them. Line breaks of folded values
    /// are taken out: HTTP has no folding (RFC 9112 5.2).
    pub fn encode_split(&self) -> (Vec<(String, String)>, Vec<u8>) {
        let unfold = |value: &str| value.replace("\r\n", "").replace('\n', "");
        let headers = self.headers.iter().map(|(n, v)| (n.clone(), unfold(v))).collect();
        (headers, self.body.encode())
    }
}

/// Puts header fields in front of a body: the bytes by which an HTTP message is kept and decoded.
pub fn join(headers: &[(String, String)], body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() + headers.len() * 60 + 2);
    write_headers(headers, &mut out);
    out.extend_from_slice(body);
    out
}

fn write_headers(headers: &[(String, String)], out: &mut Vec<u8>) {
    for (name, value) in headers {
        out.extend_from_slice(name.as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(value.as_bytes());
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"\r\n");
}

impl BodyDraft {
    fn encode(&self) -> Vec<u8> {
        let (boundary, preamble, parts, epilogue) = match self {
            Self::Single { content, encoding } => return encoding.apply(content),
            Self::Multipart { boundary, preamble, parts, epilogue } => (boundary, preamble, parts, epilogue),
        };
        let mut out = preamble.clone();
        if !preamble.is_empty() {
            out.extend_from_slice(b"\r\n");
        }
        for part in parts {
            out.extend_from_slice(format!("--{boundary}\r\n").as_bytes());
            write_headers(&part.headers, &mut out);
            out.extend_from_slice(&part.encoding.apply(&part.content));
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
        out.extend_from_slice(epilogue);
        out
    }
}
