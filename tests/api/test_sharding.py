"""Coding in shards: the same codings, and nothing paid for twice. The workers here are threads."""

from pathlib import Path

import pytest
from api.sharded_chats import N_ANSWERS, SHARD_POSTS, ShardedRun, days, write_chat
from coding.test_budget import PRICE, costly, paid, silent
from pydantic import SecretStr
from servers.openai_server import ChatRequest, HttpReply, ScriptedServer, failing

import secondcoder
from secondcoder.api import shard_answers
from secondcoder.coding import client
from secondcoder.coding.embedded import EmbeddedCoder
from secondcoder.coding.packing import FEWEST, SAMPLE, SIZES
from secondcoder.coding.pricing import usd
from secondcoder.errors import BudgetError, InputError, PermanentProviderError, StoreError
from secondcoder.schema.codings import Codings, Failure
from secondcoder.schema.options import ModelOptions
from secondcoder.schema.shards import EngineOptions
from secondcoder.store.ledger import Ledger

TWO = EngineOptions(workers=2, shard_posts=SHARD_POSTS)
KEY = SecretStr("sk-no-one-may-read-this")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder with a codebook and a chat of forty answers."""
    write_chat(tmp_path)
    return tmp_path


def asking(server: ScriptedServer, **options: float | str | SecretStr) -> ModelOptions:
    """Return options that go to the local server."""
    return ModelOptions.model_validate({"base_url": server.url, "concurrency": 4, **options})


def sharded(folder: Path, server: ScriptedServer, **options: float | str | SecretStr) -> ShardedRun:
    """Return what two workers make of the chat."""
    return ShardedRun(folder, TWO, options=asking(server, posts_per_request=1, **options))


def alone(folder: Path, server: ScriptedServer, **options: float | str) -> Codings:
    """Return what one process makes of it."""
    return secondcoder.code(
        folder / "chat.csv",
        folder / "codebook.yaml",
        coder="local",
        options=asking(server, **options),
        ledger=folder / "secondcoder-ledger.sqlite",
    )


def test_codings_of_shards_are_those_of_one_process(folder: Path, server: ScriptedServer) -> None:
    """Post for post, with as many requests; and the ledger holds the same answers."""
    run = sharded(folder, server)
    assert len(server.requests) == run.usage.n_requests == N_ANSWERS
    (folder / "secondcoder-ledger.sqlite").rename(folder / "of-shards.sqlite")
    codings = alone(folder, server)
    assert tuple(run.posts) == codings.posts
    assert run.usage == codings.info.run.usage
    assert _raw(folder / "of-shards.sqlite") == _raw(folder / "secondcoder-ledger.sqlite")


def _raw(ledger: Path) -> dict[str, str]:
    with Ledger(ledger) as opened:
        return {answer.key: answer.raw for answer in opened.answers()}


def test_the_embedded_coder_codes_the_same_in_shards(folder: Path) -> None:
    """It needs no ledger."""
    codings = secondcoder.code(folder / "chat.csv", folder / "codebook.yaml")
    assert tuple(ShardedRun(folder, TWO, "embedded").posts) == codings.posts


def test_the_same_again_asks_nothing(folder: Path, server: ScriptedServer) -> None:
    """Finished shards are used again without a worker; by one process their answers are."""
    first = sharded(folder, server)
    server.requests.clear()
    again = sharded(folder, server)
    assert again.posts == first.posts
    assert again.threads.given == []
    assert (again.usage.n_reused, again.usage.n_requests) == (N_ANSWERS, 0)
    assert alone(folder, server).info.run.usage.n_reused == N_ANSWERS
    assert server.requests == []


def test_workers_know_what_the_ledger_knew(folder: Path, server: ScriptedServer) -> None:
    """A chat coded by one process before costs nothing in shards."""
    alone(folder, server)
    server.requests.clear()
    assert sharded(folder, server).usage.n_reused == N_ANSWERS
    assert server.requests == []


def test_a_run_that_ended_early_goes_on_in_one_process_too(
    folder: Path, server: ScriptedServer
) -> None:
    """What workers were told is in the ledger, whatever ended them."""
    plain = server.script
    left = 12

    def refusing(request: ChatRequest) -> HttpReply:
        nonlocal left
        left -= 1
        return plain(request) if left >= 0 else failing(401)

    server.script = refusing
    with pytest.raises(PermanentProviderError, match="refused the key"):
        sharded(folder, server, concurrency=2)
    server.script = plain
    server.requests.clear()
    alone(folder, server, concurrency=2)
    assert len(server.requests) == N_ANSWERS - 12


def test_answers_that_a_killed_driver_left_are_taken_up(
    folder: Path, server: ScriptedServer
) -> None:
    """Another codebook makes other shards; where a theme was not touched, answers still hold."""
    sharded(folder, server)
    shards = folder / "secondcoder-shards"
    assert list(shards.glob("answers-*")) == [], "the ledger has them"
    book = (folder / "codebook.yaml").read_text("utf-8")
    (folder / "codebook.yaml").write_text(book + "title: Another title\n", "utf-8")
    server.requests.clear()
    again = sharded(folder, server)
    assert len(again.threads.given) == 5
    assert again.usage.n_reused == N_ANSWERS
    assert server.requests == []


def test_only_failures_are_asked_again(folder: Path, server: ScriptedServer) -> None:
    """A post that fails is a failure in its place; the next run asks about it alone."""
    plain = server.script
    server.script = lambda request: (
        failing(400, "too long") if "day 8 helps" in request.user else plain(request)
    )
    first = sharded(folder, server, mode="tools")
    assert [each.post.id for each in first.posts if isinstance(each.outcome, Failure)] == ["8"]
    server.script = plain
    server.requests.clear()
    again = sharded(folder, server, mode="tools")
    assert len(again.threads.given) == 1
    assert not any(isinstance(each.outcome, Failure) for each in again.posts)
    assert days(server.requests) == [8]


def test_limits_are_divided_over_the_workers(folder: Path, server: ScriptedServer) -> None:
    """All together keep to what one process would."""
    limits = {"concurrency": 5, "requests_per_minute": 60_000.0, "tokens_per_minute": 4e7}
    given = sharded(folder, server, **limits).threads.given
    shares = {place: shard.options for place, shard in given}
    assert sum(share.concurrency for share in shares.values() if share) == 5
    assert [share.requests_per_minute for share in shares.values() if share] == [30_000.0] * 2
    assert [share.tokens_per_minute for share in shares.values() if share] == [2e7] * 2


def test_more_workers_than_requests_in_flight_are_refused(
    folder: Path, server: ScriptedServer
) -> None:
    """Nothing is sent."""
    with pytest.raises(InputError, match="--concurrency 1 can't be divided over 2 workers"):
        secondcoder.code(
            folder / "chat.csv",
            folder / "codebook.yaml",
            coder="local",
            options=asking(server, concurrency=1),
            output=folder / "codings.jsonl",
            engine=TWO,
        )
    assert server.requests == []


def test_a_key_is_written_nowhere(folder: Path, server: ScriptedServer) -> None:
    """It is sent with every request, and stands in no file that a run leaves."""
    run = sharded(folder, server, api_key=KEY)
    sent = {request.headers["authorization"] for request in server.requests}
    assert sent == {f"Bearer {KEY.get_secret_value()}"}
    assert not any(shard.options and shard.options.api_key for _, shard in run.threads.given)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 10
    for path in files:
        assert KEY.get_secret_value().encode() not in path.read_bytes(), path


def test_a_coder_of_ones_own_stays_here(folder: Path) -> None:
    """It can't be sent."""
    book = secondcoder.read_codebook(folder / "codebook.yaml")
    with pytest.raises(InputError, match="codes in one process"):
        secondcoder.code(folder / "chat.csv", book, coder=EmbeddedCoder(book), engine=TWO)


