"""What the registers say of a partner: asked anew for every message, nothing is kept."""

import os
import subprocess
import tempfile
import urllib.error
import urllib.request

import ebxml
import openssl
import register
from handler import Partner
from rules import error

# A register that takes longer is as good as none.
PATIENCE = 20


class Directory:
    """`url` of the address register, `roots` a PEM file with root and issuing CA."""

    def __init__(self, url, roots, journal, user=None, password=None):
        self.url, self.roots, self.journal = url, roots, journal
        self.how = {"user": user, "password": password}
        self.folder = tempfile.mkdtemp(prefix="peer-directory-")

    def look_up(self, partner):
        """The partner with the certificates of the register, and findings about the signing certificate."""
        try:
            register.ask(self.url, "GetCommunicationPartyDetails", [("herId", partner.her)], **self.how)
            sign = self._certificate(partner.her, "ValidatingSignature") or partner.sign
            encrypt = self._certificate(partner.her, "Encryption") or partner.encrypt
        except register.Refused as refused:
            if b"InvalidHerIdSupplied" in refused.body:
                raise ebxml.Unreadable(f"HER-id {partner.her} is not in the address register") from refused
            self.journal.event("register refused", status=refused.status)
            return partner, []
        except OSError as fault:
            self.journal.event("register unreachable", why=repr(fault))
            return partner, []
        return Partner(partner.her, partner.url, sign, encrypt), self._revocation(sign)

    def _certificate(self, her, use):
        der = register.certificate(self.url, her, use, **self.how)
        if not der:
            self.journal.event("empty certificate", her=her, use=use)
            return None
        path = os.path.join(self.folder, f"{her}-{use}.pem")
        with open(path, "wb") as handle:
            handle.write(openssl.run(["x509", "-inform", "DER"], der))
        return openssl.Certificate(path)

    def _revocation(self, certificate):
        """The list at the address that the certificate names. Without a list nothing is known, and nothing refused."""
        text = openssl.run(["x509", "-noout", "-ext", "crlDistributionPoints"], certificate.pem).decode("ascii")
        urls = [line.split("URI:")[1].strip() for line in text.splitlines() if "URI:" in line]
        if not urls:
            return []
        try:
            with urllib.request.urlopen(urls[0], timeout=PATIENCE) as answer:
                crl = openssl.run(["crl", "-inform", "DER"], answer.read())
        except (OSError, openssl.OpensslFailed) as fault:
            self.journal.event("no revocation list", why=repr(fault))
            return []
        path = os.path.join(self.folder, "list.pem")
        with open(path, "wb") as handle:
            handle.write(crl)
        done = subprocess.run(
            ["openssl", "verify", "-crl_check", "-partial_chain", "-CAfile", self.roots, "-CRLfile", path, certificate.path],
            capture_output=True, timeout=60, check=False)
        said = (done.stdout + done.stderr).decode("utf-8", "replace")
        if "certificate revoked" in said:
            return [error("SecurityFailure", "//ds:Signature", "the signing certificate is revoked")]
        if done.returncode != 0:
            self.journal.event("certificate not verified", why=said.strip())
        return []
