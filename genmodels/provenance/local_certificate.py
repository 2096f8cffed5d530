"""A certificate that this machine makes for itself: it says that a file was not changed since, and can't say who signed."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec

LOCAL = "GenModels on this machine"  # whom a local certificate names
YEARS = 10
DAY = datetime.timedelta(days=1)
OTHER_USES = (
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "encipher_only",
    "decipher_only",
)


def made() -> bytes:
    """A new ES256 key with a leaf for signing e-mail-like things under a root of its own, as C2PA asks of certificates.

    PEM: the key of the leaf, the leaf, the root, whose own key is forgotten.
    """
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    root_key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    leaf = _certificate(LOCAL, leaf_key, root_key, authority=False)
    root = _certificate(f"{LOCAL}, root", root_key, root_key, authority=True)
    secret = leaf_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return secret + leaf.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM)


def _certificate(
    of: str, key: ec.EllipticCurvePrivateKey, root_key: ec.EllipticCurvePrivateKey, *, authority: bool
) -> x509.Certificate:
    """A certificate of a key, signed by the root; an authority may sign others, a leaf may sign files."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID

    now, public = datetime.datetime.now(datetime.UTC), key.public_key()
    builder = x509.CertificateBuilder().subject_name(_name(of)).issuer_name(_name(f"{LOCAL}, root"))
    builder = builder.public_key(public).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(now - DAY).not_valid_after(now + 365 * YEARS * DAY)
    builder = builder.add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
    builder = builder.add_extension(_usage(authority), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    builder = builder.add_extension(issuer, critical=False)
    if not authority:
        mail = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(mail, critical=False)
    return builder.sign(root_key, hashes.SHA256())


def _name(of: str) -> x509.Name:
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    return x509.Name([x509.NameAttribute(named, of) for named in (NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME)])


def _usage(authority: bool) -> x509.KeyUsage:
    from cryptography import x509

    others = dict.fromkeys(OTHER_USES, False)
    return x509.KeyUsage(digital_signature=not authority, key_cert_sign=authority, crl_sign=authority, **others)
