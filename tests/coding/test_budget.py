"""What a run costs, and a run that stops before it costs too much. Prices are arithmetic here."""

import re
from collections.abc import Iterable, Mapping
from datetime import date

import pytest
from coding.model_cases import BOOK, Shelf, kind_of, model_coder, run, tasks
from pydantic import JsonValue
from servers.openai_server import (
    ChatRequest,
    HttpReply,
    ScriptedServer,
    code_by_keyword,
    failing,
)

from secondcoder.coding import client
from secondcoder.coding.coders import coder_named
from secondcoder.coding.packed import PackedCoder
from secondcoder.coding.packing import FEWEST
from secondcoder.coding.pricing import Price, cost_usd
from secondcoder.coding.tasks import Ahead, Decision
from secondcoder.errors import BudgetError, InputError
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.runs import Usage

PRICE = Price("openai", "gpt-5-mini", "test", date(2026, 1, 1))


@pytest.fixture
def priced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the local server the price of a model of OpenAI."""
    monkeypatch.setattr(client, "price_of", lambda *_: PRICE)


def usage_of(request: ChatRequest) -> dict[str, int]:
    """Return the tokens of a request, a quarter of the prompt's from the cache."""
    n_in = (len(request.system) + len(request.user)) // 4
    return {"prompt_tokens": n_in, "cached_tokens": n_in // 4, "completion_tokens": 200}


def costly(request: ChatRequest) -> HttpReply:
    """Return a reply that says what it used."""
    reply = code_by_keyword(request)
    assert isinstance(reply.body, dict)
    used = usage_of(request)
    cached: JsonValue = {"cached_tokens": used.pop("cached_tokens")}
    usage: JsonValue = {**used, "total_tokens": 0, "prompt_tokens_details": cached}
    return reply._replace(body={**reply.body, "usage": usage})


def silent(request: ChatRequest) -> HttpReply:
    """Return a reply that does not say what it used."""
    reply = code_by_keyword(request)
    assert isinstance(reply.body, dict)
    return reply._replace(body={**reply.body, "usage": None})


def paid(requests: Iterable[ChatRequest]) -> float:
    """Return what the requests cost, in USD."""
    costs = [cost_usd(PRICE, **usage_of(request)) for request in requests]
    return sum(cost for cost in costs if cost is not None)


@pytest.mark.usefixtures("priced")
@pytest.mark.parametrize("pack", [1, 3])
def test_the_cost_of_a_run_is_that_of_its_requests(server: ScriptedServer, pack: int) -> None:
    """However the posts share requests; what the ledger answers costs nothing."""
    server.script = costly
    shelf = Shelf()
    total = used(run(model_coder(server, shelf, posts_per_request=pack), tasks(6)))
    assert total.n_requests == 6 // pack
    assert total.cached_tokens == sum(usage_of(one)["cached_tokens"] for one in server.requests)
    assert total.cost_usd == pytest.approx(paid(server.requests))
    again = used(run(model_coder(server, shelf, posts_per_request=pack), tasks(6)))
    assert (again.cost_usd, again.n_reused) == (None, 6)


def used(decisions: Mapping[str, Decision]) -> Usage:
    """Return what the decisions cost together."""
    total = Usage()
    for decision in decisions.values():
        total = total.plus(decision.usage)
    return total


@pytest.mark.usefixtures("priced")
@pytest.mark.parametrize("concurrency", [1, 4])
def test_a_run_stops_before_its_budget_is_passed_and_loses_nothing(
    server: ScriptedServer, concurrency: int
) -> None:
    """What was paid for is kept, in flight or not; a later run asks for the rest alone."""
    server.script = costly
    run(model_coder(server), tasks(1))
    budget_usd = paid(server.requests) * 12
    server.requests.clear()
    shelf = Shelf()
    limited = model_coder(server, shelf, concurrency=concurrency, budget_usd=budget_usd)
    with pytest.raises(BudgetError, match="run the same with a larger --budget"):
        run(limited, tasks(40))
    assert paid(server.requests) <= budget_usd
    assert 5 < len(server.requests) == len(shelf.answers) < 13
    decisions = run(model_coder(server, shelf), tasks(40))
    assert {kind_of(decision) for decision in decisions.values()} == {"quoted"}
    assert len(server.requests) == 40


@pytest.mark.usefixtures("priced")
def test_a_server_that_does_not_say_what_it_took_does_not_outrun_the_budget(
    server: ScriptedServer,
) -> None:
    """What was set aside for a request counts then; else a budget would never end."""
    server.script = silent
    with pytest.raises(BudgetError, match="run the same with a larger --budget"):
        run(model_coder(server, concurrency=1, budget_usd=0.01), tasks(40))
    assert 1 < len(server.requests) < 40


def test_a_budget_without_a_price_is_refused_before_anything_is_sent(
    server: ScriptedServer,
) -> None:
    """A server of one's own has no price that could be known."""
    with pytest.raises(InputError, match="no price is known for openai/tiny"):
        run(model_coder(server, budget_usd=1), tasks(1))
    assert not server.requests


def test_a_cost_that_is_not_known_is_not_nothing(server: ScriptedServer) -> None:
    """Nobody is told that a run was free because its price is unknown."""
    assert run(model_coder(server), tasks(1))["p1"].usage.cost_usd is None


@pytest.mark.usefixtures("priced")
def test_a_post_that_never_got_an_answer_leaves_the_cost_known(server: ScriptedServer) -> None:
    """What is not answered is not charged for; the total is that of the others."""
    server.script = lambda request: failing(500) if "Post 2 " in request.user else costly(request)
    total = used(run(model_coder(server, max_attempts=2), tasks(3)))
    answered = [each for each in server.requests if re.search(r"Post [13] ", each.user)]
    assert total.cost_usd == pytest.approx(paid(answered))


@pytest.mark.usefixtures("priced")
@pytest.mark.parametrize("pack", [1, 2, 3])
@pytest.mark.parametrize("uncounted", [{1}, {2}, {1, 2, 3, 4, 5, 6}])
def test_a_cost_is_not_known_once_an_answer_was_not_counted(
    server: ScriptedServer, pack: int, uncounted: set[int]
) -> None:
    """Be it the first or a later one: the sum of the others would look complete."""

    def forgetful(request: ChatRequest) -> HttpReply:
        return (silent if len(server.requests) in uncounted else costly)(request)

    server.script = forgetful
    total = used(run(model_coder(server, concurrency=1, posts_per_request=pack), tasks(6)))
    assert (total.n_requests, total.cost_usd) == (6 // pack, None)


@pytest.mark.usefixtures("priced")
def test_a_post_that_is_asked_about_again_keeps_its_unknown_cost(server: ScriptedServer) -> None:
    """The first reply is of no use and not counted; the second one is counted."""
    server.script = lambda request: (
        costly(request)
        if len(server.requests) > 1
        else silent(request)._replace(body={"choices": [{"message": {"content": "no JSON"}}]})
    )
    total = used(run(model_coder(server), tasks(1)))
    assert (total.n_requests, total.cost_usd) == (2, None)


@pytest.mark.slow
@pytest.mark.usefixtures("priced")
@pytest.mark.parametrize("n_paid", [30, 60, 100])
def test_the_budget_covers_the_sample_and_the_rest_together(
    server: ScriptedServer, n_paid: int
) -> None:
    """It may end in the single answers, at a size that is tried, or behind the sample."""
    server.script = costly
    posts, shelf = tasks(FEWEST), Shelf()

    def packed(limit_usd: float | None) -> PackedCoder:
        options = ModelOptions(base_url=server.url, concurrency=1, budget_usd=limit_usd)
        coder = coder_named("openai/tiny", BOOK, options=options, answers=shelf)
        assert isinstance(coder, PackedCoder)
        coder.look_ahead(Ahead(posts, 1.0))
        return coder

    run(packed(None), posts)
    limit_usd = paid(server.requests[:n_paid])
    n_all = len(server.requests)
    shelf.answers.clear()
    server.requests.clear()
    with pytest.raises(BudgetError):
        run(packed(limit_usd), posts)
    assert 0.8 * limit_usd < paid(server.requests) <= limit_usd
    run(packed(None), posts)
    assert len(server.requests) == n_all
