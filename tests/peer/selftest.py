#!/usr/bin/env python3
"""The peer against a hospital built from its own code, judged from outside where xmlsec1 and xmllint exist."""

import re
import sys
import traceback
import uuid

import c14n
import defecttests
import outside
import xmltree
from hospital import FOREIGN, HER, MUNICIPALITY, OURS, PATIENT, Hospital, Message, Receipt, msghead, organisation, pem
from names import APPREC_10, APPREC_11, DS, EB
from opened import Opened, expect


def new():
    return str(uuid.uuid4())


def canonicalisation():
    """C14N octet for octet against xmllint."""
    documents = [
        b"<?xml version='1.0'?><?a b ?>\r\n<r  z='1' a=\"&lt;&#9;&#10;&#13;&gt;'\">x&amp;&gt;&#13;<![CDATA[<&]]>\r\n<e/></r>"
        b"<?c?>",
        b"<a xmlns='u:1' xmlns:p='u:2' p:z='1' q='2' xmlns:b='u:0' b:z='3'><b xmlns=''><c xmlns='u:1'/></b>"
        b"<p:d xmlns:p='u:2'><p:e xmlns:p='u:3' xmlns:n='u:n'/></p:d></a>",
        "<?xml version='1.0' encoding='ISO-8859-1'?><a b='\u00e6' xml:lang='no'>\u00f8\u00e5</a>".encode("latin-1"),
        b"<x xmlns='u:x'><y xmlns='u:x' xmlns:t='u:t'><z xmlns:t='u:t' xmlns=''/></y><![CDATA[]]></x>",
    ]
    for octets in documents:
        outer = outside.canonical(octets)
        if outer is not None:
            expect(c14n.document(xmltree.parse(octets)) == outer, f"C14N differs from xmllint: {octets!r}")
    for octets in (b"<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>", b"<p:a/>", b"<a b='1' b='2'/>", b"<a>" * 500):
        try:
            xmltree.parse(octets)
        except xmltree.NotXml:
            continue
        raise AssertionError(f"read although it must be refused: {octets[:40]!r}")


def accepted_message(algorithms, version):
    """Acknowledgment and AppRec of the right version, both signed, valid and mirrored."""
    flags = ["--ber", "--inner-encoding", "quoted-printable"] if version == "1.5" else []
    with Hospital(*flags, algorithms=algorithms) as hospital:
        msg_id = new()
        message = Message(hospital.signer, msghead(msg_id, version), ber=version == "1.5")
        expect(hospital.send(message, chunked=True) == (200, b""), "200 with empty body")
        acknowledgment, receipt = [Opened(*one) for one in hospital.wait(2)]
        _check_acknowledgment(acknowledgment, message)
        _check_apprec(receipt, message, msg_id, {"1.6": "1.1", "1.5": "1.0"}[version])
        hospital.send(Receipt(hospital.signer, receipt.envelope))
        hospital.wait(2)
        expect(any("acknowledgment received" in line and "known=True" in line for line in hospital.lines), "known")


def _check_acknowledgment(opened, message):
    envelope = opened.envelope
    expect(envelope.action == "Acknowledgment" and envelope.conversation_id == message.conversation, "copied")
    expect(envelope.cpa_id == f"{HER}_990000021" and envelope.from_her == "990000021", "From, To and CPAId")
    expect(not envelope.ref_to_message_id and b"Role>" not in envelope.octets, "no RefToMessageId, no Role")
    block = envelope.block("Acknowledgment")
    expect(block.text_at(EB, "RefToMessageId") == message.id, "RefToMessageId")
    expect(digests(block) == digests_of(message.envelope), "the digests of root and cid are copied")
    expect(len(block.all(DS, "Reference")) == 2, "two references")
    expect('"MSH-versjon"' in envelope.head.text_at(EB, "Description"), "Description")


def digests(block):
    return [(one.get(None, "URI"), one.text_at(DS, "DigestValue")) for one in block.all(DS, "Reference")]


def digests_of(envelope):
    root = xmltree.parse(envelope).root
    return digests(root.elements()[0].first(DS, "Signature", "SignedInfo"))


