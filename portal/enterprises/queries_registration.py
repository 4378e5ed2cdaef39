"""Reading registrations: the applicant's own, and the sheet that the officer sees."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ..casework.models import Case, Decision, Remark
from ..casework.queries import case as case_of
from ..casework.queries import decisions, remarks
from ..catalogue.queries import catalogue_today
from ..catalogue.snapshot import Catalogue
from ..certificates.letters import unprintable
from ..kernel.bilingual import Bilingual, both, whole_day_in_words
from ..kernel.clock import local
from ..kernel.errors import Missing
from ..kernel.measure import NotANumber, read_decimal, written
from ..kernel.workflow import Kind
from ..uploads.models import Upload
from ..uploads.queries import newest
from .application import date_from
from .credit_code import compact, problem
from .models import EnrolmentCode, Enterprise, Registration, RegistrationVersion
from .naming import core_of
from .queries_roster import roster_entry_of
from .registration import LABELS, OUTSIDE, PURPOSES

LICENCE = "licence"
PLACES = {"revenue": 2, "base_output": 2, "staff": 0}
MOST_SIMILAR = 5
OUTSIDE_TITLE = Bilingual("丽水市外", "Outside Lishui")
_SAME_CODE = Bilingual("统一社会信用代码相同", "The same credit code")
_SAME_NAME = Bilingual("名称相近", "A similar name")
_ENROLLED = Bilingual("已凭登记码核验（{day}发放）", "Proved by an enrolment code issued on {day}")
_ROSTER = Bilingual("在本单元名录中", "On the county's list")
_ROSTER_SINCE = Bilingual("在本单元名录中，规模以上自{day}起", "On the county's list, above-scale since {day}")
_ROSTER_SOURCE = Bilingual("{said}：{name}（{source}）", "{said}: {name} ({source})")
_MONEY = Bilingual("{value}万元", "{value} (10k yuan)")


def registration_of_case(session: Session, case_id: int) -> Registration:
    found = session.scalars(select(Registration).where(Registration.case_id == case_id)).one_or_none()
    if found is None:
        raise Missing()
    return found


def newest_registration(session: Session, enterprise_id: int) -> Registration | None:
    return session.scalars(
        select(Registration)
        .where(Registration.enterprise_id == enterprise_id)
        .order_by(Registration.id.desc())
        .limit(1)
    ).one_or_none()


def registered_with_code(session: Session, credit_code: str) -> Enterprise | None:
    """The registered enterprise of a code. Asked under Scope.everything: a code must be unique in the whole city."""
    return session.scalars(
        select(Enterprise).where(Enterprise.credit_code == credit_code, Enterprise.status == "registered")
    ).one_or_none()


def versions(session: Session, registration_id: int) -> Sequence[RegistrationVersion]:
    """Submissions, the newest first."""
    return session.scalars(
        select(RegistrationVersion)
        .where(RegistrationVersion.registration_id == registration_id)
        .order_by(RegistrationVersion.number.desc())
    ).all()


def version_by_key(session: Session, key: str) -> RegistrationVersion | None:
    """The submission that a post with this key made, if it came through before."""
    return session.scalars(select(RegistrationVersion).where(RegistrationVersion.idempotency_key == key)).one_or_none()


def enrolment(session: Session, enrolment_id: int | None) -> EnrolmentCode | None:
    return session.get(EnrolmentCode, enrolment_id) if enrolment_id is not None else None


# --- the applicant's side ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """An application as its applicant sees it."""

    case: Case
    registration: Registration
    licence: Upload | None
    enrolment: EnrolmentCode | None
    remarks: Sequence[Remark]
    decision: Decision | None

    def remarks_at(self, field: str | None) -> list[Remark]:
        """Open questions of the officer at one field (None: on the whole)."""
        return [r for r in self.remarks if r.field == field and r.closed_at is None and r.author_side == "officer"]

    @property
    def proof_code(self) -> str:
        """The credit code that an enrolment code was used for; empty without one."""
        return self.enrolment.credit_code if self.enrolment is not None else ""


def own_standing(session: Session, enterprise_id: int | None) -> Standing | None:
    """The newest application of the enterprise that the session's person applies for; None before it is opened."""
    found = newest_registration(session, enterprise_id) if enterprise_id is not None else None
    if found is None:
        return None
    case, made = case_of(session, found.case_id), decisions(session, found.case_id)
    return Standing(
        case,
        found,
        newest(session, found.enterprise_id, LICENCE),
        enrolment(session, found.enrolment_id),
        remarks(session, found.case_id),
        made[-1] if made else None,
    )


# --- the officer's side ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class RegistrationSheet:
    """A registration as its reviewer sees it: `rows` are (field, label, value), `similar` (id, name, code, why).

    `unprintable` are the characters of its names that the fonts of papers do not have.
    """

    rows: Sequence[tuple[str, Bilingual, Bilingual | None]]
    changed: frozenset[str]
    is_second_claim: bool
    credit_code_problem: Bilingual | None
    size_class: Bilingual | None
    enrolment: Bilingual | None
    roster: Bilingual | None
    licence: int | None
    similar: Sequence[tuple[int, str, str, Bilingual]]
    unprintable: str
    submitted_at: datetime | None


