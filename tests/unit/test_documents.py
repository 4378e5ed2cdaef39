"""Documents that speak of tests and pictures speak of what is there."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from PIL import Image

from scripts.pictures import SHOWN, WIDTH

ROOT = Path(__file__).resolve().parents[2]
STATES = ("done", "half", "not begun")
CAPABILITIES = (ROOT / "docs/capabilities.md").read_text("utf-8")
ROADMAP = (ROOT / "docs/roadmap.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
TEST = re.compile(r"`([\w/]+\.py)::(test_\w+)`")


def rows() -> list[tuple[int, str, str]]:
    """Number, state and last cell of every capability."""
    lines = [line.strip("| \n").split(" | ") for line in CAPABILITIES.splitlines() if re.match(r"\| \d", line)]
    return [(int(cells[0]), cells[-2], cells[-1]) for cells in lines]


def test_every_capability_stands_once_in_its_order_with_a_state() -> None:
    assert [number for number, _, _ in rows()] == list(range(1, 101))
    assert {state for _, state, _ in rows()} <= set(STATES)


def test_the_counts_at_the_top_are_those_of_the_rows() -> None:
    counted = Counter(state for _, state, _ in rows())
    assert f"{counted['done']} done, {counted['half']} half, {counted['not begun']} not begun" in CAPABILITIES


@pytest.mark.parametrize(("number", "state", "said"), rows())
def test_a_capability_names_tests_that_there_are_or_what_is_missing(number: int, state: str, said: str) -> None:
    named = TEST.findall(said)
    gone = [f"{file}::{test}" for file, test in named if not there(file, test)]
    assert gone == [], "mend docs/capabilities.md with what now shows it"
    left = TEST.sub("", said).strip(" ·;–")
    assert named if state == "done" else not named if state == "not begun" else left


def there(file: str, test: str) -> bool:
    path = ROOT / "tests" / file
    return path.is_file() and re.search(rf"^\s*def {test}\(", path.read_text("utf-8"), re.MULTILINE) is not None


def test_every_test_file_a_document_names_is_there() -> None:
    for document in (ROADMAP, CAPABILITIES, README, *(p.read_text("utf-8") for p in (ROOT / "docs").glob("*.md"))):
        for file in re.findall(r"`(tests/[\w/]+(?:\.py)?)`", document):
            assert (ROOT / file).exists(), file


PICTURES = re.findall(r"!\[[^\]]+\]\((docs/pictures/([a-z]+)-(zh|en)\.png)\)", README)


def test_the_readme_shows_six_pages_in_both_languages_and_they_are_there() -> None:
    names = {name for _, name, _ in PICTURES}
    assert len(names) == 6
    assert {(name, lang) for _, name, lang in PICTURES} == {(name, lang) for name in names for lang in ("zh", "en")}
    assert names == {picture.name for picture in SHOWN}
    for file, _, _ in PICTURES:
        with Image.open(ROOT / file) as picture:
            assert picture.format == "PNG" and picture.width == WIDTH
    assert sum((ROOT / file).stat().st_size for file, _, _ in PICTURES) < 2_500_000


def test_the_readme_counts_what_is_confirmed_as_the_definitions_do() -> None:
    told = re.findall(r"^\| [^|]+, `(\w+)\.toml` \| (\d+) \| (\d+) \| (\d+) \|", README, re.MULTILINE)
    assert len(told) == 7
    for name, entries, confirmed, not_yet in told:
        content = tomllib.loads((ROOT / f"portal/catalogue/definitions/{name}.toml").read_text("utf-8"))
        states = Counter(entry["status"] for entry in content[name.removesuffix("s")])
        assert (int(entries), int(confirmed), int(not_yet)) == (
            states.total(), states["confirmed"], states["to_confirm"]
        ), name  # fmt: skip
