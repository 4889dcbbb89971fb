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
    n_requests: int = Field(ge=0, description="Retries not counted.")
    prompt_tokens: int = Field(ge=0)
    completion_tokens: int = Field(
        ge=0, description="Expected: one quote of one theme per post; reasoning not counted."
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
    members: tuple["Estimate", ...] = Field(
        default=(), description="Of a panel, in order; its requests, tokens and cost are the sums."
    )
