"""What a process keeps of the catalogue: entries by their content, snapshots by quarter. Both never change."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from .entries import Entry
from .snapshot import Catalogue

KEPT_SNAPSHOTS = 64
_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")


class Kept(Generic[_K, _V]):
    """At most so many values by their key. Old ones fall out by age of use."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[_K, _V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: _K) -> _V | None:
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: _K, value: _V) -> None:
        with self._lock:
            self._kept[key] = value
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)


# Kind, code and hash of the content: whatever database holds that content means that entry.
ENTRIES: Kept[tuple[str, str, str], Entry] = Kept(4_000)
# Database, version and quarter.
SNAPSHOTS: Kept[tuple[str, str, int], Catalogue] = Kept(KEPT_SNAPSHOTS)
