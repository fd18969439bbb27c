//! One party of an agreement: its roles, certificates, channels and settings.

use super::{Process, SIGNAL_PACKAGE, Side, apprec_package, message_package};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use wire::ebxml::names;
use wire::signature::algorithm;
use wire::xml::XmlWriter;

/// Resendings, how long between them, and how long a message is kept (HIS 1037 5.2; HITS 1171 8.1). The standards say
/// nothing of a PersistDuration; 72 hours are the life of a message, its resendings included.
const RETRIES: &str = "5";
const RETRY_INTERVAL: &str = "PT12H";
const PERSIST_DURATION: &str = "P3D";
/// AES-256-CBC (NIST).
const AES_256_CBC: &str = "2.16.840.1.101.3.4.1.42";

/// Writes a PartyInfo. `own` begins the ids of this party, `other` those of its counterpart.
pub(super) fn write(out: &mut XmlWriter, own: &str, other: &str, side: Side<'_>, processes: &[Process], root_ca: &str) {
    let party = side.party;
    let ids = Ids { own, other };
    out.open(
        "tns:PartyInfo",
        &[
            ("tns:partyName", &party.service.name),
            ("tns:defaultMshChannelId", &ids.own("channel_signal")),
            ("tns:defaultMshPackageId", SIGNAL_PACKAGE),
        ],
    );
    out.leaf("tns:PartyId", &[("tns:type", "HER")], &party.service.her.to_string());
    // HER-ids have an OID of their own.
    let reference = format!("urn:oid:2.16.578.1.12.4.1.2.{}", party.service.her);
    out.empty("tns:PartyRef", &[("xlink:type", "simple"), ("xlink:href", &reference)]);
    for process in processes {
        role(out, &ids, process, true);
        role(out, &ids, process, false);
    }
    certificate(out, &ids.own("cert_sign"), &STANDARD.encode(party.certificates.sign.der()));
    certificate(out, &ids.own("cert_encrypt"), &STANDARD.encode(party.certificates.encrypt.der()));
    certificate(out, &ids.own("cert_root"), root_ca);
    if let Some(tls) = side.tls_certificate {
        certificate(out, &ids.own("cert_tls"), tls);
    }
    out.open("tns:SecurityDetails", &[("tns:securityId", &ids.own("trust"))]).open("tns:TrustAnchors", &[]);
    out.empty("tns:AnchorCertificateRef", &[("tns:certId", &ids.own("cert_root"))]).close().close();
    channel(out, &ids, "message", "always");
    channel(out, &ids, "signal", "never");
    transport(out, &ids, side);
    exchange(out, &ids);
    for action in [names::ACKNOWLEDGMENT, names::MESSAGE_ERROR] {
        let attributes = [("tns:action", action), ("tns:channelId", &ids.own("channel_signal"))];
        out.empty("tns:OverrideMshActionBinding", &attributes);
    }
    out.close();
}

/// Ids are unique in the whole agreement, so each party has its own beginning.
struct Ids<'a> {
    own: &'a str,
    other: &'a str,
}

impl Ids<'_> {
    fn own(&self, name: &str) -> String {
        format!("{}_{name}", self.own)
    }

    fn other(&self, name: &str) -> String {
        format!("{}_{name}", self.other)
    }
}

/// A party sends the message and receives its AppRec, or the other way round.
fn role(out: &mut XmlWriter, ids: &Ids<'_>, process: &Process, sends: bool) {
    let name = if sends { names::sender_role(&process.function) } else { names::receiver_role(&process.function) };
    let reference = format!("urn:provestein:process:{}:{}", process.function, process.version);
    out.open("tns:CollaborationRole", &[]);
    out.empty(
        "tns:ProcessSpecification",
        &[
            ("tns:name", &process.name),
            ("tns:version", &process.version),
            ("xlink:type", "simple"),
            ("xlink:href", &reference),
        ],
    );
    let role = format!("{reference}#{name}");
    out.empty("tns:Role", &[("tns:name", &name), ("xlink:type", "simple"), ("xlink:href", &role)]);
    out.empty("tns:ApplicationCertificateRef", &[("tns:certId", &ids.own("cert_sign"))]);
    out.open("tns:ServiceBinding", &[]).leaf("tns:Service", &[], &names::service_of(&process.function));
    // The schema wants what can be sent before what can be received.
    let (message, apprec) = (Binding::message(process), Binding::apprec(process));
    let (first, second) = if sends { (message, apprec) } else { (apprec, message) };
    first.write(out, ids, true);
    second.write(out, ids, false);
    out.close().close();
}

/// An action that one side can send and the other receive.
struct Binding {
    action: String,
    package: String,
    id: String,
}

impl Binding {
    fn message(process: &Process) -> Self {
        let (action, package) = (process.function.clone(), message_package(process));
        Self { id: format!("{action}_{}", super::id_of(&process.version)), action, package }
    }

    fn apprec(process: &Process) -> Self {
        let message = Self::message(process);
        let package = apprec_package(&process.apprec);
        Self { id: format!("{}_APPREC", message.id), action: names::APPREC.to_owned(), package }
    }

    fn write(&self, out: &mut XmlWriter, ids: &Ids<'_>, sends: bool) {
        let (element, here, there) = if sends {
            ("tns:CanSend", format!("send_{}", self.id), format!("receive_{}", self.id))
        } else {
            ("tns:CanReceive", format!("receive_{}", self.id), format!("send_{}", self.id))
        };
        out.open(element, &[]);
        out.open(
            "tns:ThisPartyActionBinding",
            &[("tns:id", &ids.own(&here)), ("tns:action", &self.action), ("tns:packageId", &self.package)],
        );
        out.empty(
            "tns:BusinessTransactionCharacteristics",
            &[
                ("tns:isNonRepudiationRequired", "true"),
                ("tns:isNonRepudiationReceiptRequired", "true"),
                ("tns:isConfidential", "persistent"),
                ("tns:isAuthenticated", "persistent"),
                ("tns:isTamperProof", "persistent"),
                ("tns:isAuthorizationRequired", "true"),
            ],
        );
        out.leaf("tns:ChannelId", &[], &ids.own("channel_message")).close();
        out.leaf("tns:OtherPartyActionBinding", &[], &ids.other(&there)).close();
    }
}

