//! Requests and answers as the registers see them.

use carrier::http::{Reply, Request};

/// A request without its connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Incoming {
    /// Whether by TLS.
    pub secure: bool,
    /// `GET`, `POST`, …
    pub method: String,
    /// Path and query.
    pub target: String,
    /// The Host field.
    pub host: Option<String>,
    /// Header fields, blank line, body.
    pub entity: Vec<u8>,
}

/// Fields whose value is a secret.
const SECRET: [&str; 3] = ["authorization", "proxy-authorization", "cookie"];

impl Incoming {
    /// Without the connection.
    pub fn of(request: &Request) -> Self {
        Self {
            secure: request.secure,
            method: request.method.clone(),
            target: request.target.clone(),
            host: request.host.clone(),
            entity: request.entity.clone(),
        }
    }

    /// The path in lower case, without query. A proxy's absolute form loses what stands before the path.
    pub fn path(&self) -> String {
        let target = self
            .target
            .split_once("://")
            .map_or(self.target.as_str(), |(_, rest)| rest.find('/').map_or("/", |at| &rest[at..]));
        target.split('?').next().unwrap_or_default().to_ascii_lowercase()
    }

    /// The query in lower case.
    pub fn query(&self) -> String {
        self.target.split_once('?').map(|(_, query)| query.to_ascii_lowercase()).unwrap_or_default()
    }

    /// The value of a header field, folded lines not followed.
    pub fn field(&self, name: &str) -> Option<String> {
        let (head, _) = self.parts();
        head.split(|&byte| byte == b'\n').find_map(|line| {
            let line = String::from_utf8_lossy(line);
            let (found, value) = line.split_once(':')?;
            found.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        self.parts().1
    }

    fn parts(&self) -> (&[u8], &[u8]) {
        if let Some(body) = self.entity.strip_prefix(b"\r\n") {
            return (&[], body);
        }
        let at = self.entity.windows(4).position(|window| window == b"\r\n\r\n");
        at.map_or((&self.entity[..], &[][..]), |at| (&self.entity[..at], &self.entity[at + 4..]))
    }

    /// Request line, fields, blank line, body, as it is recorded: credentials are cut here, not in the reports.
    pub fn recorded(&self) -> Vec<u8> {
        let (head, body) = self.parts();
        let mut out = format!("{} {} HTTP/1.1\r\n", self.method, self.target).into_bytes();
        let mut is_secret = false;
        for line in head.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii_end).filter(|line| !line.is_empty()) {
            if line.starts_with(b" ") || line.starts_with(b"\t") {
                if !is_secret {
                    out.extend_from_slice(line);
                    out.extend_from_slice(b"\r\n");
                }
                continue;
            }
            let name = line.split(|&byte| byte == b':').next().unwrap_or_default().trim_ascii();
            is_secret = SECRET.iter().any(|secret| name.eq_ignore_ascii_case(secret.as_bytes()));
            if is_secret {
                out.extend_from_slice(name);
                out.extend_from_slice(b": ***\r\n");
            } else {
                out.extend_from_slice(line);
                out.extend_from_slice(b"\r\n");
            }
        }
        out.extend_from_slice(b"\r\n");
        out.extend_from_slice(body);
        out
    }
}

/// An answer with a body.
pub(super) fn reply(status: u16, content_type: &str, body: &[u8]) -> Reply {
    let mut entity = format!("Content-Type: {content_type}\r\n\r\n").into_bytes();
    entity.extend_from_slice(body);
    Reply { status, entity }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn incoming(target: &str, entity: &[u8]) -> Incoming {
        Incoming { secure: false, method: "POST".into(), target: target.into(), host: None, entity: entity.to_vec() }
    }

    #[test]
    fn credentials_are_not_recorded_folded_or_not() {
        let entity = b"SOAPAction: \"x\"\r\nauthorization: Basic c2VjcmV0\r\n  c2VjcmV0\r\nAccept: a\r\n\r\nbody";
        let recorded = String::from_utf8(incoming("/v1/AR?x", entity).recorded()).unwrap();
        let expected = "POST /v1/AR?x HTTP/1.1\r\nSOAPAction: \"x\"\r\nauthorization: ***\r\nAccept: a\r\n\r\nbody";
        assert_eq!(recorded, expected);
    }

    #[test]
    fn finds_path_query_fields_and_body() {
        let request = incoming("http://ws.test.nhn.no/V1/AR?singleWsdl", b"Soapaction: \"x\"\r\n\r\nbody");
        assert_eq!((request.path().as_str(), request.query().as_str()), ("/v1/ar", "singlewsdl"));
        assert_eq!(request.field("SOAPAction").as_deref(), Some("\"x\""));
        assert_eq!(request.body(), b"body");
        assert_eq!(incoming("/", b"\r\nonly").body(), b"only");
        assert_eq!(incoming("/", b"").body(), b"");
    }
}
