"""Draft themes: what the units of one question come to, before they have ids and evidence."""

from typing import NamedTuple


class Cited(NamedTuple):
    """An initial code, and the places of the units that a model cited for it."""

    name: str
    places: tuple[int, ...]


class DraftTheme(NamedTuple):
    """A theme as it was found or written."""

    name: str
    definition: str
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    places: tuple[int, ...]
    """Of its units, among those of the question."""
    codes: tuple[Cited, ...] = ()
    """A model's initial codes behind it."""
    terms: tuple[str, ...] = ()
    typical: str = ""
    """The beginning of its most typical quote, where nobody has worded it."""
    in_english: bool = True
    """Else nothing is put in words around its terms and quotes."""


class Few(NamedTuple):
    """Units that lie together, and are of too few people to be a theme."""

    name: str
    """What a model called it; empty where none was asked."""
    places: tuple[int, ...]
    codes: tuple[Cited, ...] = ()
