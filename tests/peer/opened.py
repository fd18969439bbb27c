"""A message of the peer as the hospital sees it: read, verified, decrypted, judged from outside."""

import cms
import dsig
import ebxml
import mime
import openssl
import outside
import xmltree
from hospital import pem
from names import APPREC_10

APPREC_SCHEMAS = "sarepta/applikasjonskvittering/"


def expect(truth, what):
    if not truth:
        raise AssertionError(what)


class Opened:
    """`strict` false leaves out the signature and the schema, for messages with a defect."""

    def __init__(self, headers, body, strict=True):
        self.headers = headers
        self.envelope = ebxml.read(headers, body, transport=strict)
        if strict:
            certificate = openssl.Certificate(pem("municipality-sign"))
            dsig.verify(self.envelope.document, self.envelope.contents(), certificate)
            parts = [(part.content_id, part.content) for part in self.envelope.attachments]
            holds = outside.signature_holds(self.envelope.octets, pem("municipality-sign"), parts)
            expect(holds is not False, "xmlsec1 does not accept the signature")
            expect(outside.envelope_valid(self.envelope.octets) is not False, "the envelope is not schema-valid")

    def apprec(self):
        """The root of the AppRec inside."""
        clear = cms.decrypt(self.envelope.attachments[0].content, pem("hospital-encrypt"), pem("hospital-encrypt.key"))
        octets = mime.parse_entity(clear).content
        root = xmltree.parse(octets).root
        schema = "AppRec-v1-2004-11-21.xsd" if root.ns == APPREC_10 else "AppRec-v1.1.xsd"
        expect(outside.schema_valid(octets, APPREC_SCHEMAS + schema) is not False, "the AppRec is not schema-valid")
        return root
