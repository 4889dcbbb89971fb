"""Small codings of one invented chat, so that every number in the tests can be counted by hand."""

from collections.abc import Mapping, Sequence

from secondcoder.schema.chat import Attribution, AttributionRule, ChatInfo, Post, Question
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import (
    Abstention,
    Coding,
    Codings,
    CodingsInfo,
    Failure,
    LeftOut,
    LeftOutReason,
    Outcome,
    PostCodings,
    Quoted,
)
from secondcoder.schema.quotes import Quote, Span
from secondcoder.schema.runs import Coder, CoderKind, Run

TEXT = "tea time and trust for all"
"""26 characters; every post has it unless a test says otherwise."""

BOOK = Codebook(
    title="Tea",
    questions=(Question(id="Q1"), Question(id="Q2"), Question(id="Q2a", parent="Q2")),
    themes=(
        Theme(id="tea", name="Tea", questions=("Q1",)),
        Theme(id="time", name="Time", questions=("Q2",)),
        Theme(id="trust", name="Trust"),
    ),
)

LEFT_OUT = LeftOut(reason=LeftOutReason.NO_IDEA)
REPOST = LeftOut(reason=LeftOutReason.REPOST)
NOT_CODED = LeftOut(reason=LeftOutReason.NOT_CODED)
ABSTAINED = Abstention(note="two themes are as likely")
FAILED = Failure(error="ResponseError", detail="empty")

Marked = tuple[int, int, str]
"""Start, end and theme ids with spaces between; `Q1:` in front names the question."""


Decision = Outcome | list[Marked] | str | None
"""An outcome, quotes, the themes of one quote of the whole post, or None: not in the file."""


def coded(
    coder: str,
    decisions: Sequence[Decision],
    *,
    book: Codebook = BOOK,
    text: str = TEXT,
    questions: Mapping[str, str] | None = None,
) -> Codings:
    """Return one coder's codings of posts `p0`, `p1`, and so on.

    `questions` says which question a post may answer.
    """
    posts = tuple(
        PostCodings(
            post=Post(id=f"p{number}", text=text),
            attribution=_attribution((questions or {}).get(f"p{number}")),
            outcome=_outcome(f"p{number}", decision, text),
        )
        for number, decision in enumerate(decisions)
        if decision is not None
    )
    run = Run(id="r1", coder=Coder(id=coder, kind=CoderKind.PERSON))
    info = CodingsInfo(chat=ChatInfo(title="Tea & trust"), codebook=book, run=run)
    return Codings(info=info, posts=posts)


def _outcome(post_id: str, decision: Outcome | list[Marked] | str, text: str) -> Outcome:
    if isinstance(decision, str):
        decision = [(0, len(text), decision)]
    if isinstance(decision, list):
        return Quoted(codings=tuple(_coding(post_id, mark, text) for mark in decision))
    return decision


def _coding(post_id: str, mark: Marked, text: str) -> Coding:
    start, end, what = mark
    question, colon, ids = what.rpartition(":")
    span = Span(start=start, end=end)
    return Coding(
        quote=Quote(post_id=post_id, spans=(span,), text=text[start:end]),
        question_id=question if colon else None,
        theme_ids=tuple(ids.split()),
    )


def _attribution(question: str | None) -> Attribution:
    if question is None:
        return Attribution()
    return Attribution(question_ids=(question,), rule=AttributionRule.LABEL)
