//! SOAP 1.1 and 1.2 around the register's calls, with WS-Addressing where a request has it.

use wire::xml::{Tree, XmlWriter};

const SOAP_11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
const SOAP_12: &str = "http://www.w3.org/2003/05/soap-envelope";
const ADDRESSING: &str = "http://www.w3.org/2005/08/addressing";
const ANONYMOUS: &str = "http://www.w3.org/2005/08/addressing/anonymous";

/// Which SOAP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// 1.1: `text/xml`.
    V11,
    /// 1.2: `application/soap+xml`.
    V12,
}

impl Version {
    fn namespace(self) -> &'static str {
        match self {
            Self::V11 => SOAP_11,
            Self::V12 => SOAP_12,
        }
    }

    /// Content-Type of an answer.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::V11 => "text/xml; charset=utf-8",
            Self::V12 => "application/soap+xml; charset=utf-8",
        }
    }
}

/// A call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Which SOAP it came in.
    pub version: Version,
    /// Local name of the element in the body.
    pub operation: String,
    /// Its namespace.
    pub namespace: String,
    /// Its children: local name and text.
    pub arguments: Vec<(String, String)>,
    /// wsa:MessageID.
    pub message_id: Option<String>,
    /// Whether the request has WS-Addressing at all.
    pub is_addressed: bool,
}

/// Why a body is no call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoCall(pub String);

impl Call {
    /// Reads a request.
    ///
    /// # Errors
    /// [`NoCall`], in a sentence.
    pub fn read(body: &[u8]) -> Result<Self, NoCall> {
        let wrong = |what: String| NoCall(what);
        let text = wire::xml::read(body, None).map_err(|defect| wrong(format!("the request is no XML: {defect}")))?;
        let tree: Tree<'_> = text.parse().map_err(|defect| wrong(format!("the request is no XML: {defect}")))?;
        let root = tree.root();
        let version = match root.tag_name().namespace() {
            Some(SOAP_11) => Version::V11,
            Some(SOAP_12) => Version::V12,
            _ => return Err(wrong("the request is no SOAP envelope".to_owned())),
        };
        let child = |name: &str| {
            root.children()
                .find(|node| node.tag_name().name() == name && node.tag_name().namespace() == Some(version.namespace()))
        };
        let call = child("Body").and_then(|body| body.children().find(roxmltree::Node::is_element));
        let call = call.ok_or_else(|| wrong("the request has an empty Body".to_owned()))?;
        let header = child("Header").into_iter().flat_map(|header| header.children());
        let addressing: Vec<_> = header.filter(|node| node.tag_name().namespace() == Some(ADDRESSING)).collect();
        let arguments = call
            .children()
            .filter(roxmltree::Node::is_element)
            .map(|node| (node.tag_name().name().to_owned(), node.text().unwrap_or_default().trim().to_owned()));
        Ok(Self {
            version,
            operation: call.tag_name().name().to_owned(),
            namespace: call.tag_name().namespace().unwrap_or_default().to_owned(),
            arguments: arguments.collect(),
            message_id: addressing
                .iter()
                .find(|node| node.tag_name().name() == "MessageID")
                .and_then(roxmltree::Node::text)
                .map(|id| id.trim().to_owned()),
            is_addressed: !addressing.is_empty(),
        })
    }

    /// An argument by name.
    pub fn argument(&self, name: &str) -> Option<&str> {
        self.arguments.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// An envelope that answers this call; `write` fills the body.
    pub fn answer(&self, action: &str, write: impl FnOnce(&mut XmlWriter)) -> String {
        let mut out = XmlWriter::with_declaration();
        out.open("s:Envelope", &[("xmlns:s", self.version.namespace()), ("xmlns:a", ADDRESSING)]);
        if self.is_addressed {
            out.open("s:Header", &[]);
            out.leaf("a:Action", &[("s:mustUnderstand", "1")], action);
            if let Some(id) = &self.message_id {
                out.leaf("a:RelatesTo", &[], id);
            }
            out.leaf("a:To", &[], ANONYMOUS).close();
        }
        out.open("s:Body", &[]);
        write(&mut out);
        out.finish()
    }
}

/// A fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Whose fault: the caller's, or ours.
    pub is_sender: bool,
    /// The register's code, in the detail; `None` for a fault without detail.
    pub code: Option<&'static str>,
    /// In Norwegian, as the register has it.
    pub text: String,
}

impl Fault {
    /// Writes the fault into a body.
    pub fn write(&self, version: Version, common: &str, out: &mut XmlWriter) {
        let detail = |out: &mut XmlWriter| {
            if let Some(code) = self.code {
                out.open("GenericFault", &[("xmlns", common)]);
                out.leaf("ErrorCode", &[], code).leaf("Message", &[], &self.text).close();
            }
        };
        out.open("s:Fault", &[]);
        match version {
            Version::V11 => {
                out.leaf("faultcode", &[], if self.is_sender { "s:Client" } else { "s:Server" });
                out.leaf("faultstring", &[("xml:lang", "nb-NO")], &self.text);
                if self.code.is_some() {
                    out.open("detail", &[]);
                    detail(out);
                    out.close();
                }
            }
            Version::V12 => {
                let code = if self.is_sender { "s:Sender" } else { "s:Receiver" };
                out.open("s:Code", &[]).leaf("s:Value", &[], code).close();
                out.open("s:Reason", &[]).leaf("s:Text", &[("xml:lang", "nb-NO")], &self.text).close();
                if self.code.is_some() {
                    out.open("s:Detail", &[]);
                    detail(out);
                    out.close();
                }
            }
        }
        out.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_both_versions_and_answers_in_the_same() {
        let text = "<e:Envelope xmlns:e='http://www.w3.org/2003/05/soap-envelope' xmlns:a='http://www.w3.org/2005/08/addressing'>\
                    <e:Header><a:MessageID>urn:1</a:MessageID></e:Header><e:Body><x:Ping xmlns:x='urn:x'><x:herId> 7 </x:herId></x:Ping></e:Body></e:Envelope>";
        let call = Call::read(text.as_bytes()).unwrap();
        assert_eq!((call.version, call.operation.as_str(), call.argument("herId")), (Version::V12, "Ping", Some("7")));
        let answer = call.answer("urn:x/PingResponse", |out| {
            out.empty("PingResponse", &[]);
        });
        assert!(answer.contains("<a:RelatesTo>urn:1</a:RelatesTo>") && answer.contains("urn:x/PingResponse"));
        let old = text.replace("http://www.w3.org/2003/05/soap-envelope", SOAP_11);
        assert_eq!(Call::read(old.as_bytes()).unwrap().version, Version::V11);
    }

    #[test]
    fn says_why_something_is_no_call() {
        assert!(Call::read(b"<a/>").unwrap_err().0.contains("no SOAP envelope"));
        assert!(Call::read(b"hei").unwrap_err().0.contains("no XML"));
        let dtd = b"<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>";
        assert!(Call::read(dtd).unwrap_err().0.contains("no XML"));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = Call::read(&bytes);
        }
    }
}
