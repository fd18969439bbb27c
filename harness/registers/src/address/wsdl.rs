//! The description of the service, in our own words: only what is answered here, in the names of the real contract.

use super::calls::{OPERATIONS, action};
use super::contract::{COMMON, NAMESPACE};
use wire::xml::XmlWriter;

const DETAILS: &str = "http://register.nhn.no/CertificateDetails";
const XSD: &str = "http://www.w3.org/2001/XMLSchema";
const WSDL_SOAP: &str = "http://schemas.xmlsoap.org/wsdl/soap/";
const WSDL_SOAP12: &str = "http://schemas.xmlsoap.org/wsdl/soap12/";
const TRANSPORT: &str = "http://schemas.xmlsoap.org/soap/http";

/// Writes the WSDL; `base` is the address of the service as it was asked for.
pub fn write(base: &str) -> String {
    let mut out = XmlWriter::with_declaration();
    out.open(
        "wsdl:definitions",
        &[
            ("xmlns:wsdl", "http://schemas.xmlsoap.org/wsdl/"),
            ("xmlns:soap", WSDL_SOAP),
            ("xmlns:soap12", WSDL_SOAP12),
            ("xmlns:wsam", "http://www.w3.org/2007/05/addressing/metadata"),
            ("xmlns:xs", XSD),
            ("xmlns:tns", NAMESPACE),
            ("xmlns:c", COMMON),
            ("xmlns:d", DETAILS),
            ("name", "CommunicationParty"),
            ("targetNamespace", NAMESPACE),
        ],
    );
    out.open("wsdl:types", &[]);
    common(&mut out);
    details(&mut out);
    service_schema(&mut out);
    out.close();
    for operation in OPERATIONS {
        message(&mut out, &format!("{operation}In"), &format!("tns:{operation}"));
        message(&mut out, &format!("{operation}Out"), &format!("tns:{operation}Response"));
    }
    message(&mut out, "GenericFault", "c:GenericFault");
    out.open("wsdl:portType", &[("name", "ICommunicationPartyService")]);
    for operation in OPERATIONS {
        port_operation(&mut out, operation);
    }
    out.close();
    binding(&mut out, "BasicHttpBinding", "soap");
    binding(&mut out, "WSHttpBinding", "soap12");
    out.open("wsdl:service", &[("name", "CommunicationPartyService")]);
    for (binding, soap, path) in [("BasicHttpBinding", "soap", "/v1/AR/Basic"), ("WSHttpBinding", "soap12", "/v1/AR")] {
        let (name, of) = (format!("{binding}_ICommunicationPartyService"), format!("tns:{binding}"));
        out.open("wsdl:port", &[("name", &name), ("binding", &of)]);
        out.empty(&format!("{soap}:address"), &[("location", &format!("{base}{path}"))]).close();
    }
    out.finish()
}

fn message(out: &mut XmlWriter, name: &str, element: &str) {
    let part = if name == "GenericFault" { "detail" } else { "parameters" };
    out.open("wsdl:message", &[("name", name)]);
    out.empty("wsdl:part", &[("name", part), ("element", element)]).close();
}

fn port_operation(out: &mut XmlWriter, operation: &str) {
    let action = action(operation);
    out.open("wsdl:operation", &[("name", operation)]);
    let (input, output) = (format!("tns:{operation}In"), format!("tns:{operation}Out"));
    out.empty("wsdl:input", &[("wsam:Action", &action), ("message", &input)]);
    out.empty("wsdl:output", &[("wsam:Action", &format!("{action}Response")), ("message", &output)]);
    if operation != "Ping" {
        let fault = format!("{action}GenericFaultFault");
        out.empty(
            "wsdl:fault",
            &[("wsam:Action", &fault), ("name", "GenericFaultFault"), ("message", "tns:GenericFault")],
        );
    }
    out.close();
}

fn binding(out: &mut XmlWriter, name: &str, soap: &str) {
    out.open("wsdl:binding", &[("name", name), ("type", "tns:ICommunicationPartyService")]);
    out.empty(&format!("{soap}:binding"), &[("transport", TRANSPORT), ("style", "document")]);
    for operation in OPERATIONS {
        out.open("wsdl:operation", &[("name", operation)]);
        out.empty(&format!("{soap}:operation"), &[("soapAction", &action(operation)), ("style", "document")]);
        for direction in ["wsdl:input", "wsdl:output"] {
            out.open(direction, &[]).empty(&format!("{soap}:body"), &[("use", "literal")]).close();
        }
        if operation != "Ping" {
            out.open("wsdl:fault", &[("name", "GenericFaultFault")]);
            out.empty(&format!("{soap}:fault"), &[("name", "GenericFaultFault"), ("use", "literal")]).close();
        }
        out.close();
    }
    out.close();
}

fn schema(out: &mut XmlWriter, namespace: &str) {
    out.open("xs:schema", &[("elementFormDefault", "qualified"), ("targetNamespace", namespace)]);
}

/// A complex type of optional elements; a `*` before the name makes it a list's.
fn kind(out: &mut XmlWriter, name: &str, base: Option<&str>, fields: &[(&str, &str)]) {
    out.open("xs:complexType", &[("name", name)]);
    if let Some(base) = base {
        out.open("xs:complexContent", &[]).open("xs:extension", &[("base", base)]);
    }
    fields_of(out, fields);
    if base.is_some() {
        out.close().close();
    }
    out.close();
}

