"""What the auditor may ask the trail for. Parsing only."""

from __future__ import annotations

from datetime import date

from babel.support import LazyProxy
from wtforms import DateField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length, Optional

from ..web.language import PortalForm, lazy, spoken
from ..web.language import gettext as _
from .models import LONGEST
from .queries import EventFilter
from .rules import clean
from .verbs import GROUPS, VERBS

_FIRST_YEAR, _LAST_YEAR = 2000, 2200


def _printable(form: PortalForm, field: StringField | SelectField) -> None:
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
    verb = SelectField(
        lazy("Action"), validators=[Optional(), Length(max=LONGEST["verb"]), _printable], validate_choice=False
    )
    subject = _text(lazy("Subject"), LONGEST["subject"])
    since_on = DateField(lazy("From date"), validators=[Optional(), _in_range])
    until_on = DateField(lazy("To date"), validators=[Optional(), _in_range])

    def validate_until_on(self, field: DateField) -> None:
        since: date | None = self.since_on.data
        if since and field.data and field.data < since:
            raise ValidationError(_("The last day is before the first."))

    def offer(self, every: str) -> None:
        """The verbs by their words, room by room; one that is asked for and that nobody writes any more by itself."""
        asked = (self.verb.data or "").strip()
        older = [SelectChoice(asked, asked)] if asked and asked not in VERBS else []
        self.verb.choices = [SelectChoice("", every), *older] + [
            SelectChoice(verb, spoken(title), optgroup=spoken(room))
            for room, verbs in GROUPS
            for verb, title in verbs.items()
        ]

    def wanted(self) -> EventFilter:
        texts = {name: (self[name].data or "").strip() for name in ("stream", "person", "verb", "subject")}
        return EventFilter(**texts, since_on=self.since_on.data, until_on=self.until_on.data)
