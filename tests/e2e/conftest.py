"""Browser journeys run on SQLite unless a test names another database; the integration tests run on both."""

from __future__ import annotations

import pytest
from _pytest.fixtures import FixtureRequest


@pytest.fixture(params=["sqlite"])
def database_kind(request: FixtureRequest) -> str:
    return str(request.param)
