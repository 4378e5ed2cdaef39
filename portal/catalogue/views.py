"""Pages of the catalogue: browse, an entry with its dated versions, drafts, publishing by a second person, windows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ..kernel.bilingual import Bilingual
from ..kernel.clock import today
from ..kernel.errors import Conflict, Illegal, Invalid, Missing, Refusal
from ..kernel.period import Quarter
from ..kernel.roles import Permission
from ..web.access import actor, allow, read
from ..web.chosen import Words, choices_of
from ..web.errors import apply_refusal
from ..web.language import PortalForm, spoken
from ..web.language import gettext as _
from ..web.resend import names_fields
from . import commands, queries
from .chosen import choice_of
from .commands import Place
from .forms import (
    ENTRY_FORMS,
    NEW_DRAFT,
    ChangeForm,
    DayForm,
    StepForm,
    YearForm,
    choice_in,
    draft_title,
    entry_form,
    offer_drafts,
    read_quarter,
)
from .kinds import EVIDENCE, KINDS, Kind
from .named import NO_SECRETS, name_of
from .rules import changes, details
from .second_person import SAID, took_part
from .snapshot import Catalogue

blueprint = Blueprint("catalogue", __name__, url_prefix="/catalogue")


def _kind_asked() -> Kind | None:
    return KINDS.get((request.view_args or {}).get("kind", ""))


def _chosen(field: str, text: str) -> Words | None:
    kind, known = _kind_asked(), queries.catalogue_today(read())
    if field == "draft":
        return _("A new draft") if text == NEW_DRAFT else _draft_chosen(text)
    return (choice_in(kind, known, field, text) if kind else None) or choice_of(known, field, text)


def _draft_chosen(text: str) -> str | None:
    return next((draft_title(d) for d in queries.drafts(read()) if str(d.id) == text.partition(".")[0]), None)


_FORMS: tuple[type[PortalForm], ...] = (YearForm, DayForm, *ENTRY_FORMS.values())
names_fields(
    blueprint,
    lambda field: name_of(field, (request.view_args or {}).get("kind", "")),
    NO_SECRETS,
    choices_of(_chosen, forms=_FORMS),
)
_FOR_TEMPLATES = {
    "may": {
        "draft": Permission.CATALOGUE_DRAFT,
        "publish": Permission.CATALOGUE_PUBLISH,
        "window": Permission.WINDOW_OPEN,
    },
    "evidence": dict(EVIDENCE),
}
Page = str | Response | tuple[str, int]


@blueprint.context_processor
def _for_templates() -> dict[str, Any]:
    return _FOR_TEMPLATES


def asked_quarter() -> Quarter:
    """The quarter the address asks for, else the present one."""
    return read_quarter(request.args.get("quarter")) or Quarter.containing(today())


def _kind(code: str) -> Kind:
    if code not in KINDS:
        raise Missing
    return KINDS[code]


@blueprint.get("")
@allow(Permission.CATALOGUE_READ)
def overview() -> Page:
    catalogue = queries.catalogue_at(read(), asked_quarter())
    rows = [(kind, catalogue.of_kind(kind.code)) for kind in KINDS.values()]
    return render_template("catalogue/overview.html", catalogue=catalogue, rows=rows, drafts=queries.drafts(read(), 10))


@blueprint.get("/<kind>")
@allow(Permission.CATALOGUE_READ)
def entries(kind: str) -> Page:
    found, quarter = _kind(kind), asked_quarter()
    catalogue = queries.catalogue_at(read(), quarter)
    contents = queries.contents(read(), kind, quarter)
    chain = request.args.get("chain", "") if kind == "segment" else ""
    rows = [
        (entry, details(kind, contents[entry.code], catalogue.name_of))
        for entry in catalogue.of_kind(kind)
        if not chain or getattr(entry, "chain", "") == chain
    ]
    return render_template("catalogue/entries.html", kind=found, catalogue=catalogue, rows=rows, chain=chain)


@blueprint.get("/<kind>/<code>")
@allow(Permission.CATALOGUE_READ)
def entry(kind: str, code: str) -> Page:
    found, quarter = _kind(kind), asked_quarter()
    catalogue = queries.catalogue_at(read(), quarter)
    versions = queries.history(read(), kind, code)
    older = [*versions[1:], None]
    rows = [
        (version, changes(kind, before.content, version.content, catalogue.name_of) if before else [])
        for version, before in zip(versions, older, strict=True)
    ]
    current = next((v for v in versions if v.effective_from <= quarter), versions[-1])
    facts = details(kind, current.content, catalogue.name_of)
    return render_template(
        "catalogue/entry.html", kind=found, catalogue=catalogue, current=current, facts=facts, rows=rows
    )


# --- drafts ------------------------------------------------------------------------------------------------------


@blueprint.route("/<kind>/<code>/change", methods=["GET", "POST"])
@allow(Permission.CATALOGUE_DRAFT)
def change(kind: str, code: str) -> Page:
    catalogue = queries.catalogue_at(read(), asked_quarter())
    current = queries.history(read(), _kind(kind).code, code)[0]
    form = entry_form(_kind(kind), catalogue, current.content)
    return _drafted(_kind(kind), code, form, catalogue)


@blueprint.route("/<kind>/add", methods=["GET", "POST"])
@allow(Permission.CATALOGUE_DRAFT)
def add(kind: str) -> Page:
    catalogue = queries.catalogue_at(read(), asked_quarter())
    return _drafted(_kind(kind), "", entry_form(_kind(kind), catalogue), catalogue)


def _drafted(kind: Kind, code: str, form: ChangeForm, catalogue: Catalogue) -> Page:
    """The form page, or what comes of posting it. `code` is empty for a new entry, whose code is typed."""
    status = 200
    if request.method == "POST":
        try:
            typed = code or (form.code.data or "").strip()
            draft_id = commands.draft_change(
                actor(), _place(form), kind.code, typed, form.content(kind), is_new=not code
            )
        except (Invalid, Conflict) as refusal:
            apply_refusal(form, refusal)
            status = refusal.status
        else:
            flash(_("The change is in the draft. It applies once a second person has published it."), "ok")
            return redirect(url_for("catalogue.draft", draft_id=draft_id), 303)
    offer_drafts(form, queries.editable_drafts(read()), queries.earliest_effective(read()))
    return render_template("catalogue/change.html", kind=kind, code=code, form=form, catalogue=catalogue), status


def _place(form: ChangeForm) -> Place:
    draft_id, version = form.place
    quarter = form.quarter or Quarter.containing(today())
    return Place(draft_id, version, form.title.data or "", quarter, form.reason.data or "")


@blueprint.get("/drafts")
@allow(Permission.CATALOGUE_READ)
def drafts() -> Page:
    return render_template("catalogue/drafts.html", drafts=queries.drafts(read()))


@blueprint.get("/drafts/<int(max=2147483647):draft_id>")
@allow(Permission.CATALOGUE_READ)
def draft(draft_id: int) -> Page:
    return _draft_page(draft_id)


def _draft_page(draft_id: int, refusal: Refusal | None = None) -> Page:
    """The draft with its differences; after a refused step, with the reason on top and the refusal's status."""
    found = queries.draft(read(), draft_id)
    catalogue = queries.catalogue_at(read(), Quarter.from_code(found.effective_from))
    items = queries.draft_items(read(), draft_id)
    bases = queries.bases(read(), items)
    rows = [
        (
            item,
            KINDS[item.kind],
            base,
            changes(item.kind, base.content if base else None, item.content, catalogue.name_of),
        )
        for item in items
        for base in [bases.get(item.base_id or 0)]
    ]
    page = render_template(
        "catalogue/draft.html",
        draft=found,
        rows=rows,
        took_part=took_part(found, actor()),
        refusal=refusal,
        form=StepForm(),
    )
    return (page, refusal.status) if refusal else page


