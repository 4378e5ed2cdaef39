"""The checker that says whether both languages are complete (the lint asks it) finds every kind of gap."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.messages import check, load, update

PO = "translations/zh_Hans_CN/LC_MESSAGES/{}.po"


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A house of two rooms with three sentences, both languages filled."""
    for room, text in {
        "filing": "{{ _('Save') }} {{ _('Due in %(days)s days', days=3) }}",
        "review": "{{ _('Save') }}",
    }.items():
        file = tmp_path / "templates" / room / "page.html"
        file.parent.mkdir(parents=True)
        file.write_text(text, "utf-8")
    code = tmp_path / "portal" / "filing" / "views.py"
    code.parent.mkdir(parents=True)
    code.write_text('ngettext("%(num)s row", "%(num)s rows", 2)', "utf-8")
    update(tmp_path)
    fill(tmp_path, "filing", {"Save": "保存", "Due in %(days)s days": "还有%(days)s天", "%(num)s rows": "%(num)s行"})
    fill(tmp_path, "review", {"Save": "保存"})
    return tmp_path


def fill(root: Path, room: str, words: dict[str, str]) -> None:
    file = root / PO.format(room)
    text = file.read_text("utf-8")
    for english, chinese in words.items():
        for place in (f'msgid "{english}"\nmsgstr ""', f'msgid_plural "{english}"\nmsgstr[0] ""'):
            text = text.replace(place, place[:-1] + chinese + '"')
    file.write_text(text, "utf-8")


def test_a_filled_house_has_no_faults_and_a_second_update_changes_nothing(small: Path) -> None:
    assert check(small) == []
    before = (small / PO.format("filing")).read_bytes()
    update(small)
    assert (small / PO.format("filing")).read_bytes() == before


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("保存", "", "missing"),
        ("还有%(days)s天", "还有几天", "places differ"),
        ("保存", "存", "differently"),
        ("还有%(days)s天", "还有 %(days)s 天", "a space between Han"),
        ("还有%(days)s天", "还有%(days)s天,", "half-width punctuation"),
        ("还有%(days)s天", "还有%(days)s天！", "does not use"),
        ('msgid "Save"', '#, fuzzy\nmsgid "Save"', "fuzzy"),
        ('msgid "Save"', 'msgid "Keep"\nmsgstr "留存"\n\nmsgid "Save"', "stale"),
    ],
)
def test_the_checker_names(small: Path, old: str, new: str, fault: str) -> None:
    file = small / PO.format("filing")
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")
    assert any(fault in line for line in check(small)), check(small)


def test_a_sentence_that_another_room_has_comes_in_translated(small: Path) -> None:
    page = small / "templates" / "home" / "page.html"
    page.parent.mkdir(parents=True)
    page.write_text("{{ _('Save') }}", "utf-8")
    update(small)
    assert load("zh_Hans_CN", small)["home"]["Save"].string == "保存"


def test_a_sentence_that_stands_nowhere_any_more_goes(small: Path) -> None:
    (small / "templates" / "review" / "page.html").unlink()
    update(small)
    assert "review" not in load("zh_Hans_CN", small)
