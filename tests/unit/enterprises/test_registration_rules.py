"""What may be typed and what may be submitted: the draft loses nothing, the submission takes only what is right."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.enterprises.application import Application, Checked, application_from, date_from
from portal.enterprises.naming import core_of
from portal.enterprises.queries_registration import shown
from portal.enterprises.registration import LABELS, LINES, LISTS, LONGEST_KEPT, blank, clean, typed_from
from portal.kernel.bilingual import Bilingual
from portal.kernel.clock import today
from portal.kernel.period import Quarter
from tests.fixtures.applicants import code_of, typed
from tests.fixtures.shipped import shipped_catalogue

CATALOGUE = shipped_catalogue(Quarter.containing(today()))
HOSTILE = ["\x00", "\u202eabc", "x" * 65536, "NaN", "1e400", "١٢٣", "-0", "%s%n", "<script>", "\ud800", "⁠", "＝１＋１"]


def read(**changes: Any) -> tuple[Application | None, dict[str, Bilingual]]:
    reader = Checked(typed(**changes), CATALOGUE, today())
    return reader.application(), reader.problems


def test_a_form_without_a_fault_becomes_values() -> None:
    found, problems = read()
    assert problems == {} and found is not None
    assert (found.credit_code, found.staff, found.revenue) == (code_of(1), 320, Decimal("21500.50"))
    assert (found.founded_on, found.chain, found.purposes) == (date(2012, 5, 18), "01", ("P1", "P2"))


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("founded_on", "2012-05-18", Bilingual("2012年5月18日", "18 May 2012")),
        ("founded_on", "last year", Bilingual("last year", "last year")),
        ("primary_segment", "00", Bilingual("不属于特色产业链（00）", "On none of the chains (00)")),
    ],
)
def test_a_value_is_shown_as_people_read_it(field: str, value: str, said: Bilingual) -> None:
    assert shown(field, value, CATALOGUE) == said


def test_a_position_is_called_by_its_chain_as_everywhere() -> None:
    segment, chain = CATALOGUE.segments["03-M2"], CATALOGUE.chain("03").called
    assert shown("primary_segment", "03-M2", CATALOGUE) == Bilingual(
        f"{chain.zh} › {segment.title.zh}（03-M2）",
        f"{chain.en} › {segment.title.en} (03-M2)",
    )


def test_the_stored_content_gives_the_same_values_again() -> None:
    found, _problems = read()
    assert found is not None
    assert application_from(found.content()) == found


def test_an_empty_form_names_every_field_that_is_needed_in_the_forms_order() -> None:
    reader = Checked(blank(), CATALOGUE, today())
    assert reader.application() is None
    optional = {"name_en", "other_segments", "products"}
    assert list(reader.problems) == [name for name in LABELS if name not in optional]


def test_a_second_claimant_states_only_who_they_are() -> None:
    reader = Checked(blank(), CATALOGUE, today())
    assert reader.claim() is None
    assert set(reader.problems) == {"credit_code", "name_zh", "contact_name", "contact_phone"}


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("field", [*LINES, *LISTS])
def test_nothing_that_is_typed_can_break_a_form_or_a_check(field: str, text: str) -> None:
    kept = typed_from({field: [text, text]})
    stays = kept[field] if field in LINES else "".join(kept[field])
    assert not set(stays) & {"\x00", "\u202e", "\ud800", "\u2060"}
    assert len(stays) <= LONGEST_KEPT
    application, problems = read(**{field: kept[field]})
    assert (application is None) == bool(problems)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("credit_code", "91331122MA0000000O"),
        ("registered_county", "110000"),
        ("county", "331199"),
        ("founded_on", "2030-13-01"),
        ("founded_on", "2999-01-01"),
        ("gb_class", "0111"),
        ("gb_class", "34"),
        ("figures_year", "1999"),
        ("staff", "1.5"),
        ("staff", "-1"),
        ("staff", "NaN"),
        ("revenue", "1e400"),
        ("revenue", "10000000.01"),
        ("base_output", "-0.01"),
        ("primary_segment", "99-M1"),
        ("name_zh", "名" * 101),
        ("purposes", []),
        ("purposes", ["P2", "P3"]),
        ("other_segments", ["00"]),
        ("products", ["品" * 101]),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(field: str, text: object) -> None:
    application, problems = read(**{field: text})
    assert application is None and list(problems) == [field]
    assert problems[field].zh and problems[field].en


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("revenue", "-120.5", Decimal("-120.50")),
        ("revenue", "１２，３４５．６７", Decimal("12345.67")),
        ("gb_class", "c3425", "3425"),
        ("credit_code", f" {code_of(1).lower()} ", code_of(1)),
        ("founded_on", "2012/5/8", date(2012, 5, 8)),
        ("primary_segment", "00", "00"),
        ("other_segments", ["01-M1", "01-M2"], ("01-M2",)),
    ],
)
def test_what_a_real_enterprise_may_write_is_taken(field: str, text: object, value: object) -> None:
    application, problems = read(**{field: text})
    assert problems == {} and getattr(application, field) == value


def test_rare_characters_stay_and_letters_are_composed() -> None:
    assert clean("𠮷\u3000e\u0301") == "𠮷\u3000é"


def test_a_list_keeps_its_order_without_blanks_and_repetitions() -> None:
    kept = typed_from({"products": ["锯条", "", "带锯床", "锯条", " "], "purposes": ["P1"] * 9})
    assert (kept["products"], kept["purposes"]) == (["锯条", "带锯床"], ["P1"])


@pytest.mark.parametrize("text", ["", "2012", "2012-02-30", "12-5-8", "２０１２-05", "2012-05-18-1", "abcd-ef-gh"])
def test_what_is_no_day_is_none(text: str) -> None:
    assert date_from(text) is None


@given(st.integers(0, 60))
def test_more_products_than_fit_are_said_beside_the_field_and_none_is_cut(count: int) -> None:
    lines = [f"产品{n}" for n in range(count)]
    kept = typed_from({"products": lines})
    assert kept["products"] == lines
    application, problems = read(products=kept["products"])
    assert (application is None) == (count > LISTS["products"]) == ("products" in problems)
    if problems:
        assert str(count) in problems["products"].zh and str(LISTS["products"]) in problems["products"].en


def test_every_position_there_is_can_be_named_beside_the_first() -> None:
    first, *others = [code for code in CATALOGUE.segments if code[:2] != "00"]
    kept = typed_from({"other_segments": others})
    application, problems = read(primary_segment=first, other_segments=kept["other_segments"])
    assert problems == {} and application is not None and list(application.other_segments) == others


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("丽水示例机械有限公司", "示例机械"),
        ("浙江缙云示例带锯床股份有限公司", "示例带锯床"),
        ("示例", "示例"),
        ("", ""),
    ],
)
def test_the_core_of_a_name_is_without_place_and_legal_form(name: str, core: str) -> None:
    assert core_of(name) == core
