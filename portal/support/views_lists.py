"""Loading a dated list from a file: its template, sending it, the preview, confirming, the file handed back marked."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import quote

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ..enterprises.roster_form import marked_file
from ..enterprises.roster_rules import Fault
from ..kernel.bilingual import Bilingual
from ..kernel.clock import today
from ..kernel.errors import Invalid, Missing
from ..kernel.roles import Permission
from ..spreadsheet.write import XLSX_TYPE
from ..uploads.queries import upload
from ..uploads.store import content_of
from ..web.access import actor, allow, close_reading, read
from ..web.errors import apply_refusal
from ..web.language import gettext as _
from ..web.language import spoken
from . import commands_lists
from .commands_lists import ListFile
from .forms import ListFileForm
from .list_form import template
from .list_rules import KINDS
from .models_lists import ListImport
from .pages import blueprint
from .queries_lists import faults_of, list_import, list_imports, newest_entries, plan_for
from .reader import list_kinds

Answer = str | Response | tuple[str, int]
IMPORT = "/support/lists/imports/<int(max=9223372036854775807):import_id>"
MOST_SHOWN = 200


@blueprint.route("/support/lists/import", methods=["GET", "POST"])
@allow(Permission.SUPPORT_MANAGE)
def lists_import() -> Answer:
    form = ListFileForm()
    form.list.choices = [("", _("Choose")), *((code, spoken(kind.title)) for code, kind in list_kinds().items())]
    if not form.is_submitted():
        return _sending(form)
    close_reading()
    file = request.files.get("file")
    name, stream = (file.filename or "", file.stream) if file else ("", None)
    folder, code, source = current_app.config["PORTAL"].data_dir, form.list.data or "", form.source.data or ""
    try:
        number = commands_lists.offer_list(actor(), ListFile(folder, name, stream, code, form.day(), source))
    except Invalid as refusal:
        apply_refusal(form, refusal)
        return _sending(form), refusal.status
    return redirect(url_for(".list_preview", import_id=number), 303)


def _sending(form: ListFileForm) -> str:
    return render_template("support/list_import.html", form=form, rows=list_imports(read()), kinds=list_kinds())


@blueprint.get("/support/lists/import/template")
@allow(Permission.SUPPORT_MANAGE)
def list_template() -> Response:
    """Of the list that is asked for, with what its newest edition holds; the first list where none is named."""
    kinds = list_kinds()
    kind = kinds.get(request.args.get("list", "")) or next(iter(kinds.values()))
    return _file(template(kind, newest_entries(read(), kind.code)), f"{kind.title.zh}-{today()}.xlsx")


def _file(content: bytes, name: str) -> Response:
    response = make_response(content)
    response.mimetype = XLSX_TYPE
    response.headers["Content-Disposition"] = f"attachment; filename=\"list.xlsx\"; filename*=UTF-8''{quote(name)}"
    return response


@blueprint.get(IMPORT)
@allow(Permission.SUPPORT_MANAGE)
def list_preview(import_id: int) -> str:
    found = list_import(read(), import_id)
    about = {"found": found, "file": upload(read(), found.upload_id), "kind": list_kinds()[found.list]}
    if found.state == "loaded":
        return render_template("support/list_loaded.html", **about, counts=found.result["counts"])
    plan = plan_for(read(), found)
    faults = [*faults_of(found), *plan.faults]
    shown = {"groups": _grouped(faults), "wrong": found.wrong + len(plan.faults), "most": MOST_SHOWN}
    return render_template("support/list_preview.html", **about, plan=plan, **shown)


def _grouped(faults: list[Fault]) -> list[tuple[Bilingual, int, list[Fault]]]:
    """(kind, how many, the first of them) in the order of the rules' table."""
    counts = Counter(fault.kind for fault in faults)
    return [
        (title, counts[kind], [fault for fault in faults if fault.kind == kind][:MOST_SHOWN])
        for kind, title in KINDS.items()
        if counts[kind]
    ]


@blueprint.post(f"{IMPORT}/confirm")
@allow(Permission.SUPPORT_MANAGE)
def list_confirm(import_id: int) -> Response:
    if commands_lists.load_list(actor(), import_id, request.form.get("fingerprint", "")):
        flash(_("This list is loaded."), "ok")
    else:
        flash(_("All of this stands already. Nothing was changed."), "info")
    return redirect(url_for(".list_preview", import_id=import_id), 303)


@blueprint.get(f"{IMPORT}/marked")
@allow(Permission.SUPPORT_MANAGE)
def list_marked(import_id: int) -> Response:
    found = list_import(read(), import_id)
    file = upload(read(), found.upload_id)
    content = content_of(file, current_app.config["PORTAL"].data_dir)
    if content is None:
        raise Missing()
    return _file(marked_file(content, _all_faults(found), KINDS), f"{file.filename.rsplit('.', 1)[0]}-错误.xlsx")


def _all_faults(found: ListImport) -> list[Any]:
    if found.state == "loaded":
        return [Fault.of(kept) for kept in found.result["faults"]]
    return [*faults_of(found), *plan_for(read(), found).faults]
