"""Nobody can work out what was not published: checked by an attacker who knows nothing of how it was hidden."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import combinations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.statistics.disclosure import Contribution, Pattern, Rule, Why, fault, protect, protect_margin
from portal.statistics.release_vintage import Former, Revised, revise

RULE = Rule(3, Decimal(10))
CLUSTERS, UNITS = ("PRECISION", "FASHION", "SEMI"), ("331102", "331121", "331122")


def money(*numbers: float) -> list[Decimal]:
    return [Decimal(str(number)) for number in numbers]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (money(), Why.FEW),
        (money(5, 5), Why.FEW),
        (money(5, 5, 0, 0), Why.FEW),
        (money(5, 5, 5), None),
        (money(90, 5, 5), Why.DOMINATED),
        (money(100, 50, 10), None),
        (money(100, 50, 9.99), Why.DOMINATED),
        (money(-90, 5), Why.FEW),
        (money(-90, 5, 5), None),
        (money(-90, -5, -5), None),
    ],
)
def test_a_cell_passes_the_threshold_and_the_share_and_never_divides_by_a_loss(
    values: list[Decimal], expected: Why | None
) -> None:
    assert fault(values, RULE) is expected


def test_a_failing_cell_is_hidden_with_the_smallest_other() -> None:
    lines = {"a": money(5, 5), "b": money(40, 40, 40), "c": money(20, 20, 20), "d": money(30, 30, 30)}
    assert protect_margin(lines, RULE) == {"a": Why.FEW, "c": Why.BESIDE}


def test_cells_go_on_being_hidden_until_their_sum_passes() -> None:
    lines = {"a": money(100), "b": money(1, 1, 1), "c": money(3, 3, 3), "d": money(50, 50, 50), "e": []}
    assert protect_margin(lines, RULE) == {"a": Why.FEW, "b": Why.BESIDE, "c": Why.BESIDE, "d": Why.BESIDE}


def test_two_cells_that_fail_are_still_hidden_together_with_enough_others() -> None:
    lines = {"a": money(9), "b": money(8), "c": money(50, 50, 50), "d": money(60, 60, 60)}
    hidden = protect_margin(lines, RULE)
    assert set(hidden) == {"a", "b", "c"}


def test_a_line_without_a_fact_hides_nothing_and_a_line_of_zeros_is_hidden() -> None:
    lines = {"a": [], "b": money(0, 0), "c": money(20, 20, 20), "d": money(30, 30, 30)}
    assert protect_margin(lines, RULE) == {"b": Why.FEW, "c": Why.BESIDE}


def test_what_was_hidden_before_stays_hidden() -> None:
    lines = {"a": money(50, 50, 50), "b": money(40, 40, 40), "c": money(20, 20, 20)}
    assert set(protect_margin(lines, RULE, {"a", "b"})) == {"a", "b"}


def test_a_city_that_fails_publishes_nothing() -> None:
    pattern = protect([Contribution(1, "SEMI", "331102", Decimal(5))], RULE)
    assert pattern.city is Why.TOTAL
    assert set(pattern.clusters) == {"SEMI"}


def test_an_enterprise_between_two_margins_is_not_given_away() -> None:
    """The unit holds the cluster's enterprises and one more: unit less cluster would be that one's figure."""
    members = [Contribution(n, "SEMI", "331102", Decimal(10)) for n in range(5)]
    lonely = Contribution(9, "FASHION", "331102", Decimal(7))
    others = [Contribution(20 + n, "FASHION", UNITS[1 + n % 2], Decimal(11)) for n in range(12)]
    pattern = protect([*members, lonely, *others], RULE)
    assert "331102" in pattern.units
    assert not attacks([*members, lonely, *others], pattern)


# --- the attacker ------------------------------------------------------------------------------------------------


def published(known: Sequence[Contribution], pattern: Pattern) -> Iterator[frozenset[int]]:
    """The groups whose sums an attacker holds: every shown line, and what is left of each margin."""
    for name, hidden in (("cluster", pattern.clusters), ("unit", pattern.units)):
        lines = {getattr(c, name) for c in known}
        for line in lines - set(hidden):
            yield frozenset(c.enterprise_id for c in known if getattr(c, name) == line)
        left = frozenset(c.enterprise_id for c in known if getattr(c, name) in hidden)
        if left:
            yield left


def attacks(known: Sequence[Contribution], pattern: Pattern) -> list[str]:
    """Adds and subtracts everything published; names each group of one sign whose sum comes out and is too telling."""
    if pattern.city is not None:
        return []
    values = {c.enterprise_id: Fraction(c.value) for c in known}
    groups = list(published(known, pattern))
    found = []
    for signs in product((-1, 0, 1), repeat=len(groups)):
        weight = dict.fromkeys(values, 0)
        for sign, group in zip(signs, groups, strict=True):
            for enterprise in group:
                weight[enterprise] += sign
        used = {e: w for e, w in weight.items() if w and values[e]}
        if used and len(set(used.values())) == 1:
            found += broken({e: values[e] for e in used})
    return found


def attacks_on_both(former: Former | None, done: Revised) -> list[str]:
    """The same with two releases in hand: sums of the one less sums of the other leave who changed, and by how much.

    Up to four published sums are put together, each added or taken away. Of what an enterprise counts for then only
    these tell: its figure in either release, or its change.
    """
    if former is None or done.pattern.city is not None:
        return attacks(list(done.contributions.values()), done.pattern)
    releases = (
        (former.contributions, Pattern(dict.fromkeys(former.clusters, Why.FEW), dict.fromkeys(former.units, Why.FEW))),
        (done.contributions, done.pattern),
    )
    groups = [
        (edition, group)
        for edition, (known, pattern) in enumerate(releases)
        for group in published(list(known.values()), pattern)
    ]
    values = [{e: Fraction(c.value) for e, c in known.items()} for known, _ in releases]
    found = []
    for number in range(1, 5):
        for chosen, signs in product(combinations(groups, number), product((-1, 1), repeat=number)):
            if signs[0] == 1:
                found += broken_by(values, chosen, signs)
    return found


def broken_by(
    values: list[dict[int, Fraction]], chosen: tuple[tuple[int, frozenset[int]], ...], signs: tuple[int, ...]
) -> list[str]:
    weights: dict[int, list[int]] = {}
    for (edition, group), sign in zip(chosen, signs, strict=True):
        for enterprise in group:
            weights.setdefault(enterprise, [0, 0])[edition] += sign
    told: dict[int, Fraction] = {}
    ways, kinds = set(), set()
    for enterprise, (old, new) in weights.items():
        before, after = values[0].get(enterprise, Fraction(0)), values[1].get(enterprise, Fraction(0))
        if old * before + new * after:
            told[enterprise] = abs(old * before + new * after)
            ways.add(old + new or new)
            kinds.add(old + new == 0)
    # A release and a change put together may come twice as near as either: figures that stand in no release.
    is_mixed = len({edition for edition, _ in chosen}) > 1 and kinds != {True}
    return broken(told, RULE.p / 2 if is_mixed else RULE.p) if told and len(ways) == 1 else []


def broken(group: dict[int, Fraction], p: Decimal = RULE.p) -> list[str]:
    """What any member of the group, or nobody in it, learns of the largest member from the group's sum."""
    if len(group) < RULE.n:
        return [f"a sum of {len(group)} alone comes out: {sorted(group)}"]
    if min(group.values()) < 0:
        return []
    total, target = sum(group.values()), max(group, key=lambda e: group[e])
    return [
        f"{insider} knows {target} within {p} %"
        for insider in group
        if insider != target and total - group[insider] - group[target] < group[target] * Fraction(p) / 100
    ]


