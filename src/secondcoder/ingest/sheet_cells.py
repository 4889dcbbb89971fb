"""Sheet cells: the words with which people say what is no theme, and 0 and 1."""

import re
from enum import StrEnum

from secondcoder.errors import CodingsError
from secondcoder.ingest.rows import Cell, is_blank

NOTHING = frozenset({"none", "no theme", "nothing", "-", "\u2013", "\u2014", "0", "[]", "no idea"})
"""The coder looked and found nothing to code."""
OTHER = frozenset({"other", "other idea", "other ideas"})
"""An idea that belongs to no theme."""
UNSURE = frozenset({"?", "unsure", "don't know", "don\u2019t know", "abstain"})
"""The coder declined to decide."""
YES = frozenset({"1", "1.0", "x", "yes", "y", "true", "t", "✓", "✔"})
NO = frozenset({"0", "0.0", "no", "n", "false", "f"})
_FORMULA = re.compile(r"'?[=+\-@\t\r]")


class Mark(StrEnum):
    """What a coder said of a post in place of a theme."""

    NOTHING = "nothing"
    OTHER = "other"
    UNSURE = "unsure"


def text_of(cell: Cell) -> str:
    """Return what a cell says, whole numbers without a decimal point, trimmed.

    >>> text_of(12.0), text_of(None), text_of(" tea ")
    ('12', '', 'tea')
    """
    if cell is None or is_blank(cell):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def mark_of(words: str) -> Mark | None:
    """Return what words say in place of a theme, None if they should name one.

    >>> mark_of("None"), mark_of("Other ideas"), mark_of("Tea")
    (<Mark.NOTHING: 'nothing'>, <Mark.OTHER: 'other'>, None)
    """
    said = words.casefold()
    if said in NOTHING:
        return Mark.NOTHING
    if said in OTHER:
        return Mark.OTHER
    return Mark.UNSURE if said in UNSURE else None


def yes_or_no(cell: Cell) -> bool | None:
    """Return whether a cell says yes or no, None if it is blank or says something else.

    >>> yes_or_no("x"), yes_or_no(0), yes_or_no("maybe")
    (True, False, None)
    """
    said = text_of(cell).casefold()
    if said in YES:
        return True
    return False if said in NO else None


def offset(cell: Cell, where: str, name: str) -> int | None:
    """Return the offset in a cell, None if it is blank.

    Raises:
        CodingsError: If it is no whole number.
    """
    said = text_of(cell)
    if not said:
        return None
    if not (said.isascii() and said.isdecimal()):
        raise CodingsError(
            f"{where}: {name} is '{said}'; write the number of characters before it, from 0"
        )
    return int(said)


def unguarded(text: str) -> str:
    """Return a text without the apostrophe that keeps a spreadsheet from taking it for a formula.

    >>> unguarded("'=1+1"), unguarded("'tis")
    ('=1+1', "'tis")
    """
    return text[1:] if text[:1] == "'" and _FORMULA.match(text, 1) else text


def guarded(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula; `unguarded` gives it back.

    Source: OWASP, CSV Injection.

    >>> guarded("=1+1"), guarded("tea")
    ("'=1+1", 'tea')
    """
    return f"'{text}" if _FORMULA.match(text) else text
