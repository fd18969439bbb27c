//! Conforming messages, written out by hand from the standards, so that the checks are not only tried on what
//! this tool's own encoders write.

/// HER-ids: the harness's organisation and service.
pub const OURS: (u32, u32) = (111, 222);
/// HER-ids: the subject's organisation and service.
pub const SUBJECT: (u32, u32) = (2342, 5078);
/// The default CPAId of the two services.
pub const CPA_ID: &str = "222_5078";
/// Content-ID of every payload.
pub const CONTENT_ID: &str = "payload-1@edi.test";
/// Software of the subject, with a letter beyond ASCII so that the encoding shows.
pub const SOFTWARE: &str = r#"{"MSH-system":"Prøvemelder","MSH-versjon":"3.1"}"#;

/// What stands in an envelope.
pub struct Words<'w> {
    pub from: u32,
    pub to: u32,
    pub conversation: &'w str,
    pub message_id: &'w str,
    pub timestamp: &'w str,
}

fn envelope(header: &str, blocks: &str, body: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<SOAP:Envelope xmlns:SOAP="http://schemas.xmlsoap.org/soap/envelope/" xmlns:eb="http://www.oasis-open.org/committees/ebxml-msg/schema/msg-header-2_0.xsd" xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><SOAP:Header><eb:MessageHeader SOAP:mustUnderstand="1" eb:version="2.0">{header}</eb:MessageHeader>{blocks}</SOAP:Header><SOAP:Body>{body}</SOAP:Body></SOAP:Envelope>"#
    )
}

fn parties(words: &Words<'_>, roles: Option<(&str, &str)>) -> String {
    let role = |role: Option<&str>| role.map(|r| format!("<eb:Role>{r}</eb:Role>")).unwrap_or_default();
    format!(
        r#"<eb:From><eb:PartyId eb:type="HER">{}</eb:PartyId>{}</eb:From><eb:To><eb:PartyId eb:type="HER">{}</eb:PartyId>{}</eb:To><eb:CPAId>{CPA_ID}</eb:CPAId><eb:ConversationId>{}</eb:ConversationId>"#,
        words.from,
        role(roles.map(|r| r.0)),
        words.to,
        role(roles.map(|r| r.1)),
        words.conversation
    )
}

fn data(words: &Words<'_>, reference: &str) -> String {
    format!(
        "<eb:MessageData><eb:MessageId>{}</eb:MessageId><eb:Timestamp>{}</eb:Timestamp>{reference}</eb:MessageData>",
        words.message_id, words.timestamp
    )
}