def enterprises(values: st.SearchStrategy[int]) -> st.SearchStrategy[list[Contribution]]:
    one = st.tuples(st.sampled_from(CLUSTERS), st.sampled_from(UNITS), values)
    return st.lists(one, min_size=1, max_size=25).map(
        lambda rows: [Contribution(n, c, u, Decimal(v)) for n, (c, u, v) in enumerate(rows)]
    )


SKEWED = st.one_of(st.integers(0, 20), st.integers(100, 300), st.just(5000))


@settings(max_examples=250)
@given(enterprises(SKEWED))
def test_an_attacker_with_both_margins_and_the_total_learns_no_enterprise(known: list[Contribution]) -> None:
    pattern = protect(known, RULE)
    assert not attacks(known, pattern)


@settings(max_examples=120)
@given(enterprises(st.integers(-300, 300)))
def test_losses_fall_back_to_the_threshold(known: list[Contribution]) -> None:
    pattern = protect(known, RULE)
    assert not [found for found in attacks(known, pattern) if "alone" in found]


@given(enterprises(SKEWED))
def test_no_hidden_line_stands_alone_so_none_can_be_subtracted_out(known: list[Contribution]) -> None:
    pattern = protect(known, RULE)
    for name, hidden in (("cluster", pattern.clusters), ("unit", pattern.units)):
        all_lines = {getattr(c, name) for c in known}
        if hidden and pattern.city is None:
            assert len(hidden) >= 2 or len(all_lines) == 1
            assert fault([c.value for c in known if getattr(c, name) in hidden], RULE) is None