def test_a_folder_that_cannot_be_made_is_named(folder: Path) -> None:
    """With what to do."""
    engine = EngineOptions(folder=folder / "chat.csv" / "shards")
    with pytest.raises(StoreError, match="name another with --shard-folder"):
        secondcoder.code(folder / "chat.csv", folder / "codebook.yaml", engine=engine)


@pytest.fixture
def priced(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give the local server the price of a model of OpenAI."""
    for module in (client, shard_answers):
        monkeypatch.setattr(module, "price_of", lambda *_: PRICE)


@pytest.mark.usefixtures("priced")
def test_workers_together_spend_no_more_than_the_budget(
    folder: Path, server: ScriptedServer
) -> None:
    """What one leaves the other may spend; then the run stops, and goes on with more money."""
    server.script = costly
    budget = 25 * max(paid([request]) for request in _asked(folder, server))
    with pytest.raises(BudgetError, match=f"stopped before {usd(budget)} USD was passed"):
        sharded(folder, server, concurrency=2, budget_usd=budget)
    n_before = len(server.requests)
    assert 20 <= n_before <= 25
    assert paid(server.requests) <= budget
    run = sharded(folder, server, concurrency=2, budget_usd=2 * budget)
    assert len(run.posts) == N_ANSWERS + 2
    assert len(server.requests) == N_ANSWERS
    assert run.usage.cost_usd == pytest.approx(paid(server.requests[n_before:]))


@pytest.mark.usefixtures("priced")
def test_workers_do_not_outrun_a_budget_where_no_tokens_are_counted(
    folder: Path, server: ScriptedServer
) -> None:
    """They send no more than one process does, which counts what it set aside."""
    server.script = silent
    one = asking(server, posts_per_request=1, concurrency=1, budget_usd=0.02)
    with pytest.raises(BudgetError):
        secondcoder.code(
            folder / "chat.csv",
            folder / "codebook.yaml",
            coder="local",
            options=one,
            ledger=folder / "other.sqlite",
        )
    n_alone = len(server.requests)
    assert 5 < n_alone < N_ANSWERS
    server.requests.clear()
    with pytest.raises(BudgetError):
        sharded(folder, server, concurrency=2, budget_usd=0.02)
    assert n_alone / 2 < len(server.requests) <= n_alone


def _asked(folder: Path, server: ScriptedServer) -> list[ChatRequest]:
    """Return the requests about the chat, of a run that leaves nothing behind."""
    secondcoder.code(
        folder / "chat.csv",
        folder / "codebook.yaml",
        coder="local",
        options=asking(server),
        ledger=folder / "other.sqlite",
    )
    requests = list(server.requests)
    server.requests.clear()
    return requests


def test_posts_per_request_are_chosen_once_for_all_workers(
    folder: Path, server: ScriptedServer
) -> None:
    """The sample is asked about where the chat is cut; its single answers serve the workers."""
    write_chat(folder, n_answers=FEWEST)
    run = ShardedRun(
        folder, TWO.model_copy(update={"shard_posts": 200}), options=asking(server, concurrency=8)
    )
    size = max(SIZES)
    assert [shard.options.posts_per_request for _, shard in run.threads.given if shard.options] == [
        size
    ] * len(run.threads.given)
    assert run.usage.n_reused == SAMPLE
    singles = [request for request in server.requests if len(request.posts) == 1]
    assert SAMPLE <= len(singles) <= SAMPLE + len(run.threads.given), "at most one is left over"
    assert not any(isinstance(each.outcome, Failure) for each in run.posts)
