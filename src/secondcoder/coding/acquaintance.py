"""Acquaintance: what a run has learnt of a model, for all who ask it one after the other."""

from dataclasses import dataclass

_ONE_IN = 8
"""Of the requests that may be in flight, so many leave before anything is known of the model."""


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

    They are what a wrong key, or a model that answers nothing of use, may cost. One alone would
    leave the rest of many waiting for it.

    >>> first_at_once(8), first_at_once(64)
    (1, 8)
    """
    return max(1, concurrency // _ONE_IN)
