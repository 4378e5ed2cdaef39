"""The folder of finished papers: whole files only, and nothing kept for ever."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from portal.certificates.store import FOLDER, forget, keep, place
from portal.kernel.clock import now


def _aged(file: Path, days: int) -> None:
    then = (now() - timedelta(days=days)).timestamp()
    os.utime(file, (then, then))


def test_what_is_kept_is_whole_and_leaves_no_half_behind(tmp_path: Path) -> None:
    keep(tmp_path, "a" * 64, b"%PDF-1.7")
    assert place(tmp_path, "a" * 64).read_bytes() == b"%PDF-1.7"
    assert [file.name for file in (tmp_path / FOLDER).iterdir()] == [f"{'a' * 64}.pdf"]


def test_old_papers_and_halves_of_broken_writes_go_and_younger_ones_stay(tmp_path: Path) -> None:
    keep(tmp_path, "old", b"1")
    keep(tmp_path, "young", b"2")
    half = tmp_path / FOLDER / "old.0011.part"
    half.write_bytes(b"3")
    _aged(place(tmp_path, "old"), 31)
    _aged(half, 31)
    _aged(place(tmp_path, "young"), 29)
    assert forget(tmp_path, now() - timedelta(days=30)) == 2
    assert [file.name for file in (tmp_path / FOLDER).iterdir()] == ["young.pdf"]


def test_a_portal_that_never_printed_has_nothing_to_forget(tmp_path: Path) -> None:
    assert forget(tmp_path, now()) == 0
