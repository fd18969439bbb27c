"""The rules a message is held against, in the order of HITS 1172 figure 4; the answer is a list of findings.

Severity `Error` refuses the message, `Warning` takes the place of the acknowledgment, `Remark` is only logged:
an MSH does not stop because a rule is broken, only because handling is impossible (HITS 1172 1.1, 4.2.2).
"""

import re
import time
import uuid
from datetime import datetime, timezone

import dsig
from ebxml import Unreadable
from names import ACTIONS, ACTOR_NEXT, ACTOR_NEXT_MSH, ACTOR_TO_PARTY, DS, EB, SIGNAL_SERVICE, SOAP

KNOWN_BLOCKS = {(EB, name) for name in ("MessageHeader", "AckRequested", "Acknowledgment", "ErrorList",
                                        "MessageOrder", "SyncReply")} | {(DS, "Signature")}
RFC_MESSAGE_ID = re.compile(r"[^\s@<>]+@[^\s@<>]+")
CPA_PAIR = re.compile(r"(\d+)_(\d+)(_\d+)?")


class Finding:
    def __init__(self, severity, code, location, text):
        self.severity, self.code, self.location, self.text = severity, code, location, text


def error(code, location, text):
    return Finding("Error", code, location, text)


def warning(code, location, text):
    return Finding("Warning", code, location, text)


def remark(text):
    return Finding("Remark", None, None, text)


def is_uuid(text):
    """The plain form of RFC 4122: 8-4-4-4-12 hexadecimal digits."""
    try:
        return len(text) == 36 and str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False


def moment(text):
    """An xsd:dateTime as a datetime, or None; without zone it is read as UTC (HIS 1037 6.2.1)."""
    match = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)?", text)
    if not match:
        return None
    try:
        found = datetime.fromisoformat(match.group(1) + (match.group(3) or "Z").replace("Z", "+00:00"))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=timezone.utc)


def check_soap(envelope):
    """Header blocks this node must understand but does not (SOAP 1.1 4.2.3), and the parties (HITS 1172 4.2.2.3)."""
    for block in envelope.header.elements():
        mine = block.get(SOAP, "actor") in (None, "", ACTOR_NEXT, ACTOR_NEXT_MSH, ACTOR_TO_PARTY)
        must = block.get(SOAP, "mustUnderstand") in ("1", "true")
        if mine and must and (block.ns, block.local) not in KNOWN_BLOCKS:
            raise Unreadable(f"the header block {block.local} is not understood", "MustUnderstand")
    if envelope.head is None:
        raise Unreadable("there is no eb:MessageHeader")
    if envelope.from_her is None:
        raise Unreadable("eb:From has no recognisable HER-id")
    if envelope.to_her is None:
        raise Unreadable("eb:To has no recognisable HER-id")
    if not envelope.message_id:
        raise Unreadable("eb:MessageId is missing")


def check_header(envelope, our_hers):
    """HITS 1172 5.8, and 5.3 of HIS 1037 for the wrong recipient."""
    found = []
    document = envelope.document
    if document.version not in (None, "1.0"):
        found.append(error("NotSupported", "xpointer(//)", f"XML version {document.version} used, 1.0 expected"))
    if not document.declared:
        found.append(remark("the XML declaration is missing (rule 78)"))
    if (document.encoding or "UTF-8").upper() != "UTF-8":
        found.append(warning("ValueNotRecognized", "xpointer(//)",
                             f"Encoding {document.encoding} used, UTF-8 expected"))
    head = envelope.head
    if len(envelope.header.all(EB, "MessageHeader")) != 1:
        found.append(error("Inconsistent", ".//eb:MessageHeader", "more than one eb:MessageHeader"))
    if head.get(EB, "version") != "2.0":
        found.append(error("Inconsistent", ".//eb:MessageHeader/@eb:version", "eb:version is not 2.0"))
    if head.get(SOAP, "mustUnderstand") not in ("1", "true"):
        found.append(remark("eb:MessageHeader/@SOAP:mustUnderstand is not 1 (rules 7, 69)"))
    if int(envelope.to_her) not in our_hers:
        found.append(error("ValueNotRecognized", ".//eb:To", f"HER-id {envelope.to_her} is not received here"))
    found += _check_identifiers(envelope) + _check_process(envelope)
    return found


