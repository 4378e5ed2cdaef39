"""The form of one official figure. It parses; `official` judges."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import BooleanField, SelectField, StringField
from wtforms.fields.choices import SelectChoice

from ..catalogue.entries import Target
from ..enterprises.application import date_from
from ..kernel.bilingual import Bilingual
from ..web.language import PortalForm, lazy, spoken
from .official import Typed

PERIODS = {
    "0": Bilingual("全年", "Whole year"),
    "1": Bilingual("1–3月", "January–March"),
    "2": Bilingual("1–6月", "January–June"),
    "3": Bilingual("1–9月", "January–September"),
}


class OfficialForm(PortalForm):
    target = SelectField(lazy("Target"), validate_choice=False)
    year = StringField(lazy("Year"))
    quarter = SelectField(lazy("Period of the year"), validate_choice=False)
    value = StringField(lazy("Figure"))
    growth = StringField(lazy("Growth as published, per cent"))
    source = StringField(lazy("Document or page"))
    source_on = StringField(lazy("Date of the source"))
    is_confirmed = BooleanField(lazy("I have seen the figure in the source itself"))
    note = StringField(lazy("Note or reason for a correction"))

    def offer(self, choose: str, targets: Iterable[Target]) -> None:
        named = [(t.code, f"{t.code} {spoken(t.short)} ({spoken(t.unit_title)})") for t in targets]
        self.target.choices = [SelectChoice("", choose), *(SelectChoice(code, name) for code, name in named)]
        self.quarter.choices = [SelectChoice(code, spoken(title)) for code, title in PERIODS.items()]

    def typed(self) -> Typed:
        return Typed(
            target=self.target.data or "",
            year=self.year.data or "",
            quarter=self.quarter.data or "",
            value=self.value.data or "",
            growth=self.growth.data or "",
            source=self.source.data or "",
            source_on=date_from(self.source_on.data or ""),
            is_confirmed=bool(self.is_confirmed.data),
            note=self.note.data or "",
        )
