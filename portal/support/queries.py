"""Reading policies and what is known of an enterprise, in as many statements for one policy as for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from ..casework.models import Case
from ..catalogue.models import FilingWindow
from ..catalogue.queries import catalogue_today
from ..catalogue.snapshot import Catalogue
from ..enterprises.models import AboveScaleStatus, Designation
from ..enterprises.queries import accepts, colleagues, enterprise, profile_at, statuses_on
from ..enterprises.registration import SUPPORT_PURPOSE
from ..filing.models import Fact
from ..filing.queries import filings_due
from ..kernel.bilingual import Bilingual, both
from ..kernel.clock import now, today
from ..kernel.errors import Missing
from ..kernel.period import Quarter
from ..kernel.workflow import EDITABLE, State
from ..questionnaire.edition import Edition
from ..questionnaire.store import newest
from .evaluate import Names
from .knowledge import Entry, Knowledge
from .lint import Known
from .match import Match, Terms, match, terms
from .models import Application, ApplicationStep, DatedList, DatedListEntry, PolicyVersion
from .policy import CODE, Policy, policy_of
from .reader import list_kinds

_UNSENT = EDITABLE | {State.TO_CERTIFY}
_kept: dict[str, Policy] = {}


@dataclass(frozen=True, slots=True)
class Standing:
    """One version of a policy: the one that stands today, or the one that was asked for."""

    version_id: int
    number: int
    policy: Policy
    effective_on: date


def policies(session: Session) -> list[Standing]:
    """The version of every policy that stands today, by code; withdrawn ones too. One statement."""
    rows = session.scalars(_begun().order_by(PolicyVersion.code, PolicyVersion.effective_on, PolicyVersion.number))
    return list({row.code: standing_of(row) for row in rows}.values())


def _begun() -> Select[PolicyVersion]:
    return select(PolicyVersion).where(PolicyVersion.effective_on <= today())


def policy(session: Session, code: str) -> Standing:
    """The version that stands today. Raises Missing."""
    if not CODE.fullmatch(code):
        raise Missing()
    newest_first = PolicyVersion.effective_on.desc(), PolicyVersion.number.desc()
    row = session.scalars(_begun().where(PolicyVersion.code == code).order_by(*newest_first).limit(1)).one_or_none()
    if row is None:
        raise Missing()
    return standing_of(row)


def coming(session: Session) -> dict[str, Standing]:
    """The next version of each policy that is published for a later day, by code. One statement."""
    later = select(PolicyVersion).where(PolicyVersion.effective_on > today())
    rows = session.scalars(later.order_by(PolicyVersion.effective_on.desc(), PolicyVersion.number))
    return {row.code: standing_of(row) for row in rows}


def policy_version(session: Session, version_id: int) -> Standing:
    """That very version. Raises Missing."""
    row = session.get(PolicyVersion, version_id)
    if row is None:
        raise Missing()
    return standing_of(row)


def standing_of(row: PolicyVersion) -> Standing:
    """A version as pages and deeds use it, read once a process."""
    found = _kept.get(row.content_hash)
    if found is None:
        found = _kept[row.content_hash] = policy_of(row.content)
    return Standing(row.id, row.number, found, row.effective_on)


# --- what is known of an enterprise ------------------------------------------------------------------------------


def edition_today(session: Session, catalogue: Catalogue) -> Edition:
    return newest(session, catalogue.schedule.edition)


def known_codes(catalogue: Catalogue, edition: Edition) -> Known:
    """What conditions may name, for the linter."""
    return Known(edition.by_code, list_kinds(), catalogue.units, catalogue.chains)


def knowledge(session: Session, enterprise_id: int, day: date, documents: frozenset[str] = frozenset()) -> Knowledge:
    """Everything conditions ask of one enterprise. Raises Missing outside the session's scope."""
    row, profile = enterprise(session, enterprise_id), profile_at(session, enterprise_id, day)
    catalogue = catalogue_today(session)
    last_year = statuses_on(session, date(day.year - 1, 12, 31), [enterprise_id])
    facts, estimated = _facts(session, enterprise_id, day)
    return Knowledge(
        day=day,
        chain=profile.chain,
        unit=profile.county,
        size=profile.size_class,
        respondent_class=profile.respondent_class,
        role=_role(session, enterprise_id, day),
        founded_on=row.founded_on,
        is_above_scale=profile.is_above_scale,
        was_above_scale=last_year.get(enterprise_id, False),
        newest_due=_newest_due(session, day),
        questions=edition_today(session, catalogue).by_code,
        chains=frozenset(chain.code for chain in catalogue.listed_chains),
        facts=facts,
        estimated=estimated,
        entries=_entries(session, enterprise_id),
        editions=_editions(session),
        documents=documents,
        was_ever_above_scale=last_year.get(enterprise_id, False) or _was_above_scale(session, enterprise_id, day.year),
        owes_filing=_owes(session, enterprise_id, day, row.registered_on),
    )


_Facts = dict[str, dict[int, tuple[Decimal, bool]]]


def _facts(session: Session, enterprise_id: int, day: date) -> tuple[_Facts, dict[str, frozenset[int]]]:
    """Row by row and quarter by quarter; and which of them are estimated."""
    found: _Facts = {}
    estimated: dict[str, frozenset[int]] = {}
    statement = select(Fact.indicator, Fact.quarter, Fact.value, Fact.basis, Fact.is_estimated).where(
        Fact.enterprise_id == enterprise_id, Fact.quarter >= (day.year - 3) * 10
    )
    for row, quarter, value, basis, is_estimated in session.execute(statement):
        found.setdefault(row, {})[quarter] = (value, basis == "stated")
        if is_estimated:
            estimated[row] = estimated.get(row, frozenset()) | {quarter}
    return found, estimated


