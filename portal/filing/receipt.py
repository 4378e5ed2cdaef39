"""What the receipt of a submission states: whose, when, by whom, the main figures as received. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from ..certificates.snapshot import Figure, Line, Snapshot
from ..kernel.bilingual import Bilingual, both, whole_day_in_words
from ..kernel.clock import local
from ..kernel.measure import written
from ..kernel.period import Quarter
from ..questionnaire.document import Document
from .checked import Checked

MAIN_ROWS = ("101", "103", "105", "106", "107", "302", "401", "501")
MOST_ROWS = 5
WITHDRAWN, VOID = "企业撤回填报 / Filing withdrawn by the enterprise", "填报已作废 / Filing declared void"
_QUARTER = Bilingual("填报期", "Quarter")
_AT = Bilingual("提交时间", "Submitted")
_BY = Bilingual("提交人", "Submitted by")
_COUNT = Bilingual("数据项", "Fields")
_COUNTED = Bilingual("{fields}项，核实说明{reasons}条", "{fields} fields, {reasons} explained")
# By whether the figure is estimated, and that of the same quarter last year.
_TITLES = {
    (False, False): Bilingual("{title}", "{title}"),
    (True, False): Bilingual("{title}（推算）", "{title} (estimated)"),
    (False, True): Bilingual("{title}（去年同期为推算）", "{title} (last year’s figure estimated)"),
    (True, True): Bilingual("{title}（推算，去年同期也是）", "{title} (estimated, last year’s figure too)"),
}
_NOW = Bilingual("本季度", "This quarter")
_THEN = Bilingual("去年同期", "Last year")


@dataclass(frozen=True, slots=True)
class Sent:
    """The submission a receipt is for; `estimated` are the rows that are no figures of the enterprise's own."""

    quarter: Quarter
    name: Bilingual
    credit_code: str
    by: str
    at: datetime
    sha256: str
    estimated: frozenset[str] = frozenset()


def subject_of(quarter: Quarter) -> str:
    """What a receipt is about: one stands per enterprise and quarter."""
    return f"filing:{quarter}"


def receipt_snapshot(checked: Checked, sent: Sent) -> Snapshot:
    document, there = checked.document, local(sent.at)
    answered = sum(answer.is_answered for answer in document.answers.values())
    day, time = whole_day_in_words(there.date()), f"{there:%H:%M}"
    return Snapshot(
        holder=sent.name,
        credit_code=sent.credit_code,
        issued_on=there.date(),
        lines=(
            Line(_QUARTER, sent.quarter.title),
            Line(_AT, Bilingual(f"{day.zh} {time}", f"{day.en}, {time}")),
            Line(_BY, both(sent.by)),
            Line(_COUNT, _COUNTED.fill(fields=answered, reasons=len(checked.queries))),
        ),
        columns=(_NOW, _THEN),
        figures=_figures(checked, document, sent.estimated),
        fingerprint=sent.sha256,
    )


def _figures(checked: Checked, document: Document, estimated: frozenset[str]) -> tuple[Figure, ...]:
    past = checked.context.past
    before: Mapping[str, Decimal] = {**document.last_year, **past.last_year}
    asked = [checked.edition.by_code[code] for code in MAIN_ROWS if code in document.answers]
    return tuple(
        Figure(
            _TITLES[q.code in estimated, q.code in past.estimated_last_year].fill(title=q.title),
            q.unit.title,
            (written(document.value(q.code), q.places), written(before.get(q.code), q.places)),
        )
        for q in asked[:MOST_ROWS]
    )
