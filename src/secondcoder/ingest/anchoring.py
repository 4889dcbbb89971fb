"""Anchoring: where in a post the words stand that somebody copied out of it."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from secondcoder.schema.quotes import Span

_LEFT_OUT = re.compile(r"\s*(?:\[\s*(?:…|\.\.\.)\s*\]|\(\s*(?:…|\.\.\.)\s*\))\s*")
"""How people show that a quote leaves words out: `[…]`, `[...]`, `(…)`."""
_OUTER = "\"“”„«»'\u2018\u2019 \t\r\n"
_SINGLE = "['\u2018\u2019\u201b\u2032]"
_DOUBLE = '["\u201c\u201d\u201e\u2033]'
_DASH = "[-\u2010\u2011\u2012\u2013\u2014]"
_AMPERSAND = "(?:&amp;|&)"


class Unanchored(NamedTuple):
    """The words have no one place in the post, and why."""

    reason: str


def anchor(words: str, text: str) -> tuple[Span, ...] | Unanchored:
    """Return the spans of a post's text that a copied quote stands for.

    The words must occur exactly once. If they don't occur letter by letter, spreadsheets' and word
    processors' changes are looked through: kinds of quotation marks and dashes, runs of white
    space, `&` for `&amp;`, quotation marks put around the whole. Where the quote leaves words out
    (`[…]`), its pieces follow each other and each occurs once behind the one before.

    Args:
        words: The quote as somebody gave it.
        text: The post's text, whose own characters the spans count.

    >>> anchor("more tea", "We need more tea.")
    (Span(start=8, end=16),)
    >>> anchor("tea", "Tea? No tea, no tea!").reason
    'the quote occurs 2 times in the post'
    """
    pieces = [piece for piece in _LEFT_OUT.split(words.strip()) if piece.strip(_OUTER)]
    if not pieces:
        return Unanchored("the quote holds no words")
    spans: list[Span] = []
    for piece in pieces:
        after = spans[-1].end if spans else 0
        found = _once(piece, text, after)
        if isinstance(found, Unanchored):
            return found
        spans.append(found)
    return tuple(spans)


def _once(piece: str, text: str, after: int) -> Span | Unanchored:
    places = _exact(piece.strip(), text, after)
    if not places:
        # A look-ahead, so that occurrences that overlap are all counted.
        found = re.finditer(f"(?=({_tolerant(piece.strip(_OUTER))}))", text[after:])
        places = [(after + match.start(1), after + match.end(1)) for match in found]
    if len(places) == 1:
        start, end = places[0]
        return Span(start=start, end=end)
    if places:
        return Unanchored(f"the quote occurs {len(places)} times in the post")
    return Unanchored("the quote does not occur in the post")


def _exact(piece: str, text: str, after: int) -> list[tuple[int, int]]:
    """Return where a piece stands letter by letter, occurrences that overlap included."""
    places = []
    start = text.find(piece, after)
    while start >= 0:
        places.append((start, start + len(piece)))
        start = text.find(piece, start + 1)
    return places


def _tolerant(piece: str) -> str:
    """Return a pattern that admits what programs change in a copied text, and nothing else."""
    return "".join(_admitted(found[0]) for found in re.finditer(r"&amp;|\s+|.", piece))


def _admitted(character: str) -> str:
    if character.isspace():
        return r"\s+"
    if character in {"&amp;", "&"}:
        return _AMPERSAND
    for kind in (_SINGLE, _DOUBLE, _DASH):
        if character in kind[1:-1]:
            return kind
    return re.escape(character)


def spans_given(start: int, end: int, text: str) -> tuple[Span, ...] | Unanchored:
    """Return the span of two offsets, if the text reaches that far."""
    if not 0 <= start < end <= len(text):
        return Unanchored(
            f"start {start} and end {end} don't lie in a post of {len(text)} characters"
        )
    return (Span(start=start, end=end),)


def whole(text: str) -> tuple[Span, ...] | Unanchored:
    """Return the span of all a text says, white space at its edges left out.

    >>> whole(" tea ")
    (Span(start=1, end=4),)
    """
    if not text.strip():
        return Unanchored("the post holds no words")
    start = len(text) - len(text.lstrip())
    return (Span(start=start, end=len(text.rstrip())),)


def joined_words(spans: Sequence[Span], text: str) -> str:
    """Return the post's words in the spans, for comparing with what a sheet says.

    >>> joined_words([Span(start=0, end=3)], "Tea!")
    'Tea'
    """
    return " […] ".join(span.of(text) for span in spans)
