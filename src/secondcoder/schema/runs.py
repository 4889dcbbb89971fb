"""Coders, and the runs in which they coded."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, Field

from secondcoder.schema.chat import Identifier
from secondcoder.schema.packing import Packing
from secondcoder.schema.record import Record


class CoderKind(StrEnum):
    """What a coder is."""

    PERSON = "person"
    MODEL = "model"
    PANEL = "panel"
    EMBEDDED = "embedded"


StopReason = Literal["budget", "provider", "interrupted", "error"]


class Coder(Record):
    """Who coded: a person, a model (`openai/gpt-5-mini`), a panel, or the embedded coder."""

    id: Identifier
    kind: CoderKind
    description: str = ""


class Usage(Record):
    """What a run asked of a provider. Requests answered from the ledger count as reused."""

    n_requests: int = Field(default=0, ge=0)
    n_reused: int = Field(default=0, ge=0, description="Posts answered from the ledger.")
    n_unusable: int = Field(
        default=0, ge=0, description="Posts whose first reply, as far as about them, was no use."
    )
    prompt_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)
    cached_tokens: int = Field(
        default=0, ge=0, description="Of the prompt's, read from the provider's cache."
    )
    cost_usd: float | None = Field(
        default=None,
        ge=0,
        description="None: nothing was asked, or of a request or more it is not known.",
    )

    @property
    def has_unknown_cost(self) -> bool:
        """Return whether something was asked, and what all of it did cost is not known."""
        return self.n_requests > 0 and self.cost_usd is None

    @property
    def has_no_tokens(self) -> bool:
        """Return whether something was asked, and no token was counted.

        Nothing was answered then, or the server counts none.
        """
        return self.n_requests > 0 and not self.prompt_tokens + self.completion_tokens

    def plus(self, other: "Usage") -> "Usage":
        """Return the sum of two usages; what a request did cost must be known on both sides.

        >>> Usage(n_requests=1).plus(Usage(n_requests=2)).n_requests
        3
        >>> Usage(n_requests=1, cost_usd=0.5).plus(Usage(n_reused=1)).cost_usd
        0.5
        >>> Usage(n_requests=1, cost_usd=0.5).plus(Usage(n_requests=1)).cost_usd is None
        True
        """
        costs = [one.cost_usd for one in (self, other) if one.cost_usd is not None]
        unknown = self.has_unknown_cost or other.has_unknown_cost
        return Usage(
            n_requests=self.n_requests + other.n_requests,
            n_reused=self.n_reused + other.n_reused,
            n_unusable=self.n_unusable + other.n_unusable,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cached_tokens=self.cached_tokens + other.cached_tokens,
            cost_usd=sum(costs) if costs and not unknown else None,
        )


class PromptUsed(Record):
    """A version of a prompt that something was asked with."""

    name: str = Field(min_length=1, description="Such as `propose-codes/v1`.")
    sha256: str


class Run(Record):
    """One execution: who, what, when, with which parameters, prompt and codebook."""

    id: Identifier
    coder: Coder
    started_at: AwareDatetime | None = None
    finished_at: AwareDatetime | None = None
    secondcoder_version: str | None = None
    codebook_sha256: str | None = None
    prompt_sha256: str | None = Field(default=None, description="None: the coder uses no prompt.")
    prompt_version: str | None = Field(default=None, description="Such as `code-posts/v1`.")
    prompts: tuple[PromptUsed, ...] = Field(
        default=(), description="Of a run that used several, or asked for drafts, in order of use."
    )
    base_url: str | None = Field(default=None, description="The one endpoint words were sent to.")
    parameters: Mapping[str, str | int | float | bool | None] = Field(default_factory=dict)
    usage: Usage = Usage()
    stopped: StopReason | None = Field(
        default=None, description="Why it ended before all posts were coded; None: it did not."
    )
    packing: Packing | None = Field(
        default=None, description="How many posts shared a request, where that was measured."
    )
    members: tuple["Run", ...] = Field(default=(), description="Of a panel, in their order.")

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Return the endpoints words were sent to, its own and its members', each once."""
        urls = (self.base_url, *(url for member in self.members for url in member.endpoints))
        return tuple(dict.fromkeys(url for url in urls if url is not None))
