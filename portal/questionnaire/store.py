"""Keeping editions in the database and reading them back: each published once, never changed, kept in the process."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..database.session import database_name
from ..kernel.bilingual import Bilingual
from ..kernel.errors import Missing
from .document import fingerprint
from .edition import Edition, read_folder
from .lint import faults
from .models import FormEdition

FOLDER = Path(__file__).resolve().parent.parent / "catalogue" / "definitions" / "forms"
_NONE = Bilingual("没有找到这一版报表。", "There is no such form edition.")


class BadEdition(ValueError):
    """The definitions of an edition are wrong, or differ from what was published under the same codes."""


def load_editions(session: Session, folder: Path = FOLDER) -> int:
    """Publishes every edition under `folder` that the database does not have; how many were new.

    Raises BadEdition for definitions with faults, or changed ones under codes that are published already.
    """
    published = {(row.code, row.rule_set): row for row in session.scalars(select(FormEdition))}
    added = 0
    for place in sorted(path for path in folder.iterdir() if path.is_dir()):
        content = read_folder(place)
        edition = Edition.build(content)
        known = published.get((edition.code, edition.rule_set))
        if known is not None:
            if known.content_hash != fingerprint(content):
                raise BadEdition(f"{edition.code}: changed after it was published; give the rules a new version")
            continue
        earlier = [row.content for (code, _), row in published.items() if code == edition.code]
        found = faults(content, earlier)
        if found:
            raise BadEdition("; ".join(found))
        session.add(_row(edition, content))
        added += 1
    session.flush()
    return added


def _row(edition: Edition, content: Mapping[str, Any]) -> FormEdition:
    return FormEdition(
        code=edition.code, rule_set=edition.rule_set, content=dict(content), content_hash=fingerprint(content)
    )


class _Kept:
    """Editions by database and codes. They never change, so they are read once a process."""

    def __init__(self) -> None:
        self._editions: dict[tuple[str, str, str], Edition] = {}
        self._by_hash: dict[str, Edition] = {}
        self._lock = threading.Lock()

    def get(self, key: tuple[str, str, str]) -> Edition | None:
        return self._editions.get(key)

    def keep(self, key: tuple[str, str, str], row: FormEdition) -> Edition:
        with self._lock:
            edition = self._by_hash.get(row.content_hash)
            if edition is None:
                edition = self._by_hash[row.content_hash] = Edition.build(row.content)
            self._editions[key] = edition
            return edition


_kept = _Kept()


def edition(session: Session, code: str, rule_set: str) -> Edition:
    """The edition as it was published. Costs a statement the first time in a process. Raises Missing."""
    key = (database_name(session), code, rule_set)
    found = _kept.get(key)
    if found is not None:
        return found
    row = session.scalars(
        select(FormEdition).where(FormEdition.code == code, FormEdition.rule_set == rule_set)
    ).one_or_none()
    if row is None:
        raise Missing("no-edition", _NONE)
    return _kept.keep(key, row)


def newest(session: Session, code: str) -> Edition:
    """The edition with its newest rule set. Raises Missing."""
    row = session.scalars(
        select(FormEdition).where(FormEdition.code == code).order_by(FormEdition.id.desc()).limit(1)
    ).one_or_none()
    if row is None:
        raise Missing("no-edition", _NONE)
    return _kept.keep((database_name(session), row.code, row.rule_set), row)
