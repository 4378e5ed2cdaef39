"""One application from its start to where it stands, with its documents, submission, decisions and award. A deed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.orm import Session

from ..casework.models import Case, Remark
from ..catalogue.queries import catalogue_today
from ..filing.rules import RECEIPT_LETTERS
from ..kernel.clock import local
from ..kernel.roles import Actor
from ..kernel.workflow import Action, Kind, State
from ..questionnaire.document import fingerprint
from ..support.amount import reckon
from ..support.answers import ALPHABET, DECLARATION_VERSION, claim_of, receipt_number
from ..support.evidence import Subject, content_of, files_of
from ..support.match import match
from ..support.models import Application, ApplicationDocument, ApplicationStep, Award, BudgetLine, Submission
from ..support.queries import Standing, knowledge, match_one, names_of
from ..uploads.models import Upload
from ..uploads.store import Received
from .city import City
from .papers import award_letter
from .people import person_of
from .support_plan import (
    QUESTION,
    REJECTED,
    RETURNED,
    RETURNED_QUESTION,
    Stage,
    Wish,
    answers_for,
    half,
)


@dataclass
class Money:
    """The year's budget lines by policy, and what was granted so far, by enterprise and policy."""

    lines: dict[str, BudgetLine] = field(default_factory=dict)
    granted: dict[tuple[int, str], Decimal] = field(default_factory=dict)


