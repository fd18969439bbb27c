//! Header blocks: folded lines, any case, any line break.

use super::model::{HeaderField, Headers};
use super::source::{Label, Line, Source};
use super::{HEADER_BYTES_MAX, HEADER_DEFECTS_MAX, HEADERS_MAX, PART_HEADERS_MAX};
use crate::defect::{Defect, Layer};
use crate::place::{Place, Span};

/// How a mail begins in a mail store of the mbox kind; no header field, but not the body either.
const MBOX: &[u8] = b"From ";

/// A header block that was read.
pub(super) struct Block {
    pub(super) headers: Headers,
    /// Where the body begins.
    pub(super) body: usize,
    pub(super) defects: Vec<Defect>,
}

/// Reads the header block at the start of `span`.
pub(super) fn read(source: &Source<'_>, span: Span, label: &Label) -> Block {
    let mut block = Block { headers: Headers::default(), body: span.end, defects: Vec::new() };
    let headers_max = if *label == Label::Entity { HEADERS_MAX } else { PART_HEADERS_MAX };
    let mut field: Option<(Line, Vec<u8>)> = None;
    for line in source.lines(span) {
        let text = source.slice(Span::new(line.start, line.end));
        if text.is_empty() {
            block.body = line.next;
            break;
        }
        if line.start == span.start && !begins_field(text) && !text.starts_with(MBOX) {
            let place = source.place(label.header("header block"), Span::new(line.start, line.end));
            block.defect("headers-missing", "the first line is no header field", place);
            block.body = line.start;
            return block;
        }
        if line.end - span.start > HEADER_BYTES_MAX || block.headers.len() >= headers_max {
            let place = source.place(label.header("header block"), Span::new(span.start, line.start));
            block.defect("headers-too-many", "the header block is larger than what is read", place);
            block.body = line.next;
            continue;
        }
        match &mut field {
            Some((first, value)) if matches!(text[0], b' ' | b'\t') => {
                first.end = line.end;
                value.extend_from_slice(text);
            }
            _ => {
                if let Some((line, value)) = field.replace((line, text.to_vec())) {
                    block.field(source, line, &value, label);
                }
            }
        }
    }
    if let Some((line, value)) = field.take() {
        block.field(source, line, &value, label);
    }
    block
}

/// Whether a line looks like `Name: …`.
fn begins_field(line: &[u8]) -> bool {
    let name = line.split(|b| *b == b':').next().unwrap_or_default();
    let name = name.trim_ascii_end();
    name.len() < line.len() && !name.is_empty() && name.iter().all(u8::is_ascii_graphic)
}

impl Block {
    fn field(&mut self, source: &Source<'_>, line: Line, text: &[u8], label: &Label) {
        let span = Span::new(line.start, line.end);
        if !begins_field(text) {
            let place = source.place(label.header("header block"), span);
            self.defect("header-malformed", "a line of the header block is no field", place);
            return;
        }
        let colon = text.iter().position(|b| *b == b':').unwrap_or(text.len());
        let written = String::from_utf8_lossy(&text[..colon]).into_owned();
        let name = written.trim_end().to_owned();
        let place = source.place(label.header(&name), span);
        if name.len() < written.len() {
            self.defect("header-malformed", "blanks before the colon of a header field", place.clone());
        }
        let value = &text[(colon + 1).min(text.len())..];
        if !value.is_ascii() {
            let message = format!("{name} has bytes outside ASCII");
            self.defect("header-not-ascii", &message, place.clone());
        }
        self.headers.fields.push(HeaderField { name, value: text_of(value).trim().to_owned(), place });
    }

    fn defect(&mut self, code: &'static str, message: &str, place: Place) {
        if self.defects.last().is_some_and(|d| matches!(d.code, "headers-too-many" | "defects-too-many")) {
            return;
        }
        if self.defects.len() < HEADER_DEFECTS_MAX {
            self.defects.push(Defect::new(Layer::Mime, code, message, place));
        } else {
            let message = format!("the header block has more defects than the {HEADER_DEFECTS_MAX} that are named");
            self.defects.push(Defect::new(Layer::Mime, "defects-too-many", message, place));
        }
    }
}

fn text_of(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|b| char::from(*b)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block(bytes: &[u8]) -> Block {
        read(&Source::new(bytes), Span::new(0, bytes.len()), &Label::Entity)
    }

    #[test]
    fn unfolds_and_trims() {
        let read = block(b"Subject:  a\r\n\tb \nFROM : x\r\n\r\nbody");
        let values: Vec<_> = read.headers.iter().map(|f| (&*f.name, &*f.value)).collect();
        assert_eq!(values, [("Subject", "a\tb"), ("FROM", "x")]);
        assert_eq!(read.headers.get("from").unwrap().place.line, 3);
        assert_eq!(read.headers.get("from").unwrap().place.path, "MIME header FROM");
        assert_eq!(read.body, 29);
        assert_eq!(read.defects.len(), 1, "blanks before the colon");
    }

    #[test]
    fn text_without_headers_is_all_body() {
        let read = block(b"<?xml version='1.0'?>\n<a/>");
        assert_eq!((read.body, read.headers.len()), (0, 0));
        assert_eq!(read.defects[0].code, "headers-missing");
        let read = block(b"From a@b Mon Jan  1 10:00:00 2026\nSubject: x\n\nbody");
        assert_eq!((read.body, read.headers.len()), (46, 1));
        assert_eq!(read.defects[0].code, "header-malformed");
    }

    #[test]
    fn caps_the_block() {
        let many = "a: b\r\n".repeat(HEADERS_MAX + 50) + "\r\nbody";
        let read = block(many.as_bytes());
        assert!(read.headers.len() <= HEADERS_MAX + 1);
        assert_eq!(read.defects.len(), 1);
        assert_eq!(&many[read.body..], "body");
        let long = format!("a: {}\r\nb: c\r\n\r\nbody", "x".repeat(HEADER_BYTES_MAX));
        let read = block(long.as_bytes());
        assert_eq!((read.headers.len(), &long[read.body..]), (0, "body"));
    }

    #[test]
    fn caps_the_defects_and_the_fields_of_a_part() {
        let read = block(format!("a: b\n{}\nbody", "x\n".repeat(50_000)).as_bytes());
        assert_eq!(read.defects.len(), HEADER_DEFECTS_MAX + 1);
        assert_eq!(read.defects[HEADER_DEFECTS_MAX].code, "defects-too-many");
        let bytes = "a: b\n".repeat(HEADERS_MAX) + "\nbody";
        let source = Source::new(bytes.as_bytes());
        let read = super::read(&source, Span::new(0, bytes.len()), &Label::Part("1".into()));
        assert!(read.headers.len() <= PART_HEADERS_MAX + 1, "{}", read.headers.len());
        assert_eq!(read.defects[0].code, "headers-too-many");
        assert_eq!(&bytes[read.body..], "body");
    }

    #[test]
    fn eight_bit_headers_are_read_as_latin1() {
        let read = block(b"Subject: M\xf8te\n\n");
        assert_eq!(read.headers.get("Subject").unwrap().value, "Møte");
        assert_eq!(read.defects[0].code, "header-not-ascii");
    }
}
