"""MIME, octet for octet: headers, parameters, multipart, transfer encodings (RFC 2045, 2046; HITS 1172 5.5.2)."""

import base64
import binascii
import quopri
import re

ENCODINGS = ("8bit", "binary", "quoted-printable", "base64")
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z/:<>@?=-]+")


class MimeFault(Exception):
    """The MIME structure cannot be read."""


class Headers:
    """Header fields; names compare without regard to case, as RFC 5322 says."""

    def __init__(self, pairs):
        self.pairs = list(pairs)

    def get(self, name, default=None):
        for key, value in self.pairs:
            if key.lower() == name.lower():
                return value
        return default


class ContentType:
    def __init__(self, value):
        media, _, rest = value.partition(";")
        self.media = media.strip().lower()
        self.parameters = _parameters(rest)

    def parameter(self, name):
        return self.parameters.get(name.lower())


class Part:
    """One part: `headers`, the `raw` octets as sent and the decoded `content`."""

    def __init__(self, headers, raw):
        self.headers, self.raw = headers, raw

    @property
    def encoding(self):
        value = self.headers.get("Content-Transfer-Encoding")
        return value.strip().lower() if value else None

    @property
    def content_type(self):
        return ContentType(self.headers.get("Content-Type", "text/plain"))

    @property
    def content_id(self):
        value = (self.headers.get("Content-ID") or "").strip()
        return value[1:-1] if value.startswith("<") and value.endswith(">") else value

    @property
    def content(self):
        return decode(self.encoding, self.raw)


def _parameters(text):
    found, place = {}, 0
    pattern = re.compile(r"\s*;?\s*([^\s=;]+)\s*=\s*")
    while True:
        match = pattern.match(text, place)
        if not match:
            return found
        place = match.end()
        if text[place:place + 1] == '"':
            value, place = _quoted(text, place + 1)
        else:
            token = TOKEN.match(text, place)
            if not token:
                return found
            value, place = token.group(), token.end()
        found.setdefault(match.group(1).lower(), value)


def _quoted(text, place):
    value = []
    while place < len(text) and text[place] != '"':
        if text[place] == "\\":
            place += 1
        value.append(text[place:place + 1])
        place += 1
    return "".join(value), place + 1


def decode(encoding, raw):
    """The content behind a transfer encoding; base64 leniently (blanks and line breaks do not count)."""
    if encoding in (None, "7bit", "8bit", "binary"):
        return raw
    if encoding == "quoted-printable":
        return quopri.decodestring(raw)
    if encoding == "base64":
        try:
            return base64.b64decode(b"".join(raw.split()), validate=True)
        except binascii.Error as fault:
            raise MimeFault(f"not base64: {fault}") from fault
    raise MimeFault(f"unknown Content-Transfer-Encoding {encoding}")


def parse_entity(octets):
    """Header fields, an empty line, a body."""
    match = re.search(rb"\r?\n\r?\n", octets)
    if octets[:2] == b"\r\n" or octets[:1] == b"\n":
        return Part(Headers([]), octets[octets.index(b"\n") + 1:])
    if not match:
        raise MimeFault("no empty line after the header fields")
    return Part(Headers(_fields(octets[:match.start()])), octets[match.end():])


def _fields(block):
    text = re.sub(r"\r?\n[ \t]+", " ", block.decode("utf-8", "replace"))
    pairs = []
    for line in re.split(r"\r?\n", text):
        name, colon, value = line.partition(":")
        if colon:
            pairs.append((name.strip(), value.strip()))
        elif line.strip():
            raise MimeFault("a header field without a colon")
    return pairs


def split_multipart(body, boundary):
    """The parts between the delimiters; the line break before a delimiter belongs to the delimiter."""
    delimiter = b"--" + boundary.encode("utf-8")
    lines = re.compile(rb"(?:\A|\r?\n)" + re.escape(delimiter) + rb"(--)?[ \t]*(?=\r?\n|\Z)")
    marks = list(lines.finditer(body))
    if not marks:
        raise MimeFault("the boundary does not occur")
    parts = []
    for mark, following in zip(marks, marks[1:]):
        if mark.group(1):
            break
        content = body[mark.end():following.start() if following.start() > mark.end() else mark.end()]
        content = content[2:] if content[:2] == b"\r\n" else content[1:]
        parts.append(parse_entity(content))
    if not any(mark.group(1) for mark in marks):
        raise MimeFault("the closing delimiter is missing")
    if not parts:
        raise MimeFault("no part between the delimiters")
    return parts


def encode(encoding, octets):
    """The transfer-encoded form with CRLF line ends."""
    if encoding == "base64":
        text = base64.b64encode(octets)
        return b"\r\n".join(text[i:i + 72] for i in range(0, len(text), 72))
    if encoding == "quoted-printable":
        return _quoted_printable(octets)
    return octets


def _quoted_printable(octets):
    """Binary quoted-printable: line breaks of the content are escaped too, so it comes back octet for octet."""
    lines, line = [], ""
    for octet in octets:
        plain = 33 <= octet <= 126 and octet != 61
        one = chr(octet) if plain else f"={octet:02X}"
        if len(line) + len(one) > 75:
            lines.append(line + "=")
            line = ""
        line += one
    return "\r\n".join(lines + [line]).encode("ascii")


def entity(pairs, raw):
    head = "".join(f"{name}: {value}\r\n" for name, value in pairs)
    return head.encode("ascii") + b"\r\n" + raw


def multipart(boundary, entities, preamble=b"", epilogue=b""):
    mark = b"--" + boundary.encode("ascii")
    body = [preamble]
    for one in entities:
        body.append(b"\r\n" + mark + b"\r\n" + one)
    return b"".join(body) + b"\r\n" + mark + b"--\r\n" + epilogue
