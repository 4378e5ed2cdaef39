"""Reading applications: an enterprise's own, and one with everything on it. What the desk shows: `queries_desk`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ..casework.models import Case, Decision, Remark
from ..casework.queries import decisions, remarks
from ..kernel.bilingual import Bilingual
from ..kernel.errors import Missing
from ..kernel.workflow import IN_REVIEW, State
from ..uploads.models import Upload
from .models import (
    Application,
    ApplicationDocument,
    ApplicationStep,
    Award,
    BudgetLine,
    DatedList,
    DatedListEntry,
    Submission,
)
from .queries import Standing, policy_version
from .queries_beside import is_finished


@dataclass(frozen=True, slots=True)
class Applied:
    """One application as it stands: its newest step's case decides where it is."""

    application: Application
    standing: Standing
    case: Case
    step: int
    submission: Submission | None
    award: Award | None
    documents: Mapping[str, Upload]
    remarks: Sequence[Remark]
    decision: Decision | None

    @property
    def is_finished(self) -> bool:
        return is_finished(self.case)

    @property
    def is_checked(self) -> bool:
        """Whether its own declaration lets figures be held against it: from submission until it is withdrawn or ends,
        whatever else the enterprise accepts (decision 025)."""
        return self.submission is not None and self.case.state is not State.WITHDRAWN and not self.is_finished

    @property
    def is_promised(self) -> bool:
        """Whether the days of its submission bind the offices: not while it lies with the enterprise, nor once it was
        rejected."""
        return self.submission is not None and self.case.state in IN_REVIEW | {State.APPROVED}

    def broken_promise(self, today: date) -> bool:
        """Whether the office's promised day of the step it is at has passed."""
        due = self.promised
        return due is not None and self.case.state in IN_REVIEW and today > due

    @property
    def promised(self) -> date | None:
        if self.submission is None:
            return None
        return self.submission.accept_by if self.step == 1 else self.submission.decide_by


@dataclass(frozen=True, slots=True)
class Listed:
    """One line of the enterprise's list of applications."""

    id: int
    title: Bilingual
    policy_code: str
    case: Case
    receipt_no: str | None

    @property
    def is_open(self) -> bool:
        """Whether it is still under way: no second one may be begun beside it."""
        return not is_finished(self.case)

    @property
    def stage(self) -> Bilingual:
        return self.case.kind.title


def current_case(session: Session, application_id: int) -> tuple[ApplicationStep, Case]:
    """The newest step of an application and its case. Raises Missing."""
    found = session.execute(
        select(ApplicationStep, Case)
        .join(Case, Case.id == ApplicationStep.case_id)
        .where(ApplicationStep.application_id == application_id)
        .order_by(ApplicationStep.number.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        raise Missing()
    step, case = found
    return step, case


def application(session: Session, application_id: int) -> Application:
    """Raises Missing outside the session's scope."""
    found = session.scalars(select(Application).where(Application.id == application_id)).one_or_none()
    if found is None:
        raise Missing()
    return found


def application_of(session: Session, case_id: int) -> Application:
    """The application that a case is a step of. Raises Missing."""
    found = session.scalars(
        select(Application)
        .join(ApplicationStep, ApplicationStep.application_id == Application.id)
        .where(ApplicationStep.case_id == case_id)
    ).one_or_none()
    if found is None:
        raise Missing()
    return found


def documents_of(session: Session, application_id: int) -> dict[str, Upload]:
    """The newest file of each kind."""
    rows = session.execute(
        select(ApplicationDocument.kind, Upload)
        .join(Upload, Upload.id == ApplicationDocument.upload_id)
        .where(ApplicationDocument.application_id == application_id)
        .order_by(ApplicationDocument.id)
    )
    return {row.kind: row.Upload for row in rows}


def newest_submission(session: Session, application_id: int) -> Submission | None:
    return session.scalars(
        select(Submission)
        .where(Submission.application_id == application_id)
        .order_by(Submission.number.desc())
        .limit(1)
    ).one_or_none()


def applied(session: Session, application_id: int) -> Applied:
    """Raises Missing."""
    found = application(session, application_id)
    step, case = current_case(session, found.id)
    decided = decisions(session, case.id)
    return Applied(
        found,
        policy_version(session, found.policy_version_id),
        case,
        step.number,
        newest_submission(session, found.id),
        session.scalars(select(Award).where(Award.application_id == found.id)).one_or_none(),
        documents_of(session, found.id),
        remarks(session, case.id),
        decided[-1] if decided else None,
    )


def own_applications(session: Session, enterprise_id: int) -> list[Listed]:
    """The enterprise's applications, newest first. Two statements and those of the policies."""
    rows = session.execute(
        select(Application, Case)
        .join(ApplicationStep, ApplicationStep.application_id == Application.id)
        .join(Case, Case.id == ApplicationStep.case_id)
        .where(Application.enterprise_id == enterprise_id)
        .order_by(Application.id.desc(), ApplicationStep.number)
    ).all()
    newest = {found.id: (found, case) for found, case in rows}
    receipts = {
        row.application_id: row.receipt_no
        for row in session.scalars(
            select(Submission).where(Submission.enterprise_id == enterprise_id).order_by(Submission.number)
        )
    }
    return [
        Listed(
            found.id,
            policy_version(session, found.policy_version_id).policy.title,
            found.policy_code,
            case,
            receipts.get(found.id),
        )
        for found, case in newest.values()
    ]


def newest_ordinal(session: Session, enterprise_id: int, policy_code: str) -> int:
    found = session.scalar(
        select(func.max(Application.ordinal)).where(
            Application.enterprise_id == enterprise_id, Application.policy_code == policy_code
        )
    )
    return found or 0


# --- money -------------------------------------------------------------------------------------------------------


def granted(session: Session, enterprise_id: int, policy_codes: Sequence[str], year: int) -> list[Award]:
    """What the enterprise was granted under these policies in the year."""
    return list(
        session.scalars(
            select(Award).where(
                Award.enterprise_id == enterprise_id, Award.policy_code.in_(list(policy_codes)), Award.year == year
            )
        )
    )


def budget_line(session: Session, policy_code: str, year: int) -> BudgetLine | None:
    return session.scalars(
        select(BudgetLine).where(BudgetLine.policy_code == policy_code, BudgetLine.year == year)
    ).one_or_none()


def budget_lines(session: Session) -> Sequence[BudgetLine]:
    return session.scalars(select(BudgetLine).order_by(BudgetLine.year.desc(), BudgetLine.policy_code)).all()


def list_editions(session: Session, limit: int = 100) -> list[tuple[DatedList, int]]:
    """The newest editions of dated lists, each with how many enterprises it names."""
    rows = session.scalars(select(DatedList).order_by(DatedList.id.desc()).limit(limit)).all()
    counted = select(DatedListEntry.dated_list_id, func.count()).group_by(DatedListEntry.dated_list_id)
    numbers = {row[0]: row[1] for row in session.execute(counted)}
    return [(row, numbers.get(row.id, 0)) for row in rows]
