"""The city at default size, without a database: it agrees with its sources, and its errors can be found."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal

import pytest

from portal.catalogue.snapshot import Catalogue
from portal.demo.calibration import figures_of
from portal.demo.census import Census
from portal.demo.county_table import CLUSTER_SHARE, DEFAULT_SIZE, UNITS
from portal.demo.figures import figures
from portal.demo.names import brand
from portal.demo.people import Person, people_of
from portal.kernel.period import Quarter
from tests.fixtures.calibrated import YEAR, measured

SEED = 1
NEWEST = [Quarter(2025, 3), Quarter(2025, 4), Quarter(2026, 1), Quarter(2026, 2)]


@pytest.fixture(scope="module")
def city(catalogue: Catalogue) -> list[Person]:
    return list(people_of(Census(catalogue, DEFAULT_SIZE, SEED)))


def test_every_calibrated_figure_lies_within_one_in_a_hundred_of_its_source(
    catalogue: Catalogue, city: list[Person]
) -> None:
    found_in_city = measured(city, catalogue, SEED, NEWEST)
    found = figures_of(found_in_city)
    assert [(f.name, f.target, f.value) for f in found if not f.is_met] == []
    assert len(found) == 3 + 3 * len(UNITS) + 3
    by_name = {f.name: f for f in found}
    # On the way to T5, and near it.
    assert found_in_city.cluster_share < found_in_city.newest_cluster_share
    assert found_in_city.newest_cluster_share > Decimal("0.66")
    assert by_name["2024 added value, L"].target == 4_717_800
    assert by_name["2024 added value, L, to 2023"].target == Decimal("1.093")


def test_the_above_scale_enterprises_of_each_unit_are_those_of_the_county_table(city: list[Person]) -> None:
    counted = Counter(person.county for person in city if person.is_above_scale)
    assert counted == {code: unit.enterprises for code, unit in UNITS.items()}
    assert sum(counted.values()) == 942


@pytest.mark.parametrize("count", [12, 13, 40, 300, 2000])
def test_a_city_of_another_size_has_as_many_in_proportion(catalogue: Catalogue, count: int) -> None:
    census = Census(catalogue, count, SEED)
    assert len(census.places) == count
    above = Counter(place.county for place in census.places if place.kind == "L")
    assert sum(above.values()) == max(10, round(count * 942 / 1400))
    if count >= 300:
        assert all(abs(above[code] - unit.enterprises * count / 1400) < 3 for code, unit in UNITS.items())


def test_all_three_classes_live_in_all_units_and_on_all_chains_where_the_sources_see_them(city: list[Person]) -> None:
    assert {person.county for person in city} == set(UNITS)
    assert Counter((p.is_industrial, p.is_above_scale) for p in city) == {
        (True, True): 942,
        (True, False): 330,
        (False, False): 128,
    }
    jinyun = Counter(person.chain for person in city if person.county == "331122")
    assert sum(jinyun[chain] for chain in ("02", "03", "04")) > sum(jinyun.values()) * 0.4
    assert len(jinyun) > 10


def test_sizes_are_skewed_as_in_life(city: list[Person]) -> None:
    output = sorted(person.output for person in city if person.is_above_scale)
    largest, whole = (sum(values, Decimal(0)) for values in (output[-len(output) // 10 :], output))
    assert largest > whole * Decimal("0.35")
    assert output[len(output) // 2] < whole / len(output) * Decimal("0.7")


def test_clusters_grow_at_their_own_pace_and_quarters_have_their_season(
    catalogue: Catalogue, city: list[Person]
) -> None:
    growth = defaultdict[str, list[Decimal]](list)
    for person in city:
        cluster = catalogue.cluster_of_segment(person.segment)
        growth[cluster.code if cluster else ""].append(person.growth)
    mean = {code: sum(values, Decimal(0)) / len(values) for code, values in growth.items()}
    assert mean["DIGI"] > mean["PREC"] > mean["FASH"]
    first, last = (sum((figures(p, q, SEED)["101"] for p in city[:200]), Decimal(0)) for q in (YEAR[0], YEAR[3]))
    assert last > first * Decimal("1.1")


@pytest.mark.parametrize(("count", "seed"), [(300, 1), (300, 2), (700, 3)])
def test_whatever_chance_draws_the_clusters_have_their_share_and_the_others_theirs(
    catalogue: Catalogue, count: int, seed: int
) -> None:
    output, number = defaultdict[str, Decimal](Decimal), Counter[str]()
    for person in people_of(Census(catalogue, count, seed)):
        cluster = catalogue.cluster_of_segment(person.segment)
        if person.is_above_scale:
            output[cluster.code if cluster else ""] += person.output
            number[cluster.code if cluster else ""] += 1
    others = output[""] / sum(output.values())
    assert abs(1 - others - CLUSTER_SHARE) < CLUSTER_SHARE / 100
    assert 0.15 < number[""] / number.total() < 0.35
    assert max(output, key=output.__getitem__) in ("PREC", "")  # the plan's one industry of 100 bn
    assert output["PREC"] > sum(output.values()) * Decimal("0.25")


def test_names_and_codes_of_a_hundred_thousand_do_not_run_out() -> None:
    assert len({brand(number, SEED)[0] for number in range(100_000)}) == 100_000
    assert len({brand(number, SEED)[1] for number in range(100_000)}) == 100_000