def _check_apprec(opened, message, msg_id, version):
    envelope, record = opened.envelope, opened.apprec()
    expect(envelope.action == "APPREC" and envelope.service == "S-LOG_INNLAGT", "Service and Action")
    expect(envelope.conversation_id == message.conversation and not envelope.ref_to_message_id, "conversation")
    expect(envelope.block("AckRequested") is not None, "AckRequested")
    namespace = {"1.0": APPREC_10, "1.1": APPREC_11}[version]
    expect(record.ns == namespace, f"AppRec {version}")
    expect(record.text_at(namespace, "OriginalMsgId", "Id") == msg_id, "OriginalMsgId")
    expect(record.text_at(namespace, "OriginalMsgId", "IssueDate") == "2026-01-15T09:30:00", "IssueDate")
    roles = {"1.0": ("SPR", "RECEIVER"), "1.1": ("PRIM", "AVS")}[version]
    for party, role, hers in (("Sender", roles[0], ("990000020", "990000021")),
                              ("Receiver", roles[1], ("990000010", "990000011"))):
        expect(record.first(namespace, party, "Role").get(None, "V") == role, f"{party}/Role")
        inst = record.first(namespace, party, "HCP", "Inst")
        expect((inst.text_at(namespace, "Id"), inst.text_at(namespace, "Dept", "Id")) == hers, f"{party} both levels")
        expect(inst.text_at(namespace, "AdditionalId", "Id").startswith("3100000"), f"{party} all identifiers")


def refusals():
    """Everything that must not be imported, each with its own answer."""
    with Hospital() as hospital:
        signer, stranger = hospital.signer, "stranger-encrypt"
        cases = [
            ("broken", dict(edit=lambda octets: octets.replace(b"LOG_INNLAGT", b"LOG_DOD")), "SecurityFailure"),
            ("sealed", dict(encrypt=stranger), "SecurityFailure"),
            ("wrong party", dict(to=990000091), "ValueNotRecognized"),
        ]
        for count, (name, faults, code) in enumerate(cases, 1):
            message = Message(signer, msghead(new()), **faults)
            expect(hospital.send(message)[0] == 200, name)
            opened = Opened(*hospital.wait(count)[-1])
            error = opened.envelope.block("ErrorList")
            expect(opened.envelope.ref_to_message_id == message.id, f"{name}: RefToMessageId")
            expect(error.get(EB, "highestSeverity") == "Error", f"{name}: Error")
            expect(error.first(EB, "Error").get(EB, "errorCode") == code, f"{name}: {code}")
        for name, octets in (("no HER", b"msh:type='ENH'"), ("DOCTYPE", b"<!DOCTYPE a>")):
            message = Message(signer, msghead(new()))
            old = b"msh:type='HER'" if name == "no HER" else b"<soapenv:Envelope"
            new_octets = octets if name == "no HER" else octets + old
            message.body = message.body.replace(old, new_octets)
            status, body = hospital.send(message)
            expect(status == 500 and b"Fault" in body, f"{name}: SOAP Fault")
        message = Message(signer, msghead(new()))
        message.pairs = [pair for pair in message.pairs if pair[0] != "SOAPAction"]
        expect(hospital.send(message)[0] == 500, "no SOAPAction: SOAP Fault")
        hospital.wait(len(cases))


def warnings():
    """ISO-8859-1 and a missing AckRequested: a warning in place of the acknowledgment, and the AppRec."""
    with Hospital() as hospital:
        for count, faults in ((2, dict(encoding="ISO-8859-1")), (4, dict(ack_requested=False))):
            hospital.send(Message(hospital.signer, msghead(new()), **faults))
            received = [Opened(*one) for one in hospital.wait(count)[-2:]]
            expect(received[0].envelope.block("ErrorList").get(EB, "highestSeverity") == "Warning", f"{faults}")
            expect(received[1].envelope.action == "APPREC", f"{faults}: AppRec")


