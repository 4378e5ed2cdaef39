"""The content of a case as its page shows it, read from the kind's own room; and which rows the officer looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from ..casework.models import Case
from ..enterprises.queries import RegistrationSheet, registration_sheet
from ..filing.queries_review import Flag, ReviewSheet, SheetRow, review_sheet
from ..kernel.bilingual import Bilingual, both
from ..kernel.clock import today
from ..kernel.measure import written
from ..kernel.word import Word
from ..kernel.workflow import Kind
from ..questionnaire.bands import Band
from ..statistics.benchmarks import PER_HEAD, SPREADS, Benchmark
from ..statistics.queries_benchmark import benchmarks_for
from ..support.queries_desk import SupportSheet, support_sheet

Sheet = ReviewSheet | RegistrationSheet | SupportSheet


class Show(Word):
    """Which rows of a filing stand on the page."""

    ATTENTION = "attention"
    ALL = "all"
    CHANGED = "changed"

    @property
    def title(self) -> Bilingual:
        return _SHOW_TITLES[self]


_SHOW_TITLES = {
    Show.ATTENTION: Bilingual("需要关注", "Needs attention"),
    Show.ALL: Bilingual("全部", "All"),
    Show.CHANGED: Bilingual("本次修改", "Changed"),
}


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one view in order, how many each view has, and the one the panel is about."""

    show: Show
    shown: Sequence[SheetRow]
    numbers: dict[Show, int]
    selected: SheetRow | None


_UNUSUAL = Bilingual(
    "{value}高于同链同规模企业的常见范围：中位数{median}，上限{limit}（中位数+{spreads}倍中位离差，{number}家）。仅审核员可见。",
    "{value} is above what is usual in this chain and size: median {median}, limit {limit} (median + {spreads} times "
    "the median distance, {number} enterprises). Only officers see this.",
)


def sheet_of(session: Session, case: Case) -> Sheet:
    if case.kind in (Kind.APPLICATION, Kind.AWARD):
        return support_sheet(session, case, today())
    if case.kind is not Kind.FILING:
        return registration_sheet(session, case)
    sheet = review_sheet(session, case)
    usual = benchmarks_for(session, case)
    return replace(sheet, rows=tuple(_beside(row, usual.get(row.code)) for row in sheet.rows))


def _beside(row: SheetRow, usual: Benchmark | None) -> SheetRow:
    """The row with what is usual in its chain and size, and a flag where output per head is above that.

    The flag is Q25's second half, which no enterprise is shown.
    """
    if usual is None:
        return row
    row = replace(row, median=usual.median, peers=usual.number, median_of=usual.quarter)
    if row.code != PER_HEAD or row.value is None or row.value <= usual.limit:
        return row
    said = _UNUSUAL.fill(
        value=written(row.value, row.places),
        median=written(usual.median, row.places),
        limit=written(usual.limit, row.places),
        spreads=SPREADS,
        number=usual.number,
    )
    return replace(row, flags=(*row.flags, Flag("Q25", said, None, "", Band(None, usual.limit))))


def changes_of(sheet: Sheet) -> list[tuple[Bilingual, Bilingual]]:
    """What the newest submission changed on the one before: each field's name, and its value before and after."""
    if isinstance(sheet, SupportSheet):
        return []
    if isinstance(sheet, RegistrationSheet):
        return [(label, _said(value)) for code, label, value in sheet.rows if code in sheet.changed]
    return [
        (
            Bilingual(f"{row.title.zh}（{row.code}）", f"{row.title.en} ({row.code})"),
            both(f"{written(row.was, row.places)} → {written(row.value, row.places)}"),
        )
        for row in sheet.rows
        if row.is_changed
    ]


def _said(value: object) -> Bilingual:
    return value if isinstance(value, Bilingual) else both(str(value or "–"))


def field_choices(sheet: Sheet) -> list[tuple[str, Bilingual]]:
    """(code, name) of every field that a remark can stand at."""
    if isinstance(sheet, SupportSheet):
        return [(blank.name, blank.title) for blank, _value in sheet.rows]
    if isinstance(sheet, RegistrationSheet):
        return [(code, label) for code, label, _value in sheet.rows]
    return [(row.code, Bilingual(f"{row.code} {row.title.zh}", f"{row.code} {row.title.en}")) for row in sheet.rows]


def rows_of(sheet: Sheet, show: str, field: str) -> Rows | None:
    """None for what is no filing. Under `attention` flagged rows stand first, then what changed and the headline."""
    if not isinstance(sheet, ReviewSheet):
        return None
    asked = next((s for s in Show if s.value == show), Show.ATTENTION)
    kept = {
        Show.ATTENTION: sorted(
            (row for row in sheet.rows if row.flags or row.is_changed or row.is_headline or row.estimated),
            key=lambda row: not row.flags,
        ),
        Show.ALL: list(sheet.rows),
        Show.CHANGED: [row for row in sheet.rows if row.is_changed],
    }
    shown = kept[asked]
    named = next((row for row in sheet.rows if row.code == field), None)
    return Rows(asked, shown, {s: len(rows) for s, rows in kept.items()}, named or (shown[0] if shown else None))
