//! Names: whether DNS, or the hosts file, knows where a host is.

use super::Look;
use std::net::IpAddr;
use std::time::Duration;

/// How many addresses of a name are shown.
const SHOWN: usize = 4;

/// Looks a name up; `None` for what is an address already.
pub async fn look(host: &str, port: u16, within: Duration) -> Option<Look> {
    if host.parse::<IpAddr>().is_ok() {
        return None;
    }
    let what = format!("name {host}");
    let advice = "correct the name, or add it to DNS or to this machine's hosts file";
    Some(match tokio::time::timeout(within, tokio::net::lookup_host((host, port))).await {
        Err(_) => Look::absent(what, format!("DNS gave no answer within {} s", within.as_secs()), advice),
        Ok(Err(error)) => Look::absent(what, format!("its name cannot be resolved: {error}"), advice),
        Ok(Ok(addresses)) => {
            let mut found: Vec<String> = addresses.map(|address| address.ip().to_string()).collect();
            found.dedup();
            found.truncate(SHOWN);
            if found.is_empty() {
                return Some(Look::absent(what, "it has no address", advice));
            }
            Look::fine(what, found.join(", "))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn names_are_looked_up_and_addresses_are_not() {
        assert_eq!(look("127.0.0.1", 1, Duration::from_secs(5)).await, None);
        // RFC 6761 6.4: a name below `invalid` never has an address.
        let look = look("epj.invalid", 1, Duration::from_secs(5)).await.unwrap();
        assert!(!look.is_fine() && look.what == "name epj.invalid", "{look:?}");
    }
}
