"""One row of a form: all that is known of it. Pure; the words come from the edition's definitions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from ..kernel.bilingual import Bilingual
from ..kernel.measure import Unit

FLOW, POINT, ANNUAL, MEAN, COMPUTED = "F", "P", "Y", "M", "C"
KINDS = (FLOW, POINT, ANNUAL, MEAN, COMPUTED)
REQUIRED, OPTIONAL, NOT_ASKED = "R", "o", "-"
ASKED = (REQUIRED, OPTIONAL, NOT_ASKED, COMPUTED)
Operation = Literal["sum", "ratio"]
_STATISTICAL_FORM = re.compile(r"(B?\d{3}(?:-\d)?)\b(?: row (\d+))?")
_FORM = Bilingual("统计报表{form}表", "Statistical form {form}")
_FORM_ROW = Bilingual("统计报表{form}表第{row}行", "Statistical form {form}, row {row}")


@dataclass(frozen=True, slots=True)
class Formula:
    """How a computed row comes of others: their sum, or the first divided by the second."""

    operation: Operation
    rows: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """`asked` maps a respondent class to R, o, - or C; `parent` is the row this one is part of (其中)."""

    code: str
    section: str
    title: Bilingual
    help: Bilingual
    unit: Unit
    is_money: bool
    kind: str
    may_be_negative: bool
    asked: Mapping[str, str] = field(hash=False)
    lowest: Decimal
    highest: Decimal
    parent: str | None = None
    formula: Formula | None = None
    is_fact: bool = True
    zero_when_stopped: bool = False
    is_carried: bool = False
    asked_of_last_year: bool = False
    source: str = ""
    tag: str = ""
    status: str = ""

    @property
    def places(self) -> int:
        return self.unit.places

    @property
    def origin(self) -> Bilingual | None:
        """The published statistical form that the row is taken from; None where the source is a note of ours."""
        found = _STATISTICAL_FORM.match(self.source)
        if found is None:
            return None
        form, row = found.groups()
        if row is None:
            return _FORM.fill(form=form)
        return _FORM_ROW.fill(form=form, row=row)

    @property
    def is_flow(self) -> bool:
        return self.kind == FLOW

    @property
    def is_typed(self) -> bool:
        return self.kind != COMPUTED

    def is_asked(self, respondent_class: str, quarter_number: int) -> bool:
        """Whether the row stands on the form of this class in this quarter; annual rows stand in the fourth only."""
        if self.asked.get(respondent_class, NOT_ASKED) == NOT_ASKED:
            return False
        return self.kind != ANNUAL or quarter_number == 4

    def is_required(self, respondent_class: str) -> bool:
        return self.asked.get(respondent_class) == REQUIRED


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form: its full title and the short one of the list at the side."""

    code: str
    title: Bilingual
    short: Bilingual
