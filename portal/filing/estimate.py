"""Estimating value added (107) from the rate of the enterprise's chain: who may, by what, and what becomes of it. Pure.

The draft holds the tick and, written by the portal alone, the rate the figure was made by; both go into the version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..kernel.bilingual import Bilingual
from ..kernel.measure import plain, rounded, written
from ..kernel.period import Quarter
from ..questionnaire import form
from ..questionnaire.context import Context
from ..questionnaire.edition import Edition

ROW, BASE, RESPONDENT = "107", "101", "S"
SWITCH, BASIS = "estimate", "estimate_basis"
RATE_PLACES, NO_CHAIN = 6, "00"
_SAID = Bilingual(
    "按产业链比率推算：总产值的{percent}%（{year}年，本链{number}家规上企业已通过的数据）",
    "Estimated from the chain’s rate: {percent}% of gross output ({year}, {number} above-scale enterprises of the "
    "chain, approved)",
)


@dataclass(frozen=True, slots=True)
class Rate:
    """Value added for one yuan of gross output on a chain over so many above-scale enterprises, in the year that ends
    with `quarter`."""

    chain: str
    quarter: Quarter
    rate: Decimal
    enterprises: int

    def applied(self, output: Decimal) -> Decimal:
        return rounded(output * self.rate, 2)

    @property
    def said(self) -> Bilingual:
        percent = written(self.rate * 100, 2)
        return _SAID.fill(percent=percent, year=self.quarter.year, number=self.enterprises)

    def text(self) -> str:
        """As a draft keeps it."""
        return f"{self.chain} {self.quarter} {plain(self.rate)} {self.enterprises}"

    def content(self) -> dict[str, str]:
        """As a version keeps it."""
        number = str(self.enterprises)
        return {"chain": self.chain, "quarter": str(self.quarter), "rate": plain(self.rate), "enterprises": number}


def rate_from(chain: str, quarter: str, rate: str, enterprises: str) -> Rate:
    return Rate(chain, Quarter.parse(quarter), Decimal(rate), int(enterprises))


def is_offered(respondent_class: str) -> bool:
    return respondent_class == RESPONDENT


def own(draft: Mapping[str, str], respondent_class: str) -> dict[str, str]:
    """The draft as its class may have it: who has come above scale since is asked for a figure of its own."""
    if not draft.get(SWITCH) or is_offered(respondent_class):
        return dict(draft)
    return {name: text for name, text in draft.items() if name not in (SWITCH, BASIS, f"f{ROW}")}


def is_touched(before: Mapping[str, str], draft: Mapping[str, str]) -> bool:
    """Whether the figure may have to follow: the tick was turned, or what the estimate rests on has changed."""
    if not draft.get(SWITCH) and not before.get(SWITCH):
        return False
    return any(draft.get(name) != before.get(name) for name in (SWITCH, f"f{ROW}", f"f{BASE}", f"b{ROW}", "typing"))


def followed(
    edition: Edition, context: Context, before: Mapping[str, str], draft: Mapping[str, str], rate: Rate | None
) -> dict[str, str]:
    """The draft with the estimate in it, or without the tick.

    Who types another figure takes the tick away; who takes the tick away and types nothing has no figure any more:
    an estimate never becomes a figure of the enterprise's own by itself.
    """
    found, field = dict(draft), f"f{ROW}"
    was_on, is_on = bool(before.get(SWITCH)), bool(draft.get(SWITCH))
    is_recounted = draft.get("typing") != before.get("typing")
    is_other = was_on and not is_recounted and draft.get(field, "") != before.get(field, "")
    if is_on and not is_other and is_offered(context.respondent_class) and rate is not None:
        return _estimated(edition, context, found, rate)
    for name in (SWITCH, BASIS, *((field,) if was_on and not is_other else ())):
        found.pop(name, None)
    return found


def _estimated(edition: Edition, context: Context, found: dict[str, str], rate: Rate) -> dict[str, str]:
    document = form.read(edition, context, found).document
    output, question = document.value(BASE), edition.by_code[ROW]
    value = rate.applied(output) if output is not None and output >= 0 else None
    if value is not None and document.typing == "ytd":
        earlier = context.before(ROW)
        earlier = document.before.get(ROW) if earlier is None else earlier
        value = None if earlier is None else earlier + value
    for name in (f"f{ROW}", BASIS):
        found.pop(name, None)
    if value is None:
        return found
    return found | {f"f{ROW}": form.shown(value, question.places), BASIS: rate.text()}


def rate_of(draft: Mapping[str, Any], respondent_class: str) -> Rate | None:
    """The rate the draft's figure was made by; None where the figure is the enterprise's own."""
    parts = str(draft.get(BASIS, "")).split(" ")
    if not draft.get(SWITCH) or not is_offered(respondent_class) or len(parts) != 4:
        return None
    return rate_from(*parts)


def marked(draft: Mapping[str, Any], respondent_class: str) -> dict[str, Any]:
    """What a version says of it; nothing where nothing was estimated."""
    rate = rate_of(draft, respondent_class)
    return {} if rate is None else {"estimated": {ROW: rate.content()}}


def estimates_in(content: Mapping[str, Any]) -> dict[str, Rate]:
    """The rows of a version that were estimated, with their rates: the way back from `marked`."""
    return {code: rate_from(**said) for code, said in content.get("estimated", {}).items()}
