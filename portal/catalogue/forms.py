"""Forms of the catalogue: one per kind, made at import from the table of kinds. Parsing only; the linter judges."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from babel.support import LazyProxy
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from ..kernel.bilingual import Bilingual
from ..kernel.clock import today
from ..kernel.measure import NotANumber, plain, read_decimal
from ..kernel.period import Quarter
from ..web.language import PortalForm, gettext, lazy, spoken
from ..web.typed import version_of
from .kinds import KINDS, Field, Kind, Shape
from .models import CatalogueDraft
from .snapshot import Catalogue

NEW_DRAFT = "new"
QUARTERS_OFFERED = 10
_BETWEEN_CODES = re.compile(r"[\s,，、;；]+")
_NO_CHOICE = Bilingual("（无）", "(none)")


def said(title: Bilingual) -> LazyProxy:
    """A term of the field as a label that follows the request's language."""
    return LazyProxy(spoken, title, enable_cache=False)


class ChangeForm(PortalForm):
    """Where a change goes: an open draft, or a new one with its title, quarter and reason."""

    draft = SelectField(lazy("Put into"), validate_choice=False)
    title = StringField(lazy("Title of the new draft"))
    effective_from = SelectField(lazy("Applies from"), validate_choice=False)
    reason = TextAreaField(lazy("Reason and document"))
    code = StringField(lazy("Entry code"))

    @property
    def place(self) -> tuple[int | None, int]:
        """The chosen draft's id and version; (None, 0) for a new draft or anything unreadable."""
        match = re.fullmatch(r"(\d{1,9})\.(\d{1,9})", self.draft.data or "", re.ASCII)
        return (int(match[1]), int(match[2])) if match else (None, 0)

    @property
    def quarter(self) -> Quarter | None:
        return read_quarter(self.effective_from.data)

    def content(self, kind: Kind) -> dict[str, Any]:
        """What was typed, in the shapes that TOML and JSON have; what cannot be read stays as it was typed."""
        found = {field.name: _value(field, self[field.name].data) for field in kind.all_fields}
        return {name: value for name, value in found.items() if value not in (None, "", [], False)}


def read_quarter(text: str | None) -> Quarter | None:
    """The quarter written as 2026Q3, or None."""
    try:
        return Quarter.parse(text or "")
    except ValueError:
        return None


def read_day(text: str | None) -> date | None:
    """The day written as 2026-10-26 or 2026/10/26, full-width digits included, or None."""
    match = re.fullmatch(
        r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", unicodedata.normalize("NFKC", text or "").strip(), re.ASCII
    )
    try:
        return date(int(match[1]), int(match[2]), int(match[3])) if match else None
    except ValueError:
        return None


def _value(field: Field, typed: Any) -> Any:
    if field.shape is Shape.FLAG:
        return bool(typed)
    if field.shape is Shape.CODES:
        return list(typed or ()) if isinstance(typed, list) else [c for c in _BETWEEN_CODES.split(typed or "") if c]
    text = (typed or "").strip()
    if field.shape is Shape.COUNT:
        folded = unicodedata.normalize("NFKC", text)
        return int(folded) if re.fullmatch(r"\d{1,9}", folded, re.ASCII) else text
    if field.shape is Shape.NUMBER:
        return _number(text)
    if field.shape is Shape.DATE:
        day = read_day(text)
        return day.isoformat() if day else text
    return text


def _number(text: str) -> str:
    try:
        value = read_decimal(text)
    except NotANumber:
        return text
    return "" if value is None else plain(value)


def _control(field: Field) -> Any:
    label = said(field.title)
    if field.shape is Shape.FLAG:
        return BooleanField(label)
    if field.shape is Shape.TEXT:
        return TextAreaField(label)
    if field.shape in (Shape.CHOICE, Shape.CODE):
        return SelectField(label, validate_choice=False)
    if field.shape is Shape.CODES and field.refers == "unit":
        return SelectMultipleField(
            label, validate_choice=False, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput()
        )
    return StringField(label)


ENTRY_FORMS: dict[str, type[ChangeForm]] = {
    code: type(f"{code.title()}Form", (ChangeForm,), {field.name: _control(field) for field in kind.all_fields})
    for code, kind in KINDS.items()
}


