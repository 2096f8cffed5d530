"""A signed statement beside a content, for formats that can carry none themselves: written, and read from strangers."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from genmodels.provenance import credentials
from genmodels.provenance.claims import CLAIMED, MAKER, Facts, claims
from genmodels.provenance.keys import signing, signing_at_hand
from genmodels.provenance.said import name_of, said
from genmodels.refusal import Refusal

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

DAMAGES = (KeyError, TypeError, ValueError, AttributeError, RecursionError)  # what reading a strange document raises


def sidecar(content: bytes, facts: Facts) -> dict[str, Any]:
    """A signed statement about the hash of a content, for formats that can carry no manifest (ES256 over its JSON)."""
    return signed(
        {
            "made_by": MAKER,
            "digitalSourceType": credentials.GENERATED,
            "sha256": hashlib.sha256(content).hexdigest(),
            **claims(facts),
        }
    )


def signed(statement: dict[str, Any]) -> dict[str, Any]:
    """A statement with this machine's signature (ES256 over its JSON, keys sorted) and certificates."""
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    who = signing()
    key = serialization.load_pem_private_key(who.key, None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise Refusal("GENMODELS_PRIVATE_KEY is no key of an elliptic curve; name an ES256 key.")
    signature = key.sign(json.dumps(statement, sort_keys=True).encode(), ec.ECDSA(hashes.SHA256()))
    return {
        "statement": statement,
        "signature": base64.b64encode(signature).decode(),
        "certificates": who.chain.decode(),
    }


def read_sidecar(document: Any, content: bytes) -> credentials.Manifest:
    """What a sidecar says about a content; "broken" where it is about another one or was altered. Whom its certificate names is made harmless."""
    from cryptography import x509
    from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

    name = ""
    try:
        statement, chain = document["statement"], str(document["certificates"]).encode()
        if not isinstance(statement, dict):
            return credentials.Manifest("unreadable", reason="the sidecar's statement is no table")
        leaf = x509.load_pem_x509_certificates(chain)[0]
        name = subject_of(leaf)
        if not _signed(leaf, statement, document["signature"]):
            return credentials.Manifest("unreadable", reason="the sidecar's certificate has no ES256 key")
    except InvalidSignature:
        reason = "the sidecar's signature is not that of its statement"
        return credentials.Manifest("broken", "unknown", name, reason=reason)
    except (*DAMAGES, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        return credentials.Manifest("unreadable", reason=f"the sidecar is damaged ({type(error).__name__})")
    if statement.get("sha256") != hashlib.sha256(content).hexdigest():
        return credentials.Manifest("broken", "unknown", name, reason="the sidecar is about another content")
    signer = "this machine" if _is_ours(leaf) else "unknown"
    generated = "lgorithmicMedia" in str(statement.get("digitalSourceType"))
    return credentials.Manifest("whole", signer, name, generated, _told(statement))


def _signed(leaf: Certificate, statement: dict[str, Any], signature: str) -> bool:
    """Checks a signature, and raises `InvalidSignature` where it is wrong; False where the key is of another kind."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    public = leaf.public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey):
        return False
    signed = json.dumps(statement, sort_keys=True).encode()
    public.verify(base64.b64decode(signature), signed, ec.ECDSA(hashes.SHA256()))
    return True


def _is_ours(leaf: Certificate) -> bool:
    """Is it the certificate with which this machine signs?"""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes

    here = signing_at_hand()
    if here is None:
        return False
    own = x509.load_pem_x509_certificates(here.chain)[0]
    return leaf.fingerprint(hashes.SHA256()) == own.fingerprint(hashes.SHA256())


def _told(statement: dict[str, Any]) -> dict[str, str]:
    """What a statement claims, made harmless."""
    known = ("model", "seed", "prompt_sha256", *CLAIMED)
    return {said(key, 100): said(value, 200) for key, value in list(statement.items())[:20] if key in known}


def subject_of(certificate: Certificate) -> str:
    """Whom a certificate names: anyone can write that, so it is made harmless."""
    from cryptography.x509.oid import NameOID

    names = [
        found
        for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME)
        for found in certificate.subject.get_attributes_for_oid(kind)
    ]
    return name_of(names[0].value if names else certificate.subject.rfc4514_string())
