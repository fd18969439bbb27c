"""The message handler: from a POST to the answers, in the order of HITS 1172 figure 4."""

import threading
import traceback

import application
import compose
import ebxml
import rules
import turned
from httpd import Outgoing
from journal import Receipt, fingerprint
from names import APPREC_10, APPREC_11, EB, SIGNAL_SERVICE
from rules import Finding

FAULT_HEADERS = [("content-type", "text/xml; charset=UTF-8")]


class Partner:
    def __init__(self, her, url, sign, encrypt):
        self.her, self.url, self.sign, self.encrypt = her, url, sign, encrypt


class MessageHandler:
    def __init__(self, settings, partners, signer, journal, outbox):
        self.settings, self.partners, self.signer = settings, partners, signer
        self.journal, self.outbox = journal, outbox
        self.lock = threading.Lock()
        # The registers, if they are asked; see directory.py.
        self.directory = None
        # Who sends again what has no answer, if the peer sends; see sender.py.
        self.resender = None

    def defect(self, name):
        return name in self.settings.defects

    def receive(self, headers, body):
        """Gives the HTTP answer (status, header fields, body) and what is to happen after it has been written."""
        outgoing = []
        try:
            with self.lock:
                self._process(ebxml.read(headers, body), outgoing)
                self.journal.keep(outgoing)
        except ebxml.Unreadable as fault:
            self.journal.event("fault", why=str(fault))
            return (500, FAULT_HEADERS, compose.fault(str(fault), fault.code)), None
        except Exception as fault:  # a fault of the peer itself must show, not look like silence
            self.journal.event("peer broken", why=repr(fault))
            traceback.print_exc()
            return (500, FAULT_HEADERS, compose.fault("internal fault", "Server")), None
        return (200, [], b""), lambda: [self.outbox.put(one) for one in outgoing]

    def _process(self, envelope, outgoing):
        if ebxml.is_fault(envelope):
            self.journal.event("soap fault received")
            return
        rules.check_soap(envelope)
        partner = self.partners.get(int(envelope.from_her))
        if partner is None:
            raise ebxml.Unreadable(f"HER-id {envelope.from_her} has no registered address")
        doubts = []
        if self.directory is not None:
            partner, doubts = self.directory.look_up(partner)
        earlier = None if envelope.is_signal else self.journal.receipts.get(envelope.message_id)
        if earlier and earlier.fingerprint == fingerprint(envelope):
            self._repeat(envelope, earlier, outgoing)
            return
        findings = rules.check_header(envelope, self.settings.our_hers)
        findings += rules.check_signature(envelope, partner.sign) + doubts
        if envelope.is_signal:
            self._signal(envelope, partner, findings, outgoing)
            return
        if earlier and earlier.accepted and not _refused(findings):
            # A false repeat: another message under a known id. Ordinary duplicate elimination trusts the id.
            self.journal.event("false repeat", message=envelope.message_id)
            self._repeat(envelope, earlier, outgoing)
            return
        self._payload(envelope, partner, findings, outgoing, earlier)

    def _repeat(self, envelope, earlier, outgoing):
        self.journal.event("duplicate", message=envelope.message_id)
        if earlier.signal and not self.defect("ack-not-repeated"):
            outgoing.append(earlier.signal)

    def _signal(self, envelope, partner, findings, outgoing):
        """Never answered (HIS 1037 9.1)."""
        acknowledgment = envelope.block("Acknowledgment")
        if acknowledgment is None:
            refers, kind = envelope.ref_to_message_id, "error received"
        else:
            refers, kind = acknowledgment.text_at(EB, "RefToMessageId"), "acknowledgment received"
        faults = "; ".join(finding.text for finding in findings) or "none"
        self.journal.event(kind, refers=refers, known=refers in self.journal.sent, findings=faults)
        # Whatever it says, it is an answer, if it is one that can be trusted.
        if self.resender and not _refused(findings):
            self.resender.settle(refers, kind)
        if self.defect("error-for-acknowledgment") and acknowledgment is not None:
            wrong = rules.error("NotSupported", ".//eb:Acknowledgment", "an error for an acknowledgment, on purpose")
            outgoing.append(self._errors(envelope, partner, [wrong]))

    def _payload(self, envelope, partner, findings, outgoing, earlier):
        if envelope.service == SIGNAL_SERVICE:
            findings.append(rules.error("NotSupported", ".//eb:Action", f"{envelope.action} is not supported"))
        else:
            findings += rules.check_payload(envelope)
        ignored = _refused(findings) and self.defect("ack-despite-broken-signature")
        if ignored:
            findings = [Finding("Remark", None, None, finding.text) for finding in findings]
        clear = None
        if not _refused(findings):
            clear, trouble = application.open_payload(envelope, self.settings)
            findings += [] if ignored else trouble
        for finding in findings:
            self.journal.event(finding.severity.lower(), message=envelope.message_id, text=finding.text)
        signal, accepted = self._answer(envelope, partner, findings), not _refused(findings)
        self.journal.event("payload", message=envelope.message_id, action=envelope.action,
                           verdict="accepted" if accepted else "refused")
        if not (earlier and earlier.accepted):
            self.journal.receipts[envelope.message_id] = Receipt(fingerprint(envelope), signal, accepted)
        if signal:
            outgoing.append(signal)
        if accepted and clear is not None and envelope.action != "APPREC" and not self.defect("no-receipt-at-all"):
            for octets, version in application.receipts(clear, envelope, self.settings, self.journal):
                outgoing.append(self._apprec(envelope, partner, octets, version))
        if accepted and clear is not None and envelope.action == "APPREC" and self.defect("apprec-for-apprec"):
            outgoing.append(self._apprec(envelope, partner, *turned.receipt(clear)))

    def _answer(self, envelope, partner, findings):
        """Exactly one signal: acknowledgment, or warnings in its place, or errors (HITS 1172 4.2.2)."""
        if self.defect("no-receipt-at-all"):
            return None
        told = [finding for finding in findings if finding.severity != "Remark"]
        return self._errors(envelope, partner, told) if told else self._acknowledgment(envelope, partner)

    def _head(self, envelope, service, action):
        return compose.Head(envelope.to_her, envelope.from_her, envelope.cpa_id, envelope.conversation_id,
                            service, action)

    def _acknowledgment(self, envelope, partner):
        head = self._head(envelope, SIGNAL_SERVICE, "Acknowledgment")
        head.eliminate = self.defect("ack-with-duplicate-elimination")
        if self.defect("ack-refto-in-messagedata"):
            head.refers = envelope.message_id
        refers = envelope.conversation_id if self.defect("ack-refers-conversation") else envelope.message_id
        references = [reference for reference in envelope.signed_references
                      if not (self.defect("ack-without-cid") and reference.get(None, "URI"))]
        copies = [compose.reference_copy(one, self.defect("ack-bad-digest-copy")) for one in references]
        block = compose.acknowledgment_block(refers, compose.now(envelope.timestamp), copies)
        octets = compose.envelope(head, [block], None, self.signer, signed=not self.defect("ack-unsigned"))
        return self._single(partner, octets, f"acknowledgment of {envelope.message_id}")

    def _errors(self, envelope, partner, findings):
        head = self._head(envelope, SIGNAL_SERVICE, "MessageError")
        head.refers = envelope.message_id
        octets = compose.envelope(head, [compose.error_block(findings)], None, self.signer)
        worst = "error" if _refused(findings) else "warning"
        return self._single(partner, octets, f"{worst} about {envelope.message_id}")

    def _soap_action(self):
        return [] if self.defect("soapaction-missing") else [("soapaction", '"ebXML"')]

    def _single(self, partner, octets, what):
        pairs = [("mime-version", "1.0"), *self._soap_action(), ("content-type", "text/xml; charset=UTF-8"),
                 ("content-transfer-encoding", "8bit")]
        return Outgoing(partner.url, pairs, octets, what)

    def _apprec(self, envelope, partner, octets, version):
        head = self._head(envelope, envelope.service, "APPREC")
        function = envelope.service[2:]
        head.roles, head.eliminate = (f"{function}receiver", f"{function}sender"), True
        head.description.update(compose.APPLICATION)
        self.journal.sent.add(head.message_id)
        namespace = {"1.0": APPREC_10, "1.1": APPREC_11}[version]
        pairs, body = application.package(head, octets, namespace, version, partner, self.signer, self.settings)
        receipt = Outgoing(partner.url, pairs[:1] + self._soap_action() + pairs[1:], body,
                           f"AppRec {version} for {envelope.message_id}")
        if self.resender:
            self.resender.expect(head.message_id, receipt)
        return receipt


def _refused(findings):
    return any(finding.severity == "Error" for finding in findings)