fn certificate(out: &mut XmlWriter, id: &str, base64: &str) {
    out.open("tns:Certificate", &[("tns:certId", id)]).open("ds:KeyInfo", &[]).open("ds:X509Data", &[]);
    out.leaf("ds:X509Certificate", &[], base64).close().close().close();
}

/// Messages are acknowledged, signed, and recognised when they come twice; signals are not (HIS 1037 table 4.2).
fn channel(out: &mut XmlWriter, ids: &Ids<'_>, name: &str, receipts: &str) {
    out.open(
        "tns:DeliveryChannel",
        &[
            ("tns:channelId", &ids.own(&format!("channel_{name}"))),
            ("tns:transportId", &ids.own("transport")),
            ("tns:docExchangeId", &ids.own(&format!("exchange_{name}"))),
        ],
    );
    out.empty(
        "tns:MessagingCharacteristics",
        &[
            ("tns:syncReplyMode", "none"),
            ("tns:ackRequested", receipts),
            ("tns:ackSignatureRequested", receipts),
            ("tns:duplicateElimination", receipts),
            ("tns:actor", names::TO_PARTY_MSH),
        ],
    );
    out.close();
}

fn transport(out: &mut XmlWriter, ids: &Ids<'_>, side: Side<'_>) {
    let by_mail = side.endpoint.starts_with("mailto:");
    let (protocol, version) = if by_mail { ("SMTP", "1.1") } else { ("HTTP", "1.1") };
    out.open("tns:Transport", &[("tns:transportId", &ids.own("transport"))]);
    out.open("tns:TransportSender", &[]);
    out.leaf("tns:TransportProtocol", &[("tns:version", version)], protocol).close();
    out.open("tns:TransportReceiver", &[]);
    out.leaf("tns:TransportProtocol", &[("tns:version", version)], protocol);
    out.empty("tns:Endpoint", &[("tns:uri", side.endpoint), ("tns:type", "allPurpose")]);
    if side.tls_certificate.is_some() {
        out.open("tns:TransportServerSecurity", &[]);
        out.leaf("tns:TransportSecurityProtocol", &[("tns:version", "1.2")], "TLS");
        out.empty("tns:ServerCertificateRef", &[("tns:certId", &ids.own("cert_tls"))]).close();
    }
    out.close().close();
}

fn exchange(out: &mut XmlWriter, ids: &Ids<'_>) {
    out.open("tns:DocExchange", &[("tns:docExchangeId", &ids.own("exchange_message"))]);
    out.open("tns:ebXMLSenderBinding", &[("tns:version", "2.0")]);
    reliable(out);
    sender_signature(out, ids);
    out.open("tns:SenderDigitalEnvelope", &[]);
    envelope(out);
    out.close().close();
    out.open("tns:ebXMLReceiverBinding", &[("tns:version", "2.0")]);
    reliable(out);
    receiver_signature(out, ids);
    out.open("tns:ReceiverDigitalEnvelope", &[]);
    envelope(out);
    out.empty("tns:EncryptionCertificateRef", &[("tns:certId", &ids.own("cert_encrypt"))]).close().close().close();

    out.open("tns:DocExchange", &[("tns:docExchangeId", &ids.own("exchange_signal"))]);
    out.open("tns:ebXMLSenderBinding", &[("tns:version", "2.0")]);
    sender_signature(out, ids);
    out.close();
    out.open("tns:ebXMLReceiverBinding", &[("tns:version", "2.0")]);
    receiver_signature(out, ids);
    out.close().close();
}

fn reliable(out: &mut XmlWriter) {
    out.open("tns:ReliableMessaging", &[]);
    out.leaf("tns:Retries", &[], RETRIES).leaf("tns:RetryInterval", &[], RETRY_INTERVAL);
    out.leaf("tns:MessageOrderSemantics", &[], "NotGuaranteed").close();
    out.leaf("tns:PersistDuration", &[], PERSIST_DURATION);
}

fn sender_signature(out: &mut XmlWriter, ids: &Ids<'_>) {
    out.open("tns:SenderNonRepudiation", &[]);
    signature(out);
    out.empty("tns:SigningCertificateRef", &[("tns:certId", &ids.own("cert_sign"))]).close();
}

fn receiver_signature(out: &mut XmlWriter, ids: &Ids<'_>) {
    out.open("tns:ReceiverNonRepudiation", &[]);
    signature(out);
    out.empty("tns:SigningSecurityDetailsRef", &[("tns:securityId", &ids.own("trust"))]).close();
}

fn signature(out: &mut XmlWriter) {
    out.leaf("tns:NonRepudiationProtocol", &[], names::DS);
    out.leaf("tns:HashFunction", &[], algorithm::SHA256);
    out.leaf("tns:SignatureAlgorithm", &[("tns:w3c", algorithm::RSA_SHA256)], algorithm::RSA_SHA256);
}

fn envelope(out: &mut XmlWriter) {
    out.leaf("tns:DigitalEnvelopeProtocol", &[("tns:version", "2.0")], "S/MIME");
    out.leaf("tns:EncryptionAlgorithm", &[("tns:minimumStrength", "256"), ("tns:oid", AES_256_CBC)], "AES-256-CBC");
}
