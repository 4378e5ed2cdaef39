"""Reading policies as the bureau edits them: every published version, drafts, and what the linter says of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..catalogue.queries import catalogue_today
from ..kernel.clock import today
from ..kernel.errors import Missing
from .lint import Problem, draft_problems
from .lint_fair import lacks_review
from .models import PolicyDraft, PolicyVersion
from .policy import CODE, Policy, policy_of
from .queries import edition_today, known_codes

OPEN_STATES = ("draft", "submitted")


@dataclass(frozen=True, slots=True)
class Row:
    """One policy on the bureau's list: what stands today, what is published for a later day, what is being drafted."""

    code: str
    policy: Policy
    standing: PolicyVersion | None
    coming: PolicyVersion | None
    draft: PolicyDraft | None


@dataclass(frozen=True, slots=True)
class Said:
    """What the linter says of a definition: what refuses it, what it warns of, whether the review's number and date
    are still missing."""

    refusals: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    lacks_review: bool


def versions_of(session: Session, code: str) -> Sequence[PolicyVersion]:
    """Every published version, the newest first; none of what is no code."""
    if not CODE.fullmatch(code):
        return ()
    newest_first = PolicyVersion.effective_on.desc(), PolicyVersion.number.desc()
    return session.scalars(select(PolicyVersion).where(PolicyVersion.code == code).order_by(*newest_first)).all()


def newest_version(session: Session, code: str) -> PolicyVersion | None:
    return next(iter(versions_of(session, code)), None)


def standing_of(versions: Sequence[PolicyVersion], day: date) -> PolicyVersion | None:
    """Of versions, the newest first, the one that stands on `day`."""
    return next((row for row in versions if row.effective_on <= day), None)


def coming_of(versions: Sequence[PolicyVersion], day: date) -> PolicyVersion | None:
    """Of versions, the newest first, the next one that is published for a day after `day`."""
    ahead = [row for row in versions if row.effective_on > day]
    return next((row for row in ahead if row.effective_on == ahead[-1].effective_on), None)


def version(session: Session, version_id: int | None) -> PolicyVersion | None:
    return None if version_id is None else session.get(PolicyVersion, version_id)


def draft(session: Session, draft_id: int) -> PolicyDraft:
    """Raises Missing."""
    found = session.get(PolicyDraft, draft_id)
    if found is None:
        raise Missing()
    return found


def open_draft(session: Session, code: str) -> PolicyDraft | None:
    """The draft of that policy that is neither published nor dropped: there is one at most."""
    if not CODE.fullmatch(code):
        return None
    return session.scalars(
        select(PolicyDraft).where(PolicyDraft.code == code, PolicyDraft.state.in_(OPEN_STATES))
    ).one_or_none()


def open_drafts(session: Session) -> Sequence[PolicyDraft]:
    return session.scalars(select(PolicyDraft).where(PolicyDraft.state.in_(OPEN_STATES)).order_by(PolicyDraft.id)).all()


def rows(session: Session) -> list[Row]:
    """Every policy by code, those that are only drafted too. Two statements."""
    newest_first = PolicyVersion.code, PolicyVersion.effective_on.desc(), PolicyVersion.number.desc()
    by_code: dict[str, list[PolicyVersion]] = {}
    for found in session.scalars(select(PolicyVersion).order_by(*newest_first)):
        by_code.setdefault(found.code, []).append(found)
    drafts = {found.code: found for found in open_drafts(session)}
    return [_row(code, by_code.get(code, []), drafts.get(code)) for code in sorted({*by_code, *drafts})]


def _row(code: str, versions: Sequence[PolicyVersion], drafted: PolicyDraft | None) -> Row:
    standing, coming = standing_of(versions, today()), coming_of(versions, today())
    shown = standing or coming or drafted
    assert shown is not None, "a row has a version or a draft"
    return Row(code, policy_of(shown.content), standing, coming, drafted)


def said_of(session: Session, content: Mapping[str, Any]) -> Said:
    """`content` as if it stood among the policies that are published."""
    catalogue = catalogue_today(session)
    codes = {*session.scalars(select(PolicyVersion.code).distinct()), str(content.get("code", ""))}
    found = draft_problems(content, known_codes(catalogue, edition_today(session, catalogue)), codes)
    warned = tuple(problem for problem in found if problem.is_warning)
    refused = tuple(problem for problem in found if not problem.is_warning)
    return Said(refused, warned, lacks_review(content, bool(warned)))
