"""The portal's source as the architecture tests see it: rooms, doors, imports. The tables name every exception."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PORTAL = ROOT / "portal"

MACHINES = frozenset({"kernel", "database", "web", "spreadsheet", "jobs", "questionnaire"})
"""Rooms that are wholly open to every room above them; they have no doors."""

RANK = {"pure": 0, "models": 1, "queries": 2, "deed": 3, "commands": 4, "forms": 5, "views": 6, "tasks": 6}
"""A door may be imported only by doors of its own rank or above; below `commands` also from other rooms."""

STANDARD = frozenset(RANK) - {"pure", "deed"}
"""Names of doors. One that grew too long is split by a suffix: `views_case`, `commands_own` stand beside the first."""

# Deeds: one write that joins the caller's transaction. room/file, without .py
DEEDS = frozenset(
    {
        "accounts/enter",
        "accounts/link",
        "accounts/open_account",
        "accounts/recovery",
        "accounts/throttle",
        "audit/anchor",
        "audit/trail",
        "casework/move",
        "casework/open_case",
        "casework/remark",
        "catalogue/drafting",
        "catalogue/loader",
        "catalogue/second_person",
        "catalogue/windows",
        "certificates/issue",
        "certificates/store",
        "demo/applying",
        "demo/book",
        "demo/building",
        "demo/city",
        "demo/crew",
        "demo/filer",
        "demo/lives",
        "demo/papers",
        "demo/registering",
        "demo/registry",
        "demo/releasing",
        "demo/sizes",
        "demo/stories",
        "demo/supporting",
        "enterprises/admit",
        "enterprises/enter_above_scale",
        "enterprises/enter_designation",
        "enterprises/enter_size",
        "enterprises/forget_import",
        "enterprises/hand_in",
        "enterprises/issue_record",
        "enterprises/join",
        "enterprises/match_roster",
        "enterprises/readdress",
        "enterprises/redeem",
        "enterprises/tell",
        "filing/ask_for_size",
        "filing/draft",
        "filing/facts",
        "filing/lock",
        "filing/take",
        "filing/tell",
        "notices/post",
        "questionnaire/store",
        "review/decide_one",
        "review/effects",
        "review/remind",
        "review/tell",
        "review/tell_quarter",
        "statistics/cells",
        "statistics/due",
        "statistics/renew_benchmarks",
        "statistics/recount",
        "statistics/enter_official",
        "statistics/renew_panels",
        "statistics/renew_rates",
        "statistics/release",
        "support/decide",
        "support/draft",
        "support/drafting",
        "support/hold",
        "support/loader",
        "support/tell",
        "uploads/store",
    }
)

# Files that are neither a standard door nor a deed nor pure: what they count as, and why they exist.
OTHER_DOORS = {
    "accounts/hashing": ("queries", "argon2 is a library, and its cost a setting: not pure"),
    "accounts/pages": ("views", "what the three files of views share, the blueprint first"),
    "accounts/second_factor": ("queries", "pyotp and segno are libraries: not pure"),
    "enterprises/card": ("queries", "one enterprise as a list of facts with their sources: a file of its own for size"),
    "enterprises/list_rows": ("queries", "reads the cells of the spreadsheet room, a machine: not pure"),
    "enterprises/roster_lines": ("queries", "reads the cells of the spreadsheet room, a machine: not pure"),
    "enterprises/roster_form": ("queries", "makes workbooks by the spreadsheet room, a machine: not pure"),
    "enterprises/pages": ("views", "what the files of views share, the blueprint first"),
    "catalogue/uses": ("queries", "who uses which codes, as rooms above declare it; asked with a session"),
    "certificates/render": ("tasks", "sets a paper in type; loads the PDF engine, and so is for tasks alone"),
    "audit/verify": ("queries", "walks every stream and anchor and names what does not fit"),
    "audit/triggers": ("models", "the database's own refusal to change an audit row, part of the table"),
    "filing/page": ("views", "what the two files of views share, the blueprint first"),
    "filing/skeleton": ("views", "rows of the form, rendered once and filled in"),
    "filing/face": ("views", "the form's page around its rows, rendered once and filled in"),
    "home/documents": ("views", "reads the application's addresses to write docs/access.md"),
    "home/front": ("views", "the front page: what waits, with the addresses where it waits"),
    "home/front_desk": ("views", "the desk's part of the front page: a file of its own for size"),
    "home/front_parts": ("queries", "what a front page is made of; reads the clock"),
    "home/frame": ("views", "the frame around every page: navigation, language switch"),
    "review/case_page": ("queries", "what stands around one case: a file of its own for size"),
    "review/comparisons": ("queries", "the comparisons a filing passed, in words: reads the filing room's sheet"),
    "review/export": ("queries", "the queue as a table to take away: made of the queue's rows"),
    "review/export_missing": ("queries", "the list of the missing as a table to take away: made of its rows"),
    "review/lines": ("views", "lines of the queue, rendered once and filled in"),
    "review/sheets": ("queries", "the content of a case, by its kind, read from the kind's own room"),
    "statistics/release_open": ("queries", "lays a release out for the spreadsheet machine, which is not a pure room"),
    "statistics/release_open_targets": (
        "queries",
        "lays targets out for the spreadsheet machine, which is not a pure room",
    ),
    "support/list_lines": ("queries", "reads the cells of the spreadsheet room, a machine: not pure"),
    "support/list_form": ("queries", "makes workbooks by the spreadsheet room, a machine: not pure"),
    "support/timeline": ("queries", "puts an application as it was read into words"),
    "support/pages": ("views", "what the files of views share, the blueprint first"),
    "notices/smtp": ("queries", "speaks to the mail server; knows no table"),
}

# Where `transaction(` may stand besides commands.py (rulings 15).
TRANSACTIONS = {
    "audit/trail": "reads of confidential records are written after the response, in a transaction of their own",
    "database/session": "where it is defined",
    "jobs/context": "a job's effect and its end commit together",
    "jobs/run": "claims, ends and parks jobs",
    "web/sessions": "notes when a session was last seen",
}

# Where flask, wtforms and their kin may be imported besides web/, views.py and forms.py.
FLASK = {
    "app": "puts the application together",
    "cli": "flask's own commands",
    "filing/page": "reads a form of the request",
    "home/documents": "reads the application's addresses",
    "home/frame": "reads which page is open",
    "home/front": "makes the addresses of what waits",
    "home/front_desk": "makes the addresses of what waits",
    "review/lines": "renders a line's template once and keeps it",
}

# Libraries that weigh megabytes in every web worker: imported inside the functions that need them.
LATE = frozenset({"openpyxl", "xlsxwriter", "huey", "huey.serializer", "psycopg"})

# Where the whole database is opened, and why. `kernel/roles` defines it.
EVERYTHING = {
    "certificates/queries": "the code printed on a paper opens that paper to whoever holds it, signed in or not",
    "demo/commands": "the named bulk path that builds the demo",
    "demo/commands_listed": "the list of the demo's public accounts",
    "enterprises/commands": "a new enterprise has no id to be confined to; a credit code is unique in the whole city",
    "enterprises/commands_roster": "whether a code is registered under another unit is asked of the whole city",
    "enterprises/commands_transfer": "a registration handed over lies with two counties for a moment",
    "enterprises/tasks": "previews that nobody confirmed are forgotten in every county",
    "filing/tasks": "whose year is complete is asked of the whole register",
    "home/queries": "the scope of a bureau officer or auditor is the whole city",
    "kernel/roles": "where it is defined",
    "review/tasks": "the calendar reminds whoever owes a quarter, in every county",
    "statistics/commands": "recounting cells needs every fact",
    "statistics/commands_release": "what may be published of a sum depends on every enterprise in it",
    "statistics/tasks": "who owes a quarter is asked of the whole register",
    "web/sessions": "the session look-up by the hash of a random token tells whose scope the request will have",
}


@dataclass(frozen=True)
class Import:
    """One imported portal module (`room/file`, or the room alone) or outside package, and where it stands."""

    target: str
    line: int
    is_ours: bool


@dataclass(frozen=True)
class Source:
    """One file under portal/."""

    path: Path

    @property
    def name(self) -> str:
        """`room/file` without .py; a file on the ground is its name alone."""
        return self.path.relative_to(PORTAL).with_suffix("").as_posix()

    @property
    def room(self) -> str:
        return self.name.split("/")[0] if "/" in self.name else ""

    @cached_property
    def text(self) -> str:
        return self.path.read_text("utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def door(self) -> str | None:
        """Which door of its room the file is; None in machine rooms and on the ground. Unnamed files must be pure."""
        if not self.room or self.room in MACHINES:
            return None
        file = self.name.split("/", 1)[1]
        if self.name in DEEDS:
            return "deed"
        if self.name in OTHER_DOORS:
            return OTHER_DOORS[self.name][0]
        base = file.split("_")[0]
        return base if base in STANDARD else "pure"

    @property
    def is_pure(self) -> bool:
        """A form's questions, documents and checks are pure like the kernel; only its page and tables are not."""
        if self.room == "questionnaire":
            return self.name not in DEEDS and self.name.split("/")[1] not in STANDARD
        return self.door == "pure" or self.room == "kernel"

    @cached_property
    def imports(self) -> list[Import]:
        found: list[Import] = []
        for node in nodes(self.tree):
            if isinstance(node, ast.Import):
                found += [Import(alias.name, node.lineno, False) for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                found += self._resolve(node)
        return found

    def _resolve(self, node: ast.ImportFrom) -> Iterator[Import]:
        module = node.module or ""
        if node.level:
            here = ("portal", *self.name.split("/"))
            module = ".".join((*here[: len(here) - node.level], *([module] if module else [])))
        if not module.startswith("portal"):
            yield Import(module, node.lineno, False)
            return
        parts = module.split(".")[1:]
        for alias in node.names:
            file = PORTAL.joinpath(*parts, alias.name)
            deeper = file.with_suffix(".py").exists() or file.is_dir()
            yield Import("/".join((*parts, alias.name) if deeper else parts), node.lineno, True)


SOURCES = [Source(path) for path in sorted(PORTAL.rglob("*.py")) if path.name != "__init__.py"]
BY_NAME = {source.name: source for source in SOURCES}
STANDARD_LIBRARY = frozenset(sys.stdlib_module_names)


@cache
def nodes(tree: ast.AST) -> tuple[ast.AST, ...]:
    """Walked through once, for all rules."""
    return tuple(ast.walk(tree))


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@cache
def calls(tree: ast.AST) -> tuple[tuple[str, str, int], ...]:
    """(what it is called on, name, line) of every call: `session.commit()` is ("session", "commit", …)."""
    found = []
    for node in nodes(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            found.append(("", node.func.id, node.lineno))
        elif isinstance(node.func, ast.Attribute):
            found.append((ast.unparse(node.func.value), node.func.attr, node.lineno))
    return tuple(found)
