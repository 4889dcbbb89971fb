"""Acquaintance: what a run has learnt of a model, for all who ask it one after the other."""

from dataclasses import dataclass

_FEW = 8
"""Who lets no more than these be in flight is in no hurry: one leaves before the others. Of more,
half do."""


@dataclass
class Acquaintance:
    """What is known of a model behind an endpoint; at first nothing.

    Whoever knows nothing sends a few requests (`first_at_once`) and waits for a reply before the
    others leave. A run that measures how many posts a request can hold asks with a client for each
    number, and need wait only once.
    """

    mode: str | None = None
    """How the form of a reply is asked for, once a usable reply has come that way."""
    takes_temperature: bool = True
    """False: it refused to be given one."""
    was_reached: bool = False
    """Whether anything has ever been answered."""
    was_useful: bool = False
    """Whether a reply has decided something about a post."""


def first_at_once(concurrency: int) -> int:
    """Return how many requests may be in flight while nothing is known of the model.

    They are what a wrong key, or a model that answers nothing of use, may cost. The others wait for
    them, a latency long.

    >>> first_at_once(8), first_at_once(64)
    (1, 32)
    """
    return 1 if concurrency <= _FEW else concurrency // 2
