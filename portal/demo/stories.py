"""One filing from its start to where it stands, with its version, decision, facts and trail. A deed.

The same pure functions as in the filing room make content, receipt and facts; the same machine moves the case.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from ..casework.models import Case, Remark
from ..certificates.models import Paper
from ..certificates.rules import ALPHABET, PaperState, ended
from ..database.bulk import Json
from ..filing.estimate import estimates_in, marked
from ..filing.evidence import content_of, headline_of, people_of
from ..filing.facts import fact_rows, stated_rows
from ..filing.models import Fact, Filing, FilingVersion
from ..filing.queries import whose
from ..filing.receipt import VOID, WITHDRAWN
from ..filing.rules import DECLARATION_VERSION, HEADLINES, RECEIPT_LETTERS, Window, is_late, receipt_number
from ..kernel.clock import local
from ..kernel.period import Quarter
from ..kernel.roles import Actor
from ..kernel.workflow import Action, Kind, State
from ..questionnaire.document import canonical
from .answers import Draft, completed, filled
from .book import drafted
from .city import City
from .filer import Filer
from .papers import KEEPERS, receipt
from .plan import DONE, Fate, midnight, moments
from .risks import SENT_WITHIN

RECENT = timedelta(days=6)
HALF = "12"  # sections a half-filled form has
RETURN_REASON = "营业收入与增值税申报表的销售额不一致，请核对；如口径不同，请在说明中写明。"
RETURN_REMARK = "与增值税申报表相差较大，请核对是否含税。"
RETURN_FIELD = "105"
# How a filing comes to its state, after it was begun.
PATHS: dict[State, tuple[Action, ...]] = {
    State.DRAFT: (),
    State.TO_CERTIFY: (Action.HAND_OVER,),
    State.SUBMITTED: (Action.HAND_OVER, Action.SUBMIT),
    State.UNDER_REVIEW: (Action.HAND_OVER, Action.SUBMIT, Action.CLAIM),
    State.RETURNED: (Action.HAND_OVER, Action.SUBMIT, Action.CLAIM, Action.RETURN),
    State.APPROVED: (Action.HAND_OVER, Action.SUBMIT, Action.CLAIM, Action.APPROVE),
    State.WITHDRAWN: (Action.HAND_OVER, Action.SUBMIT, Action.WITHDRAW),
    State.VOID: (Action.HAND_OVER, Action.SUBMIT, Action.VOID),
}
VOID_REASON = "企业误以集团合并数填报，经核实作废，请按本法人单位重新填报（示例）。"


class Story:
    """The walk of one filing; `paper` is its receipt, where one is kept (`papers.KEEPERS`)."""

    paper: Paper

    def __init__(self, city: City, filer: Filer, quarter: Quarter, fate: Fate, at: Iterator[datetime]) -> None:
        self.city, self.filer, self.quarter, self.fate, self.at = city, filer, quarter, fate, at
        self.state = fate.state or State.DRAFT
        is_open = quarter == city.plan.open
        self.error = city.errors.get(filer.who.person.number, "") if is_open else ""
        self.window = city.windows[quarter]
        row = filer.enterprise
        self.whose: dict[str, Any] = {"enterprise_id": row.id, "county": row.county, "chain": row.chain}

    def run(self) -> None:
        started = next(self.at)
        draft = self._draft()
        self.case = self._case(started)
        self.filing = self._filing(draft, started)
        book = self.city.book
        self._record(self.filer.preparer, started, "filing.start", subject=str(self.quarter))
        saved = self.filing.saved_at or started
        self.filing.draft, sha256 = _written(draft.texts)
        detail = {"fields": sorted(draft.texts), "version": 2, "sha256": sha256}
        self._record(self.filer.preparer, saved, "filing.save", detail=detail)
        later: list[Any] = []
        for action in PATHS[self.state]:
            later += self._act(action, next(self.at), draft)
        accepted_at = self.city.accepted_at(self.quarter, self.case.county)
        self.case.locked_on = local(accepted_at).date() if accepted_at else None
        book.add(self.case)
        book.add(self.filing)
        for row in later:
            book.add(row)
        if self.state is State.APPROVED:
            self._publish(draft, later[0])

    def _draft(self) -> Draft:
        filer, edition, context = self.filer, self.city.edition, self.filer.context(self.quarter)
        if self.state is State.DRAFT:
            texts = filled(filer.who, edition, context, self.fate.twist, HALF, self.error)
            return Draft(texts | {"preparer_name": filer.preparer.name}, None)
        names = filer.preparer.name, filer.certifier.name
        return completed(filer.who, edition, context, names, self.fate.twist, self.error)

    def _case(self, at: datetime) -> Case:
        row = self.filer.enterprise
        return drafted(
            Case,
            id=self.city.book.next_id(Case),
            kind=Kind.FILING,
            state=State.DRAFT,
            version=1,
            quarter=self.quarter.code,
            enterprise_name=row.name_zh,
            credit_code=row.credit_code,
            segment=row.segment,
            flags=0,
            is_late=False,
            entered_by_ids=[self.filer.preparer.account_id],
            created_at=at,
            created_by_id=self.filer.preparer.account_id,
            **self.whose,
        )

    def _filing(self, draft: Draft, at: datetime) -> Filing:
        row, edition = self.filer.enterprise, self.city.edition
        return drafted(
            Filing,
            id=self.city.book.next_id(Filing),
            case_id=self.case.id,
            quarter=self.quarter.code,
            edition=edition.code,
            rule_set=edition.rule_set,
            respondent_class=self.filer.who.respondent_class,
            size_class=row.size_class,
            segment=row.segment,
            typing=self.filer.who.typing,
            draft_version=2,
            saved_at=next(self.at),
            created_at=at,
            created_by_id=self.filer.preparer.account_id,
            **self.whose,
        )

    # --- steps ---

    def _act(self, action: Action, at: datetime, draft: Draft) -> list[Any]:
        """One step with its event; what else it leaves behind."""
        if action is Action.HAND_OVER:
            if self.state is State.TO_CERTIFY:
                self.city.handed[self.case.id] = self.filer.preparer
            self.city.move(self.case, self.filer.preparer, action, at)
            self._record(self.filer.preparer, at, "filing.hand_over", detail={"version": self.filing.draft_version})
            return []
        if action is Action.SUBMIT:
            return self._submitted(at, draft)
        if action is Action.WITHDRAW:
            self.city.move(self.case, self.filer.certifier, action, at)
            self._end_receipt(self.filer.certifier, at, WITHDRAWN)
            self._record(self.filer.certifier, at, "filing.withdraw")
            return []
        return self._decided(action, at)

    def _decided(self, action: Action, at: datetime) -> list[Any]:
        """By the officer, or by the lead where it takes one."""
        of_county = self.city.lead_of if action is Action.VOID else self.city.officer_of
        officer, before, seen = of_county(self.case.county), self.case.state, self.case.version
        reason = {Action.RETURN: RETURN_REASON, Action.VOID: VOID_REASON}.get(action, "")
        self.city.move(self.case, officer, action, at, reason)
        if action is Action.CLAIM:
            self._record(officer, at, "case.claim")
            return []
        if action is Action.VOID:
            self._end_receipt(officer, at, VOID)
        remarks = [self._remark(officer, at)] if action is Action.RETURN else []
        detail: dict[str, Any] = {"from": before.value, "to": self.case.state.value, "version": seen, "reason": reason}
        detail |= {"remarks": [row.id for row in remarks], "unit": ""}
        self._record(officer, at, f"case.{action.value}", detail=detail)
        return list(remarks)

    def _submitted(self, at: datetime, draft: Draft) -> list[Any]:
        content = self._content(draft, at)
        version = self._submit(at, draft, content)
        if self.quarter != self.city.plan.open and self.filer.who.person.number >= KEEPERS:
            return [version]
        self.paper = receipt(version, content, self.filer.enterprise, self.case, draft)
        return [version, self.paper]

    def _end_receipt(self, actor: Actor, at: datetime, reason: str) -> None:
        self.paper.state, self.paper.reason = ended(self.paper.state, PaperState.REVOKED), reason
        self.paper.ended_at, self.paper.ended_by_id = at, actor.account_id

    def _submit(self, at: datetime, draft: Draft, content: dict[str, Any]) -> FilingVersion:
        checked, case = draft.judged, self.case
        window = Window(self.window.opens_at, self.window.due_on, self.window.locks_on)
        written, sha256 = _written(content)
        chance = self.city.plan.chance("receipt", self.filer.who.person.number, self.quarter)
        version = drafted(
            FilingVersion,
            id=self.city.book.next_id(FilingVersion),
            filing_id=self.filing.id,
            case_id=case.id,
            quarter=self.quarter.code,
            number=1,
            content=written,
            sha256=sha256,
            receipt_no=receipt_number(self.quarter, "".join(chance.choices(ALPHABET, k=RECEIPT_LETTERS))),
            submitted_at=at,
            submitted_by_id=self.filer.certifier.account_id,
            is_late=is_late(window, None, local(at).date()),
            idempotency_key=f"demo-{case.credit_code}-{self.quarter}",
            **self.whose,
        )
        self.filer.keep(self.quarter, checked.document, draft.texts)
        case.flags, case.is_late = len(checked.queries), version.is_late
        case.headline, case.headline_growth = headline_of(checked)
        case.weight = self.filer.weight
        self.city.move(case, self.filer.certifier, Action.SUBMIT, at)
        detail = {"version": 1, "receipt": version.receipt_no, "sha256": version.sha256}
        detail["declaration"] = DECLARATION_VERSION
        self._record(self.filer.certifier, at, "filing.submit", detail=detail)
        return version

    def _content(self, draft: Draft, at: datetime) -> dict[str, Any]:
        filing, case = self.filing, self.case
        subject = whose(filing, case)
        names = self.filer.preparer.name, self.filer.certifier.name
        content = content_of(subject, draft.judged, people_of(draft.texts, *names, local(at).date()))
        return content | marked(draft.texts, filing.respondent_class)

    def _remark(self, officer: Actor, at: datetime) -> Remark:
        return Remark(
            id=self.city.book.next_id(Remark),
            case_id=self.case.id,
            field=RETURN_FIELD,
            text=RETURN_REMARK,
            author_id=officer.account_id,
            author_side="officer",
            version_no=self.case.version,
            opened_at=at,
            **self.whose,
        )

    def _publish(self, draft: Draft, version: FilingVersion) -> None:
        document = draft.judged.document
        estimated = estimates_in(self.filer.marks[self.quarter.code])
        rows = fact_rows(self.city.edition, document, self.filing, version.id, estimated)
        self.city.book.add_rows(Fact, rows + stated_rows(document, self.filing, version.id))
        headline = document.value(HEADLINES[self.filer.who.respondent_class])
        if headline is not None:
            self.filer.newest = headline

    def _record(self, actor: Actor, at: datetime, verb: str, **said: Any) -> None:
        self.city.record(actor, at, f"case:{self.case.id}", verb, **said)


def _written(content: dict[str, Any]) -> tuple[Any, str]:
    """A document as it goes into its column, and its fingerprint: written out once for both."""
    text = canonical(content)
    return Json(text.decode()), hashlib.sha256(text).hexdigest()


def past_filing(city: City, filer: Filer, quarter: Quarter) -> None:
    """A filing of a closed quarter: in time, and approved."""
    chance = city.plan.chance("time", filer.who.person.number, quarter)
    window = city.windows[quarter]
    last = min(midnight(window.due_on), city.plan.present)
    Story(city, filer, quarter, DONE, moments(chance, window.opens_at, last)).run()


def open_filing(city: City, filer: Filer, fate: Fate) -> None:
    """The filing of the open quarter, as far as its fate takes it; what waits began a few days ago, or is a risk."""
    if fate.state is None:
        return
    quarter, plan = city.plan.open, city.plan
    chance, window = plan.chance("time", filer.who.person.number, quarter), city.windows[quarter]
    first, last = window.opens_at, min(plan.present, midnight(window.due_on))
    if filer.who.person.number in city.risks.waiting:
        last = first + SENT_WITHIN
    elif fate.state is not State.APPROVED:
        first = max(first, plan.present - RECENT)
    moments_ = moments(chance, first, last)
    Story(city, filer, quarter, fate, moments_).run()
