"""scripts/setup.sh on machines that lack something, played with a stand-in for the system's own programmes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pip
import pytest

SCRIPT = Path(__file__).resolve().parents[3] / "scripts" / "setup.sh"
DPKG = '#!/bin/sh\n[ "$2" = "{missing}" ] && exit 1\necho "Status: install ok installed"\n'
# An environment in a tenth of the time: without an installer of its own, which the path of modules lends it.
PYTHON = '#!/bin/sh\n[ "$1 $2" = "-m venv" ] && shift 2 && set -- -m venv --without-pip "$@"\nexec {python} "$@"\n'
APT = '#!/bin/sh\necho "$@" >> "{log}"\n[ "$1" = install ] && exit {code}\nexit 0\n'


def programme(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A project of an empty lock and one script, with its own dpkg, apt-get and sudo first on the PATH."""
    for name in ("scripts", "bin"):
        (tmp_path / name).mkdir()
    shutil.copy(SCRIPT, tmp_path / "scripts")
    (tmp_path / "requirements.lock").write_text("")
    programme(tmp_path / "bin", "sudo", '#!/bin/sh\nexec "$@"\n')
    return tmp_path


def set_up(machine: Path, *, missing: str = "", apt: int = 0, what: str = "test") -> subprocess.CompletedProcess[str]:
    programme(machine / "bin", "dpkg", DPKG.format(missing=missing))
    programme(machine / "bin", "apt-get", APT.format(log=machine / "apt.log", code=apt))
    programme(machine / "bin", "python-of-the-machine", PYTHON.format(python=sys.executable))
    environment = os.environ | {"PATH": f"{machine / 'bin'}:{os.environ['PATH']}", "PYTHON": "python-of-the-machine"}
    environment["PYTHONPATH"] = str(Path(pip.__file__).parents[1])
    environment.pop("PORTAL_CHROMIUM", None)
    command = ["bash", str(machine / "scripts" / "setup.sh"), what]
    return subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=120)


def test_a_missing_package_is_installed_alone_and_in_one_call(machine: Path) -> None:
    assert set_up(machine, missing="qpdf").returncode == 0
    calls = (machine / "apt.log").read_text().splitlines()
    assert [call for call in calls if call.startswith("install")] == ["install -y --no-install-recommends qpdf"]


def test_running_the_portal_asks_for_no_package_of_the_tests(machine: Path) -> None:
    assert set_up(machine, missing="chromium-headless-shell", what="run").returncode == 0
    assert not (machine / "apt.log").exists()


def test_a_call_that_fails_is_printed_whole_and_ends_with_one(machine: Path) -> None:
    done = set_up(machine, missing="postgresql", apt=100)
    assert done.returncode == 1
    assert "apt-get install -y --no-install-recommends postgresql" in done.stderr.splitlines()[-1]
    assert not (machine / ".venv").exists()


def test_a_second_set_up_does_nothing_until_the_lock_changes(machine: Path) -> None:
    assert set_up(machine).returncode == 0
    assert set_up(machine).stderr == ""
    (machine / "requirements.lock").write_text("# another\n")
    assert "installing the libraries" in set_up(machine).stderr
