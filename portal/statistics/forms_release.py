"""The form that prepares a release. Parsing only."""

from __future__ import annotations

from collections.abc import Sequence

from babel.support import LazyProxy
from wtforms import SelectField, TextAreaField

from ..kernel.bilingual import Bilingual
from ..kernel.period import Quarter
from ..web.language import PortalForm, spoken

_QUARTER = Bilingual("季度", "Quarter")
_NOTE = Bilingual("修订说明", "What a revision changes")
_NOTE_HINT = Bilingual(
    "首次发布可以不填；修订时会公开。", "Not needed for a first release; shown to the public on a revision."
)
_NO_QUARTER = Bilingual("请选择一个已截止的季度。", "Choose a quarter that is closed.")


class PrepareForm(PortalForm):
    """Which quarter to freeze, and what a revision changes."""

    quarter = SelectField(LazyProxy(spoken, _QUARTER, enable_cache=False), validate_choice=False)
    note = TextAreaField(
        LazyProxy(spoken, _NOTE, enable_cache=False), description=LazyProxy(spoken, _NOTE_HINT, enable_cache=False)
    )

    def offer(self, quarters: Sequence[Quarter]) -> None:
        self.quarter.choices = [(str(quarter), spoken(quarter.title)) for quarter in quarters]

    @property
    def chosen(self) -> Quarter | None:
        """The quarter, or None with the reason beside the field."""
        try:
            return Quarter.parse(self.quarter.data or "")
        except ValueError:
            self.quarter.errors = [spoken(_NO_QUARTER)]
            return None
