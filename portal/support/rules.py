"""What a policy gives, in words. Pure."""

from __future__ import annotations

from decimal import Decimal

from ..kernel.bilingual import Bilingual, both
from ..kernel.measure import percent, written
from .knowledge import begun_small
from .policy import AMOUNT_KINDS, DESIGNATES, AmountRule

_DESIGNATES = Bilingual("认定为{name}，不涉及资金", "Designation as {name}; no money")
_FOR_YEARS = Bilingual("认定为{name}，有效期{years}年，不涉及资金", "Designation as {name} for {years} years; no money")
_FOR_A_YEAR = Bilingual("认定为{name}，有效期1年，不涉及资金", "Designation as {name} for one year; no money")
_FIXED = Bilingual("{sum}", "{sum}")
_SHARE = Bilingual("{basis}的{rate}，最高{cap}", "{rate} of {basis}, {cap} at most")
_PER_UNIT = Bilingual("每{unit}{sum}（{basis}）", "{sum} per {unit} ({basis})")
_MOST = Bilingual("{text}，最多{most}", "{text}, {most} at most")
_STEP = Bilingual("{title}：{worth}", "{title}: {worth}")
_OR_LIST = Bilingual("{words}；或者按名单给予，就高计算（{listed}）", "{words}; or by list, the higher one ({listed})")
_TEN_THOUSAND = Decimal(10_000)
_PEOPLE = dict.fromkeys(("person", "persons", "people"), ("person", "people"))


def money(yuan: Decimal) -> Bilingual:
    """Yuan as people say them: whole ten thousands in Chinese, the plain number in English."""
    exact = 0 if yuan == yuan.to_integral_value() else 2
    english = f"{written(yuan, exact)} yuan"
    if yuan and yuan % 100 == 0 and yuan >= _TEN_THOUSAND:
        tens = yuan / _TEN_THOUSAND
        places = 0 if tens == tens.to_integral_value() else 2
        return Bilingual(f"{written(tens, places)}万元", english)
    return Bilingual(f"{written(yuan, exact)}元", english)


def rate(value: Decimal) -> str:
    """A part of one as a per cent, with as many places as it has: 0.3 is 30%, 0.025 is 2.5%."""
    places = max(-int((value * 100).normalize().as_tuple().exponent), 0)
    return percent(value, places)


def amount_words(rule: AmountRule) -> Bilingual:
    """The rule in one sentence."""
    words = _main_words(rule)
    if not rule.or_list:
        return words
    said = [_STEP.fill(title=step.title, worth=money(step.value)) for step in rule.or_list]
    listed = Bilingual("，".join(step.zh for step in said), ", ".join(step.en for step in said))
    return _OR_LIST.fill(words=words, listed=listed)


def instalment_words(rule: AmountRule) -> Bilingual:
    """When which share is promised; empty where the policy does not say."""
    said = [_STEP.fill(title=both(rate(one.value)), worth=one.title) for one in rule.instalments]
    return Bilingual("；".join(one.zh for one in said), "; ".join(one.en for one in said))


def _main_words(rule: AmountRule) -> Bilingual:
    if rule.kind == "none":
        return _designation(rule)
    if rule.kind == "fixed":
        return _FIXED.fill(sum=money(rule.value))
    if rule.kind in ("share", "increase"):
        basis, cap = _inside(rule.basis), money(rule.cap or Decimal(0))
        return _SHARE.fill(basis=basis, rate=rate(rule.value), cap=cap)
    if rule.kind == "per-unit":
        return _per_unit(rule)
    said = [_step(rule, number) for number in range(len(rule.steps))]
    text = Bilingual("；".join(words.zh for words in said), "; ".join(words.en for words in said))
    return text if rule.cap is None else _MOST.fill(text=text, most=money(rule.cap))


def _designation(rule: AmountRule) -> Bilingual:
    if not rule.designates:
        return AMOUNT_KINDS["none"]
    form = _DESIGNATES if not rule.years else _FOR_A_YEAR if rule.years == 1 else _FOR_YEARS
    return form.fill(name=DESIGNATES[rule.designates], years=rule.years)


def _inside(basis: Bilingual | None) -> Bilingual:
    """What is multiplied, inside a sentence."""
    return both("") if basis is None else Bilingual(basis.zh, begun_small(basis.en))


def _per_unit(rule: AmountRule) -> Bilingual:
    unit = rule.basis_unit or both("")
    one, many = _PEOPLE.get(unit.en.lower(), (unit.en, unit.en))
    text = _PER_UNIT.fill(unit=Bilingual(unit.zh, one), sum=money(rule.value), basis=_inside(rule.basis))
    if (most := rule.most_units) is not None:
        text = _MOST.fill(text=text, most=Bilingual(f"{most}{unit.zh}", f"{most} {one if most == 1 else many}"))
    return text if rule.cap is None else _MOST.fill(text=text, most=money(rule.cap))


def _step(rule: AmountRule, number: int) -> Bilingual:
    step = rule.steps[number]
    if not step.value:
        return step.title
    worth = both(rate(step.value)) if rule.kind == "tiers" else money(step.value)
    return _STEP.fill(title=step.title, worth=worth)