class Applying:
    """The walk of one application. Its rows go into the city's book when it has ended."""

    def __init__(
        self, session: Session, city: City, wish: Wish, standing: Standing, money: Money, at: Iterator[datetime]
    ) -> None:
        self.session, self.city, self.wish, self.standing = session, city, wish, standing
        self.policy, self.money, self.at = standing.policy, money, at
        self.enterprise, self.preparer, self.certifier = city.people[wish.number]
        row = self.enterprise
        self.whose: dict[str, Any] = {"enterprise_id": row.id, "county": row.county, "chain": row.chain}
        self.rows: list[Any] = []
        self.documents: dict[str, Upload] = {}

    def run(self, ordinal: int, files: Mapping[str, Received]) -> None:
        started, book = next(self.at), self.city.book
        self.case = self._case(Kind.APPLICATION, self.preparer, started)
        self.found = Application(
            id=book.next_id(Application),
            policy_code=self.policy.code,
            ordinal=ordinal,
            policy_version_id=self.standing.version_id,
            answers={},
            draft_version=1,
            created_at=started,
            created_by_id=self.preparer.account_id,
            **self.whose,
        )
        self._step(1, self.case)
        self._record(self.preparer, started, "support.begin", {"policy": self.policy.code})
        self._save(files)
        if self.wish.stage is not Stage.DRAFT:
            self._submit()
            self._reviewed()
        for row in (self.found, *self.rows):
            book.add(row)

    # --- the enterprise ---

    def _save(self, files: Mapping[str, Received]) -> None:
        at, answers = next(self.at), answers_for(person_of(self.city.census, self.wish.number), self.policy)
        if self.wish.stage is Stage.DRAFT:
            answers = half(answers)
        documents = [self._attach(kind, file, at) for kind, file in files.items()]
        changed = sorted(name for name, text in answers.items() if text)
        self.found.answers, self.found.draft_version, self.found.saved_at = answers, 2, at
        self.city.move(self.case, self.preparer, Action.SAVE, at)
        self._record(self.preparer, at, "support.save", {"changed": changed, "documents": documents})

    def _attach(self, kind: str, file: Received, at: datetime) -> dict[str, Any]:
        made: dict[str, Any] = {"created_at": at, "created_by_id": self.preparer.account_id, **self.whose}
        upload = Upload(  # before no county until it is submitted
            id=self.city.book.next_id(Upload),
            purpose=file.purpose,
            filename=file.filename,
            media_type=file.media_type,
            size=file.size,
            sha256=file.sha256,
            stored_name=file.stored_name,
            **(made | {"county": "", "chain": ""}),
        )
        self.documents[kind] = upload
        self.rows += [
            upload,
            ApplicationDocument(application_id=self.found.id, kind=kind, upload_id=upload.id, **made),
        ]
        return {"kind": kind, "upload": upload.id, "sha256": file.sha256}

    def _submit(self) -> None:
        at, calendar = next(self.at), self.city.calendar
        day, kinds = local(at).date(), frozenset(self.documents)
        held = match_one(self.session, self.enterprise.id, self.policy, day, kinds)
        if not held.may_apply:
            raise ValueError(f"the demo applies for what the portal refuses: {self.wish}")
        subject = Subject(self.enterprise.name_zh, self.enterprise.credit_code, self.certifier.name)
        named = (self.policy.code, self.standing.number)
        content = content_of(named, subject, self.found.answers, files_of(self.documents), held, day)
        chance = self.city.plan.chance("support-receipt", self.found.id)
        self.sent = Submission(
            application_id=self.found.id,
            number=1,
            content=content,
            sha256=fingerprint(content),
            receipt_no=receipt_number(day.year, "".join(chance.choices(ALPHABET, k=RECEIPT_LETTERS))),
            accept_by=calendar.working_days_after(day, self.policy.accept_days),
            decide_by=calendar.working_days_after(day, self.policy.accept_days + self.policy.handle_days),
            submitted_at=at,
            submitted_by_id=self.certifier.account_id,
            idempotency_key=f"demo-application-{self.found.id}",
            **self.whose,
        )
        self.rows.append(self.sent)
        for upload in self.documents.values():
            upload.county, upload.chain = self.enterprise.county, self.enterprise.chain
        self.found.saved_at = at
        self.city.move(self.case, self.certifier, Action.SAVE, at)
        self.city.move(self.case, self.certifier, Action.SUBMIT, at, due_on=self.sent.accept_by)
        detail = {"changed": [], "documents": [], "number": 1, "receipt": self.sent.receipt_no, "remarks": []}
        detail |= {"sha256": self.sent.sha256, "declaration": DECLARATION_VERSION}
        self._record(self.certifier, at, "support.submit", detail)

    # --- the offices ---

    def _reviewed(self) -> None:
        stage, officer = self.wish.stage, self.city.officer_of(self.case.county)
        if stage is Stage.ASKED:
            at = next(self.at)
            self.city.move(self.case, officer, Action.CLAIM, at)
            self._record(officer, at, "case.claim", {})
            at = next(self.at)
            remark = self._remark(officer, QUESTION, at)
            self._record(officer, at, "case.ask", {"remark": remark.id, "field": None})
        elif stage is Stage.RETURNED:
            self._decide(officer, Action.RETURN, RETURNED, RETURNED_QUESTION)
        elif stage is Stage.REJECTED:
            self._decide(officer, Action.REJECT, REJECTED)
        elif stage in (Stage.CHECKED, Stage.AWARDED):
            self._forward(officer, self._decide(officer, Action.APPROVE))
            if stage is Stage.AWARDED:
                lead = self.city.officers["bureau-lead"]
                self._grant(lead, self._decide(lead, Action.APPROVE))

    def _decide(self, actor: Actor, action: Action, reason: str = "", asked: str = "") -> datetime:
        at, before, seen = next(self.at), self.case.state, self.case.version
        self.city.move(self.case, actor, action, at, reason)
        remarks = [self._remark(actor, asked, at).id] if asked else []
        detail: dict[str, Any] = {"from": before.value, "to": self.case.state.value, "version": seen}
        self._record(actor, at, f"case.{action.value}", detail | {"reason": reason, "remarks": remarks, "unit": ""})
        return at

    def _remark(self, officer: Actor, text: str, at: datetime) -> Remark:
        remark = Remark(
            id=self.city.book.next_id(Remark),
            case_id=self.case.id,
            field=None,
            text=text,
            author_id=officer.account_id,
            author_side="officer",
            version_no=self.case.version,
            opened_at=at,
            **self.whose,
        )
        self.rows.append(remark)
        return remark

    def _forward(self, officer: Actor, at: datetime) -> None:
        """The county's approval puts it before the city: a case of its own."""
        entered = self.case.entered_by_ids
        self.case = self._case(Kind.AWARD, officer, at)
        self.case.entered_by_ids = sorted({*entered, *self.case.entered_by_ids})
        self._step(2, self.case)
        self.city.move(self.case, officer, Action.SUBMIT, at, due_on=self.sent.decide_by)

    def _grant(self, lead: Actor, at: datetime) -> None:
        day, whose = local(at).date(), (self.enterprise.id, self.policy.code)
        known = knowledge(self.session, self.enterprise.id, day, frozenset(self.documents))
        if not match(self.policy, known, names_of(catalogue_today(self.session), [self.policy])).may_be_granted:
            raise ValueError(f"the demo grants what the portal refuses: {self.wish}")
        already, line = self.money.granted.get(whose, Decimal(0)), self.money.lines[self.policy.code]
        basis = claim_of(str(self.found.answers.get("claim", "")))
        cap = self.policy.annual_cap
        reckoned = reckon(self.policy.amount, basis=basis, knowledge=known, annual_cap=cap, already=already)
        self.money.granted[whose], line.committed = already + reckoned.amount, line.committed + reckoned.amount
        award = Award(
            id=self.city.book.next_id(Award),
            application_id=self.found.id,
            case_id=self.case.id,
            policy_code=self.policy.code,
            policy_version_id=self.standing.version_id,
            budget_line_id=line.id,
            year=day.year,
            amount=reckoned.amount,
            reckoning={"steps": [{"zh": step.zh, "en": step.en} for step in reckoned.steps]},
            decision_no=f"LS-ZC-{day.year}-{self.found.id:05d}",
            decided_on=day,
            holder=self.enterprise.name_zh,
            credit_code=self.enterprise.credit_code,
            created_at=at,
            created_by_id=lead.account_id,
            **self.whose,
        )
        chance = self.city.plan.chance("award-letter", award.id)
        self.rows += [award, award_letter(self.policy, award, self.enterprise, self.case, at, chance)]

    # --- rows ---

    def _case(self, kind: Kind, actor: Actor, at: datetime) -> Case:
        row = self.enterprise
        case = Case(
            id=self.city.book.next_id(Case),
            kind=kind,
            state=State.DRAFT,
            version=1,
            enterprise_name=row.name_zh,
            credit_code=row.credit_code,
            segment=row.segment,
            flags=0,
            is_late=False,
            entered_by_ids=[actor.account_id],
            created_at=at,
            created_by_id=actor.account_id,
            **self.whose,
        )
        self.rows.append(case)
        return case

    def _step(self, number: int, case: Case) -> None:
        step = ApplicationStep(application_id=self.found.id, number=number, case_id=case.id, **self.whose)
        self.rows.append(step)

    def _record(self, actor: Actor, at: datetime, verb: str, detail: dict[str, Any]) -> None:
        self.city.record(actor, at, f"case:{self.case.id}", verb, detail=detail)
