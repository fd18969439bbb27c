"""The record system behind the handler: opens payloads, imports messages, writes AppRecs, packs payload messages."""

import uuid

import apprec
import cms
import compose
import mime
import rules
from httpd import Outgoing
from msghead import MsgHead, NoAnswer


def open_payload(envelope, settings):
    """The clear text of the first attachment named by the manifest, and findings; none may stay closed."""
    clear, contents = None, envelope.contents()
    for cid in envelope.hrefs:
        try:
            octets = cms.decrypt(contents.get(cid, b""), settings.encrypt_cert, settings.encrypt_key)
        except cms.CannotDecrypt as fault:
            return None, [rules.error("SecurityFailure", f"cid:{cid}", f"the payload cannot be decrypted: {fault}")]
        if clear is None:
            try:
                clear = inner_part(octets)
            except mime.MimeFault as fault:
                return None, [rules.error("MimeProblem", f"cid:{cid}", f"inside the encryption: {fault}")]
    return clear, []


def inner_part(octets):
    """The clear text is a MIME part of its own (HITS 1172 5.15.1); bare XML is seen in practice and read too."""
    if octets.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return octets
    return mime.parse_entity(octets).content


def receipts(clear, envelope, settings, journal):
    """The AppRecs due for a message just accepted, as (octets, version); empty when none is due."""
    try:
        message = MsgHead(clear)
        own = message.own_recipients(settings.organisation_her, settings.service_her)
        if not own:
            raise NoAnswer("no recipient of the message is ours")
        message.check_answerable()
    except NoAnswer as reason:
        journal.event("no apprec", message=envelope.message_id, why=str(reason))
        return []
    if not journal.first_import(message.msg_id):
        journal.event("copied msgid", message=envelope.message_id, msgid=message.msg_id)
        if "apprec-twice-for-copied-msgid" not in settings.defects:
            return []
    faults = message.faults()
    journal.event("imported" if not faults else "rejected", msgid=message.msg_id, kind=message.kind.v,
                  errors=",".join(faults) or "none", receipts=len(own))
    return [_receipt(message, role, recipient, faults, envelope, settings) for role, recipient in own]


def _receipt(message, role, recipient, faults, envelope, settings):
    version = message.apprec_version() or "1.1"
    if "apprec-wrong-version" in settings.defects:
        version = {"1.0": "1.1", "1.1": "1.0"}[version]
    original = envelope.message_id if "apprec-refers-ebxml-id" in settings.defects else None
    codes = list(faults)
    if not codes and settings.unknown_service == "reject" and settings.service_her not in recipient.hers():
        codes = ["E21"]
    mirrored = "apprec-not-mirrored" not in settings.defects
    return apprec.build(message, version, role, recipient, codes, original, mirrored), version


def package(head, octets, namespace, version, partner, signer, settings):
    """A payload message around `octets`: inner MIME part, CMS, envelope, multipart. Header fields and body."""
    inner = mime.entity([("content-type", "application/xml"), ("Content-Id", f"<inner-{uuid.uuid4()}>"),
                         ("content-transfer-encoding", settings.inner_encoding)],
                        mime.encode(settings.inner_encoding, octets))
    closed = inner
    if "payload-unencrypted" not in settings.defects:
        closed = cms.encrypt(inner, partner.encrypt.path, settings.ber)
    cid = f"p7m.{uuid.uuid4()}@meldingsport.nordvik.test"
    envelope = compose.envelope(head, [compose.ack_requested_block()], compose.manifest(cid, namespace, version),
                                signer, [(cid, closed)])
    boundary = f"nordvik_{uuid.uuid4().hex}"
    root = mime.entity([("content-transfer-encoding", settings.root_encoding),
                        ("content-type", "text/xml; charset=UTF-8"), ("Content-Id", f"<soap-{uuid.uuid4()}>")],
                       mime.encode(settings.root_encoding, envelope))
    attachment = mime.entity([("Content-Id", f"<{cid}>"), ("content-transfer-encoding", "base64"),
                              ("content-type", "application/pkcs7-mime; name=smime.p7m; smime-type=enveloped-data")],
                             mime.encode("base64", closed))
    body = mime.multipart(boundary, [root, attachment], b"This is a message in MIME format.", b"\r\n")
    pairs = [("mime-version", "1.0"), ("content-type", f'multipart/related; boundary={boundary}; type="text/xml"')]
    return pairs, body


def outgoing(partner, pairs, body, what):
    """What is ready to leave for a partner."""
    return Outgoing(partner.url, pairs, body, what)
