//! The calls of the register that message handlers make.

use super::contract::{Entry, NAMESPACE, write_entries, write_entry};
use super::soap::{Call, Fault};
use crate::party::{Pair, Party};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use wire::certificate::Certificate;
use wire::xml::XmlWriter;

const DETAILS: &str = "http://register.nhn.no/CertificateDetails";
/// The calls that there are.
pub const OPERATIONS: [&str; 6] = [
    "GetCommunicationPartyDetails",
    "GetCertificateDetailsForEncryption",
    "GetCertificateDetailsForValidatingSignature",
    "SearchById",
    "GetOrganizationDetails",
    "Ping",
];

/// What the register knows, and which answers are to be wrong.
#[derive(Debug, Clone, Copy)]
pub struct Directory<'a> {
    /// Who is registered.
    pub parties: &'a [Party],
    /// Certificates that replace those of a party, by HER-id of its service.
    pub replacements: &'a [(u32, Pair<Certificate>)],
    /// The way in which this answer is to be wrong.
    pub twist: Twist,
}

/// How an answer is wrong on purpose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Twist {
    /// Not at all.
    None,
    /// The HER-id is not registered.
    UnknownParty,
    /// The certificate has no content.
    EmptyCertificate,
    /// The next certificate instead of the present one.
    ReplacedCertificate,
}

/// SOAPAction, and wsa:Action of the answer with `Response` after it.
pub fn action(operation: &str) -> String {
    format!("{NAMESPACE}/ICommunicationPartyService/{operation}")
}

impl<'a> Directory<'a> {
    /// What a call is about, for the record.
    pub fn about(call: &Call) -> Option<String> {
        ["herId", "id"].iter().find_map(|name| call.argument(name)).map(str::to_owned)
    }

    /// Answers a call: a function that writes the body.
    ///
    /// # Errors
    /// The fault that is answered instead.
    pub fn answer(&self, call: &Call, now: Timestamp) -> Result<String, Fault> {
        let mut out = XmlWriter::new();
        let response = format!("{}Response", call.operation);
        let result = format!("{}Result", call.operation);
        out.open(&response, &[("xmlns", NAMESPACE)]);
        match call.operation.as_str() {
            "Ping" => drop(out.leaf(&result, &[], "Prøvestein")),
            "GetCommunicationPartyDetails" => write_entry(&mut out, &result, self.entry(call)?, true, now),
            "GetOrganizationDetails" => {
                let entry = self.entry(call)?;
                if matches!(entry, Entry::Service(_)) {
                    return Err(no_such_party());
                }
                write_entry(&mut out, &result, entry, false, now);
            }
            "SearchById" => {
                let id = call.argument("id").unwrap_or_default();
                let found: Vec<Entry<'_>> = self.registered().filter(|entry| names(*entry, id)).collect();
                out.open(&result, &[]);
                write_entries(&mut out, &found, now);
                out.close();
            }
            "GetCertificateDetailsForEncryption" => self.certificate(&mut out, &result, call, |pair| &pair.encrypt)?,
            "GetCertificateDetailsForValidatingSignature" => {
                self.certificate(&mut out, &result, call, |pair| &pair.sign)?;
            }
            _ => return Err(not_here(&call.operation)),
        }
        Ok(out.finish())
    }

    fn registered(&self) -> impl Iterator<Item = Entry<'a>> {
        let all = Entry::all(self.parties);
        all.filter(|_| self.twist != Twist::UnknownParty)
    }

    fn entry(&self, call: &Call) -> Result<Entry<'a>, Fault> {
        let her: u32 = call.argument("herId").and_then(|her| her.parse().ok()).ok_or_else(no_such_party)?;
        self.registered().find(|entry| entry.her() == her).ok_or_else(no_such_party)
    }

    fn certificate(
        &self,
        out: &mut XmlWriter,
        element: &str,
        call: &Call,
        which: fn(&Pair<Certificate>) -> &Certificate,
    ) -> Result<(), Fault> {
        let party = self.entry(call)?.party();
        let next = self.replacements.iter().find(|(her, _)| *her == party.service.her).map(|(_, pair)| pair);
        let pair = next.filter(|_| self.twist == Twist::ReplacedCertificate).unwrap_or(&party.certificates);
        let base64 = match self.twist {
            Twist::EmptyCertificate => String::new(),
            _ => STANDARD.encode(which(pair).der()),
        };
        out.open(element, &[("xmlns:b", DETAILS), ("xmlns:i", "http://www.w3.org/2001/XMLSchema-instance")]);
        out.leaf("b:Certificate", &[], &base64).empty("b:LdapUrl", &[("i:nil", "true")]).close();
        Ok(())
    }
}

/// A search by id finds an organisation number, or a HER-id.
fn names(entry: Entry<'_>, id: &str) -> bool {
    let by_number = matches!(entry, Entry::Organisation(party) if party.organisation.number == id && !id.is_empty());
    by_number || entry.her().to_string() == id
}

/// Some clients go by the code, others by the text.
fn no_such_party() -> Fault {
    Fault {
        is_sender: true,
        code: Some("InvalidHerIdSupplied"),
        text: "Kommunikasjonspart med oppgitt HER-id eksisterer ikke.".to_owned(),
    }
}

fn not_here(operation: &str) -> Fault {
    let operation: String = operation.chars().take(80).collect();
    Fault {
        is_sender: true,
        code: None,
        text: format!(
            "Operasjonen {operation} finnes ikke i Prøvestein. / Operation {operation} is not part of this stand-in; there are {}.",
            OPERATIONS.join(", ")
        ),
    }
}
