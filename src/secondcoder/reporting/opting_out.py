"""Opting out: people who asked to be left out are in no part of a report but its count."""

from collections.abc import Collection
from typing import NamedTuple

from secondcoder.reporting.wording import count, is_or_are
from secondcoder.schema.chat import Post
from secondcoder.schema.codings import Codings, LeftOut, PostCodings
from secondcoder.schema.copies import Said


class WithoutSome(NamedTuple):
    """Codings without the posts of some people, and a sentence that says so."""

    codings: Codings
    sentence: str | None
    """None where nobody was left out."""
    unknown: tuple[str, ...]
    """Names that no post of the chat is by."""
    n_posts: int = 0
    """How many posts are left out."""
    keys: frozenset[str] = frozenset()
    """Who is left out, as `Post.author_key` tells authors apart."""
    said: Said = Said(())
    """What they said, so that a codebook that quotes them can be told."""


def without_authors(codings: Codings, authors: Collection[str]) -> WithoutSome:
    """Return the codings without posts by these people, and without posts that repeat their words.

    Args:
        codings: What was coded.
        authors: Handles or names; case and a leading @ don't matter.
    """
    wanted = {key: name for name in authors if (key := _key(name)) is not None}
    keys = {coded.post.author_key for coded in codings.posts} & wanted.keys()
    theirs = {coded.post.id for coded in codings.posts if coded.post.author_key in keys}
    kept = tuple(
        coded
        for coded in codings.posts
        if coded.post.id not in theirs and not _repeats(coded, theirs, keys)
    )
    n_gone = len(codings.posts) - len(kept)
    gone = frozenset(key for key in keys if key is not None)
    sentence = left_out_sentence(n_gone, len(gone)) if n_gone else None
    unknown = tuple(name for key, name in wanted.items() if key not in keys)
    kept_codings = Codings(info=codings.info, posts=kept)
    said = Said(coded.post.text for coded in codings.posts if coded.post.id in theirs)
    return WithoutSome(kept_codings, sentence, unknown, n_gone, gone, said)


def left_out_sentence(n_posts: int, n_people: int) -> str:
    """Return how many posts of how many people are not in a report.

    >>> left_out_sentence(1, 1)
    '1 post by 1 participant who asked to be left out is not in this report.'
    """
    whose = f"{count(n_posts, 'post')} by {count(n_people, 'participant')}"
    return f"{whose} who asked to be left out {is_or_are(n_posts)} not in this report."


def _repeats(coded: PostCodings, ids: Collection[str], keys: Collection[str | None]) -> bool:
    outcome = coded.outcome
    same_as = outcome.same_as if isinstance(outcome, LeftOut) else None
    if coded.post.repost_of in ids or same_as in ids:
        return True
    # A repost without an id still names whom it repeats.
    said = coded.post.text.split(":")[0].split()
    return coded.post.is_repost and len(said) > 1 and _key(said[-1]) in keys


def _key(name: str) -> str | None:
    return Post(id="-", text="", author=name).author_key
