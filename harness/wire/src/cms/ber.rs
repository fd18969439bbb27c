//! A small reader of BER: definite and indefinite lengths, strings in one piece or in segments.
//!
//! Streaming senders (BouncyCastle, `openssl cms -stream`) write indefinite lengths and segmented octet strings, which is
//! legal CMS (RFC 5652 section 1). The `der` crate refuses part of that, so CMS objects from outside are read by this.

use std::borrow::Cow;

/// Levels of constructed encodings: an enveloped-data has about eight.
const DEPTH_MAX: usize = 32;
/// Elements in one constructed encoding, segments of a string apart: an enveloped-data has fewer than ten.
const ELEMENTS_MAX: usize = 1_000;

pub(super) const INTEGER: u8 = 0x02;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;
const CONSTRUCTED: u8 = 0x20;

/// One element: tag octet, contents (without end-of-contents octets) and the whole encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Element<'a> {
    pub(super) tag: u8,
    pub(super) contents: &'a [u8],
    pub(super) whole: &'a [u8],
    pub(super) indefinite: bool,
}

struct Header {
    tag: u8,
    /// Octets of tag and length.
    size: usize,
    /// `None` for the indefinite form.
    length: Option<usize>,
}

/// Reads the first element and what follows it.
pub(super) fn first(input: &[u8]) -> Option<(Element<'_>, &[u8])> {
    let header = header(input)?;
    let body = &input[header.size..];
    let length = header.length.map_or_else(|| end_of_contents(body), Some)?;
    let end = if header.length.is_some() { length } else { length + 2 };
    let contents = body.get(..length)?;
    let whole = input.get(..header.size + end)?;
    let element = Element { tag: header.tag, contents, whole, indefinite: header.length.is_none() };
    Some((element, &input[whole.len()..]))
}

/// The elements one after the other; `None` when the octets do not add up or the elements are absurdly many.
pub(super) fn all(mut input: &[u8]) -> Option<Vec<Element<'_>>> {
    let mut elements = Vec::new();
    while !input.is_empty() {
        if elements.len() == ELEMENTS_MAX {
            return None;
        }
        let (element, rest) = first(input)?;
        elements.push(element);
        input = rest;
    }
    Some(elements)
}

impl<'a> Element<'a> {
    /// The contents of this element, if it has the tag.
    pub(super) fn expect(self, tag: u8) -> Option<&'a [u8]> {
        (self.tag == tag).then_some(self.contents)
    }

    /// The octets of an octet string, whose segments are put together. `tag` is the tag octet of the primitive form.
    pub(super) fn octets(self, tag: u8) -> Option<Cow<'a, [u8]>> {
        if self.tag == tag {
            return Some(Cow::Borrowed(self.contents));
        }
        if self.tag != tag | CONSTRUCTED {
            return None;
        }
        let mut octets = Vec::with_capacity(self.contents.len());
        segments(self.contents, DEPTH_MAX, &mut octets)?;
        Some(Cow::Owned(octets))
    }
}

fn segments(mut contents: &[u8], depth: usize, into: &mut Vec<u8>) -> Option<()> {
    while !contents.is_empty() {
        let (segment, rest) = first(contents)?;
        contents = rest;
        match segment.tag {
            OCTET_STRING => into.extend_from_slice(segment.contents),
            tag if tag == OCTET_STRING | CONSTRUCTED => segments(segment.contents, depth.checked_sub(1)?, into)?,
            _ => return None,
        }
    }
    Some(())
}

fn header(input: &[u8]) -> Option<Header> {
    let tag = *input.first()?;
    if tag & 0x1f == 0x1f {
        // Tag numbers above 30 do not occur in CMS.
        return None;
    }
    let first = *input.get(1)?;
    if first == 0x80 {
        return (tag & CONSTRUCTED != 0).then_some(Header { tag, size: 2, length: None });
    }
    if first < 0x80 {
        return Some(Header { tag, size: 2, length: Some(usize::from(first)) });
    }
    let count = usize::from(first & 0x7f);
    let octets = input.get(2..2 + count)?;
    let length =
        octets.iter().try_fold(0usize, |length, octet| length.checked_mul(256)?.checked_add(usize::from(*octet)))?;
    Some(Header { tag, size: 2 + count, length: Some(length) })
}

/// How many octets stand before the end-of-contents octets that close an indefinite length.
fn end_of_contents(input: &[u8]) -> Option<usize> {
    let mut open = 1usize;
    let mut at = 0usize;
    loop {
        let rest = input.get(at..)?;
        if rest.starts_with(&[0, 0]) {
            open -= 1;
            if open == 0 {
                return Some(at);
            }
            at += 2;
            continue;
        }
        let header = header(rest)?;
        at += header.size;
        match header.length {
            Some(length) => at = at.checked_add(length)?,
            None if open == DEPTH_MAX => return None,
            None => open += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_definite_and_indefinite_lengths() {
        let (element, rest) = first(&[0x30, 0x03, 0x02, 0x01, 0x05, 0xff]).unwrap();
        assert_eq!((element.tag, element.contents, rest), (SEQUENCE, &[2, 1, 5][..], &[0xff][..]));
        let bytes = [0x30, 0x80, 0x30, 0x80, 0x00, 0x00, 0x02, 0x01, 0x05, 0x00, 0x00, 0xff];
        let (element, rest) = first(&bytes).unwrap();
        assert!(element.indefinite);
        assert_eq!((element.contents.len(), element.whole.len(), rest), (7, 11, &[0xff][..]));
        let (element, _) = first(&[0x04, 0x84, 0, 0, 0, 1, 9]).unwrap();
        assert_eq!(element.contents, &[9]);
    }

    #[test]
    fn puts_segments_together() {
        let bytes = [0xa0, 0x80, 0x04, 0x01, 7, 0x24, 0x05, 0x04, 0x03, 1, 2, 3, 0x04, 0x00, 0x00, 0x00];
        let (element, _) = first(&bytes).unwrap();
        assert_eq!(element.octets(0x80).unwrap().as_ref(), &[7, 1, 2, 3]);
        assert_eq!(element.octets(0x81), None);
    }

    #[test]
    fn refuses_what_does_not_add_up() {
        for bytes in [&[0x30][..], &[0x30, 5, 1], &[0x04, 0x80, 0, 0], &[0x1f, 1, 1], &[0x04, 0xff], &[0x30, 0x80, 0]] {
            assert_eq!(first(bytes), None, "{bytes:?}");
        }
        assert_eq!(first(&[0x30, 0x80].repeat(1000)), None);
        assert_eq!(first(&[0x04, 0x88, 255, 255, 255, 255, 255, 255, 255, 255]), None);
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            if let Some((element, rest)) = first(&bytes) {
                prop_assert_eq!(element.whole.len() + rest.len(), bytes.len());
                let _ = (all(element.contents), element.octets(0x80));
            }
        }
    }
}