def duplicates():
    """The same message: the same octets again. The same MsgId: an acknowledgment, no AppRec."""
    with Hospital() as hospital:
        msg_id = new()
        message = Message(hospital.signer, msghead(msg_id))
        hospital.send(message)
        hospital.send(message)
        received = hospital.wait(3)
        signals = [body for headers, body in received if headers.get("content-type").startswith("text/xml")]
        expect(len(signals) == 2 and signals[0] == signals[1], "the same octets twice")
        hospital.send(Message(hospital.signer, msghead(msg_id.upper())))
        expect(Opened(*hospital.wait(4)[-1]).envelope.action == "Acknowledgment", "no second AppRec")


def application_answers():
    """E10, E36, copy recipient, foreign recipient, payload that is no XML."""
    copy = f'<OtherReceiver><RoleReceiver V="COP" DN="Kopimottaker"/>{OURS}</OtherReceiver>'
    unknown = organisation("Nordvik kommune (syntetisk)", MUNICIPALITY, "310000027", "Ukjent tjeneste", 990000029)
    cases = [
        (msghead("not-a-uuid"), [("2", "E10", "PRIM")]), (msghead(new(), patient=""), [("2", "E36", "PRIM")]),
        (msghead(new(), patient=PATIENT.replace("0216", "0217")), [("2", "E36", "PRIM")]),
        (msghead(new(), receiver=FOREIGN, others=copy), [("1", None, "COP")]),
        (msghead(new(), others=copy), [("1", None, "PRIM"), ("1", None, "COP")]),
        (msghead(new(), receiver=FOREIGN), []), (msghead(new(), receiver=unknown), [("2", "E21", "PRIM")]),
        (b"<MsgHead>", []),
    ]
    with Hospital("--unknown-service", "reject", "--chunked", "--root-encoding", "8bit") as hospital:
        count = 0
        for payload, wanted in cases:
            hospital.send(Message(hospital.signer, payload))
            count += 1 + len(wanted)
            received = [Opened(*one) for one in hospital.wait(count, 0.2)[count - len(wanted) - 1:]]
            expect(received[0].envelope.action == "Acknowledgment", "acknowledged")
            found = [_verdict(one.apprec()) for one in received[1:]]
            expect(found == wanted, f"{found}, expected {wanted}")


def _verdict(record):
    error = record.first(record.ns, "Error")
    return (record.first(record.ns, "Status").get(None, "V"), error.get(None, "V") if error is not None else None,
            record.first(record.ns, "Sender", "Role").get(None, "V"))


def signed_from_outside():
    """An envelope whose digests and signature xmlsec1 computed is accepted."""
    if not outside.XMLSEC:
        return outside.skip("xmlsec1 is not here, no message signed from outside")

    def resign(envelope, cid, closed):
        # A block for the next node and a prefix of its own: the XPath transform takes the block out of the digest.
        via = b"<v:Via xmlns:v='urn:via' soapenv:actor='http://schemas.xmlsoap.org/soap/actor/next'>hop</v:Via>"
        envelope = envelope.replace(b"<!--", via + b"<!--")
        emptied = re.sub(rb"(<(DigestValue|SignatureValue)>)[^<]*", rb"\1", envelope)
        return outside.sign_again(emptied, pem("hospital-sign.key"), [(cid, closed)])

    with Hospital() as hospital:
        hospital.send(Message(hospital.signer, msghead(new()), resign=resign))
        expect(Opened(*hospital.wait(2)[0]).envelope.action == "Acknowledgment", "xmlsec1's signature is accepted")


TESTS = [
    ("canonicalisation", canonicalisation),
    ("PLO 1.6, SHA-256", lambda: accepted_message("sha256", "1.6")),
    ("PLO 1.5, SHA-1, BER", lambda: accepted_message("sha1", "1.5")),
    ("refusals", refusals), ("warnings", warnings), ("duplicates", duplicates),
    ("application answers", application_answers), ("signed from outside", signed_from_outside),
    *defecttests.TESTS,
]


def main(chosen):
    failed = 0
    for name, test in TESTS:
        if chosen and not any(word in name for word in chosen):
            continue
        try:
            test()
            print(f"ok      {name}", flush=True)
        except Exception:  # every fault of any test is reported, then the next one runs
            failed += 1
            print(f"FAILED  {name}\n{traceback.format_exc()}", flush=True)
    print(f"{failed} failed" if failed else "all well")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
