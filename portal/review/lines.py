"""Lines of the queue as HTML: lines that look alike share a skeleton, rendered once, with their texts filled in.

A page holds fifty lines of a handful of looks. The skeleton comes out of the template itself, so that there is one
place that says how a line looks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any

from flask import current_app
from markupsafe import Markup, escape

from ..catalogue.deadlines import WorkCalendar, WorkingDaysLeft
from ..kernel.bilingual import Bilingual, Language
from ..kernel.measure import signed_percent, written
from ..kernel.roles import Actor, Permission
from ..kernel.workflow import Action, Kind, State, open_actions
from ..support.answers import applied_for
from ..support.policy import Policy, Tag
from ..web.language import written_date
from .queries import QueueRow
from .queries_names import Names
from .rules import DEADLINES_TOLD, Section, Tab

_SLOTS = (
    "version",
    "enterprise_name",
    "credit_code",
    "chain",
    "segment",
    "headline",
    "growth",
    "submitted_on",
    "reviewer",
    "view",
    "flagged",
    "policy_code",
    "policy",
    "applied_for",
)
_MARK = "\ue000{}\ue001"  # private letters that no wording of the template holds
_ID = 8_888_888_888_888_888  # addresses take numbers only; no row has this one
_PICKED = frozenset({Tab.ALL, Tab.MINE, Tab.UNCLAIMED, Tab.OVERDUE})


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that shapes a line but for its own texts."""

    section: Section
    tag: Tag | None
    kind: Kind
    state: State
    quarter: int | None
    due_on: date | None
    time_left: WorkingDaysLeft | None
    flags: int
    is_late: bool
    is_open: bool
    awaits_reply: bool
    is_mine: bool
    is_theirs: bool
    is_clean: bool
    is_ticked: bool
    may_pick: bool
    may_claim: bool
    is_named_in_chinese: bool
    are_flags_named: bool


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at the list, where, and in which language; `view` is what goes along to a case's address."""

    actor: Actor
    section: Section
    tab: Tab
    language: Language
    today: date
    calendar: WorkCalendar
    is_ticked: bool
    view: str


def line_writer(
    viewer: Viewer,
    names: Mapping[int | None, Names],
    flagged: Mapping[int, Sequence[Bilingual]],
    policies: Mapping[str, Policy],
) -> Callable[[Sequence[QueueRow]], Markup]:
    """What writes the lines of this page; `names` are those of each line's quarter, `flagged` what its flags name, and
    `policies` those of applications by hash."""
    language, is_filing, view = viewer.language, viewer.section is Section.FILING, _safe(viewer.view)
    in_english, no_value = language == "en", _no_value(language)
    looks: dict[tuple[object, ...], Skeleton] = {}
    places: dict[tuple[object, ...], tuple[str, str]] = {}

    def line(row: QueueRow) -> str:
        policy, is_named = policies.get(row.policy_hash or "") if policies else None, row.id in flagged
        tag = policy.tag if policy else None
        place, shape = (row.quarter, row.chain, row.segment), (_shape(row), not row.enterprise_name_en, is_named, tag)
        skeleton, titles = looks.get(shape), places.get(place)
        skeleton = skeleton or looks.setdefault(shape, _skeleton(_look(row, viewer, is_named, tag), language))
        titles = titles or places.setdefault(place, _place(names[row.quarter], row, language))
        texts = (
            str(row.id),
            str(row.version),
            _safe((row.enterprise_name_en if in_english else None) or row.enterprise_name),
            _safe(row.credit_code),
            *titles,
            written(row.headline, 1, language) if is_filing else "",
            signed_percent(row.headline_growth) if is_filing else "",
            "" if is_filing else written_date(row.submitted_at),
            _safe(row.reviewer) if row.reviewer else no_value,
            view,
            _safe(_listed(flagged[row.id], language)) if is_named else "",
            *(_offer(policy, row, language) if policy else ("", "", "")),
        )
        wording, chosen = skeleton
        text: str = wording % chosen(texts)
        return text

    return lambda rows: Markup("".join([line(row) for row in rows]))  # noqa: S704  every text is escaped above


