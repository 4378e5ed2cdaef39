"""What each target of the plan is summed from, and in which unit it is written. Pure; one line a target."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ..kernel.bilingual import Bilingual, Language
from ..kernel.measure import written
from ..kernel.word import Word

PANEL_INDICATORS = frozenset({"101", "107"})


class Way(Word):
    """How a target is compared: a flow with its pace in the year, a ratio or share over four quarters, a count."""

    FLOW = "flow"
    RATIO = "ratio"
    SHARE = "share"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Basis:
    """`indicator` (over `per`) of above-scale industry, of the five clusters only where `clusters` says so.

    A count takes the clusters or chains that reach `level`: exactly that one, or it and above with `or_above`.
    """

    way: Way
    indicator: str = ""
    per: str | None = None
    clusters: bool = False
    level: str = ""
    of: str = ""
    or_above: bool = False


# The plan names a cluster for its first level and chains for its third; which industries count is to be confirmed.
TARGETS: dict[str, Basis] = {
    "T1": Basis(Way.FLOW, "107"),
    "T2": Basis(Way.RATIO, "201", "301"),
    "T3": Basis(Way.RATIO, "107", "301"),
    "T4": Basis(Way.FLOW, "101", clusters=True),
    "T5": Basis(Way.SHARE, "101", clusters=True),
    "T6": Basis(Way.COUNT, level="1000", of="cluster", or_above=True),
    "T7": Basis(Way.COUNT, level="500", of="cluster"),
    "T8": Basis(Way.COUNT, level="100", of="chain", or_above=True),
    "T10": Basis(Way.FLOW, "107", clusters=True),
}
INDICATORS = frozenset(code for basis in TARGETS.values() for code in (basis.indicator, basis.per) if code)
PAIRS = tuple((basis.indicator, basis.per) for basis in TARGETS.values() if basis.per)
READ = sorted(INDICATORS | {side for a, b in PAIRS for side in (f"{a}/{b}", f"{b}/{a}")})


@dataclass(frozen=True, slots=True)
class Amount:
    """How a stored number is written in each language: 471.78 亿元 is 47.18 bn yuan, ten times fewer."""

    unit: Bilingual
    factor_zh: Decimal = Decimal(1)
    factor_en: Decimal = Decimal(1)
    places_zh: int = 2
    places_en: int = 2
    unit_of_one: str = ""  # in English, where one is called otherwise than many

    def number(self, value: Decimal | None, language: Language) -> str:
        if value is None:
            return "\u2013"
        zh = language == "zh"
        factor, places = (self.factor_zh, self.places_zh) if zh else (self.factor_en, self.places_en)
        return written(value * factor, places, language)

    def text(self, value: Decimal | None, language: Language) -> str:
        """With its unit, as each language sets it: 546.80亿元, 54.68 bn yuan, 68.9%."""
        return self._united(self.number(value, language), value, language)

    def short(self, value: Decimal | None, language: Language) -> str:
        """The same without zeros at the end, for round numbers of a plan: 730亿元, 73 bn yuan."""
        number = self.number(value, language)
        return self._united(number.rstrip("0").rstrip(".") if "." in number else number, value, language)

    def _united(self, number: str, value: Decimal | None, language: Language) -> str:
        unit = self.unit.text(language)
        if value is None:
            return number
        if language == "en" and number == "1" and self.unit_of_one:
            unit = self.unit_of_one
        return f"{number}{unit}" if language == "zh" or unit == "%" else f"{number} {unit}"


_MONEY = Bilingual("亿元", "bn yuan")
YI = Amount(_MONEY, Decimal(1), Decimal("0.1"))
STORED_MONEY = Amount(_MONEY, Decimal("0.0001"), Decimal("0.00001"))  # 万元
PER_MU = Amount(Bilingual("万元/亩", "k yuan/mu"), Decimal(1), Decimal(10), 2, 1)
PERCENT = Amount(Bilingual("%", "%"), places_zh=1, places_en=1)
COUNT = Amount(Bilingual("个", "industries"), places_zh=0, places_en=0, unit_of_one="industry")

# By the unit that the catalogue names for a target.
AMOUNTS: dict[str, Amount] = {"yi_yuan": YI, "wan_yuan_per_mu": PER_MU, "percent": PERCENT, "industries": COUNT}
# Takes a sum or ratio as cells hold it (万元, 万元/亩, a plain ratio) to the target's unit.
TO_TARGET_UNIT: dict[str, Decimal] = {
    "yi_yuan": Decimal("0.0001"),
    "wan_yuan_per_mu": Decimal(1),
    "percent": Decimal(100),
    "industries": Decimal(1),
}
