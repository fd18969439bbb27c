"""HTTP/1.1 by hand: a threaded server with Content-Length and chunked bodies, a client, and four ways to misbehave."""

import http.client
import queue
import socket
import socketserver
import threading
import time
from urllib.parse import urlsplit

import mime

MAX_HEAD = 64 * 1024
MAX_BODY = 64 * 1024 * 1024
TIMEOUT = 30


class BadRequest(Exception):
    """The request is no HTTP this server understands; `status` is the answer."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


def _line(stream):
    line = stream.readline(MAX_HEAD + 1)
    if len(line) > MAX_HEAD:
        raise BadRequest(431, "line too long")
    return line.rstrip(b"\r\n")


def _exactly(stream, size):
    octets = stream.read(size)
    if len(octets) != size:
        raise BadRequest(400, "body ends early")
    return octets


def _chunked(stream):
    body = b""
    while True:
        try:
            size = int(_line(stream).split(b";")[0].strip(), 16)
        except ValueError as fault:
            raise BadRequest(400, "chunk size is no number") from fault
        if size < 0 or len(body) + size > MAX_BODY:
            raise BadRequest(413, "body too large")
        if size == 0:
            while _line(stream):
                pass
            return body
        body += _exactly(stream, size)
        if _line(stream):
            raise BadRequest(400, "chunk without line break")


class Handler(socketserver.StreamRequestHandler):
    timeout = TIMEOUT

    def handle(self):
        try:
            if self._misbehave():
                return
            while self._one():
                pass
        except (OSError, BadRequest):
            pass

    def _misbehave(self):
        defects = self.server.defects
        if "hang" in defects:
            self.server.journal.event("hanging")
            self.request.settimeout(None)
            while self.request.recv(65536):
                pass
            return True
        if "garbage" in defects:
            self.wfile.write(b"SSH-2.0-OpenSSH_9.6\r\n\x00\x01\x02\xff garbage, not HTTP\r\n")
            return True
        if "close-early" in defects:
            self._head()
            return True
        if "ten-gigabytes" in defects:
            self._flood()
            return True
        return False

    def _flood(self):
        head = self._head()
        if head is None:
            return
        self._body(head[1])
        size = 10 * 1024 ** 3
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % size)
        zeroes, sent = bytes(256 * 1024), 0
        try:
            while sent < size:
                self.wfile.write(zeroes)
                sent += len(zeroes)
        finally:
            self.server.journal.event("flooded", octets=sent)

    def _head(self):
        """Request line and header fields, or None when the connection is closed."""
        first = _line(self.rfile)
        if not first:
            return None
        words = first.split()
        if len(words) != 3 or not words[2].startswith(b"HTTP/1."):
            raise BadRequest(400, "no HTTP request line")
        pairs, size = [], 0
        while True:
            line = _line(self.rfile)
            if not line:
                return words[0].decode("ascii", "replace"), mime.Headers(pairs), words[2]
            size += len(line)
            name, colon, value = line.partition(b":")
            if not colon or size > MAX_HEAD:
                raise BadRequest(431 if colon else 400, "header fields cannot be read")
            pairs.append((name.decode("latin-1"), value.decode("latin-1").strip()))

    def _body(self, headers):
        if (headers.get("Expect") or "").lower() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        if (headers.get("Transfer-Encoding") or "").lower() == "chunked":
            return _chunked(self.rfile)
        length = headers.get("Content-Length") or "0"
        if not length.isdigit():
            raise BadRequest(400, "Content-Length is no number")
        if int(length) > MAX_BODY:
            raise BadRequest(413, "body too large")
        return _exactly(self.rfile, int(length))

    def _one(self):
        try:
            head = self._head()
            if head is None:
                return False
            method, headers, version = head
            body = self._body(headers)
            if method != "POST":
                raise BadRequest(405, "only POST")
            answer, afterwards = self.server.receive(headers, body)
        except BadRequest as fault:
            answer, afterwards = (fault.status, [("Content-Type", "text/plain")], str(fault).encode("ascii")), None
            headers, version = mime.Headers([("Connection", "close")]), b"HTTP/1.1"
        keep = (headers.get("Connection") or "").lower() != "close" and version == b"HTTP/1.1"
        self._answer(*answer, keep)
        if afterwards:
            afterwards()
        return keep

    def _answer(self, status, pairs, body, keep):
        reason = http.client.responses.get(status, "Status")
        lines = [f"HTTP/1.1 {status} {reason}", f"content-length: {len(body)}",
                 f"connection: {'keep-alive' if keep else 'close'}"]
        lines += [f"{name}: {value}" for name, value in pairs]
        self.wfile.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body)


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, address, receive, journal, defects=frozenset()):
        super().__init__(address, Handler)
        self.receive, self.journal, self.defects = receive, journal, defects


class Outgoing:
    """One POST: where, the MIME header fields and the body."""

    def __init__(self, url, pairs, body, what):
        self.url, self.pairs, self.body, self.what = url, pairs, body, what


def post(outgoing, chunked=False):
    """Sends one POST; gives status and body of the answer (at most one megabyte of it)."""
    parts = urlsplit(outgoing.url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=10)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.putrequest("POST", target, skip_accept_encoding=True)
        for name, value in outgoing.pairs:
            connection.putheader(name, value)
        if chunked:
            connection.putheader("transfer-encoding", "chunked")
            connection.endheaders()
            for start in range(0, len(outgoing.body), 1000):
                piece = outgoing.body[start:start + 1000]
                connection.send(b"%x\r\n%s\r\n" % (len(piece), piece))
            connection.send(b"0\r\n\r\n")
        else:
            connection.putheader("content-length", str(len(outgoing.body)))
            connection.endheaders(outgoing.body)
        answer = connection.getresponse()
        return answer.status, answer.read(1024 * 1024)
    finally:
        connection.close()


class Outbox:
    """Sends in order from one thread: the acknowledgment leaves before the AppRec."""

    def __init__(self, journal, chunked=False):
        self.journal, self.chunked = journal, chunked
        self.waiting = queue.Queue()
        threading.Thread(target=self._work, daemon=True).start()

    def put(self, outgoing):
        self.waiting.put(outgoing)

    def _work(self):
        while True:
            outgoing = self.waiting.get()
            for attempt in range(3):
                try:
                    status, body = post(outgoing, self.chunked)
                    self.journal.event("sent", content=outgoing.what, status=status, answer=len(body))
                    self.journal.keep(done=outgoing)
                    break
                except (OSError, http.client.HTTPException, socket.timeout) as fault:
                    why = str(fault) or repr(fault)
                    self.journal.event("not sent", content=outgoing.what, attempt=attempt + 1, why=why)
                    time.sleep(0.5)
