"""What is secret: the key of the watermarks, that of the ledger, and the key and certificate that sign. They live in GENMODELS_HOME/keys.

A key is made when something is to be marked; looking makes none, and needs no home that can be written (`..._at_hand`).

A team's own certificate is named by GENMODELS_CERTIFICATE (PEM, the chain, leaf first) and GENMODELS_PRIVATE_KEY (PEM,
ES256); those whom it trusts by GENMODELS_TRUST (PEM, roots). Else a local one is made at first use: it says that a file
was not changed since, and can't say who signed, which is why it is called untrusted.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from genmodels.files import cannot_write, home, make_folder
from genmodels.provenance import local_certificate
from genmodels.refusal import Refusal

WATERMARK, LEDGER, SIGNING = "watermark.key", "ledger.key", "signing.pem"  # files
SECRET = 32  # bytes
FIRST_CERTIFICATE = b"-----BEGIN CERTIFICATE-----"


@dataclass(frozen=True)
class Signing:
    """Who signs: the certificates, leaf first, and the private key, both PEM; `own`: are they a team's own?"""

    chain: bytes
    key: bytes
    own: bool

    def __repr__(self) -> str:
        return f"Signing(own={self.own})"  # a key never reaches a log


def watermark_key(purpose: str) -> bytes:
    """32 secret bytes for one purpose, such as "picture"; made at first use, the same ever after."""
    return _derived(_kept(WATERMARK, _random), purpose)


def watermark_key_at_hand(purpose: str) -> bytes | None:
    """The same key where this machine has one; None where nothing was ever marked, or the key can't be read."""
    found = _at_hand(WATERMARK)
    return None if found is None else _derived(found, purpose)


def ledger_key() -> bytes:
    """The key under which lines of the ledger are entered, made at first use."""
    return _derived(_kept(LEDGER, _random), "line")


def ledger_key_at_hand() -> bytes | None:
    """The same key where this machine has one."""
    found = _at_hand(LEDGER)
    return None if found is None else _derived(found, "line")


def signing() -> Signing:
    """The team's own certificate and key where they are named, else local ones, made at first use. Raises `Refusal` for what can't be read."""
    return _team() or _split(_kept(SIGNING, local_certificate.made))


def signing_at_hand() -> Signing | None:
    """Who signs here, where somebody does: None where nothing was ever signed, or the key can't be read."""
    found = None if (team := _team()) else _at_hand(SIGNING)
    return team if found is None else _split(found)


def _team() -> Signing | None:
    named = os.environ.get("GENMODELS_CERTIFICATE"), os.environ.get("GENMODELS_PRIVATE_KEY")
    if not any(named):
        return None
    chain, key = (
        _named(path, variable)
        for path, variable in zip(named, ("GENMODELS_CERTIFICATE", "GENMODELS_PRIVATE_KEY"), strict=True)
    )
    return Signing(chain, key, True)


def _split(made: bytes) -> Signing:
    split = made.index(FIRST_CERTIFICATE)
    return Signing(made[split:], made[:split], False)


def _random() -> bytes:
    return secrets.token_bytes(SECRET)


def _derived(secret: bytes, purpose: str) -> bytes:
    return hashlib.sha256(secret + purpose.encode()).digest()


def trusted() -> bytes:
    """The roots that this machine trusts beside none: PEM, b"" where none are named."""
    path = os.environ.get("GENMODELS_TRUST")
    return _named(path, "GENMODELS_TRUST") if path else b""


def _named(path: str | None, variable: str) -> bytes:
    try:
        content = Path(path or "").expanduser().read_bytes()
    except OSError as error:
        raise Refusal(
            f"{variable} is {path!r}, which can't be read ({error.strerror}); name a PEM file, or unset it to sign with a local certificate."
        ) from None
    if b"-----BEGIN" not in content:
        raise Refusal(f"{variable} names {path!r}, which is no PEM file; export the certificate or key as PEM.")
    return content


def _kept(name: str, make: Callable[[], bytes]) -> bytes:
    """The content of a secret file; whoever comes first makes it, readable by its owner alone."""
    folder = make_folder(home() / "keys")
    file = folder / name
    private(folder)
    if not file.exists():
        aside = folder / f".{name}.{secrets.token_hex(4)}"
        try:
            with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
                opened.write(make())
                opened.flush()
                os.fsync(opened.fileno())
            os.link(aside, file)  # fails where another process was quicker, whose key then holds
        except FileExistsError:
            pass
        except OSError as error:
            raise cannot_write(file, error) from error
        finally:
            aside.unlink(missing_ok=True)
    private(file)
    found = _at_hand(name)
    if found is None:
        raise Refusal(
            f"The key {file} is damaged or can't be read; put back a copy of it, or take it away, and a new one is made (what the old one marked is then no longer recognised)."
        )
    return found


def _at_hand(name: str) -> bytes | None:
    """The content of a secret file where it is there, can be read and is whole."""
    file = home() / "keys" / name
    try:
        found = _read(file, file.stat().st_mtime_ns) if file.is_file() else b""
    except OSError:
        return None
    return found if (FIRST_CERTIFICATE in found if name == SIGNING else len(found) >= SECRET) else None


def private(path: Path) -> None:
    """What is there belongs to its owner alone: nobody else may read, write or list it."""
    with contextlib.suppress(OSError):
        if (mode := path.stat().st_mode) & 0o077:
            path.chmod(mode & 0o700)


@lru_cache(maxsize=8)
def _read(file: Path, changed: int) -> bytes:
    return file.read_bytes()
