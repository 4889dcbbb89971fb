"""Slips: forms that small models write in place of those asked for, and what they can only mean.

What a reply says is not touched: ids and numbers are checked afterwards as if they had come well
formed. A form with two readings is left as it is, and refused.
"""

import re

_NUMBER = re.compile(r"\s*\[?([0-9]{1,9})\]?\s*")


def whole(value: object) -> object:
    """Return the number that a text of digits stands for, anything else as it is.

    >>> whole("3"), whole("[3]"), whole("3rd")
    (3, 3, '3rd')
    """
    found = _NUMBER.fullmatch(value) if isinstance(value, str) else None
    return int(found[1]) if found else value


def listed(value: object) -> object:
    """Return a list of one for a thing that stands alone, and an empty one for nothing.

    >>> listed("time"), listed(["time", "joy"]), listed(None)
    (['time'], ['time', 'joy'], [])
    """
    if isinstance(value, list):
        return [item for item in value if item is not None]
    return [] if value in (None, "", {}) else [value]


def numbers(value: object) -> object:
    """Return a list of numbers for one, or for texts of digits.

    >>> numbers("2"), numbers(["1", 2])
    ([2], [1, 2])
    """
    items = listed(value)
    return [whole(item) for item in items] if isinstance(items, list) else items


def absent(value: object) -> object:
    """Return None for what says nothing, anything else as it is.

    >>> absent("null"), absent(""), absent("Q1")
    (None, None, 'Q1')
    """
    return None if value is False or value in ("", "null") else value
