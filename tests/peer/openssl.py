"""The `openssl` program: every cryptographic operation of the peer goes through here, never through a shell."""

import base64
import calendar
import os
import subprocess
import tempfile
import time


class OpensslFailed(Exception):
    """The program said no; the message is the last line it wrote."""


def run(arguments, octets=b"", files=None):
    """Runs openssl. `files` maps a placeholder such as '@key' in the arguments to octets put in a private file."""
    with tempfile.TemporaryDirectory(prefix="peer-") as folder:
        places = {}
        for number, (placeholder, content) in enumerate((files or {}).items()):
            place = os.path.join(folder, f"file{number}")
            with open(place, "wb") as handle:
                handle.write(content)
            places[placeholder] = place
        command = ["openssl"] + [places.get(argument, argument) for argument in arguments]
        done = subprocess.run(command, input=octets, capture_output=True, timeout=60, check=False)
    if done.returncode != 0:
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"]
        raise OpensslFailed(f"openssl {arguments[0]}: {lines[-1]}")
    return done.stdout


class Certificate:
    """A certificate read from a PEM file, with what the rules ask of it."""

    def __init__(self, path):
        with open(path, "rb") as handle:
            self.pem = handle.read()
        self.path = path
        self.der = run(["x509", "-outform", "DER"], self.pem)
        self.public_key = run(["x509", "-pubkey", "-noout"], self.pem)
        dates = run(["x509", "-noout", "-dates"], self.pem).decode("ascii")
        fields = dict(line.split("=", 1) for line in dates.splitlines() if "=" in line)
        self.not_before, self.not_after = _seconds(fields["notBefore"]), _seconds(fields["notAfter"])

    def base64(self):
        return base64.b64encode(self.der).decode("ascii")


def _seconds(text):
    return calendar.timegm(time.strptime(text, "%b %d %H:%M:%S %Y %Z"))


def sign(digest, key_path, octets):
    """An RSA PKCS#1 v1.5 signature with `digest` ('sha1' or 'sha256')."""
    return run(["dgst", f"-{digest}", "-sign", key_path], octets)


def verify(digest, public_key, signature, octets):
    try:
        run(["dgst", f"-{digest}", "-verify", "@key", "-signature", "@signature"], octets,
            {"@key": public_key, "@signature": signature})
    except OpensslFailed:
        return False
    return True
