"""Which figures the pages show, and how each goes over several quarters. Pure; one line a figure."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ..filing.estimate import ROW
from ..kernel.bilingual import Bilingual, Language
from ..kernel.measure import rounded, written
from .measures import Accumulation


@dataclass(frozen=True, slots=True)
class Shown:
    """A column: the sum of one indicator, or with `per` the ratio of two sums.

    `factor_zh` and `factor_en` take the stored unit (万元, mu, persons …) to the one the page names in that language:
    亿元 and billion yuan are different numbers of the same money. `more_en` places make both equally exact.
    """

    code: str
    title: Bilingual
    unit: Bilingual
    indicator: str
    per: str | None = None
    places: int = 2
    factor_zh: Decimal = Decimal(1)
    factor_en: Decimal = Decimal(1)
    has_growth: bool = False
    more_en: int = 0

    def said(self, value: Decimal | None, language: Language) -> str:
        """A value in stored units in those of the page, or an en dash."""
        factor, places = (
            (self.factor_zh, self.places) if language == "zh" else (self.factor_en, self.places + self.more_en)
        )
        return written(None if value is None else rounded(value * factor, places), places, language)


_YI = Decimal("0.0001")  # 万元 to 亿元
_BILLION = Decimal("0.00001")  # 10k yuan to billion yuan
_MONEY = Bilingual("亿元", "bn yuan")

SHOWN: tuple[Shown, ...] = (
    Shown("output", Bilingual("工业总产值", "Gross output"), _MONEY, "101", None, 2, _YI, _BILLION, True, 1),
    Shown("value_added", Bilingual("工业增加值", "Value added"), _MONEY, "107", None, 2, _YI, _BILLION, True, 1),
    Shown("revenue", Bilingual("营业收入", "Operating revenue"), _MONEY, "105", None, 2, _YI, _BILLION, True, 1),
    Shown("profit", Bilingual("利润总额", "Total profit"), _MONEY, "106", None, 2, _YI, _BILLION, True, 1),
    Shown("tax", Bilingual("税收", "Tax"), _MONEY, "201", None, 2, _YI, _BILLION, True, 1),
    Shown("tax_per_mu", Bilingual("亩均税收", "Tax per mu"), Bilingual("万元/亩", "k yuan/mu"), "201", "301", 2,
          factor_en=Decimal(10)),
    Shown("added_per_mu", Bilingual("亩均增加值", "Value added per mu"), Bilingual("万元/亩", "k yuan/mu"), "107", "301", 2,
          factor_en=Decimal(10)),
    Shown("rd_share", Bilingual("研发强度", "R&D intensity"), Bilingual("%", "%"), "401", "105", 2,
          Decimal(100), Decimal(100)),
    Shown("energy", Bilingual("单位产值能耗", "Energy intensity"), Bilingual("吨标准煤/万元", "tce per 10k yuan"), "302", "101", 4),
    Shown("staff", Bilingual("从业人员", "Staff"), Bilingual("人", "persons"), "501", None, 0),
    Shown("per_head", Bilingual("人均产值", "Output per head"), Bilingual("万元/人", "k yuan a head"), "101", "502", 2,
          factor_en=Decimal(10)),
)  # fmt: skip

INDICATORS = frozenset(code for s in SHOWN for code in (s.indicator, s.per) if code is not None)

# Point rows take the last quarter of a span, 502 the mean; every other shown row is a flow (rulings 17). A test holds
# this equal to the form edition.
POINTS = frozenset({"301", "501"})
MEANS = frozenset({"502"})

# Every ratio, above and below: cells keep each side of it, of those who gave both rows (decision 021).
RATIOS = tuple((s.indicator, s.per) for s in SHOWN if s.per is not None)
SIDES = frozenset(f"{one}/{two}" for a, b in RATIOS for one, two in ((a, b), (b, a)))
# Below the line 0 of these says that there is no land or staff to relate anything to; a flow of 0 is a poor quarter
# (decision 022).
BASES = POINTS | MEANS

# The row that may be estimated; under `107~` stand the estimated ones of 107, under `107/301~` those of that side.
ESTIMABLE = ROW
ESTIMATED = "~"


def accumulation(indicator: str) -> Accumulation:
    """How a row, one side of a ratio (`a/b` goes as a) or the estimated part of either goes over several quarters."""
    code = indicator.partition("/")[0].removesuffix(ESTIMATED)
    if code in MEANS:
        return Accumulation.MEAN
    return Accumulation.LAST if code in POINTS else Accumulation.SUM
