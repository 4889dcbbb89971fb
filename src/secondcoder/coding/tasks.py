"""The contract between a run and a coder: tasks in, one outcome per task out."""

from collections.abc import AsyncGenerator, Callable, Iterable
from typing import NamedTuple, Protocol, runtime_checkable

from secondcoder.schema.chat import Attribution, Post
from secondcoder.schema.codings import Outcome
from secondcoder.schema.quotes import Segment
from secondcoder.schema.runs import Coder, Run, Usage


class Task(NamedTuple):
    """One post to code: cut into segments, with the questions it may answer.

    A named tuple and not a record: one is made per post, and nothing of it is stored.
    """

    post: Post
    attribution: Attribution
    segments: tuple[Segment, ...]
    context: str | None = None
    """Text of the post it answers, where that helps to understand it."""
    named: tuple[str, ...] = ()
    """Handles of the chat that stand in these texts without a sign, in small letters."""


class Decision(NamedTuple):
    """What a coder decided about a task, and what that cost."""

    task: Task
    outcome: Outcome
    usage: Usage = Usage()
    """Of a panel: of all members together."""
    by_members: tuple["Decision", ...] = ()
    """What each member of a panel decided, in the members' order."""


class PostCoder(Protocol):
    """What codes posts: the embedded coder, a model, a panel of several."""

    @property
    def coder(self) -> Coder:
        """Return who this is, for the record."""
        ...

    def describe(self, run: Run) -> Run:
        """Return the run with this coder's parameters, prompt and endpoint filled in."""
        ...

    def code(self, tasks: Iterable[Task]) -> AsyncGenerator[Decision, None]:
        """Yield one decision per task, in any order, taking tasks only as fast as it codes.

        A post that can't be coded is a decision with a `Failure`; what no post can survive (no
        key, no server) raises `ProviderError`.
        """
        ...


class Ahead(NamedTuple):
    """What a coder may know of a chat before the first task comes."""

    tasks: Iterable[Task]
    """Some of those to come, drawn by chance."""
    share: float
    """How many of them these are, above 0 and up to 1."""
    runs: Iterable[Run] = ()
    """Earlier runs on the same store of answers, the oldest first."""
    told: Callable[[str | None], None] | None = None
    """Told what is done before the first post is coded, and None when that is over."""


@runtime_checkable
class LooksAhead(Protocol):
    """A coder that decides by a sample how it will code."""

    def look_ahead(self, ahead: Ahead) -> None:
        """Take note of what is to come; nothing is sent."""
        ...
