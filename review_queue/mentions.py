"""Whom a note names: "@bob, is this a 7?" is for bob.

What: the names of the desk's people found after an @ in a text, and the text in pieces for the page.
Why: a colleague who is asked must see it, and whoever misspells a name must see that nobody was told.
Refuses: nothing; an @ that names nobody stays in the text and is marked.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

_AT = re.compile(r"(?<![\w@.])@(?=\w)")  # not the @ of an address
_WORD = re.compile(r"[\w.\-]*\w")


@dataclass(frozen=True)
class Piece:
    """A part of a note."""

    text: str
    named: bool = False  # a colleague
    nobody: bool = False  # an @ with a name nobody has


def pieces(text: str, names: Collection[str]) -> tuple[Piece, ...]:
    """The text cut at its names; together the pieces are the text. Longer names win: "mary ann" before "mary"."""
    found: list[Piece] = []
    plain = 0
    for at in _AT.finditer(text):
        if at.start() < plain:
            continue
        name = _name_at(text, at.end(), names)
        end = at.end() + len(name) if name else _WORD.match(text, at.end()).end()  # type: ignore[union-attr]  # \w follows
        found.append(Piece(text[plain : at.start()]))
        found.append(Piece(text[at.start() : end], named=bool(name), nobody=not name))
        plain = end
    return tuple(one for one in (*found, Piece(text[plain:])) if one.text)


def named_in(text: str, names: Collection[str]) -> tuple[str, ...]:
    """The sign-in names that the text names, in order, each once."""
    found = [one.text[1:].casefold() for one in pieces(text, names) if one.named]
    return tuple(dict.fromkeys(found))


def _name_at(text: str, start: int, names: Collection[str]) -> str:
    for name in sorted(names, key=len, reverse=True):
        end = start + len(name)
        if text[start:end].casefold() == name and not re.match(r"\w", text[end : end + 1]):
            return name
    return ""
