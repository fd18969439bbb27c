"""Writing our own envelopes: acknowledgment, error, payload message, SOAP Fault.

Written to look foreign on purpose: other prefixes than usual, the ebXML namespace declared on each block, the
signature in the default namespace, single quotes, tabs, CRLF, wrapped base64. All of it is legal.
"""

import json
import re
import textwrap
import uuid
from datetime import datetime, timezone
from xml.sax.saxutils import escape, quoteattr

import c14n
import dsig
import openssl
import xmltree
from names import DIGEST_METHODS, DS, EB, ENVELOPED, SIGNAL_SERVICE, SIGNATURE_METHODS, SOAP, XLINK, XPATH

PRODUCT = {"MSH-system": "Nordvik Meldingsport æøå", "MSH-versjon": "3.2.1"}
APPLICATION = {"fagsystem": "Nordvik Omsorgsjournal", "fagsystem-versjon": "11.0"}
ROOT_MARK, INFO_MARK = "@ROOT-DIGEST@", "@SIGNATURE-VALUE@"


class Signer:
    """Our signing key with the algorithms of the profile (`sha1` by the letter, `sha256` in practice)."""

    def __init__(self, key_path, certificate, algorithms):
        self.key_path, self.certificate, self.algorithms = key_path, certificate, algorithms
        self.method = next(uri for uri, name in SIGNATURE_METHODS.items() if name == algorithms)
        self.digest_method = next(uri for uri, name in DIGEST_METHODS.items() if name == algorithms)


class Head:
    """What a MessageHeader says. `refers` is MessageData/RefToMessageId, only errors have it."""

    def __init__(self, sender, receiver, cpa_id, conversation_id, service, action):
        self.sender, self.receiver, self.cpa_id, self.conversation_id = sender, receiver, cpa_id, conversation_id
        self.service, self.action = service, action
        self.roles, self.refers, self.eliminate, self.description = None, None, False, dict(PRODUCT)
        self.message_id, self.timestamp = str(uuid.uuid4()), now()


def now(like=""):
    """The time now; `like` is a timestamp whose zone is to be used (HIS 1037 7.2.3)."""
    moment = datetime.now(timezone.utc)
    if re.search(r"[+-]\d\d:\d\d$", like):
        zone = datetime.fromisoformat("2000-01-01T00:00:00" + like[-6:]).tzinfo
        return moment.astimezone(zone).isoformat(timespec="seconds")
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _wrapped(base64_text):
    return "\n" + "\n".join(textwrap.wrap(base64_text, 64)) + "\n"


def _party(name, her, role):
    inner = f"<msh:PartyId msh:type='HER'>{escape(her)}</msh:PartyId>"
    if role:
        inner += f"\n\t\t\t\t<msh:Role>{escape(role)}</msh:Role>"
    return f"<msh:{name}>\n\t\t\t\t{inner}\n\t\t\t</msh:{name}>"


def _message_header(head):
    from_role, to_role = head.roles or (None, None)
    kind = " msh:type='kithService'" if head.service != SIGNAL_SERVICE else ""
    data = f"<msh:MessageId>{escape(head.message_id)}</msh:MessageId>"
    data += f"<msh:Timestamp>{head.timestamp}</msh:Timestamp>"
    if head.refers:
        data += f"<msh:RefToMessageId>{escape(head.refers)}</msh:RefToMessageId>"
    lines = [
        _party("From", head.sender, from_role), _party("To", head.receiver, to_role),
        f"<msh:CPAId>{escape(head.cpa_id)}</msh:CPAId>",
        f"<msh:ConversationId>{escape(head.conversation_id)}</msh:ConversationId>",
        f"<msh:Service{kind}>{escape(head.service)}</msh:Service>",
        f"<msh:Action>{escape(head.action)}</msh:Action>",
        f"<msh:MessageData>{data}</msh:MessageData>",
    ]
    if head.eliminate:
        lines.append("<msh:DuplicateElimination></msh:DuplicateElimination>")
    told = escape(json.dumps(head.description, ensure_ascii=False)).replace("ø", "&#xF8;")
    lines.append(f"<msh:Description xml:lang='NO'>{told}</msh:Description>")
    inner = "\n\t\t\t".join(lines)
    return (f"<msh:MessageHeader msh:version='2.0' xmlns:msh='{EB}' soapenv:mustUnderstand='1'>\n\t\t\t{inner}"
            "\n\t\t</msh:MessageHeader>")


def _signature(signer, cid_digests):
    references = [
        f"<Reference URI=''><Transforms><Transform Algorithm='{ENVELOPED}'/><Transform Algorithm='{XPATH}'>"
        f"<XPath xmlns:SOAP-ENV='{SOAP}'>{escape(dsig.xpath_expression('SOAP-ENV'))}</XPath></Transform>"
        f"<Transform Algorithm='{c14n.ALGORITHM}'></Transform></Transforms>"
        f"<DigestMethod Algorithm='{signer.digest_method}'/><DigestValue>{ROOT_MARK}</DigestValue></Reference>"]
    for cid, value in cid_digests:
        references.append(f"<Reference URI={quoteattr('cid:' + cid)}>"
                          f"<DigestMethod Algorithm='{signer.digest_method}'/>"
                          f"<DigestValue>{value}</DigestValue></Reference>")
    inner = "\n\t\t\t".join(references)
    return (f"<Signature xmlns='{DS}'>\n\t\t\t<SignedInfo>\n\t\t\t"
            f"<CanonicalizationMethod Algorithm='{c14n.ALGORITHM}'/>"
            f"<SignatureMethod Algorithm='{signer.method}'/>\n\t\t\t{inner}\n\t\t\t</SignedInfo>\n\t\t\t"
            f"<SignatureValue>{INFO_MARK}</SignatureValue>\n\t\t\t<KeyInfo><X509Data><X509Certificate>"
            f"{_wrapped(signer.certificate.base64())}</X509Certificate></X509Data></KeyInfo>\n\t\t</Signature>")


