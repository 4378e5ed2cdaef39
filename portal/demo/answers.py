"""What a demo enterprise types into the form: figures as texts, an opening block, reasons for queries. Pure."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

from ..filing.checked import Checked, check
from ..filing.estimate import RESPONDENT, SWITCH, Rate, followed
from ..kernel.bilingual import Bilingual
from ..kernel.period import Quarter
from ..questionnaire.context import Context
from ..questionnaire.edition import Edition
from ..questionnaire.form import shown
from ..questionnaire.question import Question
from .figures import figures
from .people import Person
from .planted import REASON, spoiled

# Optional rows that everybody fills: premises, and the average of staff, which the form fills in by itself.
_ALWAYS = frozenset({"301", "305", "306", "307", "308", "502"})
_HABITS = ("1", "2", "3", "4", "5", "6")  # sections whose optional rows an enterprise either fills or leaves
USUAL = ("season", "订单按季节集中交付，与往年情况一致。")


@dataclass(frozen=True, slots=True)
class Twist:
    """A quarter that went unlike the others: rows by factor, and the reason that the enterprise gives for it."""

    title: Bilingual
    factors: Mapping[str, Decimal] = field(hash=False)
    code: str = "other"
    reason: str = ""


def _all(factor: str, *codes: str) -> dict[str, Decimal]:
    return dict.fromkeys(codes, Decimal(factor))


TWISTS: dict[str, Twist] = {
    "surge": Twist(
        Bilingual("产值猛增", "Output leaps"),
        _all("2.6", "101", "102", "103", "104", "105", "107"),
        "capacity",
        "二期生产线7月投产，第三季度集中交付了两笔大额订单。",
    ),
    "loss": Twist(
        Bilingual("由盈转亏", "Profit turns to loss"),
        _all("-0.6", "106") | _all("0", "203"),
        "price",
        "主要原材料价格上涨，已签订单不能调价，本季度亏损。",
    ),
    "refund": Twist(
        Bilingual("收到退税", "A tax refund"),
        _all("-0.4", "202"),
        "tax",
        "收到增值税留抵退税，冲减本季度已缴税款。",
    ),
    "layoff": Twist(
        Bilingual("人员减少", "Fewer staff"),
        _all("0.68", "501", "502", "503"),
        "structure",
        "包装工序外包，相关人员转入合作企业。",
    ),
    "energy": Twist(
        Bilingual("用电猛增", "Electricity leaps"),
        _all("3.4", "303"),
        "capacity",
        "新增两台电加热设备，替代原来的燃气设备。",
    ),
}


def twisted(row: Mapping[str, Decimal], twist: Twist | None) -> dict[str, Decimal]:
    """The figures of an unlike quarter; every figure keeps its places."""
    if twist is None:
        return dict(row)
    found = {code: (value * twist.factors.get(code, Decimal(1))).quantize(value) for code, value in row.items()}
    return {**found, "505": min(found["505"], found["501"]), "403": min(found["403"], found["501"])}


@lru_cache(maxsize=64)
def _habits(seed: int, number: int) -> frozenset[str]:
    habits = random.Random(f"habits:{seed}:{number}")
    return frozenset(section for section in _HABITS if habits.random() < 0.55)


@dataclass(frozen=True, slots=True)
class Respondent:
    """One enterprise before the form: who answers it, in which class, under which seed.

    `rates` are what its chain's value added can be estimated by, by year.
    """

    person: Person
    respondent_class: str
    seed: int
    rates: Mapping[int, Rate] = field(default_factory=dict, hash=False)

    @property
    def typing(self) -> str:
        """Every fourth enterprise types the year to date."""
        return "ytd" if self.person.number % 4 == 3 else "quarter"

    def answers(self, question: Question) -> bool:
        """Whether it fills the row: what it must, and of the optional rows always the same sections."""
        if question.is_required(self.respondent_class) or self.respondent_class == "L" or question.code in _ALWAYS:
            return True
        return question.section[:1] in _habits(self.seed, self.person.number)

    def rate(self, quarter: Quarter) -> Rate | None:
        """What it lets its value added be estimated by: every second of the small ones that do not reckon it."""
        if (
            self.respondent_class != RESPONDENT
            or self.person.number % 2
            or "1" in _habits(self.seed, self.person.number)
        ):
            return None
        return self.rates.get(quarter.year)

    def row(self, quarter: Quarter) -> Mapping[str, Decimal]:
        return figures(self.person, quarter, self.seed)


@dataclass(frozen=True, slots=True)
class Draft:
    """What was typed, and how it reads; a half-filled one was never checked."""

    texts: dict[str, str]
    checked: Checked | None

    @property
    def judged(self) -> Checked:
        assert self.checked is not None, "only what was checked is handed over"
        return self.checked


def completed(
    who: Respondent, edition: Edition, context: Context, names: tuple[str, str], twist: str = "", error: str = ""
) -> Draft:
    """A draft that can be submitted: each query it raises has its reason. `names` are the preparer's, the head's."""
    draft = filled(who, edition, context, twist, error=error) | {"preparer_name": names[0], "head_name": names[1]}
    draft["chief_name"] = names[0]
    checked = check(edition, context, draft, at_submission=True)
    known = TWISTS.get(twist)
    code, reason = (known.code, known.reason) if known is not None else REASON if error else USUAL
    for finding in checked.unexplained:
        place = f"{finding.rule}-{finding.field}"
        draft |= {f"why-{place}": reason, f"whycode-{place}": code, f"whybasis-{place}": finding.basis}
    if checked.unexplained:
        checked = check(edition, context, draft, at_submission=True)
    return Draft(draft, checked)


def filled(
    who: Respondent, edition: Edition, context: Context, twist: str = "", sections: str = "", error: str = ""
) -> dict[str, str]:
    """The typed texts of a quarter; with `sections` (their first letters) only those: a form half filled.

    `twist` is a quarter unlike the others, `error` one of the planted kinds.
    """
    quarter = context.quarter
    asked = [q for q in edition.questions_for(who.respondent_class, quarter) if q.is_typed and who.answers(q)]
    row = spoiled(error, twisted(who.row(quarter), TWISTS.get(twist)), context.past.previous)
    earlier = _earlier(who, quarter) if context.before("105") is None else {}
    found = {"typing": who.typing}
    for question in asked:
        if sections and question.section[:1] not in sections:
            continue
        value = row[question.code]
        before = context.before(question.code)
        if question.is_flow and before is None:
            before = earlier.get(question.code, Decimal(0))
            found[f"b{question.code}"] = shown(before, question.places)
        if question.is_flow and who.typing == "ytd":
            value += before or Decimal(0)
        found[f"f{question.code}"] = shown(value, question.places)
        if question.asked_of_last_year and context.past.asks_last_year:
            last_year = who.row(quarter.same_last_year)[question.code]
            found[f"y{question.code}"] = shown(last_year, question.places)
    rate = who.rate(quarter)
    return found if rate is None else followed(edition, context, {}, found | {SWITCH: "1"}, rate)


def _earlier(who: Respondent, quarter: Quarter) -> dict[str, Decimal]:
    """The year's flows up to this quarter, as the enterprise's own books have them."""
    total: dict[str, Decimal] = {}
    for past in quarter.year_to_date()[:-1]:
        for code, value in who.row(past).items():
            total[code] = total.get(code, Decimal(0)) + value
    return total
