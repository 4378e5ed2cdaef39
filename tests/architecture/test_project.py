"""The project's own promises: the lock, the documents, the build machine's script."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from portal.config import Settings

ROOT = Path(__file__).resolve().parents[2]


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


LOCKS = ("requirements.lock", "bench/requirements.lock")


def locked(lock: str = LOCKS[0]) -> dict[str, int]:
    """Package → number of hashes, from the lock."""
    blocks = re.split(r"\n(?=[a-z0-9])", read(lock))
    names = ((re.match(r"([a-z0-9._-]+)==", block), block) for block in blocks)
    return {match[1]: block.count("--hash=sha256:") for match, block in names if match}


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_a_hash_for_every_package_and_no_address(lock: str) -> None:
    packages = locked(lock)
    assert len(packages) > 45
    assert [name for name, hashes in packages.items() if not hashes] == []
    assert "://" not in read(lock)


def test_the_benchs_libraries_are_locked_apart_and_never_the_portals() -> None:
    extras = tomllib.loads(read("pyproject.toml"))["project"]["optional-dependencies"]
    own = {names(library) for library in extras["bench"]}
    assert own <= locked(LOCKS[1]).keys()
    assert not own & locked().keys()


def test_portal_and_bench_lock_the_same_version_of_what_both_use() -> None:
    pinned = [dict(re.findall(r"^([a-z0-9._-]+)==([^\s;]+)", read(lock), re.MULTILINE)) for lock in LOCKS]
    both = pinned[0].keys() & pinned[1].keys()
    assert len(both) > 40
    assert {name: pinned[1][name] for name in both} == {name: pinned[0][name] for name in both}


def names(requirement: str) -> str:
    """The package a requirement names."""
    return re.split(r"[\[<>=!~ ]", requirement)[0].lower()


def test_every_library_of_the_project_is_locked() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    extras = {extra: libraries for extra, libraries in project["optional-dependencies"].items() if extra != "bench"}
    wanted = [*project["dependencies"], *(library for libraries in extras.values() for library in libraries)]
    assert {names(library) for library in wanted} - locked().keys() == set()


def test_the_settings_page_lists_exactly_the_settings_there_are() -> None:
    listed = set(re.findall(r"^\| `(\w+)` \|", read("docs/settings.md"), re.MULTILINE))
    there = {"PORT" if f.name == "port" else f"PORTAL_{f.name.upper()}" for f in fields(Settings)}
    assert listed == there


def test_the_defaults_on_the_settings_page_are_the_defaults() -> None:
    rows = dict(re.findall(r"^\| `PORTAL_(\w+)` \| [^|]+ \| `([^`|]+)` \|", read("docs/settings.md"), re.MULTILINE))
    simple = {
        f.name: f.default for f in fields(Settings) if isinstance(f.default, int | str) and f.name != "public_url"
    }
    told = {name: rows[name.upper()] for name in simple if name.upper() in rows}
    assert told == {name: str(simple[name]) for name in told}
    assert len(told) >= 8


def test_the_build_machine_runs_what_the_readme_names() -> None:
    assert "make test" in read(".ci/run")
    readme = read("README.md")
    assert "make run" in readme
    assert "make test" in readme


def test_every_target_of_the_makefile_that_a_person_types_is_explained() -> None:
    targets = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE)) - {"setup", "setup-test"}
    explained = set(re.findall(r"^([a-z-]+):.*## ", read("Makefile"), re.MULTILINE))
    assert targets == explained
    assert {"run", "test", "check", "help"} <= targets


def test_links_between_documents_lead_somewhere() -> None:
    generated = {"docs/access.md", "docs/workflow.md"}
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?://)([^)#]+)", document.read_text("utf-8")):
            path = (document.parent / target).resolve()
            assert path.exists() or path.relative_to(ROOT).as_posix() in generated, f"{document.name} → {target}"
