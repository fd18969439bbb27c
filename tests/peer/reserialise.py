"""Writes an XML document again by another library: other prefixes, attribute order, white space; without signature.

usage: reserialise.py IN OUT plain|prefixes|pretty

`plain` only takes the signature away, so that the two others have something to be compared with.
"""

import sys
import xml.etree.ElementTree as ET
from xml.dom import minidom

DS = "{http://www.w3.org/2000/09/xmldsig#}"
SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"


def main(source, target, how):
    parser = ET.XMLParser(target=ET.TreeBuilder(insert_comments=True))
    root = ET.parse(source, parser).getroot()
    for header in root.iter(SOAP + "Header"):
        for signature in header.findall(DS + "Signature"):
            header.remove(signature)
    declared = open(source, "rb").read(5) == b"<?xml"
    if how == "prefixes":
        for number, uri in enumerate(sorted({name[1:].split("}")[0] for name in names(root)})):
            ET.register_namespace(f"q{number}", uri)
    for element in root.iter():
        if how != "plain" and isinstance(element.tag, str):
            element.attrib = dict(reversed(list(element.attrib.items())))
    text = ET.tostring(root, encoding="unicode")
    if how == "pretty":
        document = minidom.parseString(text.encode())
        blank = [node for node in walk(document) if node.nodeType == node.TEXT_NODE and not node.data.strip()]
        for node in blank:
            node.parentNode.removeChild(node)
        text = document.documentElement.toprettyxml(indent="   ", newl="\r\n")
    declaration = '<?xml version="1.0" encoding="UTF-8"?>\n' if declared else ""
    with open(target, "w", encoding="utf-8", newline="") as out:
        out.write(declaration + text)


def names(root):
    for element in root.iter():
        if isinstance(element.tag, str):
            yield element.tag if element.tag.startswith("{") else "{}" + element.tag
            for attribute in element.attrib:
                if attribute.startswith("{http://www.w3.org/XML/"):
                    continue
                if attribute.startswith("{"):
                    yield attribute


def walk(node):
    for child in list(node.childNodes):
        yield child
        yield from walk(child)


if __name__ == "__main__":
    main(*sys.argv[1:])
