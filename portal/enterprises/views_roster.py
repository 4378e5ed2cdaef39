"""The county's list: its template, sending a file, the preview, confirming, who has not registered yet."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import quote

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ..certificates.letters import unprintable
from ..kernel.clock import today
from ..kernel.errors import Invalid, Missing
from ..kernel.roles import Permission
from ..spreadsheet.write import XLSX_TYPE
from ..uploads.queries import upload
from ..uploads.store import content_of
from ..web.access import actor, allow, close_reading, read
from ..web.language import gettext as _
from ..web.paging import Page as Screen
from ..web.paging import cursor, key_of
from . import commands_roster
from .commands_roster import ListFile
from .forms_roster import ListForm
from .models_roster import RegisterImport
from .pages import NUMBER, Page, blueprint, catalogue, refused, units
from .queries_roster import (
    PAGE_SIZE,
    entries_of,
    faults_of,
    imports,
    known_of,
    plan_for,
    register_import,
    unregistered,
)
from .roster_form import marked_file, template
from .roster_rules import FAULT_KINDS, Change, Fault, Plan

_P = Permission
IMPORT = f"/enterprises/imports/<{NUMBER}:import_id>"
MOST_FAULTS = 300
MOST_TICKS = 500


@blueprint.route("/enterprises/import", methods=["GET", "POST"])
@allow(_P.STATUS_ENTER, _P.ROSTER_IMPORT)
def list_import() -> Page:
    form = _form()
    values: dict[str, Any] = {"rows": imports(read()), "units": units()}
    if request.method == "GET":
        return render_template("enterprises/import.html", form=form, **values)
    close_reading()
    try:
        number = commands_roster.offer_list(actor(), _sent(form))
    except Invalid as refusal:
        return refused("enterprises/import.html", form, refusal, **values)
    return redirect(url_for(".list_preview", import_id=number), 303)


def _form() -> ListForm:
    form, own = ListForm(), {code: title for code, title in units().items() if code in actor().counties}
    if actor().may(_P.ROSTER_IMPORT):
        form.offer(units(), _("All units of the city"))
    else:
        form.offer(own)
    return form


def _sent(form: ListForm) -> ListFile:
    file = request.files.get("file")
    return ListFile(
        current_app.config["PORTAL"].data_dir,
        (file.filename or "") if file else "",
        file.stream if file else None,
        form.county.data or "",
        form.document_no.data or "",
        form.listed_on.data or "",
        is_complete=bool(form.is_complete.data),
    )


@blueprint.get("/enterprises/import/template")
@allow(_P.STATUS_ENTER, _P.ROSTER_IMPORT)
def list_template() -> Response:
    """Of the unit that is asked for, where it is the actor's; else of all units in the actor's scope."""
    asked = request.args.get("county", "")
    own = sorted(actor().counties)
    county = asked if asked in units() and (asked in own or not own) else own[0] if len(own) == 1 else ""
    known, entries = known_of(read(), county), entries_of(read(), county)
    place = catalogue().unit(county).title.zh if county else "丽水市"
    return _file(template(catalogue(), known, entries, county, today()), f"{place}企业名录-{today()}.xlsx")


def _file(content: bytes, name: str) -> Response:
    response = make_response(content)
    response.mimetype = XLSX_TYPE
    response.headers["Content-Disposition"] = f"attachment; filename=\"list.xlsx\"; filename*=UTF-8''{quote(name)}"
    return response


@blueprint.get(IMPORT)
@allow(_P.STATUS_ENTER, _P.ROSTER_IMPORT)
def list_preview(import_id: int) -> str:
    found = register_import(read(), import_id)
    if found.state == "loaded":
        return render_template("enterprises/import_loaded.html", **_about(found), counts=found.result["counts"])
    plan = plan_for(read(), found)
    return render_template("enterprises/import_preview.html", **_about(found), **_shown(found, plan))


def _about(found: RegisterImport) -> dict[str, Any]:
    return {"found": found, "file": upload(read(), found.upload_id), "units": units(), "today": today()}


def _shown(found: RegisterImport, plan: Plan) -> dict[str, Any]:
    faults, due, names = [*faults_of(found), *plan.faults], _screen(plan.due), plan.optional("name")[:MOST_TICKS]
    listed = "".join(change.line.name for change in (*due.rows, *names) if change.line)
    return {
        "plan": plan,
        "due": due,
        "names": names,
        "unprintable": unprintable(listed),
        "missing": plan.optional("missing")[:MOST_TICKS],
        "groups": _grouped(faults),
        "differing": plan.differing[:MOST_TICKS],
        "faults": len(faults),
        "wrong": found.wrong + plan.wrong,
        "hides_missing": found.is_complete and not found.content["knows_all"],
    }


def _screen(changes: list[Change]) -> Screen[Change]:
    key = key_of(request.args.get("after"), 1)
    start = key[0] if key and isinstance(key[0], int) and 0 <= key[0] < len(changes) else 0
    following = cursor((start + PAGE_SIZE,)) if start + PAGE_SIZE < len(changes) else None
    return Screen(changes[start : start + PAGE_SIZE], following, start == 0)


def _grouped(faults: list[Fault]) -> list[tuple[Any, int, list[Fault]]]:
    """(kind, how many, the first of them) in the order of the rules' table."""
    counts = Counter(fault.kind for fault in faults)
    groups = []
    left = MOST_FAULTS
    for kind, title in FAULT_KINDS.items():
        if counts[kind]:
            shown = [fault for fault in faults if fault.kind == kind][: max(left, 5)]
            left -= len(shown)
            groups.append((title, counts[kind], shown))
    return groups


@blueprint.post(f"{IMPORT}/confirm")
@allow(_P.STATUS_ENTER, _P.ROSTER_IMPORT)
def list_confirm(import_id: int) -> Response:
    ticked = frozenset(request.form.getlist("ticked"))
    is_new = commands_roster.load_list(actor(), import_id, request.form.get("fingerprint", ""), ticked)
    if is_new:
        flash(_("The list is loaded."), "ok")
    else:
        flash(_("All of this stands already. Nothing was changed."), "info")
    return redirect(url_for(".list_preview", import_id=import_id), 303)


@blueprint.get(f"{IMPORT}/marked")
@allow(_P.STATUS_ENTER, _P.ROSTER_IMPORT)
def list_marked(import_id: int) -> Response:
    found = register_import(read(), import_id)
    file = upload(read(), found.upload_id)
    content = content_of(file, current_app.config["PORTAL"].data_dir)
    if content is None:
        raise Missing()
    more = plan_for(read(), found).faults if found.state == "open" else []
    stem = file.filename.rsplit(".", 1)[0]
    return _file(marked_file(content, [*faults_of(found), *more]), f"{stem}-错误.xlsx")


@blueprint.get("/enterprises/roster")
@allow(_P.STATUS_ENTER, _P.ROSTER_IMPORT)
def roster() -> str:
    key = key_of(request.args.get("after"), 2)
    at = (key[0], key[1]) if key and isinstance(key[0], str) and isinstance(key[1], int) else None
    rows = list(unregistered(read(), at))
    following = cursor((rows[PAGE_SIZE - 1].name, rows[PAGE_SIZE - 1].id)) if len(rows) > PAGE_SIZE else None
    page = Screen(rows[:PAGE_SIZE], following, at is None)
    return render_template("enterprises/import_roster.html", page=page, units=units())
