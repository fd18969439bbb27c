//! The register as a file, for systems that import one instead of asking.

use super::contract::{Entry, NAMESPACE, write_entries};
use crate::party::Party;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::{Value, json};
use wire::xml::XmlWriter;

const COLUMNS: [&str; 12] = [
    "HerId",
    "Type",
    "Name",
    "ParentHerId",
    "ParentName",
    "OrganizationNumber",
    "BusinessType",
    "EdiAddress",
    "Telephone",
    "SigningCertificateSha256",
    "SigningCertificate",
    "EncryptionCertificate",
];

/// One line a HER-id, semicolons between columns, UTF-8 with a byte order mark: spreadsheets in Norwegian open it so.
pub fn csv(parties: &[Party]) -> String {
    let mut out = format!("\u{feff}{}\r\n", COLUMNS.join(";"));
    for entry in Entry::all(parties) {
        let party = entry.party();
        let (parent_her, parent_name) = match entry {
            Entry::Organisation(_) => (String::new(), ""),
            Entry::Service(party) => (party.organisation.her.to_string(), party.organisation.name.as_str()),
        };
        let certificates = &party.certificates;
        let cells = [
            entry.her().to_string(),
            entry.kind().to_owned(),
            entry.name().to_owned(),
            parent_her,
            parent_name.to_owned(),
            party.organisation.number.clone(),
            party.organisation.kind.code().0.to_owned(),
            party.edi.clone(),
            party.service.phone.clone(),
            certificates.sign.sha256_fingerprint(),
            STANDARD.encode(certificates.sign.der()),
            STANDARD.encode(certificates.encrypt.der()),
        ];
        let line: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        out.push_str(&line.join(";"));
        out.push_str("\r\n");
    }
    out
}

/// RFC 4180, and never a formula: a spreadsheet would calculate what begins with one of these.
fn quoted(cell: &str) -> String {
    let cell = if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains(['"', ';', '\r', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

/// One object a HER-id, with the names that the register's REST service uses.
pub fn json(parties: &[Party]) -> String {
    let entries: Vec<Value> = Entry::all(parties).map(object).collect();
    format!("{:#}\n", json!({ "count": entries.len(), "communicationParties": entries }))
}

fn object(entry: Entry<'_>) -> Value {
    let party = entry.party();
    let certificate = |certificate: &wire::certificate::Certificate| {
        json!({
            "thumbprint": certificate.sha256_fingerprint(),
            "validFrom": certificate.not_before().to_string(),
            "validTo": certificate.not_after().to_string(),
            "certificateValue": STANDARD.encode(certificate.der()),
        })
    };
    let organisation = &party.organisation;
    let mut object = json!({
        "herId": entry.her(),
        "type": entry.kind(),
        "name": entry.name(),
        "displayName": entry.name(),
        "ediAddress": party.edi,
        "currentSigningCertificate": certificate(&party.certificates.sign),
        "currentEncryptionCertificate": certificate(&party.certificates.encrypt),
    });
    match entry {
        Entry::Organisation(_) => {
            let (code, text) = organisation.kind.code();
            object["organizationDetails"] = json!({
                "organizationNumber": organisation.number,
                "businessType": { "value": code, "text": text },
                "services": [{ "herId": party.service.her, "name": party.service.name }],
            });
        }
        Entry::Service(_) => {
            object["serviceDetails"] = json!({
                "parentOrganization": {
                    "herId": organisation.her,
                    "name": organisation.name,
                    "organizationNumber": organisation.number,
                },
            });
        }
    }
    object
}

/// The parties as the register's own services write them, in one array.
pub fn xml(parties: &[Party], now: Timestamp) -> String {
    let entries: Vec<Entry<'_>> = Entry::all(parties).collect();
    let mut out = XmlWriter::with_declaration();
    out.open("ArrayOfCommunicationParty", &[("xmlns", NAMESPACE)]);
    write_entries(&mut out, &entries, now);
    out.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_no_formula() {
        assert_eq!(quoted("Nordvik; kommune"), "\"Nordvik; kommune\"");
        assert_eq!(quoted("say \"hei\""), "\"say \"\"hei\"\"\"");
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("990000011"), "990000011");
    }
}
