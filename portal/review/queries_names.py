"""What codes were called in the quarter a page is about, and which rows of the form its flags are about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy.orm import Session

from ..catalogue.entries import Entry
from ..catalogue.kept import KEPT_SNAPSHOTS
from ..catalogue.queries import catalogue_at, catalogue_today, version
from ..catalogue.snapshot import Catalogue
from ..kernel.bilingual import Bilingual, both
from ..kernel.period import Quarter
from ..questionnaire.edition import Edition
from ..questionnaire.look import short
from ..questionnaire.store import edition
from .queries import QueueRow


@dataclass(frozen=True, slots=True)
class Names:
    """What chains, segments and units are called in the quarter a page is about, by code."""

    chains: Mapping[str, Bilingual]
    segments: Mapping[str, Bilingual]
    units: Mapping[str, Bilingual]
    clusters: Mapping[str, Bilingual]

    def chain(self, code: str) -> Bilingual:
        return self.chains.get(code) or both(code)

    def segment(self, code: str) -> Bilingual:
        return self.segments.get(code) or both(code)

    def cluster(self, segment: str) -> Bilingual | None:
        """The cluster that the segment is counted in; None for a segment of no cluster."""
        return self.clusters.get(segment)

    def unit(self, code: str) -> Bilingual:
        return self.units.get(code) or both(code)


_kept: dict[int, tuple[Catalogue, Names]] = {}


def names_of(catalogue: Catalogue) -> Names:
    """Worked out once for each snapshot that is kept in the process: a snapshot never changes."""
    found = _kept.get(id(catalogue))
    if found is None or found[0] is not catalogue:
        if len(_kept) >= KEPT_SNAPSHOTS:
            _kept.clear()
        found = _kept[id(catalogue)] = (catalogue, _names(catalogue))
    return found[1]


def _names(catalogue: Catalogue) -> Names:
    segments, units = _titles(catalogue.segments), _titles(catalogue.units)
    chains = {code: chain.called for code, chain in catalogue.chains.items()}
    clusters = {code: found.called for code in catalogue.segments if (found := catalogue.cluster_of_segment(code))}
    return Names(chains, segments, units, clusters)


def _titles(entries: Mapping[str, Entry]) -> dict[str, Bilingual]:
    return {code: entry.title for code, entry in entries.items()}


def names_then(session: Session, quarters: Iterable[int | None], stamp: str | None = None) -> dict[int | None, Names]:
    """The names of each quarter (None: today's) as they were then: an earlier quarter keeps its old ones.

    One statement, and none with the `stamp` of a catalogue read before.
    """
    stamp = version(session) if stamp is None else stamp
    return {
        code: names_of(
            catalogue_today(session, stamp) if code is None else catalogue_at(session, Quarter.from_code(code), stamp)
        )
        for code in {None, *quarters}
    }


def flagged_rows(session: Session, row: QueueRow) -> tuple[Bilingual, ...]:
    """The short names of the form's rows that the flags of a filing stand at, each once, in the form's order."""
    if not row.flag_keys or row.edition is None or row.rule_set is None:
        return ()
    return _short_names(edition(session, row.edition, row.rule_set), row.flag_keys)


@lru_cache(maxsize=1024)
def _short_names(form: Edition, flag_keys: str) -> tuple[Bilingual, ...]:
    fields = {key.partition(":")[2] for key in json.loads(flag_keys)}
    return tuple(short(question.title) for code, question in form.by_code.items() if code in fields)


def names_of_flags(session: Session, rows: Iterable[QueueRow]) -> dict[int, tuple[Bilingual, ...]]:
    """The same for every flagged line of a list, by case."""
    return {row.id: flagged_rows(session, row) for row in rows if row.flag_keys}
