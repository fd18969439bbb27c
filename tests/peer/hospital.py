"""The other side for the self test: a hospital built from the peer's own pieces, with faults on demand."""

import os
import subprocess
import sys
import threading
import time
import uuid

import cms
import compose
import mime
import openssl
from httpd import Outgoing, Server, post
from journal import Journal
from names import SIGNAL_SERVICE

HERE = os.path.dirname(os.path.abspath(__file__))
PKI = os.path.join(HERE, "..", "..", "fixtures", "pki", "demo")
HER, ORGANISATION, MUNICIPALITY, SERVICE = 990000011, 990000010, 990000020, 990000021
PLO = "http://www.kith.no/xmlstds/po/Pasientlogistikk/"
HER_TYPE = '<TypeId V="HER" S="2.16.578.1.12.4.1.1.9051" DN="HER-id"/>'
ENH_TYPE = '<TypeId V="ENH" S="2.16.578.1.12.4.1.1.9051" DN="Organisasjonsnummeret i Enhetsregister"/>'


def pem(name):
    return os.path.join(PKI, name + ".pem")


def organisation(name, her, number, service, service_her):
    return (f"<Organisation><OrganisationName>{name}</OrganisationName><Ident><Id>{number}</Id>{ENH_TYPE}</Ident>"
            f"<Ident><Id>{her}</Id>{HER_TYPE}</Ident><Organisation><OrganisationName>{service}</OrganisationName>"
            f"<Ident><Id>{service_her}</Id>{HER_TYPE}</Ident></Organisation></Organisation>")


OURS = organisation("Nordvik kommune (syntetisk)", MUNICIPALITY, "310000027", "Pleie- og omsorgstjeneste", SERVICE)
SENDER = organisation("Fjordbyen sykehus HF (syntetisk)", ORGANISATION, "310000019", "Medisinsk avdeling", HER)
FOREIGN = organisation("Utvik kommune (syntetisk)", 990000090, "310000094", "Pleie- og omsorgstjeneste", 990000091)
PATIENT = ('<Patient><FamilyName>Danser</FamilyName><GivenName>Line</GivenName><Ident><Id>13116900216</Id>'
           '<TypeId V="FNR" S="2.16.578.1.12.4.1.1.8116" DN="Fødselsnummer"/></Ident></Patient>')


def msghead(msg_id, version="1.6", receiver=OURS, others="", patient=PATIENT, gen_date="2026-01-15T09:30:00"):
    """A Hodemelding with a bare Pasientlogistikk inside; only what a receiver looks at to answer."""
    date = {"1.6": "2012-04-01", "1.5": "2009-06-30"}[version]
    return ('<?xml version="1.0" encoding="UTF-8"?><MsgHead xmlns="http://www.kith.no/xmlstds/msghead/2006-05-24">'
            '<MsgInfo><Type V="LOG_INNLAGT" DN="Melding om innlagt pasient"/><MIGversion>v1.2 2006-05-24</MIGversion>'
            f"<GenDate>{gen_date}</GenDate><MsgId>{msg_id}</MsgId><Sender>{SENDER}</Sender>"
            f"<Receiver>{receiver}</Receiver>{others}{patient}</MsgInfo>"
            '<Document><RefDoc><MsgType V="XML" DN="XML-instans"/><Content>'
            f'<Pasientlogistikk xmlns="{PLO}{date}"/></Content></RefDoc></Document></MsgHead>').encode("utf-8")


