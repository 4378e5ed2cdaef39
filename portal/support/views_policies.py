"""The bureau's pages of policies: the list, one with its versions, changing and adding, drafts, publishing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ..catalogue.queries import catalogue_today
from ..catalogue.second_person import SAID, took_part
from ..kernel.bilingual import Bilingual
from ..kernel.clock import today
from ..kernel.errors import Conflict, Illegal, Invalid, Missing, Refusal
from ..kernel.roles import Permission
from ..web.access import actor, allow, close_reading, read
from ..web.chosen import choices_of
from ..web.errors import apply_refusal
from ..web.language import gettext as _
from ..web.language import spoken
from ..web.resend import labels_of, names_fields
from . import commands_policies as commands
from . import queries_drafts as queries
from .drafting import Sheet
from .forms_policies import PolicyForm, PolicyStepForm, offered, policy_form, saved_text
from .policy import Tag, policy_of
from .policy_fields import GRAMMAR, RUNS
from .policy_merge import Met, marks_of, merged
from .policy_text import changes
from .queries import edition_today, names_of
from .reader import list_kinds
from .rules import amount_words, instalment_words
from .words import said_condition

blueprint = Blueprint("policies", __name__, url_prefix="/support/policies")
names_fields(
    blueprint,
    labels_of(PolicyForm, PolicyStepForm),
    choices=choices_of(lambda field, text: offered(field, _tasks()).get(text), forms=(PolicyForm,)),
)
_MAY = {"draft": Permission.POLICY_DRAFT, "publish": Permission.POLICY_PUBLISH}
DRAFT = "/drafts/<int(max=2147483647):draft_id>"
Page = str | Response | tuple[str, int]


@blueprint.context_processor
def _for_templates() -> dict[str, Any]:
    return {
        "may": _MAY,
        "Tag": Tag,
        "today": today(),
        "amount_words": amount_words,
        "instalment_words": instalment_words,
    }


def _tasks() -> dict[str, Bilingual]:
    return {code: task.title for code, task in catalogue_today(read()).tasks.items()}


@blueprint.get("")
@allow(Permission.POLICY_READ)
def listed() -> Page:
    return render_template("support/manage.html", rows=queries.rows(read()))


@blueprint.get("/<policy_code>")
@allow(Permission.POLICY_READ)
def one(policy_code: str) -> Page:
    """What stands of a policy, and each version with what it changed."""
    versions, drafted = queries.versions_of(read(), policy_code), queries.open_draft(read(), policy_code)
    standing, coming = queries.standing_of(versions, today()), queries.coming_of(versions, today())
    shown = standing or coming or drafted
    if shown is None:
        raise Missing()
    older = [*versions[1:], None]
    history = [
        (version, changes(before.content, version.content, _tasks()) if before else [])
        for version, before in zip(versions, older, strict=True)
    ]
    about = {"code": policy_code, "standing": standing, "coming": coming, "drafted": drafted}
    return render_template("support/manage_policy.html", policy=policy_of(shown.content), history=history, **about)


# --- drafts ------------------------------------------------------------------------------------------------------


@blueprint.route("/add", methods=["GET", "POST"])
@allow(Permission.POLICY_DRAFT)
def add() -> Page:
    form = policy_form({}, _tasks(), None)
    return _drafted((form.new_code.data or "").strip(), form, is_new=True)


@blueprint.route("/<policy_code>/change", methods=["GET", "POST"])
@allow(Permission.POLICY_DRAFT)
def change(policy_code: str) -> Page:
    newest, drafted = queries.newest_version(read(), policy_code), queries.open_draft(read(), policy_code)
    shown = drafted or newest
    if shown is None and request.method != "POST":
        raise Missing()
    if request.method == "GET" and drafted is not None and drafted.state == "submitted":
        flash(_("This change waits for publication. Send it back for changes first."), "info")
        return redirect(url_for("policies.draft", draft_id=drafted.id))
    return _drafted(policy_code, policy_form(shown.content if shown else {}, _tasks(), drafted))


def _drafted(code: str, form: PolicyForm, *, is_new: bool = False) -> Page:
    """The form page, or what comes of posting it."""
    status = 200
    met: tuple[Met, ...] = ()
    if request.method == "POST":
        sheet = Sheet(form.typed(), form.number, form.effective_on.data or "", form.reason.data or "")
        close_reading()
        try:
            draft_id = commands.draft_policy(actor(), code, sheet, is_new=is_new)
        except (Invalid, Illegal, Conflict) as refusal:
            apply_refusal(form, refusal)
            status = refusal.status
            if isinstance(refusal, Conflict) and not is_new:
                is_new = _is_gone(form, code)
                met = () if is_new else _met(form, code)
        else:
            flash(_("The change is in the draft. It applies once a second person has published it."), "ok")
            return redirect(url_for("policies.draft", draft_id=draft_id), 303)
    shown = {"groups": RUNS, "grammar": GRAMMAR, "lists": list_kinds(), "code": "" if is_new else code}
    return render_template("support/policy_change.html", form=form, met=met, **shown), status


def _is_gone(form: PolicyForm, code: str) -> bool:
    """Whether the policy was only drafted and that draft was dropped meanwhile: the form can be sent as a new one."""
    form.new_code.data = code
    return queries.open_draft(read(), code) is None and queries.newest_version(read(), code) is None


def _met(form: PolicyForm, code: str) -> tuple[Met, ...]:
    """What was saved since the page was opened. The form takes over what was not touched here, says so at each field
    that both touched, and carries the present version of the draft: sent again, it is sent knowingly."""
    drafted = queries.open_draft(read(), code)
    standing = drafted or queries.newest_version(read(), code)
    saved = saved_text(standing.content if standing else {}, drafted)
    found = merged(saved, form.shown.data or "", form.whole(), _tasks())
    form.lay(found.typed, drafted.version if drafted else 0, marks_of(saved))
    for met in found.met:
        if not met.is_taken:
            form[met.change.field.name].errors = [_("Something else was saved here meanwhile. Both stand in the list.")]
    return found.met


@blueprint.get(DRAFT)
@allow(Permission.POLICY_READ)
def draft(draft_id: int) -> Page:
    return _draft_page(draft_id)


def _draft_page(draft_id: int, refusal: Refusal | None = None) -> Page:
    """The draft with its differences and warnings; after a refused step, with the reason on top."""
    found = queries.draft(read(), draft_id)
    base, said = queries.version(read(), found.base_id), queries.said_of(read(), found.content)
    page = render_template(
        "support/policy_draft.html",
        draft=found,
        changes=changes(base.content if base else None, found.content, _tasks()),
        is_new=base is None,
        said=said,
        policy=policy_of(found.content),
        conditions=_conditions(found.content),
        took_part=took_part(found, actor()),
        refusal=refusal,
    )
    return (page, refusal.status) if refusal else page


def _conditions(content: dict[str, Any]) -> list[Bilingual]:
    """The conditions as people will read them."""
    found, catalogue = policy_of(content), catalogue_today(read())
    questions, names = edition_today(read(), catalogue).by_code, names_of(catalogue, [found])
    return [said_condition(condition, questions, names) for condition in found.conditions]


STEPS = {"submit": commands.submit_policy, "reopen": commands.reopen_policy, "drop": commands.drop_policy}
_DONE = SAID | {
    "publish": Bilingual("已发布，自生效日起按新内容显示。", "Published. It applies from its first day."),
}


def _stepped(draft_id: int, step: str, work: Callable[[int], None]) -> Page:
    """Does one step on a draft with the version the page showed; a refusal is told on the draft's own page."""
    close_reading()
    try:
        work(PolicyStepForm().number)
    except (Illegal, Conflict) as refusal:
        return _draft_page(draft_id, refusal)
    flash(spoken(_DONE[step]), "ok")
    return redirect(url_for("policies.draft", draft_id=draft_id), 303)


@blueprint.post(f"{DRAFT}/<any(submit, reopen, drop):step>")
@allow(Permission.POLICY_DRAFT)
def move_draft(draft_id: int, step: str) -> Page:
    return _stepped(draft_id, step, lambda version: STEPS[step](actor(), draft_id, version))


@blueprint.post(f"{DRAFT}/publish")
@allow(Permission.POLICY_PUBLISH)
def publish_draft(draft_id: int) -> Page:
    return _stepped(draft_id, "publish", lambda version: commands.publish_policy(actor(), draft_id, version))
