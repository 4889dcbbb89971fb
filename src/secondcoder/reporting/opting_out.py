"""Opting out: people who asked to be left out are in no part of a report but its count."""

import re
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from secondcoder.errors import InputError
from secondcoder.reporting.full_names import any_of, full_names, parts_of
from secondcoder.reporting.names import MASK
from secondcoder.reporting.wording import count, is_or_are
from secondcoder.schema.chat import Post, author_key_of
from secondcoder.schema.codings import Codings, LeftOut, PostCodings
from secondcoder.schema.copies import Said

SOMEONE = "@someone"
"""Stands for a handle."""
_AT = "@\uff20"
_UNSEEN = "[\u200b-\u200f\u2060\ufeff]*"
_SHORTEST = 2
"""Letters of a name without its sign: `plan b` is nobody's."""
_NAMED = f"Where others name who asked, “{SOMEONE}” or “{MASK}” stands."


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
    words_of: Callable[[str], str] = str
    """Returns what is shown of words in which others may name them."""


def without_authors(codings: Codings, authors: Collection[str]) -> WithoutSome:
    """Return the codings without posts by these people, and without posts that repeat their words.

    Args:
        codings: What was coded.
        authors: Handles or names; case and a leading @ don't matter.
    """
    wanted = wanted_keys(authors)
    keys = {coded.post.author_key for coded in codings.posts} & wanted.keys()
    theirs = {coded.post.id for coded in codings.posts if coded.post.author_key in keys}
    kept = tuple(
        coded
        for coded in codings.posts
        if coded.post.id not in theirs
        and not repeats_any(coded.post, _same_as(coded), theirs, keys)
    )
    n_gone = len(codings.posts) - len(kept)
    gone = frozenset(key for key in keys if key is not None)
    sentence = f"{left_out_sentence(n_gone, len(gone))} {_NAMED}" if n_gone else None
    unknown = tuple(name for key, name in wanted.items() if key not in keys)
    moderators = tuple(
        name for name in codings.info.chat.moderators if author_key_of(name) not in wanted
    )
    chat = codings.info.chat.model_copy(update={"moderators": moderators})
    kept_codings = Codings(info=codings.info.model_copy(update={"chat": chat}), posts=kept)
    said = Said(coded.post.text for coded in codings.posts if coded.post.id in theirs)
    called = [coded.post.author for coded in codings.posts if coded.post.id in theirs]
    words_of = without_names(name for name in dict.fromkeys(called) if name is not None)
    return WithoutSome(kept_codings, sentence, unknown, n_gone, gone, said, words_of)


def left_out_sentence(n_posts: int, n_people: int) -> str:
    """Return how many posts of how many people are not in a report.

    >>> left_out_sentence(1, 1)
    '1 post by 1 participant who asked to be left out is not in this report.'
    """
    whose = f"{count(n_posts, 'post')} by {count(n_people, 'participant')}"
    return f"{whose} who asked to be left out {is_or_are(n_posts)} not in this report."


def without_names(people: Iterable[str]) -> Callable[[str], str]:
    """Return what hides some people in a text: their handles, and what they go by as a whole.

    However ordinary a word they go by, it is hidden, as they asked; in a hashtag, it is not theirs.

    Args:
        people: Handles and names.

    >>> without_names(["@ann_b", "Dr Sam Hill RN"])("Like @Ann_B, sam hill says: #ann_b")
    'Like @someone, [name] says: #ann_b'
    """
    bare = (name.strip().lstrip(_AT) for name in people)
    names = any_of(name for name in full_names(bare) if parts_of(name)).pattern.removeprefix("(?i)")
    any_name = re.compile(rf"(?i)(?P<at>[{_AT}]{_UNSEEN})?(?<!#){names}")

    def shown(found: re.Match[str]) -> str:
        if found["at"]:
            return SOMEONE
        return MASK if len(found.group()) >= _SHORTEST else found.group()

    return lambda text: any_name.sub(shown, text)


def wanted_keys(authors: Collection[str]) -> dict[str, str]:
    """Return the names of people by what they are told apart by."""
    return {key: name for name in authors if (key := author_key_of(name)) is not None}


def repeats_any(
    post: Post, same_as: str | None, ids: Collection[str], keys: Collection[str | None]
) -> bool:
    """Return whether a post passes on or repeats what some people wrote.

    Args:
        post: The post.
        same_as: Id of the post whose words it repeats.
        ids: Of their posts.
        keys: Who they are.
    """
    if post.repost_of in ids or same_as in ids:
        return True
    # A repost without an id still names whom it repeats.
    said = post.text.split(":")[0].split()
    return post.is_repost and len(said) > 1 and author_key_of(said[-1]) in keys


def refuse_unknown(unknown: Collection[str]) -> None:
    """Refuse names that no post is by.

    Raises:
        InputError: Naming them.
    """
    if unknown:
        raise InputError(
            f"no post is by {', '.join(unknown)}, who should be left out; correct the name, "
            f"so that nobody is shown who asked not to be"
        )


def _same_as(coded: PostCodings) -> str | None:
    return coded.outcome.same_as if isinstance(coded.outcome, LeftOut) else None
