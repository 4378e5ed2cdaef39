"""What was chosen on the desk's forms, in words: for the page that gives a form back which could not be taken."""

from __future__ import annotations

from sqlalchemy.orm import Session

from ..accounts.queries import officers_of
from ..casework.queries import case, cases
from ..catalogue.chosen import choice_of
from ..catalogue.queries import catalogue_today
from ..enterprises.queries import case_name, enterprise
from ..kernel.bilingual import Bilingual, both, named
from ..kernel.clock import today
from .sheets import field_choices, sheet_of


def chosen(session: Session, case_id: int | None, field: str, text: str) -> Bilingual | None:
    """`case_id` is the case whose form it is. None for what was typed; raises Missing for what the reader may not
    see."""
    if field == "pick":
        return _picked(session, text)
    if field == "enterprise" and text.isdecimal():
        row = enterprise(session, int(text))
        return named(row.name_zh, row.name_en)
    if case_id is not None and field == "assignee":
        return _officer(session, case_id, text)
    if case_id is not None and field.startswith("field_"):
        return dict(field_choices(sheet_of(session, case(session, case_id)))).get(text)
    return choice_of(catalogue_today(session), field, text)


def _picked(session: Session, text: str) -> Bilingual | None:
    """The enterprise of a ticked line, which is a case and the version of it that was seen."""
    number = text.partition(":")[0]
    found = cases(session, [int(number)]) if number.isdecimal() else {}
    return next((case_name(session, one) for one in found.values()), None)


def _officer(session: Session, case_id: int, text: str) -> Bilingual | None:
    officers = officers_of(session, case(session, case_id).county, today())
    return next((both(one.name) for one in officers if str(one.account_id) == text), None)
