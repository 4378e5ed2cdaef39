"""What the auditor may ask the trail for. Parsing only."""

from __future__ import annotations

from datetime import date

from babel.support import LazyProxy
from wtforms import DateField, StringField, ValidationError
from wtforms.validators import Length, Optional

from ..web.language import PortalForm, lazy
from ..web.language import gettext as _
from .models import LONGEST
from .queries import EventFilter
from .rules import clean

_FIRST_YEAR, _LAST_YEAR = 2000, 2200


def _printable(form: PortalForm, field: StringField) -> None:
    if field.data and clean(field.data) != field.data:
        raise ValidationError(_("This contains characters that cannot be printed."))


def _in_range(form: PortalForm, field: DateField) -> None:
    if field.data and not _FIRST_YEAR <= field.data.year <= _LAST_YEAR:
        raise ValidationError(_("Enter a year from 2000 to 2200."))


def _text(label: LazyProxy, longest: int) -> StringField:
    return StringField(label, validators=[Optional(), Length(max=longest), _printable])


class FilterForm(PortalForm):
    """The filters above the list; every one may stay empty."""

    stream = _text(lazy("Stream"), LONGEST["stream"])
    person = _text(lazy("Person or account number"), LONGEST["actor_name"])
    verb = _text(lazy("Action"), LONGEST["verb"])
    subject = _text(lazy("Subject"), LONGEST["subject"])
    since_on = DateField(lazy("From date"), validators=[Optional(), _in_range])
    until_on = DateField(lazy("To date"), validators=[Optional(), _in_range])

    def validate_until_on(self, field: DateField) -> None:
        since: date | None = self.since_on.data
        if since and field.data and field.data < since:
            raise ValidationError(_("The last day is before the first."))

    def wanted(self) -> EventFilter:
        texts = {name: (self[name].data or "").strip() for name in ("stream", "person", "verb", "subject")}
        return EventFilter(**texts, since_on=self.since_on.data, until_on=self.until_on.data)
