"""Where an application is, with the days the office promised: a missed one says so, and whom to call.

No day is promised for what no office has.
"""

from __future__ import annotations

from datetime import date

from ..kernel.bilingual import Bilingual
from ..kernel.clock import local
from ..kernel.workflow import State
from .queries_application import Applied
from .rules import money
from .values import said_day

Item = tuple[str, Bilingual, Bilingual | None]
_FILL = Bilingual("填写申请", "Application filled in")
_SENT = Bilingual("已提交", "Submitted")
_COUNTY = Bilingual("县级审核", "County check")
_CITY = Bilingual("市级决定", "City decision")
_BY = Bilingual("预计{day}前", "expected by {day}")
_MISSED = Bilingual(
    "已超过预计时间（{day}），请联系：{contact}", "The expected time has passed ({day}); call: {contact}"
)
_RETURNED = Bilingual("已退回，请修改后重新提交", "Returned: change it and submit it again")
_REJECTED = Bilingual("不予通过", "Rejected")
_GRANTED = Bilingual("已核定{sum}，决定编号{number}", "Granted: {sum}, decision {number}")
_NAMED = Bilingual("已认定，决定编号{number}", "Designated, decision {number}")
_WITHDRAWN = Bilingual("已撤回", "Withdrawn")
_AGAIN = Bilingual("可以修改后重新提交", "It can be changed and submitted again")
_ONCE_CHECKED = Bilingual(
    "重新提交并通过县级审核之后；预计时间在重新提交时告知",
    "once it is submitted again and the county has checked it; the expected day is given then",
)
_PASSED = Bilingual("已通过", "passed")


def timeline(found: Applied, today: date) -> list[Item]:
    """Kind (done, now, next), text and note of each step."""
    sent, state = found.submission, found.case.state
    if sent is None:
        return [("now", _FILL, None), ("next", _SENT, None), ("next", _COUNTY, None), ("next", _CITY, None)]
    first: Item = ("done", _SENT, said_day(local(sent.submitted_at).date()))
    if state is State.WITHDRAWN:
        return [first, ("now", _WITHDRAWN, _AGAIN)]
    if found.step == 1:
        return [first, _step(found, _COUNTY, sent.accept_by, today), *_after_county(found, sent.decide_by)]
    return [first, ("done", _COUNTY, _PASSED), _step(found, _CITY, sent.decide_by, today)]


def _after_county(found: Applied, promised: date) -> list[Item]:
    """Nothing follows a rejection; nor is a day promised for what an office does not have."""
    if found.case.state is State.REJECTED:
        return []
    return [("next", _CITY, _expected(promised) if found.is_promised else _ONCE_CHECKED)]


def _expected(day: date) -> Bilingual:
    return _BY.fill(day=said_day(day))


def _step(found: Applied, title: Bilingual, promised: date, today: date) -> Item:
    if found.award is not None:
        form = _NAMED if found.standing.policy.is_designation else _GRANTED
        return "done", title, form.fill(sum=money(found.award.amount), number=found.award.decision_no)
    if found.case.state is State.RETURNED:
        return "now", title, _RETURNED
    if found.case.state is State.REJECTED:
        return "done", title, _REJECTED
    if found.broken_promise(today):
        return "now", title, _MISSED.fill(day=said_day(promised), contact=found.standing.policy.contact)
    return "now", title, _expected(promised)
