"""Ids, and what spreadsheets make of them: `1.26E+18`, or digits rounded to zeros."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from secondcoder.ingest.rows import Cell, is_blank

EXACT_BELOW = 2**53
"""Whole numbers from here on are not all kept by a 64-bit float (IEEE 754)."""
EXCEL_DIGITS = 15
"""Digits a spreadsheet keeps. Source: Microsoft, Excel specifications and limits."""
LONG_DIGITS = 17
"""From here on, a number with 15 digits and zeros behind them looks rounded."""

_SCIENTIFIC = re.compile(r"(\d)(?:[.,](\d+))?[eE]\+(\d{1,2})")
_DECIMAL = re.compile(r"\d+\.0+")
_GUARDED = re.compile(r"""=?["'](\S+?)["']?""")
_STATUS = re.compile(r"/status(?:es)?/(\d+)")


class Damaged(NamedTuple):
    """An id that lost digits: as it stands, and the number it was rounded to."""

    as_read: str
    value: int
    n_digits: int
    """Leading digits that can be trusted."""

    def may_be(self, post_id: str) -> bool:
        """Return whether rounding that id could have given this one."""
        slack: int = 10 ** max(0, len(str(self.value)) - self.n_digits)
        distance = abs(int(post_id) - self.value)
        return distance <= slack


def read_id(cell: Cell) -> str | Damaged | None:
    """Return the id in a cell, None if there is none, or `Damaged` if digits are lost.

    >>> read_id("1275551234567890123"), read_id("12.0"), read_id(12.0)
    ('1275551234567890123', '12', '12')
    >>> read_id("1.26E+18")
    Damaged(as_read='1.26E+18', value=1260000000000000000, n_digits=3)
    """
    if cell is None or is_blank(cell):
        return None
    if isinstance(cell, float):
        return _from_float(cell)
    text = str(cell).strip()
    if text.isdecimal() and text.isascii():
        return text
    if text[0] in "='\"" and (guarded := _GUARDED.fullmatch(text)):
        text = guarded[1]
    if found := _SCIENTIFIC.fullmatch(text):
        digits, exponent = found[1] + (found[2] or ""), int(found[3])
        whole = digits.ljust(exponent + 1, "0")
        return Damaged(text, int(whole), len(digits)) if whole != digits else text
    return _from_float(float(text)) if _DECIMAL.fullmatch(text) else text


def _from_float(number: float) -> str | Damaged | None:
    if number != number:  # noqa: PLR0124 - not a number, which tables use for "empty"
        return None
    if not number.is_integer():
        return str(number)
    if abs(number) < EXACT_BELOW:
        return str(int(number))
    return Damaged(str(number), int(number), EXCEL_DIGITS)


def looks_rounded(post_id: str) -> bool:
    """Return whether an id has no more digits than a spreadsheet keeps, and zeros behind.

    One true id in ten thousand ends in four zeros, so this alone proves nothing.

    >>> looks_rounded("1275551234567890000"), looks_rounded("1275551234567890123")
    (True, False)
    """
    return (
        len(post_id) >= LONG_DIGITS
        and post_id.isdecimal()
        and len(post_id.rstrip("0")) <= EXCEL_DIGITS
    )


def are_rounded(cells: Iterable[Cell]) -> bool:
    """Return whether most of a column's long ids look rounded, so that the column was damaged."""
    ids = (read_id(cell) for cell in cells)
    long_ids = [x for x in ids if isinstance(x, str) and len(x) >= LONG_DIGITS and x.isdecimal()]
    return sum(map(looks_rounded, long_ids)) > len(long_ids) / 2


def rounded(post_id: str) -> Damaged:
    """Return the damage of an id that looks rounded."""
    return Damaged(post_id, int(post_id), EXCEL_DIGITS)


def id_in_link(cell: Cell) -> str | None:
    """Return the post's id in a link to it, None if it holds none.

    >>> id_in_link("https://x.com/ward7/status/1275551234567890123?s=20")
    '1275551234567890123'
    """
    found = _STATUS.search(cell) if isinstance(cell, str) else None
    return found[1] if found else None
