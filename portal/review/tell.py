"""The deed that tells people what was decided: notices and mails, in the decision's own transaction."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..accounts.models import Account
from ..accounts.queries import account
from ..casework.models import Case
from ..enterprises.models import Enterprise
from ..enterprises.queries import accounts_of
from ..kernel.bilingual import Bilingual, Language
from ..kernel.clock import day_in_words
from ..kernel.period import Quarter
from ..kernel.workflow import Action, Kind, transition
from ..notices.post import post, take_back
from ..support.tell import tell_award

_TITLES = {
    Action.APPROVE: Bilingual("{what}已通过审核", "{what}: approved"),
    Action.RETURN: Bilingual("{what}已退回，须修改", "{what}: returned for changes"),
    Action.REJECT: Bilingual("{what}不予通过", "{what}: rejected"),
    Action.VOID: Bilingual("{what}已作废", "{what}: void"),
    Action.REOPEN: Bilingual("{what}重新进入审核", "{what}: in review again"),
}
_FORWARDED = Bilingual("{what}已通过县级审核，转市级决定", "{what}: passed the county’s check, now with the city")
_REASON = Bilingual("{name}\n审核意见：{reason}", "{name}\nFrom the officer: {reason}")
_PLAIN = Bilingual("{name}", "{name}")
_REPLY = Bilingual(
    "{text}\n请在{day}24:00前修改并重新提交。", "{text}\nChange it and submit again by midnight on {day}."
)
_ASSIGNED = Bilingual("{what}已指派给你审核", "{what}: assigned to you")


def parties(session: Session, case: Case) -> tuple[int, ...]:
    """The accounts that a decision concerns: the enterprise's members, and whoever entered the case."""
    members = {row.id for row in accounts_of(session, case.enterprise_id)}
    return tuple(sorted(members | set(case.entered_by_ids)))


def tell(
    session: Session, case: Case, action: Action, account_ids: Iterable[int], reason: str, window: timedelta
) -> None:
    """Posts the decision to `account_ids`. An approval that can be undone waits until that is over; whatever overtakes
    it, an undo or a reopening, takes it back. An award is told once, with its letter."""
    if (case.kind, action) == (Kind.AWARD, Action.APPROVE):
        tell_award(session, case.id, reason)
        return
    if action is not Action.APPROVE:
        take_back(session, _reference(case))
    if action is Action.UNDO:
        return
    waits = action is Action.APPROVE and transition(case.kind, case.state, Action.UNDO) is not None
    title, body = _title(case, action).fill(what=_what(case)), _body(case, _name(session, case), action, reason)
    for account_id in account_ids:
        reader = account(session, account_id)
        if reader.is_office or reader.state != "active":
            continue
        post(
            session,
            account_id=reader.id,
            kind=f"case-{action.value}",
            title=title,
            body=body,
            link=_link(case),
            mail_to=reader.email,
            language=_language(reader),
            delay=window if waits else timedelta(0),
            reference=_reference(case),
        )


def tell_assignee(session: Session, case: Case, account_id: int) -> None:
    title = _ASSIGNED.fill(what=_what(case))
    body = _PLAIN.fill(name=_name(session, case))
    post(session, account_id=account_id, kind="case-assigned", title=title, body=body, link=f"/review/{case.id}")


def _title(case: Case, action: Action) -> Bilingual:
    return _FORWARDED if (case.kind, action) == (Kind.APPLICATION, Action.APPROVE) else _TITLES[action]


def _what(case: Case) -> Bilingual:
    if case.quarter is None:
        return case.kind.title
    return Bilingual("{quarter}填报", "Filing for {quarter}").fill(quarter=Quarter.from_code(case.quarter).title)


def _name(session: Session, case: Case) -> Bilingual:
    """In Chinese as it stood when the case was made, in English as the register has it, if it has one."""
    name_en = session.scalar(select(Enterprise.name_en).where(Enterprise.id == case.enterprise_id))
    return Bilingual(case.enterprise_name, name_en or case.enterprise_name)


def _body(case: Case, name: Bilingual, action: Action, reason: str) -> Bilingual:
    # The enterprise's own words are values, never wordings: they are put in last and not read for places again.
    text = (_REASON if reason else _PLAIN).fill(name=name, reason=reason)
    if action is Action.RETURN and case.reply_due_on is not None:
        return _REPLY.fill(text=text, day=day_in_words(case.reply_due_on))
    return text


def _link(case: Case) -> str:
    if case.kind in (Kind.APPLICATION, Kind.AWARD):
        return "/support"
    return "/registration" if case.kind is not Kind.FILING else f"/filings/{Quarter.from_code(case.quarter or 0)}"


def _language(reader: Account) -> Language:
    return "en" if reader.language == "en" else "zh"


def _reference(case: Case) -> str:
    return f"case:{case.id}"
