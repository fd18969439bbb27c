#!/usr/bin/env python3
"""A municipality that exchanges PLO messages over HTTP or mail: the foreign peer. See README.md."""

import argparse
import signal
import sys
import threading

import compose
import openssl
from directory import Directory
from handler import MessageHandler, Partner
from httpd import Outbox, Server
from journal import Journal, complain
from mailer import Account, MailOutbox, Poller
from sender import Resender, Sender, take_orders

DEFECTS = {
    "ack-not-repeated": "a repeated message gets no signal",
    "ack-refers-conversation": "Acknowledgment/RefToMessageId holds the ConversationId",
    "ack-without-cid": "the cid reference is not copied into the acknowledgment",
    "ack-unsigned": "acknowledgments have no signature",
    "ack-with-duplicate-elimination": "acknowledgments have eb:DuplicateElimination",
    "ack-despite-broken-signature": "a message refused for any reason is acknowledged and imported all the same",
    "ack-refto-in-messagedata": "acknowledgments fill MessageData/RefToMessageId",
    "ack-bad-digest-copy": "digest values are altered in the copied references",
    "apprec-refers-ebxml-id": "OriginalMsgId/Id holds the eb:MessageId",
    "apprec-twice-for-copied-msgid": "the same MsgId in a new envelope gets a second AppRec",
    "apprec-wrong-version": "AppRec 1.0 where 1.1 is due, and the other way round",
    "apprec-not-mirrored": "sender and receiver of the message stay where they were in the AppRec",
    "soapaction-missing": "nothing sent has SOAPAction",
    "error-for-acknowledgment": "an acknowledgment is answered with an ErrorList",
    "mail-header-missing": "mails have neither From, To, Date nor Message-ID",
    "type-differs": "MsgInfo/Type of what it sends names another message than the body is",
    "gendate-without-time": "GenDate of what it sends is a date",
    "empty-elements": "what it sends has elements without content",
    "msgid-reused": "every message it sends has the same MsgId",
    "cs-without-dn": "a code of type CS has no DN",
    "level-two-missing": "the receiver is addressed on one level only",
    "retry-with-new-message-id": "what is sent again gets a new envelope with a new MessageId",
    "retry-for-ever": "what is not acknowledged is sent again without end",
    "apprec-for-apprec": "an AppRec is answered with an AppRec",
    "payload-unencrypted": "payloads are sent in the clear",
    "no-receipt-at-all": "200 and nothing more",
    "hang": "the connection is accepted and never answered",
    "garbage": "octets of another protocol are answered",
    "close-early": "the connection is closed after the header fields",
    "ten-gigabytes": "200 with ten gigabytes of zeroes",
}


class Settings:
    """What the handler and the application need to know."""

    def __init__(self, options):
        self.organisation_her, self.service_her = options.organisation_her, options.service_her
        self.our_hers = {options.organisation_her, options.service_her}
        self.encrypt_cert, self.encrypt_key = options.encrypt_cert, options.encrypt_key
        self.defects = frozenset(options.defect)
        self.ber, self.unknown_service = options.ber, options.unknown_service
        self.inner_encoding, self.root_encoding = options.inner_encoding, options.root_encoding


def partner(text):
    """HER=URL:sign.pem:encrypt.pem"""
    her, equals, rest = text.partition("=")
    pieces = rest.rsplit(":", 2)
    if not equals or not her.isdigit() or len(pieces) != 3:
        raise argparse.ArgumentTypeError(f"{text} is not HER=URL:sign.pem:encrypt.pem")
    try:
        certificates = [openssl.Certificate(path) for path in pieces[1:]]
    except (OSError, openssl.OpensslFailed) as fault:
        raise argparse.ArgumentTypeError(str(fault)) from fault
    return Partner(int(her), pieces[0], *certificates)


def address(text):
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit():
        raise argparse.ArgumentTypeError(f"{text} is not HOST:PORT")
    return host or "127.0.0.1", int(port)


