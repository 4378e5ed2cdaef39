"""Forms of the bureau. They parse; the commands judge."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from wtforms import FileField, SelectField, StringField, TextAreaField

from ..kernel.measure import NotANumber, read_decimal
from ..web.language import PortalForm, lazy

_YEAR = re.compile(r"[0-9]{4}", re.ASCII)


class _EditionForm(PortalForm):
    list = SelectField(lazy("Dated list"), validate_choice=False)
    dated_on = StringField(lazy("Date of the document"))
    source = StringField(lazy("Document it was taken from"))

    def day(self) -> date | None:
        try:
            return date.fromisoformat((self.dated_on.data or "").strip())
        except ValueError:
            return None


class ListForm(_EditionForm):
    lines = TextAreaField(lazy("Enterprises on it"))


class ListFileForm(_EditionForm):
    file = FileField(lazy("File with the list"))


class BudgetForm(PortalForm):
    policy = SelectField(lazy("Policy"), validate_choice=False)
    year = StringField(lazy("Budget year"))
    amount = StringField(lazy("Amount (yuan)"))
    source = StringField(lazy("Document it was taken from"))

    def whole_year(self) -> int | None:
        text = (self.year.data or "").strip()
        return int(text) if _YEAR.fullmatch(text) else None

    def yuan(self) -> Decimal | None:
        try:
            return read_decimal(self.amount.data or "")
        except NotANumber:
            return None
