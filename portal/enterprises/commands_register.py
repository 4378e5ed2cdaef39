"""What offices enter about an enterprise: dated above-scale status, designations, enrolment codes."""

from __future__ import annotations

from dataclasses import dataclass

from ..accounts.handed_code import code_hash, new_code
from ..audit.trail import record
from ..catalogue.queries import catalogue_today
from ..database.session import transaction
from ..kernel.bilingual import Bilingual
from ..kernel.clock import now, today
from ..kernel.errors import Invalid
from ..kernel.roles import Actor
from .application import CHOOSE, NOT_A_DATE, WHICH_UNIT, date_from, day_problem, text_problem
from .credit_code import compact, needs_override, problem
from .enter_above_scale import StatusFact, enter_above_scale
from .enter_designation import DesignationFact, enter_designation
from .issue_record import give_record
from .models import DESIGNATIONS, EnrolmentCode
from .queries import registered
from .queries_registration import registered_with_code
from .redeem import VALID_FOR
from .registration import LONGEST_SOURCE, clean

LONGEST_DOCUMENT, LONGEST_NAME = 100, 100
_WRONG = Bilingual("有内容需要改正。", "Some of what was entered has to be corrected.")
_NOT_INDUSTRY = Bilingual(
    "只有工业企业进入规模以上名单；这家企业的主要行业不是工业。",
    "Only industry has an above-scale list; the main class of this enterprise is not industrial.",
)
_AHEAD = Bilingual("文件日期不能晚于今天。", "The document's date cannot lie ahead.")
_BEFORE = Bilingual("截止日期须晚于文件日期。", "The end has to come after the document's date.")
_REGISTERED = Bilingual("这家企业已经登记，不需要登记码。", "This enterprise is registered and needs no code.")


@dataclass(frozen=True, slots=True)
class StatusEntry:
    """What the officer typed about the above-scale list. `is_above_scale` is `yes`, `no` or nothing."""

    is_above_scale: str
    since_on: str
    source: str


@dataclass(frozen=True, slots=True)
class DesignationEntry:
    kind: str
    for_chain: str
    decided_on: str
    document_no: str
    until_on: str


def enter_status(actor: Actor, enterprise_id: int, typed: StatusEntry) -> None:
    """Enters the status from a day on, with its source; an entry of the same day is corrected, the trail keeps both.

    Raises Invalid by field, Missing out of scope.
    """
    source, since = clean(typed.source), date_from(typed.since_on)
    problems = text_problem("source", source, LONGEST_SOURCE) | day_problem("since_on", since, today())
    if typed.is_above_scale not in ("yes", "no"):
        problems["is_above_scale"] = CHOOSE
    with transaction(actor) as session:
        row = registered(session, enterprise_id)
        if typed.is_above_scale == "yes" and not catalogue_today(session).is_industrial(row.gb_class):
            problems.setdefault("is_above_scale", _NOT_INDUSTRY)
        if problems or since is None:
            raise Invalid("status", _WRONG, problems)
        fact = StatusFact(row, typed.is_above_scale == "yes", since, source)
        (before,) = enter_above_scale(session, actor, [fact])
        detail = {"above": fact.is_above_scale, "since": since, "source": source, "before": before}
        record(session, actor, stream=f"enterprise:{row.id}", verb="above-scale.entered", detail=detail)


def designate(actor: Actor, enterprise_id: int, typed: DesignationEntry) -> None:
    """Enters a designation from its decision document. Raises Invalid by field."""
    number, decided, until = clean(typed.document_no), date_from(typed.decided_on), date_from(typed.until_on)
    problems = text_problem("document_no", number, LONGEST_DOCUMENT) | day_problem("decided_on", decided, today())
    if decided is not None and decided > today():
        problems["decided_on"] = _AHEAD
    if typed.until_on.strip() and until is None:
        problems["until_on"] = NOT_A_DATE
    elif until is not None and decided is not None and until <= decided:
        problems["until_on"] = _BEFORE
    if typed.kind not in DESIGNATIONS:
        problems["kind"] = CHOOSE
    with transaction(actor) as session:
        row = registered(session, enterprise_id)
        if typed.for_chain not in {chain.code for chain in catalogue_today(session).listed_chains}:
            problems["for_chain"] = CHOOSE
        if problems or decided is None:
            raise Invalid("designation", _WRONG, problems)
        fact = DesignationFact(typed.kind, typed.for_chain, decided, number, until)
        detail = enter_designation(session, actor, row, fact)
        record(session, actor, stream=f"enterprise:{row.id}", verb="designation.entered", detail=detail)


def issue_code(actor: Actor, county: str, credit_code: str, name: str) -> str:
    """Makes an enrolment code for an enterprise on the county's list; only its hash is kept. Raises Invalid."""
    code, title = compact(clean(credit_code)), clean(name)
    wrong = problem(code)
    problems = {"credit_code": wrong} if wrong is not None and not needs_override(code) else {}
    problems |= text_problem("name", title, LONGEST_NAME)
    if county not in actor.counties:
        problems["county"] = WHICH_UNIT
    plain = new_code()
    with transaction(actor) as session:
        if not problems and registered_with_code(session, code) is not None:
            problems["credit_code"] = _REGISTERED
        if problems:
            raise Invalid("enrolment-code", _WRONG, problems)
        issued = EnrolmentCode(
            county=county,
            credit_code=code,
            name=title,
            code_hash=code_hash(plain),
            expires_at=now() + VALID_FOR,
            created_by_id=actor.account_id,
        )
        session.add(issued)
        session.flush()
        detail = {"credit_code": code, "county": county, "expires": issued.expires_at}
        record(session, actor, stream=f"account:{actor.account_id}", verb="enrolment-code.issued", detail=detail)
    return plain


def issue_again(actor: Actor, enterprise_id: int) -> bool:
    """Issues the record of registration where none stands, or the standing one says what the register no longer says.

    False where the standing one is right: then nothing is written. Raises Missing out of scope.
    """
    with transaction(actor) as session:
        renewed = give_record(session, actor, registered(session, enterprise_id))
        if renewed is None:
            return False
        subject, stream = f"paper:{renewed.serial}", f"enterprise:{enterprise_id}"
        record(session, actor, stream=stream, verb="record.issued", subject=subject, detail=renewed.kept())
    return True
