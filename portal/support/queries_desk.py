"""An application as offices see it: what was submitted last, never what has been typed or uploaded since."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..casework.models import Case
from ..catalogue.queries import catalogue_today
from ..kernel.errors import Missing
from ..uploads.models import Upload
from .amount import Reckoned, reckon
from .answers import Blank, blanks, claim_of, said
from .evidence import lines_then
from .match import Line, Match, match
from .models import BudgetLine, Submission
from .queries import Standing, knowledge, may_compare, names_of
from .queries_application import Applied, application_of, applied, budget_line, granted, newest_submission
from .queries_beside import Beside, at_the_desk


@dataclass(frozen=True, slots=True)
class SupportSheet:
    """An application as its reviewers see it: conditions then and now, documents, what it would come to. Of one that is
    not under way, where the enterprise does not accept it, nothing is held against anything again. `is_promised`:
    whether the days of the submission still bind."""

    standing: Standing
    sent: Submission
    documents: Mapping[str, Upload]
    rows: Sequence[tuple[Blank, str]]
    then: tuple[Line, ...]
    now: Match | None
    reckoned: Reckoned | None
    budget: BudgetLine | None
    year: int
    is_promised: bool
    excluded: Sequence[Beside] = ()

    @property
    def changed(self) -> bool:
        """Whether a condition reads otherwise now than at submission."""
        if self.now is None:
            return False
        return [line.status for line in self.then] != [line.status for line in (*self.now.conditions, *self.now.vetoes)]


def sent_last(session: Session, application_id: int) -> Submission:
    """What the offices have of an application. Raises Missing before it was submitted for the first time."""
    found = newest_submission(session, application_id)
    if found is None:
        raise Missing()
    return found


def documents_sent(session: Session, sent: Submission) -> dict[str, Upload]:
    """The files of a submission, by kind."""
    kinds = {row["upload"]: row["kind"] for row in sent.content["documents"]}
    return {kinds[row.id]: row for row in session.scalars(select(Upload).where(Upload.id.in_(kinds)))}


def support_sheet(session: Session, case: Case, today: date) -> SupportSheet:
    """Raises Missing before it was submitted for the first time."""
    found = applied(session, application_of(session, case.id).id)
    if found.submission is None:
        raise Missing()
    return _sheet(session, found, found.submission, today)


def _sheet(session: Session, found: Applied, sent: Submission, today: date) -> SupportSheet:
    may_read = found.is_checked or may_compare(session, sent.enterprise_id)
    now, reckoned = assessed(session, sent, found.standing, today) if may_read else (None, None)
    policy, answers = found.standing.policy, sent.content["answers"]
    return SupportSheet(
        found.standing,
        sent,
        documents_sent(session, sent),
        [(blank, said(blank, answers.get(blank.name, ""))) for blank in blanks(policy)],
        lines_then(sent.content),
        now,
        reckoned,
        budget_line(session, policy.code, today.year),
        today.year,
        found.is_promised,
        [] if found.is_finished else at_the_desk(session, found.application, policy, today.year),
    )


def assessed(session: Session, sent: Submission, standing: Standing, today: date) -> tuple[Match, Reckoned]:
    """What was submitted held against the enterprise as it is now, and the amount that it comes to."""
    policy, documents = standing.policy, frozenset(row["kind"] for row in sent.content["documents"])
    known = knowledge(session, sent.enterprise_id, today, documents)
    earlier = granted(session, sent.enterprise_id, [policy.code], today.year)
    reckoned = reckon(
        policy.amount,
        basis=claim_of(str(sent.content["answers"].get("claim", ""))),
        knowledge=known,
        annual_cap=policy.annual_cap,
        already=sum((award.amount for award in earlier), Decimal(0)),
    )
    return match(policy, known, names_of(catalogue_today(session), [policy])), reckoned
