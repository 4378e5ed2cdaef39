"""Addresses of our own pages. A page holds dozens, nearly all of them the same on every page: each is made once."""

from __future__ import annotations

import flask
from flask import Flask, current_app, request

from ..kernel.period import Quarter

_KEPT = 4096
_SHORT = 24  # one-time links are longer: what opens an account is not kept in memory


class _Addresses:
    """The addresses made so far by one application. They depend on nothing but the arguments and the root."""

    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], str] = {}

    def made(self, endpoint: str, values: dict[str, object]) -> str:
        key: list[object] = [request.root_path, endpoint]
        for name, value in values.items():
            if not _is_plain(name, value):
                return flask.url_for(endpoint, **values)  # type: ignore[arg-type]
            key += (name, type(value), value)
        found = self._made.get(tuple(key))
        if found is None:
            found = flask.url_for(endpoint, **values)  # type: ignore[arg-type]
            if len(self._made) >= _KEPT:
                self._made.clear()
            self._made[tuple(key)] = found
        return found


def _is_plain(name: str, value: object) -> bool:
    if name.startswith("_"):
        return False
    return value is None or isinstance(value, int | Quarter) or (isinstance(value, str) and len(value) <= _SHORT)


def init_addresses(app: Flask) -> None:
    app.extensions["portal_addresses"] = _Addresses()
    app.jinja_env.globals["url_for"] = url_for


def url_for(endpoint: str, **values: object) -> str:
    """Flask's own, for a page of ours within a request."""
    if endpoint.startswith("."):  # means another page in every room
        return flask.url_for(endpoint, **values)  # type: ignore[arg-type]
    addresses: _Addresses = current_app.extensions["portal_addresses"]
    return addresses.made(endpoint, values)
