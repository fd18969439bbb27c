//! Agreements between two parties: ebXML CPP/CPA 2.0, as a message handler imports them.
//!
//! The CPAId is `<lowest HER-id>_<highest HER-id>` (HITS 1172 rule 12), because that is what our messages carry.
//! Retries and interval are the national default of HIS 1037 5.2 and HITS 1171 8.1.

mod party;

use crate::party::Party;
use jiff::Timestamp;
use wire::ebxml::names;
use wire::xml::XmlWriter;

/// Namespace of CPP/CPA 2.0.
pub const NAMESPACE: &str = "http://www.oasis-open.org/committees/ebxml-cppa/schema/cpp-cpa-2_0.xsd";

/// One side of an agreement.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// The party.
    pub party: &'a Party,
    /// Where its messages and signals go: `http://…`, `https://…` or `mailto://user@host` (two slashes, as in the
    /// agreements that are in use).
    pub endpoint: &'a str,
    /// The certificate of its TLS server, base64 of DER, when the endpoint is `https` and it is known.
    pub tls_certificate: Option<&'a str>,
}

/// A message that the two exchange, in both directions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    /// MsgInfo/Type, which is the Action too (HISD 1209).
    pub function: String,
    /// Its display name.
    pub name: String,
    /// Version of the message.
    pub version: String,
    /// Namespace of the body.
    pub namespace: String,
    /// Version of the AppRec that answers it.
    pub apprec: String,
}

/// From when until when.
#[derive(Debug, Clone, Copy)]
pub struct Term {
    /// Start.
    pub start: Timestamp,
    /// End.
    pub end: Timestamp,
}

/// Writes an agreement.
pub fn write(one: Side<'_>, other: Side<'_>, processes: &[Process], root_ca: &str, term: Term) -> String {
    let id = names::default_cpa_id(one.party.service.her, other.party.service.her);
    let mut out = XmlWriter::with_declaration();
    out.open(
        "tns:CollaborationProtocolAgreement",
        &[
            ("xmlns:tns", NAMESPACE),
            ("xmlns:xlink", names::XLINK),
            ("xmlns:ds", names::DS),
            ("tns:version", "2_0b"),
            ("tns:cpaid", &id),
        ],
    );
    out.empty("tns:Status", &[("tns:value", "agreed")]);
    out.leaf("tns:Start", &[], &moment(term.start)).leaf("tns:End", &[], &moment(term.end));
    party::write(&mut out, "a", "b", one, processes, root_ca);
    party::write(&mut out, "b", "a", other, processes, root_ca);
    parts(&mut out, processes);
    let comment = "Made by Prøvestein for testing between invented parties. It binds nobody.";
    out.leaf("tns:Comment", &[("xml:lang", "en")], comment);
    out.finish()
}

fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `1.6` as the ids of agreements have it: `v1p6`.
fn id_of(version: &str) -> String {
    format!("v{}", version.replace('.', "p"))
}

fn message_package(process: &Process) -> String {
    format!("package_{}_{}", process.function, id_of(&process.version))
}

fn apprec_package(version: &str) -> String {
    format!("package_apprec_{}", id_of(version))
}

/// The package of Acknowledgment and ErrorList.
const SIGNAL_PACKAGE: &str = "package_mshsignal";

/// What the messages are made of: header and encrypted payload in `multipart/related`, or the header alone.
fn parts(out: &mut XmlWriter, processes: &[Process]) {
    let mut apprecs: Vec<&str> = processes.iter().map(|process| process.apprec.as_str()).collect();
    apprecs.sort_unstable();
    apprecs.dedup();
    part(out, "part_msgheader", "text/xml", None);
    for process in processes {
        let id = format!("part_{}_{}", process.function, id_of(&process.version));
        part(out, &id, "application/xml", Some((&process.namespace, &process.version)));
    }
    for version in &apprecs {
        let namespace = match *version {
            "1.0" => wire::apprec::NAMESPACE_V10,
            _ => wire::apprec::NAMESPACE_V11,
        };
        part(out, &format!("part_apprec_{}", id_of(version)), "application/xml", Some((namespace, version)));
    }
    for process in processes {
        let part = format!("part_{}_{}", process.function, id_of(&process.version));
        package(out, &message_package(process), Some(&part));
    }
    for version in &apprecs {
        package(out, &apprec_package(version), Some(&format!("part_apprec_{}", id_of(version))));
    }
    package(out, SIGNAL_PACKAGE, None);
}

