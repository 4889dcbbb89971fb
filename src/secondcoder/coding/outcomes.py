"""From segment numbers to verbatim quotes: what a model's reply on a post decides."""

from collections.abc import Iterable, Mapping

from secondcoder.coding.replies import PostReply, QuoteReply
from secondcoder.coding.segments import quote_spans
from secondcoder.coding.tasks import Task
from secondcoder.errors import ResponseError
from secondcoder.schema.codings import Abstention, Coding, LeftOut, LeftOutReason, Quoted
from secondcoder.schema.quotes import Quote, Segment, Span

Allowed = Mapping[str | None, frozenset[str]]
"""The theme ids each question of a request admits; `None` is a quote that answers no question."""


def outcome_of(
    reply: PostReply, task: Task, allowed: Allowed, key: str, raw: str
) -> Quoted | LeftOut | Abstention:
    """Return the decision a reply makes about its post.

    Args:
        reply: What the model said of the post.
        task: The post and its segments.
        allowed: Which themes go with which question.
        key: Key of the answer, kept with each coding.
        raw: The whole reply as it came, for the error.

    Raises:
        ResponseError: If it contradicts itself. Likewise if it names a segment that is not there
            or that holds no words, or gives a theme to a question that has no such theme.
    """
    said = [bool(reply.quotes), reply.left_out is not None, bool(reply.undecided)]
    if sum(said) != 1:
        raise ResponseError(
            f"post {reply.post}: give either quotes, or left_out, or undecided: exactly one",
            raw=raw,
        )
    if reply.undecided:
        return Abstention(note=reply.undecided.strip() or "no reason given", answer_key=key)
    if reply.left_out is not None:
        return LeftOut(reason=LeftOutReason(reply.left_out.value))
    themes_of: dict[tuple[tuple[int, ...], str | None], list[str]] = {}
    for quote in reply.quotes:
        wrong = _wrong(quote, task, allowed)
        if wrong:
            raise ResponseError(f"post {reply.post}: {wrong}", raw=raw)
        numbers = quote.segments or [segment.number for segment in task.segments]
        place = (tuple(sorted(set(numbers))), quote.question)
        themes_of.setdefault(place, []).extend(quote.themes)
    return Quoted(
        codings=tuple(
            Coding(
                quote=Quote.cut(task.post, _spans(numbers, task)),
                question_id=question,
                theme_ids=tuple(dict.fromkeys(themes)),
                answer_key=key,
            )
            for (numbers, question), themes in themes_of.items()
        )
    )


def has_words(task: Task) -> bool:
    """Return whether the post holds anything that could be quoted."""
    return any(_has_words(segment, task) for segment in task.segments)


def last_segment(task: Task) -> int:
    """Return the greatest number a quote may name; 1 where there is nothing to choose."""
    worded = [segment.number for segment in task.segments if _has_words(segment, task)]
    return worded[-1] if len(worded) > 1 else 1


def _has_words(segment: Segment, task: Task) -> bool:
    return not segment.is_furniture and bool(segment.span.of(task.post.text).strip())


def _spans(numbers: Iterable[int], task: Task) -> tuple[Span, ...]:
    """Return the spans of the segments that hold words, among those of the numbers."""
    return quote_spans(task.segments, _worded(numbers, task), task.post.text)


def _worded(numbers: Iterable[int], task: Task) -> list[int]:
    """Return the numbers of segments that hold words, in their order."""
    wanted = set(numbers)
    return [s.number for s in task.segments if s.number in wanted and _has_words(s, task)]


def _wrong(quote: QuoteReply, task: Task, allowed: Allowed) -> str | None:
    """Return what the post or the codebook does not allow in a quote, for the model to read."""
    count = len(task.segments)
    outside = [number for number in quote.segments if not 1 <= number <= count]
    surplus = [theme for theme in quote.themes if theme not in allowed[quote.question]]
    if outside:
        return f"there is no segment {outside[0]}; the last one is {count}"
    if quote.segments and not _worded(quote.segments, task):
        return f"segments {quote.segments} hold no words that can be quoted"
    if surplus:
        place = f"question {quote.question}" if quote.question else "a quote without a question"
        return f"theme {surplus[0]} does not go with {place}"
    return None
