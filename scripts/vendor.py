"""Files of other projects that browsers load: copied from npm packages by a manifest, and verified against it.

`python scripts/vendor.py` fetches each package with `npm pack`, takes the one file the manifest names and refuses one
whose sha256 differs; `--check` only compares what lies here. To move to a new version change the manifest, run with
`--accept` and look at the difference. Holds no list of its own: static/vendor/manifest.json is the list.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "static" / "vendor" / "manifest.json"


@dataclass(frozen=True, slots=True)
class Vendored:
    """One file: `source` is its place inside the package, `path` its place in this repository."""

    name: str
    version: str
    licence: str
    source: str
    path: str
    sha256: str


def manifest() -> list[Vendored]:
    return [Vendored(**entry) for entry in json.loads(MANIFEST.read_text(encoding="utf-8"))]


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def differences(entries: list[Vendored]) -> list[str]:
    """What lies here but is not what the manifest says."""
    found = []
    for entry in entries:
        file = ROOT / entry.path
        if not file.is_file():
            found.append(f"{entry.path}: missing")
        elif digest(file.read_bytes()) != entry.sha256:
            found.append(f"{entry.path}: differs from {entry.name} {entry.version}")
    listed = {entry.path for entry in entries} | {MANIFEST.relative_to(ROOT).as_posix()}
    strays = (f.relative_to(ROOT).as_posix() for f in MANIFEST.parent.iterdir() if f.is_file())
    return found + [f"{path}: not in the manifest" for path in sorted(strays) if path not in listed]


def fetched(entry: Vendored) -> bytes:
    """The file as its package has it. Raises CalledProcessError when npm cannot get the package."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--pack-destination", folder, f"{entry.name}@{entry.version}"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as package:
            member = package.extractfile(f"package/{entry.source}")
            if member is None:
                raise FileNotFoundError(entry.source)
            return member.read()


def copy(entry: Vendored, *, accept: bool) -> Vendored:
    content = fetched(entry)
    if digest(content) != entry.sha256 and not accept:
        raise SystemExit(f"{entry.name} {entry.version}: {entry.source} is not the file of the manifest")
    (ROOT / entry.path).write_bytes(content)
    return replace(entry, sha256=digest(content))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare what lies here with the manifest")
    parser.add_argument("--accept", action="store_true", help="write the sha256 of what was fetched into the manifest")
    options = parser.parse_args()
    entries = manifest()
    if not options.check:
        entries = [copy(entry, accept=options.accept) for entry in entries]
        lines = json.dumps([asdict(entry) for entry in entries], indent=2)
        MANIFEST.write_text(lines + "\n", encoding="utf-8")
    problems = differences(entries)
    print("\n".join(problems) or f"{len(entries)} vendored files are as the manifest says")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
