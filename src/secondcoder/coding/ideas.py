"""Ideas: the quotes of several members that mark the same words, one of each member at most."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

from secondcoder.coding.segments import trimmed
from secondcoder.schema.chat import Post
from secondcoder.schema.codings import Coding
from secondcoder.schema.quotes import Quote, Span

Idea = Mapping[int, Coding]
"""The coding of each member that marked the words, by the member's place in the panel."""


class _Named(NamedTuple):
    """A quote of one member."""

    member: int
    coding: Coding


def ideas_of(codings: Sequence[Sequence[Coding]], overlap: float) -> list[Idea]:
    """Return the ideas, each quote in one of them, in the order of their words.

    The two quotes that overlap most are one idea, then the next two, and so on, as long as no
    member has two quotes in an idea. Quotes that no other member marked are ideas of their own. The
    order of the members changes nothing.

    Args:
        codings: Each member's codings of the post. Shape: (n_members, …).
        overlap: Least overlap of two quotes of one idea, intersection over union.
    """
    named = [_Named(member, coding) for member, mine in enumerate(codings) for coding in mine]
    ideas = [{each.member: each.coding} for each in named]
    home = list(range(len(named)))
    close = [
        (first, second)
        for first, second in combinations(range(len(named)), 2)
        if named[first].member != named[second].member
        and _overlap(named[first].coding.quote, named[second].coding.quote) >= overlap
    ]
    for first, second in sorted(close, key=lambda pair: _rank(named, pair)):
        into, other = home[first], home[second]
        if into != other and not ideas[into].keys() & ideas[other].keys():
            ideas[into] |= ideas[other]
            home = [into if place == other else place for place in home]
    kept = [ideas[place] for place in sorted(set(home))]
    return sorted(kept, key=lambda idea: min(_sorting(coding) for coding in idea.values()))


def common_quote(idea: Idea, post: Post) -> Quote | None:
    """Return the characters that more than half of those who marked the idea have in their quote.

    White space at the edges is trimmed. None where no words are left.
    """
    steps: Counter[int] = Counter()
    for coding in idea.values():
        for span in coding.quote.spans:
            steps[span.start] += 1
            steps[span.end] -= 1
    spans, depth, start = [], 0, 0
    for place in sorted(steps):
        before, depth = depth, depth + steps[place]
        if before * 2 <= len(idea) < depth * 2:
            start = place
        elif depth * 2 <= len(idea) < before * 2:
            spans.append(trimmed(Span(start=start, end=place), post.text))
    spans = [span for span in spans if span.of(post.text).strip()]
    return Quote.cut(post, spans) if spans else None


def _overlap(first: Quote, second: Quote) -> float:
    shared = sum(span.overlap(other) for span in first.spans for other in second.spans)
    return shared / (_length(first) + _length(second) - shared)


def _length(quote: Quote) -> int:
    return sum(span.end - span.start for span in quote.spans)


def _rank(named: Sequence[_Named], pair: tuple[int, int]) -> tuple[object, ...]:
    """Return what puts the pairs in order: most overlap first, then what is decided alike.

    The last parts are the codings themselves, so that the order of the members decides nothing.
    """
    first, second = sorted((named[place].coding for place in pair), key=_sorting)
    return (
        -_overlap(first.quote, second.quote),
        first.question_id != second.question_id,
        -len(set(first.theme_ids) & set(second.theme_ids)),
        _sorting(first),
        _sorting(second),
    )


def _sorting(coding: Coding) -> tuple[object, ...]:
    spans = tuple((span.start, span.end) for span in coding.quote.spans)
    return spans, coding.question_id or "", coding.theme_ids
