"""Draft themes: what the units of one question come to, before they have ids and evidence."""

from typing import NamedTuple


class DraftTheme(NamedTuple):
    """A theme as it was found or written."""

    name: str
    definition: str
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    places: tuple[int, ...]
    """Of its units, among those of the question."""
    codes: tuple[str, ...] = ()
    """What a model called the ideas behind it."""
    terms: tuple[str, ...] = ()
