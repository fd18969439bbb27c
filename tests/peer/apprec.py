"""Writing an AppRec 1.0 (HIS 80415:2004) or 1.1 (HIS 80415:2012): a mirror of the message (HITS 1168 6)."""

import uuid
from xml.sax.saxutils import escape, quoteattr

import compose
from msghead import CODE_LIST, TEXTS
from names import APPREC_10, APPREC_11

NAMESPACE = {"1.0": APPREC_10, "1.1": APPREC_11}
MIG = {"1.0": "1.0 2004-11-21", "1.1": "v1.1 2012-02-15"}
# Role of the receiver of the message, and of its sender (HITS 1168 6.2).
SENDER_ROLE = {("1.0", "PRIM"): ("SPR", "Tjenesteyter"), ("1.0", "COP"): ("COP", "Kopimottaker"),
               ("1.1", "PRIM"): ("PRIM", "Primærmottaker"), ("1.1", "COP"): ("COP", "Kopimottaker")}
RECEIVER_ROLE = {"1.0": ("RECEIVER", "Mottaker"), "1.1": ("AVS", "Avsender")}


def _code(name, v, dn=None):
    shown = f" DN={quoteattr(dn)}" if dn else ""
    return f"<k:{name}{shown} V={quoteattr(v)}/>"


def _identifiers(party):
    """Id and TypeId (the HER-id when there is one), then the others as AdditionalId."""
    idents = sorted(party.idents, key=lambda ident: ident[1] != "HER")
    if not idents:
        return "", ""
    value, kind, text = idents[0]
    first = f"<k:Id>{escape(value)}</k:Id>{_code('TypeId', kind, text)}"
    rest = [f"<k:AdditionalId><k:Id>{escape(value)}</k:Id>{_code('Type', kind, text)}</k:AdditionalId>"
            for value, kind, text in idents[1:]]
    return first, "".join(rest)


def _level(tag, party):
    first, rest = _identifiers(party)
    return f"<k:{tag}><k:Name>{escape(party.name)}</k:Name>{first}{rest}</k:{tag}>"


def _party(tag, role, address):
    first, rest = _identifiers(address.organisation)
    departments = "".join(_level("Dept", party) for party in address.departments)
    person = _level("HCPerson", address.person) if address.person else ""
    return (f"\n  <k:{tag}>{_code('Role', *role)}<k:HCP><k:Inst><k:Name>{escape(address.organisation.name)}</k:Name>"
            f"{first}{departments}{rest}{person}</k:Inst></k:HCP></k:{tag}>")


def build(message, version, role, recipient, codes, original_id=None, mirrored=True):
    """The octets of an AppRec. `codes` empty is status 1, otherwise 2 with these errors of list 8221.

    `mirrored` false keeps sender and receiver of the message where they were (a defect to be found).
    """
    sender, receiver = recipient, message.sender
    if not mirrored:
        sender, receiver = receiver, sender
    status = _code("Status", "2", "Avvist") if codes else _code("Status", "1", "OK")
    errors = "".join(f"\n  <k:Error DN={quoteattr(TEXTS[code])} S='{CODE_LIST}' V='{code}'/>" for code in codes)
    original = message.msg_id if original_id is None else original_id
    text = (f"<?xml version='1.0' encoding='UTF-8'?>\n<k:AppRec xmlns:k='{NAMESPACE[version]}'>"
            f"\n  {_code('MsgType', 'APPREC', 'Applikasjonskvittering')}<k:MIGversion>{MIG[version]}</k:MIGversion>"
            f"\n  <k:SoftwareName>{escape(compose.APPLICATION['fagsystem'])}</k:SoftwareName>"
            f"<k:SoftwareVersion>{compose.APPLICATION['fagsystem-versjon']}</k:SoftwareVersion>"
            f"\n  <k:GenDate>{compose.now()}</k:GenDate>\n  <k:Id>{uuid.uuid4()}</k:Id>"
            + _party("Sender", SENDER_ROLE[version, role], sender)
            + _party("Receiver", RECEIVER_ROLE[version], receiver)
            + f"\n  {status}{errors}\n  <k:OriginalMsgId>{_code('MsgType', message.kind.v, message.kind.dn)}"
            f"<k:IssueDate>{escape(message.gen_date)}</k:IssueDate><k:Id>{escape(original)}</k:Id></k:OriginalMsgId>"
            "\n</k:AppRec>\n")
    return text.encode("utf-8")
