"""An enterprise of the demo as it files: its people, and what it has said of late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ..enterprises.models import Enterprise
from ..filing.estimate import marked
from ..filing.past import context_beside
from ..kernel.measure import rounded
from ..kernel.period import Quarter
from ..kernel.roles import Actor
from ..questionnaire.context import Context
from ..questionnaire.document import Document
from .answers import Respondent


@dataclass
class Filer:
    """An enterprise with its people, what it has submitted of late and what was stated before, by quarter's code.

    `marks` say what is estimated of what it submitted; `newest` is its newest approved headline figure.
    """

    who: Respondent
    enterprise: Enterprise
    preparer: Actor
    certifier: Actor
    documents: dict[int, Document] = field(default_factory=dict)
    marks: dict[int, dict[str, Any]] = field(default_factory=dict)
    stated: dict[int, dict[str, Decimal]] = field(default_factory=dict)
    newest: Decimal | None = None

    def context(self, quarter: Quarter) -> Context:
        stated = self.stated.get(quarter.same_last_year.code, {})
        return context_beside(quarter, self.who.respondent_class, self.documents, stated, self.marks)

    def keep(self, quarter: Quarter, document: Document, texts: Mapping[str, str]) -> None:
        """Nobody looks back further than a year."""
        self.documents[quarter.code] = document
        self.marks[quarter.code] = marked(texts, self.who.respondent_class)
        for kept in (self.documents, self.marks):
            kept.pop((quarter.same_last_year - 1).code, None)

    @property
    def weight(self) -> Decimal | None:
        return rounded(self.newest, 2) if self.newest is not None else self.enterprise.base_output
