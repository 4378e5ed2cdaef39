"""What must be right before a registration, or a claim to a registered enterprise, can be submitted. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from ..catalogue.snapshot import Catalogue
from ..kernel.bilingual import Bilingual
from ..kernel.measure import NotANumber, plain, read_decimal, rounded
from .credit_code import compact, needs_override, problem
from .registration import (
    LINES,
    LISTS,
    LONGEST_ITEM,
    OUTSIDE,
    PURPOSES,
    PURPOSES_VERSION,
    REQUIRED_PURPOSE,
    TOO_MANY,
    Typed,
    blank,
)

MOST_STAFF = Decimal(1_000_000)
MOST_MONEY = Decimal(10_000_000)  # 万元
OLDEST_YEAR = 1900

NEEDED = Bilingual("请填写这一项。", "Fill this in.")
CHOOSE = Bilingual("请选择一项。", "Choose one.")
TOO_LONG = Bilingual("最多{most}个字，现在是{length}个。", "{most} characters at most; this has {length}.")
NOT_A_DATE = Bilingual("请按年-月-日填写，例如2012-05-18。", "Write the date as year-month-day, e.g. 2012-05-18.")
FAR = Bilingual("日期须在2000年至明年年底之间。", "The date has to lie between 2000 and the end of next year.")
WHICH_UNIT = Bilingual("请选择你管辖的填报单元。", "Choose a reporting unit of your own.")
AHEAD = Bilingual("成立日期不能晚于今天。", "The date of founding cannot lie ahead.")
NOT_A_NUMBER = Bilingual("这里只能填数字，例如12,345.67。", "Only a number fits here, e.g. 12,345.67.")
OUT_OF_BOUNDS = Bilingual("这个数超出了合理范围，请核对单位。", "This number is out of bounds: check its unit.")
WHOLE = Bilingual("人数应为整数。", "The number of persons is a whole number.")
WHICH_CLASS = Bilingual(
    "请填写国民经济行业四位代码，例如3425；本平台覆盖工业以及软件、设计等服务业。",
    "Enter the four-digit class of GB/T 4754, e.g. 3425; the portal covers industry, software and design.",
)
WHICH_YEAR = Bilingual(
    "请选择最近一个完整年度；今年成立的企业选择今年。",
    "Choose the last complete year; an enterprise founded this year chooses this year.",
)
NO_PURPOSE = Bilingual(
    "“运行监测”是登记和填报的前提，请勾选后再提交。",
    "Monitoring is what registering and filing are for: tick it to submit.",
)


@dataclass(frozen=True, slots=True)
class Claim:
    """What a second claimant of a registered enterprise states."""

    credit_code: str
    name_zh: str
    contact_name: str
    contact_phone: str

    def content(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Application:
    """A registration that passed every check: values, not texts. Money in 万元."""

    credit_code: str
    name_zh: str
    name_en: str
    registered_county: str
    county: str
    address: str
    founded_on: date
    representative: str
    contact_name: str
    contact_phone: str
    gb_class: str
    figures_year: int
    staff: int
    revenue: Decimal
    base_output: Decimal
    primary_segment: str
    other_segments: tuple[str, ...]
    products: tuple[str, ...]
    purposes: tuple[str, ...]

    @property
    def chain(self) -> str:
        return self.primary_segment[:2]

    def content(self) -> dict[str, Any]:
        """The canonical content of a submission; numbers are strings, dates ISO."""
        found = asdict(self) | {"founded_on": self.founded_on.isoformat(), "staff": str(self.staff)}
        found |= {"revenue": plain(self.revenue), "base_output": plain(self.base_output)}
        found |= {name: list(found[name]) for name in ("other_segments", "products", "purposes")}
        return found | {"purposes_version": PURPOSES_VERSION}


def application_from(content: dict[str, Any]) -> Application:
    """The values of a submission that was accepted before; the catalogue may have moved on since."""
    values = {name: content[name] for name in Application.__dataclass_fields__}
    values |= {"founded_on": date.fromisoformat(content["founded_on"]), "staff": int(content["staff"])}
    values |= {name: Decimal(content[name]) for name in ("revenue", "base_output")}
    values |= {name: tuple(content[name]) for name in ("other_segments", "products", "purposes")}
    return Application(**values)


class Checked:
    """Reads a typed registration field by field and collects what is wrong, in the form's order."""

    def __init__(self, typed: Typed, catalogue: Catalogue, today: date) -> None:
        self.typed, self.catalogue, self.today = blank() | typed, catalogue, today
        self.problems: dict[str, Bilingual] = {}

    def application(self) -> Application | None:
        """The values, or None when `problems` is not empty."""
        values: dict[str, Any] = {
            "credit_code": self._code(),
            "name_zh": self._line("name_zh"),
            "name_en": self._line("name_en", needed=False),
            "registered_county": self._registered_county(),
            "county": self._choice("county", self.catalogue.units),
            "address": self._line("address"),
            "founded_on": self._founded(),
            "representative": self._line("representative"),
            "contact_name": self._line("contact_name"),
            "contact_phone": self._line("contact_phone"),
            "gb_class": self._gb_class(),
            "figures_year": self._year(),
            "staff": self._staff(),
            "revenue": self._money("revenue", may_be_negative=True),
            "base_output": self._money("base_output", may_be_negative=False),
            "primary_segment": self._choice("primary_segment", self.catalogue.segments),
            "other_segments": self._others(),
            "products": self._products(),
            "purposes": self._purposes(),
        }
        return None if self.problems else Application(**values)

    def claim(self) -> Claim | None:
        """The part that a second claimant has to state, or None when `problems` is not empty."""
        found = Claim(self._code(), self._line("name_zh"), self._line("contact_name"), self._line("contact_phone"))
        return None if self.problems else found

    def _wrong(self, name: str, message: Bilingual) -> None:
        self.problems.setdefault(name, message)

    def _line(self, name: str, *, needed: bool = True) -> str:
        text: str = self.typed[name]
        if needed and not text:
            self._wrong(name, NEEDED)
        if len(text) > LINES[name]:
            self._wrong(name, TOO_LONG.fill(most=LINES[name], length=len(text)))
        return text

    def _code(self) -> str:
        code = compact(self.typed["credit_code"])
        wrong = problem(code)
        if wrong is not None and not needs_override(code):
            self._wrong("credit_code", wrong)
        return code

    def _list(self, name: str) -> list[str]:
        lines: list[str] = self.typed[name]
        if len(lines) > LISTS[name]:
            self._wrong(name, TOO_MANY.fill(most=LISTS[name], count=len(lines)))
        return lines

    def _choice(self, name: str, offered: Any) -> str:
        code: str = self.typed[name]
        if code not in offered:
            self._wrong(name, CHOOSE)
        return code

    def _registered_county(self) -> str:
        return self._choice("registered_county", {OUTSIDE, *(c for c, u in self.catalogue.units.items() if u.gb2260)})

    def _founded(self) -> date:
        text = self._line("founded_on")
        found = date_from(text)
        if found is None:
            self._wrong("founded_on", NOT_A_DATE)
            return self.today
        if found > self.today:
            self._wrong("founded_on", AHEAD)
        return found

    def _gb_class(self) -> str:
        code = gb_class_from(self.typed["gb_class"], self.catalogue)
        if code is None:
            self._wrong("gb_class", WHICH_CLASS)
        return code or ""

    def _year(self) -> int:
        text = unicodedata.normalize("NFKC", self.typed["figures_year"])
        year = int(text) if len(text) == 4 and text.isascii() and text.isdigit() else 0
        founded = date_from(self.typed["founded_on"])
        is_new = founded is not None and founded.year == self.today.year
        if not self.today.year - 3 < year < self.today.year + is_new:
            self._wrong("figures_year", WHICH_YEAR)
        return year

    def _number(self, name: str) -> Decimal:
        try:
            value = read_decimal(self.typed[name])
        except NotANumber:
            self._wrong(name, NOT_A_NUMBER)
            return Decimal(0)
        if value is None:
            self._wrong(name, NEEDED)
        return value or Decimal(0)

    def _staff(self) -> int:
        value = self._number("staff")
        if not 0 <= value <= MOST_STAFF:
            self._wrong("staff", OUT_OF_BOUNDS)
            return 0
        if value != value.to_integral_value():
            self._wrong("staff", WHOLE)
        return int(value)

    def _money(self, name: str, *, may_be_negative: bool) -> Decimal:
        value = self._number(name)
        if abs(value) > MOST_MONEY or (value < 0 and not may_be_negative):
            self._wrong(name, OUT_OF_BOUNDS)
            return Decimal(0)
        return rounded(value, 2)

    def _others(self) -> tuple[str, ...]:
        """Other positions that exist, without the primary one and without `00`, which is no place on a chain."""
        primary, known = self.typed["primary_segment"], self.catalogue.segments
        chosen: list[str] = self._list("other_segments")
        if any(code not in known or code[:2] == "00" for code in chosen):
            self._wrong("other_segments", CHOOSE)
        return tuple(code for code in chosen if code != primary)

    def _products(self) -> tuple[str, ...]:
        for name in self._list("products"):
            if len(name) > LONGEST_ITEM:
                self._wrong("products", TOO_LONG.fill(most=LONGEST_ITEM, length=len(name)))
        return tuple(self.typed["products"])

    def _purposes(self) -> tuple[str, ...]:
        chosen = tuple(p for p in PURPOSES if p in self.typed["purposes"])
        if REQUIRED_PURPOSE not in chosen:
            self._wrong("purposes", NO_PURPOSE)
        return chosen


