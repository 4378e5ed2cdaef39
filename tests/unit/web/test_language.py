"""What a page does to sentences of others: numbers of papers stay whole, and nothing of them becomes markup."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from portal.web.language import unbroken


def test_a_number_of_a_paper_stays_on_one_line() -> None:
    said = unbroken("Granted: 1,080,000 yuan. Decision LS-ZC-2026-00001.")
    assert said == 'Granted: 1,080,000 yuan. Decision <span class="nb">LS-ZC-2026-00001</span>.'


@given(st.text(st.sampled_from("LS-Z9 <&>\"'丽")))
def test_whoever_reads_it_reads_what_was_written(text: str) -> None:
    said = unbroken(text)
    assert said.replace('<span class="nb">', "").replace("</span>", "") == Markup.escape(text)
