"""The comparisons that a filing passed, in words: each row with its limits and the figures it was held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ..filing.queries_review import ReviewSheet
from ..kernel.bilingual import Bilingual, both
from ..kernel.measure import written
from ..questionnaire.bands import Band
from ..questionnaire.edition import Edition
from ..questionnaire.look import titled

_KINDS = {
    "": Bilingual("{row}", "{row}"),
    "previous": Bilingual("{row}上季度", "{row} last quarter"),
    "last_year": Bilingual("{row}去年同期", "{row} a year before"),
    "ytd": Bilingual("{row}今年累计", "{row} this year so far"),
    "grid_series": Bilingual("{row}供电部门数据", "{row} from the power company"),
}
_BETWEEN = Bilingual("{low}至{high}", "{low} to {high}")
_AT_MOST = Bilingual("不超过{high}", "at most {high}")
_AT_LEAST = Bilingual("不低于{low}", "at least {low}")

_OWN = {"previous": Bilingual("上季度", "last quarter"), "last_year": Bilingual("去年同期", "a year before")}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One line of the list: `others` are (what, figure)."""

    rule: str
    title: Bilingual
    value: str
    allowed: Bilingual
    others: Sequence[tuple[Bilingual, str]]


def comparisons(sheet: ReviewSheet) -> list[Comparison]:
    """What held, in the order of the rules."""
    codes = sheet.edition.by_code
    return [
        Comparison(
            row.rule,
            titled(codes[row.code].title, row.code),
            written(row.value, codes[row.code].places),
            allowed(row.band, codes[row.code].places),
            [_other(sheet.edition, row.code, name, text) for name, text in row.read],
        )
        for row in sheet.passed
    ]


def allowed(band: Band, places: int) -> Bilingual:
    """The limits as they are read out: “450.00 to 1,800.00”."""
    words = _AT_LEAST if band.high is None else _AT_MOST if band.low is None else _BETWEEN
    return words.fill(low=written(band.low, places), high=written(band.high, places))


def _other(edition: Edition, own: str, name: str, text: str) -> tuple[Bilingual, str]:
    code, _, kind = name.partition(".")
    row = edition.by_code.get(code)
    if row is None or kind not in _KINDS:
        return both(name), text
    if code == own and kind in _OWN:
        return _OWN[kind], written(Decimal(text), row.places)
    return _KINDS[kind].fill(row=titled(row.title, code)), written(Decimal(text), row.places)
