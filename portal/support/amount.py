"""How much an award comes to, with every step of the reckoning in words. Pure, and exact."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..kernel.bilingual import Bilingual
from ..kernel.measure import rounded, written
from .knowledge import Knowledge, Lacking, value_over
from .policy import AMOUNT_KINDS, AmountRule, Step
from .rules import money
from .rules import rate as rate_words
from .values import level_entry

CENTS = 2
_WAN = Decimal(10_000)
_FIXED = Bilingual("固定金额{sum}", "A fixed sum of {sum}")
_TIMES = Bilingual("{basis}{base}元的{rate}：{sum}元", "{rate} of {base} yuan ({basis}): {sum} yuan")
_UNITS = Bilingual("{count}{unit}，每{unit}{each}：{sum}元", "{count} {unit} at {each} each: {sum} yuan")
_MOST_UNITS = Bilingual("最多计{most}{unit}", "At most {most} {unit} count")
_CAP = Bilingual("最高{cap}", "Capped at {cap}")
_YEAR = Bilingual("本年度已获{done}，年度上限{cap}", "{done} granted this year already, of {cap} a year at most")
_NO_BASIS = Bilingual("没有计算基数", "Nothing to reckon from")
_STEP = Bilingual("{title}：{sum}", "{title}: {sum}")
_HIGHER = Bilingual("就高计{sum}", "The higher one counts: {sum}")


@dataclass(frozen=True, slots=True)
class Part:
    """One instalment of an award in yuan, and when the policy promises it."""

    rate: Decimal
    amount: Decimal
    title: Bilingual


def parts(rule: AmountRule, amount: Decimal) -> tuple[Part, ...]:
    """The award by the policy's instalments, to the cent; together they are the award. Nothing is paid by it."""
    found: list[Part] = []
    done, reached = Decimal(0), Decimal(0)
    for one in rule.instalments:
        reached += one.value
        upto = rounded(amount * reached, CENTS)
        found.append(Part(one.value, upto - done, one.title))
        done = upto
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The amount in yuan, and the steps that led to it."""

    amount: Decimal
    steps: tuple[Bilingual, ...]


def reckon(
    rule: AmountRule,
    *,
    basis: Decimal | None,
    knowledge: Knowledge,
    annual_cap: Decimal | None = None,
    already: Decimal = Decimal(0),
) -> Reckoned:
    """What the rule gives. `basis` is what the applicant stated, `already` what was granted this year; never negative,
    never above the rule's cap or the highest sum by list, never above what the year leaves."""
    amount, steps = _raw(rule, basis, knowledge)
    amount = max(rounded(amount, CENTS), Decimal(0))
    if rule.cap is not None and amount > rule.cap:
        amount = rule.cap
        steps.append(_CAP.fill(cap=money(rule.cap)))
    best = _best(rule.or_list, _held(knowledge))
    if best is not None:
        said = _STEP.fill(title=best.title, sum=money(best.value))
        steps = [*steps, said, _HIGHER.fill(sum=money(max(amount, best.value)))] if amount else [said]
        amount = max(amount, best.value)
    if annual_cap is not None and amount > annual_cap - already:
        amount = max(annual_cap - already, Decimal(0))
        steps.append(_YEAR.fill(done=money(already), cap=money(annual_cap)))
    return Reckoned(amount, tuple(steps))


def _raw(rule: AmountRule, basis: Decimal | None, knowledge: Knowledge) -> tuple[Decimal, list[Bilingual]]:
    if rule.kind == "none":
        return Decimal(0), [AMOUNT_KINDS["none"]]
    if rule.kind == "fixed":
        return rule.value, [_FIXED.fill(sum=money(rule.value))]
    if rule.kind in ("by-list", "by-class"):
        return _by_entry(rule, knowledge)
    if rule.kind == "increase":
        return _of_increase(rule, knowledge)
    if basis is None:
        return Decimal(0), [_NO_BASIS]
    if rule.kind == "per-unit":
        return _of_units(rule, basis)
    rate = rule.value if rule.kind == "share" else _tier(rule, knowledge)
    return _times(rule, basis, rate)


def _times(rule: AmountRule, base: Decimal, rate: Decimal) -> tuple[Decimal, list[Bilingual]]:
    amount = rounded(max(base, Decimal(0)) * rate, CENTS)
    basis = rule.basis or Bilingual("", "")
    words = _TIMES.fill(basis=basis, base=written(base, CENTS), rate=rate_words(rate), sum=written(amount, CENTS))
    return amount, [words]


def _of_units(rule: AmountRule, count: Decimal) -> tuple[Decimal, list[Bilingual]]:
    unit, steps = rule.basis_unit or Bilingual("", ""), []
    counted = max(count, Decimal(0))
    if rule.most_units is not None and counted > rule.most_units:
        counted = Decimal(rule.most_units)
        steps.append(_MOST_UNITS.fill(most=rule.most_units, unit=unit))
    amount = rounded(counted * rule.value, CENTS)
    places = max(-int(counted.as_tuple().exponent), 0)
    words = _UNITS.fill(
        count=written(counted, min(places, 4)), unit=unit, each=money(rule.value), sum=written(amount, CENTS)
    )
    return amount, [*steps, words]


def _tier(rule: AmountRule, knowledge: Knowledge) -> Decimal:
    """The rate of the highest tier that the enterprise's digital level reaches."""
    entry = level_entry(knowledge, rule.edition)
    level = int(entry.value) if entry is not None and entry.value.isdigit() else 0
    return max((step.value for step in rule.steps if int(step.key) <= level), default=Decimal(0))


def _by_entry(rule: AmountRule, knowledge: Knowledge) -> tuple[Decimal, list[Bilingual]]:
    """The highest sum among the lists, or classes, that the enterprise stands on (从高不重复)."""
    held = _held(knowledge)
    if rule.kind == "by-class":
        held = {entry.value for entry in knowledge.entries_of(f"first-set-{rule.edition}")}
    best = _best(rule.steps, held)
    if best is None:
        return Decimal(0), [_NO_BASIS]
    return best.value, [_STEP.fill(title=best.title, sum=money(best.value))]


def _held(knowledge: Knowledge) -> set[str]:
    """The lists that the enterprise stands on today, each also with its class."""
    standing = [entry for entry in knowledge.entries if entry.stands(knowledge.day)]
    return {entry.list for entry in standing} | {f"{entry.list}:{entry.value}" for entry in standing}


def _best(steps: Sequence[Step], held: Collection[str]) -> Step | None:
    return max((step for step in steps if step.key in held), key=lambda step: step.value, default=None)


def _of_increase(rule: AmountRule, knowledge: Knowledge) -> tuple[Decimal, list[Bilingual]]:
    now, then = value_over(knowledge, rule.row, "y-1"), value_over(knowledge, rule.row, "y-2")
    if isinstance(now, Lacking):
        return Decimal(0), [now.reason]
    if isinstance(then, Lacking):
        return Decimal(0), [then.reason]
    return _times(rule, max(now.value - then.value, Decimal(0)) * _WAN, rule.value)
