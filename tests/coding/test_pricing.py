"""Prices, against the price data and plain arithmetic; the budget."""

from datetime import UTC, date, datetime

import pytest
from genai_prices.data import providers

from secondcoder.coding.pricing import Budget, Price, cost_usd, price_of
from secondcoder.errors import BudgetError

MODEL = "openai/gpt-4o-mini"


def per_million(name: str) -> float:
    """Return a price of the model as the data states it, in USD per million tokens."""
    (openai,) = (provider for provider in providers if provider.id == "openai")
    (model,) = (model for model in openai.models if model.id == "gpt-4o-mini")
    assert not isinstance(model.prices, list)
    return float(str(getattr(model.prices, name)))


def test_the_price_of_a_known_model_is_the_one_its_provider_published() -> None:
    """0.15, 0.075 and 0.60 USD per million: input, cached input, output of gpt-4o-mini."""
    names = ("input_mtok", "cache_read_mtok", "output_mtok")
    assert [per_million(name) for name in names] == [0.15, 0.075, 0.6]


def test_cost_is_tokens_times_price_and_cached_ones_cost_less() -> None:
    """400,000 plain, 600,000 cached and 100,000 output tokens, by plain arithmetic."""
    found = cost_usd(price_of(MODEL, None), 1_000_000, 600_000, 100_000)
    assert found == pytest.approx(0.4 * 0.15 + 0.6 * 0.075 + 0.1 * 0.6)


def test_more_cached_than_sent_is_read_as_all_cached() -> None:
    """Servers miscount; the cost never falls below that of a cached prompt."""
    price = price_of(MODEL, None)
    assert cost_usd(price, 1000, 2000, 0) == cost_usd(price, 1000, 1000, 0)


@pytest.mark.parametrize(
    ("model", "base_url"),
    [
        ("openai/nonesuch-model", None),
        ("nobody/gpt-4o-mini", None),
        ("gpt-4o-mini", None),
        ("openai/", None),
        ("ollama/llama3", None),
        (MODEL, "http://localhost:11434/v1"),
    ],
)
def test_what_is_not_known_has_no_price_and_no_cost(model: str, base_url: str | None) -> None:
    """Unknown models and providers, and any foreign endpoint."""
    price = price_of(model, base_url)
    assert price is None
    assert cost_usd(price, 10, 0, 10) is None


@pytest.mark.parametrize("model", ["anthropic/claude-sonnet-4-5", "google/gemini-2.5-flash"])
def test_other_providers_have_prices_too(model: str) -> None:
    """Output costs more than input everywhere."""
    price = price_of(model, None)
    assert (cost_usd(price, 1000, 0, 0) or 0) < (cost_usd(price, 0, 0, 1000) or 0)


def test_a_price_says_where_it_is_from_and_how_new_it_is() -> None:
    """Package, version, and the newest dated price in force."""
    price = price_of(MODEL, None)
    assert isinstance(price, Price)
    assert price.source.startswith("genai-prices ")
    assert date(2026, 1, 1) < price.as_of <= datetime.now(UTC).date()


def test_a_budget_may_be_spent_to_the_end_but_not_passed() -> None:
    """At 4.75 of 5.00 a request of 0.25 may go, and after it none that costs."""
    budget = Budget(5.0)
    budget.spend(4.75)
    assert not budget.would_pass(0.25)
    budget.hold(0.25)
    budget.spend(0.25, held_usd=0.25)
    assert budget.would_pass(0.25)
    assert budget.spent_usd == 5.0


def test_requests_in_flight_count_as_spent_until_their_cost_is_known() -> None:
    """Two of 0.50 fit into 1.00; a third does not, unless one turns out cheaper."""
    budget = Budget(1.0)
    budget.hold(0.5)
    budget.hold(0.5)
    assert budget.would_pass(0.25)
    budget.spend(0.25, held_usd=0.5)
    assert not budget.would_pass(0.25)


def test_a_passed_budget_says_what_was_spent_and_what_to_do() -> None:
    """The error is one sentence, with a remedy and an exit code of its own."""
    budget = Budget(5.0)
    budget.spend(4.98)
    with pytest.raises(BudgetError, match=r"before 5\.00 USD was passed: spent 4\.98; run") as said:
        budget.hold(0.5)
    assert said.value.exit_code == 5