def gb_class_from(typed: str, catalogue: Catalogue) -> str | None:
    """The four digits of a class of a loaded division; its section letter may stand in front. Else None."""
    code = unicodedata.normalize("NFKC", typed).upper().strip().lstrip("ABCDEFGHIJKLMN")
    is_code = len(code) == 4 and code.isascii() and code.isdigit()
    return code if is_code and catalogue.division_of(code) is not None else None


def date_from(text: str) -> date | None:
    """A day written year-month-day, with `-`, `/` or `.`; None for anything else and for days long past."""
    written = unicodedata.normalize("NFKC", text).replace("/", "-").replace(".", "-")
    parts = written.split("-")
    if len(parts) != 3 or not all(p.isascii() and p.isdigit() and len(p) <= 4 for p in parts):
        return None
    try:
        found = date(*map(int, parts))
    except ValueError:
        return None
    return found if found.year >= OLDEST_YEAR else None


def is_far(day: date, today: date) -> bool:
    """Whether a list or decision cannot be of that day: of before 2000, or later than the end of next year."""
    return not date(2000, 1, 1) <= day <= date(today.year + 1, 12, 31)


def day_problem(field: str, day: date | None, today: date) -> dict[str, Bilingual]:
    if day is None:
        return {field: NOT_A_DATE}
    return {field: FAR} if is_far(day, today) else {}


def text_problem(field: str, text: str, most: int) -> dict[str, Bilingual]:
    if not text:
        return {field: NEEDED}
    return {field: TOO_LONG.fill(most=most, length=len(text))} if len(text) > most else {}
