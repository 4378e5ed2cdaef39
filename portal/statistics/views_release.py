"""The bureau's pages on releases: prepare, look through, sign off as a second person."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ..catalogue.chosen import choice_of
from ..catalogue.queries import catalogue_at, catalogue_today
from ..filing.queries_lock import accepted_counts
from ..kernel.bilingual import Bilingual
from ..kernel.errors import Conflict, Illegal, Invalid, Refusal
from ..kernel.roles import Permission
from ..web.access import actor, allow, read
from ..web.errors import apply_refusal
from ..web.language import spoken
from ..web.resend import labels_of, names_fields
from . import commands_release as commands
from . import queries_release as queries
from .disclosure import Rule, Why
from .forms_release import PrepareForm
from .release_freeze import Frozen
from .shown import SHOWN

blueprint = Blueprint("releases", __name__)
names_fields(
    blueprint,
    labels_of(PrepareForm),
    choices=lambda field, text: choice_of(catalogue_today(read()), field, text),
)
Page = str | Response | tuple[str, int]
_PREPARED = Bilingual("发布稿已准备好，请另一位市局负责人签发。", "Prepared. Another bureau lead signs it off.")
_SIGNED = Bilingual("已发布，公众页面从现在起显示这一版。", "Released. The public pages show it from now on.")
_DROPPED = Bilingual("发布稿已放弃。", "The prepared release was dropped.")


@blueprint.context_processor
def _for_templates() -> dict[str, Any]:
    return {"may": Permission}


@blueprint.get("/releases")
@allow(Permission.RELEASE_READ)
def listed() -> Page:
    return _list_page(PrepareForm())


@blueprint.post("/releases/prepare")
@allow(Permission.RELEASE_PREPARE)
def prepare() -> Page:
    form = PrepareForm()
    quarter = form.chosen
    if quarter is None:
        return _list_page(form), 422
    try:
        release_id = commands.prepare_release(actor(), quarter, _rule(), form.note.data or "")
    except (Invalid, Illegal, Conflict) as refusal:
        apply_refusal(form, refusal)
        return _list_page(form), refusal.status
    flash(spoken(_PREPARED), "ok")
    return redirect(url_for("releases.release", release_id=release_id), 303)


@blueprint.get("/releases/<int:release_id>")
@allow(Permission.RELEASE_READ)
def release(release_id: int) -> Page:
    return _release_page(release_id)


@blueprint.post("/releases/<int:release_id>/sign-off")
@allow(Permission.RELEASE_SIGN)
def sign(release_id: int) -> Page:
    return _stepped(release_id, _SIGNED, lambda: commands.sign_off(actor(), release_id))


@blueprint.post("/releases/<int:release_id>/drop")
@allow(Permission.RELEASE_PREPARE)
def drop(release_id: int) -> Page:
    return _stepped(release_id, _DROPPED, lambda: commands.drop_release(actor(), release_id))


def _stepped(release_id: int, done: Bilingual, work: Callable[[], object]) -> Page:
    """Does one step; a refusal is told on the release's own page."""
    try:
        work()
    except (Illegal, Conflict) as refusal:
        return _release_page(release_id, refusal)
    flash(spoken(done), "ok")
    return redirect(url_for("releases.release", release_id=release_id), 303)


def _list_page(form: PrepareForm) -> str:
    quarters = queries.releasable(read())
    form.offer(quarters)
    if request.method == "GET" and quarters:
        form.quarter.data = str(quarters[0])
    accepted = accepted_counts(read(), [quarter.code for quarter in quarters])
    locks = [(q, accepted.get(q.code, 0), len(catalogue_at(read(), q).units)) for q in quarters]
    return render_template(
        "releases/list.html", releases=queries.releases(read()), form=form, quarters=quarters, locks=locks
    )


def _release_page(release_id: int, refusal: Refusal | None = None) -> Page:
    found = queries.release(read(), release_id)
    shown = queries.published(read(), found)
    hidden = hidden_by_line(queries.cells_of(read(), found))
    page = render_template(
        "releases/release.html", shown=shown, release=found, hidden=hidden, figures=SHOWN, refusal=refusal
    )
    return (page, refusal.status) if refusal else page


def hidden_by_line(cells: list[Frozen]) -> dict[tuple[str, str], dict[Why, list[str]]]:
    """Which indicators of each line are hidden, by the category of the reason; never by how much."""
    found: dict[tuple[str, str], dict[Why, list[str]]] = {}
    for cell in sorted(cells, key=lambda cell: cell.indicator):
        if cell.hidden_for:
            found.setdefault((cell.margin, cell.line), {}).setdefault(Why(cell.hidden_for), []).append(cell.indicator)
    return found


def _rule() -> Rule:
    settings = current_app.config["PORTAL"]
    return Rule(settings.release_smallest_n, Decimal(settings.release_share))
