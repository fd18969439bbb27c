//! A communication party as the register's services write it: children in a fixed order, a missing value as `i:nil`,
//! -1 where there is no parent, times without offset (Oslo time) but for the server's own.

use crate::party::Party;
use jiff::Timestamp;
use wire::xml::XmlWriter;

/// Namespace of the service and of communication parties.
pub const NAMESPACE: &str = "http://register.nhn.no/CommunicationParty";
/// Namespace of what the register's services have in common.
pub const COMMON: &str = "http://register.nhn.no/Common";
const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// One HER-id: a party's level 1 or level 2.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Entry<'a> {
    /// Level 1.
    Organisation(&'a Party),
    /// Level 2.
    Service(&'a Party),
}

impl<'a> Entry<'a> {
    /// Both entries of each party.
    pub fn all(parties: &'a [Party]) -> impl Iterator<Item = Self> {
        parties.iter().flat_map(|party| [Self::Organisation(party), Self::Service(party)])
    }

    /// The party.
    pub fn party(self) -> &'a Party {
        match self {
            Self::Organisation(party) | Self::Service(party) => party,
        }
    }

    /// The HER-id.
    pub fn her(self) -> u32 {
        match self {
            Self::Organisation(party) => party.organisation.her,
            Self::Service(party) => party.service.her,
        }
    }

    /// The name.
    pub fn name(self) -> &'a str {
        match self {
            Self::Organisation(party) => &party.organisation.name,
            Self::Service(party) => &party.service.name,
        }
    }

    /// `Organization` or `Service`.
    pub fn kind(self) -> &'static str {
        match self {
            Self::Organisation(_) => "Organization",
            Self::Service(_) => "Service",
        }
    }
}

/// Writes an entry into an element; `typed` says which kind of communication party it is, where the schema says only
/// that it is one.
pub fn write_entry(out: &mut XmlWriter, element: &str, entry: Entry<'_>, typed: bool, now: Timestamp) {
    let mut attributes = vec![("xmlns:i", INSTANCE), ("xmlns:b", COMMON)];
    if typed {
        attributes.push(("i:type", entry.kind()));
    }
    out.open(element, &attributes);
    base(out, entry, now);
    match entry {
        Entry::Organisation(party) => organisation(out, party, now),
        Entry::Service(_) => service(out),
    }
    out.close();
}

/// Writes entries as an array of communication parties.
pub fn write_entries(out: &mut XmlWriter, entries: &[Entry<'_>], now: Timestamp) {
    for entry in entries {
        write_entry(out, "CommunicationParty", *entry, true, now);
    }
}

fn base(out: &mut XmlWriter, entry: Entry<'_>, now: Timestamp) {
    let party = entry.party();
    out.leaf("Active", &[], "true");
    nil(out, "CoverageAreaType");
    nil(out, "DisplayName");
    out.open("ElectronicAddresses", &[]);
    if !party.edi.is_empty() {
        address(out, &party.edi, ("E_EDI", "EDI (Standardisert elektronisk melding)"), now);
    }
    if !party.service.phone.is_empty() {
        address(out, &party.service.phone, ("E_TLF", "Telefonnummer"), now);
    }
    out.close().empty("FutureElectronicAddresses", &[]);
    out.leaf("HerId", &[], &entry.her().to_string());
    out.leaf("IsValidCommunicationParty", &[], "true");
    out.leaf("LastChanged", &[], &changed(now));
    nil(out, "Municipality");
    out.leaf("Name", &[], entry.name());
    match entry {
        Entry::Organisation(_) => {
            nil(out, "ParentBusinessType");
            out.leaf("ParentHerId", &[], "-1");
            nil(out, "ParentName");
            out.leaf("ParentOrganizationNumber", &[], "-1");
        }
        Entry::Service(party) => {
            code(out, "ParentBusinessType", party.organisation.kind.code(), "9040", "helsevirksomhet_type");
            out.leaf("ParentHerId", &[], &party.organisation.her.to_string());
            out.leaf("ParentName", &[], &party.organisation.name);
            out.leaf("ParentOrganizationNumber", &[], number(&party.organisation.number));
        }
    }
    out.empty("PhysicalAddresses", &[]);
    out.leaf("ServerTime", &[], &now.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string());
    out.leaf("Type", &[], entry.kind());
    out.open("Valid", &[]).leaf("b:From", &[], &changed(now)).leaf("b:To", &[], "9999-12-31T00:00:00").close();
}

fn organisation(out: &mut XmlWriter, party: &Party, now: Timestamp) {
    code(out, "BusinessType", party.organisation.kind.code(), "9040", "helsevirksomhet_type");
    out.empty("IndustryCodes", &[]);
    out.leaf("OrganizationNumber", &[], number(&party.organisation.number));
    out.empty("People", &[]).empty("Properties", &[]);
    out.open("Services", &[]);
    write_entry(out, "Service", Entry::Service(party), false, now);
    out.close();
}

fn service(out: &mut XmlWriter) {
    code(out, "Code", ("02", "Meldingsmottak"), "8666", "andre_helsetjenestetyper");
    out.empty("CoverageAreas", &[]);
    nil(out, "Description");
    nil(out, "LocationDescription");
    out.empty("Properties", &[]);
}

fn address(out: &mut XmlWriter, value: &str, kind: (&str, &str), now: Timestamp) {
    out.open("b:ElectronicAddress", &[]);
    out.leaf("b:Address", &[], value).leaf("b:Inherited", &[], "false").leaf("b:LastChanged", &[], &changed(now));
    // The name of this list is spelled so in the register.
    code(out, "b:Type", kind, "9044", "type_adressekomponeneter");
    out.leaf("b:TypeCodeValue", &[], kind.0).close();
}

fn code(out: &mut XmlWriter, element: &str, (value, text): (&str, &str), oid: &str, list: &str) {
    out.open(element, &[]).leaf("b:Active", &[], "true").leaf("b:CodeText", &[], text);
    out.leaf("b:CodeValue", &[], value);
    nil(out, "b:LongDescription");
    out.leaf("b:OID", &[], oid).leaf("b:SimpleType", &[], list).close();
}

fn nil(out: &mut XmlWriter, element: &str) {
    out.empty(element, &[("i:nil", "true")]);
}

/// Organisation numbers are integers there.
fn number(number: &str) -> &str {
    if number.is_empty() { "-1" } else { number }
}

/// The day as midnight: what is served was made today, and the hour says nothing.
fn changed(now: Timestamp) -> String {
    now.strftime("%Y-%m-%dT00:00:00").to_string()
}