def _entries(session: Session, enterprise_id: int) -> tuple[Entry, ...]:
    rows = session.scalars(select(DatedListEntry).where(DatedListEntry.enterprise_id == enterprise_id))
    return tuple(Entry(row.list, row.value, row.dated_on, row.until_on) for row in rows)


def _editions(session: Session) -> dict[str, tuple[date, ...]]:
    found: dict[str, tuple[date, ...]] = {}
    for name, dated_on in session.execute(select(DatedList.list, DatedList.dated_on)):
        found[name] = (*found.get(name, ()), dated_on)
    return found


def _role(session: Session, enterprise_id: int, day: date) -> str:
    kinds = {
        row.kind
        for row in session.scalars(select(Designation).where(Designation.enterprise_id == enterprise_id))
        if row.decided_on <= day and (row.until_on is None or day < row.until_on)
    }
    return next((kind for kind in ("chain-leading", "key") if kind in kinds), "none")


def _newest_due(session: Session, day: date) -> Quarter | None:
    code = session.scalar(
        select(FilingWindow.quarter).where(FilingWindow.due_on < day).order_by(FilingWindow.quarter.desc()).limit(1)
    )
    return None if code is None else Quarter.from_code(code)


def _was_above_scale(session: Session, enterprise_id: int, year: int) -> bool:
    """Whether it was on the list on any day before that year."""
    mine = select(AboveScaleStatus.enterprise_id).where(
        AboveScaleStatus.enterprise_id == enterprise_id,
        AboveScaleStatus.is_above_scale,
        AboveScaleStatus.since_on < date(year, 1, 1),
    )
    return session.scalar(mine.limit(1)) is not None


def _owes(session: Session, enterprise_id: int, day: date, registered_on: date | None) -> bool:
    """Whether a quarter that fell due since the enterprise registered has not been sent in."""
    return any(
        (due.state is None or due.state in _UNSENT)
        and (due.reply_due_on or due.window.due_on) < day
        and (registered_on is None or registered_on <= due.quarter.last_day)
        for due in filings_due(session, enterprise_id, now())
    )


# --- matching ----------------------------------------------------------------------------------------------------


def names_of(catalogue: Catalogue, shown: Sequence[Policy]) -> Names:
    """Titles of lists, chains, units and documents by kind and code; the bare code where there is none."""
    documents: Mapping[str, Bilingual] = {d.kind: d.title for one in shown for d in one.documents}

    def title(kind: str, code: str) -> Bilingual:
        if kind == "list":
            return list_kinds()[code].title if code in list_kinds() else both(code)
        if kind == "document":
            return documents.get(code, both(code))
        return catalogue.name_of(kind, code) or both(code)

    return title


def may_compare(session: Session, enterprise_id: int) -> bool:
    """Whether the enterprise lets its figures be held against policies that it has not applied for (decision 025)."""
    return accepts(session, enterprise_id, SUPPORT_PURPOSE)


def certifiers(session: Session, enterprise_id: int) -> Bilingual:
    """The names of those who may accept it."""
    people = colleagues(session, enterprise_id)
    names = [one.display_name for one in people if one.post == "certifier" and one.state == "active"]
    return Bilingual("、".join(names), ", ".join(names))


def matches(session: Session, enterprise_id: int, day: date) -> list[Match] | None:
    """Every standing policy held against the enterprise, but those withdrawn. None where it does not accept that."""
    if not may_compare(session, enterprise_id):
        return None
    found = _standing_policies(session)
    known = knowledge(session, enterprise_id, day)
    names = names_of(catalogue_today(session), found)
    return [match(one, known, names) for one in found]


def all_terms(session: Session) -> list[Terms]:
    """Every standing policy in words, but those withdrawn: nothing of any enterprise is read."""
    found, catalogue = _standing_policies(session), catalogue_today(session)
    questions, names = edition_today(session, catalogue).by_code, names_of(catalogue, found)
    return [terms(one, questions, names) for one in found]


def _standing_policies(session: Session) -> list[Policy]:
    return [standing.policy for standing in policies(session) if not standing.policy.is_withdrawn]


def terms_of(session: Session, found: Policy) -> Terms:
    catalogue = catalogue_today(session)
    return terms(found, edition_today(session, catalogue).by_code, names_of(catalogue, [found]))


def match_one(
    session: Session, enterprise_id: int, found: Policy, day: date, documents: frozenset[str] = frozenset()
) -> Match:
    known = knowledge(session, enterprise_id, day, documents)
    return match(found, known, names_of(catalogue_today(session), [found]))


def returned_applications(session: Session) -> list[tuple[int, Policy, Case]]:
    """(application, policy, case) of every application in sight that was sent back and has not come in again."""
    rows = session.execute(
        select(Application.id, PolicyVersion, Case)
        .join(ApplicationStep, ApplicationStep.application_id == Application.id)
        .join(Case, Case.id == ApplicationStep.case_id)
        .join(PolicyVersion, PolicyVersion.id == Application.policy_version_id)
        .where(Case.state.in_(EDITABLE), Case.reply_due_on.is_not(None))
        .order_by(Case.reply_due_on, Application.id)
    )
    return [(application_id, standing_of(version).policy, case) for application_id, version, case in rows]
