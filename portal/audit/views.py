"""Two pages of oversight: the auditor's trail, and the administrator's background jobs.

The jobs' page stands here and not with the jobs, because a retry is written into the trail, which lies above them.
"""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, after_this_request, flash, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response

from ..jobs.queries import SCREEN as JOBS_SCREEN
from ..jobs.queries import open_jobs, parked_jobs, queue_state
from ..kernel.clock import now
from ..kernel.roles import Permission
from ..web.access import actor, allow, read
from ..web.language import gettext as _
from ..web.paging import Page, cursor, key_of
from . import queries
from .commands import retry_job
from .forms import FilterForm
from .trail import record_access

blueprint = Blueprint("audit", __name__)
jobs_blueprint = Blueprint("jobs", __name__)
_LARGEST_ID = 2**62


@blueprint.record_once
def _bring_jobs_along(state: BlueprintSetupState) -> None:
    """The jobs' page has a name of its own in the navigation, so it is a blueprint of its own."""
    state.app.register_blueprint(jobs_blueprint)


@blueprint.get("/audit")
@allow(Permission.AUDIT_READ)
def events() -> tuple[str, int]:
    form = FilterForm(request.args)
    form.offer(_("Every action"))
    is_valid = form.validate()
    rows = queries.events(read(), form.wanted(), _id_after(), queries.SCREEN + 1) if is_valid else []
    shown = rows[: queries.SCREEN]
    following = cursor((shown[-1].id,)) if len(rows) > len(shown) else None
    page = Page(shown, following, _id_after() is None)
    _note_reading("audit")
    return render_template("audit/events.html", form=form, page=page), 200 if is_valid else 422


@blueprint.get("/audit/<int:event_id>")
@allow(Permission.AUDIT_READ)
def event(event_id: int) -> str:
    sheet = queries.event(read(), min(event_id, _LARGEST_ID))
    _note_reading(f"audit-event:{event_id}")
    return render_template("audit/event.html", sheet=sheet)


@jobs_blueprint.get("/administration/jobs")
@allow(Permission.JOB_MANAGE)
def jobs() -> str:
    instant = now()
    rows = open_jobs(read(), _job_after(), JOBS_SCREEN + 1)
    shown = rows[:JOBS_SCREEN]
    following = cursor((shown[-1].due_at.isoformat(), shown[-1].id)) if len(rows) > len(shown) else None
    page = Page(shown, following, _job_after() is None)
    state = queue_state(read(), instant)
    return render_template(
        "audit/jobs.html", page=page, parked=parked_jobs(read()), state=state, lag=int(state.lag.total_seconds())
    )


@jobs_blueprint.post("/administration/jobs/<int:job_id>/retry")
@allow(Permission.JOB_MANAGE)
def retry(job_id: int) -> Response:
    retry_job(actor(), min(job_id, _LARGEST_ID))
    flash(_("The job will be tried again within a few seconds."), "ok")
    return redirect(url_for("jobs.jobs"), 303)


def _id_after() -> int | None:
    key = key_of(request.args.get("after"), 1)
    return key[0] if key and isinstance(key[0], int) and 0 < key[0] <= _LARGEST_ID else None


def _job_after() -> tuple[datetime, int] | None:
    """Where the last screen of jobs ended; None for a cursor that is not one of ours."""
    key = key_of(request.args.get("after"), 2)
    if not key or not isinstance(key[0], str) or not isinstance(key[1], int) or not 0 < key[1] <= _LARGEST_ID:
        return None
    try:
        due_at = datetime.fromisoformat(key[0])
    except ValueError:
        return None
    return (due_at, key[1]) if due_at.tzinfo else None


def _note_reading(subject: str) -> None:
    """Writes the reading into the trail once the page has been sent; the page never waits for it."""
    person = actor()

    @after_this_request
    def _send_first(response: Response) -> Response:
        response.call_on_close(lambda: record_access(person, subject=subject))
        return response
