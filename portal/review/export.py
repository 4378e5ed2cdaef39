"""The queue as a table to take away: the list as it was asked for, with what was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..kernel.bilingual import Bilingual
from ..kernel.clock import local
from ..kernel.measure import rounded
from ..kernel.period import Quarter
from ..spreadsheet.write import Column, Sheet, Value, Workbook
from ..support.answers import claim_of
from ..support.policy import Policy
from ..support.rules import amount_words
from .queries import QueueRow
from .queries_names import Names
from .rules import Filters, Section, Tab

EXPORT_LIMIT = 5000
_PLACES = 4
_SHARED = (
    Column("credit_code", Bilingual("统一社会信用代码", "Unified Social Credit Code")),
    Column("enterprise", Bilingual("企业名称", "Enterprise")),
    Column("county", Bilingual("所属单位", "Reporting unit")),
    Column("chain", Bilingual("产业链", "Chain")),
    Column("segment", Bilingual("环节", "Segment")),
    Column("kind", Bilingual("事项", "Kind")),
)
_FILED = (
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
)  # fmt: skip
_APPLIED = (
    Column("policy", Bilingual("政策代码", "Policy code")),
    Column("policy_title", Bilingual("政策", "Policy")),
    Column(
        "policy_mark",
        Bilingual("政策来源", "Kind of policy"),
        Bilingual("示例政策不是任何机关发布的文件", "No authority has published a sample policy"),
    ),
    Column(
        "claim",
        Bilingual("申请的数", "Figure stated"),
        Bilingual("企业申请时填报的计算基数；按固定金额或名单的为空", "What the applicant reckons from; empty for a fixed sum or a list"),
    ),
    Column("claim_unit", Bilingual("计量单位", "Unit")),
    Column("amount", Bilingual("金额规则", "Amount rule")),
)  # fmt: skip
_STATE = Column("state", Bilingual("状态", "Status"))
_LATE = Column("late", Bilingual("逾期填报", "Filed late"), Bilingual("1为逾期", "1: after the deadline"))
_DAYS = (
    Column("submitted_on", Bilingual("提交日期", "Submitted on")),
    Column("due_on", Bilingual("审核期限", "Review due")),
    Column("reviewer", Bilingual("审核人", "Reviewer")),
)
_COLUMNS = {
    Section.FILING: (*_SHARED, *_FILED, _STATE, _LATE, *_DAYS),
    Section.REGISTRATION: (*_SHARED, _STATE, *_DAYS),
    Section.APPLICATION: (*_SHARED, *_APPLIED, _STATE, *_DAYS),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """Which list was asked for, and filtered how."""

    section: Section
    tab: Tab
    filters: Filters

    @property
    def is_of_applications(self) -> bool:
        return self.section is Section.APPLICATION


def workbook(
    rows: Sequence[QueueRow],
    listed: Listed,
    names: Mapping[int | None, Names],
    policies: Mapping[str, Policy],
) -> Workbook:
    """`names` are those of each row's quarter, `policies` those of applications by hash."""
    lines = [_line(row, names[row.quarter], listed, policies.get(row.policy_hash or "")) for row in rows]
    return Workbook(Sheet(listed.section.title, _COLUMNS[listed.section], lines), _asked(listed, len(rows)))


def _asked(listed: Listed, number: int) -> tuple[tuple[Bilingual, Value], ...]:
    filters = listed.filters
    own = (
        (Bilingual("政策", "Policy"), filters.policy)
        if listed.is_of_applications
        else (Bilingual("异常", "Flags"), filters.flags.title)
    )
    return (
        (Bilingual("列表", "List"), listed.section.title),
        (Bilingual("视图", "View"), listed.tab.title),
        (Bilingual("企业名称或统一社会信用代码", "Enterprise or credit code"), filters.text),
        (Bilingual("产业链", "Chain"), filters.chain),
        own,
        (Bilingual("审核期限", "Review due"), filters.due.title),
        (Bilingual("事项", "Kind"), filters.matter.title if filters.matter else ""),
        (Bilingual("行数", "Rows"), number),
        (Bilingual("最多行数", "Rows at most"), EXPORT_LIMIT),
    )


def _line(row: QueueRow, names: Names, listed: Listed, policy: Policy | None) -> tuple[Value, ...]:
    shared: tuple[Value, ...] = (
        row.credit_code,
        row.enterprise_name,
        names.unit(row.county),
        names.chain(row.chain),
        names.segment(row.segment),
        row.kind.title,
    )
    days: tuple[Value, ...] = (
        None if row.submitted_at is None else local(row.submitted_at).date(),
        row.due_on,
        row.reviewer,
    )
    if listed.is_of_applications:
        return (*shared, *_applied(row, policy), row.state.title, *days)
    if listed.section is Section.FILING:
        return (*shared, *_filed(row), row.state.title, row.is_late, *days)
    return (*shared, row.state.title, *days)


def _filed(row: QueueRow) -> tuple[Value, ...]:
    return (
        None if row.quarter is None else str(Quarter.from_code(row.quarter)),
        row.flags,
        row.headline,
        None if row.headline_growth is None else rounded(row.headline_growth, _PLACES),
    )


def _applied(row: QueueRow, policy: Policy | None) -> tuple[Value, ...]:
    if policy is None:
        return (None,) * len(_APPLIED)
    claim = claim_of(row.claim) if row.claim and policy.amount.asks_basis else None
    unit = policy.amount.basis_unit if claim is not None else None
    return policy.code, policy.title, policy.tag.title, claim, unit, amount_words(policy.amount)