class Message:
    """A payload message ready to be posted; the faults are keyword arguments."""

    def __init__(self, signer, payload, encrypt="municipality-encrypt", ack_requested=True, to=SERVICE, edit=None,
                 encoding=None, message_id=None, ber=False, resign=None):
        head = compose.Head(str(HER), str(to), f"{HER}_{to}", str(uuid.uuid4()), "S-LOG_INNLAGT", "LOG_INNLAGT")
        head.roles, head.eliminate = ("LOG_INNLAGTsender", "LOG_INNLAGTreceiver"), True
        head.message_id = message_id or head.message_id
        self.id, self.conversation = head.message_id, head.conversation_id
        inner = mime.entity([("Content-Type", "application/xml"), ("Content-Transfer-Encoding", "8bit")], payload)
        closed = cms.encrypt(inner, pem(encrypt), ber)
        self.cid = f"{uuid.uuid4()}@fjordbyen.test"
        blocks = [compose.ack_requested_block()] if ack_requested else []
        envelope = compose.envelope(head, blocks, compose.manifest(self.cid, PLO + "2012-04-01", "1.6"), signer,
                                    [(self.cid, closed)])
        if encoding:
            text = envelope.decode("utf-8").replace("encoding='UTF-8'", f"encoding='{encoding}'")
            envelope = text.encode(encoding)
        if resign:
            envelope = resign(envelope, self.cid, closed)
        if edit:
            envelope = edit(envelope)
        self.envelope, self.closed = envelope, closed
        parts = [mime.entity([("Content-Type", 'text/xml; charset="UTF-8"'), ("Content-Transfer-Encoding", "8bit")],
                             envelope),
                 mime.entity([("Content-ID", f"<{self.cid}>"), ("Content-Transfer-Encoding", "base64"),
                              ("Content-Type", "application/pkcs7-mime; smime-type=enveloped-data")],
                             mime.encode("base64", closed))]
        self.body = mime.multipart("----=_Part_17022", parts)
        self.pairs = [("MIME-Version", "1.0"), ("SOAPAction", '"ebXML"'),
                      ("Content-Type", 'multipart/related; type="text/xml"; boundary="----=_Part_17022"')]


class Receipt:
    """The hospital's acknowledgment of a message the peer sent."""

    def __init__(self, signer, envelope):
        head = compose.Head(str(HER), envelope.from_her, envelope.cpa_id, envelope.conversation_id, SIGNAL_SERVICE,
                            "Acknowledgment")
        copies = [compose.reference_copy(one) for one in envelope.signed_references]
        block = compose.acknowledgment_block(envelope.message_id, compose.now(), copies)
        self.body = compose.envelope(head, [block], None, signer)
        self.pairs = [("MIME-Version", "1.0"), ("SOAPAction", '"ebXML"'),
                      ("Content-Type", "text/xml; charset=UTF-8")]


class Hospital:
    """Listens for what the peer sends and starts the peer itself as a process of its own."""

    def __init__(self, *flags, algorithms="sha256"):
        self.received, self.algorithms = [], algorithms
        self.arrived = threading.Condition()
        self.signer = compose.Signer(pem("hospital-sign.key"), openssl.Certificate(pem("hospital-sign")), algorithms)
        self.server = Server(("127.0.0.1", 0), self._receive, _Silent(), frozenset())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        url = "http://127.0.0.1:%d/ebxml" % self.server.server_address[1]
        command = [sys.executable, os.path.join(HERE, "peer.py"), "--listen", "127.0.0.1:0", "--partner",
                   f"{HER}={url}:{pem('hospital-sign')}:{pem('hospital-encrypt')}", "--sign-key",
                   pem("municipality-sign.key"), "--sign-cert", pem("municipality-sign"), "--encrypt-key",
                   pem("municipality-encrypt.key"), "--encrypt-cert", pem("municipality-encrypt"),
                   "--organisation-her", str(MUNICIPALITY), "--service-her", str(SERVICE),
                   "--algorithms", algorithms, *flags]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.lines = []
        ready = self.process.stdout.readline()
        if not ready.startswith("peer: listening on "):
            raise AssertionError(f"the peer did not start: {ready}")
        self.url = "http://" + ready.split()[-1] + "/"
        threading.Thread(target=lambda: self.lines.extend(self.process.stdout), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_ignored):
        self.process.terminate()
        self.process.wait(10)
        self.server.shutdown()
        self.server.server_close()

    def _receive(self, headers, body):
        with self.arrived:
            self.received.append((headers, body))
            self.arrived.notify_all()
        return (200, [], b""), None

    def send(self, message, chunked=False):
        return post(Outgoing(self.url, message.pairs, message.body, ""), chunked)

    def wait(self, count, quiet=0.6):
        """Waits for `count` messages in all, then a little longer so that one too many is seen."""
        with self.arrived:
            self.arrived.wait_for(lambda: len(self.received) >= count, timeout=10)
        time.sleep(quiet)
        if len(self.received) != count:
            raise AssertionError(f"{len(self.received)} messages came, expected {count}: {''.join(self.lines[-6:])}")
        return self.received


class _Silent(Journal):
    def event(self, what, **facts):
        pass
