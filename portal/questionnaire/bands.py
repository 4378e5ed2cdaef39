"""Between which limits a rule leaves a row in peace, as numbers to be drawn and read; and which rules a form passed.

A band says in advance what the check of the same name in `checks` would say. Pure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from ..kernel.findings import Finding
from .context import Context
from .document import Document
from .edition import Edition, Rule
from .judge import is_asleep
from .look import Absent, Failing, Look
from .question import ANNUAL


@dataclass(frozen=True, slots=True)
class Band:
    """From `low` to `high`, both included; None is no limit on that side."""

    low: Decimal | None
    high: Decimal | None

    def holds(self, value: Decimal) -> bool:
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def broken(self, value: Decimal) -> Decimal | None:
        """The limit that the value is beyond."""
        if self.low is not None and value < self.low:
            return self.low
        return self.high if self.high is not None and value > self.high else None


@dataclass(frozen=True, slots=True)
class Passed:
    """A comparison that was made and found nothing: the row, its limits, and every figure that was read for them."""

    rule: str
    code: str
    value: Decimal
    band: Band
    read: tuple[tuple[str, str], ...]


def _growth(look: Look, code: str) -> Band:
    least = look.number("base_money" if look.edition.by_code[code].is_money else "base_other")
    times, low, high = look.number("times"), [], []
    year, quarter = _known(look.last_year, code), _known(look.previous, code)
    if year is not None and year >= least:
        low.append(year * (1 - look.number("year_down")))
        high.append(year * (1 + look.number("year_up")))
    if quarter is not None and quarter >= least:
        low.append(quarter / times)
        high.append(quarter * times)
    if not low:
        raise Absent
    return Band(max(low), min(high))


def _known(read: Callable[[str], Decimal], code: str) -> Decimal | None:
    try:
        return read(code)
    except Absent:
        return None


def _ratio(look: Look, code: str) -> Band:
    bottom = _positive(look.value(look.option("bottom")))
    return Band(look.number("low") * bottom, look.number("high") * bottom)


def _yearly_ratio(look: Look, code: str) -> Band:
    bottom = _positive(look.value(look.option("bottom")))
    return Band(look.number("low") * bottom / 4, look.number("high") * bottom / 4)


def _positive(value: Decimal) -> Decimal:
    if value <= 0:
        raise Absent
    return value


def _share(look: Look, code: str) -> Band:
    if look.document.quarter.number in look.option("except_quarters", ()):
        raise Absent
    of, over_year = look.option("of"), look.option("of_year_to_date", False)
    is_yearly = over_year or look.edition.by_code[code].kind == ANNUAL
    other = look.ytd(of) if is_yearly else look.value(of)
    if over_year:
        _positive(other)
    return Band(None, max(other * look.number("share"), Decimal(0)))


def _sum(look: Look, code: str) -> Band:
    plus = sum((look.value(row) for row in look.option("plus")), Decimal(0))
    expected = plus - sum((look.value(row) for row in look.option("minus", ())), Decimal(0))
    return Band(expected - look.number("tolerance"), expected + look.number("tolerance"))


def _energy(look: Look, code: str) -> Band:
    _positive(look.value(code))
    factors = look.option("factors")
    parts = [look.value(row) * Decimal(f) for row, f in factors.items() if row in look.document.answers]
    if not any(look.document.answer(row).is_answered for row in factors):
        raise Absent
    expected, share = sum(parts, Decimal(0)), look.number("share")
    return Band(expected / (1 + share), expected / (1 - share))


def _fall(look: Look, code: str) -> Band:
    return Band(_positive(look.previous(code)) * (1 - look.number("share")), None)


def _around(middle: Decimal, share: Decimal) -> Band:
    return Band(middle - abs(middle) * share, middle + abs(middle) * share)


def _sign(look: Look, code: str) -> Band:
    past = look.previous(code)
    if past == 0:
        raise Absent
    return Band(Decimal(0), None) if past > 0 else Band(None, Decimal(0))


_OF: dict[str, Callable[[Look, str], Band]] = {
    "not_negative": lambda look, code: Band(Decimal(0), None),
    "at_most": lambda look, code: Band(None, look.value(look.option("right"))),
    "sum_equals": _sum,
    "growth": _growth,
    "ratio_outside": _ratio,
    "yearly_ratio_outside": _yearly_ratio,
    "sign_change": _sign,
    "share_above": _share,
    "energy_balance": _energy,
    "differs_from_sum": lambda look, code: _around(_positive(look.ytd(look.option("of"))), look.number("share")),
    "fall": _fall,
    "change_over": lambda look, code: _around(look.previous(code), look.number("share")),
    "above": lambda look, code: Band(None, look.number("limit")),
    "series_differs": lambda look, code: _around(
        _positive(look.series(look.option("series"), code)), look.number("share")
    ),
}
_ROW = ("row", "left", "top", "total")  # the parameters that name the row a finding stands at


def judged_rows(rule: Rule, document: Document) -> Iterator[str]:
    """The rows that the rule has limits for."""
    if rule.check in _OF:
        named = rule.parameters.get("rows") or [rule.parameters[name] for name in _ROW if name in rule.parameters]
        yield from (code for code in named if code in document.answers)


def _look(edition: Edition, rule: Rule, document: Document, context: Context, code: str) -> tuple[Band, Look] | None:
    if rule.check not in _OF or is_asleep(rule, document, context):
        return None
    look = Look(edition, rule, document, context)
    try:
        look.value(code)
        return _OF[rule.check](look, code), look
    except (Absent, Failing):
        return None


def band_of(edition: Edition, rule: Rule, document: Document, context: Context, code: str) -> Band | None:
    """The limits of the rule at the row `code`; None where it has none, sleeps, or lacks a figure to compare with."""
    found = _look(edition, rule, document, context, code)
    return found[0] if found else None


def passed(edition: Edition, document: Document, context: Context, found: Iterable[Finding]) -> tuple[Passed, ...]:
    """Every comparison of a row with another figure that none of the findings speaks against, in the rules' order."""
    fired = {finding.key for finding in found}
    rows = []
    for rule in edition.rules_for(document.respondent_class, document.quarter):
        for code in judged_rows(rule, document):
            known, value = _look(edition, rule, document, context, code), document.value(code)
            if known is None or value is None or f"{rule.id}:{code}" in fired:
                continue
            band, look = known
            others = tuple((name, text) for name, text in look.texts().items() if name != code)
            if others:
                rows.append(Passed(rule.id, code, value, band, others))
    return tuple(rows)
