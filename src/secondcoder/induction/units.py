"""Units: the smallest stretches that may hold an idea, which themes are found among."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from secondcoder.schema.chat import Post
from secondcoder.schema.quotes import Quote


class Unit(NamedTuple):
    """One stretch of a post, with the question it answers."""

    quote: Quote
    question_id: str | None
    author: str | None
    """As authors are told apart; None where it is not known."""


class Group(NamedTuple):
    """Units that carry one idea, by their places among the units of their question."""

    places: tuple[int, ...]


def joined(units: Iterable[Unit], posts: Mapping[str, Post]) -> tuple[Quote, ...]:
    """Return the quotes of units of one theme, neighbours of a post as one quote.

    Args:
        units: Of one theme, in the order of the posts.
        posts: The posts, by id.
    """
    found: list[Quote] = []
    for unit in units:
        before = found[-1] if found else None
        post = posts[unit.quote.post_id]
        if before is not None and before.post_id == post.id and _touch(before, unit.quote, post):
            span = before.spans[-1].model_copy(update={"end": unit.quote.spans[-1].end})
            found[-1] = Quote.cut(post, (*before.spans[:-1], span))
        else:
            found.append(unit.quote)
    return tuple(found)


def _touch(before: Quote, after: Quote, post: Post) -> bool:
    """Return whether nothing but white space stands between two quotes of a post."""
    start, end = before.spans[-1].end, after.spans[0].start
    return start <= end and not post.text[start:end].strip()
