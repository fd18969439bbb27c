//! Where something stands: byte span, line and column, and a path that a person can follow.

use std::fmt;

/// A half-open range of byte offsets into the text that was decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The span from `start` up to, not including, `end`.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// How many bytes it covers.
    pub fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether it covers nothing.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }
}

/// A place in a message: an XPath with canonical prefixes (`SOAP`, `eb`, `ds`, `xlink`, `xml`;
/// message bodies without prefix) or the name of a MIME part and header, with its position.
///
/// Offsets count bytes of the *decoded* text of the entity or XML document that the path is relative to;
/// for UTF-8 without byte order mark that is the text as it stood on the wire.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Place {
    /// XPath such as `/SOAP:Envelope/SOAP:Header/eb:MessageHeader`, or `MIME part 2, Content-Type`.
    pub path: String,
    /// Byte range.
    pub span: Span,
    /// Line, from 1; 0 when unknown.
    pub line: u32,
    /// Column in characters, from 1; 0 when unknown.
    pub column: u32,
}

impl Place {
    /// A place known only by name (for what is absent: the parent's path and the missing name).
    pub fn named(path: impl Into<String>) -> Self {
        Self { path: path.into(), ..Self::default() }
    }

    /// The place of an (absent or present) child or attribute of this place.
    #[must_use]
    pub fn child(&self, name: &str) -> Self {
        Self { path: format!("{}/{name}", self.path), ..self.clone() }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            f.write_str(&self.path)
        } else {
            write!(f, "{} (line {}, column {})", self.path, self.line, self.column)
        }
    }
}

/// A value and where it stood.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Located<T> {
    /// What was read.
    pub value: T,
    /// Where.
    pub place: Place,
}

impl<T> Located<T> {
    /// Puts a value at a place.
    pub fn new(value: T, place: Place) -> Self {
        Self { value, place }
    }
}

impl Located<String> {
    /// The value as a string slice.
    pub fn as_str(&self) -> &str {
        &self.value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_names_path_and_position() {
        let place = Place { path: "/a/b".into(), span: Span::new(3, 9), line: 2, column: 4 };
        assert_eq!(place.to_string(), "/a/b (line 2, column 4)");
        assert_eq!(place.child("c").path, "/a/b/c");
        assert_eq!(Place::named("MIME part 1").to_string(), "MIME part 1");
        assert_eq!(place.span.len(), 6);
        assert!(Span::new(4, 4).is_empty());
    }
}
