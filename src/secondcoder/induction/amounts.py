"""How many, in words: the one rule by which a report says `most`, `several` or `one`."""

import re
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

_SHARES = {
    "half": Fraction(1, 2),
    "a third": Fraction(1, 3),
    "one third": Fraction(1, 3),
    "two thirds": Fraction(2, 3),
    "a quarter": Fraction(1, 4),
    "one quarter": Fraction(1, 4),
    "three quarters": Fraction(3, 4),
}
_NEAR = Fraction(1, 20)
"""A share in words stands for what is no further from it than that."""

_CLAIM = re.compile(
    r"(?i)\b(?:(?:nearly |almost )?(?:all|every|everyone|everybody)|most|many|several|a few|few|"
    rf"both|{'|'.join(_SHARES)}|nobody|no one|none|(?:a|the) (?:large |small |great )?"
    r"(?:majority|minority|handful)) "
    r"(?:of (?:them|those)|(?:of )?(?:the |these |those )?(?:\w+ )?"
    r"(?:participants?|people|respondents?|contributors?|posts?|tweets?|authors?|voices?|members?)|"
    r"had|have|would|were|are|did|do|could|can|said|say|says|spoke|speak|agreed?|agrees|felt|feel|"
    r"thought|think|wanted|want|named|name|mentioned|described|reported|saw|see|asked|found|find)\b"
)
"""What reads as how many people spoke: an amount before people, or before what people do."""


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


def claimed_amounts(sentence: str) -> tuple[str, ...]:
    """Return what a sentence says of how many people spoke, as it is written; English only.

    "Many small changes" tells of changes and is none; "some" and "others" scale nothing.

    >>> claimed_amounts("Most participants agreed, nobody said no, many changes last.")
    ('Most participants', 'nobody said')
    """
    return tuple(found.group() for found in _CLAIM.finditer(sentence))


def exceeds(claim: str, n: int, of: int) -> bool:
    """Return whether what a sentence says of how many is not what was counted, or is more.

    >>> exceeds("Most participants", 3, 11), exceeds("Most participants", 7, 11)
    (True, False)
    >>> exceeds("Several had", 1, 8), exceeds("Several had", 3, 8), exceeds("nearly all", 9, 9)
    (True, False, False)
    >>> exceeds("Half the people", 4, 12), exceeds("a third of participants", 4, 12)
    (True, False)
    """
    words = claim.casefold().split()
    share = _SHARES.get(words[0]) or _SHARES.get(" ".join(words[:2]))
    if share is not None:
        return abs(Fraction(n, of) - share) > _NEAR
    if words[0] in {"no", "nobody", "none"}:  # of what they did not say, nothing is counted
        return False
    if words[0] in {"all", "every", "everybody", "everyone"}:
        return n < of
    if words[0] in {"almost", "nearly"}:
        return 10 * n <= 9 * of
    if {"majority", "most"} & set(words):
        return 2 * n <= of
    return n < 2 if words[0] == "both" else n <= 2  # noqa: PLR2004 - two are named as such


def _spelt(n: int) -> str:
    return _NUMBERS[n] if n < len(_NUMBERS) else f"{n:,}"
