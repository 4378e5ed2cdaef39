"""What there is of policy support in the demo: who stands on which list, the year's budgets, who applied. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from ..enterprises.registration import SUPPORT_PURPOSE
from ..kernel.word import Word
from ..support.answers import blanks
from ..support.policy import Policy, Tag
from .cast import person_name, purposes_of
from .census import CAST, Census, Place
from .people import Person

SAMPLE = "示例"
VETOED, UNSAFE = 7, 9  # of the cast: on the list of breaches, and on that of accidents
LATE = 20  # has not filed the last quarter that is due
GREEN = 2  # of the cast: a green factory of the province, for which the sum by list counts
EXCLUSIVE_IN = "331121"  # where two policies that exclude one another can both be met
OPENED = timedelta(days=30)  # how long ago the first application was begun
SHORTEST = timedelta(days=8)
RECENT = timedelta(days=100)
_FIRST_DAY = (1, 2)
_DIGITAL = date(2024, 12, 10)


class Stage(Word):
    """How far an application has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    ASKED = "asked"
    RETURNED = "returned"
    CHECKED = "checked"
    AWARDED = "awarded"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Wish:
    """An application of one enterprise, by its number."""

    number: int
    policy: str
    stage: Stage


# Whatever the figures are these policies are open to everybody: officers judge them, or a list says so. The first
# enterprise is the one whose accounts are listed first; the seventh is granted the same thing until the year's cap is
# reached.
WISHES = (
    Wish(0, "P303", Stage.AWARDED),
    Wish(0, "P101", Stage.RETURNED),
    Wish(0, "P102", Stage.DRAFT),
    Wish(1, "P101", Stage.RETURNED),
    Wish(2, "P101", Stage.SUBMITTED),
    Wish(3, "P303", Stage.CHECKED),
    Wish(GREEN, "P801", Stage.CHECKED),
    Wish(4, "P303", Stage.ASKED),
    Wish(5, "P102", Stage.REJECTED),
    *(Wish(6, "P102", Stage.AWARDED) for _ in range(3)),
)
QUESTION = "请说明合作方的分工和自筹资金的来源。"
RETURNED = "项目备案通知书不清晰，请重新上传，并说明设备投资的构成。"
RETURNED_QUESTION = "设备投资中软件占多少？"
REJECTED = "所引荐的项目没有到位资本金的证明，不符合条件。"
_STATEMENTS = {
    "P101": "新建一条自动化产线，设备已全部安装，经审计的设备投资已达到要求（示例）。",
    "P102": "引荐一家配套企业落户，项目公司已注册，资本金已到位（示例）。",
    "P801": "已通过省级绿色工厂认定，按名单申请补助（示例）。",
    "P303": "承担产业链关键技术攻关项目，与高校合作，已完成样机（示例）。",
}
_CLAIMS = {"P101": "24500000", "P303": "3600000"}
# Yuan a year; policies without a line of their own have the last one.
_BUDGETS = {"P101": 30_000_000, "P303": 12_000_000, "P502": 20_000_000, "P302": 10_000_000}
_BUDGET = 3_000_000


def first_day(as_of: date) -> date | None:
    """When the first application was begun: within the year that grants it. None where the year is too young."""
    day = max(as_of - OPENED, date(as_of.year, *_FIRST_DAY))
    return day if as_of - day >= SHORTEST else None


def answers_for(person: Person, policy: Policy) -> dict[str, str]:
    """What the enterprise types into the application."""
    filled = {
        "statement": _STATEMENTS[policy.code],
        "claim": _CLAIMS.get(policy.code, ""),
        "contact_name": person_name(f"contact-{person.number}"),
        "contact_phone": f"0578-{person.number:07d}",
        "account_name": person.name.zh,
        "bank": "示例银行丽水分行",
        "account_no": f"6200 0000 {person.number:04d}",
    }
    return {blank.name: filled[blank.name] for blank in blanks(policy)}


def half(answers: Mapping[str, str]) -> dict[str, str]:
    """A draft that somebody will go on with tomorrow: the account is not there yet."""
    return {name: "" if name in ("bank", "account_no") else text for name, text in answers.items()}


def papers(documents: Mapping[str, Sequence[str]], as_of: date) -> list[tuple[int, str]]:
    """Which files there have to be: the place of the wish, and the kind of document. `documents` are by policy."""
    if first_day(as_of) is None:
        return []
    return [
        (place, kind)
        for place, wish in enumerate(WISHES)
        for kind in (documents[wish.policy][:1] if wish.stage is Stage.DRAFT else documents[wish.policy])
    ]


