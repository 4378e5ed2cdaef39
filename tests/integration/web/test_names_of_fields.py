"""A form that could not be taken is shown again with the names its own page gives the fields."""

from __future__ import annotations

import importlib

import pytest
from flask import Flask
from flask_wtf import FlaskForm
from wtforms import HiddenField
from wtforms.fields.core import UnboundField

from portal.web.resend import COMMON, SECRETS, TECHNICAL
from tests.fixtures.databases import ON_SQLITE

pytestmark = ON_SQLITE

FORMS = {
    "accounts": ("portal.accounts.forms",),
    "enterprises": ("portal.enterprises.forms", "portal.enterprises.forms_register", "portal.enterprises.forms_roster"),
    "policies": ("portal.support.forms_policies",),
    "review": ("portal.review.forms",),
    "support": ("portal.support.forms",),
}


def typed_in(module: str) -> set[str]:
    """Every field of the file's forms that a person fills in; filters are links and never sent again."""
    found = vars(importlib.import_module(module)).values()
    forms = [f for f in found if isinstance(f, type) and issubclass(f, FlaskForm) and f.__name__ != "FilterForm"]
    fields = [(name, getattr(form, name)) for form in forms for name in dir(form)]
    return {n for n, f in fields if isinstance(f, UnboundField) and f.field_class is not HiddenField}


@pytest.mark.parametrize("room", FORMS)
def test_every_field_that_is_typed_has_a_name_outside_its_page(app: Flask, room: str) -> None:
    namer = app.extensions["portal_field_names"][room]
    typed = {name for module in FORMS[room] for name in typed_in(module)} - SECRETS - TECHNICAL
    assert typed
    assert {name for name in typed if namer(name) is None and name not in COMMON} == set()


@pytest.mark.parametrize("name", ["statement", "claim", "contact_name", "account_no", "declaration", "reply-7"])
def test_an_application_names_its_fields_without_its_policy(app: Flask, name: str) -> None:
    assert app.extensions["portal_field_names"]["support"](name) is not None
