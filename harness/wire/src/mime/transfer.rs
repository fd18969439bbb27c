//! Transfer encodings, both ways.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::STANDARD as STRICT;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// Characters of one line of base64 (RFC 2045 6.8).
const BASE64_LINE: usize = 76;
/// Characters of one line of quoted-printable, without the soft line break.
const QUOTED_LINE: usize = 75;

/// What is wrong with transfer-encoded text: a defect code and a sentence.
pub(super) type Fault = (&'static str, String);

/// Undoes a transfer encoding; `name` is the header's value, empty when there is none.
pub(super) fn decode(name: &str, raw: &[u8], faults: &mut Vec<Fault>) -> Vec<u8> {
    let name = name.split(['(', ';']).next().unwrap_or_default().trim();
    match name.to_ascii_lowercase().as_str() {
        "base64" => base64(raw, faults),
        "quoted-printable" => quoted_printable(raw, faults),
        "" | "8bit" | "binary" => raw.to_vec(),
        "7bit" => {
            if !raw.is_ascii() {
                faults.push(("seven-bit-broken", "bytes outside ASCII in a 7bit body".into()));
            }
            raw.to_vec()
        }
        _ => {
            let message = format!("Content-Transfer-Encoding `{name}` is not known");
            faults.push(("transfer-encoding-unknown", message));
            raw.to_vec()
        }
    }
}

/// Base64 as MIME decoders read it: line breaks and foreign characters are passed over, padding ends it.
fn base64(raw: &[u8], faults: &mut Vec<Fault>) -> Vec<u8> {
    let end = raw.iter().position(|b| *b == b'=').unwrap_or(raw.len());
    let is_symbol = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/');
    let mut symbols = Vec::with_capacity(end);
    let mut has_foreign = false;
    // A run of symbols at a time: a line of base64, as a rule.
    for run in raw[..end].chunk_by(|a, b| is_symbol(a) == is_symbol(b)) {
        if run.first().is_some_and(is_symbol) {
            symbols.extend_from_slice(run);
        } else {
            has_foreign |= run.iter().any(|b| !b.is_ascii_whitespace());
        }
    }
    if has_foreign {
        faults.push(("base64-foreign", "characters that are not base64".into()));
    }
    if raw[end..].iter().any(|b| *b != b'=' && !b.is_ascii_whitespace()) {
        faults.push(("base64-after-padding", "text after the padding of base64".into()));
    }
    let padding = raw[end..].split(|b| *b == b'=').count() - 1;
    if symbols.len() % 4 == 1 {
        symbols.pop();
        faults.push(("base64-truncated", "base64 ends in the middle of a byte".into()));
    } else if (symbols.len() + padding) % 4 != 0 {
        faults.push(("base64-padding", "base64 is padded wrongly".into()));
    }
    LENIENT.decode(&symbols).unwrap_or_default()
}

fn quoted_printable(raw: &[u8], faults: &mut Vec<Fault>) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut broken = false;
    for line in raw.split_inclusive(|b| *b == b'\n') {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = if text.len() < line.len() { text.strip_suffix(b"\r").unwrap_or(text) } else { text };
        let line_break = &line[text.len()..];
        // Blanks at the end of a line were added on the way (RFC 2045 6.7 rule 3).
        let kept = text.len() - text.iter().rev().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let mut rest = &text[..kept];
        let soft = rest.last() == Some(&b'=');
        if soft {
            rest = &rest[..rest.len() - 1];
        }
        while let Some((&byte, tail)) = rest.split_first() {
            if let (b'=', Some(decoded)) = (byte, tail.get(..2).and_then(hex)) {
                out.push(decoded);
                rest = &tail[2..];
            } else {
                broken |= byte == b'=';
                out.push(byte);
                rest = tail;
            }
        }
        if !soft {
            out.extend_from_slice(line_break);
        }
    }
    if broken {
        faults.push(("quoted-printable-broken", "`=` without two hexadecimal digits".into()));
    }
    out
}

fn hex(pair: &[u8]) -> Option<u8> {
    let digit = |b: u8| char::from(b).to_digit(16);
    let value = digit(*pair.first()?)? * 16 + digit(*pair.get(1)?)?;
    u8::try_from(value).ok()
}

/// Base64 in lines of 76 characters, without a line break at the end.
pub(super) fn encode_base64(content: &[u8]) -> Vec<u8> {
    let text = STRICT.encode(content);
    let mut out = Vec::with_capacity(text.len() + text.len() / BASE64_LINE * 2);
    for (i, line) in text.as_bytes().chunks(BASE64_LINE).enumerate() {
        if i > 0 {
            out.extend_from_slice(b"\r\n");
        }
        out.extend_from_slice(line);
    }
    out
}

/// Quoted-printable; CR LF stays a line break, a lone CR or LF is encoded.
pub(super) fn encode_quoted_printable(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len() * 2);
    let mut column = 0;
    let mut i = 0;
    while i < content.len() {
        if content[i..].starts_with(b"\r\n") {
            out.extend_from_slice(b"\r\n");
            column = 0;
            i += 2;
            continue;
        }
        let byte = content[i];
        let line_ends = i + 1 == content.len() || content[i + 1..].starts_with(b"\r\n");
        let literal = match byte {
            b' ' | b'\t' => !line_ends,
            b'=' => false,
            _ => byte.is_ascii_graphic(),
        };
        let width = if literal { 1 } else { 3 };
        if column + width > QUOTED_LINE {
            out.extend_from_slice(b"=\r\n");
            column = 0;
        }
        if literal {
            out.push(byte);
        } else {
            out.extend_from_slice(format!("={byte:02X}").as_bytes());
        }
        column += width;
        i += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(name: &str, raw: &[u8]) -> (Vec<u8>, Vec<&'static str>) {
        let mut faults = Vec::new();
        let content = decode(name, raw, &mut faults);
        (content, faults.into_iter().map(|f| f.0).collect())
    }

    #[test]
    fn base64_is_read_leniently() {
        assert_eq!(decoded("BASE64", b"YW\r\nJj\r\n"), (b"abc".to_vec(), vec![]));
        assert_eq!(decoded("base64 (c)", b"YQ=="), (b"a".to_vec(), vec![]));
        assert_eq!(decoded("base64", b"YQ"), (b"a".to_vec(), vec!["base64-padding"]));
        assert_eq!(decoded("base64", b"Y!WJj"), (b"abc".to_vec(), vec!["base64-foreign"]));
        assert_eq!(decoded("base64", b"YWJjY").1, ["base64-truncated"]);
        assert_eq!(decoded("base64", b"YQ==YQ==").1[0], "base64-after-padding");
    }

    #[test]
    fn quoted_printable_both_ways() {
        let (text, faults) = decoded("quoted-printable", b"=C3=a6 is=\r\n a letter \r\nx=zz");
        assert_eq!((text.as_slice(), faults), ("æ is a letter\r\nx=zz".as_bytes(), vec!["quoted-printable-broken"]));
        let long = "æøå = end \r\n".repeat(20);
        let encoded = encode_quoted_printable(long.as_bytes());
        assert!(encoded.split(|b| *b == b'\n').all(|l| l.len() <= 77));
        assert_eq!(decoded("quoted-printable", &encoded).0, long.as_bytes());
    }

    #[test]
    fn other_names_pass_the_bytes_through() {
        assert_eq!(decoded("7BIT", b"\xff").1, ["seven-bit-broken"]);
        assert_eq!(decoded("x-own", b"a"), (b"a".to_vec(), vec!["transfer-encoding-unknown"]));
        assert_eq!(decoded("", b"\xff"), (b"\xff".to_vec(), vec![]));
    }
}