def envelope(head, blocks, body, signer, attachments=(), signed=True):
    """The octets of an envelope; `attachments` are (cid, octets) pairs covered by the signature."""
    digests = [(cid, dsig.digest(signer.algorithms, octets)) for cid, octets in attachments]
    parts = ["<!-- Nordvik kommune, syntetisk motpart -->", _message_header(head), *blocks]
    if signed:
        parts.append(_signature(signer, digests))
    text = (f"<?xml version='1.0' encoding='UTF-8'?>\n<soapenv:Envelope xmlns:xl='{XLINK}' xmlns:soapenv='{SOAP}'>"
            "\n\t<soapenv:Header>\n\t\t" + "\n\t\t".join(parts) + "\n\t</soapenv:Header>\n"
            + (f"\t<soapenv:Body>\n{body}\n\t</soapenv:Body>\n" if body else "\t<soapenv:Body />\n")
            + "</soapenv:Envelope>\n")
    if signed:
        text = _sign(text, signer)
    return text.replace("\n", "\r\n").encode("utf-8")


def _sign(text, signer):
    """Fills in the root digest, then the signature value; both are taken from the parsed text, not from this one."""
    document = xmltree.parse(text.encode("utf-8"))
    signature = document.root.first(SOAP, "Header").first(DS, "Signature")
    text = text.replace(ROOT_MARK, dsig.digest(signer.algorithms, c14n.document(document, {signature})))
    document = xmltree.parse(text.encode("utf-8"))
    info = document.root.first(SOAP, "Header").first(DS, "Signature", "SignedInfo")
    value = openssl.sign(signer.algorithms, signer.key_path, c14n.subtree(info))
    return text.replace(INFO_MARK, _wrapped(openssl.base64.b64encode(value).decode("ascii")))


def acknowledgment_block(refers, timestamp, references):
    inner = "\n\t\t\t".join([f"<msh:Timestamp>{timestamp}</msh:Timestamp>",
                             f"<msh:RefToMessageId>{escape(refers)}</msh:RefToMessageId>", *references])
    return (f"<msh:Acknowledgment soapenv:mustUnderstand='1' xmlns:msh='{EB}' msh:version='2.0'>\n\t\t\t{inner}"
            "\n\t\t</msh:Acknowledgment>")


def error_block(findings):
    """An ErrorList; highestSeverity is that of the worst entry."""
    worst = "Error" if any(finding.severity == "Error" for finding in findings) else "Warning"
    entries = [f"<msh:Error msh:location={quoteattr(finding.location)} msh:severity='{finding.severity}' "
               f"msh:errorCode='{finding.code}'><msh:Description xml:lang='en'>{escape(finding.text)}</msh:Description>"
               "</msh:Error>" for finding in findings]
    inner = "\n\t\t\t".join(entries)
    return (f"<msh:ErrorList xmlns:msh='{EB}' msh:version='2.0' msh:highestSeverity='{worst}' "
            f"soapenv:mustUnderstand='1'>\n\t\t\t{inner}\n\t\t</msh:ErrorList>")


def ack_requested_block():
    return (f"<msh:AckRequested msh:signed='true' msh:version='2.0' soapenv:mustUnderstand='1' xmlns:msh='{EB}'>"
            "</msh:AckRequested>")


def manifest(cid, location, version):
    return (f"\t\t<msh:Manifest xmlns:msh='{EB}' msh:version='2.0'>\n\t\t\t"
            f"<msh:Reference xl:href={quoteattr('cid:' + cid)} xl:type='simple'>"
            f"<msh:Schema msh:version='{version}' msh:location='{location}'/></msh:Reference>"
            "\n\t\t</msh:Manifest>")


def reference_copy(reference, alter_digest=False):
    """A received ds:Reference written anew: same content, our form. Prefixes used inside texts keep their binding."""
    return _copy(reference, True, alter_digest)


def _copy(element, outermost, alter_digest):
    attributes = [f" {a.name}={quoteattr(a.value)}" for a in element.attributes if a.ns is None]
    text = element.text()
    if element.local == "DigestValue" and alter_digest:
        text = ("B" if text[:1] == "A" else "A") + text[1:]
    if element.local == "XPath":
        for prefix in sorted(set(re.findall(r"@\s*([\w.-]+):", text))):
            if prefix in element.scope:
                attributes.append(f" xmlns:{prefix}={quoteattr(element.scope[prefix])}")
    declared = f" xmlns='{DS}'" if outermost else ""
    inner = "".join(_copy(child, False, alter_digest) for child in element.elements()) or escape(text)
    return f"<{element.local}{declared}{''.join(attributes)}>{inner}</{element.local}>"


def fault(text, code="Client"):
    """A SOAP 1.1 Fault: no ebXML header, no signature (HITS 1172 4.2.2)."""
    return (f"<?xml version='1.0' encoding='UTF-8'?>\r\n<soapenv:Envelope xmlns:soapenv='{SOAP}'>\r\n\t<soapenv:Body>"
            f"<soapenv:Fault><faultcode>soapenv:{code}</faultcode><faultstring>{escape(text)}</faultstring>"
            "</soapenv:Fault></soapenv:Body>\r\n</soapenv:Envelope>\r\n").encode("utf-8")
