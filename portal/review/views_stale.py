"""The page of a decision that came too late (409): what happened meanwhile, what was typed, and the way to send it."""

from __future__ import annotations

import uuid
from datetime import timedelta

from flask import current_app, g, render_template

from ..accounts.queries import names
from ..casework.models import Case
from ..casework.queries import case as case_of
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now
from ..kernel.errors import Conflict, Missing
from ..kernel.workflow import Action, State
from ..web.access import actor, close_reading, read
from ..web.language import PortalForm
from .case_page import possible
from .forms import REMARK_ROWS, AdmitForm, QuestionForm, ReasonForm
from .queries_meanwhile import is_sent_again, steps_since
from .rules import section_of
from .sheets import changes_of, sheet_of

_STATE_NOW = Bilingual("现在的状态", "State now")
_WITH = Bilingual("{state}（{name}）", "{state} ({name})")


def stale_page(
    case_id: int, action: Action, conflict: Conflict, seen: int, form: PortalForm | None = None
) -> tuple[str, int]:
    """`seen` is the version the officer decided on. Where the decision is still theirs, the page holds the form again,
    as typed, made out for the case as it is now; else what was typed stands there field by field, to copy."""
    close_reading()
    found = case_of(read(), case_id)
    g.nav_values = {"kind": section_of(found.kind).value}
    steps = steps_since(read(), found, seen)
    window = timedelta(minutes=current_app.config["PORTAL"].undo_window_minutes)
    again = form if isinstance(form, ReasonForm) and action in possible(found, actor(), now(), window) else None
    if again is not None:
        again.version.data, again.key.data = str(found.version), uuid.uuid4().hex
    page = render_template(
        "review/stale.html",
        case=found,
        action=action,
        section=section_of(found.kind),
        message=conflict.message,
        changed=[
            *((step.title, step.said) for step in steps),
            (_STATE_NOW, _state_now(found)),
            *(_changes(found) if is_sent_again(steps) else ()),
        ],
        again=again,
        typed=[] if again else _typed(form),
    )
    return page, conflict.status


def _state_now(found: Case) -> Bilingual:
    name = names(read(), {found.claimed_by_id}).get(found.claimed_by_id or 0)
    is_held = found.state is State.UNDER_REVIEW and name
    return _WITH.fill(state=found.state.title, name=name) if is_held else found.state.title


def _changes(found: Case) -> list[tuple[Bilingual, Bilingual]]:
    """The fields that the newest submission changed, when the case was submitted again meanwhile."""
    try:
        return changes_of(sheet_of(read(), found))
    except Missing:
        return []


def _typed(form: PortalForm | None) -> list[tuple[str, str]]:
    """(field, text) of what was typed, each remark with the item it stands at."""
    if isinstance(form, AdmitForm):
        rows = [(str(form.override_reason.label.text), form.override_reason.data)]
    elif isinstance(form, QuestionForm):
        rows = [(str(form.question.label.text), form.question.data)]
    elif isinstance(form, ReasonForm):
        items = [dict(form[f"field_{n}"].choices).get(form[f"field_{n}"].data or "", "") for n in range(REMARK_ROWS)]
        rows = [(str(form.reason.label.text), form.reason.data)]
        rows += [(str(items[n]), form[f"remark_{n}"].data) for n in range(REMARK_ROWS)]
    else:
        rows = []
    return [(label, text) for label, text in rows if (text or "").strip()]