fn part(out: &mut XmlWriter, id: &str, mimetype: &str, namespace: Option<(&str, &str)>) {
    let attributes = [("tns:id", id), ("tns:mimetype", mimetype)];
    match namespace {
        None => out.empty("tns:SimplePart", &attributes),
        Some((namespace, version)) => out
            .open("tns:SimplePart", &attributes)
            .leaf("tns:NamespaceSupported", &[("tns:location", namespace), ("tns:version", version)], namespace)
            .close(),
    };
}

fn package(out: &mut XmlWriter, id: &str, payload: Option<&str>) {
    out.open("tns:Packaging", &[("tns:id", id)]);
    out.empty("tns:ProcessingCapabilities", &[("tns:parse", "true"), ("tns:generate", "true")]);
    out.open("tns:CompositeList", &[]);
    let sealed = format!("{id}_sealed");
    if let Some(payload) = payload {
        out.open(
            "tns:Encapsulation",
            &[
                ("tns:id", &sealed),
                ("tns:mimetype", "application/pkcs7-mime"),
                ("tns:mimeparameters", "smime-type=\"enveloped-data\""),
            ],
        );
        out.empty("tns:Constituent", &[("tns:idref", payload)]).close();
    }
    let composite = format!("{id}_composite");
    out.open(
        "tns:Composite",
        &[("tns:id", &composite), ("tns:mimetype", "multipart/related"), ("tns:mimeparameters", "type=text/xml")],
    );
    out.empty("tns:Constituent", &[("tns:idref", "part_msgheader")]);
    if payload.is_some() {
        out.empty("tns:Constituent", &[("tns:idref", &sealed)]);
    }
    out.close().close().close();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::party::{Kind, Organisation, Pair, Service};
    use std::collections::BTreeSet;
    use wire::certificate::Certificate;

    fn party(role: &str, her: u32) -> Party {
        let pem = include_str!("../../../../fixtures/pki/demo/hospital-sign.pem");
        let certificate = Certificate::from_pem(pem).unwrap();
        Party {
            role: role.to_owned(),
            organisation: Organisation {
                her: her - 1,
                name: format!("{role} <&>"),
                number: "310000019".to_owned(),
                kind: Kind::Hospital,
            },
            service: Service { her, name: format!("Tjeneste {role} \"<&>\""), phone: String::new() },
            edi: String::new(),
            certificates: Pair { sign: certificate.clone(), encrypt: certificate },
        }
    }

    /// libxml2 does not look whether references lead anywhere.
    #[test]
    fn every_reference_has_its_target_and_every_id_is_one() {
        let (one, other) = (party("a", 20), party("b", 10));
        let process = |function: &str, version: &str| Process {
            function: function.to_owned(),
            name: function.to_owned(),
            version: version.to_owned(),
            namespace: format!("http://example.invalid/{function}"),
            apprec: if version == "1.5" { "1.0" } else { "1.1" }.to_owned(),
        };
        let processes = [process("LOG_INNLAGT", "1.6"), process("LOG_INNLAGT", "1.5"), process("DIALOG_SVAR", "1.1")];
        let now = "2026-01-15T09:30:00Z".parse().unwrap();
        let side = |party| Side { party, endpoint: "https://a.test/?x=1&y=2", tls_certificate: Some("AAAA") };
        let text = write(side(&one), side(&other), &processes, "AAAA", Term { start: now, end: now });
        let document = roxmltree::Document::parse(&text).unwrap();
        let ids = ["id", "certId", "securityId", "channelId", "transportId", "docExchangeId"];
        let (mut targets, mut references) = (BTreeSet::new(), BTreeSet::new());
        for node in document.descendants().filter(roxmltree::Node::is_element) {
            let owner = match node.tag_name().name() {
                "Certificate" => "certId",
                "SecurityDetails" => "securityId",
                "DeliveryChannel" => "channelId",
                "Transport" => "transportId",
                "DocExchange" => "docExchangeId",
                _ => "id",
            };
            for attribute in node.attributes() {
                let name = attribute.name();
                if name == owner {
                    assert!(targets.insert(attribute.value().to_owned()), "{} is there twice", attribute.value());
                } else if ids.contains(&name)
                    || ["idref", "packageId", "defaultMshChannelId", "defaultMshPackageId"].contains(&name)
                {
                    references.insert(attribute.value().to_owned());
                }
            }
            if ["OtherPartyActionBinding", "ChannelId"].contains(&node.tag_name().name()) {
                references.insert(node.text().unwrap().to_owned());
            }
        }
        let lost: Vec<_> = references.difference(&targets).collect();
        assert!(lost.is_empty() && references.len() > 20, "{lost:?}");
        assert!(text.contains("tns:cpaid=\"10_20\""));
    }
}
