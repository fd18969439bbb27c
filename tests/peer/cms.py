"""CMS EnvelopedData (application/pkcs7-mime; smime-type=enveloped-data) by `openssl cms`."""

import openssl

ENVELOPED_DATA = bytes.fromhex("06092a864886f70d010703")


class CannotDecrypt(Exception):
    """The object is no EnvelopedData, or not for our key."""


def encrypt(octets, certificate_path, ber=False):
    """DER; with `ber` the indefinite-length form that a streaming sender writes."""
    arguments = ["cms", "-encrypt", "-binary", "-aes-256-cbc", "-outform", "DER"]
    if ber:
        arguments.append("-indef")
    return openssl.run(arguments + [certificate_path], octets)


def decrypt(octets, certificate_path, key_path):
    # The content type stands within the first octets, whatever form the length takes.
    if ENVELOPED_DATA not in octets[:32]:
        raise CannotDecrypt("the attachment is no CMS EnvelopedData")
    arguments = ["cms", "-decrypt", "-binary", "-inform", "DER", "-recip", certificate_path, "-inkey", key_path]
    try:
        return openssl.run(arguments, octets)
    except openssl.OpensslFailed as fault:
        raise CannotDecrypt(str(fault)) from fault