def registration_sheet(session: Session, case: Case) -> RegistrationSheet:
    """The newest submission of a registration or access case. Raises Missing for a case without one."""
    registration = registration_of_case(session, case.id)
    found = versions(session, registration.id)
    if not found:
        raise Missing()
    content, before = found[0].content, found[1].content if len(found) > 1 else None
    catalogue = catalogue_today(session)
    licence = newest(session, case.enterprise_id, LICENCE, handed_in=True)
    proof = enrolment(session, registration.enrolment_id)
    return RegistrationSheet(
        rows=sheet_rows(content, catalogue),
        changed=frozenset(n for n in LABELS if before is not None and before.get(n) != content.get(n)),
        is_second_claim=case.kind is Kind.ACCESS,
        credit_code_problem=problem(content["credit_code"]),
        size_class=_size_class(content, catalogue),
        enrolment=_ENROLLED.fill(day=local(proof.created_at).date()) if proof else None,
        roster=_on_roster(session, case.county, content["credit_code"]),
        licence=licence.id if licence else None,
        similar=similar(session, case.enterprise_id, content["name_zh"], content["credit_code"]),
        unprintable=unprintable(content["name_zh"] + content.get("name_en", "")),
        submitted_at=found[0].submitted_at,
    )


def _on_roster(session: Session, county: str, credit_code: str) -> Bilingual | None:
    """What the county's own list says of this code; None where it does not stand on it."""
    entry = roster_entry_of(session, county, compact(credit_code))
    if entry is None:
        return None
    said = _ROSTER_SINCE.fill(day=entry.since_on) if entry.since_on else _ROSTER
    return _ROSTER_SOURCE.fill(said=said, name=entry.name, source=entry.source)


def sheet_rows(content: dict[str, Any], catalogue: Catalogue) -> list[tuple[str, Bilingual, Bilingual | None]]:
    """(field, label, value) of what a submission holds, in the form's order, codes with their names."""
    return [(name, label, shown(name, content[name], catalogue)) for name, label in LABELS.items() if name in content]


def shown(name: str, value: Any, catalogue: Catalogue) -> Bilingual | None:
    """One value as people read it; None where nothing was stated. Takes typed texts and checked values alike."""
    if value in ("", None, []):
        return None
    if name in PLACES:
        return _number(value, PLACES[name])
    if name == "products":
        return Bilingual("、".join(value), ", ".join(value))
    if name == "purposes":
        return _joined([PURPOSES[code] for code in value if code in PURPOSES])
    if name == "other_segments":
        return _joined([_place(code, catalogue) for code in value])
    if name == "primary_segment":
        return _place(value, catalogue)
    if name in ("county", "registered_county"):
        return OUTSIDE_TITLE if value == OUTSIDE else catalogue.name_of("unit", value) or both(value)
    if name == "founded_on":
        return _day(value)
    if name == "gb_class":
        title = catalogue.class_title(value)
        return Bilingual(f"{value} {title.zh}", f"{value} {title.en}")
    if name == "founded_on":
        day = date_from(str(value))
        return both(str(value)) if day is None else whole_day_in_words(day)
    return both(str(value))


def _day(typed: Any) -> Bilingual:
    """A day in words where it is one at all, else as it was typed."""
    try:
        return whole_day_in_words(date.fromisoformat(str(typed)))
    except ValueError:
        return both(str(typed))


def _number(typed: str, places: int) -> Bilingual:
    """Written out with its unit where it is a number at all, else as it was typed."""
    try:
        value = read_decimal(typed)
    except NotANumber:
        return both(typed)
    text = written(value, places)
    return _MONEY.fill(value=text) if places else both(text)


def _place(code: str, catalogue: Catalogue) -> Bilingual:
    """A chain position with its chain: `01 › SiC …`."""
    segment = catalogue.segments.get(code)
    if segment is None:
        return both(code)
    chain = catalogue.chain(segment.chain).called
    if chain == segment.title:
        return Bilingual(f"{chain.zh}（{code}）", f"{chain.en} ({code})")
    return Bilingual(f"{chain.zh} › {segment.title.zh}（{code}）", f"{chain.en} › {segment.title.en} ({code})")


def _joined(parts: Sequence[Bilingual]) -> Bilingual:
    return Bilingual("；".join(p.zh for p in parts), "; ".join(p.en for p in parts))


def _size_class(content: dict[str, Any], catalogue: Catalogue) -> Bilingual | None:
    gb_class = content.get("gb_class", "")
    if catalogue.division_of(gb_class) is None:
        return None
    return catalogue.size_class(gb_class, int(content["staff"]), Decimal(content["revenue"])).title


def similar(session: Session, own_id: int, name: str, credit_code: str) -> list[tuple[int, str, str, Bilingual]]:
    """Registered enterprises of the scope with the same code or the same name at heart, for the officer to compare."""
    core = core_of(name)
    like = Enterprise.name_zh.contains(core, autoescape=True) if len(core) > 1 else Enterprise.name_zh == name
    rows = session.scalars(
        select(Enterprise)
        .where(Enterprise.id != own_id, Enterprise.status == "registered")
        .where((Enterprise.credit_code == credit_code) | like)
        .order_by(Enterprise.id)
        .limit(MOST_SIMILAR)
    )
    return [
        (row.id, row.name_zh, row.credit_code, _SAME_CODE if row.credit_code == credit_code else _SAME_NAME)
        for row in rows
    ]
