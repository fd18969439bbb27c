"""The peer as a sender: orders come in, messages leave, and what nobody answers is sent again (HITS 1171 8.1, 9.4)."""

import http.server
import json
import threading
import time
import uuid

import application
import compose
import letters

# An order is a small document.
MAX_ORDER = 256 * 1024


class Pending:
    """A message that has no answer yet, with what it was made of."""

    def __init__(self, outgoing, again, interval):
        self.outgoing, self.again, self.sendings = outgoing, again, 0
        self.due = time.monotonic() + interval


class Resender:
    """Keeps the very octets of a message until an Acknowledgment or an ErrorList names it."""

    def __init__(self, journal, outbox, interval, count, defects):
        self.journal, self.outbox, self.interval, self.count, self.defects = journal, outbox, interval, count, defects
        self.pending, self.changed = {}, threading.Condition()
        threading.Thread(target=self._work, daemon=True).start()

    def expect(self, message_id, outgoing, again=None):
        """`again` composes the message anew, for the defect that does so."""
        with self.changed:
            self.pending[message_id] = Pending(outgoing, again, self.interval)
            self.changed.notify()

    def settle(self, message_id, kind):
        with self.changed:
            if self.pending.pop(message_id, None):
                self.journal.event("settled", message=message_id, by=kind)

    def _work(self):
        while True:
            with self.changed:
                due = min((one.due for one in self.pending.values()), default=None)
                self.changed.wait(None if due is None else max(0.0, due - time.monotonic()))
                for message_id in [key for key, one in self.pending.items() if one.due <= time.monotonic()]:
                    self._again(message_id)

    def _again(self, message_id):
        one = self.pending[message_id]
        if one.sendings >= self.count and "retry-for-ever" not in self.defects:
            self.journal.event("given up", message=message_id, sendings=one.sendings)
            del self.pending[message_id]
            return
        one.sendings, one.due = one.sendings + 1, one.due + self.interval
        outgoing = one.outgoing
        if one.again and "retry-with-new-message-id" in self.defects:
            new_id, outgoing = one.again()
            self.pending[new_id] = self.pending.pop(message_id)
        self.journal.event("again", message=message_id, times=one.sendings)
        self.outbox.put(outgoing)


class Sender:
    """Turns an order into a message on its way."""

    def __init__(self, settings, partners, signer, journal, outbox, resender):
        self.settings, self.partners, self.signer = settings, partners, signer
        self.journal, self.outbox, self.resender = journal, outbox, resender
        self.first_msg_id = str(uuid.uuid4())

    def order(self, order):
        """Raises letters.Unknown; gives the MessageId."""
        settings = self.settings
        msg_id = self.first_msg_id if "msgid-reused" in settings.defects else str(uuid.uuid4())
        own = (settings.organisation_her, settings.service_her)
        written = letters.write(order, own, msg_id, settings.defects)
        partner = self.partners.get(order["to"]["service"]["her"])
        if partner is None:
            raise letters.Unknown(f"HER-id {order['to']['service']['her']} has no registered address")
        conversation = str(uuid.uuid4())
        compose_it = lambda: self._compose(written, partner, conversation)
        message_id, outgoing = compose_it()
        self.resender.expect(message_id, outgoing, compose_it)
        self.outbox.put(outgoing)
        return message_id

    def _compose(self, written, partner, conversation):
        us, them, function = str(self.settings.service_her), str(partner.her), written.function
        # The lower HER-id stands first, whoever sends.
        cpa_id = "_".join(sorted((us, them), key=int))
        head = compose.Head(us, them, cpa_id, conversation, f"S-{function}", function)
        head.roles, head.eliminate = (f"{function}sender", f"{function}receiver"), True
        head.description.update(compose.APPLICATION)
        self.journal.sent.add(head.message_id)
        pairs, body = application.package(head, written.octets, written.namespace, written.version, partner,
                                          self.signer, self.settings)
        pairs = pairs[:1] + [("soapaction", '"ebXML"')] + pairs[1:]
        return head.message_id, application.outgoing(partner, pairs, body, f"{function} {head.message_id}")


class OrderHandler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        length = self.headers.get("Content-Length") or ""
        if not length.isdigit() or int(length) > MAX_ORDER:
            self._answer(411, {"refused": "Content-Length is missing or too large"})
            return
        try:
            order = json.loads(self.rfile.read(int(length)))
            self._answer(202, {"message_id": self.server.sender.order(order)})
        except (ValueError, letters.Unknown) as fault:
            self.server.sender.journal.event("order refused", why=str(fault))
            self._answer(422, {"refused": str(fault)})

    def _answer(self, status, document):
        octets = json.dumps(document, ensure_ascii=False).encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)

    def log_message(self, *_ignored):
        pass


def take_orders(address, sender):
    """Listens in a thread of its own."""
    server = http.server.ThreadingHTTPServer(address, OrderHandler)
    server.sender = sender
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
