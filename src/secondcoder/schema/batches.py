"""Batches: requests handed to a provider together, answered within a day at a lower price."""

from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, Field

from secondcoder.errors import InputError
from secondcoder.schema.chat import Attribution, Identifier, Post
from secondcoder.schema.codebook import Codebook
from secondcoder.schema.options import ChatFile, ModelOptions, ReplyMode
from secondcoder.schema.quotes import Segment
from secondcoder.schema.record import Record
from secondcoder.schema.runs import Run
from secondcoder.schema.summaries import CodingsSummary

MOST_REQUESTS = 50_000
"""Of one batch. Source: OpenAI, Batch API reference, `input_file_id`."""
MOST_BYTES = 200_000_000
"""Of one batch's file; OpenAI says 200 MB."""

AskAgain = Literal["batch", "requests", "no"]
"""How posts that got no usable reply are asked about again: in a further batch at its price, with
ordinary requests at once, or not."""
BatchStatus = Literal[
    "planned",
    "validating",
    "in_progress",
    "finalizing",
    "completed",
    "failed",
    "expired",
    "cancelling",
    "cancelled",
    "dropped",
]
"""`planned` is recorded here and not known to be at the provider, `dropped` never went there; the
others are the provider's own words."""
OrderState = Literal["proposed", "open", "cancelled", "done"]
"""What is proposed has not been agreed to: nothing of it was sent."""
ENDED = frozenset({"completed", "failed", "expired", "cancelled"})
"""Statuses in which a provider does nothing more."""


class BatchLimits(Record):
    """How large one batch may be; a run of more is split."""

    max_requests: int = Field(default=MOST_REQUESTS, ge=1, le=MOST_REQUESTS)
    max_bytes: int = Field(default=MOST_BYTES, ge=1, le=MOST_BYTES)


class BatchOrder(Record):
    """What a run with batches was asked for: all that is needed to go on with it, but the key."""

    run_id: Identifier
    coder: str
    options: ModelOptions
    limits: BatchLimits = BatchLimits()
    codebook: Codebook
    mode: ReplyMode = Field(description="How the form of replies is asked for, never `auto`.")
    chat: ChatFile | None = Field(default=None, description="None: it was in memory.")
    output: Path | None = Field(default=None, description="Where the codings go; None: nowhere.")


class PendingPost(Record):
    """A post on its way, as it was read, with what asking about it has cost so far."""

    key: str = Field(description="Key its answer will be kept under.")
    post: Post
    attribution: Attribution
    segments: tuple[Segment, ...]
    context: str | None = None
    named: tuple[str, ...] = Field(
        default=(), description="Handles of the chat that stand in the texts without a sign."
    )
    n_asked: int = 0
    was_alone: bool = False
    prompt_tokens: int = 0
    completion_tokens: int = 0
    duration_s: float = 0.0


class PendingRequest(Record):
    """A request to be sent in a batch; `id` is the `custom_id` its result is found by."""

    id: Identifier
    posts: tuple[PendingPost, ...] = Field(min_length=1)
    correction: str | None = Field(default=None, description="What was wrong with the last reply.")
    temperature: float | None = None
    n_bytes: int = Field(ge=0, description="Length of its line in the batch's file.")
    cost_usd: float | None = Field(default=None, description="As estimated; None: not known.")


class Batch(Record):
    """One batch, as the ledger knows it."""

    id: Identifier = Field(description="Our own id; the provider keeps it as metadata.")
    run_id: Identifier
    status: BatchStatus = "planned"
    provider_id: str | None = Field(default=None, description="The provider's id of it.")
    n_requests: int = Field(ge=0)
    n_bytes: int = Field(ge=0)
    estimated_usd: float | None = Field(default=None, description="None: no price is known.")
    n_completed: int = Field(default=0, ge=0, description="Requests with a result, good or bad.")
    planned_at: AwareDatetime
    submitted_at: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None
    collected_at: AwareDatetime | None = Field(
        default=None, description="When its results had been read; None: they have not."
    )
    error_code: str = Field(default="", description="Of a batch that failed.")
    problem: str | None = Field(default=None, description="What went wrong, and what to do.")

    @property
    def is_away(self) -> bool:
        """Return whether the provider has it, and its results have not been read."""
        return self.provider_id is not None and self.collected_at is None


class ProviderBatch(Record):
    """One batch, as the provider tells of it."""

    id: str
    status: BatchStatus
    output_file_id: str | None = None
    error_file_id: str | None = None
    n_completed: int = 0
    expires_at: AwareDatetime | None = None
    error_code: str = ""
    error: str | None = Field(default=None, description="Why it failed, in the provider's words.")


class BatchRun(Record):
    """A run with batches: n_posts = n_open + n_answered + n_failed."""

    run: Run
    batches: tuple[Batch, ...] = ()
    n_posts: int = Field(ge=0, description="Posts the model is asked about in batches.")
    n_open: int = Field(ge=0, description="Posts on their way, or to be asked about again.")
    n_answered: int = Field(ge=0)
    n_failed: int = Field(ge=0)
    output: Path | None = None
    problems: tuple[str, ...] = ()


class BatchReport(Record):
    """What has become of the batches of a ledger."""

    ledger: Path
    runs: tuple[BatchRun, ...] = ()
    summaries: tuple[CodingsSummary, ...] = Field(
        default=(), description="Of the codings that were written, one for each run that ended."
    )

    @property
    def n_open(self) -> int:
        """Return how many posts are on their way."""
        return sum(run.n_open for run in self.runs)

    @property
    def n_failed(self) -> int:
        """Return how many posts could not be coded."""
        return sum(run.n_failed for run in self.runs)


def refuse_poll(poll_s: float) -> None:
    """Refuse to look at batches again without a pause.

    Args:
        poll_s: Seconds between two looks.

    Raises:
        InputError: If it is not more than 0.
    """
    if not poll_s > 0:  # nor what is no number at all
        raise InputError(
            f"--poll {poll_s:g}: write the seconds between two looks, more than 0, such as 60"
        )
