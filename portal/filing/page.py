"""What the views of a filing share: reading the request, and the page of one draft with everything on it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Request
from sqlalchemy.orm import Session

from ..casework.queries import decisions
from ..casework.rules import locked_words
from ..catalogue.queries import catalogue_today
from ..kernel.bilingual import Bilingual, Language
from ..kernel.clock import now, today
from ..kernel.errors import Missing
from ..kernel.measure import Scale
from ..kernel.period import Quarter
from ..kernel.roles import Actor, Permission
from ..kernel.workflow import EDITABLE, Action, Kind, State, open_actions
from ..questionnaire.document import Document
from ..questionnaire.form import SCALES
from ..questionnaire.store import newest
from ..web.access import read
from ..web.resend import names_fields
from ..web.typed import version_of
from .changed_class import ChangedClass, changed_class
from .checked import Checked, check
from .commands import Page
from .estimate import Rate, is_offered, rate_of
from .named import choice_of, name_of
from .queries import Standing, Talk, context, edition_for, standing
from .rules import deadline, shut
from .sheet import SectionView, Sheet

blueprint = Blueprint("filing", __name__)


def _chosen(field: str, text: str) -> Bilingual | None:
    if field.startswith("whycode-"):
        return newest(read(), catalogue_today(read()).schedule.edition).reasons.get(text)
    return choice_of(field, text)


names_fields(blueprint, name_of, choices=_chosen)
EITHER = (Permission.FILING_EDIT, Permission.FILING_SUBMIT)
NOT_FIELDS = frozenset({"csrf_token", "draft_version", "shown", "scale", "go"})
LONGEST_SHOWN = 200_000


@dataclass(frozen=True, slots=True)
class FormPage:
    """One draft, read, judged and put into words."""

    now: Standing
    checked: Checked
    sheet: Sheet
    sections: list[SectionView]
    typed: Mapping[str, str]
    is_checked: bool
    is_editable: bool
    closed: Bilingual | None
    due_on: date | None
    days_left: int | None
    actions: tuple[Action, ...]
    changed_class: ChangedClass | None
    officer_says: str

    @property
    def quarter(self) -> Quarter:
        return self.now.quarter

    @property
    def document(self) -> Document:
        return self.checked.document

    @property
    def offers_estimate(self) -> bool:
        return is_offered(self.now.counted.respondent_class)

    @property
    def estimated_by(self) -> Rate | None:
        """The rate the figure on the page was made by, where it was."""
        return rate_of(self.typed, self.now.counted.respondent_class)

    @property
    def is_with_preparer(self) -> bool:
        """It could be changed, but not by this person: a certifier waits until it is handed over."""
        return self.closed is None and self.now.state in EDITABLE and not self.is_editable

    @property
    def done(self) -> int:
        return sum(section.done for section in self.sections)

    @property
    def asked(self) -> int:
        return sum(section.asked for section in self.sections)

    @property
    def shown(self) -> str:
        """What the page shows, for the merge when it comes back; reasons aside, they belong to their values."""
        return json.dumps(dict(self.now.draft), ensure_ascii=False, separators=(",", ":"))

    def talk_at(self, field: str | None) -> list[Talk]:
        return [talk for talk in self.now.talk if talk.field == field]


def own(actor: Actor) -> int:
    """The enterprise the actor acts for. Raises Missing."""
    if actor.enterprise_id is None:
        raise Missing()
    return actor.enterprise_id


def form_page(
    session: Session,
    actor: Actor,
    quarter: Quarter,
    language: Language,
    *,
    is_checked: bool,
    typed: Mapping[str, str] | None = None,
) -> FormPage | None:
    """The actor's own filing; None while it has not been started. `typed` are texts that could not be kept."""
    found = standing(session, own(actor), quarter)
    if found is None:
        return None
    edition = edition_for(session, found)
    known = context(session, found.enterprise_id, quarter, found.counted.respondent_class)
    texts = {**found.draft, **(typed or {})}
    checked = check(edition, known, texts, at_submission=is_checked)
    asked = [talk.field for talk in found.talk if talk.side == "officer" and talk.reply is None and not talk.is_closed]
    sheet = Sheet(checked, texts, language, asked)
    closed = locked_words(found.locked_on) or shut(found.window, found.reply_due_on, now(), today())
    due_on = deadline(found.window, found.reply_due_on) if found.window is not None else None
    return FormPage(
        now=found,
        checked=checked,
        sheet=sheet,
        sections=sheet.sections(),
        typed=texts,
        is_checked=is_checked,
        is_editable=found.state in EDITABLE and closed is None and actor.may(Permission.FILING_EDIT),
        closed=closed,
        due_on=due_on,
        days_left=None if due_on is None else (due_on - today()).days,
        actions=open_actions(Kind.FILING, found.state, actor.permissions),
        changed_class=changed_class(edition, quarter, found.respondent_class, found.counted.respondent_class),
        officer_says=_officer_says(session, found),
    )


def _officer_says(session: Session, found: Standing) -> str:
    """Why the filing came back or no longer counts: what stands at no row and is no question."""
    is_back = found.state in EDITABLE and found.reply_due_on is not None
    if not is_back and found.state is not State.VOID:
        return ""
    made = decisions(session, found.case_id)
    return made[-1].reason if made else ""


def posted(request: Request) -> Page:
    """The page as it came back. Of a tick box and the hidden field before it, the last one counts."""
    typed = {name: values[-1] for name, values in request.form.lists() if name not in NOT_FIELDS}
    version = request.form.get("draft_version", "")
    scale = SCALES.get(request.form.get("scale", ""), Scale.TEN_THOUSAND)
    return Page(typed, _shown(request.form.get("shown", "")), version_of(version), scale)


def _shown(text: str) -> dict[str, str]:
    """What the page said it had shown; nothing for what cannot be read, so that nobody's typing is overwritten."""
    if len(text) > LONGEST_SHOWN:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return {str(k): v for k, v in found.items() if isinstance(v, str)} if isinstance(found, dict) else {}


TASK_STATES: dict[State | None, tuple[str, str, Bilingual]] = {
    None: ("", "", Bilingual("未开始", "Not started")),
    State.DRAFT: ("info", "pen", Bilingual("填写中", "In progress")),
    State.WITHDRAWN: ("info", "pen", Bilingual("填写中", "In progress")),
    State.TO_CERTIFY: ("info", "user", Bilingual("待负责人确认", "To be certified")),
    State.RETURNED: ("warn", "back", Bilingual("待补充", "Incomplete")),
}
