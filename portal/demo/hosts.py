"""On which chain an enterprise of a unit stands: the sources' hosts weigh more, nothing is exclusive. Pure."""

from __future__ import annotations

import random

from ..catalogue.entries import Segment
from ..catalogue.snapshot import Catalogue

# How many enterprises a chain has beside the others, before anybody asks where.
_WEIGHTS = {
    "01": 2, "02": 10, "03": 8, "04": 6, "05": 12, "06": 9, "07": 8, "08": 8, "09": 9, "10": 4, "11": 6, "12": 7,
    "13": 7, "14": 12, "15": 3, "16": 4,
}  # fmt: skip
_HOST = 7
_SERVICES = 6  # of the chain of digital services, for what is not industry
NO_CHAIN = "00"
_NO_CHAIN_TO_REST = 0.42  # enterprises on no chain for each one on a chain, in every unit
# Their industries, by the cluster their segment names: most name none - tea, food, paper, printing, stone carving,
# ceramics, cement goods are old trades of the place, and on no chain of the plan.
_ON_NO_CHAIN = {
    "00": ("1371", "1530", "2231", "2319", "2431", "2922", "3021", "3074", "3075", "3099") * 2,
    "00-PREC": ("3399",), "00-FASH": ("1819",), "00-HEAL": ("2761",), "00-DIGI": ("3919",), "00-SEMI": ("3985",),
}  # fmt: skip
Choice = tuple[str, str]


class Hosts:
    """What can be picked, worked out once for a catalogue."""

    def __init__(self, catalogue: Catalogue) -> None:
        kinds = (False, True)
        self._choices = {(c, kind): _choices(catalogue, c, kind) for c in (*_WEIGHTS, NO_CHAIN) for kind in kinds}
        self._weights = {
            (unit, kind): self._weighed(catalogue, unit, kind) for unit in catalogue.units for kind in kinds
        }

    def _weighed(self, catalogue: Catalogue, unit: str, is_service: bool) -> dict[str, float]:
        chains = [c for c in _WEIGHTS if self._choices[c, is_service]]
        found: dict[str, float] = {c: _weight(catalogue, c, unit, is_service) for c in chains}
        if self._choices[NO_CHAIN, is_service]:
            found[NO_CHAIN] = sum(found.values()) * _NO_CHAIN_TO_REST
        return found

    def pick(self, chance: random.Random, county: str, kind: str, chain: str | None) -> Choice:
        """Segment and industry class for a respondent class in a unit; `chain` where it is decided already."""
        is_service = kind == "N"
        if chain is None or not self._choices[chain, is_service]:
            weights = self._weights[county, is_service]
            chain = chance.choices(list(weights), list(weights.values()))[0]
        return chance.choice(self._choices[chain, is_service])


def _choices(catalogue: Catalogue, chain: str, is_service: bool) -> tuple[Choice, ...]:
    return tuple(
        (segment.code, gb_class)
        for segment in catalogue.segments_of(chain)
        for gb_class in _classes(segment, is_service)
        if catalogue.is_industrial(gb_class) is not is_service
    )


def _classes(segment: Segment, is_service: bool) -> tuple[str, ...]:
    if segment.code in _ON_NO_CHAIN:
        return () if is_service else _ON_NO_CHAIN[segment.code]
    return tuple(segment.gb_classes)


def _weight(catalogue: Catalogue, chain: str, county: str, is_service: bool) -> int:
    weight = _WEIGHTS[chain] * (_HOST if county in catalogue.chain(chain).counties else 1)
    return weight * _SERVICES if is_service and chain == "16" else weight
