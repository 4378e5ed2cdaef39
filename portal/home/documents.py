"""Generated pages: who may open what, and how a case moves. Written by `flask docs`, held current by a test."""

from __future__ import annotations

from flask import Flask

from ..kernel.roles import GRANTS, Permission, Role
from ..kernel.workflow import TRANSITIONS, Kind, State
from ..web.access import audience

_HEAD = "<!-- Written by `flask --app wsgi docs {name}`. Do not edit. -->\n"


def access_page(app: Flask) -> str:
    """docs/access.md: grants, then every address with the roles it is open to."""
    lines = [_HEAD.format(name="access"), "# Who may do what\n", "## Grants\n"]
    lines += ["| permission | " + " | ".join(role.value for role in Role) + " |"]
    lines += ["|---|" + "---|" * len(Role)]
    for permission in Permission:
        if permission in (Permission.PUBLIC, Permission.SIGNED_IN):
            continue
        marks = ["x" if permission in GRANTS[role] else "" for role in Role]
        lines.append(f"| `{permission.value}` | " + " | ".join(marks) + " |")
    lines += ["\n## Addresses\n", "| address | methods | needs | open to |", "|---|---|---|---|"]
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.rule, sorted(rule.methods or ()))):
        wanted = audience(app, rule.endpoint)
        methods = " ".join(sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}))
        needs = ", ".join(sorted(f"`{p.value}`" for p in wanted))
        lines.append(f"| `{rule.rule}` | {methods} | {needs} | {_readers(wanted)} |")
    return "\n".join(lines) + "\n"


def _readers(wanted: frozenset[Permission]) -> str:
    if Permission.PUBLIC in wanted:
        return "everybody"
    if Permission.SIGNED_IN in wanted:
        return "every account"
    return ", ".join(role.value for role in Role if GRANTS[role] & wanted)


def workflow_page(app: Flask) -> str:
    """docs/workflow.md: a diagram per kind and the table of transitions."""
    lines = [_HEAD.format(name="workflow"), "# How a case moves\n"]
    for kind in Kind:
        lines += [f"## {kind.title.zh} · {kind.title.en}\n", "```mermaid", "stateDiagram-v2"]
        for row in TRANSITIONS:
            if kind in row.kinds and row.target is not None:
                lines += [
                    f"    {source.value} --> {row.target.value}: {row.action.value}"
                    for source in State
                    if source in row.sources
                ]
        lines += ["```\n"]
    lines += ["| action | from | to | permission | reason | kinds |", "|---|---|---|---|---|---|"]
    for row in TRANSITIONS:
        sources = ", ".join(s.value for s in State if s in row.sources)
        kinds = ", ".join(k.value for k in Kind if k in row.kinds)
        target = row.target.value if row.target else "(unchanged)"
        reason = "needed" if row.needs_reason else ""
        needs = ", ".join(f"`{p.value}`" for p in (row.permission, row.beside) if p is not None)
        lines.append(f"| {row.action.value} | {sources} | {target} | {needs} | {reason} | {kinds} |")
    return "\n".join(lines) + "\n"
