"""What a run would ask and cost, told without sending, beside what it does ask."""

import sys
from pathlib import Path

import pytest
from servers.openai_server import ScriptedServer
from typer.testing import CliRunner

import secondcoder
from secondcoder.cli.main import app
from secondcoder.coding.tokens import count_tokens
from secondcoder.errors import InputError, MissingExtraError, StoreError
from secondcoder.schema.estimates import Estimate
from secondcoder.schema.shards import EngineOptions
from secondcoder.store.ledger import Ledger

BOOK = secondcoder.Codebook(
    questions=(secondcoder.Question(id="Q1", text="What would help?"),),
    themes=(
        secondcoder.Theme(id="time", name="Protected time", questions=("Q1",)),
        secondcoder.Theme(id="people", name="Colleagues who listen", questions=("Q1",)),
    ),
)
ROWS = """id,author,created_at,text
0,host,2026-05-14T19:00:00Z,Q1: What would help?
1,ann,2026-05-14T19:01:00Z,A1 Protected time on the first day helps all of us.
2,ben,2026-05-14T19:02:00Z,A1 Protected time on the second day helps all of us.
3,cem,2026-05-14T19:03:00Z,A1 Protected time on the third day helps all of us.
4,dan,2026-05-14T19:04:00Z,Thanks all!
"""
PAID = "openai/gpt-4o-mini"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a chat and a codebook, to work in, without any key."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    (tmp_path / "chat.csv").write_text(ROWS, "utf-8")
    secondcoder.write_codebook(BOOK, tmp_path / "codebook.yaml")
    return tmp_path


@pytest.mark.parametrize("version", [1, 3, 4])
@pytest.mark.parametrize(("size", "n_requests"), [(1, 3), (2, 2), (8, 1)])
def test_the_posts_and_requests_are_those_the_run_then_asks(
    folder: Path, server: ScriptedServer, size: int, n_requests: int, version: int
) -> None:
    """Two of five posts are settled by rules; the rest is packed as the run packs it.

    The reply that is expected is as long as one that comes, in the form that the prompt asks for.
    """
    options = secondcoder.ModelOptions(
        base_url=server.url, posts_per_request=size, prompt_version=version
    )
    found = secondcoder.estimate(folder / "chat.csv", BOOK, coder="m", options=options)
    assert (found.n_posts, found.n_posts_to_ask, found.n_settled) == (5, 3, 2)
    assert found.n_requests == n_requests
    assert not server.requests
    secondcoder.code(
        folder / "chat.csv", BOOK, coder="m", options=options, output=folder / "codings.jsonl"
    )
    assert len(server.requests) == n_requests
    sent = sum(count_tokens(asked.system) + count_tokens(asked.user) for asked in server.requests)
    schemas_and_frames = found.prompt_tokens - sent
    assert 50 * n_requests < schemas_and_frames < 1500 * n_requests
    with Ledger(folder / "secondcoder-ledger.sqlite") as ledger:
        replies = {answer.post_id: answer.raw for answer in ledger.answers()}.values()
        came = sum(map(count_tokens, replies if size == 1 else set(replies)))
    assert came <= found.completion_tokens < 1.5 * came


def test_answers_in_the_ledger_are_not_counted_again(folder: Path, server: ScriptedServer) -> None:
    """After a run, the same run would ask nothing; so would one whose ledger is named."""
    options = secondcoder.ModelOptions(base_url=server.url)
    output = folder / "made" / "codings.jsonl"
    output.parent.mkdir()
    secondcoder.code(folder / "chat.csv", BOOK, coder="m", options=options, output=output)
    n_sent = len(server.requests)
    beside = secondcoder.estimate(
        folder / "chat.csv", BOOK, coder="m", options=options, output=output
    )
    named = secondcoder.estimate(
        folder / "chat.csv",
        BOOK,
        coder="m",
        options=options,
        ledger=output.parent / "secondcoder-ledger.sqlite",
    )
    assert (named.n_reused, named.n_posts_to_ask, named.n_requests) == (3, 0, 0)
    assert beside == named
    assert len(server.requests) == n_sent


def test_the_cost_is_that_of_the_tokens_at_the_published_price(folder: Path) -> None:
    """gpt-4o-mini at 0.15 and 0.60 USD per million; no key is needed."""
    found = secondcoder.estimate(folder / "chat.csv", BOOK, coder=PAID)
    expected = (found.prompt_tokens * 0.15 + found.completion_tokens * 0.60) / 1e6
    assert found.cost_usd == pytest.approx(expected)
    assert found.price_as_of is not None


def test_the_cost_elsewhere_is_unknown_and_not_zero(folder: Path, server: ScriptedServer) -> None:
    """A server may serve any model under that name, at any price."""
    options = secondcoder.ModelOptions(base_url=server.url)
    found = secondcoder.estimate(folder / "chat.csv", BOOK, coder=PAID, options=options)
    assert (found.cost_usd, found.price_source, found.price_as_of) == (None, None, None)


