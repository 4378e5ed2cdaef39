"""The city as it is being built: the plan with catalogue, form, windows and people at hand. A deed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from ..accounts.models import Account, Post
from ..accounts.rules import PRIVACY_VERSION
from ..accounts.second_factor import new_secret
from ..audit.trail import event_of
from ..casework.models import Case, Decision
from ..casework.move import step
from ..catalogue.deadlines import WorkCalendar, return_due_on, review_due_on
from ..catalogue.models import FilingWindow
from ..catalogue.snapshot import Catalogue
from ..database.seal import seal
from ..enterprises.models import Enterprise
from ..filing.estimate import Rate
from ..kernel.clock import local
from ..kernel.period import Quarter
from ..kernel.roles import Actor, Role, Scope
from ..kernel.workflow import Action
from ..questionnaire.edition import Edition
from .book import Book
from .cast import OFFICERS, SLUGS, Officer, address_of, person_name
from .census import Census
from .people import LONGQUAN
from .plan import Plan
from .risks import Risks

LEFT_OPEN = LONGQUAN
ACCEPTED_AFTER = 8  # working days
OFFICES_OPENED = timedelta(days=60)  # before the first quarter ends


@dataclass
class City:
    """What every story needs. `errors` are the planted kinds by number, `rates` what value added is estimated by in a
    year, by chain; `handed` who waits for a certifier, by case;
    `owed` and `missing` count who owes each quarter in each unit and who never filed it. `people` are enterprise,
    preparer and certifier of those who apply for support, by number."""

    plan: Plan
    catalogue: Catalogue
    calendar: WorkCalendar
    edition: Edition
    password_hash: str
    census: Census
    errors: Mapping[int, str]
    risks: Risks
    book: Book
    rates: Mapping[str, Mapping[int, Rate]] = field(default_factory=dict)
    windows: dict[Quarter, FilingWindow] = field(default_factory=dict)
    officers: dict[str, Actor] = field(default_factory=dict)
    handed: dict[int, Actor] = field(default_factory=dict)
    owed: Counter[tuple[Quarter, str]] = field(default_factory=Counter)
    missing: Counter[tuple[Quarter, str]] = field(default_factory=Counter)
    people: dict[int, tuple[Enterprise, Actor, Actor]] = field(default_factory=dict)

    def told(self) -> City:
        """The city as another process is told of it: with an empty book."""
        return replace(self, book=Book(self.book.kind))

    @property
    def began_at(self) -> datetime:
        """When the offices took up their work: before the first quarter of the demo was filed."""
        first = (*self.plan.closed, self.plan.open)[0]
        return datetime.combine(first.first_day - OFFICES_OPENED, datetime.min.time(), self.plan.present.tzinfo)

    def accepted_at(self, quarter: Quarter, county: str) -> datetime | None:
        """When the county's lead locked a closed quarter: some working days after it was due, one unit after another.

        The newest one of LEFT_OPEN is reviewed and not accepted yet: that is left to whoever tries the demo.
        """
        if quarter == self.plan.open or (county == LEFT_OPEN and quarter == self.plan.closed[-1]):
            return None
        day = self.calendar.working_days_after(self.windows[quarter].due_on, ACCEPTED_AFTER)
        place = sorted(self.catalogue.units).index(county)
        at = datetime.combine(day, time(9), self.plan.present.tzinfo) + timedelta(minutes=17 * place)
        return min(at, self.plan.present)

    def lead_of(self, county: str) -> Actor:
        return self.officers[f"lead:{county}"]

    def officer_of(self, county: str) -> Actor:
        return self.officers[f"officer:{county}"]

    def move(
        self, case: Case, actor: Actor, action: Action, at: datetime, said: str = "", *, due_on: date | None = None
    ) -> None:
        """One step of a case at an instant of the past, by the machine's own law; a decision goes into the book.

        `due_on` is the office's day on SUBMIT where the schedule's own does not count.
        """
        day, schedule = local(at).date(), self.catalogue.schedule
        if action is Action.SUBMIT and due_on is None:
            due_on = review_due_on(self.calendar, schedule, day)
        if action is Action.RETURN:
            due_on = return_due_on(self.calendar, schedule, day)
            if case.quarter is not None:  # never a day before the quarter's own
                due_on = max(due_on, self.windows[Quarter.from_code(case.quarter)].due_on)
        decision = step(case, actor, action, at, said=said, due_on=due_on)
        if decision is not None:
            self.book.add_rows(Decision, [decision | {"idempotency_key": None}])

    def record(self, actor: Actor, at: datetime, stream: str, verb: str, **said: Any) -> None:
        self.book.tell(event_of(actor, at, stream=stream, verb=verb, **said))


_KEYS = {Role.COUNTY_OFFICER: "officer", Role.COUNTY_LEAD: "lead"}


def open_offices(city: City) -> None:
    """The listed officers, and one officer and one lead in every other unit, each with a second factor of their own."""
    others = [code for code in city.catalogue.units if code not in SLUGS]
    names = {code: city.catalogue.unit(code).short.en.lower().replace(" ", "-") for code in others}
    unlisted = [Officer(f"officer-{names[code]}", Role.COUNTY_OFFICER, code) for code in others]
    unlisted += [Officer(f"lead-{names[code]}", Role.COUNTY_LEAD, code) for code in others]
    for officer in (*OFFICERS, *unlisted):
        account = _account(city, officer.username, city.began_at, is_office=True)
        post = Post(
            account_id=account.id,
            role=officer.role.value,
            county=officer.county,
            chain=officer.chain,
            since_on=local(city.began_at).date(),
            created_at=city.began_at,
        )
        city.book.add(post)
        key = f"{_KEYS[officer.role]}:{officer.county}" if officer.role in _KEYS else officer.username
        city.officers[key] = _officer(account, officer)


def _officer(account: Account, officer: Officer) -> Actor:
    held = frozenset({officer.county}) if officer.county else frozenset()
    scope = Scope.counties(*held) if held else Scope.nobody()
    return Actor(
        account.id, account.username, account.display_name, frozenset({officer.role}), scope, counties=frozenset(held)
    )


def open_member(city: City, username: str, roles: Iterable[Role], enterprise_id: int, at: datetime) -> Actor:
    """A person of an enterprise, as they act for it."""
    account = _account(city, username, at, is_office=False)
    scope = Scope.enterprises(enterprise_id)
    return Actor(
        account.id, account.username, account.display_name, frozenset(roles), scope, enterprise_id=enterprise_id
    )


def _account(city: City, username: str, at: datetime, *, is_office: bool) -> Account:
    account = Account(
        username=username,
        display_name=person_name(username),
        email=address_of(username),
        password_hash=city.password_hash,
        password_changed_at=at,
        language="zh",
        totp_secret=seal(new_secret()) if is_office else None,
        is_office=is_office,
        state="active",
        privacy_version=None if is_office else PRIVACY_VERSION,
        privacy_accepted_at=None if is_office else at,
        created_at=at,
    )
    city.book.add(account)
    return account
