"""Hashing passwords with argon2id, and doing the same work when there is no account to check against."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from .passwords import composed


@dataclass(frozen=True, slots=True)
class Hasher:
    """argon2id with the operator's cost. Every try costs one `verify`, whether or not the account exists."""

    time_cost: int
    memory_kib: int
    parallelism: int

    def hash(self, password: str) -> str:
        return _argon2(self.time_cost, self.memory_kib, self.parallelism).hash(_bytes(password))

    def verify(self, stored: str | None, password: str) -> bool:
        """Whether `password` is the one behind `stored`; without one, the work is done against a dummy in vain."""
        dummy = _dummy(self.time_cost, self.memory_kib, self.parallelism)
        try:
            argon2 = _argon2(self.time_cost, self.memory_kib, self.parallelism)
            is_right = argon2.verify(stored or dummy, _bytes(password))
        except (VerificationError, InvalidHashError):
            return False
        return is_right and stored is not None

    def is_outdated(self, stored: str) -> bool:
        """Whether the hash was made at another cost than today's."""
        return _argon2(self.time_cost, self.memory_kib, self.parallelism).check_needs_rehash(stored)


def _bytes(password: str) -> bytes:
    return composed(password).encode("utf-8", "surrogatepass")


@cache
def _argon2(time_cost: int, memory_kib: int, parallelism: int) -> PasswordHasher:
    return PasswordHasher(time_cost, memory_kib, parallelism, type=Type.ID)


@cache
def _dummy(time_cost: int, memory_kib: int, parallelism: int) -> str:
    return _argon2(time_cost, memory_kib, parallelism).hash(b"nobody's password")
