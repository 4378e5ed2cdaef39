"""Everybody's messages, and, in demo mode only, the mails that a real portal would have sent."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ..database.seal import LostKey
from ..kernel.clock import now
from ..kernel.errors import Missing
from ..kernel.roles import Permission
from ..web.access import actor, allow, read
from ..web.language import gettext as _
from ..web.paging import Key, Page, cursor, key_of
from . import commands, queries
from .models import Mail

blueprint = Blueprint("notices", __name__)


@blueprint.get("/messages")
@allow(Permission.SIGNED_IN)
def messages() -> str:
    mine, at = actor().account_id or 0, now()
    before = _place(key_of(request.args.get("after"), 2))
    rows = queries.inbox(read(), mine, at, before, queries.PAGE_SIZE + 1)
    shown = [(row, queries.title(row), queries.body(row)) for row in rows[: queries.PAGE_SIZE]]
    last = shown[-1][0] if len(rows) > len(shown) else None
    page = Page(shown, cursor((last.due_at.isoformat(), last.id)) if last else None, before is None)
    return render_template("notices/messages.html", page=page, unread=queries.unread(read(), mine, at))


def _place(key: Key | None) -> tuple[datetime, int] | None:
    """Where a page begins; None for a cursor that was tampered with."""
    if key is None or not isinstance(key[0], str) or not isinstance(key[1], int) or key[1] >= queries.MOST_ID:
        return None
    try:
        instant = datetime.fromisoformat(key[0])
    except ValueError:
        return None
    return (instant, key[1]) if instant.tzinfo is not None else None


@blueprint.post("/messages/<int:notice_id>/read")
@allow(Permission.SIGNED_IN)
def mark_read(notice_id: int) -> Response:
    commands.mark_read(actor(), notice_id)
    return redirect(url_for(".messages"), 303)


@blueprint.post("/messages/read")
@allow(Permission.SIGNED_IN)
def mark_all_read() -> Response:
    commands.mark_all_read(actor())
    flash(_("All messages are marked as read."), "ok")
    return redirect(url_for(".messages"), 303)


@blueprint.get("/demo/mail")
@allow(Permission.PUBLIC)
def demo_mail() -> str:
    """The demonstration's mailbox. Outside demo mode there is no such page."""
    if not current_app.config["PORTAL"].is_demo:
        raise Missing()
    mails = [(mail, _link(mail)) for mail in queries.newest_mails(read(), now())]
    return render_template("notices/demo_mail.html", mails=mails)


def _link(mail: Mail) -> str:
    try:
        return queries.link_of(mail)
    except LostKey:
        return ""
