"""A small XML tree that keeps what canonicalisation needs: prefixes and the namespaces in scope.

The parser is expat without namespace processing; prefixes are resolved here. A document type declaration is
refused (no national document asks for one), comments are dropped because C14N without comments drops them.
"""

from xml.parsers import expat

XML_NS = "http://www.w3.org/XML/1998/namespace"
XMLNS_NS = "http://www.w3.org/2000/xmlns/"
MAX_DEPTH = 150
MAX_NODES = 500_000


class NotXml(Exception):
    """The octets are not well-formed XML, or hold what this peer refuses to read."""


class Attribute:
    __slots__ = ("prefix", "local", "ns", "value")

    def __init__(self, prefix, local, ns, value):
        self.prefix, self.local, self.ns, self.value = prefix, local, ns, value

    @property
    def name(self):
        return f"{self.prefix}:{self.local}" if self.prefix else self.local


class Instruction:
    __slots__ = ("target", "data")

    def __init__(self, target, data):
        self.target, self.data = target, data


class Element:
    """`scope` maps prefix to namespace for everything in scope ('' is the default namespace)."""

    __slots__ = ("prefix", "local", "ns", "attributes", "scope", "children", "parent")

    def __init__(self, prefix, local, ns, scope, parent):
        self.prefix, self.local, self.ns, self.scope, self.parent = prefix, local, ns, scope, parent
        self.attributes = []
        self.children = []

    @property
    def name(self):
        return f"{self.prefix}:{self.local}" if self.prefix else self.local

    def is_a(self, ns, local):
        return self.ns == ns and self.local == local

    def get(self, ns, local):
        """The value of an attribute, or None. An attribute without prefix has namespace None."""
        for attribute in self.attributes:
            if attribute.ns == ns and attribute.local == local:
                return attribute.value
        return None

    def elements(self):
        return [child for child in self.children if isinstance(child, Element)]

    def all(self, ns, local):
        return [child for child in self.elements() if child.is_a(ns, local)]

    def first(self, ns, *path):
        """The first element down a path of local names in one namespace, or None."""
        here = self
        for local in path:
            found = here.all(ns, local)
            if not found:
                return None
            here = found[0]
        return here

    def text(self):
        """The character data directly in the element, blanks trimmed."""
        return "".join(child for child in self.children if isinstance(child, str)).strip()

    def text_at(self, ns, *path):
        found = self.first(ns, *path)
        return found.text() if found is not None else ""

    def walk(self):
        stack = [self]
        while stack:
            here = stack.pop()
            yield here
            stack.extend(reversed(here.elements()))


class Document:
    """A parsed document with its prolog facts; `children` are the root and the instructions around it."""

    def __init__(self):
        self.children = []
        self.root = None
        self.declared = False
        self.version = None
        self.encoding = None


class _Builder:
    def __init__(self):
        self.document = Document()
        self.here = None
        self.depth = 0
        self.nodes = 0

    def declaration(self, version, encoding, _standalone):
        # expat also reports an external entity's text declaration, which cannot occur here.
        self.document.declared = True
        self.document.version, self.document.encoding = version, encoding

    def doctype(self, *_ignored):
        raise NotXml("a document type declaration is refused")

    def start(self, name, flat):
        self.depth += 1
        self.nodes += 1 + len(flat) // 2
        if self.depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise NotXml("the document is too deep or too large")
        outer = self.here.scope if self.here is not None else {"xml": XML_NS, "": ""}
        pairs = list(zip(flat[::2], flat[1::2]))
        scope = _with_declarations(outer, pairs)
        prefix, local = _split(name)
        element = Element(prefix, local, _resolve(prefix, scope), scope, self.here)
        element.attributes = _attributes(pairs, scope)
        if self.here is None:
            self.document.root = element
            self.document.children.append(element)
        else:
            self.here.children.append(element)
        self.here = element

    def end(self, _name):
        self.depth -= 1
        self.here = self.here.parent

    def data(self, text):
        if self.here is not None:
            siblings = self.here.children
            if siblings and isinstance(siblings[-1], str):
                siblings[-1] += text
            else:
                siblings.append(text)

    def instruction(self, target, data):
        node = Instruction(target, data)
        (self.here.children if self.here is not None else self.document.children).append(node)


def _split(name):
    prefix, colon, local = name.rpartition(":")
    if colon and (not prefix or not local or ":" in prefix):
        raise NotXml(f"{name} is not a qualified name")
    return prefix, local


def _resolve(prefix, scope):
    if prefix == "":
        return scope.get("", "") or None
    if prefix not in scope:
        raise NotXml(f"the prefix {prefix} is not declared")
    return scope[prefix]


def _with_declarations(outer, pairs):
    declared = {}
    for name, value in pairs:
        if name == "xmlns":
            declared[""] = value
        elif name.startswith("xmlns:"):
            if not value:
                raise NotXml("a prefix cannot be undeclared in Namespaces 1.0")
            declared[name[6:]] = value
    if not declared:
        return outer
    if declared.get("xml", XML_NS) != XML_NS or "xmlns" in declared:
        raise NotXml("the prefixes xml and xmlns cannot be bound anew")
    scope = dict(outer)
    scope.update(declared)
    return scope


def _attributes(pairs, scope):
    found, seen = [], set()
    for name, value in pairs:
        if name == "xmlns" or name.startswith("xmlns:"):
            continue
        prefix, local = _split(name)
        ns = _resolve(prefix, scope) if prefix else None
        if (ns, local) in seen:
            raise NotXml(f"the attribute {name} occurs twice")
        seen.add((ns, local))
        found.append(Attribute(prefix, local, ns, value))
    return found


def parse(octets, charset=None):
    """Reads octets; `charset` (of the MIME header) counts only when the document declares no encoding."""
    document = _parse(octets, None)
    if charset and not (document.encoding or octets.startswith((b"\xfe\xff", b"\xff\xfe"))):
        if charset.lower() not in ("utf-8", "utf8", "us-ascii"):
            document = _parse(octets, charset)
            document.encoding = charset
    return document


def _parse(octets, encoding):
    builder = _Builder()
    parser = expat.ParserCreate(encoding)
    parser.ordered_attributes = True
    parser.buffer_text = True
    parser.XmlDeclHandler = builder.declaration
    parser.StartDoctypeDeclHandler = builder.doctype
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.ProcessingInstructionHandler = builder.instruction
    try:
        parser.Parse(octets, True)
    except (expat.ExpatError, LookupError, UnicodeError, ValueError) as fault:
        raise NotXml(str(fault)) from fault
    return builder.document
