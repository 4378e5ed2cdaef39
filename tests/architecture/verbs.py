"""Which verbs the code writes into the audit trail, read from its calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from portal.kernel.workflow import DECISIONS, Action
from tests.architecture.house import SOURCES, Source, functions, nodes

Function = ast.FunctionDef | ast.AsyncFunctionDef
# The one action that no call names: a decision comes as an order, and the deed refuses what is no decision.
COMES_WITH_AN_ORDER = {"order.action": {action.value for action in DECISIONS}}
# The trail hands on what it was given; the demo writes by bulk what the commands write, and its trail is read by a test.
HANDS_ON = "audit/trail"


def written_verbs() -> dict[str, str]:
    """Each verb with a place that writes it."""
    sources = [source for source in SOURCES if source.room != "demo" or source.door == "commands"]
    return {verb: source.name for source in sources for verb in _verbs_of(source)}


def _verbs_of(source: Source) -> Iterator[str]:
    for function in functions(source.tree):
        if source.name == HANDS_ON:
            yield from (d.value for d in function.args.kw_defaults if isinstance(d, ast.Constant) and _is_verb(d.value))
            continue
        for call in ast.walk(function):
            if isinstance(call, ast.Call):
                for keyword in call.keywords:
                    if keyword.arg == "verb":
                        yield from _values(keyword.value, function, source)


def _is_verb(value: object) -> bool:
    return isinstance(value, str) and value not in ("", "done")


def _values(node: ast.expr, function: Function, source: Source) -> Iterator[str]:
    """What an expression can be: a text, one of two, an action's value, or whatever the callers hand in."""
    if isinstance(node, ast.Constant):
        yield str(node.value)
    elif isinstance(node, ast.IfExp):
        for branch in (node.body, node.orelse):
            yield from _values(branch, function, source)
    elif isinstance(node, ast.JoinedStr):
        yield from _joined(node, function, source)
    elif isinstance(node, ast.Attribute) and node.attr == "value":
        yield from _values(node.value, function, source)
    elif isinstance(node, ast.Attribute) and ast.unparse(node) in COMES_WITH_AN_ORDER:
        yield from COMES_WITH_AN_ORDER[ast.unparse(node)]
    elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "Action":
        yield Action[node.attr].value
    elif isinstance(node, ast.Name):
        yield from _named(node.id, function, source)
    else:
        raise AssertionError(f"portal/{source.name}.py:{node.lineno}: cannot tell which verb this is")


def _joined(node: ast.JoinedStr, function: Function, source: Source) -> Iterator[str]:
    start, hole = node.values
    assert isinstance(start, ast.Constant) and isinstance(hole, ast.FormattedValue), ast.unparse(node)
    for end in _values(hole.value, function, source):
        yield f"{start.value}{end}"


def _named(name: str, function: Function, source: Source) -> Iterator[str]:
    given = [
        node.value
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets)
    ]
    for value in given:
        yield from _values(value, function, source)
    if not given:
        place = [argument.arg for argument in function.args.args].index(name)
        for caller, call, at in _calls_of(function.name, source):
            said = [k.value for k in call.keywords if k.arg == name] or [call.args[place]]
            yield from _values(said[0], caller, at)


def _calls_of(name: str, source: Source) -> Iterator[tuple[Function, ast.Call, Source]]:
    """Who calls a function of this file: the file itself, and its room if the name is public."""
    for other in SOURCES:
        if other is source or (other.room == source.room and not name.startswith("_")):
            for caller in functions(other.tree):
                for node in nodes(caller):
                    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                        yield caller, node, other
