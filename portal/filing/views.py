"""The enterprise's pages of filling in: the task list, the form, the choice between two people's figures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response

from ..kernel.clock import now, today
from ..kernel.errors import Conflict, Illegal, Invalid, Missing, Refusal
from ..kernel.period import Quarter
from ..kernel.roles import Permission
from ..kernel.workflow import IN_REVIEW, State
from ..web.access import actor, allow, read
from ..web.address import url_for as address_of
from ..web.language import gettext as _
from ..web.language import language, spoken, written_instant
from ..web.typed import quarter_of
from . import commands, views_submit
from .commands import Saved
from .face import crumbs, face
from .named import name_of
from .page import EITHER, TASK_STATES, FormPage, blueprint, form_page, own, posted
from .queries import Due, filings_due
from .rules import deadline

__all__ = ["blueprint", "views_submit"]
QUIET = frozenset({*IN_REVIEW, State.APPROVED, State.VOID})


@blueprint.get("/filings")
@allow(*EITHER)
def filings() -> str:
    """Open quarters by deadline, and those that are done."""
    rows = filings_due(read(), own(actor()), now())
    open_ = [row for row in rows if row.state not in QUIET and _takes(row)]
    open_.sort(key=lambda row: deadline(row.window, row.reply_due_on))
    rest = [row for row in rows if row not in open_ and (row.state is not None or _in_time(row))]
    return render_template(
        "filing/filings.html", open=open_, rest=rest, due_on=deadline, today=today(), states=TASK_STATES
    )


@blueprint.post("/filings/<quarter>/start")
@allow(Permission.FILING_EDIT)
def start(quarter: str) -> Response:
    asked = quarter_of(quarter)
    commands.start_filing(actor(), asked)
    return redirect(url_for("filing.form", quarter=asked), 303)


@blueprint.get("/filings/<quarter>")
@allow(*EITHER)
def form(quarter: str) -> str | Response:
    page = _page(quarter_of(quarter), is_checked="check" in request.args)
    if page is None:
        return redirect(url_for("filing.filings"), 303)
    return _form(page)


@blueprint.post("/filings/<quarter>")
@allow(Permission.FILING_EDIT)
def save(quarter: str) -> Any:
    """Keeps what was typed. The button says where to go next; a script asks for JSON and stays."""
    asked, page = quarter_of(quarter), posted(request)
    try:
        saved = commands.save_draft(actor(), asked, page)
    except Refusal as refusal:
        return _unsaved(asked, page, refusal)
    if _wants_json():
        return _told(saved, page), 409 if saved.clashes else 422 if saved.too_long else 200
    if saved.clashes:
        return _clash(asked, saved), 409
    if saved.too_long:
        long = {name: page.typed[name] for name in saved.too_long}
        refused = Invalid("text-long", next(iter(saved.too_long.values())), saved.too_long)
        return _unsaved(asked, replace(page, typed=long), refused)
    return redirect(_next(asked, request.form.get("go", "save")), 303)


def _next(quarter: Quarter, go: str) -> str:
    if go == "exit":
        flash(_("Saved. You can go on at any time before the deadline."), "ok")
        return url_for("filing.filings")
    if go == "check":
        return url_for("filing.check_page", quarter=quarter)
    flash(_("Saved"), "ok")
    where = go.removeprefix("section-") if go.startswith("section-") else ""
    return address_of("filing.form", quarter=quarter, check="1") + (f"#s{quote(where[:1])}" if where else "")


def _unsaved(quarter: Quarter, page: commands.Page, refusal: Refusal) -> Any:
    """What could not be kept is shown again, whole, with the reason."""
    if _wants_json():
        return jsonify(status=_("Not saved: %(why)s", why=spoken(refusal.message))), refusal.status
    if not isinstance(refusal, (Invalid, Illegal, Conflict)):
        raise refusal
    if not isinstance(refusal, Invalid):
        return _to_copy(quarter, page, refusal), refusal.status
    shown = _page(quarter, is_checked=False, typed=page.typed)
    if shown is None:
        raise Missing from refusal
    return _form(shown, refusal), 422


def _to_copy(quarter: Quarter, page: commands.Page, refusal: Refusal) -> str:
    """What was typed where nothing can be kept: the fields that differ from what stands, by their names."""
    found = _page(quarter, is_checked=False)
    if found is None:
        raise Missing from refusal
    lines = []
    for name, text in page.typed.items():
        label = name_of(name, found.checked.edition)
        if label is not None and text.strip() and text != found.typed.get(name, ""):
            lines.append(f"{spoken(label)}: {text}")
    return render_template("filing/unsaved.html", quarter=quarter, message=refusal.message, typed="\n".join(lines))


def _told(saved: Saved, page: commands.Page) -> Response:
    at = written_instant(saved.at)
    status = _("Someone else changed the same rows") if saved.clashes else _("Saved automatically at %(at)s", at=at)
    if saved.too_long:
        status = _("One text is too long and not saved; all else is saved.")
    # What was too long stays on the page as it was typed.
    texts = {**saved.texts, **{name: page.typed[name] for name in saved.too_long}}
    clashes = [clash.name for clash in saved.clashes]
    return jsonify(status=status, version=saved.version, texts=texts, clashes=clashes)


def _clash(quarter: Quarter, saved: Saved) -> str:
    page = _page(quarter, is_checked=False)
    return render_template("filing/clash.html", quarter=quarter, saved=saved, page=page)


def _form(page: FormPage, refusal: Refusal | None = None) -> str:
    return render_template(
        "filing/form.html",
        now=page.now,
        quarter=page.quarter,
        crumbs=crumbs(page.quarter),
        main=face(
            page,
            language(),
            token=generate_csrf(),
            account_id=actor().account_id,
            root=request.root_path,
            refusal=refusal,
        ),
    )


def _page(quarter: Quarter, *, is_checked: bool, typed: Any = None) -> FormPage | None:
    return form_page(read(), actor(), quarter, language(), is_checked=is_checked, typed=typed)


def _takes(row: Due) -> bool:
    return row.locked_on is None and _in_time(row)


def _in_time(row: Due) -> bool:
    return today() <= max(row.window.locks_on, row.reply_due_on or row.window.locks_on)


def _wants_json() -> bool:
    accepted = request.headers.get("Accept", "")
    return "json" in accepted.lower() and request.accept_mimetypes.best == "application/json"
