"""The register's part of the demo: enterprises with their registration, as commands would have left them. A deed."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

from ..casework.models import Remark
from ..enterprises.application import Application
from ..enterprises.models import AboveScaleStatus, EnrolmentCode, Enterprise, Position, Product, SizeStatus
from ..kernel.clock import local
from ..kernel.roles import Actor, Role
from ..kernel.workflow import Action, Kind
from ..uploads.models import Upload
from .cast import Applicant, members
from .city import City
from .papers import add_record
from .people import Person
from .plan import midnight
from .registering import Registering, typed_by

ABOVE_SCALE_SINCE, ABOVE_SCALE_SOURCE = date(2023, 1, 1), "示例名录"
_APPLIES = timedelta(days=40)
BACK = "营业执照上的住所与拟填报单位不一致，请核对填报单位，并补充生产经营地址。"
_WHERE = "请写明实际生产经营地址。"


def register(city: City, person: Person) -> tuple[Enterprise, list[Actor]]:
    """An enterprise that was admitted before the first quarter was filed; its people, the preparer first."""
    chance = city.plan.chance("registration", person.number)
    begins = city.began_at + timedelta(days=5)
    year = begins.year - 1
    story = Registering(
        city, Kind.REGISTRATION, typed_by(person, city.catalogue, year), chance, begins, begins + _APPLIES
    )
    roles = [(m.username, tuple(Role(post) for post in m.posts)) for m in members(person.number)]
    enterprise = _enterprise(city, person, year, "registered")
    enterprise.id = person.number + 1
    people = story.begin(enterprise, roles, "active")
    officer = city.officer_of(person.county)
    code = _enrolment(city, person, enterprise, officer, story.started_at)
    story.submit(code=code)
    admitted = story.decide(Action.APPROVE)
    enterprise.registered_on = local(admitted).date()
    story.keep()
    _entered(city, story, person, officer, admitted)
    add_record(city, enterprise, story.case, admitted, city.plan.chance("record", person.number))
    return enterprise, people


def _enterprise(city: City, person: Person, year: int, status: str) -> Enterprise:
    return Enterprise(
        county=person.county,
        chain=person.chain,
        credit_code=person.credit_code,
        name_zh=person.name.zh,
        name_en=person.name.en,
        status=status,
        registered_county=person.county if city.catalogue.unit(person.county).gb2260 else "331102",
        segment=person.segment,
        gb_class=person.gb_class,
        founded_on=person.founded_on,
        size_class=city.catalogue.size_class(person.gb_class, person.staff, person.revenue).value,
        size_class_on=date(year + 1, 1, 1),
        staff=person.staff,
        revenue=person.revenue,
        figures_year=year,
        base_output=person.output if person.is_industrial else person.revenue,
    )


def _enrolment(city: City, person: Person, enterprise: Enterprise, officer: Actor, at: datetime) -> EnrolmentCode:
    """The county's code that proved the first account; used up, so nobody needs to know it."""
    code = EnrolmentCode(
        county=person.county,
        credit_code=person.credit_code,
        name=person.name.zh,
        code_hash=hashlib.sha256(f"demo:{person.credit_code}".encode()).hexdigest(),
        expires_at=at + timedelta(days=30),
        used_at=at,
        used_for_id=enterprise.id,
        created_at=at - timedelta(days=3),
        created_by_id=officer.account_id,
    )
    city.book.add(code)
    return code


def _entered(city: City, story: Registering, person: Person, officer: Actor, at: datetime) -> None:
    """What admission and the county's list add: positions, products, the above-scale status."""
    assert isinstance(story.stated, Application)
    made = {"created_at": at, "created_by_id": officer.account_id, **story.whose}
    day = story.enterprise.registered_on
    book = city.book
    book.add(_stated_size(story.enterprise, made))
    book.add(Position(segment=person.segment, is_primary=True, from_on=day, **made))
    for segment in story.stated.other_segments:
        book.add(Position(segment=segment, is_primary=False, from_on=day, **made))
    for place, name in enumerate(story.stated.products, start=1):
        book.add(Product(name=name, place=place, from_on=day, **made))
    if person.is_above_scale:
        status = AboveScaleStatus(is_above_scale=True, since_on=ABOVE_SCALE_SINCE, source=ABOVE_SCALE_SOURCE, **made)
        book.add(status)


def _stated_size(row: Enterprise, made: dict[str, Any]) -> SizeStatus:
    """The class by the two figures stated at registration."""
    return SizeStatus(
        size_class=row.size_class,
        since_on=row.size_class_on,
        staff=row.staff,
        revenue=row.revenue,
        gb_class=row.gb_class,
        basis="stated",
        **made,
    )


def apply(city: City, wish: Applicant, person: Person, licence: Upload) -> None:
    """A registration, or a second claim, that is still with the county. `person` is what the applicant states."""
    chance = city.plan.chance("applicant", wish.number)
    kind = Kind.REGISTRATION if wish.claims is None else Kind.ACCESS
    ends = city.plan.present
    typed = typed_by(person, city.catalogue, city.plan.as_of.year - 1)
    story = Registering(city, kind, typed, chance, midnight(city.plan.as_of - timedelta(days=6)), ends)
    enterprise = Enterprise(
        id=licence.enterprise_id,
        county=person.county,
        chain=person.chain,
        status="prospective",
        credit_code=person.credit_code,
        name_zh=person.name.zh,
        name_en=person.name.en if kind is Kind.REGISTRATION else "",
    )
    story.begin(enterprise, [(wish.username, ())], "pending")
    licence.created_at, licence.created_by_id = story.started_at, story.people[0].account_id
    city.book.add(licence)
    story.submit(licence=licence)
    if wish.is_returned:
        at = story.decide(Action.RETURN, BACK)
        officer = city.officer_of(person.county)
        remark = Remark(
            case_id=story.case.id,
            field="address",
            text=_WHERE,
            author_id=officer.account_id,
            author_side="officer",
            version_no=story.case.version,
            opened_at=at,
            **story.whose,
        )
        story.keep()
        city.book.add(remark)
        return
    story.keep()
