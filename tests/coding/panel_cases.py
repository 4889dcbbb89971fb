"""Posts, and members of a panel that say what they were told to say."""

import asyncio
from collections.abc import AsyncGenerator, Iterable

from secondcoder.coding.tasks import Decision, Task
from secondcoder.schema.chat import Post
from secondcoder.schema.codings import Abstention, Coding, Failure, LeftOut, LeftOutReason, Quoted
from secondcoder.schema.quotes import Quote, Span
from secondcoder.schema.runs import Coder, CoderKind, Run, Usage

POST = Post(id="p", text="More time for tea. Less paper on the ward. Leaders who listen.")
TIME, PAPER, LEADERS = "More time for tea.", "Less paper on the ward.", "Leaders who listen."


def coding(*words: str, question: str | None = "Q1", themes: str = "") -> Coding:
    """Return a coding of the words of `POST`, a span each, with the themes named."""
    spans = [Span(start=(start := POST.text.index(each)), end=start + len(each)) for each in words]
    return Coding(
        quote=Quote.cut(POST, spans), question_id=question, theme_ids=tuple(themes.split())
    )


def quoted(*codings: Coding) -> Quoted:
    """Return an outcome that holds the codings."""
    return Quoted(codings=codings)


def left_out(reason: str = "no-idea") -> LeftOut:
    """Return an outcome without a quote."""
    return LeftOut(reason=LeftOutReason(reason))


def unsure(note: str = "unclear") -> Abstention:
    """Return an outcome that leaves the post to people."""
    return Abstention(note=note)


def failed() -> Failure:
    """Return an outcome of the machinery."""
    return Failure(error="ResponseError", detail="empty reply")


Said = Quoted | LeftOut | Abstention | Failure


class Says:
    """A coder that says the same of every post, and counts how far it has read."""

    def __init__(self, name: str, said: Said, *, forgets: str = "", is_slow: bool = False) -> None:
        self.name = name
        self.said = said
        self.forgets = forgets
        self.is_slow = is_slow
        self.n_read = 0

    @property
    def coder(self) -> Coder:
        """Return who this is."""
        return Coder(id=self.name, kind=CoderKind.MODEL)

    def describe(self, run: Run) -> Run:
        """Return the run with an endpoint of its own."""
        return run.model_copy(update={"base_url": f"http://{self.name}/v1"})

    async def code(self, tasks: Iterable[Task]) -> AsyncGenerator[Decision, None]:
        """Yield the same outcome for every post but the forgotten one."""
        for task in tasks:
            self.n_read += 1
            if self.is_slow:
                await asyncio.sleep(0)
            if task.post.id != self.forgets:
                yield Decision(task, self.said, Usage(n_requests=1, cost_usd=0.25))
