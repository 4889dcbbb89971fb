"""Copies: stretches of somebody's words in a text that should not hold them."""

import re
from collections.abc import Iterable, Iterator
from html import unescape

_WORD = re.compile(r"[^\W_]+")
_MARKED = re.compile('“([^”]+)”|"([^"]+)"')


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
        given = [form for text in texts for form in {text, unescape(text)}]
        self._stretches = {stretch for text in given for stretch in _stretches(text, self.SIZE)}
        self._texts = [f" {' '.join(_words(text))} " for text in given]

    def is_in(self, text: str) -> bool:
        """Return whether a text holds five words in a row of what was said.

        >>> said = Said(["we stop for tea at ten"])
        >>> said.is_in("Like “we stop for tea at”"), said.is_in("Tea at ten")
        (True, False)
        """
        return any(stretch in self._stretches for stretch in _stretches(text, self.SIZE))

    def is_quoted_in(self, text: str) -> bool:
        """Return whether a text holds that, or two words of it or more in quotation marks.

        >>> said = Said(["we stop for tea at ten"])
        >>> said.is_quoted_in("Like “Stop for…”"), said.is_quoted_in("To stop for tea")
        (True, False)
        """
        marked = ["".join(found) for found in _MARKED.findall(text)]
        return self.is_in(text) or any(map(self._holds, marked))

    def _holds(self, quote: str) -> bool:
        words = _words(quote)
        phrase = f" {' '.join(words)} "
        return len(words) > 1 and any(phrase in text for text in self._texts)


def _stretches(text: str, size: int) -> Iterator[tuple[str, ...]]:
    words = _words(text)
    for at in range(len(words) - size + 1):
        yield tuple(words[at : at + size])


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())
