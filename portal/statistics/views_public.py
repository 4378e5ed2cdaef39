"""What everybody may read: released figures as pages and as open data. Frozen releases only, never a live cell."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from flask import Blueprint, render_template, request
from werkzeug.wrappers import Response

from ..kernel.errors import Missing
from ..kernel.roles import Permission
from ..spreadsheet.write import CSV_TYPE, XLSX_TYPE, Workbook, csv_bytes, xlsx_bytes
from ..web.access import allow, read
from ..web.language import asked_language
from ..web.typed import quarter_of
from . import queries_release as queries
from .release_open import file_name, open_workbook
from .release_words import COVERAGE, FIGURES
from .shown import SHOWN

blueprint = Blueprint("published", __name__)
_CHECKED = "public, no-cache"  # kept by everybody, asked for anew by its mark: a revision shows at once
_FOR_GOOD = "public, max-age=31536000, immutable"


@blueprint.get("/statistics")
@allow(Permission.PUBLIC)
def releases() -> str:
    rows = queries.public_releases(read())
    newest = max((row.period for row in rows), default=None)
    return render_template("releases/published.html", releases=rows, planned=queries.planned(read(), newest))


@blueprint.get("/statistics/<period>")
@allow(Permission.PUBLIC)
def quarter(period: str) -> str:
    found = queries.public_release(read(), quarter_of(period), _number())
    shown = queries.published(read(), found)
    return render_template(
        "releases/quarter.html", shown=shown, figures=SHOWN, words=FIGURES, coverage=COVERAGE, release=found
    )


@blueprint.get("/open-data/<period>.csv")
@allow(Permission.PUBLIC)
def csv_file(period: str) -> Response:
    return _file(period, "csv", csv_bytes, CSV_TYPE)


@blueprint.get("/open-data/<period>.xlsx")
@allow(Permission.PUBLIC)
def xlsx_file(period: str) -> Response:
    return _file(period, "xlsx", xlsx_bytes, XLSX_TYPE)


def _file(period: str, ending: str, write: Callable[[Workbook], bytes], mimetype: str) -> Response:
    """A release as a file. An address with its version never changes; one without is checked by its mark."""
    found = queries.public_release(read(), quarter_of(period), _number())
    shown = queries.published(read(), found)
    content = write(open_workbook(shown.about, shown.table, shown.progress))
    response = Response(content, content_type=mimetype)
    response.set_etag(hashlib.sha256(content).hexdigest()[:32])
    if asked_language() is None:  # a language asked for is remembered in a cookie, and a cookie is nobody else's
        response.headers["Cache-Control"] = _CHECKED if _number() is None else _FOR_GOOD
    name = file_name(shown.about, ending)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.last_modified = found.released_at
    return response.make_conditional(request)


def _number() -> int | None:
    """The version the address asks for; one that is no number is a version that does not exist."""
    text = request.args.get("version", "")
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Missing
    return int(text)
