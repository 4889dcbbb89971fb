"""Segments, spans and quotes: ranges of a post's own characters."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from secondcoder.schema.chat import Identifier, Post
from secondcoder.schema.record import Record

GAP = " […] "
"""Stands between the spans of a quote that leaves words out; never part of a span."""


class Span(Record):
    """Half-open range of Unicode code points `[start, end)` of a post's text, never empty."""

    start: int = Field(ge=0)
    end: int = Field(gt=0)

    @model_validator(mode="after")
    def _a_span_holds_a_character(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"span [{self.start}, {self.end}) is empty; end must be past start")
        return self

    def of(self, text: str) -> str:
        """Return the characters of `text` inside the span.

        >>> Span(start=0, end=4).of("tea, please")
        'tea,'
        """
        return text[self.start : self.end]

    def overlap(self, other: "Span") -> int:
        """Return how many characters two spans share.

        >>> Span(start=0, end=4).overlap(Span(start=2, end=9))
        2
        """
        return max(0, min(self.end, other.end) - max(self.start, other.start))


class SegmentKind(StrEnum):
    """What a segment holds: `TEXT` may become a quote, the rest is furniture."""

    TEXT = "text"
    LABEL = "label"
    MENTION = "mention"
    HASHTAG = "hashtag"
    LINK = "link"
    COUNTER = "counter"
    REPOST = "repost"
    """The `RT @name:` in front of another's words."""
    SPACE = "space"
    """White space or lone punctuation that belongs to no piece."""


class Segment(Record):
    """The smallest piece of a post that may become a quote.

    The segments of a post cover it without gaps or overlaps: joined, they equal its text. White
    space at the edges belongs to the segment; a quote trims it.
    """

    number: int = Field(ge=1, description="Position among the post's segments, counted from 1.")
    span: Span
    kind: SegmentKind = SegmentKind.TEXT

    @property
    def is_furniture(self) -> bool:
        """Whether the segment holds no words of an answer, and so is never inside a quote."""
        return self.kind is not SegmentKind.TEXT


class Quote(Record):
    """A post's own words: one span, or several in order when words between are left out.

    `text` is derived: the characters of the spans, joined by `GAP`. It is kept beside the spans so
    that a person can read the file, and compared with the post whenever codings are read.
    """

    post_id: Identifier
    spans: tuple[Span, ...] = Field(min_length=1)
    text: str = Field(min_length=1)

    @model_validator(mode="after")
    def _spans_are_in_order_and_apart(self) -> Self:
        for before, after in zip(self.spans, self.spans[1:], strict=False):
            if after.start < before.end:
                raise ValueError(
                    f"quote of post {self.post_id}: span [{after.start}, {after.end}) starts "
                    f"before [{before.start}, {before.end}) ends; spans are in order and apart"
                )
        return self

    @classmethod
    def cut(cls, post: Post, spans: Iterable[Span]) -> Self:
        """Return the quote that the spans cut from the post.

        Args:
            post: The post the words are from.
            spans: In order and apart, inside the post; a `ValueError` otherwise.

        >>> post = Post(id="1", text="More time, and tea.")
        >>> Quote.cut(post, [Span(start=0, end=9)]).text
        'More time'
        """
        spans = tuple(spans)
        return cls(post_id=post.id, spans=spans, text=text_of(spans, post))

    def check(self, post: Post) -> None:
        """Refuse a quote that is not the post's own words.

        Raises:
            ValueError: Naming the post, what the quote says and what the post says there.
        """
        if post.id != self.post_id:
            raise ValueError(f"a quote of post {self.post_id} lies with post {post.id}")
        found = text_of(self.spans, post)
        if found != self.text:
            raise ValueError(
                f"post {post.id}: the quote reads {self.text!r}, the post's characters there are "
                f"{found!r}; quotes must be verbatim"
            )


def text_of(spans: tuple[Span, ...], post: Post) -> str:
    """Return the words that the spans cut from a post, `GAP` between them.

    Raises:
        ValueError: If a span reaches past the post's end.
    """
    length = len(post.text)
    for span in spans:
        if span.end > length:
            raise ValueError(
                f"post {post.id}: span [{span.start}, {span.end}) reaches past the "
                f"{length} characters of the post"
            )
    return GAP.join(span.of(post.text) for span in spans)
