"""The list of who is missing a quarter, by name: for a county its own, for the city all of them; and as a table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flask import g, render_template, request
from werkzeug.wrappers import Response

from ..audit.trail import record_access
from ..catalogue.models import FilingWindow
from ..catalogue.queries import catalogue_at
from ..enterprises.queries_contacts import contacts_of
from ..kernel.clock import now, today
from ..kernel.errors import Missing as NotThere
from ..kernel.roles import Permission
from ..spreadsheet.write import XLSX_TYPE, xlsx_bytes
from ..web.access import actor, allow, read
from ..web.attachment import attachment
from ..web.paging import Page, cursor, key_of
from .export import EXPORT_LIMIT
from .export_missing import Asked, workbook
from .forms import quarter_asked
from .queries_missing import Mark, Missing, count_missing, missing
from .queries_names import Names, names_of
from .remind import last_reminded
from .views_case import blueprint
from .views_quarter import NO_WINDOW, QUARTERS, chosen_window, opened_windows

__all__ = ["blueprint"]
PAGE = 50
_WEIGHT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,2})?", re.ASCII)
_LARGEST = 10**15
_P = Permission


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for, with the names of its quarter. Empty texts ask for every unit, every chain."""

    windows: list[FilingWindow]
    window: FilingWindow
    names: Names
    units: list[str]
    county: str
    chain: str


def _wanted() -> Wanted:
    """Raises Missing while no quarter was ever opened for filing."""
    opened = opened_windows()
    if not opened:
        raise NotThere("window", NO_WINDOW)
    window = chosen_window(opened, quarter_asked(request.args))
    names = names_of(catalogue_at(read(), window.period))
    units = sorted(actor().counties) or list(names.units)
    county, chain = request.args.get("county", ""), request.args.get("chain", "")
    shown = opened[:QUARTERS] if window in opened[:QUARTERS] else [*opened[:QUARTERS], window]
    return Wanted(
        shown, window, names, units, county if county in units else "", chain if chain in names.chains else ""
    )


def _mark() -> Mark | None:
    """Where the last page ended; None (the first page) for a cursor that is not ours."""
    key = key_of(request.args.get("after"), 2)
    if key is None or not isinstance(key[0], str) or not isinstance(key[1], int) or not _WEIGHT.fullmatch(key[0]):
        return None
    return Decimal(key[0]), min(max(key[1], 0), _LARGEST)


@blueprint.get("/review/missing")
@allow(_P.CASE_READ)
def missing_list() -> str:
    """Everybody without an approved filing of a quarter that is not waited for, the heaviest in the figures first."""
    g.nav_values = {"kind": "filing"}
    wanted, after = _wanted(), _mark()
    quarter = wanted.window.period
    rows = missing(read(), quarter, wanted.county, wanted.chain, after=after, size=PAGE + 1)
    shown = rows[:PAGE]
    following = cursor((str(shown[-1].weight), shown[-1].enterprise_id)) if len(rows) > PAGE else None
    return render_template(
        "review/missing.html",
        wanted=wanted,
        page=Page(shown, following, after is None),
        total=count_missing(read(), quarter, wanted.county, wanted.chain),
        contacts=contacts_of(read(), [row.enterprise_id for row in shown]),
        last=last_reminded(read(), quarter),
        overdue=_overdue,
        takes_filings=wanted.window.opens_at <= now() and wanted.window.locks_on >= today(),
        today=today(),
    )


def _overdue(row: Missing, window_due_on: date) -> int:
    """Days since it was due; 0 while it is not."""
    return max((today() - row.due_on(window_due_on)).days, 0)


@blueprint.get("/review/missing/export")
@allow(_P.CASE_READ)
def missing_export() -> Response:
    """The list as it is filtered, as a spreadsheet; who took it away is noted."""
    wanted, me = _wanted(), actor()
    quarter = wanted.window.period
    rows = missing(read(), quarter, wanted.county, wanted.chain, size=EXPORT_LIMIT)
    contacts = contacts_of(read(), [row.enterprise_id for row in rows])
    asked = Asked(wanted.window.due_on, today(), quarter, wanted.county, wanted.chain)
    book = workbook(rows, asked, wanted.names, contacts, last_reminded(read(), quarter))
    response = attachment(xlsx_bytes(book), XLSX_TYPE, f"missing-{quarter}-{today()}.xlsx")
    noted = {"list": "missing", "quarter": quarter.code, "county": wanted.county, "rows": len(rows)}
    response.call_on_close(lambda: record_access(me, subject="review:missing", verb="export", detail=noted))
    return response
