"""An enterprise keeps address, contact and products current itself: dated, kept, audited, and nobody's overwritten."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.audit.models import AuditEvent
from portal.audit.verify import verify
from portal.database.session import reading, transaction
from portal.enterprises.commands_particulars import ParticularsEntry, change_particulars, standing
from portal.enterprises.models import Enterprise, Particulars, Product
from portal.enterprises.queries_register import dossier
from portal.kernel.bilingual import LANGUAGES
from portal.kernel.clock import today, whole_day_in_words
from portal.kernel.errors import Conflict, Invalid
from portal.kernel.roles import Role
from tests.fixtures.cases import EVERYTHING, person
from tests.fixtures.registered import OFFICER, REGISTERED
from tests.integration.enterprises.desk import member, signed_in

pytestmark = pytest.mark.content("registered")
PAGE = "/enterprise/particulars"
LONG_AGO = date(2024, 1, 1)


@pytest.fixture
def enterprise_id(app: Flask, tmp_path: Path) -> int:
    number = REGISTERED.given(tmp_path)
    with transaction(EVERYTHING) as session:
        for row in session.scalars(select(Product).where(Product.enterprise_id == number)):
            row.from_on = LONG_AGO
    return number


def now_of(enterprise_id: int) -> ParticularsEntry:
    with reading(EVERYTHING) as session:
        return standing(dossier(session, enterprise_id))


def products(enterprise_id: int) -> list[tuple[str, int, date, date | None]]:
    with reading(EVERYTHING) as session:
        rows = session.scalars(select(Product).where(Product.enterprise_id == enterprise_id).order_by(Product.id))
        return [(p.name, p.place, p.from_on, p.until_on) for p in rows]


def test_a_product_list_changes_from_today_and_keeps_what_was(enterprise_id: int) -> None:
    typed = replace(now_of(enterprise_id), products=("精密轴承", "锯条"))
    assert change_particulars(member(enterprise_id), typed) is True
    assert products(enterprise_id) == [
        ("带锯床", 1, LONG_AGO, today()),
        ("锯条", 2, LONG_AGO, None),
        ("精密轴承", 1, today(), None),
    ]
    assert now_of(enterprise_id).products == ("精密轴承", "锯条")


def test_a_product_that_returns_begins_a_second_time(enterprise_id: int) -> None:
    for names in (("锯条",), ("锯条", "带锯床")):
        change_particulars(member(enterprise_id), replace(now_of(enterprise_id), products=names))
    assert [(name, until is None) for name, _, _, until in products(enterprise_id)] == [
        ("带锯床", False), ("锯条", True), ("带锯床", True),
    ]  # fmt: skip


def test_a_new_contact_counts_at_once_and_the_earlier_one_is_kept(enterprise_id: int) -> None:
    before = now_of(enterprise_id)
    for phone in ("0578-2111111", "0578-2222222"):
        change_particulars(member(enterprise_id), replace(now_of(enterprise_id), contact_phone=phone, name_en="New Co"))
    assert now_of(enterprise_id).contact_phone == "0578-2222222"
    with reading(EVERYTHING) as session:
        rows = session.scalars(select(Particulars).order_by(Particulars.id)).all()
        assert [row.contact_phone for row in rows] == ["0578-2111111", "0578-2222222"]
        assert {row.address for row in rows} == {before.address}
        enterprise = session.get(Enterprise, enterprise_id)
        assert enterprise is not None and enterprise.name_en == "New Co"


def test_the_trail_says_what_changed_without_naming_people(enterprise_id: int) -> None:
    typed = replace(now_of(enterprise_id), contact_name="新联系人", products=("锯条",))
    change_particulars(member(enterprise_id), typed)
    with reading(EVERYTHING) as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.verb == "particulars.changed")).one()
        assert event.stream == f"enterprise:{enterprise_id}"
        assert event.detail == {"fields": ["contact_name"], "products_added": [], "products_ended": ["带锯床"]}
    assert verify() == []


def test_saving_what_stands_changes_nothing(enterprise_id: int) -> None:
    assert change_particulars(member(enterprise_id), now_of(enterprise_id)) is False
    with reading(EVERYTHING) as session:
        assert session.scalars(select(Particulars)).all() == []


def test_two_people_do_not_overwrite_one_another(enterprise_id: int) -> None:
    mine = yours = now_of(enterprise_id)
    change_particulars(member(enterprise_id), replace(mine, address="新地址1号"))
    with pytest.raises(Conflict):
        change_particulars(member(enterprise_id), replace(yours, contact_name="别人"))
    assert now_of(enterprise_id).address == "新地址1号"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"address": ""}, "address"),
        ({"address": "长" * 201}, "address"),
        ({"contact_name": ""}, "contact_name"),
        ({"contact_phone": "1" * 31}, "contact_phone"),
        ({"name_en": "x" * 201}, "name_en"),
        ({"products": ("x" * 101,)}, "products"),
        ({"products": tuple(f"产品{n}" for n in range(21))}, "products"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(enterprise_id: int, wrong: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        change_particulars(member(enterprise_id), replace(now_of(enterprise_id), **wrong))
    assert set(refused.value.fields) == {field}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_keeps_what_was_typed_and_the_profile_shows_what_counts(
    app: Flask, enterprise_id: int, language: str
) -> None:
    visitor = signed_in(app, member(enterprise_id, 90, Role.PREPARER))
    page = visitor.get(f"{PAGE}?lang={language}")
    assert "带锯床\n锯条" in page.html.replace("\r\n", "\n")
    wrong = visitor.submit("particulars", address="", products="一\n\n一\n二")
    assert wrong.status == 422 and len(wrong.errors) == 1 and "一" in wrong.html
    done = visitor.submit("particulars", address="新地址8号", products="  带锯床 \n\n高速主轴\n带锯床")
    assert done.status == 200
    for said in ("新地址8号", "高速主轴", "锯条"):
        assert said in done.text
    assert [row[0] for row in products(enterprise_id) if row[3] is None] == ["带锯床", "高速主轴"]
    assert whole_day_in_words(today()).en in signed_in(app, OFFICER).get(f"/enterprises/{enterprise_id}?lang=en").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_somebody_who_was_slower_sees_both_and_can_save(app: Flask, enterprise_id: int, language: str) -> None:
    slow = signed_in(app, member(enterprise_id))
    slow.get(f"{PAGE}?lang={language}")
    change_particulars(member(enterprise_id), replace(now_of(enterprise_id), address="同事的地址"))
    clash = slow.submit("particulars", address="我的地址")
    assert clash.status == 409 and "同事的地址" in clash.text and "我的地址" in clash.html
    assert slow.submit("particulars").status == 200
    assert now_of(enterprise_id).address == "我的地址"


def test_only_the_enterprise_s_own_people_open_the_page(app: Flask, enterprise_id: int) -> None:
    for role in Role:
        own = role in (Role.PREPARER, Role.CERTIFIER)
        actor = member(enterprise_id, 90, role) if own else person(role)
        assert signed_in(app, actor).get(PAGE).status == (200 if own else 403), role
    stranger = signed_in(app, member(enterprise_id + 500, 91))
    assert stranger.get(PAGE).status == 404


@pytest.mark.parametrize("text", ["\x00", "a\u202eb", "x" * 65536, "{{ 7*7 }}", "<script>", "𠮷\r\n\r\n" * 300])
def test_no_text_can_break_the_page(app: Flask, enterprise_id: int, text: str) -> None:
    visitor = signed_in(app, member(enterprise_id))
    visitor.get(PAGE)
    answer = visitor.submit("particulars", address=text, contact_name=text, contact_phone=text, products=text)
    assert answer.status in (200, 422)


def test_products_of_the_past_are_those_of_their_days(enterprise_id: int) -> None:
    change_particulars(member(enterprise_id), replace(now_of(enterprise_id), products=()))
    with reading(EVERYTHING) as session:
        found = dossier(session, enterprise_id)
    assert found.present_products == []
    assert {p.name for p in found.former_products} == {"带锯床", "锯条"}
    assert all(p.until_on is not None and p.until_on - p.from_on > timedelta(0) for p in found.former_products)
