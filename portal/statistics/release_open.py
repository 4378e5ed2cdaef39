"""A release as open data: one row a figure, with period, release, unit, meaning and coverage on every row."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ..kernel.bilingual import PORTAL, Bilingual
from ..kernel.measure import rounded
from ..kernel.period import Quarter
from ..spreadsheet.write import Column, Sheet, Value, Workbook
from .release_freeze import CITY, CLUSTER, UNIT
from .release_open_targets import TARGET, target_cells
from .release_table import ReleasedFigure, ReleasedLine, ReleasedTable
from .release_targets import Progress
from .release_words import COVERAGE, FIGURES, LICENCE

_NOT_SHOWN = Bilingual("不公布", "not published")
_NOTHING = Bilingual("无数据", "no data")
_SHOWN = Bilingual("已公布", "published")
_LAST_MONTHS = ("", "March", "June", "September", "December")
_MARGINS = {
    CITY: Bilingual("全市", "Whole city"),
    CLUSTER: Bilingual("产业集群", "Cluster"),
    UNIT: Bilingual("县（市、区）", "County"),
}
COLUMNS = (
    Column("period", Bilingual("期间", "Period"), Bilingual("季度", "Quarter")),
    Column("version", Bilingual("版次", "Version"), Bilingual("1为首次发布，以后为修订", "1 is the first, later ones revise it")),
    Column("released_on", Bilingual("发布日期", "Release date")),
    Column("status", Bilingual("数据性质", "Status"), Bilingual("初步数或最终数", "Provisional or final")),
    Column("margin", Bilingual("分组", "Grouping")),
    Column("line", Bilingual("代码", "Code"), Bilingual("产业集群、县（市、区）或目标的代码", "Code of the cluster, county or target")),
    Column("line_name", Bilingual("名称", "Name")),
    Column("figure", Bilingual("指标代码", "Figure code")),
    Column("figure_name", Bilingual("指标", "Figure")),
    Column("value", Bilingual("数值", "Value"), Bilingual("不公布的为空", "Empty where it is not published")),
    Column("value_status", Bilingual("是否公布", "Published or not")),
    Column("unit", Bilingual("单位", "Unit")),
    Column("growth_percent", Bilingual("同比（%）", "Change on the year (%)"), Bilingual("现价，未扣除价格因素", "Current prices")),
    Column("enterprises", Bilingual("企业数", "Enterprises"), Bilingual("工业总产值不为零的企业数", "Enterprises with gross output")),
    Column("approved", Bilingual("已通过企业数", "Enterprises approved")),
    Column("due", Bilingual("应报企业数", "Enterprises due")),
    Column("weight_share", Bilingual("按产值计的通过率（%）", "Approved by weight (%)")),
    Column("definition", Bilingual("指标解释", "Definition")),
    Column("coverage", Bilingual("统计范围", "Coverage")),
    Column("source", Bilingual("来源", "Source")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class About:
    """What is said of a release on every row."""

    quarter: Quarter
    number: int
    released_on: date
    is_provisional: bool
    smallest_n: int

    @property
    def status(self) -> Bilingual:
        return Bilingual("初步数", "provisional") if self.is_provisional else Bilingual("最终数", "final")

    @property
    def to_date(self) -> Bilingual:
        """The months from January to the quarter's last."""
        last = self.quarter.number * 3
        return Bilingual(
            f"{self.quarter.year}年1–{last}月", f"January–{_LAST_MONTHS[self.quarter.number]} {self.quarter.year}"
        )

    @property
    def rule(self) -> Bilingual:
        return Bilingual(
            f"企业数少于{self.smallest_n}家，或公布后可能推算出单个企业数据的，不公布",
            f"Not published where fewer than {self.smallest_n} enterprises, or where one could be worked out",
        )


def open_workbook(about: About, table: ReleasedTable, progress: Iterable[Progress]) -> Workbook:
    rows = [_row(about, line, figure) for line in table.lines for figure in line.figures]
    targets = target_cells(progress, about.to_date, table.city.response)
    rows += [_target_row(about, row, cells) for row, cells in targets]
    title = Bilingual(f"{about.quarter.title.zh}产业链数据", f"Industry chain figures, {about.quarter.title.en}")
    asked: tuple[tuple[Bilingual, Value], ...] = (
        (Bilingual("期间", "Period"), str(about.quarter)),
        (Bilingual("版次", "Version"), about.number),
        (Bilingual("发布日期", "Release date"), about.released_on),
        (Bilingual("统计范围", "Coverage"), COVERAGE),
        (Bilingual("保密规则", "Confidentiality"), about.rule),
        (Bilingual("使用", "Use"), LICENCE),
    )
    return Workbook(Sheet(title, COLUMNS, rows), asked)


def open_value(figure: ReleasedFigure) -> Decimal | None:
    """The value in the unit of the open data: the digits as they are kept, whatever the language."""
    if figure.value is None:
        return None
    return figure.value * FIGURES[figure.shown.code][1]


def _row(about: About, line: ReleasedLine, figure: ReleasedFigure) -> tuple[Value, ...]:
    unit, _, meaning = FIGURES[figure.shown.code]
    rate = figure.growth.rate if figure.growth else None
    shown = _NOT_SHOWN if figure.is_hidden else _NOTHING if figure.value is None else _SHOWN
    share = line.response.weight_share
    return (
        str(about.quarter),
        about.number,
        about.released_on,
        about.status,
        _MARGINS[line.margin],
        line.code,
        line.title,
        figure.shown.code,
        figure.shown.title,
        open_value(figure),
        shown,
        unit,
        None if rate is None else rounded(rate * 100, 1),
        line.enterprises,
        line.response.approved,
        line.response.due,
        None if share is None else rounded(share * 100, 1),
        meaning,
        COVERAGE,
        PORTAL,
    )


def _target_row(about: About, row: Progress, cells: dict[str, Value]) -> tuple[Value, ...]:
    """A row of a target: what every row says, and what is its own."""
    common: dict[str, Value] = {
        "period": str(about.quarter),
        "version": about.number,
        "released_on": about.released_on,
        "status": about.status,
        "margin": TARGET,
        "line": row.target.code,
        "line_name": row.target.title,
        "value_status": _NOT_SHOWN if cells["value"] is None else _SHOWN,
        "coverage": COVERAGE,
        "source": PORTAL,
    }
    said = common | cells
    return tuple(said.get(column.code) for column in COLUMNS)


def file_name(about: About, ending: str) -> str:
    return f"lishui-{about.quarter}-v{about.number}.{ending}"
