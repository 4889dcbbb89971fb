"""Packing: how many posts share a request, and what it was measured on."""

from pydantic import Field

from secondcoder.schema.chat import Identifier
from secondcoder.schema.record import Record

MARGIN = 0.05
"""Answers hold where they agree with single ones this much less than these with themselves."""


class PackingTrial(Record):
    """What became of the sample's answers at one size of request."""

    posts_per_request: int = Field(ge=2)
    agreement: float = Field(ge=0, le=1, description="With single answers; mean over the posts.")
    at_least: float = Field(description="What the agreement must reach.")
    n_requests: int = Field(ge=0, description="Sent; answers from the ledger need none.")
    holds: bool


class Packing(Record):
    """How many posts share a request, why, and what that was measured on."""

    posts_per_request: int = Field(ge=1)
    why: str
    sample: tuple[Identifier, ...] = Field(
        default=(), description="Ids of the posts it was measured on; empty: nothing was measured."
    )
    with_itself: float | None = Field(
        default=None, description="Agreement of single answers asked twice; None: not needed."
    )
    trials: tuple[PackingTrial, ...] = ()
    measured_in: Identifier | None = Field(
        default=None, description="Id of the earlier run it was measured in; None: this one."
    )

    @property
    def words(self) -> str:
        """Return the choice and its reason in words.

        >>> Packing(posts_per_request=1, why="answers change").words
        '1 post per request: answers change'
        """
        posts = "1 post" if self.posts_per_request == 1 else f"{self.posts_per_request} posts"
        earlier = f" (measured in run {self.measured_in})" if self.measured_in else ""
        return f"{posts} per request: {self.why}{earlier}"

    @property
    def measurements(self) -> str:
        """Return the agreement at each size in words; nothing where nothing was measured."""
        found = [f"{one.agreement:.2f} at {one.posts_per_request}" for one in self.trials]
        if not found:
            return ""
        twice = "" if self.with_itself is None else f"; asked twice, {self.with_itself:.2f}"
        return (
            f"agreement with single answers on {len(self.sample)} posts: {', '.join(found)}{twice}"
        )