@given(enterprises(st.integers(50, 60)))
def test_what_need_not_be_hidden_is_shown(known: list[Contribution]) -> None:
    pattern = protect(known, RULE)
    if len(known) >= RULE.n:
        assert pattern.city is None


# --- two releases of one quarter ---------------------------------------------------------------------------------


def by_id(known: Sequence[Contribution]) -> dict[int, Contribution]:
    return {c.enterprise_id: c for c in known}


def first_release(known: Sequence[Contribution]) -> Former | None:
    """None where nothing at all could be published."""
    done = revise(by_id(known), None, RULE)
    if done.pattern.city is not None:
        return None
    return Former(done.contributions, frozenset(done.pattern.clusters), frozenset(done.pattern.units))


PLAIN = [Contribution(n, CLUSTERS[n % 3], UNITS[n % 3], Decimal(10 + n)) for n in range(24)]


def moved(numbers: range, by: int = 5) -> dict[int, Contribution]:
    return by_id(PLAIN) | {n: Contribution(n, PLAIN[n].cluster, PLAIN[n].unit, PLAIN[n].value + by) for n in numbers}


@pytest.mark.parametrize("corrected", [range(1), range(0, 4, 3)])
def test_a_correction_of_one_or_two_is_held_and_every_sum_keeps_its_value(corrected: range) -> None:
    done = revise(moved(corrected), first_release(PLAIN), RULE)
    assert done.held == frozenset(corrected)
    assert done.contributions == by_id(PLAIN)


def test_a_correction_of_three_of_a_line_is_published() -> None:
    done = revise(moved(range(0, 9, 3)), first_release(PLAIN), RULE)
    assert done.held == frozenset()
    assert done.contributions[0].value == 15


def test_a_newcomer_and_one_who_went_are_held_as_well() -> None:
    now = by_id(PLAIN[1:]) | {99: Contribution(99, "SEMI", "331102", Decimal(40))}
    done = revise(now, first_release(PLAIN), RULE)
    assert done.held == {0, 99}
    assert done.contributions == by_id(PLAIN)


def test_held_corrections_come_out_once_enough_have_changed() -> None:
    former = first_release(PLAIN)
    second = revise(moved(range(0, 4, 3)), former, RULE)
    again = Former(second.contributions, frozenset(second.pattern.clusters), frozenset(second.pattern.units))
    assert revise(moved(range(0, 7, 3)), again, RULE).held == frozenset()


def test_newcomers_who_report_nought_cover_nobody() -> None:
    """Three have changed, one of them by something: its correction would be the movement of the line."""
    late = {n: Contribution(n, CLUSTERS[0], UNITS[0], Decimal(0)) for n in (91, 92)}
    done = revise(moved(range(1)) | late, first_release(PLAIN), RULE)
    assert done.held == {0}
    assert done.contributions == by_id(PLAIN) | late


def test_who_moved_to_another_line_counts_where_it_was_and_covers_nobody() -> None:
    now = moved(range(1)) | {n: Contribution(n, CLUSTERS[1], UNITS[0], PLAIN[n].value) for n in (3, 6, 9)}
    done = revise(now, first_release(PLAIN), RULE)
    assert done.held == {0, 3, 6, 9}
    assert done.contributions == by_id(PLAIN)


