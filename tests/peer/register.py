"""Asks an address register over SOAP, with the standard library alone.

    python3 register.py --url URL --call GetCommunicationPartyDetails --herId 990000011 [--soap 1.2] [--user U --password P]
                        [--trust CA.pem] [--save DIR]

Prints JSON: status, content type, and the answer as nested lists. With --save the answer's body and the schemas of the
service's description are written into a folder, for a validator.
"""

import argparse
import base64
import json
import os
import ssl
import sys
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET

PARTY = "http://register.nhn.no/CommunicationParty"
DETAILS = "http://register.nhn.no/CertificateDetails"
SOAP = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}
WSA = "http://www.w3.org/2005/08/addressing"
XSD = "http://www.w3.org/2001/XMLSchema"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"


class Refused(Exception):
    """The register answered with something else than a result."""

    def __init__(self, status, body, challenge=None):
        super().__init__("HTTP %d" % status)
        self.status, self.body, self.challenge = status, body, challenge


def _open(request, trust, timeout=20):
    context = ssl.create_default_context(cafile=trust) if trust else None
    try:
        with urllib.request.urlopen(request, timeout=timeout, context=context) as answer:
            return answer.status, answer.headers.get("Content-Type"), answer.read()
    except urllib.error.HTTPError as error:
        raise Refused(error.code, error.read(), error.headers.get("WWW-Authenticate"))


def ask(url, call, arguments, soap="1.1", user=None, password=None, trust=None, namespace=PARTY):
    """The status, content type and envelope of the answer. Credentials are shown only when they are asked for."""
    ns = SOAP[soap]
    action = PARTY + "/ICommunicationPartyService/" + call
    header = ""
    if soap == "1.2":
        header = (
            '<s:Header><a:Action s:mustUnderstand="1" xmlns:a="%s">%s</a:Action>'
            '<a:MessageID xmlns:a="%s">urn:uuid:0</a:MessageID></s:Header>' % (WSA, action, WSA)
        )
    inner = "".join("<%s>%s</%s>" % (name, value, name) for name, value in arguments)
    body = '<s:Envelope xmlns:s="%s">%s<s:Body><%s xmlns="%s">%s</%s></s:Body></s:Envelope>' % (
        ns, header, call, namespace, inner, call)
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"%s"' % action}
    if soap == "1.2":
        headers = {"Content-Type": 'application/soap+xml; charset=utf-8; action="%s"' % action}
    request = urllib.request.Request(url, body.encode("utf-8"), headers)
    try:
        return _open(request, trust)
    except Refused as refused:
        if refused.status != 401 or user is None or not (refused.challenge or "").startswith("Basic "):
            raise
    token = base64.b64encode(("%s:%s" % (user, password)).encode("utf-8")).decode("ascii")
    request.add_header("Authorization", "Basic " + token)
    return _open(request, trust)


def result(envelope, call):
    """The result element of an answer."""
    found = ET.fromstring(envelope).find(".//{%s}%sResult" % (PARTY, call))
    if found is None:
        raise ValueError("the answer has no %sResult" % call)
    return found


def certificate(url, her, use, **how):
    """The certificate of a party in DER: `use` is Encryption or ValidatingSignature. Empty when the register has none."""
    call = "GetCertificateDetailsFor" + use
    _, _, envelope = ask(url, call, [("herId", her)], **how)
    text = result(envelope, call).findtext("{%s}Certificate" % DETAILS) or ""
    return base64.b64decode(text)


def _tree(element):
    children = [_tree(child) for child in element]
    text = None if element.get(NIL) == "true" else (element.text or "").strip()
    return [element.tag.split("}")[-1], children if children else text]


def _save(folder, url, trust, envelope):
    # ElementTree forgets prefixes, and types are named by them: the text is cut, not the tree.
    body = envelope.decode("utf-8").split("<s:Body>")[1].split("</s:Body>")[0]
    with open(os.path.join(folder, "answer.xml"), "w", encoding="utf-8") as file:
        file.write(body)
    _, _, wsdl = _open(urllib.request.Request(url + "?singleWsdl"), trust)
    text = wsdl.decode("utf-8")
    start = text[text.index("<wsdl:definitions"):text.index(">", text.index("<wsdl:definitions"))]
    prefixes = " ".join(part for part in start.split() if part.startswith("xmlns:") and "wsdl" not in part)
    files = {}
    for number, piece in enumerate(text.split("<xs:schema ")[1:]):
        piece = piece.split("</xs:schema>")[0]
        namespace = piece.split('targetNamespace="')[1].split('"')[0]
        files[namespace] = ("schema%d.xsd" % number, "<xs:schema %s %s</xs:schema>" % (prefixes, piece))
    for name, piece in files.values():
        for namespace, (other, _) in files.items():
            piece = piece.replace('<xs:import namespace="%s"' % namespace,
                                  '<xs:import schemaLocation="%s" namespace="%s"' % (other, namespace))
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write(piece)
    return files[PARTY][0]


def main():
    parser = argparse.ArgumentParser()
    for name in ("url", "call", "herId", "id", "user", "password", "trust", "save"):
        parser.add_argument("--" + name)
    parser.add_argument("--soap", default="1.1", choices=sorted(SOAP))
    parser.add_argument("--namespace", default=PARTY)
    given = parser.parse_args()
    arguments = [(name, getattr(given, name)) for name in ("herId", "id") if getattr(given, name) is not None]
    try:
        status, kind, envelope = ask(given.url, given.call, arguments, given.soap, given.user, given.password,
                                     given.trust, given.namespace)
    except Refused as refused:
        print(json.dumps({"status": refused.status, "text": refused.body.decode("utf-8"),
                          "challenge": refused.challenge}, ensure_ascii=False))
        return 0
    answer = {"status": status, "type": kind, "text": envelope.decode("utf-8"),
              "tree": _tree(ET.fromstring(envelope))}
    if given.save:
        answer["schema"] = _save(given.save, given.url, given.trust, envelope)
    print(json.dumps(answer, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
