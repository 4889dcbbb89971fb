"""The contract between a run and a coder: tasks in, one outcome per task out."""

from collections.abc import AsyncGenerator, Iterable
from typing import NamedTuple, Protocol

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
