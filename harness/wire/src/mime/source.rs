//! The bytes of an entity, cut into lines, with line numbers.

use crate::place::{Place, Span};

/// The bytes that are decoded, and where their lines begin.
pub(super) struct Source<'a> {
    pub(super) bytes: &'a [u8],
    line_starts: Vec<usize>,
}

/// One line: CR LF and bare LF both end it, because mail stores and HTTP stacks convert freely.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) start: usize,
    /// Without the line break.
    pub(super) end: usize,
    /// Where the next line begins.
    pub(super) next: usize,
}

impl<'a> Source<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Self {
        let breaks = bytes.iter().enumerate().filter(|(_, b)| **b == b'\n');
        let line_starts = std::iter::once(0).chain(breaks.map(|(i, _)| i + 1)).collect();
        Self { bytes, line_starts }
    }

    /// The bytes of a span; empty for a span that is out of range.
    pub(super) fn slice(&self, span: Span) -> &'a [u8] {
        self.bytes.get(span.start..span.end).unwrap_or_default()
    }

    /// The lines of a span.
    pub(super) fn lines(&self, span: Span) -> impl Iterator<Item = Line> + use<'_, 'a> {
        let mut start = span.start;
        let first = self.line_starts.partition_point(|&s| s <= start);
        let mut following = self.line_starts[first..].iter();
        std::iter::from_fn(move || {
            if start >= span.end {
                return None;
            }
            let next = following.next().copied().unwrap_or(span.end).min(span.end);
            let text = &self.bytes[start..next];
            let text = text.strip_suffix(b"\n").unwrap_or(text);
            let ended = text.len() < next - start;
            let text = if ended { text.strip_suffix(b"\r").unwrap_or(text) } else { text };
            let line = Line { start, end: start + text.len(), next };
            start = next;
            Some(line)
        })
    }

    /// A place with line and column (headers are ASCII, so bytes are characters).
    pub(super) fn place(&self, path: String, span: Span) -> Place {
        let line = self.line_starts.partition_point(|&s| s <= span.start).max(1);
        Place { path, span, line: line as u32, column: (span.start - self.line_starts[line - 1]) as u32 + 1 }
    }
}

/// What the paths of an entity's or part's headers begin with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Label {
    Entity,
    Part(String),
}

impl Label {
    pub(super) fn header(&self, name: &str) -> String {
        match self {
            Self::Entity => format!("MIME header {name}"),
            Self::Part(number) => format!("MIME part {number}, {name}"),
        }
    }

    pub(super) fn whole(&self) -> String {
        match self {
            Self::Entity => "MIME part 1".to_owned(),
            Self::Part(number) => format!("MIME part {number}"),
        }
    }

    pub(super) fn inner(&self, position: usize) -> Self {
        match self {
            Self::Entity => Self::Part(position.to_string()),
            Self::Part(number) => Self::Part(format!("{number}.{position}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_lines_at_lf_and_crlf() {
        let source = Source::new(b"a\r\nb\n\r\nc\r");
        let lines: Vec<&[u8]> =
            source.lines(Span::new(0, 9)).map(|l| source.slice(Span::new(l.start, l.end))).collect();
        assert_eq!(lines, [&b"a"[..], b"b", b"", b"c\r"]);
        let place = source.place("x".into(), Span::new(3, 4));
        assert_eq!((place.line, place.column), (2, 1));
        assert_eq!(source.lines(Span::new(4, 5)).count(), 1);
    }
}
