"""Reading an ebXML message: the outer MIME structure and the SOAP envelope, as far as they can be read.

What cannot be read as ebXML at all is a `Unreadable`: over HTTP a SOAP Fault with status 500
(HITS 1172 5.5.2, 5.6, 5.7).
"""

import mime
import xmltree
from names import DS, EB, SIGNAL_SERVICE, SOAP, XLINK


class Unreadable(Exception):
    """Answered with a SOAP Fault; `code` is a fault code of SOAP 1.1 4.4.1."""

    def __init__(self, text, code="Client"):
        super().__init__(text)
        self.code = code


class Envelope:
    """A message received. Fields that are absent are empty strings; the rules decide what that means."""

    def __init__(self, document, attachments, octets):
        self.document, self.attachments, self.octets = document, attachments, octets
        root = document.root
        self.header, self.body = root.first(SOAP, "Header"), root.first(SOAP, "Body")
        self.head = self.header.first(EB, "MessageHeader") if self.header is not None else None
        head = self.head if self.head is not None else xmltree.Element("", "none", None, {}, None)
        self.from_parties = _parties(head.first(EB, "From"))
        self.to_parties = _parties(head.first(EB, "To"))
        self.cpa_id = head.text_at(EB, "CPAId")
        self.conversation_id = head.text_at(EB, "ConversationId")
        self.service = head.text_at(EB, "Service")
        self.action = head.text_at(EB, "Action")
        self.message_id = head.text_at(EB, "MessageData", "MessageId")
        self.timestamp = head.text_at(EB, "MessageData", "Timestamp")
        self.ref_to_message_id = head.text_at(EB, "MessageData", "RefToMessageId")
        self.time_to_live = head.text_at(EB, "MessageData", "TimeToLive")

    def block(self, local):
        """An eb: block of the header, or None."""
        return self.header.first(EB, local) if self.header is not None else None

    @property
    def manifest(self):
        return self.body.first(EB, "Manifest") if self.body is not None else None

    @property
    def hrefs(self):
        """The cids (without the scheme) of the manifest; None stands for a reference that is no cid."""
        if self.manifest is None:
            return []
        found = [reference.get(XLINK, "href") or "" for reference in self.manifest.all(EB, "Reference")]
        return [href[4:] if href.startswith("cid:") else None for href in found]

    @property
    def is_signal(self):
        """An acknowledgment or an error: never answered by an ebXML signal (HIS 1037 9.1)."""
        marked = self.block("Acknowledgment") is not None or self.block("ErrorList") is not None
        if marked and self.manifest is not None:
            return self.service == SIGNAL_SERVICE
        return marked or (self.service == SIGNAL_SERVICE and self.action in ("Acknowledgment", "MessageError"))

    @property
    def signed_references(self):
        """The ds:Reference elements of the signature, for the receipt."""
        signature = self.header.first(DS, "Signature", "SignedInfo")
        return signature.all(DS, "Reference") if signature is not None else []

    def contents(self):
        return {part.content_id: part.content for part in self.attachments if part.content_id}

    def her(self, parties):
        """The one HER-id among the parties, or None (HITS 1172 rules 13, 14, 31, 56)."""
        found = [value for kind, value in parties if kind == "HER"]
        return found[0] if len(found) == 1 and found[0].isascii() and found[0].isdigit() else None

    @property
    def from_her(self):
        return self.her(self.from_parties)

    @property
    def to_her(self):
        return self.her(self.to_parties)


def _parties(element):
    if element is None:
        return []
    return [(party.get(EB, "type"), party.text()) for party in element.all(EB, "PartyId")]


def read(headers, body, transport=True):
    """From HTTP headers and body to an Envelope; with `transport` the top-level headers are checked too."""
    kind = mime.ContentType(headers.get("Content-Type") or "")
    if not headers.get("Content-Type"):
        raise Unreadable("Content-Type is missing")
    if kind.media not in ("multipart/related", "text/xml"):
        raise Unreadable(f"Content-Type is {kind.media}, expected multipart/related or text/xml")
    if transport:
        _check_transport(headers)
    try:
        if kind.media == "text/xml":
            part = mime.Part(headers, body)
            octets = mime.decode(part.encoding, body)
            return _envelope(octets, kind, [])
        return _multipart(kind, body)
    except mime.MimeFault as fault:
        raise Unreadable(f"MIME: {fault}") from fault


def _check_transport(headers):
    version = headers.get("MIME-Version")
    if version is None or version.split("(")[0].strip() != "1.0":
        raise Unreadable(f"MIME-Version is {version}, expected 1.0")
    action = headers.get("SOAPAction")
    if action is None or action.strip().strip('"') != "ebXML":
        raise Unreadable(f"SOAPAction is {action}, expected \"ebXML\"")


def _multipart(kind, body):
    if not kind.parameter("boundary"):
        raise Unreadable("multipart without boundary")
    if (kind.parameter("type") or "").lower() != "text/xml":
        raise Unreadable("the parameter type of multipart/related is not text/xml")
    parts = mime.split_multipart(body, kind.parameter("boundary"))
    start = (kind.parameter("start") or "").strip().strip("<>")
    root = parts[0]
    if start:
        named = [part for part in parts if part.content_id == start]
        if not named:
            raise Unreadable("the parameter start names no part")
        root = named[0]
    if root.content_type.media != "text/xml":
        raise Unreadable(f"the SOAP part is {root.content_type.media}, expected text/xml")
    if root.encoding not in mime.ENCODINGS:
        raise Unreadable(f"Content-Transfer-Encoding of the SOAP part is {root.encoding}")
    attachments = [part for part in parts if part is not root]
    for part in attachments:
        _check_attachment(part)
    return _envelope(root.content, root.content_type, attachments)


def _check_attachment(part):
    kind = part.content_type
    if part.encoding != "base64":
        raise Unreadable(f"Content-Transfer-Encoding of the attachment is {part.encoding}, expected base64")
    smime = kind.parameter("smime-type")
    if kind.media != "application/pkcs7-mime" or (smime or "").lower() != "enveloped-data":
        raise Unreadable("the attachment is not application/pkcs7-mime; smime-type=enveloped-data")
    part.content  # decoding faults belong to this step


def _envelope(octets, kind, attachments):
    try:
        document = xmltree.parse(octets, kind.parameter("charset"))
    except xmltree.NotXml as fault:
        raise Unreadable(f"XML: {fault}") from fault
    root = document.root
    if root.local != "Envelope":
        raise Unreadable(f"the root element is {root.local}, expected Envelope")
    if root.ns != SOAP:
        raise Unreadable("the envelope is not SOAP 1.1", "VersionMismatch")
    if len(root.all(SOAP, "Header")) != 1 or len(root.all(SOAP, "Body")) != 1:
        if root.first(SOAP, "Body", "Fault") is None:
            raise Unreadable("SOAP:Header and SOAP:Body are not there once each")
    return Envelope(document, attachments, octets)


def is_fault(envelope):
    return envelope.body is not None and envelope.body.first(SOAP, "Fault") is not None
