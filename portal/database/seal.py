"""Secrets that must be read back, sealed at rest (Fernet) with a key made of the portal's secret key.

Passwords, codes and links are kept as hashes; what stands here is what a hash cannot serve: the secret of a second
factor, a one-time link in a mail that is not sent yet. Whoever reads the database alone reads none of them.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from functools import lru_cache
from importlib import import_module
from typing import Any

from ..kernel.bilingual import Bilingual
from ..kernel.errors import Illegal

_PURPOSE = b"secrets at rest, 1"
_LOST = Bilingual(
    "这个账号的第二步验证无法读取：加密它的密钥已经更换或丢失。请联系系统管理员重置第二步验证。",
    "The second step of this account cannot be read: the key it was sealed with is gone. "
    "Ask the administrator to reset it.",
)


class LostKey(Illegal):
    """What was sealed cannot be opened by any key in use. The account needs a new second factor."""

    def __init__(self) -> None:
        super().__init__("lost-key", _LOST)


_in_use: list[tuple[str, ...]] = []


def use_keys(*keys: str) -> None:
    """The keys of this process: the first seals, all of them open."""
    _in_use[:] = [keys]


def seal(plain: str) -> str:
    sealed: bytes = _box(_keys()).encrypt(plain.encode())
    return sealed.decode("ascii")


def unseal(sealed: str) -> str:
    """Raises LostKey."""
    return _opened(sealed, _keys())


def sealed_anew(sealed: str) -> str:
    """The same secret under the newest key; unchanged when that is the one it lies under. Raises LostKey."""
    try:
        _opened(sealed, _keys()[:1])
    except LostKey:
        return seal(unseal(sealed))
    return sealed


def _keys() -> tuple[str, ...]:
    if not _in_use:
        raise RuntimeError("no keys are in use yet: call use_keys() first")
    return _in_use[0]


def _opened(sealed: str, keys: tuple[str, ...]) -> str:
    try:
        plain: bytes = _box(keys).decrypt(sealed.encode())
    except _library().InvalidToken:
        raise LostKey from None
    return plain.decode()


@lru_cache(maxsize=8)
def _box(keys: tuple[str, ...]) -> Any:
    return _library().MultiFernet([_library().Fernet(sealing_key(key)) for key in keys])


def sealing_key(secret_key: str) -> bytes:
    """A key for this purpose alone: what signs cookies seals nothing, and neither gives the other away."""
    return base64.urlsafe_b64encode(hmac.digest(secret_key.encode(), _PURPOSE, hashlib.sha256))


def _library() -> Any:
    """Loaded at the first secret and not at start: it weighs 8 MiB in every web worker, and most never need it."""
    return import_module("cryptography.fernet")
