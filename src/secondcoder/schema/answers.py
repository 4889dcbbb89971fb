"""Answers: what a coder was told, kept the moment it arrives."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from pydantic import AwareDatetime, Field

from secondcoder.schema.codings import Outcome
from secondcoder.schema.record import Record


class Answer(Record):
    """What one request said about one post.

    `key` is the hash of all that determines the answer: the post and its context, the rendered
    prompt (hence the slice of the codebook in use), model and parameters. Requests that carry
    several posts give one answer per post, which share `raw` and divide its tokens.
    """

    key: str = Field(pattern=r"^[0-9a-f]{64}$")
    post_id: str
    outcome: Outcome
    raw: str = Field(description="The reply as received.")
    model: str
    prompt_sha256: str
    codebook_sha256: str
    parameters: Mapping[str, str | int | float | bool | None] = Field(default_factory=dict)
    prompt_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)
    duration_s: float = Field(default=0, ge=0)
    answered_at: AwareDatetime


class AnswerStore(Protocol):
    """Where answers are kept. `store.ledger` keeps them in SQLite; a dict would do in memory.

    `keep` is called in a thread of its own, while `find` may be called in another.
    """

    def find(self, keys: Iterable[str]) -> dict[str, Answer]:
        """Return the answers there are, by key."""
        ...

    def keep(self, answers: Iterable[Answer]) -> None:
        """Make the answers durable, all or none, before returning."""
        ...
