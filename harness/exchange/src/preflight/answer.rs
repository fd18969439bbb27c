//! What the subject's endpoint answers to a question that changes nothing, `OPTIONS`: that it speaks HTTP, and its clock.

use super::{Look, clock};
use carrier::http::{self, Answer, FailureKind, Limits, Url};
use carrier::tls::ClientTls;
use jiff::Timestamp;
use std::time::Duration;

/// Asks.
pub async fn looks(url: &Url, tls: Option<&ClientTls>, within: Duration) -> Vec<Look> {
    let what = format!("HTTP at {url}");
    let limits = Limits { read: within, connect: within, ..Limits::default() };
    match http::options(url, tls, &limits).await {
        Ok(answer) => {
            let found = format!("answers HTTP ({} to OPTIONS)", answer.status);
            let clock = match date(&answer) {
                Some(theirs) => clock::look("Date of its HTTP answer", theirs, Timestamp::now()),
                None => Look::unknown(
                    "clock of the subject",
                    "its HTTP answer has no Date that can be read",
                    "the first message shows it: `provestein doctor --run latest`",
                ),
            };
            vec![Look::fine(what, found), clock]
        }
        Err(failure) => {
            let found = failure.detail;
            vec![match failure.kind {
                FailureKind::NotHttp | FailureKind::TooLarge => Look::absent(
                    what,
                    found,
                    "another service has that port, or it speaks HTTPS: correct `carrier.http.url`",
                ),
                FailureKind::Tls => Look::absent(what, found, "look at the line about TLS"),
                FailureKind::ClosedEarly if found.contains("alert") => Look::absent(
                    what,
                    found,
                    "the subject wants a client certificate that it trusts: `carrier.http.client`",
                ),
                // A message handler that knows POST alone may well do this.
                FailureKind::ClosedEarly | FailureKind::TimedOut | FailureKind::Unreachable => {
                    Look::unknown(what, format!("no answer to OPTIONS: {found}"), "the first message shows more")
                }
            }]
        }
    }
}

/// The Date field (RFC 9110 6.6.1).
fn date(answer: &Answer) -> Option<Timestamp> {
    let head = answer.entity.split(|byte| *byte == b'\n').take_while(|line| !line.trim_ascii().is_empty());
    let mut fields = head.filter_map(|line| std::str::from_utf8(line).ok()?.split_once(':'));
    let (_, value) = fields.find(|(name, _)| name.trim().eq_ignore_ascii_case("date"))?;
    jiff::fmt::rfc2822::parse(value.trim()).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_date() {
        let answer = |entity: &str| Answer { status: 200, entity: entity.as_bytes().to_vec(), is_empty: true };
        let read = date(&answer("Server: x\r\ndate: Thu, 15 Jan 2026 09:30:00 GMT\r\n\r\n"));
        assert_eq!(read, Some("2026-01-15T09:30:00Z".parse().unwrap()));
        assert_eq!(date(&answer("Server: x\r\n\r\nDate: Thu, 15 Jan 2026 09:30:00 GMT\r\n")), None);
        assert_eq!(date(&answer("Date: yesterday\r\n\r\n")), None);
    }
}
