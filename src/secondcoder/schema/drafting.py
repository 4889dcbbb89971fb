"""Drafts: what a model writes for people to edit, such as a theme's name or a key finding.

Stages that need words from a model hand over a `Prompt`; who sends it, keeps the reply and counts
the cost is an `Asker`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar, runtime_checkable

from pydantic import AwareDatetime, BaseModel, Field

from secondcoder.schema.codings import Failure
from secondcoder.schema.record import Record
from secondcoder.schema.runs import Usage

ReplyT = TypeVar("ReplyT", bound=BaseModel)


class Draft(Record):
    """A usable reply to one prompt, as it came.

    `key` is the hash of all that determines it: the rendered prompt, the form of the reply, model
    and parameters.
    """

    key: str = Field(pattern=r"^[0-9a-f]{64}$")
    task: str = Field(description="The prompt: `key-findings/v1`.")
    raw: str = Field(description="The reply as received.")
    model: str
    prompt_sha256: str
    parameters: Mapping[str, str | int | float | bool | None] = Field(default_factory=dict)
    prompt_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)
    answered_at: AwareDatetime


@runtime_checkable
class DraftStore(Protocol):
    """Where drafts are kept, so that none is paid for twice."""

    def find_draft(self, key: str) -> Draft | None:
        """Return the draft of that key, if there is one."""
        ...

    def keep_draft(self, draft: Draft, *, instead: bool = False) -> None:
        """Make the draft durable before returning; one that is there already stays.

        Args:
            draft: The draft.
            instead: Whether it takes the place of one that is there, which can't be used.
        """
        ...


def _no_complaint(_: BaseModel) -> None:
    return None


@dataclass(frozen=True)
class Prompt(Generic[ReplyT]):
    """What to ask: a versioned template, its values, and what the reply must be."""

    task: str
    """Folder of the template: `key-findings`."""
    version: int
    system: Mapping[str, object]
    """Values of the part that many prompts share; texts in them are made harmless by the asker."""
    user: Mapping[str, object]
    """Values of the part of this one."""
    reply: type[ReplyT]
    """What the reply must be. Its docstrings and descriptions are sent: they are prompt text."""
    check: Callable[[ReplyT], str | None] = _no_complaint
    """Says what is wrong with a reply of the right form, such as a quote that does not exist."""
    weighs: int = 0
    """Of so many tokens of a reply it is asked how likely they are; 0: the reply is asked for."""
    as_before: tuple["Prompt[ReplyT]", ...] = ()
    """The same as it was said before some name was followed; a draft of it serves as well."""
    expected: Callable[[], ReplyT] | None = None
    """Makes a reply of ordinary length, from which a cost is told before anything is sent."""


class Asker(Protocol):
    """Who asks a model for drafts, one endpoint behind it."""

    @property
    def usage(self) -> Usage:
        """Return what was asked so far."""
        ...

    async def ask(self, prompt: Prompt[ReplyT]) -> ReplyT | Failure:
        """Return the reply, from the store where it is known; a failure when none can be used.

        What no prompt can survive (no key, no server) is a `ProviderError`.
        """
        ...
