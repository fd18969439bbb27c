"""The signature of the envelope: verification by the Norwegian profile and the pieces for signing.

Profile: one ds:Signature in SOAP:Header, three transforms on the root reference, a cid reference without transforms
for each attachment, exactly one X509Certificate that is the partner's registered one (HITS 1172 5.10.1).
"""

import base64
import binascii
import hashlib
import re
from urllib.parse import unquote

import c14n
import openssl
from names import (ACTOR_NEXT, ACTOR_NEXT_MSH, DIGEST_METHODS, DS, ENVELOPED, SIGNATURE_METHODS, SOAP, XPATH)

XPATH_FORM = re.compile(
    r"not\(ancestor-or-self::node\(\)\[@([\w.-]+):actor=(['\"])" + re.escape(ACTOR_NEXT_MSH) + r"\2\]"
    r"\|ancestor-or-self::node\(\)\[@([\w.-]+):actor=(['\"])" + re.escape(ACTOR_NEXT) + r"\4\]\)")


class SignatureFault(Exception):
    """The signature is missing, against the profile, or does not verify."""


def xpath_expression(prefix):
    """The ebMS XPath that takes away what is addressed to the next MSH; `prefix` is bound to SOAP."""
    return (f'not(ancestor-or-self::node()[@{prefix}:actor="{ACTOR_NEXT_MSH}"] | '
            f'ancestor-or-self::node()[@{prefix}:actor="{ACTOR_NEXT}"])')


def verify(document, contents, certificate):
    """Checks everything; gives the signed cids. `contents` maps a Content-ID to the octets of its part."""
    signature = _the_signature(document)
    signed_info = _one(signature, "SignedInfo")
    _check_certificate(signature, certificate)
    method = _algorithm(_one(signed_info, "CanonicalizationMethod"))
    if method != c14n.ALGORITHM:
        raise SignatureFault(f"CanonicalizationMethod is {method}")
    method = _algorithm(_one(signed_info, "SignatureMethod"))
    if method not in SIGNATURE_METHODS:
        raise SignatureFault(f"SignatureMethod is {method}")
    cids = _check_references(document, signature, signed_info, contents)
    value = _octets(_one(signature, "SignatureValue"))
    if not openssl.verify(SIGNATURE_METHODS[method], certificate.public_key, value, c14n.subtree(signed_info)):
        raise SignatureFault("SignatureValue does not verify with the registered certificate")
    return cids


def _the_signature(document):
    everywhere = [element for element in document.root.walk() if element.is_a(DS, "Signature")]
    header = document.root.first(SOAP, "Header")
    direct = header.all(DS, "Signature") if header is not None else []
    if len(everywhere) != 1 or len(direct) != 1:
        raise SignatureFault(f"{len(everywhere)} ds:Signature in the envelope, {len(direct)} of them in SOAP:Header")
    return direct[0]


def _one(parent, local):
    found = parent.all(DS, local)
    if len(found) != 1:
        raise SignatureFault(f"{len(found)} ds:{local} in ds:{parent.local}, expected 1")
    return found[0]


def _algorithm(element):
    return element.get(None, "Algorithm")


def _octets(element):
    try:
        return base64.b64decode("".join(element.text().split()), validate=True)
    except (binascii.Error, ValueError) as fault:
        raise SignatureFault(f"ds:{element.local} is not base64") from fault


def _check_certificate(signature, certificate):
    data = _one(_one(signature, "KeyInfo"), "X509Data")
    if _octets(_one(data, "X509Certificate")) != certificate.der:
        raise SignatureFault("X509Certificate is not the registered signing certificate of the sender")


def _check_references(document, signature, signed_info, contents):
    cids, roots = [], 0
    for reference in signed_info.all(DS, "Reference"):
        uri = reference.get(None, "URI")
        if uri == "":
            roots += 1
            octets = _root_octets(document, signature, reference)
        elif uri is not None and uri.startswith("cid:"):
            octets = _part_octets(reference, uri[4:], contents)
            cids.append(uri[4:])
        else:
            raise SignatureFault(f"Reference URI is {uri!r}, expected \"\" or cid:")
        _check_digest(reference, uri, octets)
    if roots != 1:
        raise SignatureFault(f"{roots} references with URI=\"\", expected 1")
    return cids


def _root_octets(document, signature, reference):
    transforms = _one(reference, "Transforms").all(DS, "Transform")
    algorithms = [_algorithm(transform) for transform in transforms]
    if algorithms != [ENVELOPED, XPATH, c14n.ALGORITHM]:
        raise SignatureFault("the root reference has not the three transforms in their order")
    _check_xpath(_one(transforms[1], "XPath"))
    leave_out = {signature}
    for element in document.root.walk():
        if element.get(SOAP, "actor") in (ACTOR_NEXT_MSH, ACTOR_NEXT):
            leave_out.add(element)
    return c14n.document(document, leave_out)


def _check_xpath(element):
    squeezed = re.sub(r"\s+", "", element.text())
    match = XPATH_FORM.fullmatch(squeezed)
    if not match:
        raise SignatureFault("the XPath transform is not the one of ebMS 2.0")
    for prefix in (match.group(1), match.group(3)):
        if element.scope.get(prefix) != SOAP:
            raise SignatureFault(f"the XPath prefix {prefix} is not bound to the SOAP namespace")


def _part_octets(reference, cid, contents):
    if reference.all(DS, "Transforms"):
        raise SignatureFault("a cid reference has transforms")
    for candidate in (cid, unquote(cid)):
        if candidate in contents:
            return contents[candidate]
    raise SignatureFault(f"no part with Content-ID {cid}")


def _check_digest(reference, uri, octets):
    method = _algorithm(_one(reference, "DigestMethod"))
    if method not in DIGEST_METHODS:
        raise SignatureFault(f"DigestMethod is {method}")
    if hashlib.new(DIGEST_METHODS[method], octets).digest() != _octets(_one(reference, "DigestValue")):
        raise SignatureFault(f"the digest of {uri or 'the envelope'} differs")


def digest(name, octets):
    """The base64 digest for a reference; `name` is sha1 or sha256."""
    return base64.b64encode(hashlib.new(name, octets).digest()).decode("ascii")