fn fields_of(out: &mut XmlWriter, fields: &[(&str, &str)]) {
    out.open("xs:sequence", &[]);
    for (field, of) in fields {
        let (field, many) = field.strip_prefix('*').map_or((*field, false), |field| (field, true));
        let mut attributes = vec![("minOccurs", "0")];
        if many {
            attributes.push(("maxOccurs", "unbounded"));
        }
        attributes.extend([("name", field), ("type", of)]);
        // Values of the machine have no nil.
        if !matches!(*of, "xs:int" | "xs:boolean" | "xs:dateTime" | "tns:CommunicationPartyType") {
            attributes.push(("nillable", "true"));
        }
        out.empty("xs:element", &attributes);
    }
    out.close();
}

fn common(out: &mut XmlWriter) {
    schema(out, COMMON);
    let text = "xs:string";
    kind(
        out,
        "Code",
        None,
        &[
            ("Active", "xs:boolean"),
            ("CodeText", text),
            ("CodeValue", text),
            ("LongDescription", text),
            ("OID", "xs:int"),
            ("SimpleType", text),
        ],
    );
    kind(out, "ArrayOfCode", None, &[("*Code", "c:Code")]);
    kind(out, "Period", None, &[("From", "xs:dateTime"), ("To", "xs:dateTime")]);
    kind(
        out,
        "ElectronicAddress",
        None,
        &[
            ("Address", text),
            ("Inherited", "xs:boolean"),
            ("LastChanged", "xs:dateTime"),
            ("Type", "c:Code"),
            ("TypeCodeValue", text),
        ],
    );
    kind(out, "ArrayOfElectronicAddress", None, &[("*ElectronicAddress", "c:ElectronicAddress")]);
    kind(out, "GenericFault", None, &[("ErrorCode", text), ("Message", text)]);
    out.empty("xs:element", &[("name", "GenericFault"), ("nillable", "true"), ("type", "c:GenericFault")]);
    // Always empty here.
    kind(out, "Empty", None, &[]);
    out.close();
}

fn details(out: &mut XmlWriter) {
    schema(out, DETAILS);
    kind(out, "CertificateDetails", None, &[("Certificate", "xs:base64Binary"), ("LdapUrl", "xs:string")]);
    out.close();
}

fn service_schema(out: &mut XmlWriter) {
    schema(out, NAMESPACE);
    out.empty("xs:import", &[("namespace", COMMON)]).empty("xs:import", &[("namespace", DETAILS)]);
    out.open("xs:simpleType", &[("name", "CommunicationPartyType")]).open("xs:restriction", &[("base", "xs:string")]);
    for value in ["Person", "Organization", "Service"] {
        out.empty("xs:enumeration", &[("value", value)]);
    }
    out.close().close();
    kind(out, "CommunicationParty", None, &PARTY);
    kind(
        out,
        "Organization",
        Some("tns:CommunicationParty"),
        &[
            ("BusinessType", "c:Code"),
            ("IndustryCodes", "c:ArrayOfCode"),
            ("OrganizationNumber", "xs:int"),
            ("People", "c:Empty"),
            ("Properties", "c:Empty"),
            ("Services", "tns:ArrayOfService"),
        ],
    );
    kind(
        out,
        "Service",
        Some("tns:CommunicationParty"),
        &[
            ("Code", "c:Code"),
            ("CoverageAreas", "c:Empty"),
            ("Description", "xs:string"),
            ("LocationDescription", "xs:string"),
            ("Properties", "c:Empty"),
        ],
    );
    kind(out, "ArrayOfService", None, &[("*Service", "tns:Service")]);
    kind(out, "ArrayOfCommunicationParty", None, &[("*CommunicationParty", "tns:CommunicationParty")]);
    let array =
        [("name", "ArrayOfCommunicationParty"), ("nillable", "true"), ("type", "tns:ArrayOfCommunicationParty")];
    out.empty("xs:element", &array);
    for operation in OPERATIONS {
        let (argument, result) = match operation {
            "Ping" => (None, "xs:string"),
            "SearchById" => (Some(("id", "xs:string")), "tns:ArrayOfCommunicationParty"),
            "GetOrganizationDetails" => (Some(("herId", "xs:int")), "tns:Organization"),
            "GetCommunicationPartyDetails" => (Some(("herId", "xs:int")), "tns:CommunicationParty"),
            _ => (Some(("herId", "xs:int")), "d:CertificateDetails"),
        };
        element(out, operation, argument.as_slice());
        element(out, &format!("{operation}Response"), &[(&format!("{operation}Result"), result)]);
    }
    out.close();
}

fn element(out: &mut XmlWriter, name: &str, fields: &[(&str, &str)]) {
    out.open("xs:element", &[("name", name)]).open("xs:complexType", &[]);
    fields_of(out, fields);
    out.close().close();
}

const PARTY: [(&str, &str); 18] = [
    ("Active", "xs:boolean"),
    ("CoverageAreaType", "c:Code"),
    ("DisplayName", "xs:string"),
    ("ElectronicAddresses", "c:ArrayOfElectronicAddress"),
    ("FutureElectronicAddresses", "c:Empty"),
    ("HerId", "xs:int"),
    ("IsValidCommunicationParty", "xs:boolean"),
    ("LastChanged", "xs:dateTime"),
    ("Municipality", "c:Code"),
    ("Name", "xs:string"),
    ("ParentBusinessType", "c:Code"),
    ("ParentHerId", "xs:int"),
    ("ParentName", "xs:string"),
    ("ParentOrganizationNumber", "xs:int"),
    ("PhysicalAddresses", "c:Empty"),
    ("ServerTime", "xs:dateTime"),
    ("Type", "tns:CommunicationPartyType"),
    ("Valid", "c:Period"),
];
