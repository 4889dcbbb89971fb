"""Report anchoring: a report's quotations found again in the posts they were taken from."""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from secondcoder.ingest.anchoring import Unanchored, anchor
from secondcoder.schema.chat import Attribution, Post
from secondcoder.schema.codings import Coding, LeftOut, LeftOutReason, PostCodings, Quoted
from secondcoder.schema.quotes import Quote, Span


class FoundAgain(NamedTuple):
    """The posts of a chat with the quotations found in them, and those found in none or several."""

    posts: tuple[PostCodings, ...]
    lost: tuple[tuple[Coding, str], ...]
    """Coding and reason."""


def find_again(
    codings: Iterable[Coding],
    posts: Mapping[str, Post],
    attributions: Mapping[str, Attribution],
) -> FoundAgain:
    """Return every post with the quotations that stand in it, and in no other post.

    A report lists what its writers chose to quote; a post without a quotation is therefore not
    coded, rather than without a theme. Reposts are not searched.

    Args:
        codings: The report's; their quotes are of posts that hold nothing but the quotation.
        posts: Of the chat, in its order.
        attributions: The questions each post may answer.
    """
    letters = {post.id: _letters(post.text) for post in posts.values() if not post.is_repost}
    found: dict[str, list[Coding]] = {}
    lost: list[tuple[Coding, str]] = []
    for coding in codings:
        places = _places(coding.quote.text, posts, letters)
        if len(places) == 1:
            post_id, spans = places[0]
            quote = Quote.cut(posts[post_id], spans)
            found.setdefault(post_id, []).append(coding.model_copy(update={"quote": quote}))
        else:
            several = f"stands in {len(places)} posts ({', '.join(p for p, _ in places[:5])})"
            lost.append((coding, several if places else "stands once in no post"))
    return FoundAgain(
        tuple(
            PostCodings(
                post=post,
                attribution=attributions.get(post.id, Attribution()),
                outcome=Quoted(codings=tuple(found[post.id]))
                if post.id in found
                else LeftOut(reason=LeftOutReason.NOT_CODED),
            )
            for post in posts.values()
        ),
        tuple(lost),
    )


def _places(
    words: str, posts: Mapping[str, Post], letters: Mapping[str, str]
) -> list[tuple[str, tuple[Span, ...]]]:
    # Comparing letters first spares most posts the search.
    opening = _letters(re.split(r"\[|\(|…|\.\.\.", words.strip(), maxsplit=1)[0])
    places = []
    for post_id, said in letters.items():
        if opening not in said:
            continue
        spans = anchor(words, posts[post_id].text)
        if not isinstance(spans, Unanchored):
            places.append((post_id, spans))
    return places


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.replace("&amp;", "")).casefold()