def test_a_movement_that_one_correction_dominates_waits_for_that_one_alone() -> None:
    """The line itself is dominated by nobody: only its movement is."""
    by = {0: Decimal(20), 3: Decimal("0.5"), 6: Decimal("0.5"), 9: Decimal("0.5")}
    now = by_id(PLAIN) | {n: replace(PLAIN[n], value=PLAIN[n].value + more) for n, more in by.items()}
    done = revise(now, first_release(PLAIN), RULE)
    assert done.held == {0}
    assert done.contributions[3].value == PLAIN[3].value + by[3]


def test_movements_of_a_cluster_and_of_a_unit_within_it_are_not_subtracted() -> None:
    """Cluster A moved by four, of whom three are all that moved in unit U: the difference is the fourth's correction."""
    still = [Contribution(100 + n, "ABC"[n % 3], "UVW"[n // 3 % 3], Decimal(100 + n)) for n in range(45)]
    lines = {1: "AU", 2: "AU", 3: "AU", 4: "AV", 5: "BV", 6: "BV", 7: "BV"}
    by = {1: 30, 2: 50, 3: 70, 4: 60, 5: 20, 6: 40, 7: 90}
    old = [*still, *(Contribution(e, c, u, Decimal(100)) for e, (c, u) in lines.items())]
    now = by_id(old) | {e: Contribution(e, c, u, Decimal(100 + by[e])) for e, (c, u) in lines.items()}
    done = revise(now, first_release(old), RULE)
    assert not attacks_on_both(first_release(old), done)
    assert done.held and done.held < set(lines)


def test_a_line_that_was_public_is_never_hidden_behind_one_that_has_not_moved() -> None:
    """Hidden with it, the other would be known from the release before, and the hidden line by subtraction."""
    old, sizes = [], {"U": 100, "V": 500, "W": 60, "X": 300_000}
    for n, (unit, cluster, k) in enumerate(product(sizes, "AB", range(4))):
        old.append(Contribution(n, cluster, unit, Decimal(sizes[unit] + k)))
    now = by_id(old) | {n: Contribution(n, old[n].cluster, "U", Decimal(value)) for n, value in enumerate((90_000, 99))}
    now |= {n: Contribution(n, "B", "U", old[n].value + n) for n in (4, 5, 6)}
    done = revise(now, first_release(old), RULE)
    assert not done.pattern.units
    assert 0 in done.held
    assert not attacks_on_both(first_release(old), done)


@settings(max_examples=120)
@given(enterprises(SKEWED), st.data())
def test_a_revision_hides_what_was_hidden_and_shows_what_was_shown(
    known: list[Contribution], draw: st.DataObject
) -> None:
    former = first_release(known)
    changes = draw.draw(enterprises(SKEWED))
    now = by_id(known) | by_id(changes[: draw.draw(st.integers(0, 8))])
    if former is None:
        return
    done = revise(now, former, RULE)
    for name, before, hidden in (
        ("cluster", former.clusters, done.pattern.clusters),
        ("unit", former.units, done.pattern.units),
    ):
        stand = {getattr(c, name) for c in done.contributions.values()}
        assert set(hidden) >= before & stand
        assert set(hidden) <= before or len(before & stand) == 1, "a hidden line alone wants another beside it"
    told = {e for e, c in now.items() if done.contributions.get(e) != c} | (former.contributions.keys() - now.keys())
    assert done.held == told


SMALL = st.tuples(st.sampled_from(CLUSTERS[:2]), st.sampled_from(UNITS), SKEWED)


@settings(max_examples=60, deadline=None)
@given(st.lists(SMALL, min_size=1, max_size=16), st.dictionaries(st.integers(0, 19), SMALL, max_size=12))
def test_an_attacker_with_two_releases_learns_no_enterprise(
    rows: list[tuple[str, str, int]], changes: dict[int, tuple[str, str, int]]
) -> None:
    known = [Contribution(n, c, u, Decimal(v)) for n, (c, u, v) in enumerate(rows)]
    former = first_release(known)
    done = revise(
        by_id(known) | {n: Contribution(n, c, u, Decimal(v)) for n, (c, u, v) in changes.items()}, former, RULE
    )
    assert not attacks_on_both(former, done)
