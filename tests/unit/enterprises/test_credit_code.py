"""The credit code: what is refused and in which words; no single mistyped character passes."""

from __future__ import annotations

import pytest

from portal.catalogue.reader import shipped_catalogue
from portal.enterprises.admit import let_through
from portal.enterprises.application import Checked
from portal.enterprises.credit_code import ALPHABET, NEVER, compact, needs_override, problem
from portal.kernel.clock import today
from portal.kernel.errors import Invalid
from portal.kernel.period import Quarter
from tests.fixtures.applicants import code_of, typed

CATALOGUE = shipped_catalogue(Quarter.containing(today()))
FAMILY = "N2331122MF0000001H"


def test_codes_with_the_right_check_character_pass() -> None:
    assert [problem(code_of(number)) for number in range(500)] == [None] * 500


def changed(code: str) -> list[str]:
    """Every code that differs in one place."""
    return [code[:place] + c + code[place + 1 :] for place in range(18) for c in ALPHABET if c != code[place]]


@pytest.mark.parametrize("code", [code_of(number) for number in range(3)] + [FAMILY])
def test_no_change_of_one_character_passes_the_form_the_lead_or_the_table(code: str) -> None:
    assert len(changed(code)) == 540
    for wrong in changed(code):
        reader = Checked(typed(credit_code=wrong), CATALOGUE, today())
        assert reader.application() is None and set(reader.problems) == {"credit_code"}
        with pytest.raises(Invalid) as refused:
            let_through(wrong, "证照如此")
        assert refused.value.code == "credit_code"


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
