//! Dot-stuffing: how SMTP (RFC 5321 4.5.2) and POP3 (RFC 1939 section 3) mark the end of a mail.
//!
//! Nothing else is changed: line ends stay as they are, and what an end of data must not be taken for is not.

/// What begins a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineStart {
    /// Only CRLF, as SMTP has it. Whoever takes a bare LF for a line end lets one mail smuggle in another.
    Crlf,
    /// Any LF: POP3 clients commonly split at LF, so a dot behind a bare LF is doubled for them too.
    Lf,
}

/// A mail as it travels: dots doubled, CRLF added where it does not end with one, and the final dot.
pub(super) fn stuff(mail: &[u8], start: LineStart) -> Vec<u8> {
    let mut stuffed = Vec::with_capacity(mail.len() + mail.len() / 64 + 5);
    for line in mail.split_inclusive(|&b| b == b'\n') {
        let begins = stuffed.is_empty()
            || match start {
                LineStart::Crlf => stuffed.ends_with(b"\r\n"),
                LineStart::Lf => true,
            };
        if begins && line.starts_with(b".") {
            stuffed.push(b'.');
        }
        stuffed.extend_from_slice(line);
    }
    if !mail.is_empty() && !mail.ends_with(b"\r\n") {
        stuffed.extend_from_slice(b"\r\n");
    }
    stuffed.extend_from_slice(b".\r\n");
    stuffed
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Dot,
    DotCr,
    Text,
    Cr,
}

/// Takes a stuffed mail apart again, in pieces of any size.
#[derive(Debug)]
pub(super) struct Unstuffing {
    start: LineStart,
    state: State,
    /// The mail so far.
    pub mail: Vec<u8>,
    /// Whether it holds an LF without a CR before it.
    pub bare_lf: bool,
}

impl Unstuffing {
    /// Nothing read yet.
    pub fn new(start: LineStart) -> Self {
        Self { start, state: State::Start, mail: Vec::new(), bare_lf: false }
    }

    /// Takes bytes in; gives how many of them were used when the end is among them.
    pub fn take(&mut self, bytes: &[u8]) -> Option<usize> {
        for (at, &byte) in bytes.iter().enumerate() {
            if self.state == State::DotCr && byte == b'\n' {
                return Some(at + 1);
            }
            self.byte(byte);
        }
        None
    }

    fn byte(&mut self, byte: u8) {
        match self.state {
            State::Start if byte == b'.' => {
                self.state = State::Dot;
                return;
            }
            State::Dot if byte == b'\r' => {
                self.state = State::DotCr;
                return;
            }
            // The first dot of a line is the carrier's. Where LF begins a line, a single dot may stand behind a bare LF
            // that the other side did not take for a line end: then it belongs to the mail.
            State::Dot if self.start == LineStart::Lf && byte != b'.' => self.mail.push(b'.'),
            State::DotCr => {
                if self.start == LineStart::Lf {
                    self.mail.push(b'.');
                }
                self.mail.push(b'\r');
                self.state = State::Cr;
            }
            _ => {}
        }
        self.mail.push(byte);
        self.state = match byte {
            b'\r' => State::Cr,
            b'\n' => {
                let bare = self.state != State::Cr;
                self.bare_lf |= bare;
                if bare && self.start == LineStart::Crlf { State::Text } else { State::Start }
            }
            _ => State::Text,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unstuff(stuffed: &[u8], start: LineStart, piece: usize) -> (Vec<u8>, bool, usize) {
        let mut unstuffing = Unstuffing::new(start);
        let mut used = 0;
        for piece in stuffed.chunks(piece) {
            if let Some(end) = unstuffing.take(piece) {
                return (unstuffing.mail, unstuffing.bare_lf, used + end);
            }
            used += piece.len();
        }
        panic!("no end in {:?}", String::from_utf8_lossy(stuffed));
    }

    #[test]
    fn doubles_dots_that_begin_a_line() {
        assert_eq!(stuff(b".a\r\nb.\r\n..\r\n", LineStart::Crlf), b"..a\r\nb.\r\n...\r\n.\r\n");
        assert_eq!(stuff(b"", LineStart::Crlf), b".\r\n");
        assert_eq!(stuff(b"a", LineStart::Crlf), b"a\r\n.\r\n");
        assert_eq!(stuff(b"a\n.b\r\n", LineStart::Crlf), b"a\n.b\r\n.\r\n");
        assert_eq!(stuff(b"a\n.b\r\n", LineStart::Lf), b"a\n..b\r\n.\r\n");
    }

    #[test]
    fn only_crlf_dot_crlf_ends_a_mail() {
        for smuggled in [&b"a\n.\r\nMAIL"[..], b"a\n.\nMAIL", b"a\r\n.\nMAIL", b"a\r.\r\nMAIL"] {
            let mut unstuffing = Unstuffing::new(LineStart::Crlf);
            assert_eq!(unstuffing.take(smuggled), None, "{}", smuggled.escape_ascii());
        }
        assert_eq!(unstuff(b"a\r\n.\r\nMAIL", LineStart::Crlf, 1), (b"a\r\n".to_vec(), false, 6));
        assert_eq!(unstuff(b"a\nb\r\n.\r\n", LineStart::Crlf, 3), (b"a\nb\r\n".to_vec(), true, 8));
    }

    proptest! {
        #[test]
        fn comes_back_byte_for_byte(
            mail in proptest::collection::vec(prop_oneof![Just(b'.'), Just(b'\r'), Just(b'\n'), Just(b'a'), any::<u8>()], 0..80),
            piece in 1usize..9,
            crlf in any::<bool>(),
        ) {
            let start = if crlf { LineStart::Crlf } else { LineStart::Lf };
            let stuffed = stuff(&mail, start);
            let (mut back, _, used) = unstuff(&stuffed, start, piece);
            prop_assert_eq!(used, stuffed.len());
            if !mail.is_empty() && !mail.ends_with(b"\r\n") {
                back.truncate(back.len() - 2);
            }
            prop_assert_eq!(back, mail);
        }
    }
}
