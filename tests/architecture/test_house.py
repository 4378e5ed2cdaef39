"""The import rules and sizes of docs/architecture.md that import-linter cannot say. Exceptions stand in house.py."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

import pytest

from tests.architecture.house import (
    BY_NAME,
    DEEDS,
    EVERYTHING,
    FLASK,
    LATE,
    MACHINES,
    OTHER_DOORS,
    RANK,
    SOURCES,
    STANDARD_LIBRARY,
    TRANSACTIONS,
    Source,
    calls,
    functions,
    nodes,
)

FLASK_KIN = ("flask", "flask_login", "flask_wtf", "wtforms", "werkzeug")
NO_NAMES = frozenset({"utils", "util", "helpers", "helper", "common", "misc", "base_views", "manager"})
ONE_LANGUAGE = frozenset({"enterprise_name", "name_zh", "holder"})
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_VIEW, LONGEST_LINE = 300, 40, 20, 120


def doors_open_in_order(source: Source) -> Iterator[str]:
    """Inside a room: rules < models < queries < deeds < commands < forms < views. Of others only up to deeds."""
    if source.door is None:
        return
    for found in source.imports:
        target = BY_NAME.get(found.target)
        if not found.is_ours or target is None or target.door is None:
            continue
        if RANK[target.door] > RANK[source.door]:
            yield f"{found.line}: {source.door} imports the higher door {target.name} ({target.door})"
        elif target.room != source.room and RANK[target.door] > RANK["deed"]:
            yield f"{found.line}: opens {target.name}, the {target.door} of another room"


def pure_files_import_only_pure_files(source: Source) -> Iterator[str]:
    if not source.is_pure:
        return
    for found in source.imports:
        target = BY_NAME.get(found.target)
        if found.is_ours and not (target is not None and target.is_pure):
            yield f"{found.line}: pure, but imports {found.target}"
        elif not found.is_ours and found.target.split(".")[0] not in STANDARD_LIBRARY | {"stdnum"}:
            yield f"{found.line}: pure, but imports {found.target} (is it a deed? then list it in house.py)"


def flask_stays_at_the_edge(source: Source) -> Iterator[str]:
    if source.room == "web" or source.name in FLASK or source.door in ("views", "forms"):
        return
    for found in source.imports:
        if not found.is_ours and found.target.split(".")[0] in FLASK_KIN:
            yield f"{found.line}: imports {found.target}"


def only_the_session_commits(source: Source) -> Iterator[str]:
    if source.name != "database/session":
        for _, name, line in calls(source.tree):
            if name == "commit":
                yield f"{line}: .commit("


def transactions_open_in_commands_only(source: Source) -> Iterator[str]:
    if source.door == "commands" or source.name in TRANSACTIONS:
        return
    for owner, name, line in calls(source.tree):
        # `job.transaction()` is the lease's own door: effect and end of a job commit together.
        if name == "transaction" and not (owner == "job" and source.door in (None, "tasks")):
            yield f"{line}: transaction("


def a_command_never_calls_a_command(source: Source) -> Iterator[str]:
    if source.door != "commands":
        return
    for found in source.imports:
        target = BY_NAME.get(found.target)
        if target is not None and target.door == "commands":
            yield f"{found.line}: imports {found.target}"
    # Bare names only: `windows.open_window(…)` is a deed of that name. Private functions share work among commands.
    inside = {f.name: {name for owner, name, _ in calls(f) if not owner} for f in functions(source.tree)}
    commands = {name for name, called in inside.items() if "transaction" in called and not name.startswith("_")}
    for name, called in inside.items():
        for other in sorted(called & commands):
            yield f"command {other} is called by {name}"


def names_of(node: ast.Import | ast.ImportFrom) -> set[str]:
    """The top packages an import statement names; "" for a relative one."""
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    return {"" if node.level else (node.module or "").split(".")[0]}


def no_import_inside_a_function(source: Source) -> Iterator[str]:
    for function in functions(source.tree):
        for node in ast.walk(function):
            if isinstance(node, ast.Import | ast.ImportFrom) and not names_of(node) <= LATE:
                yield f"{node.lineno}: import inside {function.name}"


def names_say_what_lives_here(source: Source) -> Iterator[str]:
    if source.path.stem in NO_NAMES:
        yield "a name under which things go to be lost"


def raw_sql_stays_in_the_database_room(source: Source) -> Iterator[str]:
    if source.room == "database" or source.door == "models":  # models hold no statements, only predicates of indexes
        return
    for node in nodes(source.tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("sqlalchemy"):
            for alias in node.names:
                if alias.name in ("text", "TextClause"):
                    yield f"{node.lineno}: imports sqlalchemy's {alias.name}"


def relationships_stay_in_their_room(source: Source) -> Iterator[str]:
    """back_populates ties two classes both ways; across rooms that is a circle."""
    if "back_populates" not in source.text:
        return
    local = {
        node.name for s in SOURCES if s.room == source.room for node in s.tree.body if isinstance(node, ast.ClassDef)
    }
    for node in nodes(source.tree):
        if not isinstance(node, ast.AnnAssign) or "back_populates" not in ast.unparse(node):
            continue
        named = set(re.findall(r"\w+", ast.unparse(node.annotation)))
        foreign = {w for w in named if w[0].isupper()} - local - {"Mapped", "None"}
        if foreign:
            yield f"{node.lineno}: back_populates with {sorted(foreign)} of another room"


def the_whole_database_is_opened_only_where_listed(source: Source) -> Iterator[str]:
    if source.name not in EVERYTHING:
        for _, name, line in calls(source.tree):
            if name == "everything":
                yield f"{line}: Scope.everything("


def files_and_functions_stay_small(source: Source) -> Iterator[str]:
    lines = source.text.splitlines()
    if len(lines) > LONGEST_FILE:
        yield f"{len(lines)} lines"
    for number, line in enumerate(lines, 1):
        if len(line) > LONGEST_LINE:
            yield f"{number}: {len(line)} characters in a line"
    for function in functions(source.tree):
        is_view = source.door == "views" and any("route" in ast.unparse(d) for d in function.decorator_list)
        longest = LONGEST_VIEW if is_view else LONGEST_FUNCTION
        length = (function.end_lineno or 0) - function.lineno + 1
        if length > longest:
            yield f"{function.lineno}: {function.name} has {length} lines"


def files_say_what_lives_in_them(source: Source) -> Iterator[str]:
    if not ast.get_docstring(source.tree):
        yield "no docstring"
    if "from __future__ import annotations" not in source.text:
        yield "no from __future__ import annotations"


def messages_name_an_enterprise_in_both_languages(source: Source) -> Iterator[str]:
    """Whoever tells people something takes the name from `case_name` or `named`, never one language of it."""
    if not any(found.target in ("notices/post", "enterprises/tell") for found in source.imports):
        return
    for node in nodes(source.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("fill", "both"):
            for given in (*node.args, *(keyword.value for keyword in node.keywords)):
                if isinstance(given, ast.Attribute) and given.attr in ONE_LANGUAGE:
                    yield f"{given.lineno}: {ast.unparse(given)} is told in Chinese alone"


LAWS: list[Callable[[Source], Iterator[str]]] = [
    doors_open_in_order,
    pure_files_import_only_pure_files,
    flask_stays_at_the_edge,
    only_the_session_commits,
    transactions_open_in_commands_only,
    a_command_never_calls_a_command,
    no_import_inside_a_function,
    names_say_what_lives_here,
    raw_sql_stays_in_the_database_room,
    relationships_stay_in_their_room,
    the_whole_database_is_opened_only_where_listed,
    files_and_functions_stay_small,
    messages_name_an_enterprise_in_both_languages,
    files_say_what_lives_in_them,
]


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_house_keeps_its_law(law: Callable[[Source], Iterator[str]]) -> None:
    faults = [f"portal/{source.name}.py: {fault}" for source in SOURCES for fault in dict.fromkeys(law(source))]
    assert not faults, "\n".join(["", *faults])


@pytest.mark.parametrize("table", [DEEDS, OTHER_DOORS, TRANSACTIONS, FLASK, EVERYTHING], ids=range(5))
def test_the_tables_name_only_files_that_exist(table: object) -> None:
    assert isinstance(table, frozenset | dict)
    gone = sorted(name for name in table if name not in BY_NAME)
    assert not gone


def test_every_room_is_a_package_with_a_sentence_about_itself() -> None:
    rooms = {source.room for source in SOURCES if source.room}
    assert MACHINES - {"spreadsheet"} <= rooms
    for room in rooms:
        first = (SOURCES[0].path.parents[len(SOURCES[0].name.split("/")) - 1] / room / "__init__.py").read_text("utf-8")
        assert ast.get_docstring(ast.parse(first)), room
