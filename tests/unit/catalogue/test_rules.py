"""How the catalogue's pages write what its files hold."""

from __future__ import annotations

import pytest

from portal.catalogue.kinds import KINDS
from portal.catalogue.rules import shown
from portal.kernel.bilingual import Bilingual


@pytest.mark.parametrize(
    ("kind", "name", "value", "written"),
    [
        ("plan", "issued_on", "2022-06-01", Bilingual("2022年6月1日", "1 June 2022")),
        ("plan", "first_quarter", "2022Q1", Bilingual("2022年第一季度", "Q1 2022")),
        ("level", "threshold", "10000000", Bilingual("10,000,000", "10,000,000")),
        ("target", "value", "-0.50", Bilingual("\u22120.50", "\u22120.50")),
        ("target", "year", 2026, Bilingual("2026", "2026")),
    ],
)
def test_days_quarters_and_amounts_are_written_as_people_write_them(
    kind: str, name: str, value: object, written: Bilingual
) -> None:
    field = KINDS[kind].field(name)
    assert field is not None
    assert shown(field, value) == written


@pytest.mark.parametrize("value", ["2022-13-01", "soon", ""])
def test_what_a_draft_holds_wrongly_is_shown_as_it_is(value: str) -> None:
    field = KINDS["plan"].field("issued_on")
    assert field is not None
    assert shown(field, value).zh == (value or "\u2013")
