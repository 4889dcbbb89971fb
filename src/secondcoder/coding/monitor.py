"""The monitor of a run: what its requests use, and why nothing is asked, told as it happens."""

from collections.abc import Callable
from typing import NamedTuple

from secondcoder.coding.jobs import Tally
from secondcoder.schema.runs import Usage

Told = Callable[[str | None], None]
"""Told why nothing is asked, when a pause begins; None when it ends."""


class Pause(NamedTuple):
    """What a worker says in the midst of a shard: why it asks nothing; None: it does again."""

    why: str | None


class Pauses:
    """Of several workers: told when a first one asks nothing, and when none is waiting any more."""

    def __init__(self, told: Told | None) -> None:
        """Start with nobody pausing; `told` hears of it, if anybody does."""
        self._told = told
        self._places: set[int] = set()

    def note(self, place: int, why: str | None) -> None:
        """Take note that a worker pauses, or no longer does, and hand it on where it is news."""
        before = bool(self._places)
        (self._places.discard if why is None else self._places.add)(place)
        if self._told is not None and bool(self._places) != before:
            self._told(why)


def _nobody(_why: str | None) -> None:
    """Hear nothing of pauses."""


class Monitor:
    """Shared by all clients of a run."""

    def __init__(self) -> None:
        """Start with nothing used, and nobody to be told."""
        self.total = Tally()
        """Of every request, whatever came of it, those of posts without a decision too."""
        self.pings = Tally()
        """Of small requests that only ask whether the provider is back: no decision tells of them.
        They are in `total`, too."""
        self.budgeted_usd = 0.0
        """As a budget counts it: what was set aside, where an answer's tokens were not counted."""
        self.told: Told = _nobody

    def tell(self, why: str | None) -> None:
        """Hand on why nothing is asked, to whoever is to be told by then."""
        self.told(why)

    def complete(self, usage: Usage) -> Usage:
        """Return what a run used, given what its decisions did.

        Where others asked (workers, a batch) the decisions tell more.
        """
        usage = usage.plus(self.pings.usage())
        if self.total.n_requests <= usage.n_requests:
            return usage
        total = self.total.usage(usage.n_reused)
        return total.model_copy(update={"n_unusable": usage.n_unusable})
