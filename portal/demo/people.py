"""Who lives in the demo: one fictitious enterprise, with a code that nobody holds. Pure and deterministic."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from stdnum.cn import uscc

from ..catalogue.snapshot import Catalogue
from ..kernel.bilingual import Bilingual
from ..kernel.measure import rounded
from .census import CAST, JINYUN, LONGQUAN, NEWCOMERS, Census, Sketch, newcomer_sketch
from .names import SAMPLE, brand, enterprise_name, new_brand

__all__ = ["CAST", "JINYUN", "LONGQUAN", "NEWCOMERS", "SAMPLE", "Person", "credit_code", "newcomer", "population"]
_RATE_PLACES = 6


@dataclass(frozen=True, slots=True)
class Person:
    """One fictitious enterprise as the county's register would have it. Money in 万元.

    `output` is of the table's year (2024), `revenue` of the last year before the plan data; `growth` is the factor a
    year; `value_rate` is added value by output, `tax_rate` tax by added value. `slump` is the year from which on its
    orders are fewer, 0 for none.
    """

    number: int
    credit_code: str
    name: Bilingual
    county: str
    segment: str
    gb_class: str
    founded_on: date
    staff: int
    revenue: Decimal
    output: Decimal
    land: Decimal
    is_industrial: bool
    is_above_scale: bool
    growth: Decimal
    value_rate: Decimal
    tax_rate: Decimal
    slump: int = 0

    @property
    def chain(self) -> str:
        return self.segment[:2]


def credit_code(region: str, number: int) -> str:
    """A valid code with a body of its own (MAD…): well formed in both check characters, held by nobody."""
    body = f"MAD{number:05d}" if number < NEWCOMERS else f"MADY{number - NEWCOMERS:04d}"
    code = f"91{region}{body}{organisation_check(body)}"
    return code + uscc.calc_check_digit(code)


def code_of(sketch: Sketch) -> str:
    return credit_code(sketch.county if sketch.county.isdigit() else "331100", sketch.number)


def organisation_check(body: str) -> str:
    """The ninth character of an organisation code (GB 11714)."""
    values = (int(c, 36) for c in body)
    rest = 11 - sum(v * w for v, w in zip(values, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def population(catalogue: Catalogue, count: int, seed: int) -> list[Person]:
    """`count` enterprises; the same for the same arguments."""
    return list(people_of(Census(catalogue, count, seed)))


def people_of(census: Census) -> Iterator[Person]:
    """One after the other: nobody has to hold them all."""
    return (person_of(census, number) for number in range(census.count))


def person_of(census: Census, number: int) -> Person:
    return _person(census.sketch(number), brand(number, census.seed))


def newcomer(catalogue: Catalogue, number: int, chain: str, county: str, seed: int) -> Person:
    """An enterprise that is not on the register yet."""
    return _person(newcomer_sketch(catalogue, number, chain, county, seed), new_brand(number, seed))


def _person(sketch: Sketch, pair: tuple[str, str]) -> Person:
    output = rounded(Decimal(sketch.output), 2)
    is_industrial = sketch.kind != "N"
    return Person(
        sketch.number,
        code_of(sketch),
        enterprise_name(pair, sketch.segment[:2], sketch.number, is_industrial=is_industrial),
        sketch.county,
        sketch.segment,
        sketch.gb_class,
        sketch.founded_on,
        sketch.staff,
        rounded(output * Decimal(sketch.revenue_share) / 100, 2),
        output,
        rounded(Decimal(sketch.land), 2) if is_industrial else Decimal(0),
        is_industrial,
        sketch.kind == "L",
        rounded(Decimal(sketch.growth), _RATE_PLACES),
        rounded(Decimal(sketch.value_rate), _RATE_PLACES),
        rounded(Decimal(sketch.tax_rate), _RATE_PLACES),
    )
