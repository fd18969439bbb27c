//! TLS: a real handshake with the subject's own trust. Chain, host name and validity are the TLS library's to judge.

use super::Look;
use super::port::{Closed, connect};
use carrier::handshake::{Mistrust, NoHandshake, Shown, shake};
use carrier::http::Url;
use carrier::tls::ClientTls;
use jiff::Timestamp;
use std::time::Duration;
use tokio::time::timeout;
use wire::certificate::Certificate;

/// Shakes hands, and ends the connection.
pub async fn look(url: &Url, tls: &ClientTls, within: Duration, now: Timestamp) -> Look {
    let what = format!("TLS with {}:{}", url.host, url.port);
    let stream = match connect(&url.host, url.port, within).await {
        Ok(stream) => stream,
        Err(Closed::Other(error)) => return Look::absent(what, error.to_string(), "look at the line above"),
        Err(_) => return Look::absent(what, "no second connection", "the subject may take one connection at a time"),
    };
    match timeout(within, shake(tls, &url.host, stream)).await {
        Ok(Ok(shown)) => agreed(what, &shown, now),
        Ok(Err(failure)) => failed(what, &failure),
        Err(_) => Look::absent(
            what,
            format!("no handshake within {} s", within.as_secs_f32()),
            "does the port speak TLS? if not, write `http://` in `carrier.http.url`",
        ),
    }
}

fn agreed(what: String, shown: &Shown, now: Timestamp) -> Look {
    let Some(own) = shown.chain.first().and_then(|der| Certificate::from_der(der).ok()) else {
        return Look::fine(what, format!("{}, with a certificate that is trusted", shown.version));
    };
    let days = super::certificate::days_left(&own, now);
    let until = own.not_after().strftime("%Y-%m-%d");
    Look::fine(
        what,
        format!("{}, {} issued by {}, until {until} ({days} days left)", shown.version, own.subject(), own.issuer()),
    )
}

fn failed(what: String, failure: &NoHandshake) -> Look {
    let (found, advice) = match failure.kind {
        Mistrust::Expired => ("the TLS certificate has expired", "renew the server certificate of the subject"),
        Mistrust::NotYetValid => ("the TLS certificate is not valid yet", "compare the clocks of both machines"),
        Mistrust::OtherName => (
            "the TLS certificate is for another host name",
            "use a name in `carrier.http.url` that stands in its subjectAltName, or give it a certificate for this one",
        ),
        Mistrust::UnknownIssuer => (
            "the TLS certificate is issued by nobody in `carrier.http.trust`",
            "give `trust` the CA of the subject's server certificate, and let the subject send its intermediate CAs",
        ),
        Mistrust::Other => {
            ("no TLS was agreed", "does the port speak TLS? if not, write `http://` in `carrier.http.url`")
        }
    };
    Look::absent(what, format!("{found}: {}", failure.detail), advice)
}
