"""The second factor: six digits that change every 30 seconds (TOTP, RFC 6238), each taken once."""

from __future__ import annotations

import hmac
import io
import unicodedata
from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno

from ..database.seal import LostKey, unseal
from ..kernel.bilingual import PORTAL

STEP_SECONDS = 30
TOLERANCE = 1
LASTS_SECONDS = 15  # a code that the demo shows is taken at least that long: time to read and type it


@dataclass(frozen=True, slots=True)
class DemoCode:
    """What the demo shows in place of a telephone: the next code that will be taken, or how long until there is one."""

    code: str | None
    seconds: int


def new_secret() -> str:
    return pyotp.random_base32(32)


def opened(sealed: str | None) -> str | None:
    """The secret for showing what it gives; None where there is none, or where no key of today opens it."""
    try:
        return unseal(sealed) if sealed is not None else None
    except LostKey:
        return None


def step_at(instant: datetime) -> int:
    return int(instant.timestamp()) // STEP_SECONDS


def code_of(secret: str, step: int) -> str:
    return pyotp.TOTP(secret).generate_otp(step)


def matching_step(secret: str, typed: str, at: datetime, last_step: int | None) -> int | None:
    """The step whose code was typed, within the tolerance and newer than the last one taken; else None."""
    code = "".join(unicodedata.normalize("NFKC", typed).split())
    found = None
    for step in _open_steps(at, last_step):
        if hmac.compare_digest(code_of(secret, step).encode(), code.encode("utf-8", "replace")):
            found = step
    return found


def demo_code(secret: str, at: datetime, last_step: int | None) -> DemoCode:
    """The lowest code not taken yet that lasts long enough to be typed, or the seconds until the next one appears."""
    left = STEP_SECONDS - int(at.timestamp()) % STEP_SECONDS
    lowest = step_at(at) - TOLERANCE + (left < LASTS_SECONDS)
    for step in _open_steps(at, last_step):
        if step >= lowest:
            return DemoCode(code_of(secret, step), 0)
    return DemoCode(None, left)


def _open_steps(at: datetime, last_step: int | None) -> list[int]:
    here = step_at(at)
    if last_step is not None and last_step > here + TOLERANCE:
        last_step = None  # the clock was set back: what was taken then says nothing of now
    window = range(here - TOLERANCE, here + TOLERANCE + 1)
    return [step for step in window if last_step is None or step > last_step]


def address_of(secret: str, username: str) -> str:
    """The otpauth: address that an authenticator app reads from the QR code."""
    return pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=PORTAL.en)


def picture_of(secret: str, username: str) -> bytes:
    """The QR code of that address as an SVG picture."""
    out = io.BytesIO()
    segno.make(address_of(secret, username), error="m", micro=False).save(
        out, kind="svg", scale=5, border=4, light="#fff"
    )
    return out.getvalue()
