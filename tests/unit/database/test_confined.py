"""A hot statement is written for a kind of scope when it is first needed: for each kind it can be."""

from __future__ import annotations

import sys

import pytest

import portal.app as whole
from portal.database.scope import SCOPE_COLUMNS, Confined


@pytest.mark.parametrize("kind", ["everything", *SCOPE_COLUMNS])
def test_every_hot_statement_can_be_written_for_every_kind_of_scope(kind: str) -> None:
    assert whole  # brings every room's statements
    rooms = [room for name, room in list(sys.modules.items()) if name.startswith("portal.")]
    said = [found for room in rooms for found in vars(room).values()]
    said += [one for found in said if isinstance(found, dict) for one in found.values()]  # one for each of a kind
    statements = {id(found): found for found in said if isinstance(found, Confined)}
    assert len(statements) >= 12
    for statement in statements.values():
        assert statement.written_for(kind) is statement.written_for(kind)
        with pytest.raises(KeyError):
            statement.written_for("a kind nobody knows")
