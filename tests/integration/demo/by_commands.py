"""The demo's first dozen, built once more as people would: every step is the portal's own command."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import time_machine
from sqlalchemy import select

from portal.casework.models import Case
from portal.catalogue import commands as catalogue_commands
from portal.catalogue.queries import catalogue_at, window, work_calendar
from portal.database.session import reading, transaction
from portal.demo.census import Census
from portal.demo.city import LEFT_OPEN
from portal.demo.licence import sample_document
from portal.demo.people import Person, people_of
from portal.demo.plan import EXTENSION_DAYS, Fate, fate
from portal.demo.registering import typed_by
from portal.demo.registry import ABOVE_SCALE_SINCE, ABOVE_SCALE_SOURCE
from portal.demo.stories import RETURN_FIELD, RETURN_REASON, RETURN_REMARK
from portal.demo.support_plan import (
    QUESTION,
    REJECTED,
    RETURNED,
    RETURNED_QUESTION,
    WISHES,
    Stage,
    Wish,
    answers_for,
    budgets,
    editions,
    half,
    papers,
)
from portal.enterprises import commands as registering
from portal.enterprises.commands import Proof
from portal.enterprises.commands_register import StatusEntry, enter_status, issue_code
from portal.enterprises.models import Enterprise, Membership
from portal.filing import commands as filing
from portal.filing.commands_submit import Order as Submission
from portal.filing.commands_submit import submit
from portal.filing.models import Filing
from portal.kernel.clock import end_of, now, today
from portal.kernel.period import Quarter
from portal.kernel.roles import Actor, Role, Scope
from portal.kernel.workflow import Action, Kind, State
from portal.review import commands as review
from portal.review.commands_quarter import Seen, accept_quarter
from portal.review.decide_one import Order
from portal.statistics.commands import list_due
from portal.support import commands as support
from portal.support import commands_apply as applying
from portal.support.draft import Chosen, Page
from portal.support.queries import policies
from portal.support.queries_application import current_case
from tests.fixtures.applicants import applicant, version
from tests.fixtures.cases import EVERYTHING, add_account, person

FIRST_PERSON, SECOND = 1000, 500
LEAD = person(Role.BUREAU_LEAD, 900)
Texts = Mapping[tuple[str, int], dict[str, str]]
Names = Mapping[str, tuple[str, str]]


class Town:
    """Twelve enterprises; `texts` are what each typed, by credit code and quarter, `names` who prepares and certifies."""

    def __init__(self, folder: Path, seed: int, texts: Texts, names: Names) -> None:
        self.folder, self.texts, self.names = folder, texts, names
        self.open = Quarter.containing(today()) - 1
        with reading(EVERYTHING) as session:
            self.catalogue, self.calendar = catalogue_at(session, self.open), work_calendar(session)
        self.census = Census(self.catalogue, 12, seed)
        self.people = list(people_of(self.census))

    def build(self) -> None:
        for quarter in (self.open - 1, self.open):
            catalogue_commands.open_window(LEAD, quarter)
            day = self.calendar.working_days_after(today(), EXTENSION_DAYS)
            catalogue_commands.extend_window(LEAD, quarter, day, "示例数据：为便于演示，报送期延长。")
        for one in self.people:
            self._register(one)
        done = Fate(State.APPROVED)
        list_due(self.open - 1)
        for one in self.people:
            self._file(one, self.open - 1, done)
        self._accept(self.open - 1)
        list_due(self.open)
        for one in self.people:
            self._file(one, self.open, fate(one.number))
        Support(self).build()

    def _accept(self, quarter: Quarter) -> None:
        """Every unit's lead but one, on the day after the last to file."""
        with reading(EVERYTHING) as session:
            found = window(session, quarter)
        assert found is not None
        with time_machine.travel(end_of(found.due_on) + timedelta(hours=12), tick=False):
            for county in self.catalogue.units:
                due = sum(one.county == county for one in self.people)
                if county != LEFT_OPEN:
                    lead = person(Role.COUNTY_LEAD, 902, county=county)
                    accept_quarter(lead, quarter, county, Seen(due, 0, confirms_missing=False))

    def _register(self, one: Person) -> None:
        officer, number = self.officer(one), FIRST_PERSON + one.number
        code = issue_code(officer, one.county, one.credit_code, one.name.zh)
        with transaction(EVERYTHING) as session:
            add_account(session, number, self.names[one.credit_code][0], is_office=False)
        registering.start(applicant(number))
        typed = typed_by(one, self.catalogue, today().year - 1)
        actor = applicant(number)
        assert registering.save(actor, typed, version(actor), Proof(self.folder, code=code)) == {}
        registering.submit(actor, version(actor), f"key-{number}", declares=True)
        review.decide(officer, Order(self._case(actor.enterprise_id, Kind.REGISTRATION).id, Action.APPROVE))
        if self._are_two(one):
            second = Membership(account_id=number + SECOND, enterprise_id=actor.enterprise_id, post="certifier")
            second.state = "active"
            with transaction(EVERYTHING) as session:
                add_account(session, number + SECOND, self.names[one.credit_code][1], is_office=False)
                session.add(second)
        if one.is_above_scale:
            entry = StatusEntry("yes", ABOVE_SCALE_SINCE.isoformat(), ABOVE_SCALE_SOURCE)
            enter_status(officer, self.enterprise(one).id, entry)

    def _file(self, one: Person, quarter: Quarter, until: Fate) -> None:
        if until.state is None:
            return
        enterprise = self.enterprise(one)
        preparer, certifier = (self.filer(one, enterprise.id, place) for place in (0, 1))
        filing.start_filing(preparer, quarter)
        page = filing.Page(self.texts[one.credit_code, quarter.code], self._draft(enterprise.id, quarter).draft, 1)
        assert not filing.save_draft(preparer, quarter, page).clashes
        if until.state is State.DRAFT:
            return
        filing.hand_over(preparer, quarter)
        if until.state is State.TO_CERTIFY:
            return
        standing = self._draft(enterprise.id, quarter).draft_version
        submit(certifier, quarter, Submission(f"a-key-of-{one.number}-in-{quarter.code}", standing, True))
        if until.state is not State.SUBMITTED:
            self._decide(one, self._case(enterprise.id, Kind.FILING, quarter).id, until.state)

    def _decide(self, one: Person, case_id: int, until: State) -> None:
        officer = self.officer(one)
        review.claim(officer, case_id)
        if until is State.RETURNED:
            remarks = ((RETURN_FIELD, RETURN_REMARK),)
            review.decide(officer, Order(case_id, Action.RETURN, reason=RETURN_REASON, remarks=remarks))
        if until is State.APPROVED:
            review.decide(officer, Order(case_id, Action.APPROVE))

    # --- who and what ---

    def officer(self, one: Person) -> Actor:
        return person(Role.COUNTY_OFFICER, 901, county=one.county)

    def filer(self, one: Person, enterprise_id: int, place: int) -> Actor:
        account = FIRST_PERSON + one.number + (SECOND if place and self._are_two(one) else 0)
        roles, scope = frozenset({Role.PREPARER, Role.CERTIFIER}), Scope.enterprises(enterprise_id)
        name = self.names[one.credit_code][place]
        return Actor(account, f"p{account}", name, roles, scope, enterprise_id=enterprise_id)

    def _are_two(self, one: Person) -> bool:
        """Whether somebody else certifies than prepares."""
        prepares, certifies = self.names[one.credit_code]
        return prepares != certifies

    def enterprise(self, one: Person) -> Enterprise:
        with reading(EVERYTHING) as session:
            return session.scalars(select(Enterprise).where(Enterprise.credit_code == one.credit_code)).one()

    def _draft(self, enterprise_id: int, quarter: Quarter) -> Filing:
        with reading(EVERYTHING) as session:
            mine = (Filing.enterprise_id == enterprise_id) & (Filing.quarter == quarter.code)
            return session.scalars(select(Filing).where(mine)).one()

    def _case(self, enterprise_id: Any, kind: Kind, quarter: Quarter | None = None) -> Case:
        with reading(EVERYTHING) as session:
            mine = select(Case).where(Case.enterprise_id == enterprise_id, Case.kind == kind)
            if quarter is not None:
                mine = mine.where(Case.quarter == quarter.code)
            return session.scalars(mine).one()


