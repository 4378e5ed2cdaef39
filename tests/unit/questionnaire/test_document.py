"""Reading what is typed, counting flows both ways, canonical content and its fingerprint."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.bilingual import Bilingual
from portal.kernel.findings import Severity
from portal.kernel.measure import Scale
from portal.kernel.period import Quarter
from portal.questionnaire import form
from portal.questionnaire.compute import in_quarter, mean_staff, year_to_date
from portal.questionnaire.context import Context, Past
from portal.questionnaire.document import Document, canonical, document_of, fingerprint
from portal.questionnaire.judge import blocking, is_explained, run
from tests.fixtures.answers import CLEAN, context, edition, findings

Q1, Q3 = Quarter(2026, 1), Quarter(2026, 3)
MONEY = st.decimals(min_value=-(10**9), max_value=10**9, places=2, allow_nan=False, allow_infinity=False)
TEXTS = (
    st.text(max_size=60) | MONEY.map(str) | st.sampled_from(["", "0", "1,234.5", "１２", "NaN", "1e400", "-", "\x00"])
)
NAMES = sorted(form.names(edition(), "L", Q3) | {"why-Q09-202", "whycode-Q09-202", "whybasis-Q09-202"})


def read(typed: dict[str, str], known: Context | None = None) -> Document:
    return form.read(edition(), known or context(), typed).document


@given(MONEY, MONEY)
def test_quarter_and_year_to_date_are_ways_of_one_figure(value: Decimal, before: Decimal) -> None:
    ytd = year_to_date(value, before)
    assert ytd is not None and in_quarter(ytd, before) == value


@given(MONEY)
def test_in_the_first_quarter_both_ways_are_the_same(value: Decimal) -> None:
    known = Context(Q1, "L", Past())
    one, other = (read({"f105": str(value), "typing": typing}, known) for typing in ("quarter", "ytd"))
    assert one.value("105") == other.value("105") == one.ytd("105") == other.ytd("105") == value


@given(MONEY, MONEY)
def test_typed_either_way_the_document_holds_the_same_figures(value: Decimal, before: Decimal) -> None:
    known = context(before={"105": str(before)})
    one = read({"f105": str(value), "typing": "quarter"}, known)
    other = read({"f105": str(value + before), "typing": "ytd"}, known)
    assert (one.value("105"), one.ytd("105")) == (other.value("105"), other.ytd("105"))
    assert (one.typing, other.typing) == ("quarter", "ytd")


def test_a_row_names_the_published_form_it_is_taken_from_and_no_note_of_ours() -> None:
    rows = edition().by_code
    assert rows["101"].origin == Bilingual("统计报表B204-1表第01行", "Statistical form B204-1, row 01")
    assert rows["302"].origin == Bilingual("统计报表205-1表", "Statistical form 205-1")
    named = [row.origin for row in rows.values() if row.origin is not None]
    assert not [said for said in named if "note" in said.en or "dossier" in said.en]
    assert rows["202"].origin is None  # "form edition note T" says nothing to a reader


def test_average_staff_is_always_typed_for_the_quarter() -> None:
    document = read({"f502": "300", "typing": "ytd"})
    assert (document.value("502"), document.ytd("502")) == (Decimal(300), None)


def test_year_to_date_without_what_went_before_is_a_problem_at_its_row() -> None:
    reading = form.read(edition(), context(before={}), {"f101": "300", "typing": "ytd"})
    assert [(p.rule, p.field, p.severity) for p in reading.problems] == [("F02", "101", Severity.HARD)]
    assert reading.document.value("101") is None


@given(st.lists(MONEY, min_size=3, max_size=3))
def test_tax_is_the_sum_of_its_three_rows(parts: list[Decimal]) -> None:
    document = read({f"f{code}": str(value) for code, value in zip(("202", "203", "204"), parts, strict=True)})
    assert document.value("201") == sum(parts)


def test_tax_waits_for_all_three_rows_and_not_applicable_counts_nothing() -> None:
    assert read({"f202": "1", "f203": "2"}).value("201") is None
    assert read({"f202": "1", "f203": "2", "n204": "没有"}).value("201") == Decimal(3)


@pytest.mark.parametrize("staff", ["", "0"])
def test_output_per_head_is_none_without_staff(staff: str) -> None:
    assert read({"f101": "100", "f502": staff}).value("504") is None


def test_the_mean_of_staff_needs_both_ends() -> None:
    assert mean_staff(Decimal(300), Decimal(311)) == Decimal("305.50")
    assert mean_staff(None, Decimal(311)) is None


def test_a_prefilled_half_person_is_kept_and_the_scope_of_tax_is_to_be_confirmed() -> None:
    by_code = edition().by_code
    assert form.shown(Decimal("305.5"), by_code["502"].places) == "305.50"
    assert (by_code["201"].status, by_code["201"].tag) == ("to_confirm", "V")


def test_empty_zero_and_not_applicable_are_three_things() -> None:
    document = read({"f101": "0", "n205": "没有出口"})
    states = [document.answer(code).state for code in ("101", "103", "205")]
    assert states == ["value", "empty", "not_applicable"]
    back = document_of(json.loads(canonical(document.content())))
    assert [back.answer(code).state for code in ("101", "103", "205")] == states
    assert back.answer("205").reason == "没有出口"


@given(st.dictionaries(st.sampled_from(NAMES), TEXTS, max_size=30))
def test_whatever_is_typed_is_read_and_judged_without_a_fault(typed: dict[str, str]) -> None:
    kept = {name: form.settled(edition(), name, text) for name, text in typed.items()}
    for known in (context(), context(before={}, asks_last_year=True)):
        reading = form.read(edition(), known, kept)
        run(edition(), reading.document, known, at_submission=True)
        assert all("\x00" not in text for text in kept.values())


@given(st.dictionaries(st.sampled_from([f"f{code}" for code in CLEAN]), MONEY.map(str), max_size=20))
def test_content_survives_being_kept_and_its_fingerprint_is_stable(typed: dict[str, str]) -> None:
    document = read(typed)
    content = document.content()
    shuffled = dict(reversed(list(json.loads(json.dumps(content)).items())))
    assert document_of(shuffled).content() == content
    assert fingerprint(shuffled) == fingerprint(content)


def test_another_figure_is_another_fingerprint() -> None:
    one, other = (fingerprint(read({"f101": text}).content()) for text in ("1.00", "1.01"))
    assert one != other


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("12345.678", "12,345.68"), ("１２３４５．６", "12,345.60"), ("1,234", "1,234.00"), ("−5", "-5.00"), (" 7 ", "7.00"),
        ("12o0", "12o0"), ("12,5", "12,5"), ("1e400", "1e400"), ("NaN", "NaN"), ("3.5万", "3.5万"), ("", ""), ("0", "0.00"),
    ],
)  # fmt: skip
def test_a_number_is_kept_grouped_and_rounded_and_anything_else_as_it_was_typed(text: str, kept: str) -> None:
    assert form.settled(edition(), "f101", text) == kept


@given(MONEY, st.sampled_from(list(Scale)))
def test_keeping_twice_changes_nothing(value: Decimal, scale: Scale) -> None:
    once = form.settled(edition(), "f105", str(value), scale)
    assert form.settled(edition(), "f105", once) == once


def test_half_a_person_is_kept_so_that_the_rule_can_say_so() -> None:
    assert form.settled(edition(), "f501", "12.5") == "12.5"


@pytest.mark.parametrize(("text", "piece"), [("12o0", "12o0"), ("12,5", "12,5"), ("9" * 500, "太长")])
def test_what_is_no_number_is_said_at_its_row(text: str, piece: str) -> None:
    (problem,) = [f for f in findings({"101": text}) if f.rule == "F01"]
    assert problem.field == "101" and piece in problem.message.zh


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"stopped": "1"}, "stop_reason"), ({"correcting": "1"}, "correction"), ({"b101": "x"}, "b101"),
        ({"w_vat": "x"}, "w_vat"), ({"n205": "\u202e反"}, "n205"), ({"stopped": "1", "stop_reason": "a\u2400", "stop_from": "7月"}, "stop_reason"),
    ],
)  # fmt: skip
def test_what_is_wrong_beside_the_rows_is_said_at_its_field(typed: dict[str, str], field: str) -> None:
    assert field in {problem.field for problem in form.read(edition(), context(before={}), typed).problems}


def test_an_explanation_holds_for_its_values_only() -> None:
    def explained(value: str, **said: str) -> bool:
        document = read({**{f"f{c}": t for c, t in CLEAN.items()}, "f202": value, **said})
        (finding,) = [f for f in run(edition(), document, context()) if f.rule == "Q09"]
        assert is_explained(edition(), document, finding) is (finding not in blocking(edition(), document, [finding]))
        return is_explained(edition(), document, finding)

    document = read({**{f"f{c}": t for c, t in CLEAN.items()}, "f202": "-30"})
    basis = next(f.basis for f in run(edition(), document, context()) if f.rule == "Q09")
    said = {"why-Q09-202": "收到留抵退税", "whycode-Q09-202": "tax", "whybasis-Q09-202": basis}
    assert explained("-30", **said)
    assert explained("-30.00", **said)
    assert not explained("-31", **said)
    assert not explained("-30", **(said | {"why-Q09-202": "退税"}))
    assert not explained("-30", **(said | {"whycode-Q09-202": "because"}))
    assert not explained("-30", **(said | {"whycode-Q09-202": ""}))


def test_a_changed_row_asks_nothing_anew_about_another() -> None:
    known = context(last_year={"101": "4000", "103": "4000"})
    basis = {f.key: f.basis for f in findings({}, known)}
    again = {f.key: f.basis for f in findings({"103": "8200"}, known)}
    assert basis["Q01:101"] == again["Q01:101"]
    assert basis["Q01:103"] != again["Q01:103"]
