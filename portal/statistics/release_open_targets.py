"""The targets in the open data of a release: the portal's sum, its pace and the official figure, each a row of its own
with its own source, so that none is taken for another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

from ..kernel.bilingual import Bilingual
from ..kernel.measure import plain, rounded
from ..spreadsheet.write import Value
from .official import OfficialEntry, period_title
from .release_freeze import FrozenLine
from .release_targets import Progress

TARGET = Bilingual("目标", "Target")
_SUM = Bilingual("本平台汇总", "Sum of this portal")
_PACE = Bilingual("按上年进度应完成", "Due by last year’s course")
_OFFICIAL = Bilingual("官方数据", "Official figure")
_PERCENT = Bilingual("%", "%")
_UNITS = {  # of the digits as they are kept, the same in both languages
    "yi_yuan": Bilingual("亿元", "100 m yuan"),
    "wan_yuan_per_mu": Bilingual("万元/亩", "10k yuan/mu"),
    "percent": _PERCENT,
}
_SUM_MEANS = Bilingual(
    "{months}累计；与全年目标“{wording}”比较，未折年",
    "{months} together; stands beside the target of the whole year, “{wording}”, not annualised",
)
_PACE_MEANS = Bilingual(
    "按上年各季度已发布的数据，到同一季度完成全年的比例",
    "Part of last year that had come by its same quarter, from the quarters as they were released",
)
_OFFICIAL_MEANS = Bilingual(
    "{period}，发布稿准备时已录入的最新一期；与本平台汇总的口径不同，不能互相代替",
    "{period}, the newest one entered when this release was prepared; of another coverage than the sum of this "
    "portal, neither stands for the other",
)
_GROWTH = Bilingual("；来源所述同比（%）：{growth}", "; change on the year as its source says (%): {growth}")
_TO_BE_CONFIRMED = Bilingual("待确认", "to be confirmed")
_CONFIRMED = Bilingual("已确认", "confirmed")
_SOURCE = Bilingual("{source}，{day}", "{source}, {day}")


def target_cells(
    progress: Iterable[Progress], months: Bilingual, response: FrozenLine
) -> Iterator[tuple[Progress, dict[str, Value]]]:
    """What the rows of each target say in the columns that are theirs. None of a release of before targets were
    frozen: its file stays what it was."""
    for row in progress:
        if row.frozen is None:
            continue
        yield row, _sum(row, months, response)
        if row.pace is not None:
            yield row, _pace(row.pace)
        if row.official is not None:
            yield row, _said(row, row.official)


def _sum(row: Progress, months: Bilingual, response: FrozenLine) -> dict[str, Value]:
    share = response.weight_share
    return {
        "figure": "sum",
        "figure_name": _SUM,
        "value": row.value,
        "unit": _UNITS[row.target.unit],
        "approved": response.approved,
        "due": response.due,
        "weight_share": None if share is None else rounded(share * 100, 1),
        "definition": _SUM_MEANS.fill(months=months, wording=row.target.wording),
    }


def _pace(share: Decimal) -> dict[str, Value]:
    return {"figure": "pace", "figure_name": _PACE, "value": share, "unit": _PERCENT, "definition": _PACE_MEANS}


def _said(row: Progress, official: OfficialEntry) -> dict[str, Value]:
    return {
        "period": str(official.year) if official.quarter == 0 else f"{official.year}Q{official.quarter}",
        "status": _CONFIRMED if official.is_confirmed else _TO_BE_CONFIRMED,
        "figure": "official",
        "figure_name": _OFFICIAL,
        "value": official.value,
        "unit": _UNITS[row.target.unit],
        "definition": _means(official),
        "coverage": _OFFICIAL,
        "source": _SOURCE.fill(source=official.source, day=official.source_on.isoformat()),
    }


def _means(official: OfficialEntry) -> Bilingual:
    """The growth stands in words: the source's own, which need not be at the prices of the column of that name."""
    means = _OFFICIAL_MEANS.fill(period=period_title(official.year, official.quarter))
    if official.growth is None:
        return means
    said = _GROWTH.fill(growth=plain(official.growth.normalize()))
    return Bilingual(means.zh + said.zh, means.en + said.en)