def entry_form(kind: Kind, catalogue: Catalogue, content: dict[str, Any] | None = None) -> ChangeForm:
    """The form of one kind, its selects filled from the catalogue, its fields from `content` when not posted."""
    form = ENTRY_FORMS[kind.code](data=_typed(kind, content or {}))
    for field in kind.all_fields:
        control = form[field.name]
        if isinstance(control, SelectField):
            control.choices = _choices(field, catalogue, is_optional=not isinstance(control, SelectMultipleField))
    return form


def _typed(kind: Kind, content: dict[str, Any]) -> dict[str, Any]:
    """Content as the form's fields hold it."""
    return {
        field.name: " ".join(value) if isinstance(value, list) and field.refers != "unit" else value
        for field in kind.all_fields
        if (value := content.get(field.name)) is not None
    }


def _choices(field: Field, catalogue: Catalogue, *, is_optional: bool) -> list[SelectChoice]:
    if field.shape is Shape.CHOICE:
        found = [SelectChoice(code, spoken(title)) for code, title in field.choices]
    else:
        entries = [entry for entry in catalogue.of_kind(field.refers) if not entry.retired]
        found = [SelectChoice(entry.code, f"{entry.code} {spoken(entry.short)}") for entry in entries]
    return [SelectChoice("", spoken(_NO_CHOICE)), *found] if is_optional else found


def choice_in(kind: Kind, catalogue: Catalogue, field: str, text: str) -> str | None:
    """What a field of an entry holds, as its form offers it; None for what was typed."""
    found = kind.field(field)
    if found is None or found.shape not in (Shape.CHOICE, Shape.CODE, Shape.CODES):
        return None
    return next((c.label for c in _choices(found, catalogue, is_optional=False) if c.value == text), None)


def draft_title(draft: CatalogueDraft) -> str:
    return f"{draft.title} ({Quarter.from_code(draft.effective_from)})"


def offer_drafts(form: ChangeForm, drafts: Sequence[CatalogueDraft], first: Quarter) -> None:
    """Fills the choices anew: after a conflict the page carries the drafts' present versions."""
    chosen, _version = form.place
    form.draft.choices = [SelectChoice(NEW_DRAFT, gettext("A new draft"))] + [
        SelectChoice(f"{draft.id}.{draft.version}", draft_title(draft)) for draft in drafts
    ]
    form.draft.data = next((f"{d.id}.{d.version}" for d in drafts if d.id == chosen), NEW_DRAFT)
    offer_quarters(form.effective_from, first)
    present = str(max(first, Quarter.containing(today())))
    form.effective_from.data = form.effective_from.data or present


def offer_quarters(field: SelectField, first: Quarter, taken: Collection[str] = ()) -> None:
    """The next quarters from `first` on, but for those that are `taken`."""
    quarters = (first + n for n in range(QUARTERS_OFFERED))
    field.choices = [SelectChoice(str(q), spoken(q.title)) for q in quarters if str(q) not in taken]


class StepForm(PortalForm):
    """A button on a draft, with the version that the page showed."""

    version = HiddenField()

    @property
    def number(self) -> int:
        return version_of(self.version.data)


class OpenWindowForm(PortalForm):
    quarter = SelectField(lazy("Quarter"), validate_choice=False)


class ExtendWindowForm(PortalForm):
    due_on = StringField(lazy("New due day"), description=lazy("Year-month-day, for example 2026-10-30"))
    reason = TextAreaField(lazy("Reason for the extension"))


class YearForm(PortalForm):
    source = StringField(lazy("Source of the year"))
    is_confirmed = BooleanField(lazy("Confirmed"))


class DayForm(PortalForm):
    day = StringField(lazy("Calendar day"), description=lazy("Year-month-day, for example 2026-10-30"))
    is_working = BooleanField(lazy("Working day"))
    is_tax_limit = BooleanField(lazy("Tax filing limit of this month"))
    title_zh = StringField(lazy("Name in Chinese"))
    title_en = StringField(lazy("Name in English"))

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.title_zh.data or "", self.title_en.data or "")
