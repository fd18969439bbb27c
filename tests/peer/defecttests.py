"""Each defect of the peer shows on the wire, and only where it should."""

import socket
import uuid
from urllib.parse import urlsplit

from hospital import Hospital, Message, Receipt, msghead
from names import APPREC_10, DS, EB
from opened import Opened, expect


def new():
    return str(uuid.uuid4())


def _exchange(defect, count, send=None):
    """What comes back for one good message (or what `send` sends)."""
    with Hospital("--defect", defect) as hospital:
        message = Message(hospital.signer, msghead(new()))
        (send or (lambda one, good: one.send(good)))(hospital, message)
        received = hospital.wait(count)
        return message, [Opened(*one, strict=False) for one in received]


def acknowledgments():
    message, (ack, _record) = _exchange("ack-refers-conversation", 2)
    expect(ack.envelope.block("Acknowledgment").text_at(EB, "RefToMessageId") == message.conversation, "conversation")
    _message, (ack, _record) = _exchange("ack-without-cid", 2)
    expect(len(ack.envelope.block("Acknowledgment").all(DS, "Reference")) == 1, "one reference")
    _message, (ack, _record) = _exchange("ack-unsigned", 2)
    expect(ack.envelope.header.first(DS, "Signature") is None, "unsigned")
    _message, (ack, _record) = _exchange("ack-with-duplicate-elimination", 2)
    expect(ack.envelope.head.first(EB, "DuplicateElimination") is not None, "DuplicateElimination")
    message, (ack, _record) = _exchange("ack-refto-in-messagedata", 2)
    expect(ack.envelope.ref_to_message_id == message.id, "MessageData/RefToMessageId")
    message, (ack, _record) = _exchange("ack-bad-digest-copy", 2)
    values = [one.text_at(DS, "DigestValue") for one in ack.envelope.block("Acknowledgment").all(DS, "Reference")]
    expect(all(value.encode() not in message.envelope for value in values), "altered digests")
    _message, received = _exchange("soapaction-missing", 2)
    expect(all(one.headers.get("SOAPAction") is None for one in received), "no SOAPAction")


def silences():
    def twice(hospital, message):
        hospital.send(message)
        hospital.send(message)
    _exchange("ack-not-repeated", 2, twice)
    _exchange("no-receipt-at-all", 0)


def broken(hospital, _message):
    edit = lambda octets: octets.replace(b"LOG_INNLAGTsender", b"LOG_INNLAGTSender")
    hospital.send(Message(hospital.signer, msghead(new()), edit=edit))


def broken_signature():
    _message, received = _exchange("ack-despite-broken-signature", 2, broken)
    expect(received[0].envelope.action == "Acknowledgment", "acknowledged all the same")


def apprecs():
    message, (_ack, record) = _exchange("apprec-refers-ebxml-id", 2)
    root = record.apprec()
    expect(root.text_at(root.ns, "OriginalMsgId", "Id") == message.id, "eb:MessageId")
    _message, (_ack, record) = _exchange("apprec-wrong-version", 2)
    expect(record.apprec().ns == APPREC_10, "1.0 for PLO 1.6")
    _message, (_ack, record) = _exchange("apprec-not-mirrored", 2)
    root = record.apprec()
    expect(root.text_at(root.ns, "Sender", "HCP", "Inst", "Id") == "990000010", "not mirrored")

    def copied(hospital, _message):
        msg_id = new()
        for _number in range(2):
            hospital.send(Message(hospital.signer, msghead(msg_id)))
    _message, received = _exchange("apprec-twice-for-copied-msgid", 4, copied)
    expect(sum(one.envelope.action == "APPREC" for one in received) == 2, "two AppRecs")


def error_for_acknowledgment():
    with Hospital("--defect", "error-for-acknowledgment") as hospital:
        hospital.send(Message(hospital.signer, msghead(new())))
        record = Opened(*hospital.wait(2)[1])
        hospital.send(Receipt(hospital.signer, record.envelope))
        expect(Opened(*hospital.wait(3)[2]).envelope.block("ErrorList") is not None, "ErrorList")


def _raw(defect, read):
    with Hospital("--defect", defect) as hospital:
        parts = urlsplit(hospital.url)
        with socket.create_connection((parts.hostname, parts.port), timeout=2) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
            return read(connection)


def connections():
    def silence(connection):
        try:
            return connection.recv(1)
        except socket.timeout:
            return None
    expect(_raw("hang", silence) is None, "nothing comes")
    expect(_raw("garbage", lambda one: one.recv(8)) == b"SSH-2.0-", "garbage")
    expect(_raw("close-early", lambda one: one.recv(1)) == b"", "closed")

    def flood(connection):
        total = b""
        while len(total) < 3_000_000:
            total += connection.recv(1_000_000)
        return total
    octets = _raw("ten-gigabytes", flood)
    expect(b"Content-Length: 10737418240" in octets[:200] and octets.endswith(b"\0\0"), "zeroes")


TESTS = [("defects of acknowledgments", acknowledgments), ("defects: silence", silences),
         ("defect: broken signature accepted", broken_signature), ("defects of AppRecs", apprecs),
         ("defect: error for acknowledgment", error_for_acknowledgment), ("defects of connections", connections)]
