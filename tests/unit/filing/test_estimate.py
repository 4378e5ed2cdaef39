"""An estimate of value added follows output, yields to any other figure, and never becomes one's own by itself."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.filing.estimate import BASIS, Rate, estimates_in, followed, is_touched, marked, own, rate_of
from portal.kernel.measure import read_decimal, rounded
from portal.kernel.period import Quarter
from portal.questionnaire.context import Context, Past
from portal.statistics.rates import ChainSum, rates
from tests.fixtures.answers import edition

EDITION = edition()
Q1, Q3 = Quarter(2026, 1), Quarter(2026, 3)
RATE = Rate("05", Quarter(2026, 2), Decimal("0.231400"), 57)
MONEY = st.decimals("0", "9999999.99", places=2)
SHARES = st.decimals("0.000001", "1", places=6)


def known(respondent_class: str = "S", quarter: Quarter = Q3) -> Context:
    return Context(quarter, respondent_class, Past())


def ticked(rate: Rate | None = RATE, respondent_class: str = "S", **texts: str) -> dict[str, str]:
    return followed(EDITION, known(respondent_class), {}, {"estimate": "1", **texts}, rate)


@given(MONEY, SHARES)
def test_the_estimate_is_output_times_the_rate_and_never_more_than_output(output: Decimal, share: Decimal) -> None:
    rate = Rate("05", Q3, share, 10)
    draft = ticked(rate, f101=f"{output}")
    value = read_decimal(draft["f107"])
    assert value == rounded(output * share, 2) and value <= output
    assert rate_of(draft, "S") == rate
    assert estimates_in(marked(draft, "S")) == {"107": rate}


@given(MONEY, MONEY)
def test_it_follows_output_when_that_changes(first: Decimal, second: Decimal) -> None:
    before = ticked(f101=f"{first:,.2f}")
    after = followed(EDITION, known(), before, before | {"f101": f"{second:,.2f}"}, RATE)
    assert read_decimal(after["f107"]) == RATE.applied(second)


def test_another_figure_takes_the_tick_away_and_stays() -> None:
    before = ticked(f101="1,000.00")
    after = followed(EDITION, known(), before, before | {"f107": "300.00"}, RATE)
    assert after == {"f101": "1,000.00", "f107": "300.00"}
    assert marked(after, "S") == {}


def test_taking_the_tick_away_takes_the_estimate_with_it() -> None:
    before = ticked(f101="1,000.00")
    after = followed(EDITION, known(), before, {n: t for n, t in before.items() if n != "estimate"}, RATE)
    assert after == {"f101": "1,000.00"}


def test_ticking_over_a_figure_of_one_s_own_replaces_it() -> None:
    before = {"f101": "1,000.00", "f107": "300.00"}
    assert followed(EDITION, known(), before, before | {"estimate": "1"}, RATE)["f107"] == "231.40"


def test_without_output_there_is_a_tick_and_no_figure_yet() -> None:
    for texts in ({}, {"f101": "12o0"}, {"f101": "-5.00"}):
        draft = ticked(**texts)
        assert "f107" not in draft and BASIS not in draft and draft["estimate"] == "1"
        assert marked(draft, "S") == {}


@pytest.mark.parametrize(("rate", "kind"), [(None, "S"), (RATE, "L")])
def test_without_a_rate_and_for_others_than_below_scale_the_tick_does_nothing(rate: Rate | None, kind: str) -> None:
    assert ticked(rate, kind, f101="1,000.00") == {"f101": "1,000.00"}


def test_an_estimate_is_no_figure_of_an_enterprise_that_came_above_scale() -> None:
    before = ticked(f101="1,000.00")
    after = followed(EDITION, known("L"), before, before | {"f101": "2,000.00"}, RATE)
    assert after == {"f101": "2,000.00"}
    assert rate_of(before, "L") is None


def test_a_draft_of_a_class_that_reckons_itself_holds_no_estimate_whatever_was_touched() -> None:
    draft = ticked(f101="1,000.00", f302="5")
    assert own(draft, "S") == draft
    assert own(draft, "L") == {name: text for name, text in draft.items() if name in ("f101", "f302")}
    reckoned = {"f101": "1,000.00", "f107": "300.00"}
    assert own(reckoned, "L") == reckoned


def test_year_to_date_the_estimate_stands_on_what_went_before() -> None:
    draft = ticked(f101="1,500.00", b101="500.00", b107="100.00", typing="ytd")
    assert draft["f107"] == "331.40"
    assert "f107" not in ticked(f101="1,500.00", b101="500.00", typing="ytd")


@given(st.dictionaries(st.sampled_from(["f101", "f107", "f105", "typing"]), st.sampled_from(["", "1", "2"])))
def test_nothing_is_looked_up_while_nobody_estimates(draft: dict[str, str]) -> None:
    assert not is_touched({}, draft)


@given(st.integers(0, 40), MONEY, MONEY, MONEY)
def test_a_rate_is_lent_only_where_nobody_can_be_read_out_of_it(
    number: int, added: Decimal, output: Decimal, largest: Decimal
) -> None:
    found = rates([ChainSum("05", Q1, added, output, min(largest, output), number)])
    is_safe = number >= 10 and output > 0 and min(largest, output) <= output / 2
    assert ("05" in found) <= is_safe
    assert all(0 < rate.rate <= 1 for rate in found.values())


def test_the_newest_quarter_with_enough_enterprises_counts_and_no_chain_has_none() -> None:
    def one(chain: str, quarter: Quarter, number: int) -> ChainSum:
        return ChainSum(chain, quarter, Decimal(20), Decimal(100), Decimal(9), number)

    found = rates([one("05", Q3, 9), one("05", Q3 - 1, 12), one("05", Q1, 30), one("00", Q3, 99)])
    assert {chain: (rate.quarter, rate.enterprises) for chain, rate in found.items()} == {"05": (Q3 - 1, 12)}
