"""What a check says about a document: hard ones refuse, queries ask for a reason."""

from __future__ import annotations

from dataclasses import dataclass

from .bilingual import Bilingual
from .word import Word


class Severity(Word):
    """强制性审核 refuses a submission; 核实性审核 asks for an explanation and never blocks once one is given."""

    HARD = "hard"
    QUERY = "query"


@dataclass(frozen=True, slots=True)
class Finding:
    """One check's word on one field.

    `rule` is the stable code people quote (H03), `field` the row it stands at, `message` the full sentence with both
    numbers. `basis` is a fingerprint of the values the rule looked at: an explanation given for one basis does not
    cover another.
    """

    rule: str
    severity: Severity
    field: str
    message: Bilingual
    basis: str = ""

    @property
    def key(self) -> str:
        return f"{self.rule}:{self.field}"
