//! The Content-Type field of RFC 2045: media type, parameters, comments.

use super::PARAMETERS_MAX;
use super::model::{ContentType, HeaderField};
use crate::defect::{Defect, Layer};

/// Reads a Content-Type field. A value outside the grammar gives what can be made out, and a defect.
pub(super) fn read(field: &HeaderField, defects: &mut Vec<Defect>) -> ContentType {
    let mut scanner = Scanner { rest: &field.value, malformed: false };
    let media_type = scanner.word(&[]).to_ascii_lowercase();
    let mut slashes = media_type.split('/');
    let halves = (slashes.next(), slashes.next(), slashes.next());
    if !matches!(halves, (Some(a), Some(b), None) if !a.is_empty() && !b.is_empty()) {
        scanner.malformed = true;
    }
    let mut parameters = Vec::new();
    while scanner.semicolon() {
        let name = scanner.word(&['=']).to_ascii_lowercase();
        if name.is_empty() {
            // An empty parameter, as in `text/xml;`, is common and harmless.
            continue;
        }
        if parameters.len() == PARAMETERS_MAX {
            scanner.malformed = true;
            break;
        }
        if scanner.equals() {
            parameters.push((name, scanner.value()));
        } else {
            scanner.malformed = true;
        }
    }
    if scanner.malformed {
        defects.push(Defect::new(
            Layer::Mime,
            "content-type-malformed",
            format!("Content-Type `{}` is not as RFC 2045 writes it", field.value),
            field.place.clone(),
        ));
    }
    ContentType { media_type, parameters, place: field.place.clone() }
}

struct Scanner<'a> {
    rest: &'a str,
    malformed: bool,
}

impl Scanner<'_> {
    /// Skips blanks and comments, nested ones too.
    fn skip(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            if !self.rest.starts_with('(') {
                return;
            }
            let (mut depth, mut escaped, mut end) = (0usize, false, self.rest.len());
            for (i, c) in self.rest.char_indices() {
                match c {
                    _ if escaped => escaped = false,
                    '\\' => escaped = true,
                    '(' => depth += 1,
                    ')' => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    end = i + 1;
                    break;
                }
            }
            self.malformed |= depth > 0;
            self.rest = &self.rest[end..];
        }
    }

    /// Text up to a blank, a semicolon, a comment, or one of `stops`. Characters that RFC 2045 wants quoted
    /// (`/`, `=`, `<`, `@`) are taken: unquoted boundaries and start parameters with them are everyday.
    fn word(&mut self, stops: &[char]) -> String {
        self.skip();
        let end = |c: char| c.is_whitespace() || matches!(c, ';' | '(') || stops.contains(&c);
        let length = self.rest.find(end).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(length);
        self.rest = rest;
        word.to_owned()
    }

    /// Moves behind the next semicolon; false at the end of the text.
    fn semicolon(&mut self) -> bool {
        self.skip();
        if self.rest.is_empty() {
            return false;
        }
        if !self.rest.starts_with(';') {
            self.malformed = true;
        }
        match self.rest.find(';') {
            Some(at) => {
                self.rest = &self.rest[at + 1..];
                true
            }
            None => false,
        }
    }

    fn equals(&mut self) -> bool {
        self.skip();
        let rest = self.rest.strip_prefix('=');
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn value(&mut self) -> String {
        self.skip();
        let Some(quoted) = self.rest.strip_prefix('"') else {
            return self.word(&[]);
        };
        let mut value = String::new();
        let mut characters = quoted.char_indices();
        while let Some((i, c)) = characters.next() {
            match c {
                '"' => {
                    self.rest = &quoted[i + 1..];
                    return value;
                }
                '\\' => value.extend(characters.next().map(|(_, c)| c)),
                _ => value.push(c),
            }
        }
        self.malformed = true;
        self.rest = "";
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Place;

    fn parse(value: &str) -> (ContentType, usize) {
        let field = HeaderField {
            name: "Content-Type".into(),
            value: value.into(),
            place: Place::named("MIME header Content-Type"),
        };
        let mut defects = Vec::new();
        let read = read(&field, &mut defects);
        (read, defects.len())
    }

    #[test]
    fn reads_quoted_and_unquoted_parameters_and_comments() {
        let (read, defects) = parse(
            "Multipart/Related (a (nested) comment); TYPE=text/xml; boundary=\"--=_P \\\"1\\\"\" (x);\tstart=<a@b>;",
        );
        assert_eq!(read.media_type, "multipart/related");
        assert_eq!(read.param("type"), Some("text/xml"));
        assert_eq!(read.param("Boundary"), Some("--=_P \"1\""));
        assert_eq!(read.param("start"), Some("<a@b>"));
        assert_eq!((read.parameters.len(), defects), (3, 0));
        assert_eq!(parse("text/xml;charset=UTF-8").0.param("charset"), Some("UTF-8"));
        assert_eq!(parse("a/b; boundary=----=_Part_1").0.param("boundary"), Some("----=_Part_1"));
    }

    #[test]
    fn malformed_values_are_read_as_far_as_they_go() {
        for value in ["", "text", "text/xml; charset", "text/xml charset=x", "text/xml; a=\"b", "a/b (c", "a/b/c"] {
            let (read, defects) = parse(value);
            assert_eq!(defects, 1, "{value}: {read:?}");
        }
        let (read, defects) = parse(&format!("text/xml{}", ";a=b".repeat(1_000)));
        assert_eq!((read.parameters.len(), defects), (PARAMETERS_MAX, 1));
        assert_eq!(parse("text/xml x; charset=utf-8").0.param("charset"), Some("utf-8"));
    }
}
