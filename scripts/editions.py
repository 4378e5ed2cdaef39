"""Records what each form edition was published as, beside its definitions (`record.toml`): run it for a new edition or
a new version of its rules. What is recorded stays; an edition with a fault, or changed under its own codes, is refused.
"""

from __future__ import annotations

import sys

from portal.questionnaire.edition import read_folder
from portal.questionnaire.record import RECORD, read_record, record_faults, recorded, written
from portal.questionnaire.store import FOLDER


def main() -> int:
    refused = 0
    for folder in sorted(path for path in FOLDER.iterdir() if path.is_dir()):
        content, record = read_folder(folder), read_record(folder)
        grown = recorded(content, record)
        faults = record_faults(content, grown)
        for fault in faults:
            print(f"{folder.name}: {fault}")
        if faults:
            refused = 1
        elif grown != record:
            (folder / RECORD).write_text(written(grown), "utf-8")
            print(f"{folder.name}: recorded {content['rules']['version']}")
    return refused


if __name__ == "__main__":
    sys.exit(main())
