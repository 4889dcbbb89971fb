"""Which quotation marks of a printed quotation are its outer ones."""

import re
from typing import Final, NamedTuple

_OPENING: Final = "“„«"
_CLOSING: Final = "”»"
_MARKS: Final = _OPENING + _CLOSING + '"'
_SINGLE_OPENING: Final = "\u2018'"
_SINGLE_CLOSING: Final = "\u2019'"
_INNER_SINGLE: Final = re.compile(r"(?<!\w)[\u2018']\w|\w[\u2019'](?!\w)")
_AFTER: Final = " \t\u00a0.,;:!?"
"""What may follow a closing mark without being words."""
_REMARK: Final = re.compile(r"\(.*\)|\[.*\]|[-\u2013\u2014]\s*@?\S+(?:\s\S+){0,3}")
"""A remark after a quotation: in brackets, or a dash and a name of four words at most."""


class Quotation(NamedTuple):
    """The words between the outer marks of a stretch of text: `[start, end)` of it."""

    start: int
    end: int
    mended: str | None = None
    """What was odd about the marks; None when there was nothing."""
    remark: str | None = None
    """What stands after the closing mark."""
    is_marked: bool = True


def unquote(text: str) -> Quotation:
    """Return where the words between the outer quotation marks lie.

    Args:
        text: A stretch that is one quotation; white space around it is ignored.

    >>> text = "“The “soft” side” "
    >>> found = unquote(text)
    >>> text[found.start : found.end]
    'The “soft” side'
    >>> unquote("“No end").mended
    'the closing quotation mark is missing'
    """
    start = len(text) - len(text.lstrip())
    end = len(text.rstrip())
    if _is_in_single_marks(text[start:end]):
        return Quotation(start + 1, end - 1)
    last = len(text.rstrip(_AFTER))
    depths = _depths(text[start:last])
    closes = last - 1 > start and text[last - 1] in _MARKS
    if start < end and text[start] in _MARKS:
        return _opened(text, start, last, end, [(start + at, depth) for at, depth in depths])
    if closes and depths[-1][1] < 0:
        return Quotation(start, last - 1, "the opening quotation mark is missing")
    return Quotation(start, end, "there are no quotation marks around it", is_marked=False)


def _opened(text: str, start: int, last: int, end: int, depths: list[tuple[int, int]]) -> Quotation:
    """Return the quotation whose first character is its opening mark."""
    closing = next((at for at, depth in depths if depth <= 0), None)
    if closing in (None, last - 1) and last - 1 > start and text[last - 1] in _MARKS:
        return Quotation(start + 1, last - 1)
    if closing is None:
        return Quotation(start + 1, end, "the closing quotation mark is missing")
    remark = text[closing + 1 : end].strip()
    if _REMARK.fullmatch(remark.strip(_AFTER)):
        return Quotation(start + 1, closing, remark=remark)
    mended = "the quotation marks enclose only parts of it; kept as printed"
    return Quotation(start, end, mended, is_marked=False)


def starts_quoted(text: str) -> bool:
    """Return whether the first character is an opening quotation mark, of either size."""
    stripped = text.lstrip()
    return bool(stripped) and stripped[0] in _MARKS + "\u2018"


def ends_quoted(text: str) -> bool:
    """Return whether the last character, final stops aside, is a quotation mark."""
    stripped = text.rstrip(_AFTER)
    return bool(stripped) and stripped[-1] in _MARKS


def _depths(text: str) -> list[tuple[int, int]]:
    """Return each mark's position, with how many quotations are open after it."""
    depths = []
    depth = 0
    for match in re.finditer(f"[{_MARKS}]", text):
        depth += 1 if _opens(text, match.start()) else -1
        depths.append((match.start(), depth))
    return depths


def _opens(text: str, position: int) -> bool:
    mark = text[position]
    if position == 0:
        return True
    if position == len(text) - 1:
        return False
    if mark in _OPENING + _CLOSING:
        return mark in _OPENING
    return text[position - 1].isspace() or text[position - 1] in "([-\u2013\u2014/"


def _is_in_single_marks(text: str) -> bool:
    if not text[1:-1] or text[0] not in _SINGLE_OPENING or text[-1] not in _SINGLE_CLOSING:
        return False
    return _INNER_SINGLE.search(text[1:-1]) is None