STEPS = {"submit": commands.submit_draft, "reopen": commands.reopen_draft, "drop": commands.drop_draft}
_DONE = SAID | {
    "publish": Bilingual("已发布。从生效季度起按新内容显示。", "Published. It applies from its first quarter."),
    "remove": Bilingual("已从草案中取出。", "Taken out of the draft."),
}


def _stepped(draft_id: int, step: str, work: Callable[[int], None]) -> Page:
    """Does one step on a draft with the version the page showed; a refusal is told on the draft's own page."""
    try:
        work(StepForm().number)
    except (Illegal, Conflict) as refusal:
        return _draft_page(draft_id, refusal)
    flash(spoken(_DONE[step]), "ok")
    return redirect(url_for("catalogue.draft", draft_id=draft_id), 303)


@blueprint.post("/drafts/<int(max=2147483647):draft_id>/<any(submit, reopen, drop):step>")
@allow(Permission.CATALOGUE_DRAFT)
def move_draft(draft_id: int, step: str) -> Page:
    return _stepped(draft_id, step, lambda version: STEPS[step](actor(), draft_id, version))


@blueprint.post("/drafts/<int(max=2147483647):draft_id>/publish")
@allow(Permission.CATALOGUE_PUBLISH)
def publish_draft(draft_id: int) -> Page:
    return _stepped(draft_id, "publish", lambda version: commands.publish_draft(actor(), draft_id, version))


@blueprint.post("/drafts/<int(max=2147483647):draft_id>/items/<int(max=2147483647):item_id>/remove")
@allow(Permission.CATALOGUE_DRAFT)
def remove_item(draft_id: int, item_id: int) -> Page:
    return _stepped(draft_id, "remove", lambda version: commands.remove_item(actor(), draft_id, version, item_id))
