"""Posts of one chat by question and theme, with their authors: what shares are made of."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from typing import Literal, NamedTuple

from secondcoder.schema.codings import (
    Abstention,
    Codings,
    Failure,
    LeftOut,
    LeftOutReason,
    PostCodings,
    Quoted,
)

Fate = Literal["quoted", "left-out", "abstained", "failed", "not-coded"]
"""What became of a post; one that nobody looked at is told from one without a quote."""

Posts = Mapping[str, str | None]
"""Author of each post, None where not given, by the post's id."""


class ChatCounts(NamedTuple):
    """Posts of a chat by question and theme; None is no question, and no theme."""

    fates: Counter[Fate]
    answering: Mapping[str | None, Posts]
    """Posts with a quote under the question."""
    themes: Mapping[tuple[str | None, str | None], Posts]
    """Posts with a quote under the question and theme."""
    beside: Mapping[str | None, Counter[Fate]]
    """Posts without a quote that may answer the question, by what became of them.

    The post that asks it is none of them.
    """
    moderators: Collection[str]
    """Authors among those of the posts who moderated."""


def chat_counts(codings: Codings) -> ChatCounts:
    """Return the posts of a chat by question and theme, each post once per place."""
    answering: dict[str | None, dict[str, str | None]] = defaultdict(dict)
    themes: dict[tuple[str | None, str | None], dict[str, str | None]] = defaultdict(dict)
    beside: dict[str | None, Counter[Fate]] = defaultdict(Counter)
    fates: Counter[Fate] = Counter()
    for coded in codings.posts:
        post, fate = coded.post, fate_of(coded)
        fates[fate] += 1
        for coding in coded.codings:
            answering[coding.question_id][post.id] = post.author_key
            for theme_id in coding.theme_ids or (None,):
                themes[coding.question_id, theme_id][post.id] = post.author_key
        if fate != "quoted" and not codings.asks(coded):
            for question_id in coded.attribution.question_ids or (None,):
                beside[question_id][fate] += 1
    return ChatCounts(fates, answering, themes, beside, codings.moderators.keys())


def fate_of(coded: PostCodings) -> Fate:
    """Return what became of a post."""
    match coded.outcome:
        case Quoted():
            return "quoted"
        case LeftOut(reason=LeftOutReason.NOT_CODED):
            return "not-coded"
        case LeftOut():
            return "left-out"
        case Abstention():
            return "abstained"
        case Failure():
            return "failed"
