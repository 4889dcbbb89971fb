"""Counts: posts and participants of a chat, as its report's introduction gives them."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from secondcoder.ingest.duplicates import words_key
from secondcoder.ingest.hash_table import HashTable
from secondcoder.schema.chat import ChatCounts, Post, WindowCount

HOURS = (1.0, 24.0)
_NOTHING = timedelta(0)


def count_posts(
    posts: Iterable[Post], *, starts_at: datetime | None, hours: Sequence[float] = HOURS
) -> ChatCounts:
    """Return how many posts and participants there are, in all and in windows from the start.

    Args:
        posts: Taken once and not kept.
        starts_at: When the chat began; without it there are no windows.
        hours: Lengths of the windows. A window is half-open: a post an hour after the start is
            not in the hour.

    Returns:
        Reposts count as posts and are told apart. Duplicates are posts, not reposts, that repeat
        an earlier one's words as `duplicates` tells it. Participants include those who
        only repost; their names are compared without case and leading @.

    >>> count_posts([Post(id="1", text="a", author="Ann")], starts_at=None).n_participants
    1
    """
    lengths = hours if starts_at is not None else ()
    whole, windows = _Count(), [(timedelta(hours=length), _Count()) for length in lengths]
    n_duplicates = n_without_time = 0
    seen = HashTable()
    for post in posts:
        author = post.author_key
        whole.add(author, is_repost=post.is_repost)
        if not post.is_repost:
            key = words_key(post.text, post.author)
            n_duplicates += seen.get(key)
            seen.set(key, 1)
        if post.created_at is None:
            n_without_time += 1
        elif starts_at is not None:
            passed = post.created_at - starts_at
            for length, window in windows:
                if _NOTHING <= passed < length:
                    window.add(author, is_repost=post.is_repost)
    return ChatCounts(
        n_posts=whole.n_posts,
        n_reposts=whole.n_reposts,
        n_duplicates=n_duplicates,
        n_participants=len(whole.authors),
        n_without_time=n_without_time,
        windows=tuple(
            WindowCount(
                hours=length,
                n_posts=window.n_posts,
                n_reposts=window.n_reposts,
                n_participants=len(window.authors),
            )
            for (_, window), length in zip(windows, lengths, strict=True)
        ),
    )


class _Count:
    def __init__(self) -> None:
        self.n_posts = 0
        self.n_reposts = 0
        self.authors: set[str] = set()

    def add(self, author: str | None, *, is_repost: bool) -> None:
        self.n_posts += 1
        self.n_reposts += is_repost
        if author:
            self.authors.add(author)
