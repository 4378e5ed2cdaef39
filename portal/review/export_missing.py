"""The list of who is missing a quarter as a table to take away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from ..enterprises.queries_contacts import Contact
from ..kernel.bilingual import Bilingual
from ..kernel.clock import local
from ..kernel.period import Quarter
from ..spreadsheet.write import Column, Sheet, Value, Workbook
from .export import EXPORT_LIMIT
from .queries_missing import Missing
from .queries_names import Names

_TITLE = Bilingual("缺报名单", "Missing a quarter")
_NOT_BEGUN = Bilingual("未开始", "Not started")
_COLUMNS = (
    Column("credit_code", Bilingual("统一社会信用代码", "Unified Social Credit Code")),
    Column("enterprise", Bilingual("企业名称", "Enterprise")),
    Column("county", Bilingual("所属单位", "Reporting unit"), Bilingual("应报时所属的单位", "Where the quarter was due")),
    Column("chain", Bilingual("产业链", "Chain")),
    Column("size", Bilingual("规模", "Size class")),
    Column("state", Bilingual("状态", "Status")),
    Column("due_on", Bilingual("报送期限", "Due on")),
    Column("overdue", Bilingual("逾期天数", "Days overdue")),
    Column("reminded_on", Bilingual("上次提醒日期", "Last reminded on")),
    Column(
        "people",
        Bilingual("可登录人数", "People with an account"),
        Bilingual("0表示没有人可以收到提醒", "0: nobody can be reminded"),
    ),
    Column("contact_name", Bilingual("联系人", "Contact person")),
    Column("contact_phone", Bilingual("联系电话", "Contact phone")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """The quarter with its day, the day the list is of, and what it is narrowed to."""

    due_on: date
    today: date
    quarter: Quarter
    county: str
    chain: str


def workbook(
    rows: Sequence[Missing],
    asked: Asked,
    names: Names,
    contacts: Mapping[int, Contact],
    reminded: Mapping[int, datetime],
) -> Workbook:
    said: tuple[tuple[Bilingual, Value], ...] = (
        (Bilingual("列表", "List"), _TITLE),
        (Bilingual("季度", "Quarter"), str(asked.quarter)),
        (Bilingual("所属单位", "Reporting unit"), names.unit(asked.county) if asked.county else None),
        (Bilingual("产业链", "Chain"), names.chain(asked.chain) if asked.chain else None),
        (Bilingual("截至", "As of"), asked.today),
        (Bilingual("行数", "Rows"), len(rows)),
        (Bilingual("最多行数", "Rows at most"), EXPORT_LIMIT),
    )

    def line(row: Missing) -> tuple[Value, ...]:
        due_on, told_at = row.due_on(asked.due_on), reminded.get(row.enterprise_id)
        contact = contacts.get(row.enterprise_id)
        return (
            row.credit_code,
            row.name,
            names.unit(row.county),
            names.chain(row.chain),
            row.size,
            row.state.title if row.state else _NOT_BEGUN,
            due_on,
            max((asked.today - due_on).days, 0),
            local(told_at).date() if told_at else None,
            row.people,
            contact.name if contact else None,
            contact.phone if contact else None,
        )

    return Workbook(Sheet(_TITLE, _COLUMNS, [line(row) for row in rows]), said)
