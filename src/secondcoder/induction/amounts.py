"""How many, in words: the one rule by which a report says `most`, `several` or `one`."""

from fractions import Fraction

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
FEWEST_TO_SCALE = 10
"""Of fewer people than these a share says too little: they are counted out."""
_SCALE = (
    (Fraction(9, 10), "nearly all"),
    (Fraction(1, 2), "most"),
    (Fraction(1, 4), "many"),
    (Fraction(1, 10), "several"),
)
"""More than this share is called that. Every report states it: `schema.key_findings.AMOUNTS`."""


def amount(n: int, of: int, one: str, many: str | None = None) -> str:
    """Return how many of a group, in words that are scaled to the counts.

    Args:
        n: How many; at least 1, at most `of`.
        of: How many there are.
        one: What they are, such as `participant`.
        many: Its plural; `one` with an s when not given.

    >>> amount(1, 30, "participant"), amount(1, 4, "participant"), amount(4, 4, "participant")
    ('one participant', 'one of four participants', 'all four participants')
    >>> amount(29, 30, "post"), amount(16, 30, "post"), amount(15, 30, "post")
    ('nearly all posts', 'most posts', 'many posts')
    >>> amount(4, 30, "post"), amount(3, 30, "post"), amount(30, 30, "post")
    ('several posts', 'a few posts', 'all 30 posts')
    """
    several = many or f"{one}s"
    if of == 1:
        return f"the only {one}"
    if n == of:
        return f"{'both' if of == 2 else f'all {_spelt(of)}'} {several}"  # noqa: PLR2004 - a pair
    if of < FEWEST_TO_SCALE:
        return f"{_spelt(n)} of {_spelt(of)} {several}"
    if n <= 2:  # noqa: PLR2004 - named as such, whatever the share
        return named(n, one, several)
    share = Fraction(n, of)
    word = next((word for more_than, word in _SCALE if share > more_than), "a few")
    return f"{word} {several}"


def named(n: int, one: str, many: str | None = None) -> str:
    """Return how many, by their number: where a share can't be told.

    >>> named(1, "participant"), named(12, "participant")
    ('one participant', '12 participants')
    """
    return f"{_spelt(n)} {one if n == 1 else (many or f'{one}s')}"


def _spelt(n: int) -> str:
    return _NUMBERS[n] if n < len(_NUMBERS) else f"{n:,}"
