"""A small codebook, posts cut by hand, a store in memory and a way to run the model coder."""

import asyncio
from collections.abc import Iterable
from functools import partial

from servers.openai_server import ScriptedServer

from secondcoder.coding.model import ModelCoder
from secondcoder.coding.tasks import Decision, PostCoder, Task
from secondcoder.schema.answers import Answer, AnswerStore
from secondcoder.schema.chat import Attribution, AttributionRule, Post, Question
from secondcoder.schema.codebook import Codebook, Theme
from secondcoder.schema.codings import Abstention, Coding, Failure, LeftOut, Quoted
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.quotes import Segment, SegmentKind, Span

BOOK = Codebook(
    questions=(
        Question(id="Q1", text="What gets in the way?"),
        Question(id="Q2", text="And then?"),
        Question(id="Q2a", text="What would help?", parent="Q2"),
        Question(id="Q2b", text="Who would help?", parent="Q2"),
    ),
    themes=(
        Theme(
            id="time",
            name="Protected time",
            definition="Hours set aside.",
            include=("hours are named",),
            exclude=("waiting lists",),
            examples=("ask @ward_sister for an hour",),
            questions=("Q1",),
        ),
        Theme(id="money", name="Funding", questions=("Q1",)),
        Theme(id="tools", name="Simple tools", questions=("Q2a",)),
        Theme(id="leaders", name="Leaders", questions=("Q2b",)),
        Theme(id="joy", name="Enjoyment"),
    ),
)

Piece = str | tuple[str, SegmentKind]


def task(
    post_id: str,
    *pieces: Piece,
    questions: tuple[str, ...] = ("Q1",),
    author: str | None = None,
    context: str | None = None,
) -> Task:
    """Return a post made of these pieces, each of them a segment."""
    text, segments = "", []
    for number, piece in enumerate(pieces, 1):
        words, kind = (piece, SegmentKind.TEXT) if isinstance(piece, str) else piece
        span = Span(start=len(text), end=len(text) + len(words))
        segments.append(Segment(number=number, span=span, kind=kind))
        text += words
    rule = AttributionRule.LABEL if questions else AttributionRule.NONE
    return Task(
        post=Post(id=post_id, text=text, author=author),
        attribution=Attribution(question_ids=questions, rule=rule),
        segments=tuple(segments),
        context=context,
    )


def tasks(n: int) -> list[Task]:
    """Return that many posts, each about time."""
    return [task(f"p{i}", f"Post {i} wants protected hours each week.") for i in range(1, n + 1)]


class Shelf:
    """An answer store in memory."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}

    def find(self, keys: Iterable[str]) -> dict[str, Answer]:
        """Return the answers there are, by key."""
        return {key: self.answers[key] for key in keys if key in self.answers}

    def keep(self, answers: Iterable[Answer]) -> None:
        """Keep the answers, which must survive a trip through JSON as they would in a file."""
        for answer in answers:
            self.answers[answer.key] = Answer.model_validate_json(answer.model_dump_json())


def model_coder(
    server: ScriptedServer | str,
    answers: AnswerStore | None = None,
    *,
    book: Codebook = BOOK,
    model: str = "openai/tiny",
    **options: str | float | None,
) -> ModelCoder:
    """Return a model coder that talks to the server and hardly waits between attempts."""
    base_url = server if isinstance(server, str) else server.url
    given = ModelOptions.model_validate({"base_url": base_url, "patience_s": 1, **options})
    return ModelCoder(book, model=model, options=given, answers=answers, backoff_s=0.001)


nested_coder = partial(model_coder, prompt_version=1)
"""Makes a model coder that asks for nested lists with names, as the first prompt does."""


def run(coder: PostCoder, posts: Iterable[Task]) -> dict[str, Decision]:
    """Return the decision on each post, by its id; none may come twice."""

    async def collect() -> list[Decision]:
        return [decision async for decision in coder.code(posts)]

    decisions = asyncio.run(collect())
    by_id = {decision.task.post.id: decision for decision in decisions}
    assert len(by_id) == len(decisions)
    return by_id


def codings_of(decision: Decision) -> list[tuple[str, str | None, tuple[str, ...]]]:
    """Return text, question and themes of each quote of a decision."""
    assert isinstance(decision.outcome, Quoted), decision.outcome
    codings: Iterable[Coding] = decision.outcome.codings
    for coding in codings:
        coding.quote.check(decision.task.post)
    return [(coding.quote.text, coding.question_id, coding.theme_ids) for coding in codings]


def failure_of(decision: Decision) -> Failure:
    """Return the failure that took a decision's place."""
    assert isinstance(decision.outcome, Failure), decision.outcome
    return decision.outcome


def kind_of(decision: Decision) -> str:
    """Return which of the four outcomes a decision is."""
    outcome: Quoted | LeftOut | Abstention | Failure = decision.outcome
    return outcome.kind