class Support:
    """Policy support of the same dozen: what the bureau enters, and every application as far as it goes."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.lead = replace(LEAD, proved_at=now())
        with reading(EVERYTHING) as session:
            self.policies = {row.policy.code: row.policy for row in policies(session)}

    def build(self) -> None:
        with transaction(EVERYTHING) as session:
            for number in (900, 901):
                add_account(session, number, f"officer {number}")
        for edition in editions(self.town.census, today()):
            codes = ((self.town.people[number].credit_code, value) for number, value in edition.entries)
            lines = "\n".join(f"{code},{value}" if value else code for code, value in codes)
            support.enter_list(self.lead, support.Edition(edition.list, edition.dated_on, edition.source, lines))
        for line in budgets(list(self.policies.values()), today()):
            support.set_budget(self.lead, support.Budget(line.policy, line.year, line.amount, line.source))
        for place, wish in enumerate(WISHES):
            self._apply(place, wish)

    def _apply(self, place: int, wish: Wish) -> None:
        one, policy = self.town.people[wish.number], self.policies[wish.policy]
        enterprise_id = self.town.enterprise(one).id
        preparer, certifier = (self.town.filer(one, enterprise_id, side) for side in (0, 1))
        number = applying.begin(preparer, wish.policy)
        answers = answers_for(one, policy)
        kinds = {code: [document.kind for document in found.documents] for code, found in self.policies.items()}
        chosen = {
            kind: Chosen(io.BytesIO(sample_document()), f"{kind}.pdf")
            for where, kind in papers(kinds, today()) if where == place
        }  # fmt: skip
        typed = half(answers) if wish.stage is Stage.DRAFT else answers
        applying.save(preparer, number, Page(typed, 1, chosen, self.town.folder))
        if wish.stage is not Stage.DRAFT:
            applying.submit(certifier, number, Page(None, 2), applying.Order(f"key-of-application-{place}", True))
            self._review(number, wish.stage, self.town.officer(one))

    def _review(self, number: int, stage: Stage, officer: Actor) -> None:
        case = self._case(number)
        if stage is Stage.ASKED:
            review.claim(officer, case.id)
            review.ask(officer, case.id, self._case(number).version, None, QUESTION)
        if stage is Stage.RETURNED:
            asked = ((None, RETURNED_QUESTION),)
            review.decide(officer, Order(case.id, Action.RETURN, reason=RETURNED, remarks=asked))
        if stage is Stage.REJECTED:
            review.decide(officer, Order(case.id, Action.REJECT, reason=REJECTED))
        if stage in (Stage.CHECKED, Stage.AWARDED):
            review.decide(officer, Order(case.id, Action.APPROVE))
        if stage is Stage.AWARDED:
            review.decide(self.lead, Order(self._case(number).id, Action.APPROVE))

    def _case(self, number: int) -> Case:
        with reading(EVERYTHING) as session:
            return current_case(session, number)[1]
