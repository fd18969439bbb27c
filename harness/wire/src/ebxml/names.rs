//! Namespaces, URIs and codes of SOAP 1.1, ebMS 2.0 and HISD 1209.

/// SOAP 1.1 envelope namespace.
pub const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// ebMS 2.0 header namespace.
pub const EB: &str = "http://www.oasis-open.org/committees/ebxml-msg/schema/msg-header-2_0.xsd";
/// XML signature namespace.
pub const DS: &str = "http://www.w3.org/2000/09/xmldsig#";
/// XLink namespace.
pub const XLINK: &str = "http://www.w3.org/1999/xlink";
/// Service of every signal (HITS 1172 rules 106 and 120).
pub const SIGNAL_SERVICE: &str = "urn:oasis:names:tc:ebxml-msg:service";
/// Action of an acknowledgment (rule 107).
pub const ACKNOWLEDGMENT: &str = "Acknowledgment";
/// Action of an ErrorList, Error or Warning (rule 121).
pub const MESSAGE_ERROR: &str = "MessageError";
/// Action of every AppRec (HISD 1209).
pub const APPREC: &str = "APPREC";
/// Actor of the receiving message handler.
pub const TO_PARTY_MSH: &str = "urn:oasis:names:tc:ebxml-msg:actor:toPartyMSH";
/// Actor of the next message handler.
pub const NEXT_MSH: &str = "urn:oasis:names:tc:ebxml-msg:actor:nextMSH";
/// SOAP 1.1 actor "next".
pub const SOAP_NEXT: &str = "http://schemas.xmlsoap.org/soap/actor/next";
/// Default code context of an error.
pub const ERROR_CONTEXT: &str = "urn:oasis:names:tc:ebxml-msg:service:errors";
/// The marking of everything sent for test (HITS 1172 5.15.2).
pub const TEST_MARKING: &str = " TEST. TEST. Sendt i testøyemed. Har ingen andre formål. ";

/// The Service for a message whose MsgInfo/Type is `function` (HISD 1209: `S-` + Action).
pub fn service_of(function: &str) -> String {
    format!("S-{function}")
}

/// The role of the party that sends the fagmelding `function` (HISD 1209).
pub fn sender_role(function: &str) -> String {
    format!("{function}sender")
}

/// The role of the party that receives the fagmelding `function` (HISD 1209).
pub fn receiver_role(function: &str) -> String {
    format!("{function}receiver")
}

/// The CPAId of two parties without an agreed CPA: lowest HER-id, underscore, highest, in numeric order
/// (HIS 1037 6.2.1, HITS 1172 rule 12).
///
/// ```
/// assert_eq!(provestein_wire::ebxml::names::default_cpa_id(80225, 79768), "79768_80225");
/// ```
pub fn default_cpa_id(one: u32, other: u32) -> String {
    format!("{}_{}", one.min(other), one.max(other))
}
