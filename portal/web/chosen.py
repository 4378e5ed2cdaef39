"""What was chosen on a form, in words: for the page that shows a form outside its room."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flask_wtf import FlaskForm
from wtforms import BooleanField
from wtforms.fields.core import UnboundField

from ..kernel.bilingual import Bilingual

Words = Bilingual | str
Chosen = Callable[[str, str], Words | None]
"""(field, what it holds) → what the form calls it; None for what was typed."""
YES = Bilingual("是", "Yes")
_TICKED = {"1": YES, "y": YES, "yes": YES, "on": YES}


def choices_of(
    *others: Chosen,
    forms: tuple[type[FlaskForm], ...] = (),
    ticked: tuple[str, ...] = (),
    tables: Mapping[str, Mapping[str, Words]] | None = None,
) -> Chosen:
    """Says what a field holds: by its table, as ticked (`ticked`, and every single box of `forms`), or by the first of
    `others` that knows."""
    fields = ((name, getattr(form, name)) for form in forms for name in dir(form))
    boxes = {name for name, one in fields if isinstance(one, UnboundField) and one.field_class is BooleanField}
    known: dict[str, Mapping[str, Words]] = {**dict.fromkeys((*boxes, *ticked), _TICKED), **(tables or {})}

    def chosen(field: str, text: str) -> Words | None:
        word = known.get(field, {}).get(text)
        return word if word is not None else next((w for other in others if (w := other(field, text))), None)

    return chosen
