"""What a run used is in the ledger, also when it was stopped."""

from pathlib import Path

import pytest
from api.batch_cases import fill, ledger_of
from coding.test_budget import PRICE, costly, paid
from servers.openai_server import ScriptedServer, failing
from typer.testing import CliRunner

import secondcoder
from secondcoder.cli.main import app
from secondcoder.coding import client
from secondcoder.errors import BudgetError, PermanentProviderError
from secondcoder.schema.runs import Run


def stopped(folder: Path, server: ScriptedServer, error: type[Exception], **options: float) -> Run:
    """Return the run of the folder's chat as the ledger has it, once an error has ended it."""
    given = {"base_url": server.url, "posts_per_request": 1, **options}
    with pytest.raises(error):
        secondcoder.code(
            fill(folder) / "chat.csv",
            folder / "codebook.yaml",
            coder="openai/tiny",
            options=secondcoder.ModelOptions.model_validate(given),
            output=folder / "codings.jsonl",
        )
    (run,) = secondcoder.show_ledger(ledger_of(folder)).runs
    return run


@pytest.mark.parametrize("concurrency", [1, 4])
def test_a_run_that_its_budget_stopped_says_what_it_spent(
    tmp_path: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, concurrency: int
) -> None:
    """To the last reply that was on its way; on the screen, too, with the cached tokens."""
    monkeypatch.setattr(client, "price_of", lambda *_, **__: PRICE)
    server.script = costly
    run = stopped(tmp_path, server, BudgetError, budget_usd=0.005, concurrency=concurrency)
    assert 1 < len(server.requests) < 12
    assert run.usage.n_requests == len(server.requests)
    assert run.usage.cost_usd == pytest.approx(paid(server.requests))
    assert run.finished_at is None
    shown = CliRunner().invoke(app, ["ledger", "show", str(ledger_of(tmp_path))]).output
    assert "cached)" in " ".join(shown.split())


def test_a_run_that_its_provider_ended_says_what_it_used(
    tmp_path: Path, server: ScriptedServer
) -> None:
    """Here a key that is withdrawn on the way."""
    plain = server.script
    server.script = lambda request: failing(401) if len(server.requests) > 5 else plain(request)
    run = stopped(tmp_path, server, PermanentProviderError, concurrency=1)
    assert run.usage.n_requests == 5
    assert run.usage.prompt_tokens > 0
