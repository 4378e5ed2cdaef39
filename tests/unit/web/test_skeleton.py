"""A skeleton filled in is what the template would have written for these very values."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from portal.web.skeleton import Skeleton

NAMES = ("name", "typed.errors", "rows")


def written(slots: Mapping[str, str]) -> Markup:
    """A template with per cent signs, a slot that comes twice and one that is not used."""
    return Markup('<p class="100%" title="%s %(name)s">{0}</p><b>{0}</b>%%{1}').format(
        Markup(slots["name"]), Markup(slots["typed.errors"])
    )


@given(st.lists(st.text(), min_size=3, max_size=3))
def test_whatever_was_typed_stands_where_the_template_puts_it(texts: list[str]) -> None:
    values = {name: str(escape(text)) for name, text in zip(NAMES, texts, strict=True)}
    assert Skeleton(NAMES, written).filled(values) == written(values)


@given(st.text())
def test_one_slot_and_none(text: str) -> None:
    value = str(escape(text))
    assert Skeleton(["a"], lambda slots: f"<i>{slots['a']}</i>").filled({"a": value}) == f"<i>{value}</i>"
    assert Skeleton(["a"], lambda slots: "50 %").filled({"a": value}) == "50 %"
