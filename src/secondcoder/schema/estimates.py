"""What a run with a model would ask and cost, told before anything is sent."""

from datetime import date

from pydantic import Field

from secondcoder.schema.record import Record


class Amounts(Record):
    """What a run would ask and cost, if all goes well."""

    n_requests: int = Field(ge=0)
    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(ge=0)
    cost_usd: float | None = Field(ge=0)


class OtherPrompt(Record):
    """Answers there are to another version of the prompt, which would not be asked for again."""

    version: int
    n_posts: int = Field(ge=1, description="Posts they are to that would be asked about.")
    is_sampled: bool = Field(default=False, description="Whether that is reckoned from some.")

    @property
    def words(self) -> str:
        """What whoever pays for the run should know."""
        posts = "1 post" if self.n_posts == 1 else f"{self.n_posts:,} posts"
        return (
            f"the ledger has answers to prompt version {self.version} about "
            f"{'some ' if self.is_sampled else ''}{posts} that would be asked about anew; "
            f"--prompt-version {self.version} takes those instead"
        )


class Estimate(Record):
    """What would be sent: n_posts = n_posts_to_ask + n_reused + n_underway + n_settled."""

    title: str
    coder: str
    n_posts: int = Field(ge=0)
    n_posts_to_ask: int = Field(ge=0, description="Posts the model would be asked about.")
    n_reused: int = Field(ge=0, description="Posts whose answers are in the ledger.")
    n_underway: int = Field(
        default=0, ge=0, description="Posts on their way in batches that were not collected."
    )
    n_settled: int = Field(ge=0, description="Posts that rules settle without a model.")
    n_requests: int = Field(
        ge=0, description="Retries not counted. By likelihoods: at most about so many."
    )
    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(
        ge=0,
        description="Expected: one quote of one theme per post; reasoning not counted. By "
        "likelihoods one a request, and of two pieces together at most 22.",
    )
    tokenizer: str = Field(description="How tokens were counted; models differ.")
    cost_usd: float | None = Field(ge=0, description="Nothing cached; None: not known.")
    price_source: str | None = Field(description="Package and version. None: no price is known.")
    price_as_of: date | None = Field(description="Newest price change that the source knows.")
    is_batch: bool = Field(default=False, description="Whether the price is that of batches.")
    if_packed: Amounts | None = Field(
        default=None,
        description="Where it is still to be measured how many posts a request can hold: the same "
        "if answers hold at every size tried. The figures above are for one post per request; the "
        "sample is in both. None: it is known.",
    )
    posts_per_request: int | None = Field(default=None, description="None: still to be measured.")
    other_prompts: tuple[OtherPrompt, ...] = ()
    by_likelihoods: bool = Field(
        default=False, description="Whether themes would be weighed, and no replies written."
    )
    members: tuple["Estimate", ...] = Field(
        default=(), description="Of a panel, in order; its requests, tokens and cost are the sums."
    )


class StepEstimate(Amounts):
    """What one step of a larger work would ask."""

    step: str
    n_reused: int = Field(ge=0, description="Answers that are in the ledger.")


class WorkEstimate(Amounts):
    """What proposing, refining or reporting would ask and cost: the sums over its steps.

    Later steps depend on what a model says in earlier ones, so they are counted for ordinary
    replies.
    """

    coder: str
    steps: tuple[StepEstimate, ...]
    tokenizer: str = Field(description="How tokens were counted; models differ.")
    price_source: str | None = Field(description="Package and version. None: no price is known.")
    price_as_of: date | None = Field(description="Newest price change that the source knows.")
