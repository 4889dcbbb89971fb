"""Numbers in sentences: which are named, and which of those nobody counted or said."""

import re
from collections.abc import Collection, Iterable

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def numbers_of(texts: Iterable[str]) -> frozenset[str]:
    """Return the numbers that texts name in digits, without commas between thousands."""
    return frozenset(_plain(number) for text in texts for number in _NUMBER.findall(text))


def unheld_numbers(sentence: str, held: Collection[str]) -> tuple[str, ...]:
    """Return the numbers of a sentence that are not among those held, in order, as written.

    >>> unheld_numbers("In 2 of 31 wards, 1,200 hours", {"2", "31"})
    ('1,200',)
    """
    return tuple(number for number in _NUMBER.findall(sentence) if _plain(number) not in held)


def _plain(number: str) -> str:
    return number.replace(",", "")
