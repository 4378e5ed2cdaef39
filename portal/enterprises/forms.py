"""The applicant's form. Its fields only show what was typed: `registration` reads it, `application` judges it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from flask_wtf.file import FileField
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from ..catalogue.snapshot import Catalogue
from ..kernel.bilingual import Bilingual
from ..web.language import PortalForm, lazy, spoken
from .queries_registration import OUTSIDE_TITLE
from .registration import LABELS, OUTSIDE, Typed

YEARS_BACK = 2
_REMOVE = re.compile(r"remove-(products|other_segments)-(\d{1,3})", re.ASCII)
Lists = dict[str, list[str]]


class RegistrationForm(PortalForm):
    """One registration as it was typed; make it with `shown_form`."""

    draft_version = HiddenField()
    credit_code = StringField()
    name_zh = StringField()
    name_en = StringField()
    registered_county = SelectField(validate_choice=False)
    county = SelectField(validate_choice=False)
    address = StringField()
    founded_on = StringField()
    representative = StringField()
    contact_name = StringField()
    contact_phone = StringField()
    gb_class = StringField()
    figures_year = SelectField(validate_choice=False)
    staff = StringField()
    revenue = StringField()
    base_output = StringField()
    primary_segment = StringField()
    other_segments = StringField()
    products = StringField()
    purposes = StringField()
    licence = FileField(lazy("Business licence (PDF, JPG or PNG, at most 10 MB)"))
    enrolment_code = StringField(lazy("Enrolment code"))

    def offer(self, catalogue: Catalogue, today: date, choose: str) -> None:
        """Sets the labels and the choices in the request's language."""
        for name, label in LABELS.items():
            self[name].label.text = spoken(label)
        units = [(code, spoken(unit.title)) for code, unit in catalogue.units.items()]
        grounds = [(code, title) for code, title in units if catalogue.units[code].gb2260]
        years = [(str(year), str(year)) for year in range(today.year, today.year - YEARS_BACK - 1, -1)]
        for field, offered in (
            (self.county, units),
            (self.registered_county, [*grounds, (OUTSIDE, spoken(OUTSIDE_TITLE))]),
            (self.figures_year, years),
        ):
            field.choices = [SelectChoice("", choose), *(SelectChoice(code, title) for code, title in offered)]


def shown_form(
    typed: Typed, draft_version: int, enrolment_code: str, problems: Mapping[str, Bilingual]
) -> RegistrationForm:
    """The form over what was typed, with each problem beside its field."""
    values = {**typed, "draft_version": draft_version, "enrolment_code": enrolment_code}
    form = RegistrationForm(formdata=None, data=values)
    for name, problem in problems.items():
        form[name].errors = [spoken(problem)]
    return form


class AnswerForm(PortalForm):
    reply = TextAreaField(lazy("Your answer"))


def without_removed(action: str, lists: Lists) -> Lists:
    """What was posted, without the line whose remove button was pressed."""
    pressed = _REMOVE.fullmatch(action)
    if pressed is None:
        return lists
    name, place = pressed[1], int(pressed[2])
    return {**lists, name: [item for n, item in enumerate(lists.get(name, [])) if n != place]}
