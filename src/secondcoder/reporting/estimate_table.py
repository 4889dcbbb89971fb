"""An estimate as a table for a terminal or a notebook."""

from rich.markup import escape
from rich.table import Table

from secondcoder.reporting.wording import count
from secondcoder.schema.estimates import Amounts, Estimate, StepEstimate, WorkEstimate

SAMPLED = "a sample shows first how many posts a request can hold; above: one"


def estimate_table(estimate: Estimate) -> Table:
    """Return one line per figure: name, value, what it rests on."""
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    reused = f"{estimate.n_reused:,} more answered from the ledger" if estimate.n_reused else ""
    table.add_row("posts to ask about", f"{estimate.n_posts_to_ask:,}", reused)
    if estimate.n_underway:
        table.add_row("on their way", f"{estimate.n_underway:,}", "in batches not collected yet")
    table.add_row(
        "settled by rules", f"{estimate.n_settled:,}", f"of {count(estimate.n_posts, 'post')}"
    )
    weigh = [one for one in (estimate, *estimate.members) if one.by_likelihoods]
    weighs = bool(weigh)
    few = "one" if all(one.posts_per_request == 1 for one in weigh) else "a few"
    cut = "at most about: posts may be cut where their theme changes; " if weighs else ""
    table.add_row("requests", f"{estimate.n_requests:,}", f"{cut}retries not counted")
    table.add_row("prompt tokens", f"{estimate.prompt_tokens:,}", escape(estimate.tokenizer))
    table.add_row(
        "completion tokens",
        f"{estimate.completion_tokens:,}",
        f"{few} a request: how likely each theme is"
        if weighs
        else "expected: a quote per post; a model that reasons first gives more",
    )
    if estimate.cost_usd is None:
        what = "price of batches" if estimate.is_batch else "price"
        unpriced = [one.coder for one in estimate.members if one.cost_usd is None]
        names = ", ".join(unpriced or [estimate.coder])
        table.add_row("cost", "unknown", f"no {what} is known for {escape(names)} there")
    else:
        what = "prices of batches" if estimate.is_batch else "prices"
        source = f"{estimate.price_source}, {what} as of {estimate.price_as_of}"
        table.add_row("cost", f"{estimate.cost_usd:,.4f} USD", escape(source))
    if estimate.if_packed is not None:
        table.add_row(
            "if answers hold",
            *_packed(estimate.if_packed),
        )
    elif estimate.posts_per_request is not None:
        table.add_row("posts per request", f"{estimate.posts_per_request:,}", "")
    for each in (estimate, *estimate.members):
        for other in each.other_prompts:
            table.add_row(f"answers of prompt {other.version}", f"{other.n_posts:,}", other.words)
    for one in estimate.members:
        cost = "unknown" if one.cost_usd is None else f"{one.cost_usd:,.4f} USD"
        tokens = f"{one.prompt_tokens:,} + {one.completion_tokens:,} tokens"
        requests = count(one.n_requests, "request")
        table.add_row(f"of it {escape(one.coder)}", cost, f"{requests}, {tokens}")
    return table


def _packed(best: Amounts) -> tuple[str, str]:
    """Return what a run costs, or else asks, if posts can share requests."""
    tokens = f"{best.prompt_tokens:,} + {best.completion_tokens:,} tokens"
    requests = count(best.n_requests, "request")
    if best.cost_usd is None:
        return requests, f"{tokens}; {SAMPLED}"
    return f"{best.cost_usd:,.4f} USD", f"{requests}, {tokens}; {SAMPLED}"


def work_table(estimate: WorkEstimate) -> Table:
    """Return one line per step, and one for all of them."""
    table = Table("", box=None, pad_edge=False)
    for column in ("requests", "known", "prompt tokens", "completion tokens", "cost in USD"):
        table.add_column(column, justify="right")
    for step in estimate.steps:
        table.add_row(escape(step.step), *_cells(step))
    n_known = sum(step.n_reused for step in estimate.steps)
    table.add_row("all", *_cells(estimate, n_known))
    return table


def work_sentences(estimate: WorkEstimate) -> list[str]:
    """Return what the figures of the table rest on."""
    said = [
        f"tokens: {estimate.tokenizer}; retries and reasoning are not counted; answers of ordinary "
        f"length are expected"
    ]
    if estimate.cost_usd is None:
        return [*said, f"no price is known for {estimate.coder} there"]
    return [*said, f"{estimate.price_source}, prices as of {estimate.price_as_of}"]


def _cells(amounts: Amounts, n_known: int | None = None) -> tuple[str, ...]:
    known = amounts.n_reused if isinstance(amounts, StepEstimate) else n_known
    counts = (amounts.n_requests, known, amounts.prompt_tokens, amounts.completion_tokens)
    cost = "unknown" if amounts.cost_usd is None else f"{amounts.cost_usd:,.4f}"
    return (*(f"{n:,}" for n in counts), cost)
