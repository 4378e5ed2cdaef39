"""The queue as a table to take away: the list as it was asked for, with what was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..kernel.bilingual import Bilingual
from ..kernel.clock import local
from ..kernel.measure import rounded
from ..kernel.period import Quarter
from ..spreadsheet.write import Column, Sheet, Value, Workbook
from .queries import QueueRow
from .queries_names import Names
from .rules import Filters, Section, Tab

EXPORT_LIMIT = 5000
_PLACES = 4
_COLUMNS = (
    Column("credit_code", Bilingual("统一社会信用代码", "Unified Social Credit Code")),
    Column("enterprise", Bilingual("企业名称", "Enterprise")),
    Column("county", Bilingual("所属单位", "Reporting unit")),
    Column("chain", Bilingual("产业链", "Chain")),
    Column("segment", Bilingual("环节", "Segment")),
    Column("kind", Bilingual("事项", "Kind")),
    Column("quarter", Bilingual("季度", "Quarter")),
    Column(
        "flags",
        Bilingual("异常数", "Flags"),
        Bilingual("最近一次提交触发的核实性审核条数", "Queries that fired on the newest submission"),
    ),
    Column(
        "headline",
        Bilingual("产值（万元）", "Output (10k yuan)"),
        Bilingual("本季度工业总产值；不填产值的为营业收入", "Gross output in the quarter; revenue where output is not asked"),
    ),
    Column(
        "growth",
        Bilingual("同比", "On year"),
        Bilingual("与去年同期之比减1；0.05即5%", "Ratio to the same quarter last year less one; 0.05 is 5 per cent"),
    ),
    Column("state", Bilingual("状态", "Status")),
    Column("late", Bilingual("逾期填报", "Filed late"), Bilingual("1为逾期", "1: after the deadline")),
    Column("submitted_on", Bilingual("提交日期", "Submitted on")),
    Column("due_on", Bilingual("审核期限", "Review due")),
    Column("reviewer", Bilingual("审核人", "Reviewer")),
)  # fmt: skip


def workbook(
    rows: Sequence[QueueRow], section: Section, tab: Tab, filters: Filters, names: Mapping[int | None, Names]
) -> Workbook:
    """`names` are those of each row's quarter."""
    asked: tuple[tuple[Bilingual, Value], ...] = (
        (Bilingual("列表", "List"), section.title),
        (Bilingual("视图", "View"), tab.title),
        (Bilingual("企业名称或统一社会信用代码", "Enterprise or credit code"), filters.text),
        (Bilingual("产业链", "Chain"), filters.chain),
        (Bilingual("异常", "Flags"), filters.flags.title),
        (Bilingual("审核期限", "Review due"), filters.due.title),
        (Bilingual("事项", "Kind"), filters.matter.title if filters.matter else ""),
        (Bilingual("行数", "Rows"), len(rows)),
        (Bilingual("最多行数", "Rows at most"), EXPORT_LIMIT),
    )
    return Workbook(Sheet(section.title, _COLUMNS, [_line(row, names[row.quarter]) for row in rows]), asked)


def _line(row: QueueRow, names: Names) -> tuple[Value, ...]:
    return (
        row.credit_code,
        row.enterprise_name,
        names.unit(row.county),
        names.chain(row.chain),
        names.segment(row.segment),
        row.kind.title,
        None if row.quarter is None else str(Quarter.from_code(row.quarter)),
        row.flags,
        row.headline,
        None if row.headline_growth is None else rounded(row.headline_growth, _PLACES),
        row.state.title,
        row.is_late,
        None if row.submitted_at is None else local(row.submitted_at).date(),
        row.due_on,
        row.reviewer,
    )
