"""The credit code: what is refused and in which words; no single mistyped character passes."""

from __future__ import annotations

import pytest

from portal.enterprises.admit import let_through
from portal.enterprises.application import Checked
from portal.enterprises.credit_code import NEVER, compact, needs_override, problem
from portal.kernel.clock import today
from portal.kernel.errors import Invalid
from portal.kernel.period import Quarter
from tests.fixtures.applicants import changed, code_of, right_codes, typed
from tests.fixtures.shipped import shipped_catalogue

CATALOGUE = shipped_catalogue(Quarter.containing(today()))
FAMILY = "N2331122MF0000001H"


def test_codes_with_the_right_check_character_pass() -> None:
    assert [problem(code) for code in [*map(code_of, range(500)), *right_codes()]] == [None] * 520


@pytest.mark.parametrize("codes", [right_codes(), [FAMILY]], ids=["ordinary", "of another family"])
def test_no_change_of_one_character_passes_the_form_or_a_leads_override(codes: list[str]) -> None:
    """Of twenty codes that is 10,800 changes. `test_code_in_the_table.py` asks the same of the table."""
    refused, form, day = 0, typed(), today()
    for wrong in (wrong for code in codes for wrong in changed(code)):
        reader = Checked(form | {"credit_code": wrong}, CATALOGUE, day)
        assert reader.application() is None and set(reader.problems) == {"credit_code"}
        with pytest.raises(Invalid) as error:
            let_through(wrong, "证照如此")
        refused += error.value.code == "credit_code"
    assert refused == 540 * len(codes)


@pytest.mark.parametrize("letter", NEVER)
def test_a_letter_that_never_stands_in_a_code_is_named_with_its_place(letter: str) -> None:
    wrong = problem(code_of(1)[:9] + letter + code_of(1)[10:])
    assert wrong is not None
    assert "第10位" in wrong.zh and letter in wrong.zh
    assert "Character 10" in wrong.en and letter in wrong.en


@pytest.mark.parametrize(("code", "said"), [("", "请填写"), ("9133", "这里有4位"), (code_of(1) + "0", "这里有19位")])
def test_a_wrong_length_is_said_with_the_length(code: str, said: str) -> None:
    wrong = problem(code)
    assert wrong is not None and said in wrong.zh


@pytest.mark.parametrize(
    "typed",
    [
        code_of(7).lower(),
        f" {code_of(7)[:6]}-{code_of(7)[6:]} ",
        "".join(chr(ord(c) + 0xFEE0) for c in code_of(7)),
        code_of(7)[:9] + "\u3000" + code_of(7)[9:],
    ],
)
def test_width_case_blanks_and_hyphens_do_not_matter(typed: str) -> None:
    assert compact(typed) == code_of(7)


def test_only_a_well_formed_code_of_another_family_can_be_let_through() -> None:
    assert problem(FAMILY) is not None
    assert needs_override(FAMILY) and let_through(FAMILY, "证照如此") == "证照如此"
    assert not needs_override(code_of(1)[:17] + ("0" if code_of(1)[17] != "0" else "1"))
    assert not needs_override("N2331122MF0000001")
    assert not needs_override("N2331122MF000000I5")
