"""Where clauses and the items of lists begin inside a sentence: own rules."""

import re
from collections.abc import Iterator

from secondcoder.coding.characters import EMOJI

CLAUSE_WORDS = 3
"""Words a clause needs on either side of its boundary, or it stays with its neighbour."""
ITEM_WORDS = 2
"""Words an item of a list needs."""

_CONJUNCTIONS = (
    "but|and|so|yet|or|nor|because|cos|although|though|tho|while|whilst|whereas|however|"
    "plus|also|then|instead|therefore|otherwise|unless"
)
_BULLETS = "•·▪‣◦●○■□►▶➤➜➡☛✅✔☑👉🔹🔸🔵"
_CLAUSE = re.compile(
    rf"(?P<clause>;\s++|,\s*+(?=(?i:{_CONJUNCTIONS})\b)|\s[-\u2013—]{{1,3}}\s++|—)"
    r"|(?P<item>\s/\s*+|(?<=[^\W\d_]{2})/\s++|\s\+\s++|(?<=[^\W\d_]{2})\+\s++|\s\|\s++)"
    rf"|(?P<emoji>(?<!{EMOJI}){EMOJI}++\s++(?=[\"'“\u2018]?[^\W\d_a-z]))"
    rf"|(?P<bullet>(?=[{_BULLETS}]))",
)
_SIGN = re.compile(rf"[;,—/+|\-\u2013{EMOJI[1:-1]}{_BULLETS}]")
"""What every match of `_CLAUSE` begins with, but for white space in front."""
_NUMBER = re.compile(
    r"(?<![\w.,/:#£$€@\-])[(\[]?(?P<number>\d{1,2})"
    r"(?P<mark>[.)\]:]|/(?!\d)|\ufe0f?\u20e3|(?=\s-\s))(?=\s|[^\W\d_])"
)
_LETTER = re.compile(r"(?<![\w.])\(?(?P<letter>[a-h])\)(?=\s|[^\W\d_])")


def clause_starts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield where clauses and items may begin between `start` and `end`, in order.

    Args:
        text: The whole post.
        start: Where to begin, in code points.
        end: Where to stop, exclusive.

    Yields:
        The position, and how many words it needs on either side.
    """
    at = start
    while (sign := _SIGN.search(text, at, end)) is not None:
        before = sign.start() - 1
        match = _CLAUSE.match(text, before, end) if before >= at else None
        match = match or _CLAUSE.match(text, sign.start(), end)
        # A bullet is where an item begins: its match is empty, and the search goes on behind it.
        at = sign.end() if match is None else max(match.end(), match.start() + 1)
        if match is not None and start < match.end() < end:
            needed = CLAUSE_WORDS if match["clause"] or match["emoji"] else ITEM_WORDS
            yield match.end(), needed


def list_items(text: str, start: int, end: int) -> list[int]:
    """Return where the items of numbered lists begin: `1) … 2) …`, `a) … b) …`.

    A number alone is no list: a chain begins with 1 (or a) and has at least two items.

    >>> list_items("Try 1) time 2) money", 0, 20)
    [4, 12]
    """
    items: list[int] = []
    for pattern, first, needed in ((_NUMBER, "1", "1"), (_LETTER, "a", "a)")):
        if text.find(needed, start, end) < 0:  # most posts hold no list, which this sees at once
            continue
        chain: list[tuple[int, str]] = []
        for match in pattern.finditer(text, start, end):
            value = match[1]
            mark = match.group(0).replace(value, "")
            ordinal = int(value) if value.isdigit() else ord(value) - ord("a") + 1
            if chain and mark == chain[-1][1] and ordinal == len(chain) + 1:
                chain.append((match.start(), mark))
            elif value == first and len(chain) <= 1:
                chain = [(match.start(), mark)]
        if len(chain) > 1:
            items += [position for position, _ in chain]
    return sorted(items)