@pytest.mark.parametrize("coder", ["embedded", "embedded:folder"])
def test_a_coder_that_asks_no_model_has_no_estimate(folder: Path, coder: str) -> None:
    """The message says what to name instead."""
    with pytest.raises(secondcoder.InputError, match="name a model with --coder"):
        secondcoder.estimate(folder / "chat.csv", BOOK, coder=coder)


@pytest.mark.parametrize(
    ("given", "options"),
    [
        ({"engine": EngineOptions()}, {"likelihoods": True}),
        ({"engine": EngineOptions(), "samples": 3}, {}),
        ({"engine": EngineOptions(workers=2)}, {"concurrency": 1}),
        ({"min_votes": 0.6}, {}),
        ({"samples": 0}, {}),
        ({"samples": -2}, {}),
        ({"min_votes": 0.4, "samples": 3}, {}),
        ({}, {"budget_usd": 5.0}),
        ({"coder": "embedded"}, {"likelihoods": True}),
        ({"coder": "anthropic/claude"}, {"likelihoods": True, "base_url": None}),
        ({"coder": "anthropic/claude"}, {"mode": "json", "base_url": None}),
        ({"coder": "tiny"}, {"base_url": None}),
        ({"output": "codebook.yaml"}, {}),
    ],
)
def test_what_the_run_refuses_the_dry_run_refuses_in_the_same_words(
    folder: Path,
    server: ScriptedServer,
    monkeypatch: pytest.MonkeyPatch,
    given: dict[str, object],
    options: dict[str, object],
) -> None:
    """Nobody is told a price of what can't be run. What the dry run needs no key for has one."""
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    how = secondcoder.ModelOptions.model_validate({"base_url": server.url, **options})
    asked = {"coder": "m", "output": "codings.jsonl", "options": how, **given}
    words = []
    for verb in (secondcoder.estimate, secondcoder.code):
        with pytest.raises((InputError, StoreError)) as refused:
            verb(folder / "chat.csv", folder / "codebook.yaml", **asked)  # type: ignore[arg-type, call-overload]
        words.append(str(refused.value))
    assert words[0] == words[1]
    assert not server.requests


def test_a_missing_extra_is_told_of_in_a_dry_run_and_before_a_run_is_recorded(
    folder: Path, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers hand each other Parquet; who has priced the run would learn of it only then."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    asked = ["code", "chat.csv", "-c", "codebook.yaml", "--coder", "m", "--engine", "processes"]
    asked += ["--base-url", server.url]
    before = sorted(folder.iterdir())
    for more in (["--dry-run"], []):
        with pytest.raises(MissingExtraError, match=r"pip install 'secondcoder\[parquet\]'"):
            CliRunner().invoke(app, [*asked, *more], catch_exceptions=False)
    assert sorted(folder.iterdir()) == before


@pytest.mark.parametrize(
    "given",
    [
        ["--likelihoods"],
        ["--budget", "5"],
        ["--samples", "3"],
        ["--engine", "processes"],
        ["--requests-per-batch", "0"],
        ["--again", "never"],
    ],
)
@pytest.mark.usefixtures("folder")
def test_what_no_batch_can_be_is_no_batch_in_a_dry_run(
    server: ScriptedServer, given: list[str]
) -> None:
    """It ends with the same error."""
    asked = ["code", "chat.csv", "-c", "codebook.yaml", "--coder", "m", "--batch", *given]
    asked += ["--base-url", server.url]
    dry, run = (CliRunner().invoke(app, [*asked, *more]) for more in (["--dry-run"], []))
    assert isinstance(dry.exception, InputError)
    assert str(dry.exception) == str(run.exception)
    assert not server.requests


def test_a_dry_run_sends_nothing_and_writes_nothing(folder: Path, server: ScriptedServer) -> None:
    """A listening server hears nothing, and the folder stays as it was."""
    before = sorted(folder.iterdir())
    words = ["code", "chat.csv", "-c", "codebook.yaml", "--coder", PAID, "--dry-run"]
    shown = CliRunner().invoke(app, [*words, "--base-url", server.url])
    assert shown.exit_code == 0
    lines = {" ".join(line.split()) for line in shown.stdout.splitlines()}
    assert "requests 3 retries not counted" in lines
    assert f"cost unknown no price is known for {PAID} there" in lines
    assert not server.requests
    assert sorted(folder.iterdir()) == before


def test_a_dry_run_as_json_is_the_estimate(folder: Path) -> None:
    """What the function returns is what is printed; the screen says price and date."""
    words = ["code", str(folder / "chat.csv"), "-c", "codebook.yaml", "--coder", PAID, "--dry-run"]
    shown = CliRunner().invoke(app, [*words, "--json"])
    found = Estimate.model_validate_json(shown.stdout)
    assert (found.n_requests, found.coder) == (3, PAID)
    screen = CliRunner().invoke(app, words)
    assert "USD" in screen.stdout
    assert str(found.price_as_of) in " ".join(screen.stdout.split())
