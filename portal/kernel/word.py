"""What the portal's own words are made of: roles, permissions, states, kinds, the choices of a list."""

from __future__ import annotations

from enum import Enum


class Word(Enum):
    """An Enum found by identity: there is one object for each member, and Enum's own hash of its name, written in
    Python, was asked for four hundred times a page. Two words are equal only where they are the same object."""

    __hash__ = object.__hash__
