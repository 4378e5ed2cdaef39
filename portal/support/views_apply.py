"""The enterprise's application: answers, documents, commitment, where it is; and the receipt.

The page is one form: whatever is pressed brings everything typed and chosen with it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from ..kernel.bilingual import Bilingual
from ..kernel.clock import today
from ..kernel.errors import Conflict, Full, Illegal, Invalid, Missing, Refusal
from ..kernel.roles import Permission
from ..kernel.workflow import EDITABLE, Action, open_actions
from ..web.access import actor, allow, close_reading, read
from ..web.chosen import choices_of
from ..web.language import gettext as _
from ..web.resend import labels_of, names_fields
from ..web.security import takes_files
from ..web.typed import version_of
from . import commands_apply as commands
from . import forms
from .amount import parts
from .answers import DECLARATION, blanks, name_of, problems
from .draft import Chosen, Page
from .pages import blueprint, own
from .queries import certifiers, match_one, may_compare, policies, terms_of
from .queries_application import Applied, applied
from .queries_beside import beside, excluded_by
from .reader import list_kinds
from .rules import rate
from .timeline import timeline

_P = Permission
ONE = "/support/applications/<int(max=999999999999999):application_id>"
MOST_FILES = 5
Answer = str | Response | tuple[str, int]
_LISTS = labels_of(forms.ListForm, forms.ListFileForm, forms.BudgetForm)


def _chosen(field: str, text: str) -> Bilingual | None:
    if field == "list":
        return list_kinds()[text].title if text in list_kinds() else None
    titles = {row.policy.code: row.policy.title for row in policies(read())} if field == "policy" else {}
    return titles.get(text)


names_fields(
    blueprint, lambda name: name_of(name) or _LISTS(name), choices=choices_of(_chosen, ticked=("declaration",))
)


@blueprint.post("/support/<policy_code>/begin")
@allow(_P.APPLICATION_EDIT)
def begin(policy_code: str) -> Response:
    return redirect(url_for("support.application", application_id=commands.begin(actor(), policy_code)), 303)


@blueprint.get(ONE)
@allow(_P.APPLICATION_EDIT)
def application(application_id: int) -> str:
    return _page(application_id)


@blueprint.post(f"{ONE}/save")
@allow(_P.APPLICATION_EDIT)
@takes_files(MOST_FILES)
def save(application_id: int) -> Answer:
    def done(page: Page) -> Response:
        is_upload = request.form.get("go") == "upload"
        if is_upload and not page.files:
            flash(_("Your answers are saved. Choose a file first."), "warn")
        else:
            flash(_("Saved."), "ok")
        if is_upload:
            return redirect(url_for("support.application", application_id=application_id, _anchor="documents"), 303)
        return redirect(url_for("support.application", application_id=application_id, check="1"), 303)

    return _pressed(application_id, lambda page: commands.save(actor(), application_id, page), done)


@blueprint.post(f"{ONE}/submit")
@allow(_P.APPLICATION_SUBMIT)
@takes_files(MOST_FILES)
def submit(application_id: int) -> Answer:
    order = commands.Order(request.form.get("key", ""), request.form.get("declaration") == "1")

    def done(page: Page) -> Response:
        return redirect(url_for("support.receipt", application_id=application_id), 303)

    return _pressed(application_id, lambda page: commands.submit(actor(), application_id, page, order), done)


@blueprint.get(f"{ONE}/receipt")
@allow(_P.APPLICATION_EDIT)
def receipt(application_id: int) -> str:
    found = applied(read(), application_id)
    if found.submission is None:
        raise Missing()
    return render_template("support/receipt.html", found=found, sent=found.submission, steps=timeline(found, today()))


@blueprint.post(f"{ONE}/withdraw")
@allow(_P.APPLICATION_EDIT)
def withdraw(application_id: int) -> Response:
    commands.withdraw(actor(), application_id)
    flash(_("Withdrawn. You can change it and submit it again."), "ok")
    return redirect(url_for("support.application", application_id=application_id), 303)


@blueprint.post(f"{ONE}/questions/<int(max=999999999999999):remark_id>")
@allow(_P.APPLICATION_EDIT)
@takes_files(MOST_FILES)
def reply(application_id: int, remark_id: int) -> Answer:
    def done(page: Page) -> Response:
        flash(_("Your answer was sent to the officer."), "ok")
        return redirect(url_for("support.application", application_id=application_id, _anchor="questions"), 303)

    return _pressed(application_id, lambda page: commands.answer(actor(), application_id, page, remark_id), done)


# --- parts -------------------------------------------------------------------------------------------------------


def _pressed(application_id: int, act: Callable[[Page], object], done: Callable[[Page], Response]) -> Answer:
    """Whatever was pressed: a refusal is the same page with all that was typed."""
    page = _sent(applied(read(), application_id))
    try:
        act(page)
    except (Invalid, Conflict, Illegal, Full) as refusal:
        return _page(application_id, refusal, page), refusal.status
    return done(page)


def _sent(found: Applied) -> Page:
    form, policy = request.form, found.standing.policy
    names = [blank.name for blank in blanks(policy) if blank.name in form]
    chosen = {d.kind: request.files.get(f"doc-{d.kind}") for d in policy.documents}
    return Page(
        {name: form[name] for name in names} if names else None,
        version_of(form.get("draft_version", "")),
        {kind: Chosen(file.stream, file.filename) for kind, file in chosen.items() if file and file.filename},
        current_app.config["PORTAL"].data_dir,
        {remark.id: form[f"reply-{remark.id}"] for remark in found.remarks if f"reply-{remark.id}" in form},
    )


def _page(application_id: int, refusal: Refusal | None = None, sent: Page | None = None) -> str:
    """The application with everything on it; `sent` is what a refused press brought."""
    close_reading()
    found, sent = applied(read(), application_id), sent or Page()
    policy, is_editable = found.standing.policy, found.case.state in EDITABLE
    answers = {**found.application.answers, **(sent.typed or {})} if is_editable else dict(found.application.answers)
    wrong = dict(refusal.fields) if refusal else {}
    if is_editable and "check" in request.args:
        wrong = problems(policy, answers, found.documents)
    actions = open_actions(found.case.kind, found.case.state, actor().permissions)
    return render_template(
        "support/application.html",
        found=found,
        policy=policy,
        **_held(found),
        fields=blanks(policy),
        answers=answers,
        wrong=wrong,
        loose=_loose(refusal, sent),
        theirs=_theirs(found, sent) if isinstance(refusal, Conflict) else {},
        not_kept=_not_kept(found, sent, is_editable=is_editable),
        replies=sent.replies,
        is_editable=is_editable,
        may_submit=Action.SUBMIT in actions and is_editable,
        may_withdraw=Action.WITHDRAW in actions,
        steps=timeline(found, today()),
        declaration=DECLARATION,
        is_declared=request.form.get("declaration") == "1",
        key=secrets.token_urlsafe(24),
        excluded=excluded_by(beside(read(), own(actor()), today().year), policy, found.application.id),
        promised=parts(policy.amount, found.award.amount) if found.award else (),
        rate=rate,
    )


def _held(found: Applied) -> dict[str, Any]:
    """The conditions with what is known of them, where that may be looked at; else in words, and who may accept it."""
    enterprise_id, policy = own(actor()), found.standing.policy
    if found.is_checked or may_compare(read(), enterprise_id):
        return {"match": match_one(read(), enterprise_id, policy, today(), frozenset(found.documents)), "terms": None}
    may_accept = actor().may(_P.MEMBER_MANAGE)
    return {
        "match": None,
        "terms": terms_of(read(), policy),
        "certifiers": certifiers(read(), enterprise_id),
        "may_accept": may_accept,
    }


def _loose(refusal: Refusal | None, sent: Page) -> list[Bilingual | str]:
    """Sentences of a refusal that belong to no field of the page."""
    found: list[Bilingual | str] = [refusal.message] if refusal and not refusal.fields else []
    if isinstance(refusal, Conflict | Illegal) and sent.files:
        found.append(_("The files were not kept: choose them again."))
    return found


def _theirs(found: Applied, sent: Page) -> Mapping[str, Any]:
    """What a colleague saved where something else was typed here."""
    stored = found.application.answers
    return {name: stored.get(name, "") for name in sent.unlike(stored)}


def _not_kept(found: Applied, sent: Page, *, is_editable: bool) -> list[tuple[Bilingual | str, str]]:
    """What was typed where the application takes nothing any more."""
    titles = {blank.name: blank.title for blank in blanks(found.standing.policy)}
    unlike = {} if is_editable else sent.unlike(found.application.answers)
    waiting = {remark.id for remark in found.remarks if not remark.reply and not remark.closed_at}
    replies = [text for number, text in sent.written_replies.items() if number not in waiting]
    return [*((titles[name], text) for name, text in unlike.items()), *((_("Your answer"), text) for text in replies)]
