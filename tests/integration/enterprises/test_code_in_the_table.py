"""The table's own CHECK on credit codes, as it stands in each database."""

from __future__ import annotations

import json

from sqlalchemy import inspect, text

from portal.database.session import Database, reading
from tests.fixtures.applicants import changed, right_codes
from tests.fixtures.cases import EVERYTHING

# A row as the CHECK reads it; the code comes from the list that is sent along.
ROWS = {
    "sqlite": "select value as credit_code, 'registered' as status, null as override_reason from json_each(:codes)",
    "postgres": "select value as credit_code, 'registered' as status, null::text as override_reason "
    "from json_array_elements_text(cast(:codes as json))",
}


def test_the_table_refuses_every_change_of_one_character_and_takes_every_right_code(
    database: Database, database_kind: str
) -> None:
    right = right_codes()
    wrong = [code for one in right for code in changed(one)]
    assert len(wrong) == 10_800
    with reading(EVERYTHING) as session:
        checks = inspect(session.connection()).get_check_constraints("enterprise")
        (check,) = [check["sqltext"] for check in checks if "credit_code" in str(check["name"])]
        taken = session.scalars(
            text(f"select credit_code from ({ROWS[database_kind]}) as enterprise where {check}"),
            {"codes": json.dumps([*wrong, *right])},
        )
        assert list(taken) == right
