"""Judges that share no code with the peer: xmlsec1 for signatures, xmllint for schemas and C14N. Missing: skipped."""

import os
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SCHEMAS = os.path.normpath(os.path.join(HERE, "..", "..", "..", "shared", "schemas"))
XMLSEC, XMLLINT = shutil.which("xmlsec1"), shutil.which("xmllint")
skipped = set()


def skip(what):
    if what not in skipped:
        skipped.add(what)
        print(f"skipped: {what}")


def _run(command, catalog=None):
    environment = dict(os.environ, XML_CATALOG_FILES=catalog) if catalog else None
    done = subprocess.run(command, capture_output=True, timeout=60, check=False, env=environment)
    return done.returncode, done.stdout, done.stderr.decode("utf-8", "replace")


def signature_holds(envelope, certificate, parts=()):
    """True, False, or None when xmlsec1 is not here. `parts` are (cid, octets)."""
    if not XMLSEC:
        return skip("xmlsec1 is not here, signatures are checked by the peer's own code only")
    with tempfile.TemporaryDirectory() as folder:
        code, _out, err = _run([XMLSEC, "--verify", *_maps(folder, parts), "--pubkey-cert-pem", certificate,
                                "--enabled-key-data", "x509,rsa", _write(folder, "envelope.xml", envelope)])
    if code != 0:
        print(err)
    return code == 0


def sign_again(envelope, key, parts):
    """The envelope with its digests and signature value replaced by those xmlsec1 computes."""
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "signed.xml")
        code, _out, err = _run([XMLSEC, "--sign", *_maps(folder, parts), "--privkey-pem", key, "--output", out,
                                _write(folder, "template.xml", envelope)])
        if code != 0:
            raise AssertionError(err)
        with open(out, "rb") as handle:
            return handle.read()


def _maps(folder, parts):
    flags = []
    for number, (cid, octets) in enumerate(parts):
        flags += [f"--url-map:cid:{cid}", _write(folder, f"part{number}", octets)]
    return flags


def _write(folder, name, octets):
    path = os.path.join(folder, name)
    with open(path, "wb") as handle:
        handle.write(octets)
    return path


def canonical(octets):
    """xmllint's C14N 1.0 (it keeps comments), or None."""
    if not XMLLINT:
        return skip("xmllint is not here, C14N and schemas are not checked from outside")
    with tempfile.TemporaryDirectory() as folder:
        return _run([XMLLINT, "--c14n", _write(folder, "document.xml", octets)])[1]


def schema_valid(octets, schema):
    """True, False, or None when xmllint or ../shared is not here. `schema` is relative to the schema folder."""
    if not XMLLINT:
        return skip("xmllint is not here, C14N and schemas are not checked from outside")
    if not os.path.exists(os.path.join(SCHEMAS, schema)):
        return skip(f"../shared is not here ({schema})")
    # The schema of AppRec 1.1 imports the common types by their public address; a catalog says where they lie.
    kith = os.path.join(SCHEMAS, "sarepta", "felleskomponenter", "kith.xsd")
    catalog = ('<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">'
               f'<system systemId="http://www.kith.no/xmlstds/kith.xsd" uri="file://{kith}"/>'
               f'<uri name="http://www.kith.no/xmlstds/kith.xsd" uri="file://{kith}"/></catalog>')
    with tempfile.TemporaryDirectory() as folder:
        code, _out, err = _run([XMLLINT, "--noout", "--nonet", "--schema", os.path.join(SCHEMAS, schema),
                                _write(folder, "document.xml", octets)],
                               _write(folder, "catalog.xml", catalog.encode("utf-8")))
    if code != 0:
        print(err)
    return code == 0


def envelope_valid(octets):
    """The ebXML schema, which imports the one of SOAP 1.1."""
    return schema_valid(octets, os.path.join("ebxml-oasis", "msg-header-2_0.xsd"))
