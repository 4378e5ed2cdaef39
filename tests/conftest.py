"""The ground every test stands on. The fixtures themselves live in tests/fixtures, one file per kind."""

from __future__ import annotations

import gc

from hypothesis import HealthCheck, settings

pytest_plugins = [
    "tests.fixtures.postgres",
    "tests.fixtures.databases",
    "tests.fixtures.portal",
    "tests.fixtures.browser",
]

# The same examples on every machine and every run: a red test is red for everybody. A test that wants more
# examples than these says so itself.
settings.register_profile(
    "portal",
    derandomize=True,
    deadline=None,
    max_examples=60,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
settings.load_profile("portal")


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: looking through it again and again is no use to anybody."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)
