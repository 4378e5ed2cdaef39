"""What a page does to sentences of others: numbers of papers stay whole, and nothing of them becomes markup."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from portal.web.language import addressed, unbroken


def test_a_number_of_a_paper_stays_on_one_line() -> None:
    said = unbroken("Granted: 1,080,000 yuan. Decision LS-ZC-2026-00001.")
    assert said == 'Granted: 1,080,000 yuan. Decision <span class="nb">LS-ZC-2026-00001</span>.'


@given(st.text(st.sampled_from("LS-Z9 <&>\"'丽")))
def test_whoever_reads_it_reads_what_was_written(text: str) -> None:
    said = unbroken(text)
    assert said.replace('<span class="nb">', "").replace("</span>", "") == Markup.escape(text)


def test_an_address_is_a_link_called_by_its_host() -> None:
    said = addressed("市政府网站：2024年运行（https://www.lishui.gov.cn/art/2025/3/7/a_1.html?a=1&b=2），2025年3月7日")
    assert said == (
        '市政府网站：2024年运行（<a class="nb" href="https://www.lishui.gov.cn/art/2025/3/7/a_1.html?a=1&amp;b=2"'
        ' rel="noopener">www.lishui.gov.cn</a>），2025年3月7日'
    )


@pytest.mark.parametrize("text", ["<b>x</b>", "javascript:alert(1)", 'https://a.b/"onclick=1', "https://a.b/<script>"])
def test_a_source_brings_no_markup_of_its_own(text: str) -> None:
    said = str(addressed(text))
    assert "<b>" not in said and "<script" not in said and '"onclick' not in said
    assert ("<a " in said) is text.startswith("https://")
