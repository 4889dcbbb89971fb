"""What batches cost: told before, limited, and counted. Prices are OpenAI's own."""

import json
from pathlib import Path

import pytest
from api.batch_cases import N_POSTS, Faulty, collect, fill, ledger_of, submit
from pydantic import JsonValue
from servers.batch_server import BatchServer
from servers.openai_server import ChatRequest, HttpReply, code_by_keyword, failing
from typer.testing import CliRunner

import secondcoder
from secondcoder.api import batch_runs
from secondcoder.cli.main import app
from secondcoder.coding import batch_requests
from secondcoder.coding.pricing import cost_usd, price_of
from secondcoder.errors import BudgetError, InputError

MODEL = "openai/gpt-5-mini"
HALF = price_of(MODEL, None, is_batch=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a codebook and a chat of twelve answers."""
    return fill(tmp_path)


@pytest.fixture
def priced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the local server the price of batches at OpenAI."""
    for module in (batch_requests, batch_runs):
        monkeypatch.setattr(module, "price_of", lambda *_, **__: HALF)


def costly(request: ChatRequest) -> HttpReply:
    """Return a reply that used 1,000 tokens, 400 of them cached, and gave 50."""
    reply = code_by_keyword(request)
    assert isinstance(reply.body, dict)
    details: JsonValue = {"cached_tokens": 400}
    usage: JsonValue = {
        "prompt_tokens": 1000,
        "completion_tokens": 50,
        "total_tokens": 1050,
        "prompt_tokens_details": details,
    }
    return reply._replace(body={**reply.body, "usage": usage})


def uncounted(request: ChatRequest) -> HttpReply:
    """Return a reply that does not say what it used."""
    reply = costly(request)
    assert isinstance(reply.body, dict)
    return reply._replace(body={**reply.body, "usage": None})


def broken(_request: ChatRequest) -> HttpReply:
    """Return a fault of the server."""
    return failing(500)


def per_million(n_plain: int, n_cached: int, n_out: int) -> float:
    """Return the cost by OpenAI's list: 0.125, 0.0125 and 1 USD per million in a batch."""
    return (n_plain * 0.125 + n_cached * 0.0125 + n_out * 1.0) / 1_000_000


def test_a_batch_costs_half() -> None:
    """Each kind of token, as the price data says."""
    whole = cost_usd(price_of(MODEL, None), 1_000_000, 400_000, 100_000)
    half = cost_usd(HALF, 1_000_000, 400_000, 100_000)
    assert half == pytest.approx(per_million(600_000, 400_000, 100_000))
    assert whole == pytest.approx(2 * (half or 0))


def test_a_model_without_a_price_of_batches_has_none() -> None:
    """Half of the usual price would be a guess."""
    assert price_of("openai/o1-mini", None) is not None
    assert price_of("openai/o1-mini", None, is_batch=True) is None


@pytest.mark.usefixtures("priced")
def test_what_it_did_cost_is_counted_by_result_and_kept_with_the_run(folder: Path) -> None:
    """Cached tokens at their price, failed requests at none; in the ledger and the file."""
    with BatchServer(Faulty({3: broken}, 1, otherwise=costly)) as server:
        submit(folder, server)
        report = collect(folder)
    usage = report.runs[0].run.usage
    assert usage.n_requests == N_POSTS + 1
    assert usage.prompt_tokens == 1000 * N_POSTS
    assert usage.cached_tokens == 400 * N_POSTS
    assert usage.cost_usd == pytest.approx(N_POSTS * per_million(600, 400, 50))
    (run,) = secondcoder.show_ledger(ledger_of(folder)).runs
    assert run.usage == usage
    assert run.finished_at is not None
    assert secondcoder.read_codings(folder / "codings.jsonl").info.run.usage == usage
    shown = CliRunner().invoke(app, ["batch", "status", str(ledger_of(folder))]).output
    assert f"({400 * N_POSTS:,} of them cached)" in " ".join(shown.split())
    assert f"{usage.cost_usd:.4f} USD" in shown


def test_a_cost_that_is_not_known_is_said_to_be(folder: Path) -> None:
    """A server of one's own has no price; nobody is told that it was free."""
    with BatchServer() as server:
        submit(folder, server)
        assert collect(folder).runs[0].run.usage.cost_usd is None
    shown = CliRunner().invoke(app, ["batch", "status", str(ledger_of(folder))]).output
    assert "cost unknown" in shown


@pytest.mark.usefixtures("priced")
def test_a_cost_is_not_known_once_a_result_was_not_counted(folder: Path) -> None:
    """The sum of the others would look complete."""
    with BatchServer(Faulty({3: uncounted}, 1, otherwise=costly)) as server:
        submit(folder, server)
        usage = collect(folder).runs[0].run.usage
    assert (usage.n_requests, usage.cost_usd) == (N_POSTS, None)
    assert usage.prompt_tokens == 1000 * (N_POSTS - 1)


@pytest.mark.usefixtures("priced")
def test_a_budget_counts_the_estimate_of_what_was_not_counted(folder: Path) -> None:
    """Else what is asked again would always fit."""
    with BatchServer(Faulty({3: broken}, 1, otherwise=uncounted)) as server:
        (batch,) = submit(folder, server, budget_usd=1.0).runs[0].batches
        assert batch.estimated_usd is not None
        with pytest.raises(BudgetError, match=f"{batch.estimated_usd:.4f} spent"):
            collect(folder, budget_usd=batch.estimated_usd * 1.01)


@pytest.mark.usefixtures("priced")
def test_more_than_the_budget_is_not_submitted(folder: Path) -> None:
    """By the estimate; nothing is sent or left on its way, and a larger budget goes on."""
    with BatchServer() as server:
        with pytest.raises(BudgetError, match="give a larger one"):
            submit(folder, server, budget_usd=0.0001)
        assert server.calls == []
        assert secondcoder.status_batch(ledger_of(folder)).runs == ()
        assert submit(folder, server, budget_usd=1.0).n_open == N_POSTS


@pytest.mark.usefixtures("priced")
def test_what_is_asked_again_counts_against_the_budget(folder: Path) -> None:
    """Answers that came are kept; collect stops until it is given more."""

    def dear(request: ChatRequest) -> HttpReply:
        reply = costly(request)
        assert isinstance(reply.body, dict)
        usage: JsonValue = {"prompt_tokens": 1000, "completion_tokens": 100_000, "total_tokens": 0}
        return reply._replace(body={**reply.body, "usage": usage})

    with BatchServer(Faulty({3: broken}, 1, otherwise=dear)) as server:
        submit(folder, server, budget_usd=1.0)
        with pytest.raises(BudgetError):
            collect(folder)
        assert secondcoder.show_ledger(ledger_of(folder)).n_answers == N_POSTS - 1
        assert len(server.batches) == 1
        for _ in range(4):
            secondcoder.collect_batch(ledger_of(folder), budget_usd=5.0)
    assert len(secondcoder.read_codings(folder / "codings.jsonl").quotes) == N_POSTS


def test_a_budget_without_a_price_is_refused_before_anything_is_sent(folder: Path) -> None:
    """A limit that can't be kept is not given."""
    with BatchServer() as server:
        with pytest.raises(InputError, match="no price of batches is known"):
            submit(folder, server, budget_usd=1.0)
        assert server.calls == []


def test_a_dry_run_tells_the_price_of_batches_and_sends_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of what ordinary requests cost, with the source and date of the price; no key needed."""
    monkeypatch.chdir(folder)
    words = ["code", "chat.csv", "-c", "codebook.yaml", "--coder", MODEL, "--dry-run"]
    whole = json.loads(CliRunner().invoke(app, [*words, "--json"]).output)
    half = json.loads(CliRunner().invoke(app, [*words, "--batch", "--json"]).output)
    assert half["cost_usd"] == pytest.approx(whole["cost_usd"] / 2)
    assert (half["prompt_tokens"], half["n_requests"]) == (whole["prompt_tokens"], N_POSTS)
    shown = " ".join(CliRunner().invoke(app, [*words, "--batch"]).output.split())
    assert "prices of batches as of 20" in shown
    assert "genai-prices" in shown
    unknown = " ".join(
        CliRunner()
        .invoke(app, [*words[:5], "openai/o1-mini", "--dry-run", "--batch"])
        .output.split()
    )
    assert "no price of batches is known" in unknown


def test_a_dry_run_does_not_count_what_is_on_its_way(folder: Path) -> None:
    """Nor would a submission."""
    with BatchServer() as server:
        submit(folder, server)
        found = secondcoder.estimate(
            folder / "chat.csv",
            folder / "codebook.yaml",
            coder="openai/tiny",
            options=secondcoder.ModelOptions(base_url=server.url),
            output=folder / "codings.jsonl",
            is_batch=True,
        )
    assert (found.n_underway, found.n_posts_to_ask, found.n_settled) == (N_POSTS, 0, 1)
