"""The form with which a county's list is sent. It parses; the command judges."""

from __future__ import annotations

from wtforms import BooleanField, FileField, SelectField, StringField

from ..web.language import PortalForm, lazy
from .forms_register import Titles, offered


class ListForm(PortalForm):
    county = SelectField(lazy("Reporting unit"), validate_choice=False)
    document_no = StringField(lazy("Number or title of the list"))
    listed_on = StringField(lazy("Date of the list"))
    is_complete = BooleanField(lazy("The list is complete: it names every above-scale enterprise"))
    file = FileField(lazy("File of the list"))

    def offer(self, counties: Titles, every: str | None = None) -> None:
        self.county.choices = offered(counties, every)
