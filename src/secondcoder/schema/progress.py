"""How far a run has come."""

from collections.abc import Callable

from pydantic import Field

from secondcoder.schema.record import Record
from secondcoder.schema.runs import Usage


class Progress(Record):
    """The state of a run after a post, for a display. `n_posts` is None while not known."""

    n_posts: int | None = Field(default=None, ge=0)
    n_done: int = Field(default=0, ge=0)
    n_quotes: int = Field(default=0, ge=0)
    n_left_out: int = Field(default=0, ge=0)
    n_abstained: int = Field(default=0, ge=0)
    n_failed: int = Field(default=0, ge=0)
    usage: Usage = Usage()
    note: str | None = Field(
        default=None, description="What is to be known before anything is paid for; told once."
    )
    stage: str | None = Field(
        default=None, description="What is done now, in words, where that is not coding a chat."
    )
    paused: str | None = Field(
        default=None, description="Why nothing is asked now: the provider is down."
    )


Listener = Callable[[Progress], None]
"""Called as a run goes on; must return quickly."""


def noting(listener: Listener | None) -> Callable[[str], None]:
    """Return what tells a listener, if there is one, what must be known."""

    def note(words: str) -> None:
        if listener is not None:
            listener(Progress(note=words))

    return note


def pausing(listener: Listener | None) -> Callable[[str | None], None]:
    """Return what tells a listener, if there is one, why nothing is asked, and that it is again."""

    def pause(why: str | None) -> None:
        if listener is not None:
            listener(Progress(paused=why))

    return pause
