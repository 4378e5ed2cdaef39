"""Wordings in two languages: what is filled in follows the language it stands in."""

from __future__ import annotations

from datetime import date

from portal.kernel.bilingual import Bilingual, both


def test_a_day_is_written_as_each_language_writes_it_and_a_term_in_its_own_words() -> None:
    said = Bilingual("{what}，自{day}起{n}", "{what}, from {day}, {n}")
    filled = said.fill(what=Bilingual("规模以上", "Above-scale"), day=date(2019, 12, 2), n=3)
    assert filled == Bilingual("规模以上，自2019年12月2日起3", "Above-scale, from 2 December 2019, 3")
    assert Bilingual("{a}{b}", "{a}{b}").fill(a=both("x"), b="2019-12-02").en == "x2019-12-02"
