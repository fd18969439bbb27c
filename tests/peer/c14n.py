"""Canonical XML 1.0, inclusive, without comments (http://www.w3.org/TR/2001/REC-xml-c14n-20010315).

Works on xmltree. `leave_out` is a set of elements whose whole subtree is outside the node-set; that is all the
enveloped-signature and the ebMS XPath transform ever take away.
"""

from xmltree import XML_NS, Element

ALGORITHM = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"


def document(doc, leave_out=frozenset()):
    """The canonical octets of a whole document."""
    out, before_root = [], True
    for node in doc.children:
        if isinstance(node, Element):
            _element(node, {}, leave_out, out, ())
            before_root = False
        elif before_root:
            out.append(_instruction(node) + "\n")
        else:
            out.append("\n" + _instruction(node))
    return "".join(out).encode("utf-8")


def subtree(element):
    """The canonical octets of one element with its content; it inherits namespaces and xml: attributes."""
    out, inherited, seen = [], [], {(a.ns, a.local) for a in element.attributes}
    above = element.parent
    while above is not None:
        for attribute in above.attributes:
            if attribute.ns == XML_NS and (attribute.ns, attribute.local) not in seen:
                seen.add((attribute.ns, attribute.local))
                inherited.append(attribute)
        above = above.parent
    _element(element, {}, frozenset(), out, inherited)
    return "".join(out).encode("utf-8")


def _element(element, rendered, leave_out, out, inherited):
    if element in leave_out:
        return
    out.append("<" + element.name)
    declared = _namespaces(element.scope, rendered)
    for prefix, uri in declared:
        name = f"xmlns:{prefix}" if prefix else "xmlns"
        out.append(f' {name}="{_attribute_value(uri)}"')
    attributes = list(element.attributes) + list(inherited)
    attributes.sort(key=lambda attribute: (attribute.ns or "", attribute.local))
    for attribute in attributes:
        out.append(f' {attribute.name}="{_attribute_value(attribute.value)}"')
    out.append(">")
    if declared:
        rendered = dict(rendered)
        rendered.update(declared)
    for child in element.children:
        if isinstance(child, str):
            out.append(_text(child))
        elif isinstance(child, Element):
            _element(child, rendered, leave_out, out, ())
        else:
            out.append(_instruction(child))
    out.append(f"</{element.name}>")


def _namespaces(scope, rendered):
    """The namespace nodes that the nearest output ancestor has not got already, in order of prefix."""
    wanted = []
    for prefix, uri in scope.items():
        if prefix == "xml":
            continue
        if rendered.get(prefix, "" if prefix == "" else None) != uri:
            wanted.append((prefix, uri))
    wanted.sort()
    return wanted


def _text(value):
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return value.replace("\r", "&#xD;")


def _attribute_value(value):
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return value.replace("\t", "&#x9;").replace("\n", "&#xA;").replace("\r", "&#xD;")


def _instruction(node):
    return f"<?{node.target} {node.data}?>" if node.data else f"<?{node.target}?>"
