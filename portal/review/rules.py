"""Pure words and rules of the desk: sections, tabs, filters, who can be picked for a batch, what a batch says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ..kernel.bilingual import Bilingual
from ..kernel.period import Quarter
from ..kernel.word import Word
from ..kernel.workflow import IN_REVIEW, Kind, State

COUNT_CAP = 1000
BATCH_LIMIT = 200  # also how many clean ones of a whole list are ticked at once
REMIND_LIMIT = 500
REMIND_BEFORE = frozenset({7, 2, 0})  # days before the deadline on which the calendar reminds
SOON_DAYS = 7  # working days


class Section(Word):
    """The lists of the desk."""

    FILING = "filing"
    REGISTRATION = "registration"
    APPLICATION = "application"

    @property
    def title(self) -> Bilingual:
        return _SECTION_TITLES[self]

    @property
    def kinds(self) -> frozenset[Kind]:
        return _SECTION_KINDS[self]

    @property
    def matters(self) -> tuple[Kind, ...]:
        """Its kinds in the order in which they come about; none where all of the list is of one kind."""
        return tuple(kind for kind in Kind if kind in self.kinds) if len(self.kinds) > 1 else ()


_SECTION_TITLES = {
    Section.FILING: Bilingual("填报审核", "Filings to review"),
    Section.REGISTRATION: Bilingual("企业登记审核", "Registrations to review"),
    Section.APPLICATION: Bilingual("政策申请", "Applications"),
}
_SECTION_KINDS = {
    Section.FILING: frozenset({Kind.FILING}),
    Section.REGISTRATION: frozenset({Kind.REGISTRATION, Kind.ACCESS}),
    Section.APPLICATION: frozenset({Kind.APPLICATION, Kind.AWARD}),
}


def section_of(kind: Kind) -> Section:
    return next(section for section in Section if kind in section.kinds)


class Tab(Word):
    ALL = "all"
    MINE = "mine"
    UNCLAIMED = "unclaimed"
    OVERDUE = "overdue"
    RETURNED = "returned"
    APPROVED = "approved"
    CLOSED = "closed"

    @property
    def title(self) -> Bilingual:
        return _TAB_TITLES[self]

    @property
    def states(self) -> frozenset[State]:
        return _TAB_STATES[self]


_TAB_TITLES = {
    Tab.ALL: Bilingual("全部待审", "All to review"),
    Tab.MINE: Bilingual("由我审核", "Mine"),
    Tab.UNCLAIMED: Bilingual("待认领", "Unclaimed"),
    Tab.OVERDUE: Bilingual("已逾期", "Overdue"),
    Tab.RETURNED: Bilingual("已退回", "Returned"),
    Tab.APPROVED: Bilingual("已通过", "Approved"),
    Tab.CLOSED: Bilingual("不予通过、作废", "Rejected or void"),
}
_TAB_STATES: Mapping[Tab, frozenset[State]] = {
    Tab.ALL: IN_REVIEW,
    Tab.MINE: frozenset({State.UNDER_REVIEW}),
    Tab.UNCLAIMED: frozenset({State.SUBMITTED}),
    Tab.OVERDUE: IN_REVIEW,
    Tab.RETURNED: frozenset({State.RETURNED}),
    Tab.APPROVED: frozenset({State.APPROVED}),
    Tab.CLOSED: frozenset({State.REJECTED, State.VOID}),
}


DEADLINES_TOLD = frozenset(Tab) - {Tab.APPROVED, Tab.CLOSED}  # what is decided has no time left


class Flags(Word):
    ANY = ""
    FLAGGED = "flagged"
    CLEAN = "clean"

    @property
    def title(self) -> Bilingual:
        return _FLAG_TITLES[self]


_FLAG_TITLES = {
    Flags.ANY: Bilingual("全部", "All"),
    Flags.FLAGGED: Bilingual("有异常", "Flagged"),
    Flags.CLEAN: Bilingual("无异常", "Clean"),
}


class Tick(Word):
    """What a list opens with ticked: nothing, the clean ones of this page, or every clean one of the whole list."""

    NONE = ""
    PAGE = "clean"
    LIST = "list"


class Due(Word):
    ANY = ""
    OVERDUE = "overdue"
    SOON = "soon"
    LATER = "later"

    @property
    def title(self) -> Bilingual:
        return _DUE_TITLES[self]


_DUE_TITLES = {
    Due.ANY: Bilingual("全部", "All"),
    Due.OVERDUE: Bilingual("已逾期", "Overdue"),
    Due.SOON: Bilingual("7个工作日以内", "Within 7 working days"),
    Due.LATER: Bilingual("7个工作日以后", "Later than 7 working days"),
}

NEAR = frozenset({Due.SOON, Due.LATER})  # told apart by the working days left


@dataclass(frozen=True, slots=True)
class Filters:
    """What the filter form asks for; empty text, `ANY` and None ask for nothing. `matter` is one kind of a list that
    holds several."""

    text: str = ""
    chain: str = ""
    flags: Flags = Flags.ANY
    due: Due = Due.ANY
    quarter: Quarter | None = None
    matter: Kind | None = None
    policy: str = ""

    @property
    def is_set(self) -> bool:
        return self != Filters()


@dataclass(frozen=True, slots=True)
class View:
    """The list a case was opened from: the way back and the next case follow it."""

    tab: Tab = Tab.ALL
    filters: Filters = Filters()


def is_reminding_day(due_on: date, today: date) -> bool:
    return (due_on - today).days in REMIND_BEFORE


# --- batches -----------------------------------------------------------------------------------------------------

APPLIED = "applied"
_OUTCOMES = {
    APPLIED: Bilingual("已办理", "Done"),
    "stale": Bilingual("打开列表之后有了变化", "It changed after the list was opened"),
    "claimed": Bilingual("正由另一位审核员审核", "Another officer is reviewing it"),
    "own-entry": Bilingual("内容是你本人填写或提交的", "You entered or submitted it yourself"),
    "flagged": Bilingual("有异常，须单独审核", "It has flags: review it on its own page"),
    "wrong-state": Bilingual("已不在待审状态", "It is no longer waiting for review"),
    "one-by-one": Bilingual("登记和账号申请须单独审核", "Registrations are reviewed one by one"),
    "quarter-locked": Bilingual("所属季度已由县（市、区）锁定", "Its county has locked the quarter"),
    "missing": Bilingual("没有找到", "Not found"),
    "busy": Bilingual("系统正忙，没有写入", "The portal was busy; nothing was written"),
}
_OTHER = Bilingual("没有办理，请打开后查看", "Not done; open it to see why")


def outcome_title(code: str) -> Bilingual:
    """What became of one item of a batch, by the code of its refusal."""
    return _OUTCOMES.get(code, _OTHER)


# --- words of the pages ------------------------------------------------------------------------------------------

WHOLE = Bilingual("整份材料", "The whole case")


def counted(number: int) -> str:
    """A tab's count as it is shown: exact up to the cap."""
    return f"{COUNT_CAP}+" if number > COUNT_CAP else str(number)