def _offer(policy: Policy, row: QueueRow, language: Language) -> tuple[str, str, str]:
    """The policy's code and title, and what is applied for."""
    return (
        _safe(policy.code),
        _safe(policy.title.text(language)),
        _safe(applied_for(policy, row.claim or "").text(language)),
    )


def _place(names: Names, row: QueueRow, language: Language) -> tuple[str, str]:
    """Chain and segment as they are called; what stands on no chain has one name for both."""
    chain, segment = names.chain(row.chain), names.segment(row.segment)
    return _safe(chain.text(language)), _safe(segment.text(language)) if segment != chain else ""


@lru_cache(maxsize=4096)
def _safe(text: str) -> str:
    return str(escape(text))


def may_be_batched(row: QueueRow, section: Section, reader: Actor) -> bool:
    """Whether the line can be ticked: it waits, nobody else reviews it, and a filing has no flags. What waits for the
    city cannot: nobody claims it."""
    if row.kind is Kind.AWARD:
        return False
    is_theirs = row.claimed_by_id is not None and row.claimed_by_id != reader.account_id
    return not is_theirs and not (section is Section.FILING and row.flags) and row.is_open


# Everything of the row that its look is made of, but for what it is called and whether its flags are named.
_shape = attrgetter("kind", "state", "quarter", "due_on", "flags", "is_late", "questions", "claimed_by_id")


_MORE = Bilingual("等{number}项", " and {rest} more")
_MOST_NAMED = 3


def _listed(titles: Sequence[Bilingual], language: Language) -> str:
    """The first of the names, and how many there are."""
    text = ("、" if language == "zh" else ", ").join(title.text(language) for title in titles[:_MOST_NAMED])
    rest = len(titles) - _MOST_NAMED
    return text + _MORE.fill(number=len(titles), rest=rest).text(language) if rest > 0 else text


def _look(row: QueueRow, viewer: Viewer, are_flags_named: bool, tag: Tag | None) -> Look:
    is_mine = row.claimed_by_id is not None and row.claimed_by_id == viewer.actor.account_id
    is_theirs = row.claimed_by_id is not None and not is_mine
    may_claim = viewer.actor.may(Permission.CASE_CLAIM)
    return Look(
        section=viewer.section,
        tag=tag,
        kind=row.kind,
        state=row.state,
        quarter=row.quarter,
        due_on=row.due_on,
        time_left=_time_left(row, viewer),
        flags=row.flags,
        is_late=row.is_late,
        is_open=row.is_open,
        awaits_reply=row.is_open and row.questions > 0,
        is_mine=is_mine,
        is_theirs=is_theirs,
        is_clean=may_be_batched(row, viewer.section, viewer.actor),
        is_ticked=viewer.is_ticked,
        may_pick=may_claim and viewer.tab in _PICKED,
        may_claim=may_claim and Action.CLAIM in open_actions(row.kind, row.state, viewer.actor.permissions),
        is_named_in_chinese=viewer.language == "en" and not row.enterprise_name_en,
        are_flags_named=are_flags_named,
    )


def _time_left(row: QueueRow, viewer: Viewer) -> WorkingDaysLeft | None:
    if row.due_on is None or viewer.tab not in DEADLINES_TOLD:
        return None
    return viewer.calendar.time_left(row.due_on, viewer.today)


Skeleton = tuple[str, Callable[[Sequence[str]], Any]]


@lru_cache(maxsize=1024)
def _skeleton(look: Look, language: Language) -> Skeleton:
    """The line's HTML in `language` with a `%s` for each slot, and what picks their texts in this order."""
    marks = {name: _MARK.format(place) for place, name in enumerate(_SLOTS, 1)}
    rendered = str(_macros("review/_line.html").queue_line(look, {"id": _ID, **marks}))
    wording, slots = "", []
    for part in rendered.replace("%", "%%").replace(str(_ID), _MARK.format(0)).split("\ue000"):
        slot, is_slot, rest = part.partition("\ue001")
        wording += f"%s{rest}" if is_slot else part
        slots += [int(slot)] if is_slot else []
    return wording, itemgetter(*slots)


@lru_cache(maxsize=8)
def _no_value(language: Language) -> str:
    return str(_macros("macros/lists.html").no_value())


def _macros(name: str) -> Any:
    return current_app.jinja_env.get_template(name).module