# --- budgets -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Allotted:
    """A year's budget of one policy, in yuan."""

    policy: str
    year: int
    amount: Decimal
    source: str


def budgets(policies: Sequence[Policy], as_of: date) -> list[Allotted]:
    """Of every policy that grants money, for the year of the demo."""
    year = as_of.year
    source = f"{SAMPLE}：丽水市{year}年产业链政策资金安排"
    return [
        Allotted(policy.code, year, Decimal(_BUDGETS.get(policy.code, _BUDGET)), source)
        for policy in policies
        if policy.tag is Tag.SAMPLE and not policy.is_designation
    ]


# --- dated lists -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a list: who stands on it, by number, with the class where the list has one."""

    list: str
    dated_on: date
    source: str
    entries: tuple[tuple[int, str], ...]


def editions(census: Census, as_of: date) -> list[Edition]:
    """Oldest first. Nobody's place depends on chance: the same enterprise stands on the same lists in every load."""
    large = [n for n, place in enumerate(census.places) if place.kind == "L"]
    both = exclusive_one(census.places)
    last_year, recent = date(as_of.year - 1, 12, 20), min(as_of, max(as_of - RECENT, date(as_of.year, 1, 5)))

    def every(step: int, rest: int, also: int | None = None) -> tuple[tuple[int, str], ...]:
        return tuple((n, "") for n in large if n % step == rest or n == also)

    rows: list[tuple[str, date, str, tuple[tuple[int, str], ...]]] = [
        ("digital-2024", min(_DIGITAL, as_of), "数字化水平评估结果", _classed(large, _level, both)),
        (
            "first-set-2024",
            min(_DIGITAL, as_of),
            "首台（套）装备认定名单",
            tuple((n, "national") for n in large[30:33]),
        ),
        ("evaluation-class", last_year, "亩均效益综合评价结果", _classed(large, _class, both)),
        ("high-tech", last_year, "高新技术企业认定名单", every(9, 2)),
        ("high-tech", recent, "高新技术企业认定名单", every(11, 4)),
        ("srdi-provincial", recent, "专精特新中小企业认定名单", every(10, 0, both)),
        ("little-giant", recent, "专精特新“小巨人”企业名单", every(97, 40, both)),
        ("single-champion", recent, "制造业单项冠军企业名单", every(199, 60)),
        ("hidden-champion", recent, "隐形冠军企业名单", every(149, 50)),
        ("research-institute", last_year, "省级企业研究院名单", every(31, 6)),
        ("technology-centre", last_year, "省级企业技术中心名单", every(23, 8)),
        ("green-factory", last_year, "绿色工厂名单", _graded(every(13, 6, GREEN))),
        ("credit-breach", recent, "严重失信主体名单", ((VETOED, ""), *every(211, 100))),
        ("safety-environment", recent, "安全生产、生态环境重大违法名单", ((UNSAFE, ""),)),
        ("claw-back-open", recent, "未了结的资金追回名单", ()),
    ]
    made = [Edition(name, day, f"{SAMPLE}：{title}（{day.year}）", entries) for name, day, title, entries in rows]
    return sorted(made, key=lambda edition: edition.dated_on)


def exclusive_one(places: Sequence[Place]) -> int | None:
    """Who meets two policies that exclude one another, and may be shown so; nobody in a city without that county."""
    there = (n for n, place in enumerate(places) if n >= CAST and (place.kind, place.county) == ("L", EXCLUSIVE_IN))
    found = (n for n in there if SUPPORT_PURPOSE in purposes_of(n))
    return next(found, None)


def _classed(large: Sequence[int], of: Callable[[int], str], best: int | None) -> tuple[tuple[int, str], ...]:
    return tuple((n, of(0 if n == best else n)) for n in large)


def _graded(entries: tuple[tuple[int, str], ...]) -> tuple[tuple[int, str], ...]:
    """Every second green factory is one of the province, and so is the one that applies."""
    return tuple((n, "province" if n == GREEN or place % 2 else "city") for place, (n, _) in enumerate(entries))


def _level(number: int) -> str:
    return "3211"[number % 4] if number % 12 else "4"


def _class(number: int) -> str:
    """Everybody of the cast stands well; one in twenty of the others does not."""
    return "D" if number >= CAST and number % 20 == 19 else "ABBCB"[number % 5]