def options_from(arguments):
    parser = argparse.ArgumentParser(prog="peer.py", description=__doc__)
    parser.add_argument("--listen", type=address, help="HOST:PORT for HTTP; port 0 takes a free one")
    parser.add_argument("--smtp", type=address, help="HOST:PORT; with --pop3 everything goes by mail instead")
    parser.add_argument("--pop3", type=address, help="HOST:PORT of the mailbox")
    parser.add_argument("--address", default="municipality@edi.test", help="our mail address, and the user")
    parser.add_argument("--password", default="hemmelig", help="for the mailbox and the mail server")
    parser.add_argument("--poll", type=float, default=0.1, help="seconds between two looks into the mailbox")
    parser.add_argument("--partner", type=partner, nargs="+", action="extend", required=True,
                        metavar="HER=URL:SIGN.pem:ENCRYPT.pem")
    for name in ("sign-key", "sign-cert", "encrypt-key", "encrypt-cert"):
        parser.add_argument(f"--{name}", required=True, metavar="PEM")
    parser.add_argument("--orders", type=address, metavar="HOST:PORT", help="takes orders to send, as JSON")
    parser.add_argument("--retry-interval", type=float, default=43200, help="seconds; 12 hours unless said otherwise")
    parser.add_argument("--retry-count", type=int, default=5, help="sendings after the first")
    parser.add_argument("--organisation-her", type=int, default=990000020)
    parser.add_argument("--service-her", type=int, default=990000021)
    parser.add_argument("--algorithms", choices=("sha256", "sha1"), default="sha256", help="what is signed with")
    parser.add_argument("--defect", nargs="+", action="extend", default=[], choices=sorted(DEFECTS), metavar="ID",
                        help="one or more of: " + ", ".join(sorted(DEFECTS)))
    parser.add_argument("--ready-file", help="written with HOST:PORT when the peer listens")
    parser.add_argument("--journal", help="a file for the events, one JSON object a line")
    parser.add_argument("--state", help="a file for what has to survive a restart; without it all is forgotten")
    parser.add_argument("--ber", action="store_true", help="encrypt with indefinite lengths (BER)")
    parser.add_argument("--chunked", action="store_true", help="send with Transfer-Encoding chunked")
    parser.add_argument("--unknown-service", choices=("accept", "reject"), default="accept",
                        help="our organisation, a service we do not know: AppRec 1 or 2 E21")
    parser.add_argument("--inner-encoding", choices=("base64", "quoted-printable", "8bit", "binary"), default="base64")
    parser.add_argument("--root-encoding", choices=("base64", "quoted-printable", "8bit", "binary"), default="base64")
    parser.add_argument("--register", metavar="URL", help="an address register that is asked about every message")
    parser.add_argument("--register-roots", metavar="PEM", help="root and issuing CA of the certificates in it")
    parser.add_argument("--register-login", metavar="USER:PASSWORD", help="shown when the register asks for it")
    options = parser.parse_args(arguments)
    if not options.listen and not (options.smtp and options.pop3):
        parser.error("--listen, or --smtp and --pop3, is needed")
    return options


def sending(options, handler):
    """Lets the peer send, when it takes orders."""
    if not options.orders:
        return
    parts = (handler.settings, handler.partners, handler.signer, handler.journal, handler.outbox)
    handler.resender = Resender(handler.journal, handler.outbox, options.retry_interval, options.retry_count,
                                handler.settings.defects)
    take_orders(options.orders, Sender(*parts, handler.resender))


def by_mail(options, settings, partners, signer, journal):
    account = Account(options.smtp, options.pop3, options.address, options.address, options.password, options.poll)
    outbox = MailOutbox(journal, account, settings.defects)
    handler = MessageHandler(settings, partners, signer, journal, outbox)
    sending(options, handler)
    poller = Poller(journal, account, handler.receive, outbox)
    stop = lambda *_ignored: poller.shutdown()
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    for unsent in list(journal.unsent):
        outbox.put(unsent)
    print("peer: polling %s:%d" % options.pop3, flush=True)
    if options.ready_file:
        with open(options.ready_file, "w", encoding="ascii") as handle:
            handle.write("%s:%d\n" % options.pop3)
    poller.serve_forever()
    return 0


def main(arguments):
    options = options_from(arguments)
    journal = Journal(options.journal, options.state)
    try:
        signer = compose.Signer(options.sign_key, openssl.Certificate(options.sign_cert), options.algorithms)
        openssl.sign(options.algorithms, options.sign_key, b"can this key sign?")
        openssl.Certificate(options.encrypt_cert)
    except (OSError, openssl.OpensslFailed) as fault:
        complain(str(fault))
        return 2
    partners = {one.her: one for one in options.partner}
    settings = Settings(options)
    if options.smtp:
        return by_mail(options, settings, partners, signer, journal)
    outbox = Outbox(journal, options.chunked)
    handler = MessageHandler(settings, partners, signer, journal, outbox)
    if options.register:
        user, _, password = (options.register_login or "").partition(":")
        handler.directory = Directory(options.register, options.register_roots, journal, user or None, password)
    sending(options, handler)
    with Server(options.listen, handler.receive, journal, settings.defects) as server:
        place = "%s:%d" % server.server_address[:2]
        # shutdown() waits for serve_forever(), which runs in this thread: it needs another one.
        stop = lambda *_ignored: threading.Thread(target=server.shutdown).start()
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        print(f"peer: listening on {place}", flush=True)
        if options.ready_file:
            with open(options.ready_file, "w", encoding="ascii") as handle:
                handle.write(place + "\n")
        for unsent in list(journal.unsent):
            outbox.put(unsent)
        server.serve_forever(poll_interval=0.1)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
