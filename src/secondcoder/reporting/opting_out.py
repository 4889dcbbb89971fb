"""Opting out: people who asked to be left out are in no part of a report but its count."""

from collections.abc import Collection
from typing import NamedTuple

from secondcoder.reporting.wording import count, is_or_are
from secondcoder.schema.chat import Post
from secondcoder.schema.codings import Codings, LeftOut, PostCodings


class WithoutSome(NamedTuple):
    """Codings without the posts of some people, and a sentence that says so."""

    codings: Codings
    sentence: str | None
    """None where nobody was left out."""
    unknown: tuple[str, ...]
    """Names that no post of the chat is by."""


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
    sentence = None
    if n_gone:
        whose = f"{count(n_gone, 'post')} by {count(len(keys), 'participant')}"
        sentence = f"{whose} who asked to be left out {is_or_are(n_gone)} not in this report."
    unknown = tuple(name for key, name in wanted.items() if key not in keys)
    return WithoutSome(Codings(info=codings.info, posts=kept), sentence, unknown)


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
