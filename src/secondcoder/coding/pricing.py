"""Prices: what tokens cost at a provider's own endpoint, and a limit on what is spent.

Prices come from the data bundled with genai-prices; its update over the network is never used.
"""

import math
from datetime import UTC, date, datetime
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from secondcoder.errors import BudgetError

if TYPE_CHECKING:
    from genai_prices.data_snapshot import DataSnapshot
    from genai_prices.types import ModelInfo

_PROVIDERS = {
    "anthropic": "anthropic",
    "cerebras": "cerebras",
    "cohere": "cohere",
    "deepseek": "deepseek",
    "fireworks": "fireworks",
    "generative-ai": "google",
    "google": "google",
    "groq": "groq",
    "mistral": "mistral",
    "openai": "openai",
    "openrouter": "openrouter",
    "perplexity": "perplexity",
    "together": "together",
    "vertexai": "google",
    "xai": "x-ai",
}
"""Provider as in a coder's name → as in the price data. Azure, whose names are its customers' own,
Bedrock, whose prices vary by region, and providers without prices are not here."""


_BATCH = {"processing": "batch"}
"""How the price data marks the prices of batches: half the usual ones, at OpenAI."""


class Price(NamedTuple):
    """What a model costs, by reference to the price data."""

    provider: str
    model: str
    source: str
    """Package and version, such as `genai-prices 0.2.3`."""
    as_of: date
    """The newest dated price in the data that is in force: changes up to then are known."""
    is_batch: bool = False
    """Whether it is the price of requests in a batch."""


def price_of(model: str, base_url: str | None, *, is_batch: bool = False) -> Price | None:
    """Return the price of a model; None where it is not known.

    Args:
        model: `openai/gpt-5-mini` or another provider's name.
        base_url: An endpoint other than the provider's own; what a model costs there is not known.
        is_batch: For requests in a batch; a model whose price there is not in the data has none.

    >>> price_of("openai/gpt-5-mini", None).model
    'gpt-5-mini'
    >>> price_of("openai/gpt-5-mini", "http://localhost:11434/v1") is None
    True
    """
    provider, _, name = model.partition("/")
    known = _PROVIDERS.get(provider)
    if base_url is not None or known is None or not name:
        return None
    try:
        # The name as given is kept: a model may have been matched by a dated or longer name.
        _, found = _snapshot().find_provider_model(name, None, known, None)
    except LookupError:
        return None
    if is_batch and not _has_batch_price(found):
        return None
    return Price(known, name, _source(), _as_of(), is_batch)


def cost_usd(
    price: Price | None, prompt_tokens: int, cached_tokens: int, completion_tokens: int
) -> float | None:
    """Return the cost of one request in USD; None where the price is not known.

    Args:
        price: As `price_of` found it.
        prompt_tokens: All that went in, cached ones included.
        cached_tokens: Those of the prompt that the provider read from its cache.
        completion_tokens: All that came out, reasoning included.

    Some models cost more per token in long requests, so sums are taken over requests.
    """
    if price is None:
        return None
    from genai_prices import Usage  # noqa: PLC0415  # loads httpx2 and 1.6 MB of prices

    used = Usage(
        input_tokens=prompt_tokens,
        cache_read_tokens=min(cached_tokens, prompt_tokens),
        output_tokens=completion_tokens,
    )
    how = _BATCH if price.is_batch else None
    found = _snapshot().calc(used, price.model, price.provider, None, None, price_context=how)
    return float(found.total_price)


_TEN_CENTS = 0.1


def usd(amount: float) -> str:
    """Return a sum as it is said: to the cent, or with four digits that count if it is small.

    >>> usd(5), usd(0.0001), usd(0.0), usd(0.034567)
    ('5.00', '0.0001', '0.00', '0.03457')
    """
    return f"{amount:.2f}" if amount == 0 or amount >= _TEN_CENTS else f"{amount:.4g}"


class Budget:
    """How much may be spent, and how much has been."""

    def __init__(self, limit_usd: float | None) -> None:
        """Start with nothing spent.

        Args:
            limit_usd: Not to be passed, in USD; None: no limit.
        """
        self.limit_usd = math.inf if limit_usd is None else limit_usd
        self.spent_usd = 0.0
        self._held_usd = 0.0

    def hold(self, estimated_usd: float) -> None:
        """Set money aside for a request that is to be sent; several may be in flight.

        Raises:
            BudgetError: If the budget might be passed by it.
        """
        if self.would_pass(estimated_usd):
            raise BudgetError(
                f"stopped before {usd(self.limit_usd)} USD was passed: spent "
                f"{usd(self.spent_usd)}; run the same with a larger --budget to go on; nothing "
                f"answered is lost"
            )
        self._held_usd += estimated_usd

    def spend(self, cost_usd: float, *, held_usd: float = 0.0) -> None:
        """Count what a request did cost, and free what was set aside for it."""
        self.spent_usd += cost_usd
        self._held_usd -= held_usd

    def would_pass(self, estimated_usd: float) -> bool:
        """Return whether a request of this cost, beside those in flight, might pass the budget."""
        return self.spent_usd + self._held_usd + estimated_usd > self.limit_usd


def _has_batch_price(model: "ModelInfo") -> bool:
    now = datetime.now(UTC)
    return any(
        variant.when == _BATCH
        and (variant.constraint is None or variant.constraint.active(now))
        and None not in (variant.prices.input_mtok, variant.prices.output_mtok)
        for variant in model.price_variants or ()
    )


@cache
def _snapshot() -> "DataSnapshot":
    # Made anew and not asked of the package, so that no other part of a program can swap it.
    from genai_prices.data import providers  # noqa: PLC0415  # 1.6 MB of prices
    from genai_prices.data_snapshot import DataSnapshot  # noqa: PLC0415  # loads httpx2

    return DataSnapshot(providers=providers, from_auto_update=False)


@cache
def _source() -> str:
    from genai_prices import __version__  # noqa: PLC0415  # as above

    return f"genai-prices {__version__}"


@cache
def _as_of() -> date:
    from genai_prices.types import StartDateConstraint  # noqa: PLC0415  # as above

    starts = (
        each.constraint.start_date
        for provider in _snapshot().providers
        for model in provider.models
        for each in (
            *(model.prices if isinstance(model.prices, list) else ()),
            *(model.price_variants or ()),
        )
        if isinstance(each.constraint, StartDateConstraint)
    )
    today = datetime.now(UTC).date()
    return max(start for start in starts if start <= today)
