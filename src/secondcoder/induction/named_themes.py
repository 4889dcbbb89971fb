"""Themes of a question that a sentence names, beside what it says of them."""

import re

from secondcoder.induction.counted import TOLD, Counted, CountedTheme

_END = re.compile(r"[.,;:!?()]")
_ON = re.compile(r" (?=(?:and|but|while|which|who|because|when|so|as|though|although) )")
"""Where a sentence may go on behind a name, unless the name does."""
_BESIDE = re.compile(
    r"^(?:(?:and|but|while|whereas|overall|here|also|there|were|was|the|theme|those|posts|tweets|"
    r"people|participants|voices|answers|who|did|spoke|speak|named|mentioned|raised|for|of|on|"
    r"about|behind) )+|(?: (?:was|were|is|are|did|had|has|been|also|alone|being|an?|"
    rf"{TOLD}))+$"
)
"""Small words around a name."""
_QUOTATION_MARKS = str.maketrans("", "", '“”"')
_THIS = {"", "it", "this", "that", "these", "they", "theme", "this theme"}


def around(sentence: str, start: int, end: int) -> tuple[str, str]:
    """Return what stands in the same clause before some words of a sentence, and behind them."""
    return _END.split(sentence[:start])[-1], _END.split(sentence[end:])[0]


def theme_named(written: str, counted: Counted) -> CountedTheme | None:
    """Return the theme whose whole name is written, with small words around it at most.

    "It", "this theme" and nothing at all are the theme that was counted.

    Args:
        written: A part of a sentence.
        counted: The theme and the others of its question.

    >>> tea, time = CountedTheme("Tea", 5, 6), CountedTheme("Time", 3, 3)
    >>> counted = Counted(tea, of=14, of_posts=22, others=(time,))
    >>> theme_named("of “time” and that was new", counted) == time
    True
    >>> theme_named("it", counted) == tea, theme_named("free time", counted)
    (True, None)
    """
    themes = {bare(one.name): one for one in (*counted.others, counted.theme)}
    ends = [len(written), *(found.start() for found in reversed([*_ON.finditer(written)]))]
    named = next((themes[name] for end in ends if (name := bare(written[:end])) in themes), None)
    return named or (counted.theme if bare(written) in _THIS else None)


def bare(written: str) -> str:
    """Return words without the small ones around them, in small letters.

    A name that begins or ends with such a word is told by what is left of it, as it is here.

    >>> bare("Posts about “Tea breaks” were")
    'tea breaks'
    """
    side = " ".join(written.casefold().translate(_QUOTATION_MARKS).split())
    return _BESIDE.sub("", side)
