"""Forms of the desk. They parse; the deeds judge."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, TypeVar

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, HiddenField, SelectField, TextAreaField

from ..kernel.period import Quarter
from ..kernel.word import Word
from ..kernel.workflow import Kind
from ..support.policy import CODE
from ..web.language import PortalForm, lazy
from ..web.paging import Page, cursor, key_of
from .queries import QueueRow
from .queries_list import Position
from .queries_page import Asked
from .rules import Due, Filters, Flags, Section, Tab, Tick, View

REMARK_ROWS = 3
_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)
_KEY = re.compile(r"[A-Za-z0-9-]{8,40}", re.ASCII)
_CODE = re.compile(r"[0-9A-Za-z-]{1,16}", re.ASCII)
_LARGEST = 10**15
Choice = tuple[str, str]
Given = Mapping[str, str]
_W = TypeVar("_W", bound=Word)


def whole_number(text: str | None) -> int | None:
    """A plain whole number as our own pages send them; None for anything else."""
    return int(text) if text and _NUMBER.fullmatch(text) else None


def form_key(text: str | None) -> str | None:
    """The key that came with the form, if it looks like one of ours."""
    return text if text and _KEY.fullmatch(text) else None


class ReasonForm(PortalForm):
    """Why, in words to the enterprise; and what is asked about single fields."""

    version = HiddenField()
    key = HiddenField()
    reason = TextAreaField(lazy("Reason, as the enterprise will read it"))
    field_0 = SelectField(lazy("Item"), validate_choice=False)
    remark_0 = TextAreaField(lazy("What is to be changed or explained"))
    field_1 = SelectField(lazy("Item"), validate_choice=False)
    remark_1 = TextAreaField(lazy("What is to be changed or explained"))
    field_2 = SelectField(lazy("Item"), validate_choice=False)
    remark_2 = TextAreaField(lazy("What is to be changed or explained"))

    def offer(self, choices: Sequence[Choice]) -> None:
        for place in range(REMARK_ROWS):
            self[f"field_{place}"].choices = list(choices)

    def remarks(self, codes: Collection[str]) -> tuple[tuple[str | None, str], ...]:
        """(field or None, text) of each row, blank ones included so that errors find their row."""
        rows = ((self[f"field_{n}"].data, self[f"remark_{n}"].data or "") for n in range(REMARK_ROWS))
        return tuple((code if code and code in codes else None, text) for code, text in rows)


class AdmitForm(PortalForm):
    """What the officer sets when a registration is admitted."""

    version = HiddenField()
    key = HiddenField()
    county = SelectField(lazy("Reporting unit"), validate_choice=False)
    override_reason = TextAreaField(lazy("Why this credit code is accepted"))


class AssignForm(PortalForm):
    version = HiddenField()
    assignee = SelectField(lazy("Officer"), validate_choice=False)


class QuestionForm(PortalForm):
    version = HiddenField()
    field = HiddenField()
    question = TextAreaField(lazy("Ask the enterprise"))


class AcceptForm(PortalForm):
    """The numbers a lead accepts, as the page showed them, and that the missing are known to be missing."""

    approved = HiddenField()
    missing = HiddenField()
    confirm = BooleanField(lazy("These enterprises stay without figures for the quarter; I confirm it."))


class UnlockForm(PortalForm):
    reason = TextAreaField(lazy("Reason, as the county will read it"))
    confirm = BooleanField(lazy("The quarter is released; I know that changes are published as a revision."))


def picks(form: MultiDict[str, str]) -> list[tuple[int, int]]:
    """(case, version) of each ticked line; what is not one of our own values is left out."""
    found = []
    for value in form.getlist("pick"):
        case_id, _, version = value.partition(":")
        numbers = whole_number(case_id), whole_number(version)
        if numbers[0] is not None and numbers[1] is not None:
            found.append((numbers[0], numbers[1]))
    return found


# --- what an address asks for ------------------------------------------------------------------------------------


def _asked(kind: type[_W], text: str | None, default: _W) -> _W:
    found: _W = _written(kind).get(text, default)
    return found


@cache
def _written(kind: type[Word]) -> dict[str | None, Any]:
    return {word.value: word for word in kind}


def section_asked(given: Given) -> Section:
    return _asked(Section, given.get("kind"), Section.FILING)


def tab_asked(given: Given) -> Tab:
    return _asked(Tab, given.get("tab"), Tab.ALL)


def filters_asked(given: Given, chains: Collection[str]) -> Filters:
    """What the filter form holds; unknown words ask for nothing, unprintable letters are left out."""
    text = "".join(letter for letter in given.get("q", "")[:100] if letter.isprintable()).strip()
    chain = given.get("chain", "")
    return Filters(
        text,
        chain if chain in chains else "",
        _asked(Flags, given.get("flags"), Flags.ANY),
        _asked(Due, given.get("due"), Due.ANY),
        quarter_asked(given),
        _matter_asked(given),
        code if CODE.fullmatch(code := given.get("policy", "")) else "",
    )


def _matter_asked(given: Given) -> Kind | None:
    """One kind of the list; a case's own page names no list."""
    kind: Kind | None = _written(Kind).get(given.get("matter"))
    return kind if kind and ("kind" not in given or kind in section_asked(given).matters) else None


def list_asked(given: Given, chains: Collection[str]) -> Asked:
    filters, tick = filters_asked(given, chains), _asked(Tick, given.get("tick"), Tick.NONE)
    return Asked(section_asked(given), tab_asked(given), filters, position_asked(given), tick)


def quarter_asked(given: Given) -> Quarter | None:
    """The quarter the address names; None for what is none."""
    text = given.get("quarter")
    try:
        return Quarter.parse(text) if text else None
    except ValueError:
        return None


def quarters_offered(chosen: Quarter | None, today: date) -> list[Quarter]:
    """The last eight quarters, the newest first, and whichever is chosen."""
    recent = [Quarter.containing(today) - back for back in range(1, 9)]
    return recent if chosen is None or chosen in recent else [*recent, chosen]


def position_asked(given: Given) -> Position | None:
    """Where the last page ended; None (the first page) for a cursor that is not ours."""
    key = key_of(given.get("after"), 2)
    if key is None or not isinstance(key[0], str) or not isinstance(key[1], int):
        return None
    try:
        return date.fromisoformat(key[0]), min(max(key[1], 0), _LARGEST)
    except ValueError:
        return None


def view_asked(given: Given) -> View:
    """The list that a case's address says it was opened from."""
    chain = given.get("chain", "")
    return View(tab_asked(given), filters_asked(given, [chain] if _CODE.fullmatch(chain) else []))


def view_kept(given: Given) -> dict[str, Any]:
    """The same as parts of an address, with the page of the list: goes along from the list to its cases and back."""
    view, after = view_asked(given), given.get("after", "") if position_asked(given) is not None else ""
    parts = {
        "tab": view.tab.value if view.tab is not Tab.ALL else "",
        "q": view.filters.text,
        "chain": view.filters.chain,
        "flags": view.filters.flags.value,
        "due": view.filters.due.value,
        "quarter": str(view.filters.quarter or ""),
        "matter": view.filters.matter.value if view.filters.matter else "",
        "policy": view.filters.policy,
        "after": after,
    }
    return {name: text for name, text in parts.items() if text}


def page_of(rows: Sequence[QueueRow], start: Position | None, size: int) -> Page[QueueRow]:
    """One screen of rows, of which one more than fits was read to know whether another screen follows."""
    shown = rows[:size]
    following = cursor((str(shown[-1].due_on), shown[-1].id)) if len(rows) > size else None
    return Page(shown, following, start is None)
