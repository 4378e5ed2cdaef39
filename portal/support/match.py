"""One policy held against one enterprise: every condition, every veto, and what they come to. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from ..kernel.bilingual import Bilingual
from ..kernel.word import Word
from ..questionnaire.question import Question
from .evaluate import NO_LIST, Names, Result, Status, judge, years_before
from .knowledge import Knowledge
from .policy import VETOES, Policy, Tag
from .words import said_condition

VETO_YEARS = 3
_CLEAR = Bilingual("没有记录", "nothing on record")
_FOUND = Bilingual("有记录", "on record")
_FINAL = Bilingual("已不可能满足", "cannot be met any more")
_OUT_OF_REACH = Bilingual("已不可能符合", "Cannot be met any more")


class Standing(Word):
    """Where an enterprise stands with a policy; the words are also the tabs of its page."""

    AVAILABLE = "available"
    ONE_SHORT = "one-short"
    UNCLEAR = "unclear"
    NOT_ELIGIBLE = "not-eligible"
    PAST = "past"

    @property
    def title(self) -> Bilingual:
        return _TITLES[self]


_TITLES = {
    Standing.AVAILABLE: Bilingual("符合条件", "Conditions met"),
    Standing.ONE_SHORT: Bilingual("还差一个条件", "One condition short"),
    Standing.UNCLEAR: Bilingual("有待核实", "Something not known"),
    Standing.NOT_ELIGIBLE: Bilingual("暂不符合", "Not eligible now"),
    Standing.PAST: Bilingual("往年政策", "Past policies"),
}


class Group(Word):
    """What an enterprise can do about a policy today, the nearest first: the order of its page."""

    APPLY = "apply"
    SHORT = "short"
    JUDGED = "judged"
    OTHER = "other"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Line:
    """One condition or veto as a page shows it. Of a veto, `met` means that nothing stands in the way.

    `is_final`: it is not met, and cannot be any more."""

    text: Bilingual
    status: Status
    detail: Bilingual
    is_final: bool = False

    @property
    def said(self) -> Bilingual:
        return _FINAL if self.is_final else self.status.title


@dataclass(frozen=True, slots=True)
class Terms:
    """What a policy asks, in words alone: held against nobody."""

    policy: Policy
    conditions: tuple[Bilingual, ...]
    vetoes: tuple[Bilingual, ...]


@dataclass(frozen=True, slots=True)
class Match:
    policy: Policy
    conditions: tuple[Line, ...]
    vetoes: tuple[Line, ...]

    @property
    def gap(self) -> Line | None:
        """The first condition that is not met, or the veto that stands."""
        lines = (*self.conditions, *self.vetoes)
        return next((line for line in lines if line.status is Status.NOT_MET), None)

    def count(self, status: Status) -> int:
        return sum(line.status is status for line in self.conditions)

    @property
    def is_vetoed(self) -> bool:
        return any(line.status is Status.NOT_MET for line in self.vetoes)

    @property
    def is_out_of_reach(self) -> bool:
        """Whether a condition cannot be met any more: nothing brings the enterprise nearer to the policy."""
        return any(line.is_final for line in self.conditions)

    @property
    def is_unclear(self) -> bool:
        return any(line.status is Status.UNKNOWN for line in (*self.conditions, *self.vetoes))

    @property
    def may_apply(self) -> bool:
        """Nothing is known to stand in the way; what is not known is settled before the decision."""
        return not self.is_vetoed and not self.count(Status.NOT_MET)

    @property
    def may_be_granted(self) -> bool:
        """Everything is known, and nothing stands in the way."""
        return self.may_apply and not self.is_unclear

    @property
    def standing(self) -> Standing:
        if self.policy.tag is Tag.PAST:
            return Standing.PAST
        if self.is_vetoed or self.is_out_of_reach or self.count(Status.NOT_MET) > 1:
            return Standing.NOT_ELIGIBLE
        if self.count(Status.NOT_MET) == 1:
            return Standing.ONE_SHORT
        return Standing.UNCLEAR if self.is_unclear else Standing.AVAILABLE

    @property
    def said(self) -> Bilingual:
        """Where the enterprise stands, in words."""
        is_over = self.is_out_of_reach and self.standing is Standing.NOT_ELIGIBLE
        return _OUT_OF_REACH if is_over else self.standing.title


def group_of(found: Match, day: date) -> Group:
    """Where a policy stands on the page. What can be applied for, clear or not yet clear, is never among the others."""
    standing = found.standing
    if standing is Standing.PAST:
        return Group.PAST
    if standing is Standing.ONE_SHORT:
        return Group.SHORT
    if not found.policy.takes_applications(day) or not found.may_apply:
        return Group.OTHER
    return Group.APPLY if standing is Standing.AVAILABLE else Group.JUDGED


def in_order(found: Iterable[Match], day: date, under_way: Collection[str] = ()) -> list[tuple[Group, Match]]:
    """Nearest first, within a group as they came. What is `under_way`, by policy, cannot be applied for once more."""
    places = {group: place for place, group in enumerate(Group)}
    grouped = [(Group.OTHER if m.policy.code in under_way else group_of(m, day), m) for m in found]
    return sorted(grouped, key=lambda pair: places[pair[0]])


def terms_in_order(found: Iterable[Terms], day: date, under_way: Collection[str] = ()) -> list[tuple[Group, Terms]]:
    """As `in_order`, of what is held against nobody: what takes applications, the others, the past."""

    def group(one: Terms) -> Group:
        if one.policy.tag is Tag.PAST:
            return Group.PAST
        is_offered = one.policy.takes_applications(day) and one.policy.code not in under_way
        return Group.APPLY if is_offered else Group.OTHER

    places = {one: place for place, one in enumerate(Group)}
    return sorted(((group(one), one) for one in found), key=lambda pair: places[pair[0]])


def terms(policy: Policy, questions: Mapping[str, Question], names: Names) -> Terms:
    said = (said_condition(condition, questions, names) for condition in policy.conditions)
    return Terms(policy, tuple(said), tuple(VETOES[code] for code in policy.vetoes))


def match(policy: Policy, knowledge: Knowledge, names: Names) -> Match:
    """`names` gives the title of a list, chain, unit or document by kind and code."""
    return Match(
        policy,
        tuple(
            Line(said_condition(condition, knowledge.questions, names), *_told(judge(condition, knowledge, names)))
            for condition in policy.conditions
        ),
        tuple(Line(VETOES[code], *_told(veto(code, knowledge))) for code in policy.vetoes),
    )


def _told(result: Result) -> tuple[Status, Bilingual, bool]:
    return result.status, result.detail, result.is_final


def veto(code: str, knowledge: Knowledge) -> Result:
    """MET: nothing stands in the way. A list that was never entered clears nobody."""
    if code == "V5":
        return Result(Status.NOT_MET, _FOUND) if knowledge.owes_filing else Result(Status.MET, _CLEAR)
    name = {"V1": "credit-breach", "V2": "safety-environment", "V3": "evaluation-class", "V4": "claw-back-open"}[code]
    standing = knowledge.entries_of(name)
    if code == "V2":
        since = years_before(knowledge.day, VETO_YEARS)
        standing = [entry for entry in standing if entry.dated_on >= since]
    if code == "V3":
        last_year = [entry for entry in standing if entry.dated_on.year == knowledge.year - 1]
        is_entered = any(day.year == knowledge.year - 1 for day in knowledge.editions.get(name, ()))
        standing = [entry for entry in last_year if entry.value == "D"]
    else:
        is_entered = knowledge.has_list(name)
    if standing:
        return Result(Status.NOT_MET, _FOUND)
    return Result(Status.MET, _CLEAR) if is_entered else Result(Status.UNKNOWN, NO_LIST)
