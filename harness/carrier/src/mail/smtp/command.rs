//! SMTP commands, read.

use super::Recipient;

/// A command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Command {
    Helo(String),
    Ehlo(String),
    Mail(Sender),
    Recipient(Recipient),
    Data,
    Reset,
    Noop,
    Quit,
    StartTls,
    Auth { mechanism: String, initial: Option<String> },
    Verify,
}

/// MAIL FROM with its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Sender {
    pub address: String,
    pub size: Option<usize>,
    pub body: Option<String>,
    pub ret: Option<String>,
    pub envelope_id: Option<String>,
}

/// A reply that refuses a command.
pub(super) type Refused = (u16, &'static str);

const SYNTAX: Refused = (501, "5.5.4 the arguments cannot be read");
const PARAMETER: Refused = (555, "5.5.4 a parameter is not known");

/// Reads a line.
pub(super) fn parse(line: &[u8]) -> Result<Command, Refused> {
    // Addresses beyond ASCII would need SMTPUTF8, which is not offered; they are read as they come all the same.
    let line = String::from_utf8_lossy(line);
    let (verb, rest) = line.split_once(' ').unwrap_or((&line, ""));
    let rest = rest.trim();
    match verb.to_ascii_uppercase().as_str() {
        "HELO" => Ok(Command::Helo(rest.to_owned())),
        "EHLO" => Ok(Command::Ehlo(rest.to_owned())),
        "MAIL" => sender(after(rest, "FROM:")?).map(Command::Mail),
        "RCPT" => recipient(after(rest, "TO:")?).map(Command::Recipient),
        "DATA" if rest.is_empty() => Ok(Command::Data),
        "STARTTLS" if rest.is_empty() => Ok(Command::StartTls),
        "DATA" | "STARTTLS" => Err(SYNTAX),
        "RSET" => Ok(Command::Reset),
        "NOOP" => Ok(Command::Noop),
        "QUIT" => Ok(Command::Quit),
        "VRFY" => Ok(Command::Verify),
        "AUTH" => {
            let (mechanism, initial) = rest.split_once(' ').unwrap_or((rest, ""));
            let initial = Some(initial.trim().to_owned()).filter(|text| !text.is_empty());
            Ok(Command::Auth { mechanism: mechanism.to_ascii_uppercase(), initial })
        }
        _ => Err((500, "5.5.2 the command is not known")),
    }
}

fn after<'a>(rest: &'a str, keyword: &str) -> Result<&'a str, Refused> {
    let head = rest.get(..keyword.len()).filter(|head| head.eq_ignore_ascii_case(keyword)).ok_or(SYNTAX)?;
    Ok(rest[head.len()..].trim_start())
}

fn sender(text: &str) -> Result<Sender, Refused> {
    let (address, rest) = path(text)?;
    let mut sender = Sender { address, ..Sender::default() };
    for parameter in rest.split_ascii_whitespace() {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        let value = || Some(value.to_owned());
        match name.to_ascii_uppercase().as_str() {
            "SIZE" => sender.size = Some(value().and_then(|v| v.parse().ok()).ok_or(SYNTAX)?),
            "BODY" => sender.body = value().map(|v| v.to_ascii_uppercase()),
            "RET" => sender.ret = value().map(|v| v.to_ascii_uppercase()),
            "ENVID" => sender.envelope_id = value().map(|v| from_xtext(&v)),
            // RFC 4954 section 5: may be said by whoever passes a mail on.
            "AUTH" => {}
            _ => return Err(PARAMETER),
        }
    }
    Ok(sender)
}

fn recipient(text: &str) -> Result<Recipient, Refused> {
    let (address, rest) = path(text)?;
    if address.is_empty() {
        return Err(SYNTAX);
    }
    let mut recipient = Recipient { address, notify: None, original: None };
    for parameter in rest.split_ascii_whitespace() {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match name.to_ascii_uppercase().as_str() {
            "NOTIFY" => recipient.notify = Some(value.to_ascii_uppercase()),
            "ORCPT" => recipient.original = Some(value.to_owned()),
            _ => return Err(PARAMETER),
        }
    }
    Ok(recipient)
}

/// An address in angle brackets, and what follows. Brackets inside quotes belong to the address.
fn path(text: &str) -> Result<(String, &str), Refused> {
    let Some(inside) = text.strip_prefix('<') else {
        // Without brackets it is not what RFC 5321 4.1.2 says, but what it means is clear.
        let (address, rest) = text.split_once(' ').unwrap_or((text, ""));
        return if address.contains('@') { Ok((address.to_owned(), rest)) } else { Err(SYNTAX) };
    };
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '>' if !quoted => return Ok((inside[..at].to_owned(), &inside[at + 1..])),
            _ => {}
        }
    }
    Err(SYNTAX)
}

/// Decodes xtext (RFC 3461 section 4): `+` and two hexadecimal digits stand for a byte.
pub(super) fn from_xtext(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((&first, tail)) = rest.split_first() {
        let coded = (first == b'+').then(|| tail.get(..2)).flatten();
        let coded = coded.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(coded.unwrap_or(first));
        rest = if coded.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Encodes xtext.
pub(super) fn to_xtext(text: &str) -> String {
    text.bytes()
        .map(|b| match b {
            b'!'..=b'~' if b != b'+' && b != b'=' => char::from(b).to_string(),
            _ => format!("+{b:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_envelopes_with_their_parameters() {
        let mail = parse(b"mail from: <a@edi.test> SIZE=12 BODY=8bitmime RET=HDRS ENVID=QQ+2B1 AUTH=<>").unwrap();
        let expected = Sender {
            address: "a@edi.test".to_owned(),
            size: Some(12),
            body: Some("8BITMIME".to_owned()),
            ret: Some("HDRS".to_owned()),
            envelope_id: Some("QQ+1".to_owned()),
        };
        assert_eq!(mail, Command::Mail(expected));
        assert_eq!(parse(b"MAIL FROM:<>").unwrap(), Command::Mail(Sender::default()));
        let Command::Recipient(to) = parse(b"RCPT TO:<\"a>b\"@c> NOTIFY=never ORCPT=rfc822;x").unwrap() else {
            panic!("no recipient")
        };
        assert_eq!((to.address.as_str(), to.notify.as_deref()), ("\"a>b\"@c", Some("NEVER")));
        assert_eq!(to.original.as_deref(), Some("rfc822;x"));
    }

    #[test]
    fn refuses_what_it_cannot_read() {
        for (line, code) in [
            (&b"MAIL FROM <a@b>"[..], 501),
            (b"MAIL FROM:<a@b", 501),
            (b"MAIL FROM:<a@b> SMTPUTF8", 555),
            (b"MAIL FROM:<a@b> SIZE=many", 501),
            (b"RCPT TO:<>", 501),
            (b"RCPT TO:nobody", 501),
            (b"DATA now", 501),
            (b"\xff\xfe", 500),
            (b"", 500),
        ] {
            assert_eq!(parse(line).unwrap_err().0, code, "{}", line.escape_ascii());
        }
    }

    proptest! {
        #[test]
        fn xtext_comes_back(text in "\\PC{0,40}") {
            prop_assert_eq!(from_xtext(&to_xtext(&text)), text);
        }

        #[test]
        fn never_panics(line in proptest::collection::vec(any::<u8>(), 0..80)) {
            let _ = parse(&line);
            let _ = parse(&[b"MAIL FROM:<", &line[..]].concat());
            let _ = parse(&[b"RCPT TO:", &line[..]].concat());
        }
    }
}
