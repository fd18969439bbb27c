"""Mail by the standard library: a mailbox that is polled (poplib) and a server that takes mail (smtplib)."""

import poplib
import queue
import smtplib
import threading
import time
from email.utils import formatdate, make_msgid, parseaddr

import mime

TIMEOUT = 20
FAULTS = (OSError, EOFError, poplib.error_proto, smtplib.SMTPException)


class Account:
    """Where both servers are and who we are there."""

    def __init__(self, smtp, pop3, address, user, password, poll):
        self.smtp, self.pop3, self.address = smtp, pop3, address
        self.user, self.password, self.poll = user, password, poll


def written(outgoing, sender, receiver, defects, in_reply_to=None):
    """The mail around an entity, octet for octet."""
    fields = [("From", f"Nordvik kommune <{sender}>"), ("To", receiver), ("Date", formatdate()),
              ("Message-ID", make_msgid(domain="nordvik.test"))]
    if "mail-header-missing" in defects:
        fields = []
    if in_reply_to:
        fields.append(("In-Reply-To", in_reply_to))
    return mime.entity(fields + [("Subject", "ebXML")] + list(outgoing.pairs), outgoing.body)


class MailOutbox:
    """Posts in order from one thread; each mail on a connection of its own, as small systems do."""

    def __init__(self, journal, account, defects):
        self.journal, self.account, self.defects = journal, account, defects
        self.waiting = queue.Queue()
        threading.Thread(target=self._work, daemon=True).start()

    def put(self, outgoing, in_reply_to=None):
        self.waiting.put((outgoing, in_reply_to))

    def _work(self):
        while True:
            outgoing, in_reply_to = self.waiting.get()
            receiver = outgoing.url.removeprefix("mailto:").lstrip("/")
            octets = written(outgoing, self.account.address, receiver, self.defects, in_reply_to)
            for attempt in range(3):
                try:
                    self._post(receiver, octets)
                    self.journal.event("mailed", content=outgoing.what, to=receiver)
                    self.journal.keep(done=outgoing)
                    break
                except FAULTS as fault:
                    self.journal.event("not mailed", content=outgoing.what, attempt=attempt + 1, why=repr(fault))
                    time.sleep(0.2)

    def _post(self, receiver, octets):
        with smtplib.SMTP(*self.account.smtp, timeout=TIMEOUT) as server:
            server.ehlo("nordvik.test")
            server.login(self.account.user, self.account.password)
            server.sendmail(self.account.address, [receiver], octets, ["BODY=8BITMIME"])


class Poller:
    """Fetches, hands on, and deletes what was handed on."""

    def __init__(self, journal, account, receive, outbox):
        self.journal, self.account, self.receive, self.outbox = journal, account, receive, outbox
        self.stopped = threading.Event()

    def serve_forever(self):
        while not self.stopped.is_set():
            try:
                self._visit()
            except FAULTS as fault:
                self.journal.event("mailbox not visited", why=repr(fault))
            self.stopped.wait(self.account.poll)

    def shutdown(self):
        self.stopped.set()

    def _visit(self):
        server = poplib.POP3(*self.account.pop3, timeout=TIMEOUT)
        server.user(self.account.user)
        server.pass_(self.account.password)
        for number in range(1, server.stat()[0] + 1):
            octets = b"".join(line + b"\r\n" for line in server.retr(number)[1])
            self._handle(octets)
            server.dele(number)
        server.quit()

    def _handle(self, octets):
        try:
            mail = mime.parse_entity(octets)
        except mime.MimeFault as fault:
            self.journal.event("mail not read", why=str(fault))
            return
        # Filtered out before anything else and never answered (HITS 1172 4.2.2).
        if mail.content_type.media == "multipart/report":
            self.journal.event("bounce")
            return
        (status, pairs, body), afterwards = self.receive(mail.headers, mail.raw)
        if status == 500:
            self._fault(mail.headers, pairs, body)
        if afterwards:
            afterwards()

    def _fault(self, headers, pairs, body):
        """To Reply-To if it is there, else From, alternatively Sender, naming the Message-ID (HITS 1172 4.2.2.3, 4.2.3.2)."""
        found = [parseaddr(headers.get(name) or "")[1] for name in ("Reply-To", "From", "Sender")]
        receiver = next((address for address in found if "@" in address), None)
        if receiver is None:
            self.journal.event("nobody to tell")
            return
        fields = [("MIME-Version", "1.0"), ("SOAPAction", '"ebXML"'), *pairs]
        self.outbox.put(Note("mailto:" + receiver, fields, body), headers.get("Message-ID"))


class Note:
    """A SOAP Fault on its way."""

    what = "SOAP Fault"

    def __init__(self, url, pairs, body):
        self.url, self.pairs, self.body = url, pairs, body
