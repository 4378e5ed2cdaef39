"""The form of a policy: its fields are those of the definition. Parsing only; the linter judges."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from babel.support import LazyProxy
from wtforms import BooleanField, HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.widgets import CheckboxInput, ListWidget

from ..kernel.bilingual import Bilingual
from ..web.language import PortalForm, gettext, lazy, spoken
from ..web.typed import version_of
from .models import PolicyDraft
from .policy_fields import FIELDS
from .policy_merge import FRAME, marks_of
from .policy_text import typed_of


def said(name: str) -> LazyProxy:
    """The title of a field of the definition, in the language of the request."""
    return LazyProxy(spoken, FIELDS[name].title, enable_cache=False)


class _VersionForm(PortalForm):
    version = HiddenField()

    @property
    def number(self) -> int:
        return version_of(self.version.data)


class PolicyStepForm(_VersionForm):
    """A button on a draft."""


class PolicyForm(_VersionForm):
    shown = HiddenField()
    new_code = StringField(lazy("Code"))
    task = SelectField(said("task"), validate_choice=False)
    way = SelectField(said("way"), validate_choice=False)
    level = SelectField(said("level"), validate_choice=False)
    title_zh = StringField(said("title_zh"))
    title_en = StringField(said("title_en"))
    summary_zh = TextAreaField(said("summary_zh"))
    summary_en = TextAreaField(said("summary_en"))
    conditions = TextAreaField(said("conditions"))
    vetoes = SelectMultipleField(
        said("vetoes"),
        validate_choice=False,
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    documents = TextAreaField(said("documents"))
    exclusive_with = TextAreaField(said("exclusive_with"))
    amount_kind = SelectField(said("amount_kind"), validate_choice=False)
    amount_value = StringField(said("amount_value"))
    amount_cap = StringField(said("amount_cap"))
    annual_cap = StringField(said("annual_cap"))
    amount_basis_zh = StringField(said("amount_basis_zh"))
    amount_basis_en = StringField(said("amount_basis_en"))
    amount_unit_zh = StringField(said("amount_unit_zh"))
    amount_unit_en = StringField(said("amount_unit_en"))
    amount_most = StringField(said("amount_most"))
    amount_row = StringField(said("amount_row"))
    amount_edition = StringField(said("amount_edition"))
    amount_steps = TextAreaField(said("amount_steps"))
    amount_or = TextAreaField(said("amount_or"))
    amount_parts = TextAreaField(said("amount_parts"))
    amount_designates = SelectField(said("amount_designates"), validate_choice=False)
    amount_years = StringField(said("amount_years"))
    share_province = StringField(said("share_province"))
    share_city = StringField(said("share_city"))
    share_county = StringField(said("share_county"))
    accept_from = StringField(said("accept_from"))
    accept_until = StringField(said("accept_until"))
    valid_from = StringField(said("valid_from"))
    valid_until = StringField(said("valid_until"))
    accept_days = StringField(said("accept_days"))
    handle_days = StringField(said("handle_days"))
    contact_zh = StringField(said("contact_zh"))
    contact_en = StringField(said("contact_en"))
    source_zh = StringField(said("source_zh"))
    source_en = StringField(said("source_en"))
    review_conclusion_zh = TextAreaField(said("review_conclusion_zh"))
    review_conclusion_en = TextAreaField(said("review_conclusion_en"))
    review_on = StringField(said("review_on"))
    review_document = StringField(said("review_document"))
    withdrawn = BooleanField(said("withdrawn"))
    effective_on = StringField(lazy("First day it applies"))
    reason = TextAreaField(lazy("Reason and document"))

    def typed(self) -> dict[str, Any]:
        return {name: self[name].data for name in FIELDS}

    def whole(self) -> dict[str, Any]:
        """The policy as it was typed, with the draft's day and reason."""
        return self.typed() | {name: self[name].data for name in FRAME}

    def lay(self, typed: Mapping[str, Any], version: int, marks: str) -> None:
        """Puts texts into the fields, made out for that version of the draft."""
        for name, text in typed.items():
            self[name].data = text
        self.version.data, self.shown.data = str(version), marks


def policy_form(content: Mapping[str, Any], tasks: Mapping[str, Bilingual], drafted: PolicyDraft | None) -> PolicyForm:
    """The form with its choices; when not posted, filled from `content` and the frame of the draft under way."""
    shown = saved_text(content, drafted)
    form = PolicyForm(data=shown | {"version": str(drafted.version if drafted else 0), "shown": marks_of(shown)})
    for name in FIELDS:
        control = form[name]
        if isinstance(control, SelectField):
            control.choices = [SelectChoice(code, spoken(title)) for code, title in offered(name, tasks).items()]
            if not isinstance(control, SelectMultipleField):
                control.choices.insert(0, SelectChoice("", gettext("Choose")))
    return form


def offered(name: str, tasks: Mapping[str, Bilingual]) -> dict[str, Bilingual]:
    """What a field of the definition can be chosen from, by code; nothing where it is typed."""
    field = FIELDS.get(name)
    titles = tasks if name == "task" else field.choices if field is not None else {}
    return {code: _coded(code, title) for code, title in titles.items()}


def saved_text(content: Mapping[str, Any], drafted: PolicyDraft | None) -> dict[str, Any]:
    """What the form shows of a policy, and of the draft under way."""
    if drafted is None:
        return typed_of(content) | {"reason": "", "effective_on": ""}
    day = drafted.effective_on
    return typed_of(content) | {"reason": drafted.reason, "effective_on": "" if day is None else day.isoformat()}


def _coded(code: str, title: Bilingual) -> Bilingual:
    """Tasks and vetoes are known by their codes as well."""
    return Bilingual(f"{code} {title.zh}", f"{code} {title.en}") if code[-1:].isdigit() else title
