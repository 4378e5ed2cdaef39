"""Correcting where an enterprise stands: its primary position and main class, from a day on, by the office."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..audit.trail import record
from ..catalogue.queries import catalogue_today
from ..catalogue.size import SizeClass, YearFigures
from ..catalogue.snapshot import Catalogue
from ..database.session import transaction
from ..kernel.bilingual import Bilingual
from ..kernel.clock import today, whole_day_in_words
from ..kernel.errors import Invalid
from ..kernel.roles import Actor
from .application import CHOOSE, NEEDED, NOT_A_DATE, TOO_LONG, WHICH_CLASS, date_from, gb_class_from
from .enter_size import SizeEntered, enter_size
from .issue_record import renew_record
from .models import Enterprise, Position, SizeStatus
from .queries import registered
from .registration import LONGEST_SOURCE, clean
from .tell import tell_people

STATED = "stated"
_WRONG = Bilingual("有内容需要改正。", "Some of what was entered needs mending.")
_AHEAD = Bilingual("日期不能晚于今天。", "The date cannot lie ahead.")
_EARLIER = Bilingual(
    "现在的位置从{day}起算，日期不能早于这一天。", "The present position counts from {day}: the date cannot be earlier."
)
_SAME = Bilingual("和现在的位置、行业相同，没有改动。", "This is the present position and class: nothing changes.")
_TOLD = Bilingual("链上位置或行业有改动", "Your chain position or class was changed")
_RESIZED = Bilingual(
    "{text}\n按这一行业的划分标准，企业规模类型自{day}起：{size}（此前：{was}）。",
    "{text}\nBy the table of this class, your size class from {day} is: {size} (before: {was}).",
)
_TOLD_BODY = Bilingual(
    "自{day}起：{place}，主要行业{gb_class}。依据：{source}。如有疑问请联系县级审核员。",
    "From {day}: {place}, main class {gb_class}. Source: {source}. Ask your county officer if this is not right.",
)


@dataclass(frozen=True, slots=True)
class PositionEntry:
    """What the officer typed: the primary position and main class as they are to be, from when, and by what."""

    segment: str
    gb_class: str
    from_on: str
    source: str


def change_position(actor: Actor, enterprise_id: int, typed: PositionEntry) -> None:
    """Puts the enterprise where it belongs from a day on; filings of quarters that begin later count there.

    A day on which the present position began corrects that one. A size class that rests on stated figures is computed
    anew by the table of the new main class; one that rests on filings, by its nightly job. Raises Invalid by field,
    Missing out of scope.
    """
    from_on, source = date_from(typed.from_on), clean(typed.source)
    with transaction(actor) as session:
        row, catalogue = registered(session, enterprise_id), catalogue_today(session)
        present = _present(session, row)
        gb_class = gb_class_from(typed.gb_class, catalogue)
        problems = _problems(typed, catalogue, from_on, source, gb_class, present)
        if not problems and (typed.segment, gb_class) == (row.segment, row.gb_class):
            problems = {"segment": _SAME}
        if problems or from_on is None or gb_class is None:
            raise Invalid("position", _WRONG, problems)
        before = {"segment": row.segment, "gb_class": row.gb_class}
        _move(session, row, present, typed.segment, from_on, actor)
        row.gb_class = gb_class
        sized = _resize(session, row, catalogue, actor)
        told = {"day": whole_day_in_words(from_on), "place": catalogue.segments[typed.segment].title}
        body = _TOLD_BODY.fill(gb_class=gb_class, source=source, **told)
        tell_people(session, row.id, "position-changed", _TOLD, _with_size(body, sized), "/enterprise")
        detail: dict[str, Any] = {
            "segment": typed.segment,
            "gb_class": gb_class,
            "from": from_on,
            "source": source,
            "before": before,
        }
        renewed = renew_record(session, actor, row)
        if renewed is not None:
            detail["record"] = renewed.kept()
        if sized is not None:
            detail["size"] = {"class": sized.size_class, "since": sized.since_on, "replaced": sized.replaced}
        record(session, actor, stream=f"enterprise:{row.id}", verb="position.changed", detail=detail)


def _resize(session: Session, row: Enterprise, catalogue: Catalogue, actor: Actor) -> SizeEntered | None:
    """The newest size class by the enterprise's main class; None where none is stated, or it stays word for word."""
    newest = session.scalars(
        select(SizeStatus).where(SizeStatus.enterprise_id == row.id).order_by(SizeStatus.since_on.desc()).limit(1)
    ).one_or_none()
    if newest is None or newest.basis != STATED:
        return None
    figures = YearFigures(newest.since_on.year - 1, newest.staff, newest.revenue)
    return enter_size(session, row, figures, STATED, catalogue, actor.account_id)


def _with_size(body: Bilingual, sized: SizeEntered | None) -> Bilingual:
    if sized is None or sized.was is None or sized.was == sized.size_class:
        return body
    was, now = SizeClass(sized.was).title, SizeClass(sized.size_class).title
    return _RESIZED.fill(text=body, day=whole_day_in_words(sized.since_on), size=now, was=was)


def _present(session: Session, row: Enterprise) -> Position | None:
    return session.scalars(
        select(Position)
        .where(Position.enterprise_id == row.id, Position.is_primary, Position.until_on.is_(None))
        .order_by(Position.from_on.desc())
        .limit(1)
    ).first()


def _problems(
    typed: PositionEntry,
    catalogue: Catalogue,
    from_on: date | None,
    source: str,
    gb_class: str | None,
    present: Position | None,
) -> dict[str, Bilingual]:
    found: dict[str, Bilingual] = {}
    if typed.segment not in catalogue.segments:
        found["segment"] = CHOOSE
    if gb_class is None:
        found["gb_class"] = WHICH_CLASS
    if from_on is None:
        found["from_on"] = NOT_A_DATE
    elif from_on > today():
        found["from_on"] = _AHEAD
    elif present is not None and from_on < present.from_on:
        found["from_on"] = _EARLIER.fill(day=whole_day_in_words(present.from_on))
    if not source:
        found["source"] = NEEDED
    elif len(source) > LONGEST_SOURCE:
        found["source"] = TOO_LONG.fill(most=LONGEST_SOURCE, length=len(source))
    return found


def _move(
    session: Session, row: Enterprise, present: Position | None, segment: str, from_on: date, actor: Actor
) -> None:
    """Ends the present position and begins the new one, which may have been a further one until now."""
    row.segment, row.chain = segment, segment[:2]
    if present is not None and present.segment == segment:
        return
    for further in session.scalars(
        select(Position).where(
            Position.enterprise_id == row.id, Position.segment == segment, Position.until_on.is_(None)
        )
    ):
        further.until_on = max(from_on, further.from_on)
    if present is not None and present.from_on == from_on:
        present.segment = segment
    else:
        if present is not None:
            present.until_on = from_on
        whose = {"enterprise_id": row.id, "county": row.county, "chain": row.chain}
        session.add(
            Position(segment=segment, is_primary=True, from_on=from_on, created_by_id=actor.account_id, **whose)
        )
    session.flush()
