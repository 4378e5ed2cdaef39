"""Collects the sentences of templates and code, room by room, into translations/<locale>/LC_MESSAGES/<room>.po.

`messages.py [ROOM …]` updates the files (of these rooms only): new sentences come in empty (Chinese) or as themselves (English), sentences that no
longer stand anywhere go. `messages.py --check` changes nothing and exits 1, naming every sentence that is missing,
fuzzy or stale, whose places (`%(name)s`) differ, that two rooms translate differently, or whose Chinese breaks the
rules of writing. The files carry no dates and no line numbers, so that a difference is always a difference of words.
"""

from __future__ import annotations

import io
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
KEYWORDS: dict[str, Any] = {"_": None, "gettext": None, "lazy": None, "ngettext": (1, 2)}
SHARED = "layout"  # the frame around all pages: layout, macros, error pages, and what portal/web says itself
SHARED_FOLDERS = frozenset({"layout", "macros", "errors", "web"})
HEADERS = {
    "zh_Hans_CN": ("zh_Hans_CN", "nplurals=1; plural=0;"),
    "en": ("en", "nplurals=2; plural=(n != 1);"),
}
PLACE = re.compile(r"%\((\w+)\)[sd]")
HAN = r"[\u3007\u4e00-\u9fff]"
WRITING = [
    (re.compile(rf"{HAN} +[A-Za-z0-9]|[A-Za-z0-9] +{HAN}"), "a space between Han and Latin or digits"),
    (re.compile(rf"{HAN}[,;:!?.]|[,;:!?] ?{HAN}"), "half-width punctuation next to Han"),
    (re.compile(rf"{HAN}\(|\){HAN}|\({HAN}"), "half-width brackets next to Han"),
    (re.compile("请您|亲爱的|操作成功|！"), "a word or mark the portal does not use"),
]

Key = str | tuple[str, str]
Rooms = dict[str, set[Key]]


def room_of(file: Path, root: Path = ROOT) -> str:
    parts = file.relative_to(root).parts  # templates/<room>/… or portal/<room>/… or portal/app.py
    return SHARED if len(parts) < 3 or parts[1] in SHARED_FOLDERS else parts[1]


def sentences(file: Path) -> Iterator[Key]:
    """The msgids of one file; a pair for a plural. A template that does not parse raises."""
    method = "jinja2.ext:babel_extract" if file.suffix == ".html" else "python"
    options = {"silent": "false", "extensions": "jinja2.ext.i18n,jinja2.ext.do,jinja2.ext.loopcontrols"}
    with file.open("rb") as stream:
        for _line, message, _comments, _context in extract(method, stream, KEYWORDS, options=options):
            yield (str(message[0]), str(message[1])) if isinstance(message, tuple | list) else message


def collect(root: Path = ROOT) -> Rooms:
    rooms: Rooms = defaultdict(set)
    files = [*(root / "templates").rglob("*.html"), *(root / "portal").rglob("*.py")]
    for file in sorted(files):
        rooms[room_of(file, root)].update(sentences(file))
    return {room: found for room, found in rooms.items() if found}


def load(locale: str, root: Path = ROOT) -> dict[str, dict[str, Message]]:
    """Room → first msgid → message, as the files stand."""
    loaded: dict[str, dict[str, Message]] = {}
    for file in sorted((root / "translations" / locale / "LC_MESSAGES").glob("*.po")):
        with file.open("rb") as stream:
            catalogue = read_po(stream)
        loaded[file.stem] = {first(m.id): m for m in catalogue if m.id}
    return loaded


def first(key: Any) -> str:
    return key if isinstance(key, str) else str(key[0])


def forms(message: Message) -> tuple[str, ...]:
    string = message.string or ""
    return (string,) if isinstance(string, str) else tuple(string)


# --- update ------------------------------------------------------------------------------------------------------


