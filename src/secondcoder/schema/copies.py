"""Copies: stretches of somebody's words in a text that should not hold them."""

import re
from collections.abc import Iterable, Iterator

_WORD = re.compile(r"[^\W_]+")


def copied_words(text: str, source: str, *, longest: int) -> str | None:
    """Return words of a source that stand in a text in a row, where there are too many of them.

    >>> copied_words("They all stop for tea at ten", "we stop for tea at ten", longest=4)
    'stop for tea at ten'
    >>> copied_words("Tea is taken at ten", "we stop for tea at ten", longest=4) is None
    True
    """
    theirs = set(_stretches(source, longest + 1))
    return next((" ".join(each) for each in _stretches(text, longest + 1) if each in theirs), None)


class Said:
    """What people said, as stretches of five words, to tell whether a text repeats any of them."""

    SIZE = 5

    def __init__(self, texts: Iterable[str]) -> None:
        """Remember the texts."""
        self._stretches = {stretch for text in texts for stretch in _stretches(text, self.SIZE)}

    def is_in(self, text: str) -> bool:
        """Return whether a text holds five words in a row of what was said.

        >>> said = Said(["we stop for tea at ten"])
        >>> said.is_in("Like “we stop for tea at”"), said.is_in("Tea at ten")
        (True, False)
        """
        return any(stretch in self._stretches for stretch in _stretches(text, self.SIZE))


def _stretches(text: str, size: int) -> Iterator[tuple[str, ...]]:
    words = _WORD.findall(text.casefold())
    for at in range(len(words) - size + 1):
        yield tuple(words[at : at + size])
