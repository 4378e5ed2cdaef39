"""The shipped catalogue and form, read from their definitions: the demo's pure part needs no database."""

from __future__ import annotations

import pytest

from portal.catalogue.building import entry
from portal.catalogue.reader import checked_entries
from portal.catalogue.snapshot import Catalogue, catalogue_of
from portal.kernel.period import Quarter
from portal.questionnaire.edition import Edition, read_folder
from portal.questionnaire.store import FOLDER


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return catalogue_of(Quarter(2026, 3), [entry(e.kind, e.code, e.content) for e in checked_entries()])


@pytest.fixture(scope="session")
def edition() -> Edition:
    return Edition.build(read_folder(FOLDER / "2026.1"))
