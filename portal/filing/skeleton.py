"""Rows of the form as HTML: a row without a message is a skeleton, rendered once, with its figures filled in.

Most rows of most pages are such rows, and a page has up to forty. The skeleton comes out of the template itself, so
that there is one place that says how a row looks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from markupsafe import Markup, escape

from ..kernel.bilingual import Language
from ..kernel.period import Quarter
from ..questionnaire.edition import Edition
from ..web.skeleton import Skeleton, macro
from .queries import Talk
from .sheet import Label, Row

SLOTS = ("text", "computed", "previous", "last_year", "on_year", "on_quarter")


def past_titles(quarter: Quarter, language: Language) -> tuple[str, str]:
    """The heads of the two columns of the past: Chinese says which, English names the quarter; both are short."""
    if language == "zh":
        return "上季度", "去年同期"
    return (quarter - 1).title.en, quarter.same_last_year.title.en


def row_writer(
    edition: Edition, quarter: Quarter, language: Language, *, ytd: bool, locked: bool, talk: Sequence[Talk]
) -> Callable[[Row], Markup]:
    """What writes one row of this page."""
    reasons, titles = edition.reasons, past_titles(quarter, language)
    at_rows = {said.field for said in talk}

    def write(row: Row) -> Markup:
        code = row.label.code
        if row.state or row.errors or row.asks or row.reason or code in at_rows:
            here = [said for said in talk if said.field == code]
            return _rendered(row, here, reasons, ytd, locked, titles)
        # Only what was typed can hold anything but digits and signs.
        values = {
            "text": str(escape(row.text)),
            "computed": row.computed,
            "previous": row.previous,
            "last_year": row.last_year,
            "on_year": row.on_year,
            "on_quarter": row.on_quarter,
        }
        return _skeleton(row.label, bool(row.computed), ytd, locked, titles).filled(values)

    return write


@lru_cache(maxsize=2048)
def _skeleton(label: Label, has_computed: bool, ytd: bool, locked: bool, titles: tuple[str, str]) -> Skeleton:
    def written(marks: Mapping[str, Markup]) -> Markup:
        texts = dict(marks) if has_computed else {**marks, "computed": ""}
        blank = Row(label=label, reason="", state="", errors=(), asks=(), **texts)
        return _rendered(blank, [], {}, ytd, locked, titles)

    return Skeleton(SLOTS, written)


def _rendered(
    row: Row, talk: Sequence[Talk], reasons: object, ytd: bool, locked: bool, titles: tuple[str, str]
) -> Markup:
    return macro("filing/_row.html", "row_lines")(row, talk, reasons, ytd, locked, *titles)
