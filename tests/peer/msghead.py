"""Reading a Hodemelding 1.2 (HIS 80601): what an AppRec must give back, and the checks that lead to status 2."""

import rules
import xmltree
from names import APPREC_FOR, MSGHEAD as NS

CODE_LIST = "2.16.578.1.12.4.1.1.8221"
TEXTS = {
    "E10": "Ugyldig meldingsidentifikator",
    "E21": "Mottaker finnes ikke",
    "E36": "Pasientopplysninger er utilstrekkelige",
    "T10": "Støtter ikke meldingsformatet",
}


class NoAnswer(Exception):
    """No AppRec is due or possible: not readable, sender not to be made out, not ours (HITS 1168 5.3)."""


class Code:
    def __init__(self, element):
        self.v = (element.get(None, "V") or "").strip() if element is not None else ""
        self.dn = element.get(None, "DN") if element is not None else None


class Party:
    """One level of an address: name and all identifiers as (id, type code, type text)."""

    def __init__(self, element, name):
        self.name = name
        self.idents = []
        for ident in element.all(NS, "Ident"):
            kind = Code(ident.first(NS, "TypeId"))
            self.idents.append((ident.text_at(NS, "Id"), kind.v, kind.dn))

    def her(self):
        for value, kind, _text in self.idents:
            if kind == "HER" and value.isascii() and value.isdigit():
                return int(value)
        return None


class Address:
    """An Organisation with its second level: a service (Organisation) or a person (HealthcareProfessional)."""

    def __init__(self, organisation):
        self.organisation = Party(organisation, organisation.text_at(NS, "OrganisationName"))
        self.departments, self.person = [], None
        inner = organisation.first(NS, "Organisation")
        while inner is not None:
            self.departments.append(Party(inner, inner.text_at(NS, "OrganisationName")))
            inner = inner.first(NS, "Organisation")
        # A person below the service only signs for it; a person directly below the organisation is addressed.
        person = organisation.first(NS, "HealthcareProfessional")
        if person is not None:
            names = [person.text_at(NS, name) for name in ("GivenName", "MiddleName", "FamilyName")]
            self.person = Party(person, " ".join(name for name in names if name))

    def second_level(self):
        return self.departments + ([self.person] if self.person else [])

    def hers(self):
        found = [self.organisation.her()] + [party.her() for party in self.second_level()]
        return [her for her in found if her is not None]


class MsgHead:
    def __init__(self, octets):
        try:
            root = xmltree.parse(octets).root
        except xmltree.NotXml as fault:
            raise NoAnswer(f"the payload is not well-formed XML: {fault}") from fault
        if not root.is_a(NS, "MsgHead"):
            raise NoAnswer(f"the payload is {root.local}, not MsgHead")
        info = root.first(NS, "MsgInfo")
        if info is None:
            raise NoAnswer("MsgHead without MsgInfo")
        self.kind = Code(info.first(NS, "Type"))
        self.gen_date, self.msg_id = info.text_at(NS, "GenDate"), info.text_at(NS, "MsgId")
        self.sender = _address(info.first(NS, "Sender", "Organisation"))
        receiver = _address(info.first(NS, "Receiver", "Organisation"))
        self.recipients = [("PRIM", receiver)] if receiver is not None else []
        for other in info.all(NS, "OtherReceiver"):
            copy = _address(other.first(NS, "Organisation"))
            if copy is not None:
                self.recipients.append(("COP", copy))
        self.patient = info.first(NS, "Patient")
        content = root.first(NS, "Document", "RefDoc", "Content")
        inner = content.elements() if content is not None else []
        self.document_namespace = inner[0].ns if inner else None

    def own_recipients(self, organisation_her, service_her):
        """The recipients that are ours on either level; none means no AppRec (HITS 1168 5.3)."""
        return [(role, address) for role, address in self.recipients
                if address.organisation.her() == organisation_her or service_her in address.hers()]

    def check_answerable(self):
        if self.sender is None or not self.sender.hers():
            raise NoAnswer("the sender of the message cannot be made out")
        if rules.moment(self.gen_date) is None:
            raise NoAnswer("MsgInfo/GenDate is missing or no dateTime: OriginalMsgId cannot be written")

    def apprec_version(self):
        return APPREC_FOR.get(self.document_namespace)

    def faults(self):
        """The codes of list 8221 that refuse the message as a whole (HIS 80415:2012 3.3.4)."""
        if not rules.is_uuid(self.msg_id):
            return ["E10"]
        if self.apprec_version() is None:
            return ["T10"]
        return [] if self._patient_sufficient() else ["E36"]

    def _patient_sufficient(self):
        if self.patient is None:
            return False
        named = self.patient.text_at(NS, "FamilyName") or self.patient.text_at(NS, "GivenName")
        born = self.patient.text_at(NS, "DateOfBirth") and Code(self.patient.first(NS, "Sex")).v
        numbers = [number for number, kind, _text in Party(self.patient, "").idents if kind in ("FNR", "DNR", "FHN")]
        return bool(named and (born or any(valid_number(number) for number in numbers)))


def _address(organisation):
    return Address(organisation) if organisation is not None else None


def valid_number(number):
    """The control digits of a birth number, D-number or common help number, by the rule of 2032 too."""
    if len(number) != 11 or not (number.isascii() and number.isdigit()):
        return False
    digits = [int(digit) for digit in number]
    first = sum(weight * digit for weight, digit in zip((3, 7, 6, 1, 8, 9, 4, 5, 2, 1), digits)) % 11
    second = sum(weight * digit for weight, digit in zip((5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1), digits)) % 11
    return first in (0, 1, 2, 3) and second == 0
