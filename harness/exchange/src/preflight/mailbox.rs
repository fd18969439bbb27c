//! Mail: whether the subject's servers take us in and would take a mail. No mail is sent, fetched or deleted.

use super::{Look, name, port};
use crate::subject::{Servers, Subject};
use carrier::mail::{Limits, Trouble, TroubleKind, pop3, smtp};
use std::time::Duration;

/// The subject comes to our mailbox.
pub fn ours() -> Look {
    Look::unknown(
        "subject, by mail",
        "it comes to our mailbox; nothing to connect to",
        "the first scenario shows whether it logs in: `provestein doctor --run latest` afterwards",
    )
}

/// Its own servers.
pub async fn theirs(subject: &Subject, servers: &Servers, within: Duration) -> Vec<Look> {
    let limits = Limits { connect: within, command: within * 2, ..Limits::default() };
    let mut looks = Vec::new();
    for (protocol, route) in [("SMTP", &servers.smtp), ("POP3", &servers.pop3)] {
        let named = name::look(&route.host, route.port, within).await;
        let is_known = named.as_ref().is_none_or(Look::is_fine);
        looks.extend(named.filter(|named| !looks.contains(named)));
        if !is_known {
            continue;
        }
        let advice = "start the mail server, or correct `carrier.mail`";
        let there = port::look(&format!("{protocol} at {route}"), &route.host, route.port, within, advice).await;
        let is_there = there.is_fine();
        looks.push(there);
        if !is_there {
            continue;
        }
        looks.push(if protocol == "SMTP" {
            taken(subject, servers, &limits).await
        } else {
            let what = "our mailbox there";
            match pop3::probe(&servers.pop3, servers.apop, &limits).await {
                Ok(Some(held)) => {
                    Look::fine(what, format!("we are let in; {} mails, {} bytes", held.mails, held.bytes))
                }
                Ok(None) => Look::fine(what, "we are let in"),
                Err(trouble) => said_no(what.to_owned(), &trouble),
            }
        });
    }
    looks
}

/// Whether SMTP would take a mail from our first party to the subject's first.
async fn taken(subject: &Subject, servers: &Servers, limits: &Limits) -> Look {
    let from = subject.partners.values().map(|party| party.cast.edi.as_str()).find(|edi| !edi.is_empty());
    let to = subject.parties.values().map(|party| party.cast.edi.as_str()).find(|edi| !edi.is_empty());
    let asked = match (from, to) {
        (Some(from), Some(to)) => smtp::would_take(&servers.smtp, from, to, limits).await,
        _ => smtp::probe(&servers.smtp, limits).await.map(drop),
    };
    let what = format!("mail to {}", to.unwrap_or("the subject"));
    match asked {
        Ok(()) => Look::fine(what, "would be taken; none was sent"),
        Err(trouble) => said_no(what, &trouble),
    }
}

fn said_no(what: String, trouble: &Trouble) -> Look {
    let detail = &trouble.detail;
    match trouble.kind {
        TroubleKind::Login => Look::misfit(
            what,
            format!("user or password was not taken: {detail}"),
            "correct `user`, `password` or its secret under `carrier.mail`",
        ),
        TroubleKind::Refused if is_full(detail) => Look::absent(
            what,
            format!("the mailbox is full: {detail}"),
            "empty the mailbox, or have its quota raised; the mail server is at fault, not the message handler",
        ),
        TroubleKind::Refused => {
            Look::absent(what, detail.clone(), "does the mail server know the addresses (`edi`) of both parties?")
        }
        TroubleKind::Tls => {
            Look::absent(what, detail.clone(), "compare `carrier.mail.tls` and `trust` with what the server has")
        }
        TroubleKind::NotMail => {
            Look::absent(what, detail.clone(), "another service has that port, or it wants TLS at once")
        }
        _ => Look::absent(what, detail.clone(), "look at the log of the mail server"),
    }
}

/// 452 and 552, and X.2.2 of RFC 3463, are what servers say of a full mailbox.
fn is_full(detail: &str) -> bool {
    let low = detail.to_ascii_lowercase();
    ["refuses: 452", "refuses: 552", ".2.2", "mailbox full", "mailbox is full", "quota"]
        .iter()
        .any(|words| low.contains(words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_mailbox_is_told_from_another_refusal() {
        for full in
            ["the server refuses: 452 later", "the server refuses: 552 5.2.2 x", "the server refuses: 422 over Quota"]
        {
            assert!(is_full(full), "{full}");
        }
        assert!(!is_full("the server refuses: 550 5.1.1 nobody of that name"));
    }
}
