"""Segments: the pieces of a post that may become quotes, cut by rules, and quotes cut from them.

Three kinds of boundary: around furniture (`furniture`), where sentences and lines end
(`sentences`), and where clauses and items of lists begin (`clauses`).
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from secondcoder.coding.characters import count_words, is_inside_cluster
from secondcoder.coding.clauses import CLAUSE_WORDS, ITEM_WORDS, clause_starts, list_items
from secondcoder.coding.furniture import Furniture, find_furniture
from secondcoder.coding.sentences import sentence_ends
from secondcoder.schema.quotes import Segment, SegmentKind, Span

_SPACE = re.compile(r"\s*+")


class _Cut(NamedTuple):
    position: int
    n_words: int
    """Words wanted on either side, or the pieces stay together."""


def segments(text: str) -> tuple[Segment, ...]:
    """Return the segments of a post: joined they equal its text, numbered from 1.

    White space between two pieces belongs to the first of them, white space before everything to
    the first piece. Takes time linear in the length of the text.

    >>> text = "A1: Time to talk matters, but so does tea. #hour"
    >>> [(piece.span.of(text), piece.kind.value) for piece in segments(text)][:2]
    [('A1: ', 'label'), ('Time to talk matters, ', 'text')]
    """
    return tuple(
        Segment(number=number, span=Span(start=start, end=end), kind=kind)
        for number, (start, end, kind) in enumerate(_pieces(text), start=1)
    )


def quote_spans(pieces: Sequence[Segment], numbers: Iterable[int], text: str) -> tuple[Span, ...]:
    """Return the spans that the segments of those numbers cut from the text, in its order.

    Neighbouring segments merge into one span; furniture is left out, and parts the words around it.
    Outer white space is trimmed. Furniture alone gives no span.

    Args:
        pieces: All segments of the post.
        numbers: Numbers of the wanted segments, in any order, repeats allowed.
        text: The post's text.

    Raises:
        ValueError: If a number is none of the segments'; the message names it.

    >>> text = "@sam Less paper. More time. #hour"
    >>> [span.of(text) for span in quote_spans(segments(text), [2, 3, 4], text)]
    ['Less paper. More time.']
    """
    wanted = set(numbers)
    unknown = sorted(wanted - {piece.number for piece in pieces})
    if unknown:
        raise ValueError(
            f"no segment {', '.join(map(str, unknown))}; the post's segments are 1 to {len(pieces)}"
        )
    merged: list[Span] = []
    for piece in pieces:
        if piece.number not in wanted or piece.is_furniture:
            continue
        if merged and merged[-1].end == piece.span.start:
            merged[-1] = Span(start=merged[-1].start, end=piece.span.end)
        else:
            merged.append(piece.span)
    return tuple(trimmed(span, text) for span in merged)


def trimmed(span: Span, text: str) -> Span:
    """Return the span without white space at its edges; one of white space alone stays as it is.

    >>> trimmed(Span(start=0, end=6), "  tea ")
    Span(start=2, end=5)
    """
    words = span.of(text)
    start = span.start + len(words) - len(words.lstrip())
    end = span.end - len(words) + len(words.rstrip())
    return Span(start=start, end=end) if start < end else span


def _pieces(text: str) -> Iterator[tuple[int, int, SegmentKind]]:
    """Yield start, end and kind of the segments, in order."""
    if not text:
        return
    begin = 0
    start = _after_space(text, 0)
    for furniture in (*find_furniture(text), Furniture(len(text), len(text), SegmentKind.SPACE)):
        if start < furniture.start:
            for position, kind in _cut(text, start, furniture.start):
                yield begin, position, kind
                begin = position
        if furniture.start < furniture.end:
            end = _after_space(text, furniture.end)
            yield begin, end, furniture.kind
            begin = start = end
    if begin < len(text):
        yield begin, len(text), SegmentKind.SPACE


def _after_space(text: str, position: int) -> int:
    """Return where white space ends that starts at the position, never inside a character."""
    found = _SPACE.match(text, position)
    position = found.end() if found else position
    return _outside_cluster(text, position)


def _outside_cluster(text: str, position: int) -> int:
    while is_inside_cluster(text, position):
        position += 1
    return position


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, SegmentKind]]:
    """Yield the ends of the pieces between two positions, and whether they hold words."""
    cuts = _cuts(text, start, end)
    positions = [start, *(cut.position for cut in cuts), end]
    counts = [count_words(text, *ends, CLAUSE_WORDS) for ends in pairwise(positions)]
    n_before = counts[0]
    for cut, n_words, n_after in zip(cuts, counts[1:], _words_after(cuts, counts), strict=True):
        if n_before >= cut.n_words and n_after >= cut.n_words:
            yield cut.position, SegmentKind.TEXT
            n_before = 0
        n_before += n_words
    yield end, SegmentKind.TEXT if n_before else SegmentKind.SPACE


def _words_after(cuts: Sequence[_Cut], counts: Sequence[int]) -> list[int]:
    """Return the words behind each cut: an item's reach to the next item, others' to any cut."""
    after: list[int] = []
    to_next_item = 0
    for cut, n_words in zip(reversed(cuts), reversed(counts), strict=False):
        is_item = cut.n_words == ITEM_WORDS
        to_next_item += n_words
        after.append(to_next_item if is_item else n_words)
        if is_item:
            to_next_item = 0
    return after[::-1]


def _cuts(text: str, start: int, end: int) -> list[_Cut]:
    """Return where pieces may part, in order, each position once with its mildest condition."""
    needed = dict.fromkeys(list_items(text, start, end), 1)
    for position, n_words in clause_starts(text, start, end):
        needed.setdefault(position, n_words)
    for position, _ in sentence_ends(text, start, end):
        needed[position] = 1
    moved: dict[int, int] = {}
    for position, n_words in needed.items():
        outside = _outside_cluster(text, position)
        if start < outside < end:
            moved[outside] = min(n_words, moved.get(outside, n_words))
    return [_Cut(position, moved[position]) for position in sorted(moved)]
