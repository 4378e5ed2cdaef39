"""Deeds around a draft: taking the filing with its case, and what of a page is kept. They write nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..audit.models import AuditEvent
from ..casework.models import Case
from ..casework.rules import refuse_locked
from ..catalogue.models import FilingWindow
from ..enterprises.models import Enterprise
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now, today
from ..kernel.errors import Illegal, Invalid, Missing
from ..kernel.intake import TEXT_TOO_LONG
from ..kernel.measure import Scale
from ..kernel.period import Quarter
from ..kernel.roles import Actor
from ..kernel.workflow import State
from ..questionnaire import form
from ..questionnaire.edition import Edition
from .estimate import Rate
from .models import ChainRate, Filing
from .queries_class import Counted, chain_rate, class_attributes, counted
from .rules import Window, shut
from .take import Taken

_UNREADY = Bilingual("还有{count}处没有处理，不能提交。", "{count} points are still open; it cannot be submitted.")


@dataclass(frozen=True, slots=True)
class Held:
    """A filing with its case and its quarter's window, as they are on disk, and as what the enterprise counts."""

    filing: Filing
    case: Case
    window: Window
    counted: Counted
    rate: Rate | None

    def refuse_shut(self) -> None:
        """Raises Illegal when the quarter takes no filing now, or its county has locked it."""
        refuse_locked(self.case.locked_on)
        refuse_shut(self.window, self.case.reply_due_on)


def refuse_shut(window: Window, reply_due_on: date | None) -> None:
    """Raises Illegal when the quarter takes no filing now."""
    closed = shut(window, reply_due_on, now(), today())
    if closed is not None:
        raise Illegal("closed", closed)


def held(session: Session, enterprise_id: int | None, quarter: Quarter) -> Held:
    """The enterprise's filing and its case, locked until the transaction ends. Raises Missing. One statement."""
    if enterprise_id is None:
        raise Missing()
    columns = FilingWindow.opens_at, FilingWindow.due_on, FilingWindow.locks_on
    found = session.execute(
        select(Filing, Case, *columns, *class_attributes(enterprise_id, quarter))
        .join(Case, Case.id == Filing.case_id)
        .join(FilingWindow, FilingWindow.quarter == Filing.quarter)
        .join(Enterprise, Enterprise.id == Filing.enterprise_id)
        .outerjoin(ChainRate, ChainRate.chain == Enterprise.chain)
        .where(Filing.enterprise_id == enterprise_id, Filing.quarter == quarter.code)
        .with_for_update(of=(Filing, Case))
        .execution_options(populate_existing=True)
    ).one_or_none()
    if found is None:
        raise Missing()
    filing, case, opens_at, due_on, locks_on = found[:5]
    row = dict(found._mapping)
    return Held(filing, case, Window(opens_at, due_on, locks_on), counted(session, quarter, row), chain_rate(row))


def is_done_already(session: Session, actor: Actor, case: Case, state: State, verb: str) -> bool:
    """Whether the same person's same press came through just before: nothing was done to the case since."""
    if case.state is not state:
        return False
    statement = select(AuditEvent.verb, AuditEvent.actor_id).where(AuditEvent.stream == f"case:{case.id}")
    last = session.execute(statement.order_by(AuditEvent.seq.desc()).limit(1)).one_or_none()
    return last is not None and (last.verb, last.actor_id) == (verb, actor.account_id)


def too_long(typed: Mapping[str, str]) -> dict[str, Bilingual]:
    """The texts beyond all measure, each with its sentence; everything shorter can be kept."""
    long = {n: len(t) for n, t in typed.items() if len(t) > form.LONGEST_TEXT}
    return {name: TEXT_TOO_LONG.fill(limit=form.LONGEST_TEXT, length=length) for name, length in long.items()}


def kept(
    edition: Edition, mine: Taken, typed: Mapping[str, str], shown: Mapping[str, str], scale: Scale
) -> dict[str, str]:
    """The page's texts under the names this form knows, settled. A number nobody touched is not counted anew."""
    known, stored = form.names(edition, mine.counted.respondent_class, mine.quarter), Scale.TEN_THOUSAND
    found = {}
    for name, text in typed.items():
        if name in form.CHOICES and text not in form.CHOICES[name]:
            continue
        if text == shown.get(name, ""):
            found[name] = text  # as it is kept already
        elif name in known or form.is_reason(edition, name):
            # What was not touched stands in the stored unit, whatever unit was chosen since.
            is_stored = scale is stored or form.is_same(edition, name, text, shown.get(name, ""))
            found[name] = form.settled(edition, name, text, stored if is_stored else scale)
    return found


def refuse_unready(count: int) -> None:
    if count:
        raise Invalid("not-ready", _UNREADY.fill(count=count))
