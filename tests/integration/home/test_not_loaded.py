"""Between `db upgrade` and `catalogue load` there is a page in words, not a fault."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.database.session import Database


@pytest.mark.parametrize(("tag", "sentence"), [("zh-CN", "基础数据尚未载入"), ("en", "reference data are not loaded")])
def test_a_portal_without_its_reference_data_says_so(app: Flask, database: Database, tag: str, sentence: str) -> None:
    answer = app.test_client().get("/", headers={"Accept-Language": tag})
    assert answer.status_code == 503
    assert sentence in answer.get_data(as_text=True)
