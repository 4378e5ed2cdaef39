"""How templates become pages: what each would pay for at every request is done once, when it is compiled."""

from __future__ import annotations

import re
from collections.abc import Callable, MutableMapping
from typing import Any

from flask.templating import Environment
from jinja2 import nodes, pass_context
from jinja2.runtime import Context
from jinja2.visitor import NodeTransformer

from .address import url_for
from .language import gettext

_INDENT = re.compile(r"^[ \t]{2,}", re.MULTILINE)


class Pages(Environment):
    """Templates whose globals are one dictionary: Jinja's chain of two is walked through for every page and import.

    So all globals are set before the first page is made: create_app does nothing else.
    """

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        return {**self.globals, **(d or {})}

    def preprocess(self, source: str, name: str | None = None, filename: str | None = None) -> str:
        """Without the indents of the source, from a twentieth to a seventh of what a slow line would carry.

        Lines stay lines, and one blank stays: after a block, whose end takes the end of its line, it is the only one.
        """
        return _INDENT.sub(" ", super().preprocess(source, name, filename))

    def _generate(self, source: nodes.Template, *where: Any, **how: Any) -> str:
        return super()._generate(_Straight().visit(source), *where, **how)


class _Straight(NodeTransformer):
    """Calls of `_` and `url_for` as filters. Jinja looks at whatever is called for wishes it might have, in some ten
    steps and at each call; a filter it looks at once, and a page calls these two some sixty times."""

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802  the visitor's own way
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name) or node.node.name not in FILTERS or not node.args:
            return node
        first, *others = node.args
        return nodes.Filter(
            first, node.node.name, others, node.kwargs, node.dyn_args, node.dyn_kwargs, lineno=node.lineno
        )


# With the context, for what needs none is worked out when the template is compiled: for everybody, in one language.
@pass_context
def _sentence(context: Context, message: str, **values: object) -> str:
    return gettext(message, **values)


@pass_context
def _address(context: Context, endpoint: str, **values: object) -> str:
    return url_for(endpoint, **values)


FILTERS: dict[str, Callable[..., str]] = {"_": _sentence, "url_for": _address}