fn description() -> String {
    format!(r#"<eb:Description xml:lang="no">{}</eb:Description>"#, SOFTWARE.replace('"', "&quot;"))
}

/// A payload message: the fagmelding `LOG_INNLAGT`, or the receipt for it.
pub fn payload(words: &Words<'_>, action: &str) -> String {
    let (roles, schema) = if action == "APPREC" {
        (("LOG_INNLAGTreceiver", "LOG_INNLAGTsender"), ("http://www.kith.no/xmlstds/apprec/2012-02-15", "1.1"))
    } else {
        (
            ("LOG_INNLAGTsender", "LOG_INNLAGTreceiver"),
            ("http://www.kith.no/xmlstds/po/Pasientlogistikk/2012-04-01", "1.6"),
        )
    };
    let header = format!(
        r#"{}<eb:Service eb:type="kithService">S-LOG_INNLAGT</eb:Service><eb:Action>{action}</eb:Action>{}<eb:DuplicateElimination/>{}"#,
        parties(words, Some(roles)),
        data(words, ""),
        description()
    );
    let ack_requested = r#"<eb:AckRequested SOAP:actor="urn:oasis:names:tc:ebxml-msg:actor:toPartyMSH" SOAP:mustUnderstand="1" eb:version="2.0" eb:signed="true"/>"#;
    let manifest = format!(
        r#"<eb:Manifest eb:version="2.0"><eb:Reference xlink:type="simple" xlink:href="cid:{CONTENT_ID}"><eb:Schema eb:location="{}" eb:version="{}"/></eb:Reference></eb:Manifest>"#,
        schema.0, schema.1
    );
    envelope(&header, ack_requested, &manifest)
}

fn signal_header(words: &Words<'_>, action: &str, reference: &str) -> String {
    format!(
        "{}<eb:Service>urn:oasis:names:tc:ebxml-msg:service</eb:Service><eb:Action>{action}</eb:Action>{}{}",
        parties(words, None),
        data(words, reference),
        description()
    )
}

/// An acknowledgment; `references` are copies of the acknowledged signature's.
pub fn acknowledgment(words: &Words<'_>, about: &str, references: &str) -> String {
    let block = format!(
        r#"<eb:Acknowledgment SOAP:mustUnderstand="1" eb:version="2.0"><eb:Timestamp>{}</eb:Timestamp><eb:RefToMessageId>{about}</eb:RefToMessageId>{references}</eb:Acknowledgment>"#,
        words.timestamp
    );
    envelope(&signal_header(words, "Acknowledgment", ""), &block, "")
}

/// An ErrorList with one entry.
pub fn error_list(words: &Words<'_>, about: &str, code: &str, severity: &str) -> String {
    let reference = format!("<eb:RefToMessageId>{about}</eb:RefToMessageId>");
    let block = format!(
        r#"<eb:ErrorList SOAP:mustUnderstand="1" eb:version="2.0" eb:highestSeverity="{severity}"><eb:Error eb:errorCode="{code}" eb:severity="{severity}"><eb:Description xml:lang="en">seen</eb:Description></eb:Error></eb:ErrorList>"#
    );
    envelope(&signal_header(words, "MessageError", &reference), &block, "")
}

fn ident(id: u32) -> String {
    format!(r#"<Ident><Id>{id}</Id><TypeId V="HER" S="2.16.578.1.12.4.1.1.9051" DN="HER-id"/></Ident>"#)
}

pub fn organisation((enterprise, service): (u32, u32), names: (&str, &str)) -> String {
    format!(
        r#"<Organisation><OrganisationName>{}</OrganisationName>{}<Ident><Id>310000{enterprise}</Id><TypeId V="ENH" S="2.16.578.1.12.4.1.1.9051" DN="Organisasjonsnummer"/></Ident><Organisation><OrganisationName>{}</OrganisationName>{}</Organisation></Organisation>"#,
        names.0,
        ident(enterprise),
        names.1,
        ident(service)
    )
}

/// The names of the two parties' levels.
pub const OUR_NAMES: (&str, &str) = ("Fjordbyen sykehus", "Medisinsk avdeling");
/// The names of the subject's levels.
pub const SUBJECT_NAMES: (&str, &str) = ("Nordvik kommune", "Pleie og omsorg");
/// GenDate of every fagmelding: Norwegian time, without zone.
pub const GEN_DATE: &str = "2026-01-15T10:29:00";

/// A fagmelding with its Hodemelding.
pub fn fagmelding(msg_id: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24"><MsgInfo><Type V="LOG_INNLAGT" DN="Melding om innlagt pasient"/><MIGversion>v1.2 2006-05-24</MIGversion><GenDate>{GEN_DATE}</GenDate><MsgId>{msg_id}</MsgId><Sender>{}</Sender><Receiver>{}</Receiver></MsgInfo><Document><RefDoc><MsgType V="XML" DN="XML-instans"/><Content><log:Pasientlogistikk xmlns:log="http://www.kith.no/xmlstds/po/Pasientlogistikk/2012-04-01"/></Content></RefDoc></Document></MsgHead>"#,
        organisation(OURS, OUR_NAMES),
        organisation(SUBJECT, SUBJECT_NAMES)
    )
}

pub fn inst((enterprise, service): (u32, u32), names: (&str, &str)) -> String {
    format!(
        r#"<HCP><Inst><Name>{}</Name><Id>{enterprise}</Id><TypeId V="HER" DN="HER-id"/><Dept><Name>{}</Name><Id>{service}</Id><TypeId V="HER" DN="HER-id"/></Dept><AdditionalId><Id>310000{enterprise}</Id><Type V="ENH" DN="Organisasjonsnummer"/></AdditionalId></Inst></HCP>"#,
        names.0, names.1
    )
}

/// An AppRec 1.1 for the fagmelding; `verdict` is Status and Error elements.
pub fn apprec(id: &str, msg_id: &str, verdict: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<AppRec xmlns="http://www.kith.no/xmlstds/apprec/2012-02-15"><MsgType V="APPREC" DN="Applikasjonskvittering"/><MIGversion>v1.1 2012-02-15</MIGversion><GenDate>2026-01-15T09:31:00Z</GenDate><Id>{id}</Id><Sender><Role V="PRIM" DN="Primærmottaker"/>{}</Sender><Receiver><Role V="AVS" DN="Avsender"/>{}</Receiver>{verdict}<OriginalMsgId><MsgType V="LOG_INNLAGT" DN="Melding om innlagt pasient"/><IssueDate>{GEN_DATE}</IssueDate><Id>{msg_id}</Id></OriginalMsgId></AppRec>"#,
        inst(SUBJECT, SUBJECT_NAMES),
        inst(OURS, OUR_NAMES)
    )
}

/// A positive verdict.
pub const ACCEPTED: &str = r#"<Status V="1" DN="OK"/>"#;
/// A negative verdict with its code.
pub const REJECTED: &str =
    r#"<Status V="2" DN="Avvist"/><Error V="E10" S="2.16.578.1.12.4.1.1.8221" DN="Ugyldig meldingsidentifikator"/>"#;
