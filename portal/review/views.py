"""Pages of the queue: the list with its counts and filters, and what is done to several cases at once."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

from flask import flash, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from ..audit.trail import record_access
from ..casework.models import Case
from ..casework.queries import cases
from ..catalogue.queries import catalogue_today, version
from ..enterprises.queries import case_names
from ..kernel.bilingual import Bilingual, both
from ..kernel.clock import today
from ..kernel.roles import Permission
from ..kernel.workflow import Action
from ..spreadsheet.write import XLSX_TYPE, xlsx_bytes
from ..support.queries_listed import policies_read
from ..web.access import actor, allow, read
from ..web.attachment import attachment
from ..web.chosen import choices_of
from ..web.language import gettext as _
from ..web.language import language
from ..web.resend import labels_of, names_fields
from ..web.sessions import known_version
from . import commands, forms, views_missing, views_quarter, views_remind
from .commands import Outcome, Pick
from .export import EXPORT_LIMIT, Listed, workbook
from .lines import Viewer, line_writer, may_be_batched
from .queries import queue as rows_of
from .queries_chosen import chosen
from .queries_names import names_then
from .queries_page import Asked, QueuePage, of_whole_list, queue_page
from .rules import Section, Tick, counted, outcome_title
from .views_case import blueprint, just_approved, window

__all__ = ["blueprint", "views_missing", "views_quarter", "views_remind"]
_P = Permission
_TICKED = Bilingual("已勾选", "Ticked")
_OTHERS = {
    "pick": _TICKED,
    "enterprise": _TICKED,
    "kind": Bilingual("列表", "List"),
    "do": Bilingual("操作", "Action"),
}
_PRESSED = {"approve": Action.APPROVE.title, "claim": Action.CLAIM.title}
names_fields(
    blueprint,
    labels_of(
        *(forms.ReasonForm, forms.AdmitForm, forms.AssignForm, forms.QuestionForm, forms.AcceptForm, forms.UnlockForm),
        others=_OTHERS,
    ),
    choices=choices_of(
        lambda field, text: chosen(read(), (request.view_args or {}).get("case_id"), field, text),
        forms=(forms.AcceptForm, forms.UnlockForm),
        tables={"kind": {section.value: section.title for section in Section}, "do": _PRESSED},
    ),
)


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {"Permission": Permission, "view": _view(), "name_of": name_of}


def _view() -> dict[str, Any]:
    """What goes along from the list to its cases and back, read once a request."""
    if "review_view" not in g:
        g.review_view = forms.view_kept(request.args.to_dict())
    found: dict[str, Any] = g.review_view
    return found


def name_of(found: Case) -> Bilingual:
    """What the enterprise of a case is called; asked of the database only where a page is read in English."""
    known: dict[int, Bilingual] = g.setdefault("case_names", {})
    if found.id not in known:
        known |= {found.id: both(found.enterprise_name)} if language() == "zh" else case_names(read(), [found])
    return known[found.id]


@blueprint.get("/review")
@allow(_P.CASE_READ)
def queue() -> str:
    stamp = known_version() or version(read())
    asked = of_whole_list(forms.list_asked(request.args.to_dict(), catalogue_today(read(), stamp).chains))
    g.nav_values = {"kind": asked.section.value}
    found = queue_page(read(), me := actor(), asked, today(), stamp)
    page = forms.page_of(found.rows, asked.after, asked.size)
    return render_template(
        "review/queue.html",
        asked=asked,
        found=found,
        counted=counted,
        lines=line_writer(_viewer(asked, found), found.names, found.flagged, found.policies)(page.rows),
        page=page,
        quarters=forms.quarters_offered(asked.filters.quarter, today()),
        key=uuid.uuid4().hex,
        done=just_approved(),
        clean=sum([may_be_batched(row, asked.section, me) for row in page.rows]),
    )


def _viewer(asked: Asked, found: QueuePage) -> Viewer:
    kept = f"?{urlencode(view)}" if (view := _view()) else ""
    return Viewer(
        actor(), asked.section, asked.tab, language(), today(), found.calendar, asked.tick is not Tick.NONE, kept
    )


@blueprint.get("/review/export")
@allow(_P.CASE_READ)
def export() -> Response:
    """The list as it is filtered, as a spreadsheet; who took it away is noted."""
    section, tab, me = forms.section_asked(request.args), forms.tab_asked(request.args), actor()
    filters = forms.filters_asked(request.args, catalogue_today(read()).chains)
    rows = rows_of(read(), section, tab, me=me.account_id, today=today(), filters=filters, size=EXPORT_LIMIT)
    names, policies = (
        names_then(read(), (r.quarter for r in rows)),
        policies_read(read(), (r.policy_hash for r in rows)),
    )
    book = workbook(rows, Listed(section, tab, filters), names, policies)
    name = f"{section.value}-{tab.value}-{today()}.xlsx"
    response = attachment(xlsx_bytes(book), XLSX_TYPE, name)
    noted = {"list": section.value, "view": tab.value, "rows": len(rows)}
    response.call_on_close(lambda: record_access(me, subject="review:queue", verb="export", detail=noted))
    return response


@blueprint.post("/review/batch")
@allow(_P.CASE_CLAIM)
def batch() -> Response:
    """Approves or claims the ticked lines, each on its own, and leads to what became of them."""
    ticked = [Pick(*pair) for pair in forms.picks(request.form)]
    section = forms.section_asked(request.form)
    if not ticked:
        flash(_("Select at least one line first."), "warn")
        return redirect(url_for("review.queue", kind=section.value, **_view()), 303)
    if request.form.get("do") == "approve":
        key = forms.form_key(request.form.get("key")) or uuid.uuid4().hex
        outcomes = commands.decide_many(actor(), Action.APPROVE, ticked, key=key, window=window())
    else:
        outcomes = commands.claim_many(actor(), ticked)
    session["batch"] = [[o.case_id, o.code] for o in outcomes]
    return redirect(url_for("review.batch_result", kind=section.value, **_view()), 303)


@blueprint.get("/review/batch")
@allow(_P.CASE_CLAIM)
def batch_result() -> str:
    """What became of each line of the newest batch of this visit."""
    section = forms.section_asked(request.args)
    g.nav_values = {"kind": section.value}
    outcomes = [Outcome(case_id, code) for case_id, code in session.get("batch", [])]
    found = cases(read(), [outcome.case_id for outcome in outcomes])
    g.case_names = case_names(read(), found.values())
    return render_template(
        "review/batch.html",
        outcomes=outcomes,
        cases=found,
        outcome_title=outcome_title,
        section=section,
    )
