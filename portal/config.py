"""Settings, read once from the environment and `instance/portal.toml`. A missing or unsafe value fails loudly."""

from __future__ import annotations

import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sqlalchemy.engine import make_url

ROOT = Path(__file__).resolve().parent.parent
SHORTEST_KEY = 32
_PHONE = re.compile(r"[+(]?[0-9][0-9 ()-]{3,30}[0-9]", re.ASCII)
Mode = Literal["demo", "production"]


class BadSettings(RuntimeError):
    """A setting is missing or unsafe; the message names it and says what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an operator can set. `docs/settings.md` lists each with unit, default and meaning."""

    database_url: str
    secret_key: str
    data_dir: Path
    mode: Mode = "production"
    old_secret_keys: tuple[str, ...] = ()
    public_url: str = "http://127.0.0.1:8000"
    mail_url: str | None = None
    mail_from: str = "portal@localhost"
    help_phone: str | None = None
    jobs_url: str | None = None
    workers: int = 2
    port: int = 8000
    trusted_proxies: int = 0
    session_idle_minutes: int = 30
    session_hours: int = 10
    undo_window_minutes: int = 10
    release_smallest_n: int = 3
    release_share: int = 10
    argon2_time: int = 2
    argon2_memory_kib: int = 19456
    argon2_parallelism: int = 1

    @property
    def is_demo(self) -> bool:
        return self.mode == "demo"

    @property
    def keys(self) -> tuple[str, ...]:
        """What secrets are sealed with: the first seals, all of them open."""
        return (self.secret_key, *self.old_secret_keys)

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None, root: Path = ROOT) -> Settings:
        """Reads PORTAL_* variables over `instance/portal.toml` over the defaults. Raises BadSettings."""
        reader = _Reader(os.environ if environ is None else environ, root)
        mode = reader.text("mode", "production")
        if mode not in ("demo", "production"):
            raise BadSettings("PORTAL_MODE must be demo or production")
        data_dir = reader.path("data_dir", root / "instance")
        data_dir.mkdir(parents=True, exist_ok=True)
        return cls(
            database_url=_absolute(reader.text("database_url", f"sqlite:///{data_dir / 'portal.sqlite3'}"), root),
            secret_key=_secret_key(reader.text("secret_key", ""), data_dir, mode),
            data_dir=data_dir,
            mode="demo" if mode == "demo" else "production",
            old_secret_keys=tuple(reader.text("old_secret_keys", "").split()),
            public_url=reader.text("public_url", f"http://127.0.0.1:{reader.port()}").rstrip("/"),
            mail_url=reader.text("mail_url", "") or None,
            mail_from=reader.text("mail_from", "portal@localhost"),
            help_phone=_phone(reader.text("help_phone", "")),
            jobs_url=reader.text("jobs_url", "") or None,
            workers=reader.number("workers", 2, 1, 64),
            port=reader.port(),
            trusted_proxies=reader.number("trusted_proxies", 0, 0, 5),
            session_idle_minutes=reader.number("session_idle_minutes", 30, 5, 240),
            session_hours=reader.number("session_hours", 10, 1, 24),
            undo_window_minutes=reader.number("undo_window_minutes", 10, 0, 120),
            release_smallest_n=reader.number("release_smallest_n", 3, 3, 20),
            release_share=reader.number("release_share", 10, 1, 100),
            argon2_time=reader.number("argon2_time", 2, 1, 20),
            argon2_memory_kib=reader.number("argon2_memory_kib", 19456, 8, 4194304),
            argon2_parallelism=reader.number("argon2_parallelism", 1, 1, 16),
        )


class _Reader:
    def __init__(self, environ: Mapping[str, str], root: Path) -> None:
        self.environ, self.root = environ, root
        file = root / "instance" / "portal.toml"
        self.file = tomllib.loads(file.read_text("utf-8")) if file.exists() else {}

    def text(self, name: str, default: str) -> str:
        return self.environ.get(f"PORTAL_{name.upper()}") or str(self.file.get(name, "")) or default

    def path(self, name: str, default: Path) -> Path:
        value = self.text(name, "")
        return (self.root / value).resolve() if value else default

    def number(self, name: str, default: int, lowest: int, highest: int) -> int:
        text = self.text(name, str(default))
        if not text.isascii() or not text.isdigit() or not lowest <= int(text) <= highest:
            raise BadSettings(f"PORTAL_{name.upper()} must be a whole number from {lowest} to {highest}")
        return int(text)

    def port(self) -> int:
        text = self.environ.get("PORT") or str(self.file.get("port", "8000"))
        if not text.isascii() or not text.isdigit() or not 0 <= int(text) <= 65535:
            raise BadSettings("PORT must be a port number")
        return int(text)


def _phone(text: str) -> str | None:
    if text and not _PHONE.fullmatch(text):
        raise BadSettings("PORTAL_HELP_PHONE must be a telephone number: digits, blanks, + - and brackets")
    return text or None


def _absolute(url: str, root: Path) -> str:
    """A relative SQLite path is from the project root; PostgreSQL gets the driver we ship."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if not parsed.database or parsed.database == ":memory:":
            raise BadSettings("PORTAL_DATABASE_URL: SQLite needs a file, web workers and jobs share it")
        return f"sqlite:///{(root / parsed.database).resolve()}"
    if parsed.get_backend_name() != "postgresql":
        raise BadSettings("PORTAL_DATABASE_URL must name SQLite or PostgreSQL")
    return parsed.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def _secret_key(given: str, data_dir: Path, mode: str) -> str:
    """The given key, or the one generated once into `data_dir/secret_key` (owner-readable only)."""
    if given:
        if mode == "production" and len(given.encode()) < SHORTEST_KEY:
            raise BadSettings(f"PORTAL_SECRET_KEY needs at least {SHORTEST_KEY} bytes")
        return given
    file = data_dir / "secret_key"
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        key = file.read_text("ascii").strip()
        if len(key) < SHORTEST_KEY:
            raise BadSettings(f"{file.name} is too short: delete it to have a new one made") from None
        return key
    key = secrets.token_urlsafe(48)
    with os.fdopen(handle, "w") as stream:
        stream.write(key)
        stream.flush()
        os.fsync(stream.fileno())
    return key
