"""The generated pages of docs/ say what the code says now."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.cli import PAGES
from portal.config import ROOT


@pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_generated_page_is_current(app: Flask, name: str) -> None:
    written = (ROOT / "docs" / f"{name}.md").read_text("utf-8")
    assert written == PAGES[name](app), f"run: flask --app wsgi docs {name}"
