"""Shares: what one of several workers may ask of a provider at once, and per minute."""

from secondcoder.errors import InputError
from secondcoder.schema.options import ModelOptions


def check_divides(options: ModelOptions, n_workers: int) -> None:
    """Refuse more workers than requests may be in flight.

    Raises:
        InputError: If so: a worker that may not ask could not work.
    """
    if options.concurrency < n_workers:
        raise InputError(
            f"--concurrency {options.concurrency} can't be divided over {n_workers} workers, each "
            f"of which needs one request at least; raise it, or lower --workers"
        )


def share_of(
    options: ModelOptions, place: int, n_workers: int, budget_usd: float | None
) -> ModelOptions:
    """Return the options of one worker: the limits of all together are those of the whole.

    Args:
        options: Of the whole run.
        place: Which worker, from 0.
        n_workers: How many there are.
        budget_usd: This worker's money.

    >>> whole = ModelOptions(concurrency=8, requests_per_minute=600)
    >>> [share_of(whole, place, 3, None).concurrency for place in range(3)]
    [3, 3, 2]
    >>> share_of(whole, 0, 3, None).requests_per_minute
    200.0
    """
    return options.model_copy(
        update={
            "concurrency": options.concurrency // n_workers
            + (place < options.concurrency % n_workers),
            "requests_per_minute": _part(options.requests_per_minute, n_workers),
            "tokens_per_minute": _part(options.tokens_per_minute, n_workers),
            "budget_usd": budget_usd,
            "api_key": None,
        }
    )


def _part(limit: float | None, n_workers: int) -> float | None:
    return None if limit is None else limit / n_workers
