"""The ground itself: every test has a database of its own, on both kinds."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from portal.database.session import Database, reading, transaction
from portal.kernel.roles import Scope
from portal.web.sessions import WebSession, begin

EVERYTHING = Scope.everything("test")


@pytest.mark.parametrize("time", ["first", "second"])
def test_a_test_finds_an_empty_database_whatever_the_one_before_wrote(database: Database, time: str) -> None:
    with reading(EVERYTHING) as session:
        assert session.scalar(select(func.count()).select_from(WebSession)) == 0
    with transaction(EVERYTHING) as session:
        begin(session, 1, proved_at=datetime.now(UTC), second_factor_done=True)
    with reading(EVERYTHING) as session:
        assert session.scalars(select(WebSession.id)).all() == [1]


def test_the_database_is_the_kind_the_test_asked_for(database: Database, database_kind: str) -> None:
    assert database.is_sqlite == (database_kind == "sqlite")


def test_a_rolled_back_transaction_leaves_nothing(database: Database) -> None:
    def fail_halfway() -> None:
        with transaction(EVERYTHING) as session:
            begin(session, 1, proved_at=datetime.now(UTC), second_factor_done=True)
            raise KeyError("halfway")

    with pytest.raises(KeyError):
        fail_halfway()
    with reading(EVERYTHING) as session:
        assert session.scalar(select(func.count()).select_from(WebSession)) == 0
