"""One registration from its start to where it stands: what the applicant typed, submitted, and was told. A deed."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from ..audit.rules import canonical
from ..casework.models import Case
from ..catalogue.snapshot import Catalogue
from ..enterprises.application import Application, Checked, Claim
from ..enterprises.models import (
    EnrolmentCode,
    Enterprise,
    Membership,
    PurposeAcceptance,
    Registration,
    RegistrationVersion,
)
from ..enterprises.registration import PURPOSES_VERSION, Typed, blank
from ..kernel.clock import local
from ..kernel.measure import plain
from ..kernel.roles import Actor, Role
from ..kernel.workflow import Action, Kind, State
from ..uploads.models import Upload
from .cast import person_name, purposes_of
from .city import City, open_member
from .people import Person
from .plan import moments

_PRODUCTS = {"M": "{trade}成套产品", "U": "{trade}零部件", "D": "{trade}配套服务"}


def typed_by(person: Person, catalogue: Catalogue, figures_year: int) -> Typed:
    """What an applicant types for a fictitious enterprise."""
    home = person.county if catalogue.unit(person.county).gb2260 else "331102"
    others = [s.code for s in catalogue.segments_of(person.chain) if s.code != person.segment]
    extra = others[:1] if person.number % 5 == 0 and person.chain != "00" else []
    return blank() | {
        "credit_code": person.credit_code,
        "name_zh": person.name.zh,
        "name_en": person.name.en,
        "registered_county": home,
        "county": person.county,
        "address": f"示例工业园区{person.number % 97 + 1}号",
        "founded_on": person.founded_on.isoformat(),
        "representative": person_name(f"head-{person.number}"),
        "contact_name": person_name(f"contact-{person.number}"),
        "contact_phone": f"0578-{person.number:07d}",
        "gb_class": person.gb_class,
        "figures_year": str(figures_year),
        "staff": str(person.staff),
        "revenue": plain(person.revenue),
        "base_output": plain(person.output if person.is_industrial else person.revenue),
        "primary_segment": person.segment,
        "other_segments": extra,
        "products": [_product(person)],
        "purposes": list(purposes_of(person.number)),
    }


def _product(person: Person) -> str:
    kind = person.segment.partition("-")[2][:1]
    trade = person.name.zh.partition("有限公司")[0][2:]
    return _PRODUCTS.get(kind, "{trade}产品").format(trade=trade)


class Registering:
    """One registration from its start to where it stands. The person's rows go into the city's book."""

    def __init__(self, city: City, kind: Kind, typed: Typed, chance: Any, begins: datetime, ends: datetime) -> None:
        self.city, self.typed, self.at = city, typed, moments(chance, begins, ends)
        self.chance, self.kind = chance, kind
        self.started_at = next(self.at)
        checked = Checked(typed, city.catalogue, local(self.started_at).date())
        stated = checked.application() if kind is Kind.REGISTRATION else checked.claim()
        if stated is None:
            raise ValueError(f"the demo registers what the portal refuses: {checked.problems}")
        self.stated: Application | Claim = stated

    def begin(self, enterprise: Enterprise, roles: list[tuple[str, tuple[Role, ...]]], posts: str) -> list[Actor]:
        """The prospective enterprise with its people; `posts` is the state of their memberships."""
        enterprise.created_at = self.started_at
        self.enterprise, self.people = enterprise, []
        for username, held in roles:
            actor = open_member(self.city, username, (*held, Role.APPLICANT), enterprise.id, self.started_at)
            self.people.append(actor)
        enterprise.created_by_id = self.people[0].account_id
        for actor, (_, held) in zip(self.people, roles, strict=True):
            for role in held or (Role.PREPARER, Role.CERTIFIER):
                membership = Membership(
                    account_id=actor.account_id, enterprise_id=enterprise.id, post=role.value, state=posts
                )
                membership.created_at, membership.created_by_id = self.started_at, actor.account_id
                self.city.book.add(membership)
        self.case = self._case()
        return self.people

    @property
    def whose(self) -> dict[str, Any]:
        return {"enterprise_id": self.enterprise.id, "county": self.enterprise.county, "chain": self.enterprise.chain}

    def _case(self) -> Case:
        stated = self.stated
        return Case(
            id=self.city.book.next_id(Case),
            kind=self.kind,
            state=State.DRAFT,
            version=1,
            enterprise_name=stated.name_zh,
            credit_code=stated.credit_code,
            segment=stated.primary_segment if isinstance(stated, Application) else "",
            flags=0,
            is_late=False,
            entered_by_ids=[self.people[0].account_id],
            created_at=self.started_at,
            created_by_id=self.people[0].account_id,
            **self.whose,
        )

    def submit(self, *, licence: Upload | None = None, code: EnrolmentCode | None = None) -> None:
        applicant, at = self.people[0], next(self.at)
        made = Registration(
            case_id=self.case.id,
            document=self.typed,
            draft_version=2,
            saved_at=at,
            enrolment_id=code.id if code else None,
            created_at=self.started_at,
            created_by_id=applicant.account_id,
            **self.whose,
        )
        self.registration = made
        proof = {"licence": licence.sha256 if licence else None, "enrolment": made.enrolment_id}
        content = self.stated.content() | {"proof": proof}
        self.version = RegistrationVersion(
            number=1,
            content=content,
            sha256=hashlib.sha256(canonical(content)).hexdigest(),
            enrolled=code is not None,
            licence_id=licence.id if licence else None,
            submitted_at=at,
            submitted_by_id=applicant.account_id,
            idempotency_key=f"demo-registration-{self.case.id}",
            **self.whose,
        )
        self.city.move(self.case, applicant, Action.SUBMIT, at)
        detail = {"version": 1, "sha256": self.version.sha256, "kind": self.kind.value}
        saved = {"changed": sorted(self.typed), "file": proof["licence"], "refused": []}
        self._record(applicant, self.started_at, "registration.started")
        self._record(applicant, at, "case.save", detail=saved)
        self._record(applicant, at, "case.submit", detail=detail)

    def decide(self, action: Action, reason: str = "") -> datetime:
        officer, at = self.city.officer_of(self.case.county), next(self.at)
        before, seen = self.case.state, self.case.version
        self.city.move(self.case, officer, action, at, reason)
        detail: dict[str, Any] = {
            "from": before.value,
            "to": self.case.state.value,
            "version": seen,
            "reason": reason,
            "remarks": [],
        }
        self._record(officer, at, f"case.{action.value}", detail=detail | {"unit": self.case.county})
        return at

    def _record(self, actor: Actor, at: datetime, verb: str, **said: Any) -> None:
        self.city.record(actor, at, f"case:{self.case.id}", verb, **said)

    def keep(self) -> None:
        """Puts the case with all that hangs on it into the book, as it stands now."""
        book = self.city.book
        book.add(self.enterprise)
        book.add(self.case)
        book.add(self.registration)
        self.version.registration_id = self.registration.id
        book.add(self.version)
        if isinstance(self.stated, Application):
            for purpose in self.stated.purposes:
                book.add(_accepted(purpose, self.version, self.whose))


def _accepted(purpose: str, version: RegistrationVersion, whose: dict[str, Any]) -> PurposeAcceptance:
    return PurposeAcceptance(
        purpose=purpose,
        version=PURPOSES_VERSION,
        accepted_at=version.submitted_at,
        accepted_by_id=version.submitted_by_id,
        **whose,
    )