def update(root: Path = ROOT, only: frozenset[str] = frozenset()) -> None:
    """Writes every room's files, or those of the rooms in `only`."""
    rooms = collect(root)
    for locale in HEADERS:
        old = load(locale, root)
        known = {key: m for room in old.values() for key, m in room.items() if all(forms(m)) and not m.fuzzy}
        folder = root / "translations" / locale / "LC_MESSAGES"
        folder.mkdir(parents=True, exist_ok=True)
        for file in folder.glob("*.po"):
            if file.stem not in rooms and (not only or file.stem in only):
                file.unlink()
        for room, keys in rooms.items():
            if only and room not in only:
                continue
            mine = old.get(room, {})
            strings = {key: _string(locale, key, mine.get(first(key)) or known.get(first(key))) for key in keys}
            (folder / f"{room}.po").write_bytes(written(locale, strings))


def _string(locale: str, key: Key, old: Message | None) -> str | tuple[str, ...]:
    if locale == "en":
        return key
    if isinstance(key, str):
        return old.string if old is not None and isinstance(old.string, str) else ""
    return (forms(old)[0],) if old is not None else ("",)


def written(locale: str, strings: dict[Key, str | tuple[str, ...]]) -> bytes:
    catalogue = Catalog(locale=locale)
    for key, string in strings.items():
        catalogue.add(key, string)
    body = io.BytesIO()
    write_po(body, catalogue, no_location=True, omit_header=True, sort_output=True, width=116)
    name, plural = HEADERS[locale]
    lines = (f"Language: {name}", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
             "Content-Transfer-Encoding: 8bit", f"Plural-Forms: {plural}")  # fmt: skip
    header = 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in lines) + "\n"
    return header.encode() + body.getvalue().rstrip(b"\n") + b"\n"


# --- check -------------------------------------------------------------------------------------------------------


def check(root: Path = ROOT) -> list[str]:
    """Every fault, one line each; empty when all is well."""
    rooms = collect(root)
    faults: list[str] = []
    for locale in HEADERS:
        there = load(locale, root)
        for room in sorted(rooms.keys() | there.keys()):
            where = f"{locale}/{room}.po"
            wanted = {first(key): key for key in rooms.get(room, set())}
            found = there.get(room, {})
            faults += [f"{where}: stale: {key!r}" for key in sorted(found.keys() - wanted.keys())]
            for key in sorted(wanted):
                faults += [f"{where}: {fault}: {key!r}" for fault in _faults(locale, wanted[key], found.get(key))]
        faults += _disagreements(locale, there)
    return faults


def _faults(locale: str, key: Key, message: Message | None) -> Iterator[str]:
    if message is None or not all(forms(message)):
        yield "missing"
        return
    if message.fuzzy:
        yield "fuzzy"
    places = set(PLACE.findall(first(key)))
    optional = {"num"} if not isinstance(key, str) else set()
    for form in forms(message):
        if set(PLACE.findall(form)) - optional != places - optional:
            yield "places differ"
        if locale != "en":
            yield from (name for name in _writing(form))
    if locale == "en" and forms(message) != ((key,) if isinstance(key, str) else key):
        yield "the English is not the sentence itself"


def _writing(text: str) -> Iterator[str]:
    spoken = PLACE.sub("0", text)
    for pattern, fault in WRITING:
        if pattern.search(spoken):
            yield fault


def _disagreements(locale: str, there: dict[str, dict[str, Message]]) -> Iterator[str]:
    said: dict[str, tuple[str, tuple[str, ...]]] = {}
    for room, messages in there.items():
        for key, message in messages.items():
            if not all(forms(message)):
                continue
            other, before = said.setdefault(key, (room, forms(message)))
            if before != forms(message):
                yield f"{locale}: {other} and {room} translate {key!r} differently"


def main(arguments: list[str]) -> int:
    if any(word.startswith("-") for word in arguments) and arguments != ["--check"]:
        print(__doc__, file=sys.stderr)
        return 2
    if arguments != ["--check"]:
        update(only=frozenset(arguments))
        empty = [f"{room}.po: {key}" for room, m in load("zh_Hans_CN").items() for key in m if not all(forms(m[key]))]
        print("\n".join(["Chinese to be written:", *empty]) if empty else "all sentences have both languages")
        return 0
    faults = check()
    print("\n".join(faults) if faults else "both languages are complete")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
