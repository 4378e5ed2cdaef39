"""Another class in the middle of a draft: what it was, what it is, and what the form asks because of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from ..catalogue.size import RespondentClass
from ..kernel.bilingual import Bilingual
from ..kernel.period import Quarter
from ..questionnaire.edition import Edition
from ..questionnaire.question import Question


@dataclass(frozen=True, slots=True)
class ChangedClass:
    """`required` are typed rows that have to be answered now and had not to be before; `left` are asked no longer."""

    was: Bilingual
    now: Bilingual
    required: tuple[tuple[str, Bilingual], ...]
    left: tuple[tuple[str, Bilingual], ...]


def changed_class(edition: Edition, quarter: Quarter, was: str, now: str) -> ChangedClass | None:
    """None where the class is the one the filing was begun or last submitted with."""
    if was == now:
        return None
    before = {q.code: q for q in edition.questions_for(was, quarter)}
    asked = {q.code: q for q in edition.questions_for(now, quarter)}
    required = [
        q for q in asked.values() if q.is_typed and q.is_required(now) and not _was_required(before.get(q.code), was)
    ]
    left = [q for q in before.values() if q.is_typed and q.code not in asked]
    titles = RespondentClass(was).title, RespondentClass(now).title
    return ChangedClass(*titles, tuple((q.code, q.title) for q in required), tuple((q.code, q.title) for q in left))


def _was_required(question: Question | None, was: str) -> bool:
    return question is not None and question.is_required(was)
