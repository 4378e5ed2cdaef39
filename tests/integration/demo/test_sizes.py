"""Size classes in the demo: what the bulk wrote is what the calendar's job would compute, and figures follow it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from portal.accounts.hashing import Hasher
from portal.database.session import Database, reading
from portal.demo.commands import load_demo
from portal.demo.plan import Wishes
from portal.enterprises.models import Enterprise, SizeStatus
from portal.enterprises.queries import profiles_at
from portal.filing.commands_size import renew_size
from portal.filing.models import Fact, Filing
from portal.filing.queries_size import size_years, sizes_to_renew
from portal.kernel.clock import today
from portal.kernel.period import Quarter, quarters_between
from portal.kernel.roles import system
from portal.statistics.commands import compare
from portal.statistics.models import DueEnterprise
from tests.fixtures.databases import ON_SQLITE
from tests.integration.demo.people import ALL

pytestmark = ON_SQLITE  # the same rows on both: test_load compares their digests
OPEN = Quarter.containing(today()) - 1
YEAR = OPEN.year - 1
QUARTERS = len(list(quarters_between(Quarter(YEAR, 1), OPEN - 1)))


@pytest.mark.content("catalogue")
def test_every_class_follows_from_the_filings_and_every_later_figure_carries_it(
    database: Database, tmp_path: Path
) -> None:
    load_demo(Wishes(30, QUARTERS, 1), Hasher(1, 8, 1), tmp_path)
    with reading(ALL) as session:
        ids = session.scalars(select(Enterprise.id).where(Enterprise.status == "registered")).all()
        assert {i: year.figures() is not None for i, year in size_years(session, YEAR).items()} == dict.fromkeys(
            ids, True
        )
        assert sizes_to_renew(session, YEAR) == []
        rows = session.scalars(select(SizeStatus).where(SizeStatus.basis == "filings")).all()
        assert {row.enterprise_id: row.since_on.year for row in rows} == dict.fromkeys(ids, YEAR + 1)
        current = {row.enterprise_id: row.size_class for row in rows}
        own = select(Enterprise.id, Enterprise.size_class).where(Enterprise.id.in_(ids))
        assert current == {row.id: row.size_class for row in session.execute(own)}
        for quarter in quarters_between(Quarter(YEAR, 1), OPEN):
            classes = {p.enterprise_id: p.size_class for p in profiles_at(session, quarter.first_day, ids)}
            for kind in (Filing, DueEnterprise, Fact):
                found = session.execute(
                    select(kind.enterprise_id, kind.size_class).where(kind.quarter == quarter.code).distinct()
                )
                assert all(classes[enterprise_id] == size for enterprise_id, size in found), (kind, quarter)
    assert not any(renew_size(system("a test"), enterprise_id, YEAR) for enterprise_id in ids)
    assert compare() == []


def test_in_the_demo_some_enterprises_changed_their_class(database: Database, tmp_path: Path) -> None:
    load_demo(Wishes(60, QUARTERS + 4, 1), Hasher(1, 8, 1), tmp_path)
    with reading(ALL) as session:
        rows = session.scalars(select(SizeStatus).order_by(SizeStatus.enterprise_id, SizeStatus.since_on)).all()
        changed = [
            later.enterprise_id
            for row, later in pairwise(rows)
            if row.enterprise_id == later.enterprise_id and row.size_class != later.size_class
        ]
    assert changed