def _check_identifiers(envelope):
    found = []
    if not (is_uuid(envelope.message_id) or RFC_MESSAGE_ID.fullmatch(envelope.message_id)):
        found.append(error("ValueNotRecognized", ".//eb:MessageId", "MessageId is no UUID and no RFC 2822 id"))
    if moment(envelope.timestamp) is None:
        location = ".//eb:MessageData/eb:Timestamp"
        found.append(error("ValueNotRecognized", location, "Timestamp is missing or no dateTime"))
    if not envelope.conversation_id:
        found.append(error("ValueNotRecognized", ".//eb:ConversationId", "ConversationId is missing"))
    pair = CPA_PAIR.fullmatch(envelope.cpa_id)
    parties = sorted((int(envelope.from_her), int(envelope.to_her)))
    if pair and [int(pair.group(1)), int(pair.group(2))] != parties:
        found.append(error("ValueNotRecognized", ".//eb:CPAId", "CPAId does not name the two parties in order"))
    elif not pair and not is_uuid(envelope.cpa_id):
        found.append(error("ValueNotRecognized", ".//eb:CPAId", "CPAId is neither HER_HER nor a UUID"))
    limit = moment(envelope.time_to_live) if envelope.time_to_live else None
    if limit is not None and limit.timestamp() < time.time():
        found.append(error("TimeToLiveExpired", ".//eb:TimeToLive", "TimeToLive has passed"))
    return found


def _check_process(envelope):
    service, action = envelope.service, envelope.action
    if service == SIGNAL_SERVICE:
        return []
    if not service.startswith("S-") or service[2:] not in ACTIONS:
        return [error("ValueNotRecognized", ".//eb:Service", f"Service '{service}' is not in HISD 1209")]
    if action not in (service[2:], "APPREC"):
        return [error("ValueNotRecognized", ".//eb:Action", f"Action '{action}' does not belong to {service}")]
    return []


def check_signature(envelope, certificate):
    """HITS 1172 5.10: the signature, the certificate and its validity at eb:Timestamp."""
    location = "xpointer(//MessageHeader/Signature)"
    try:
        signed = dsig.verify(envelope.document, envelope.contents(), certificate)
    except dsig.SignatureFault as fault:
        return [error("SecurityFailure", location, f"Signature could not be verified: {fault}")]
    made = moment(envelope.timestamp)
    if made is not None and not certificate.not_before < made.timestamp() < certificate.not_after:
        return [error("SecurityFailure", location, "the certificate was not valid at eb:Timestamp")]
    unsigned = [part.content_id for part in envelope.attachments if part.content_id not in signed]
    if unsigned:
        return [error("SecurityFailure", location, f"the part {unsigned[0]} is not covered by the signature")]
    return []


def check_payload(envelope):
    """HITS 1172 5.14: reliable messaging and the manifest."""
    found = []
    asked = envelope.block("AckRequested")
    if asked is None:
        found.append(warning("Inconsistent", ".//eb:AckRequested", "AckRequested is missing"))
    elif asked.get(EB, "signed") not in ("true", "1"):
        found.append(remark("eb:AckRequested/@eb:signed is not true (rule 94)"))
    if envelope.head.first(EB, "DuplicateElimination") is None:
        found.append(remark("eb:DuplicateElimination is missing (rule 74)"))
    if envelope.block("Acknowledgment") is not None or envelope.block("ErrorList") is not None:
        found.append(error("Inconsistent", ".//SOAP:Header", "a payload message with a receipt in its header"))
    if envelope.manifest is None:
        return found + [error("MimeProblem", ".//eb:Manifest", "eb:Manifest is missing")]
    if len(envelope.body.elements()) != 1:
        found.append(error("Inconsistent", ".//SOAP:Body", "more than one element in SOAP:Body"))
    hrefs, contents = envelope.hrefs, envelope.contents()
    if not hrefs:
        found.append(error("MimeProblem", ".//eb:Manifest", "eb:Manifest has no eb:Reference"))
    for href in hrefs:
        if href is None or href not in contents:
            location = f"cid:{href}" if href else ".//eb:Reference"
            found.append(error("MimeProblem", location, "no such part in the message"))
    return found
