"""Addresses of our own pages. A page holds dozens, nearly all of them the same on every page: each is made once."""

from __future__ import annotations

import flask
from flask import Flask, current_app, request

from ..kernel.period import Quarter

_KEPT = 4096
_SHORT = 24  # one-time links are longer: what opens an account is not kept in memory


# A page asks for some thirty addresses: the proxies cost more than the answer.
_app = current_app._get_current_object  # type: ignore[attr-defined]
_request = request._get_current_object  # type: ignore[attr-defined]


class _Addresses:
    """The addresses made so far by one application. They depend on nothing but the arguments and the root."""

    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], str] = {}

    def made(self, endpoint: str, values: dict[str, object]) -> str:
        # With their types, for 1 and True are equal and read differently.
        key = (_request().root_path, endpoint, *values, *values.values(), *map(type, values.values()))
        try:
            found = self._made.get(key)
        except TypeError:  # a value that has no hash is none that is kept
            found = None
        if found is None:
            found = flask.url_for(endpoint, **values)  # type: ignore[arg-type]
            if all(map(_is_plain, values, values.values())):
                self._keep(key, found)
        return found

    def _keep(self, key: tuple[object, ...], found: str) -> None:
        if len(self._made) >= _KEPT:
            self._made.clear()
        self._made[key] = found


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
    addresses: _Addresses = _app().extensions["portal_addresses"]
    return addresses.made(endpoint, values)
