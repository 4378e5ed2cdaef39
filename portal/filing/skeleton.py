"""Rows of the form as HTML: a row without a message is a skeleton, rendered once, with its figures filled in.

Most rows of most pages are such rows, and a page has up to forty. The skeleton comes out of the template itself, so
that there is one place that says how a row looks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache
from operator import itemgetter
from typing import Any

from flask import current_app
from markupsafe import Markup, escape

from ..kernel.bilingual import Language
from ..kernel.period import Quarter
from ..questionnaire.edition import Edition
from .queries import Talk
from .sheet import Label, Row

SLOTS = ("text", "computed", "previous", "last_year", "on_year", "on_quarter")
_MARK = "\ue000{}\ue001"  # private letters that no definition and no wording holds


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
        wording, chosen = _skeleton(row.label, bool(row.computed), ytd, locked, titles)
        # Only what was typed can hold anything but digits and signs.
        values = (str(escape(row.text)), row.computed, row.previous, row.last_year, row.on_year, row.on_quarter)
        return Markup(wording % chosen(values))  # nosec B704: every value is escaped above

    return write


@lru_cache(maxsize=2048)
def _skeleton(
    label: Label, has_computed: bool, ytd: bool, locked: bool, titles: tuple[str, str]
) -> tuple[str, Callable[[Sequence[str]], Any]]:
    """The row's HTML with a `%s` for each slot, and what picks their values in this order."""
    marks = {name: _MARK.format(place) for place, name in enumerate(SLOTS)}
    blank = Row(label=label, reason="", state="", errors=(), asks=(), **marks)
    if not has_computed:
        blank = replace(blank, computed="")
    wording, slots = "", []
    for part in str(_rendered(blank, [], {}, ytd, locked, titles)).replace("%", "%%").split("\ue000"):
        slot, is_slot, rest = part.partition("\ue001")
        wording += f"%s{rest}" if is_slot else part
        slots += [int(slot)] if is_slot else []
    return wording, itemgetter(*slots)


def _rendered(
    row: Row, talk: Sequence[Talk], reasons: object, ytd: bool, locked: bool, titles: tuple[str, str]
) -> Markup:
    macros = current_app.jinja_env.get_template("filing/_row.html").module
    written: Markup = macros.row_lines(row, talk, reasons, ytd, locked, *titles)  # type: ignore[attr-defined]
    return written
